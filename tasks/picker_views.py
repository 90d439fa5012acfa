"""Pickers over HTTP beside those in ``views``: the legal moves, the category or team, listing and realtor."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from accounts.requests import Request
from listings.models import Listing
from listings.queries import listings_to_link, realtors_found_by
from listings.search_query import Query
from realtors.models import Realtor
from staff.models import Staff
from staff.rights import visible_groups
from tasks import actions, queries, triage
from tasks.models import Activity, AgentTask, Category, Status, TaskKey, VisibilityGroup
from tasks.rows import STATUS_DOT
from tasks.rules import WANTS_REASON, Task, is_others, moves_for, verb_to
from tasks.views import answer, ask, get_task

# ---- status ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Move:
    """One legal move as a choice; ``href`` is the form of a verb that wants a reason first, else empty."""

    to: Status
    hint: str
    href: str

    @property
    def dot(self) -> str:
        return STATUS_DOT[self.to]


HINTS = {"claim": "by me", "release": "nobody has it then", "assign": "by me, not begun"}
SAID = {"claim": "Taken", "release": "Released", "start": "Started", "complete": "Completed", "assign": "Not begun"}


@require_http_methods(["GET", "POST"])
def status(request: Request, kind: str, pk: str) -> HttpResponse:
    """``S``: only the moves that are legal now; those that want a reason lead to the form of their verb."""
    staff = request.user.staff
    task = get_task(request, kind, pk)
    if request.POST.get("status") in Status.values:
        to, reason = Status(request.POST["status"]), request.POST.get("reason", "")[:500]
        verb = verb_to(task, to)
        return answer(
            request,
            task,
            lambda: actions.move_to(task, status=to, by=staff, reason=reason),
            SAID.get(verb, to.label),
            offers_next=verb == "claim",
        )
    moves = [Move(to, HINTS.get(verb, ""), _form_of(task, verb, to, staff)) for to, verb in moves_for(staff, task)]
    heading = f"Status: {Status(task.status).label}"
    return ask(request, "tasks/status.html", task, "status", heading, form=forms.Form(), moves=moves)


def _form_of(task: Task, verb: str, to: Status, staff: Staff) -> str:
    """The address that asks why, for a move that wants a reason."""
    if verb not in WANTS_REASON and not is_others(staff, task):
        return ""
    mine = "?for_me=on" if (verb, to) == ("reopen", Status.CLAIMED) else ""
    return f"{task.get_absolute_url()}{verb}/{mine}"


# ---- category and team -----------------------------------------------------------------------------------------------


class CategoryForm(forms.Form):
    """One field of a task: its category, who sees it, or the kind of request."""

    task_category = forms.ChoiceField(choices=Category.choices, required=False)
    visibility_group = forms.ChoiceField(choices=VisibilityGroup.choices, required=False)
    task_key = forms.ChoiceField(choices=TaskKey.choices, required=False)


@require_http_methods(["GET", "POST"])
def category(request: Request, kind: str, pk: str) -> HttpResponse:
    """``T``: the category of an activity or the team that sees it; the kind of an agent task."""
    staff = request.user.staff
    task = get_task(request, kind, pk)
    form = CategoryForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        wanted = {name: value for name, value in form.cleaned_data.items() if value and hasattr(task, name)}
        if wanted:
            (name, value), opened = next(iter(wanted.items())), {name: getattr(task, name) for name in wanted}
            label = dict(form.fields[name].choices)[value]  # type: ignore[attr-defined]
            words = f"Seen by {label}" if name == "visibility_group" else str(label)
            return answer(request, task, lambda: actions.edit(task, opened=opened, wanted=wanted, by=staff), words)
        form.add_error(None, "Choose one of these.")
    return ask(request, "tasks/category.html", task, "category", _heading(task), form=form, groups=_groups(task, staff))


def _heading(task: Task) -> str:
    return "Kind of request" if isinstance(task, AgentTask) else "Category and team"


def _groups(task: Task, staff: Staff) -> list[dict[str, Any]]:
    """The choices under their headings, as field, value, label and whether it is so already."""
    fields: list[tuple[str, str, list[tuple[str, str]]]] = [("task_key", "", list(TaskKey.choices))]
    if isinstance(task, Activity):
        seen = [choice for choice in VisibilityGroup.choices if choice[0] in visible_groups(staff)]
        fields = [("task_category", "Category", list(Category.choices)), ("visibility_group", "Seen by", seen)]
    return [
        {
            "title": title,
            "name": name,
            "choices": [
                {"value": value, "label": label, "current": getattr(task, name) == value} for value, label in choices
            ],
        }
        for name, title, choices in fields
    ]


# ---- the listing -----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def listing(request: Request, kind: str, pk: str) -> HttpResponse:
    """``L``: to the listing a task belongs to; an agent task that belongs to none is linked to one."""
    staff = request.user.staff
    task = get_task(request, kind, pk)
    if isinstance(task, Activity):
        return _go(request, task.listing.get_absolute_url())
    if request.method == "POST":
        chosen = Listing.objects.filter(pk=request.POST.get("listing", "")).first()
        if chosen is not None:
            return answer(
                request,
                task,
                lambda: triage.link_to_listing(task, chosen.pk, by=staff),
                f"Linked to {chosen.address_string}",
            )
    linked = queries.listing_of_agent_task(task)
    if linked and "change" not in request.GET and request.method == "GET" and "q" not in request.GET:
        return _go(request, f"/listings/{linked}/")
    words = request.GET.get("q", "")
    candidates = listings_to_link(words, realtor_id=task.realtor_id)
    heading = "Link to a listing"
    return ask(request, "tasks/link.html", task, "listing", heading, form=forms.Form(), q=words, candidates=candidates)


# ---- the realtor -----------------------------------------------------------------------------------------------------

REALTORS_SHOWN = 8


@require_http_methods(["GET", "POST"])
def realtor(request: Request, kind: str, pk: str) -> HttpResponse:
    """``Shift+R``: for whom an agent task is. An activity has the realtor of its listing."""
    staff = request.user.staff
    task = get_task(request, kind, pk)
    words = request.GET.get("q", "")
    if request.method == "POST" and (chosen := Realtor.objects.filter(pk=request.POST.get("realtor", "")).first()):
        opened, wanted = {"realtor_id": task.realtor_id}, {"realtor_id": chosen.pk}
        return answer(
            request, task, lambda: actions.edit(task, opened=opened, wanted=wanted, by=staff), f"For {chosen.name}"
        )
    query = Query.parse(words)
    found = (
        Realtor.objects.none()
        if query.is_empty
        else Realtor.objects.filter(pk__in=realtors_found_by(query, limit=REALTORS_SHOWN))
    )
    shown = {"q": words, "candidates": found.order_by("name")[:REALTORS_SHOWN], "now": task.realtor}
    return ask(request, "tasks/realtor.html", task, "realtor", "For which realtor", form=forms.Form(), **shown)


def _go(request: Request, address: str) -> HttpResponse:
    """There, also for whoever asked for a picker."""
    if not request.htmx:
        return redirect(address)
    response = HttpResponse(status=204)
    response["HX-Redirect"] = address
    return response
