"""The pages of messages: each asks, acts, and prints what it is told."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.requests import Request
from common.conflicts import Conflict
from common.history import Refused, last_act
from common.http import after_action
from listings.models import Listing
from listings.queries import last_editor
from slackintake import actions, learning, pages, queries, repairs
from slackintake import look as looks
from slackintake.bundles import Item
from slackintake.forms import AttachForm, BesidesForm, ChangeForm, LinkForm, MakeForm
from slackintake.look import LookPage
from slackintake.models import Resolution, SlackMessage
from slackintake.pages import MessagePage
from slackintake.queries import ToReview
from staff.rights import Right, may
from tasks.models import Status
from tasks.rules import MOVES

LOOK = "/inbox/?tab=look"


@require_safe
@vary_on_headers("HX-Request", "HX-Target")
def message(request: Request, pk: str) -> HttpResponse:
    """One message: for admins everything, for operations if it needs a look; as a fragment, what needs the look."""
    return _page(request, pk)


@require_safe
def makes(request: Request, pk: str) -> HttpResponse:
    """What would be made of a message with another type or date: the part of its page that follows those fields."""
    _require(request, Right.REVIEW_MESSAGES)
    review = queries.message_to_review(pk)
    if review is None:
        raise Http404
    form = MakeForm(request.GET, due_choices=looks.due_choices_of(review.reading))
    form.is_valid()
    what, due = form.cleaned_data.get("what", ""), form.cleaned_data.get("due_date")
    context = {"makes": looks.makes_of(review, what, due), "left_out": _left_out(request.GET)}
    return render(request, "slackintake/makes.html", context)


def resolves(verb: Callable[[Request, str, LookPage], HttpResponse]) -> Callable[..., HttpResponse]:
    """Make a view of a verb on a message that needs a look; where somebody was faster, that person is named."""

    @require_POST
    @wraps(verb)
    def view(request: Request, pk: str) -> HttpResponse:
        _require(request, Right.REVIEW_MESSAGES)
        found = _to_review_or_refusal(pk)
        if isinstance(found, Refused):
            return _gone(request, found)
        return verb(request, pk, looks.look_page(found))

    return view


@resolves
def make(request: Request, pk: str, look: LookPage) -> HttpResponse:
    """Make a listing or a task of a message, as the form has it."""
    form = MakeForm(request.POST, initial=look.initial, due_choices=look.due_choices)
    if not form.is_valid():
        return _page(request, pk, make_form=form)
    more = _besides_form(look, request.POST)
    if not more.is_valid():
        return _refused(request, pk, Refused(_errors_of(more)), make_form=form)
    values, besides = form.cleaned_data, more.cleaned_data["besides"]
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
                name=values["name"],
                like=look.last if "like" in request.POST else None,
                besides=besides,
                left_out=_left_out(request.POST),
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
                name=values["name"],
                besides=besides,
            )
    except Refused as refusal:
        # Where an edit is to change what the message made, the page has no such form to show it in.
        return _refused(request, pk, refusal, make_form=None if look.change or look.only_besides else form)
    return _made(request, item, "Made")


@resolves
def besides(request: Request, pk: str, look: LookPage) -> HttpResponse:
    """Make what a message asks for besides what it has made, as far as it is ticked."""
    form = _besides_form(look, request.POST)
    if not form.is_valid():
        return _page(request, pk, besides_form=form)
    which = form.cleaned_data["besides"]
    try:
        items = actions.make_besides(pk, by=request.user.staff, which=which)
    except Refused as refusal:
        return _refused(request, pk, refusal, besides_form=form)
    left_out = ", ".join(f"“{one.words.rstrip('.')}”" for place, one in enumerate(look.besides) if place not in which)
    return _done(request, _words("Made", *items) + (f". Left out: {left_out}" if left_out else ""))


def _left_out(data: QueryDict) -> set[str]:
    """Which of the template lines that were offered are not ticked."""
    return set(data.getlist("offered")) - set(data.getlist("line"))


def _besides_form(look: LookPage, data: Any = None) -> BesidesForm:
    return BesidesForm(data, number=len(look.besides), edits=look.edits)


def _errors_of(form: BesidesForm) -> str:
    return " ".join(str(error) for errors in form.errors.values() for error in errors)


@resolves
def change(request: Request, pk: str, look: LookPage) -> HttpResponse:
    """Change what a message made, as the form has it; what somebody else changed meanwhile is shown beside it."""
    if look.change is None:
        return _refused(request, pk, Refused("There is nothing here that the message could change."))
    form = ChangeForm(look.change, look.edits, request.POST)
    if not form.is_valid():
        return _page(request, pk, change_form=form)
    return _change(request, pk, form, opened=form.opened(), wanted=form.wanted())


def _change(request: Request, pk: str, form: ChangeForm, **values: Any) -> HttpResponse:
    try:
        item = actions.change(pk, by=request.user.staff, **values)
    except Conflict as conflict:
        both = form.show_both(conflict, last_editor(form.change.due_of or form.change.row))
        return _page(request, pk, change_form=form, both=both)
    except Refused as refusal:
        return _refused(request, pk, refusal, change_form=form)
    return _made(request, item, "Changed")


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
    """Make what the reading says, or change what it made as the edit says."""
    if look.change is not None:
        # What was seen comes along with the key; what was typed and not sent does not count.
        seen = {name: value for name, value in request.POST.items() if name.startswith("initial-") or name == "edits"}
        shown = ChangeForm(look.change, look.edits)
        form = ChangeForm(look.change, look.edits, {**shown.data, **seen})
        if not form.is_valid():
            return _page(request, pk, change_form=form)
        return _change(request, pk, form, opened=form.opened())

    if look.only_besides:
        # What was seen comes along with the key, as above.
        shown_to = _besides_form(look, {"edits": request.POST.get("edits", "")})
        if not shown_to.is_valid():
            return _refused(request, pk, Refused(_errors_of(shown_to)))
        return _do(request, pk, lambda: _words("Made", *actions.make_besides(pk, by=request.user.staff)))

    def do() -> str:
        item, resolver = actions.accept(pk, by=request.user.staff), queries.resolver_of(pk)
        return _words("Attached to" if resolver and resolver.resolution == Resolution.ATTACHED else "Made", item)

    return _do(request, pk, do)


@resolves
def ignore(request: Request, pk: str, look: LookPage) -> HttpResponse:
    """Say that it is no request."""

    def do() -> str:
        actions.ignore(pk, by=request.user.staff)
        return f"Ignored: the message of {look.card.who}"

    return _do(request, pk, do)


@resolves
def ask(request: Request, pk: str, look: LookPage) -> HttpResponse:
    """Note that the realtor has been asked; the question itself is on the page, to be pasted into Slack.

    Whoever is not the first is told so and asked once more: what comes back knows of the question that is there.
    """
    try:
        task = actions.ask(pk, by=request.user.staff, knowing_of=_moment(request.POST.get("knowing_of", "")))
    except actions.AskedAlready as refusal:
        return _page(request, pk, asked_already=str(refusal))
    except Refused as refusal:
        return _refused(request, pk, refusal)
    said = f"To be pasted into Slack: the question to {look.ask_whom}"
    if task:
        said += f". {task.name} waits for the answer"
    return after_action(request, said=said, act_id=last_act(), fallback=look.href, trigger="desk:asked")


def _moment(text: str) -> datetime | None:
    try:
        return parse_datetime(text)
    except ValueError:
        return None


@resolves
def link(request: Request, pk: str, look: LookPage) -> HttpResponse:
    """Say once which realtor the sender is."""
    review, form = queries.message_to_review(pk), LinkForm(request.POST, auto_id="link_%s")
    if review is None or not form.is_valid():
        return _page(request, pk, link_form=form)
    realtor = form.cleaned_data["realtor"]
    try:
        number = repairs.link_sender(review, to=realtor, by=request.user.staff, read_again=form.cleaned_data["again"])
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _page(request, pk, link_form=form)
    again = {0: "", 1: ". 1 message is read again in a moment"}.get(
        number, f". {number} messages are read again in a moment"
    )
    messages.success(request, f"Linked: {look.unknown} is {realtor.name}{again}", extra_tags=last_act() or "")
    return redirect(LOOK)


@require_POST
def was_none(request: Request, kind: str, pk: str) -> HttpResponse:
    """Say that it was no request: what the intake made goes again, or it is said who has worked on it."""
    row = Item(kind, pk).row()
    if row is None:
        raise Http404
    if not may(request.user.staff, Right.REVIEW_MESSAGES):
        raise PermissionDenied("Only operations and admins take back what the intake has made.")
    source = queries.source_of(kind, pk)
    try:
        act_id = repairs.undo_intake(row, by=request.user.staff)
    except repairs.Touched as refusal:
        messages.error(request, str(refusal))
        may_cancel = isinstance(row, Listing) or Status.CANCELLED in MOVES[Status(row.status)]
        return redirect(f"{row.get_absolute_url()}cancel/" if may_cancel else row.get_absolute_url())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(row.get_absolute_url())
    messages.success(request, f"Taken back: {row}. Its message needs a look", extra_tags=act_id)
    return redirect(f"{LOOK}&peek={source}" if source else LOOK)


@require_safe
def readings(request: Request) -> HttpResponse:
    """How often each type is read right (admins)."""
    _require(request, Right.VIEW_MESSAGES)
    return render(request, "slackintake/readings.html", {"nav": "slack", "shares": learning.shares()})


ADMINS_VERBS: dict[str, tuple[Callable[..., object], str]] = {
    "bring-back": (actions.bring_back, "Brought back: it needs a look now"),
    "split": (actions.split_off, "Split off: it needs a look of its own"),
    "join": (actions.join_to_previous, "Joined to the message before it"),
}
"""What admins do to any message, and what is said then. To read it again is asked in `bulk_views`."""


@require_POST
def admins_verb(request: Request, pk: str, verb: str) -> HttpResponse:
    """Do one of them; the way leads back to the message, or to the bundle it was taken out of."""
    row = _row(request, pk)
    act, said = ADMINS_VERBS[verb]
    bundle = row.notes.get("bundle") if verb == "split" else None

    def do() -> str:
        act(row, by=request.user.staff)
        return said

    return _do(request, pk, do, back=f"/slack/{bundle or pk}/")


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
    request: Request,
    pk: str,
    *,
    make_form: MakeForm | None = None,
    attach_form: AttachForm | None = None,
    link_form: LinkForm | None = None,
    change_form: ChangeForm | None = None,
    besides_form: BesidesForm | None = None,
    both: dict[str, Any] | None = None,
    asked_already: str = "",
) -> HttpResponse:
    _require(request, Right.REVIEW_MESSAGES)
    review = queries.message_to_review(pk)
    if request.htmx and review is None:
        found = _to_review_or_refusal(pk)
        if isinstance(found, Refused):
            return render(request, "slackintake/resolved.html", {"words": str(found)})
        review = found
    page: MessagePage | None = None
    if may(request.user.staff, Right.VIEW_MESSAGES) and not request.htmx:
        page = pages.message_page(_row(request, pk), request.user.staff)
    elif review is None:
        raise Http404
    look = looks.look_page(review) if review else None
    context: dict[str, Any] = {"nav": "slack", "page": page, **_look_context(look, make_form, attach_form, link_form)}
    if make_form or besides_form:
        context |= {"besides_form": besides_form, "ticked": request.POST.getlist("besides")}
    if review and make_form:
        what, due = make_form.cleaned_data.get("what", ""), make_form.cleaned_data.get("due_date")
        context |= {"makes": looks.makes_of(review, what, due), "left_out": _left_out(request.POST)}
        context["like"] = "like" in request.POST
    if look and look.change:
        context |= {"both": both, **_change_context(look, change_form)}
    context["asked_already"] = asked_already
    context["heading"] = look.heading if look else page.heading if page else ""
    forms = (make_form, attach_form, link_form, change_form, besides_form)
    failed = any(form is not None and form.errors for form in forms)
    template = "slackintake/look.html" if request.htmx else "slackintake/message.html"
    response = render(request, template, context, status=409 if both or asked_already else 422 if failed else 200)
    if request.htmx and (failed or both or asked_already):
        # What was sent was sent from the row; what has to be changed stands beside it.
        response["HX-Retarget"], response["HX-Reswap"] = "#pane", "innerHTML"
    return response


def _look_context(
    look: LookPage | None,
    make_form: MakeForm | None = None,
    attach_form: AttachForm | None = None,
    link_form: LinkForm | None = None,
) -> dict[str, Any]:
    """What `slackintake/look.html` takes."""
    if look is None:
        return {"look": None}
    form = make_form or MakeForm(initial=look.initial, due_choices=look.due_choices)
    return (_change_context(look) if look.change else {}) | {
        "look": look,
        "make_form": form,
        "fields": [(field, look.sources[field.name]) for field in form.visible_fields() if field.name in look.sources],
        "attach_form": attach_form or AttachForm(items=look.items),
        "link_form": link_form or LinkForm(auto_id="link_%s"),
        "besides_form": None,
        "ticked": None,
        "makes": look.makes,
        "left_out": (),
        "like": True,
    }


def _change_context(look: LookPage, form: ChangeForm | None = None) -> dict[str, Any]:
    """What `slackintake/change.html` takes."""
    assert look.change is not None  # noqa: S101  what both callers have checked
    form = form or ChangeForm(look.change, look.edits)
    return {"change_form": form, "changes": [(form[name], look.change_words[name]) for name in look.change.now]}


def look_context(message_id: str) -> dict[str, Any]:
    """What `slackintake/look.html` takes for a message beside a list; empty if it needs no look."""
    review = queries.message_to_review(message_id)
    return _look_context(looks.look_page(review) if review else None)


def _to_review_or_refusal(pk: str) -> ToReview | Refused:
    """A message that needs a look, or the refusal that names who has resolved it. Any other message raises Http404.

    An undo may open it again between the two questions, and each would find nothing: the first is asked once more.
    """
    found = queries.message_to_review(pk) or actions.who_was_faster(pk) or queries.message_to_review(pk)
    if found is None:
        raise Http404
    return found


def _gone(request: Request, refusal: Refused) -> HttpResponse:
    """Somebody was faster: that person is named, and the message leaves the list."""
    if request.htmx:
        return after_action(request, said=str(refusal), fallback=LOOK, trigger="desk:left", status=409)
    messages.error(request, str(refusal))
    return redirect(LOOK)


def _refused(
    request: Request,
    pk: str,
    refusal: Refused,
    *,
    make_form: MakeForm | None = None,
    attach_form: AttachForm | None = None,
    change_form: ChangeForm | None = None,
    besides_form: BesidesForm | None = None,
) -> HttpResponse:
    """The page with what was typed and the reason; where somebody was faster there is no page any more."""
    if queries.message_to_review(pk) is None:
        return _gone(request, refusal)
    forms: dict[str, Any] = {
        "make_form": make_form,
        "attach_form": attach_form,
        "change_form": change_form,
        "besides_form": besides_form,
    }
    shown = {name: form for name, form in forms.items() if form is not None}
    if not shown:
        return after_action(request, said=str(refusal), fallback=f"/slack/{pk}/", status=409)
    for form in shown.values():
        form.add_error(None, str(refusal))
    return _page(request, pk, **shown)


def _do(request: Request, pk: str, verb: Callable[[], str], back: str = LOOK) -> HttpResponse:
    try:
        said = verb()
    except Refused as refusal:
        if back == LOOK:
            return _refused(request, pk, refusal)
        messages.error(request, str(refusal))
        return redirect(back)
    return _done(request, said, back)


def _done(request: Request, said: str, back: str = LOOK) -> HttpResponse:
    """Beside the list the row leaves it; from the message's own page the way leads back to the list."""
    if request.htmx:
        return after_action(request, said=said, act_id=last_act(), fallback=back, trigger="desk:left")
    messages.success(request, said, extra_tags=last_act() or "")
    return redirect(back)


def _made(request: Request, item: Item, said: str) -> HttpResponse:
    return _done(request, _words(said, item))


def _words(said: str, *items: Item) -> str:
    return f"{said}: {', '.join(made.title for made in pages.made_of(items))}"
