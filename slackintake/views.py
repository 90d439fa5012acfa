"""The pages of messages: each asks, acts, and prints what it is told."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import Request
from common.history import Refused, last_act
from slackintake import actions, pages, queries
from slackintake.bundles import Item
from slackintake.forms import AttachForm, MakeForm
from slackintake.models import SlackMessage
from slackintake.pages import LookPage, MessagePage
from slackintake.replies import can_send
from staff.rights import Right, may

LOOK = "/inbox/?tab=look"


@require_safe
def slack(request: Request) -> HttpResponse:
    """Slack messages: all of them for admins, what needs a look for operations."""
    _require(request, Right.REVIEW_MESSAGES)
    may_see_all = may(request.user.staff, Right.VIEW_MESSAGES)
    views = queries.VIEWS if may_see_all else (("look", "Needs a look"),)
    view = request.GET.get("view", "") if request.GET.get("view") in dict(views) else "look"
    more = ""
    if may_see_all:
        found = queries.page_of(queries.messages_in(view), _after(request))
        rows = pages.message_rows(found[: queries.PAGE])
        if len(found) > queries.PAGE:
            last = found[queries.PAGE - 1]
            more = "?" + urlencode({"view": view, "after": f"{last.received_at.isoformat()} {last.pk}"})
    else:
        rows = pages.look_rows(queries.messages_to_review()[: queries.PAGE])
    context = {
        "nav": "slack",
        "rows": rows,
        "tabs": [{"label": label, "href": f"?view={key}", "current": key == view} for key, label in views],
        "more_href": more,
        "reply_note": "" if can_send() else "No SLACK_BOT_TOKEN is set, so nothing is sent to Slack.",
        "view_words": dict(views)[view],
    }
    return render(request, "slackintake/messages.html", context)


@require_safe
def message(request: Request, pk: str) -> HttpResponse:
    """One message: for admins everything, for operations if it needs a look."""
    return _page(request, pk)


def resolves(verb: Callable[[Request, str, LookPage], HttpResponse]) -> Callable[..., HttpResponse]:
    """Make a view of a verb on a message that needs a look; where somebody was faster, that person is named."""

    @require_POST
    @wraps(verb)
    def view(request: Request, pk: str) -> HttpResponse:
        _require(request, Right.REVIEW_MESSAGES)
        review = queries.message_to_review(pk)
        if review is None:
            refusal = actions.who_was_faster(pk)
            if refusal is None:
                raise Http404
            messages.error(request, str(refusal))
            return redirect(LOOK)
        return verb(request, pk, pages.look_page(review))

    return view


@resolves
def make(request: Request, pk: str, look: LookPage) -> HttpResponse:
    """Make a listing or a task of a message, as the form has it."""
    form = MakeForm(request.POST, initial=look.initial)
    if not form.is_valid():
        return _page(request, pk, make_form=form)
    values = form.cleaned_data
    try:
        if form.makes_listing:
            item = actions.make_listing(
                pk,
                by=request.user.staff,
                group_key=values["key"],
                address=values["address"],
                realtor=values["realtor"],
                listing_type=values["listing_type"] or None,
                due=values["due_date"],
            )
        else:
            item = actions.make_task(
                pk,
                by=request.user.staff,
                task_key=values["key"],
                title=values["title"],
                realtor=values["realtor"],
                listing=values["listing"],
                due=values["due_date"],
            )
    except Refused as refusal:
        return _refused(request, pk, refusal, make_form=form)
    return _made(request, item, "Made")


@resolves
def attach(request: Request, pk: str, look: LookPage) -> HttpResponse:
    """Put a message with something that is there."""
    form = AttachForm(request.POST, items=look.items)
    if not form.is_valid():
        return _page(request, pk, attach_form=form)
    kind, item_id = form.cleaned_data["kind"], form.cleaned_data["item_id"]
    try:
        item = actions.attach(pk, by=request.user.staff, kind=kind, item_id=item_id)
    except Refused as refusal:
        return _refused(request, pk, refusal, attach_form=form)
    return _made(request, item, "Attached to")


@resolves
def accept(request: Request, pk: str, look: LookPage) -> HttpResponse:
    """Make what the reading says."""
    return _do(request, pk, lambda: _words("Made", actions.accept(pk, by=request.user.staff)))


@resolves
def ignore(request: Request, pk: str, look: LookPage) -> HttpResponse:
    """Say that it is no request."""

    def do() -> str:
        actions.ignore(pk, by=request.user.staff)
        return f"Ignored: the message of {look.card.who}"

    return _do(request, pk, do)


@require_POST
def read_again(request: Request, pk: str) -> HttpResponse:
    """Have the worker read it again (admins)."""
    row = _row(request, pk)

    def do() -> str:
        actions.read_again(row, by=request.user.staff)
        return "It is read again in a moment. What was made of it stays."

    return _do(request, pk, do, back=f"/slack/{pk}/")


@require_POST
def bring_back(request: Request, pk: str) -> HttpResponse:
    """Let somebody look at a message that was skipped (admins)."""
    row = _row(request, pk)

    def do() -> str:
        actions.bring_back(row, by=request.user.staff)
        return "Brought back: it needs a look now"

    return _do(request, pk, do, back=f"/slack/{pk}/")


# ---- how it is answered ----------------------------------------------------------------------------------------------


def _require(request: Request, right: Right) -> None:
    """What a person may not see is not found."""
    if not may(request.user.staff, right):
        raise Http404


def _row(request: Request, pk: str) -> SlackMessage:
    _require(request, Right.VIEW_MESSAGES)
    row = SlackMessage.objects.filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def _page(
    request: Request, pk: str, *, make_form: MakeForm | None = None, attach_form: AttachForm | None = None
) -> HttpResponse:
    _require(request, Right.REVIEW_MESSAGES)
    page: MessagePage | None = None
    if may(request.user.staff, Right.VIEW_MESSAGES):
        page = pages.message_page(_row(request, pk), request.user.staff)
        look = page.look
    else:
        review = queries.message_to_review(pk)
        if review is None:
            raise Http404
        look = pages.look_page(review)
    heading = look.heading if look else page.heading if page else ""
    context: dict[str, Any] = {"nav": "slack", "page": page, "look": look, "heading": heading}
    if look:
        context |= {
            "make_form": make_form or MakeForm(initial=look.initial),
            "attach_form": attach_form or AttachForm(items=look.items),
        }
    failed = (make_form is not None and make_form.errors) or (attach_form is not None and attach_form.errors)
    return render(request, "slackintake/message.html", context, status=422 if failed else 200)


def _refused(
    request: Request,
    pk: str,
    refusal: Refused,
    *,
    make_form: MakeForm | None = None,
    attach_form: AttachForm | None = None,
) -> HttpResponse:
    """The page with what was typed and the reason; where somebody was faster there is no page any more."""
    if queries.message_to_review(pk) is None:
        messages.error(request, str(refusal))
        return redirect(LOOK)
    for form in (make_form, attach_form):
        if form is not None:
            form.add_error(None, str(refusal))
    return _page(request, pk, make_form=make_form, attach_form=attach_form)


def _do(request: Request, pk: str, verb: Callable[[], str], back: str = LOOK) -> HttpResponse:
    try:
        messages.success(request, verb(), extra_tags=last_act() or "")
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(f"/slack/{pk}/")
    return redirect(back)


def _made(request: Request, item: Item, said: str) -> HttpResponse:
    messages.success(request, _words(said, item), extra_tags=last_act() or "")
    return redirect(LOOK)


def _words(said: str, item: Item) -> str:
    return f"{said}: {pages.made_of([item])[0].title}"


def _after(request: Request) -> tuple[datetime, str] | None:
    """Where the next page begins, from the address; anything else than what we wrote there is the first page."""
    moment, _, key = request.GET.get("after", "").rpartition(" ")
    try:
        received = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return (received, key) if received.tzinfo and len(key) == 26 and key.isalnum() else None
