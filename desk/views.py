"""The pages: each asks, and prints what it is told."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from desk import queries
from staff.models import Role, Staff, StaffStatus
from staff.rights import Right, may
from tasks import queries as tasks
from tasks.queries import Cursor, capped

TABS = (("", "Everything"), ("listing", "Listing work"), ("realtor", "Realtor work"))


@require_safe
@vary_on_headers("HX-Request")
def inbox(request: HttpRequest) -> HttpResponse:
    """What nobody has taken yet, by due date."""
    staff = request.user.staff
    tab = request.GET.get("tab", "") if request.GET.get("tab") in dict(TABS) else ""
    page = tasks.for_inbox(staff, tab=tab, after=Cursor.parse(request.GET.get("after", "")))
    counts = tasks.counts(staff)
    context = {
        "nav": "inbox",
        "heading": "Inbox",
        "count_words": f"{capped(counts.inbox)} unclaimed",
        "tabs": _tabs(staff, tab, counts),
        "new_href": "/activities/new/",
    }
    return _work_list(request, "desk/inbox.html", page, counts, context, {"tab": tab} if tab else {})


def _tabs(staff: Staff, current: str, counts: tasks.Counts) -> list[dict[str, Any]]:
    """Both kinds of work as tabs with their numbers; people who see one kind only need no tabs."""
    if not may(staff, Right.VIEW_AGENT_TASKS):
        return [{"label": "Listing work", "href": "/inbox/", "current": True}]
    numbers = {"": "", "listing": f" {capped(counts.listing)}", "realtor": f" {capped(counts.realtor)}"}
    return [
        {
            "label": f"{label}{numbers[tab]}",
            "href": f"/inbox/?tab={tab}" if tab else "/inbox/",
            "current": tab == current,
        }
        for tab, label in TABS
    ]


@require_safe
@vary_on_headers("HX-Request")
def my(request: HttpRequest) -> HttpResponse:
    """What I have claimed or been given and have not finished."""
    staff = request.user.staff
    page = tasks.for_my_tasks(staff, after=Cursor.parse(request.GET.get("after", "")))
    counts = tasks.counts(staff)
    late = next((len(section.rows) for section in page.sections if section.title == "Overdue"), 0)
    context = {
        "nav": "my",
        "heading": "My tasks",
        "count_words": f"{capped(counts.my)} open" + (f", {late} late" if late and "after" not in request.GET else ""),
        "tabs": [],
        "new_href": "/agent-tasks/new/",
    }
    return _work_list(request, "desk/my.html", page, counts, context, {})


def _work_list(
    request: HttpRequest, template: str, page: tasks.Page, counts: tasks.Counts, context: dict, query: dict[str, str]
) -> HttpResponse:
    """A list of work with its pane, or as a fragment the rows that come next."""
    more = f"?{urlencode(query | {'after': str(page.next)})}" if page.next else ""
    context |= {
        "sections": [(section.title, section.rows) for section in page.sections],
        "more_href": more,
        "counts": {"inbox": capped(counts.inbox), "my": capped(counts.my)},
    }
    if request.htmx and "after" in request.GET:
        return render(request, f"{template}#rows", context)
    if peek := request.GET.get("peek"):
        context |= {"page": _peeked(peek, request.user.staff), "asked": True}
    elif page.rows:
        first = page.rows[0]
        context["first_peek"] = f"?{urlencode(query | {'peek': f'{first.kind}:{first.id}'})}"
    return render(request, template, context)


def _peeked(peek: str, staff: Staff) -> queries.TaskPage:
    """The task that ``?peek=activity:<id>`` asks for."""
    kind, _, task_id = peek.partition(":")
    page = queries.task_page(kind, task_id, staff) if kind in tasks.KINDS and len(task_id) == 26 else None
    if page is None:
        raise Http404
    return page


@require_safe
@vary_on_headers("HX-Request")
def task(request: HttpRequest, kind: str, pk: str) -> HttpResponse:
    """One task; as a fragment it is the pane beside a list."""
    page = queries.task_page(kind, pk, request.user.staff)
    if page is None:
        raise Http404
    if request.htmx:
        return render(request, "desk/task_parts.html#pane", {"page": page})
    mine = page.task.assigned_staff_id == request.user.pk
    context = {
        "page": page,
        "nav": "my" if mine else "inbox",
        "back_href": "/my/" if mine else "/inbox/",
        "back_words": "My tasks" if mine else "Inbox",
    }
    return render(request, "desk/task.html", context)


@require_safe
def listing(request: HttpRequest, pk: str) -> HttpResponse:
    """One listing: facts, activities by team, notes, history."""
    page = queries.listing_page(pk, request.user.staff)
    if page is None:
        raise Http404
    return render(request, "desk/listing.html", {"page": page, "nav": "listings"})


@require_safe
def realtor(request: HttpRequest, pk: str) -> HttpResponse:
    """One realtor with the open work by listing."""
    page = queries.realtor_page(pk, request.user.staff)
    if page is None:
        raise Http404
    return render(request, "desk/realtor.html", {"page": page, "nav": "realtors"})


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """The team by role."""
    everybody = sorted(Staff.objects.all(), key=lambda person: person.name.lower())
    groups = [{"title": role.label, "people": [person for person in everybody if person.role == role]} for role in Role]
    active = sum(person.status == StaffStatus.ACTIVE for person in everybody)
    context = {
        "nav": "staff",
        "groups": [group for group in groups if group["people"]],
        "count_words": f"{active} active",
    }
    return render(request, "desk/staff.html", context)
