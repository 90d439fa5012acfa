"""Pickers over HTTP beside those in ``views``: the legal moves of a task, its category or team, and its listing."""

from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from accounts.requests import Request
from listings.models import Listing
from listings.queries import listings_to_link
from staff.models import Staff
from staff.rights import visible_groups
from tasks import actions, queries, triage
from tasks.models import Activity, AgentTask, Category, Status, TaskKey, VisibilityGroup
from tasks.rows import STATUS_DOT
from tasks.rules import STATUS_AFTER, WANTS_REASON, Task, is_others, verbs_for
from tasks.views import answer, ask, get_task

# ---- status ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Move:
    """One legal move as a choice: the verb that does it, and whether that verb asks for a reason first."""

    verb: str
    to: Status
    hint: str = ""
    asks: bool = False
    values: dict[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        return self.to.label

    @property
    def dot(self) -> str:
        return STATUS_DOT[self.to]


HINTS = {"claim": "by me", "release": "nobody has it then", "reopen": "or claimed by me"}


def moves_for(staff: Staff, task: Task) -> list[Move]:
    """The legal moves from where the task stands that this person may make (product.md, Legal moves)."""
    steps_in = {"complete", "release"} if is_others(staff, task) else set()
    found = [
        Move(verb, STATUS_AFTER[verb], HINTS.get(verb, ""), asks=verb in WANTS_REASON | steps_in)
        for verb in verbs_for(staff, task)
        if verb in STATUS_AFTER
    ]
    if task.status == Status.IN_PROGRESS and task.assigned_staff_id == staff.pk:
        found.insert(0, Move("assign", Status.CLAIMED, "not begun yet", values={"assigned_staff": staff.pk}))
    return found


@require_http_methods(["GET", "POST"])
def status(request: Request, kind: str, pk: str) -> HttpResponse:
    """``S``: only the moves that are legal now; each choice is sent to its own verb. A POST names the status itself."""
    staff = request.user.staff
    task = get_task(request, kind, pk)
    if request.POST.get("status") in Status.values:
        to, reason = Status(request.POST["status"]), request.POST.get("reason", "")[:500]
        return answer(
            request, task, lambda: actions.move_to(task, status=to, by=staff, reason=reason), f"Now {to.label.lower()}"
        )
    moves = moves_for(staff, task)
    heading = f"Status: {Status(task.status).label}"
    return ask(request, "tasks/status.html", task, "status", heading, form=forms.Form(), moves=moves)


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


def _go(request: Request, address: str) -> HttpResponse:
    """There, also for whoever asked for a picker."""
    if not request.htmx:
        return redirect(address)
    response = HttpResponse(status=204)
    response["HX-Redirect"] = address
    return response
