"""A verb on a selection over HTTP: ask what it wants to know, do it to every row, say what became of each."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.requests import Request
from common.bulk import Outcome
from common.deeds import number_of
from common.history import Refused, last_act
from common.http import first_of_ours
from staff.models import Staff
from tasks import actions, queries, triage
from tasks.bulk import Item, for_each
from tasks.bulk_forms import (
    AskForm,
    AssignForm,
    ChangeForm,
    DeclineForm,
    DueForm,
    DuplicateForm,
    Plain,
    PriorityForm,
    ReasonForm,
    SnoozeForm,
    StatusForm,
    WaitForm,
)
from tasks.rules import Task


def _snooze(task: Task, by: Staff, data: dict[str, Any]) -> None:
    if data["choice"]:
        triage.snooze_by_choice(task, data["choice"], by=by)
    else:
        triage.snooze(task, until=data["until"], by=by)


Do = Callable[[Task, Staff, dict[str, Any]], object]

VERBS: dict[str, tuple[str, str, type[Plain], Do]] = {
    "claim": ("Claim", "claimed", Plain, lambda task, by, data: actions.claim(task, by=by)),
    "release": ("Release", "released", Plain, lambda task, by, data: actions.release(task, by=by)),
    "complete": ("Complete", "completed", Plain, lambda task, by, data: actions.complete(task, by=by)),
    "assign": (
        "Assign",
        "assigned",
        AssignForm,
        lambda task, by, data: actions.assign(task, to=data["assigned_staff"], by=by, reason=data["reason"]),
    ),
    "change": (
        "Change",
        "changed",
        ChangeForm,
        lambda task, by, data: actions.change(task, wanted=data["wanted"], by=by, reason=data["reason"]),
    ),
    "due": (
        "Change the due date of",
        "set due",
        DueForm,
        lambda task, by, data: actions.set_due(task, due=data["due_date"], by=by),
    ),
    "priority": (
        "Change the priority of",
        "set priority",
        PriorityForm,
        lambda task, by, data: actions.set_priority(task, priority=data["priority"], by=by),
    ),
    "snooze": (
        "Snooze",
        "snoozed",
        SnoozeForm,
        _snooze,
    ),
    "wait": (
        "Stop the clock of",
        "began waiting",
        WaitForm,
        lambda task, by, data: triage.wait(task, for_what=data["for_what"], by=by),
    ),
    "answered": ("Stop the waiting of", "stopped waiting", Plain, lambda task, by, _: triage.stop_waiting(task, by=by)),
    "ask": ("Ask about", "began waiting", AskForm, lambda task, by, data: triage.ask_realtor(task, by=by)),
    "decline": (
        "Decline",
        "declined",
        DeclineForm,
        lambda task, by, data: triage.decline(task, reason=data["reason"], by=by),
    ),
    "duplicate": (
        "Merge",
        "merged",
        DuplicateForm,
        lambda task, by, data: triage.duplicate_of(task, data["stays"], by=by),
    ),
    "status": (
        "Change the status of",
        "changed the status",
        StatusForm,
        lambda task, by, data: actions.move_to(task, status=data["status"], by=by, reason=data["reason"]),
    ),
    "remove": (
        "Remove",
        "removed",
        ReasonForm,
        lambda task, by, data: actions.remove(task, by=by, reason=data["reason"]),
    ),
    "cancel": (
        "Cancel",
        "cancelled",
        ReasonForm,
        lambda task, by, data: actions.cancel(task, by=by, reason=data["reason"]),
    ),
}
"""Verb of the request: its words, its word in the history, what it asks, and what it does to one task."""


def posted_from(path: str) -> Callable[[Callable[[Request], HttpResponse]], Callable[[Request], HttpResponse]]:
    """Make a view of a bulk act. Its address asked for again, after Undo or a reload, leads to the list as it stood."""

    def decorate(act: Callable[[Request], HttpResponse]) -> Callable[[Request], HttpResponse]:
        @require_http_methods(["GET", "HEAD", "POST"])
        @wraps(act)
        def view(request: Request) -> HttpResponse:
            if request.method == "POST":
                return act(request)
            return redirect(request.session.get(f"list:{request.path}", path))

        return view

    return decorate


@posted_from("/inbox/")
def bulk(request: Request) -> HttpResponse:
    """Do one verb to the rows that are ticked, or to those fixed when "all that match" was pressed."""
    staff = request.user.staff
    listed = request.POST.get("items", "")
    named = listed.split(",") if listed else request.POST.getlist("item")
    items = [item for text in named if (item := Item.parse(text)) is not None]
    back = came_from(request, "/inbox/")
    if request.POST.get("verb") not in VERBS or not items:
        messages.error(request, "Nothing is selected. Tick the rows first, or press X on them.")
        return redirect(back)
    verb = request.POST["verb"]
    if verb == "wait" and queries.all_wait(items):
        verb = "answered"
    words, said, form_class, do = VERBS[verb]
    asked = request.POST.get("asked") == "yes"
    form = form_class(request.POST if asked or not form_class.base_fields else None)
    try:
        beside = form.look_at(items, staff, request.POST)
        if form.is_valid():
            data = form.cleaned_data | beside
            touched, reason = form.touched(items), data.get("reason") or data.get("for_what")
            outcome = for_each(touched, lambda task: do(task, staff, data), verb=said, by=staff, reason=reason)
            return told(request, outcome, outcome.told("task", form.to()), back, act_id=last_act())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(back)
    context = (
        beside
        | form.describe(items, staff)
        | {
            "form": form,
            "heading": f"{words} {number_of(len(items), 'task')}",
            "verb": verb,
            "items": ",".join(map(str, items)),
            "back_href": back,
        }
    )
    return render(request, form.template, context, status=422 if form.errors else 200)


def told(request: Request, outcome: Outcome, said: str, back: str, *, act_id: str | None = None) -> HttpResponse:
    """``said`` where all went well; else a page that says row by row what stayed as it was, and why.

    ``act_id`` is the act that *Undo* takes back, if the verb can be undone.
    """
    messages.add_message(
        request,
        messages.SUCCESS if outcome.changed else messages.ERROR,
        said,
        extra_tags=(act_id or "") if outcome.changed else "",
    )
    if not outcome.left:
        return redirect(back)
    remember_list(request, back)
    return render(request, "tasks/bulk_told.html", {"outcome": outcome, "back_href": back, "heading": said})


def remember_list(request: Request, back: str) -> None:
    """Keep the list that a page which tells of a bulk act leads back to, for when it is asked for again."""
    request.session[f"list:{request.path}"] = back


def came_from(request: Request, fallback: str) -> str:
    """The list the selection was made on, as its address stood."""
    return first_of_ours(request, request.POST.get("back", ""), request.META.get("HTTP_REFERER", "")) or fallback
