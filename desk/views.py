"""The pages: each asks, and prints what it is told."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.requests import Request
from common.clock import office_now
from common.history import Refused
from common.history import undo as take_back
from common.http import after_action
from common.queries import last_undoable_act
from desk import lists
from desk.history import subject_of
from desk.listing_page import listing_page
from desk.realtor_page import realtor_page
from desk.task_page import TaskPage, task_page
from slackintake.pages import look_rows
from slackintake.queries import PAGE, messages_to_review, number_to_review
from staff.models import Role, Staff, StaffStatus
from staff.rights import Right, may
from tasks import queries as tasks
from tasks.lists import KINDS, Cursor, Page, capped, section_of

TABS = (("", "Everything"), ("listing", "Listing work"), ("realtor", "Realtor work"))


@require_safe
@vary_on_headers("HX-Request")
def inbox(request: Request) -> HttpResponse:
    """What nobody has taken yet, by due date."""
    staff = request.user.staff
    if request.GET.get("tab") == "look" and may(staff, Right.REVIEW_MESSAGES):
        return _needs_a_look(request, staff)
    tab = request.GET.get("tab", "") if request.GET.get("tab") in dict(TABS) else ""
    page = tasks.for_inbox(staff, tab=tab, after=Cursor.parse(request.GET.get("after", "")))
    counts = tasks.counts(staff)
    context = {
        "nav": "inbox",
        "heading": "Inbox",
        "count_words": f"{capped(counts.inbox)} unclaimed",
        "tabs": _tabs(staff, tab, counts),
        "new_href": "/activities/new/",
        "empty": {
            "icon": "inbox",
            "title": "Nothing waiting",
            "text": "New requests appear here. What you have claimed stands in My tasks.",
            "href": "/my/",
            "action": "Go to My tasks",
        },
    }
    return _work_list(request, "desk/inbox.html", page, counts, context, {"tab": tab} if tab else {})


def _needs_a_look(request: Request, staff: Staff) -> HttpResponse:
    """The messages that nobody and nothing has been able to resolve yet, the longest waiting first."""
    found = messages_to_review()
    context = {
        "nav": "inbox",
        "rows": look_rows(found[:PAGE]),
        "count_words": f"{capped(len(found))} {'needs' if len(found) == 1 else 'need'} a look",
        "tabs": _tabs(staff, "look", tasks.counts(staff), waiting=len(found)),
    }
    return render(request, "desk/look.html", context)


def _tabs(staff: Staff, current: str, counts: tasks.Counts, waiting: int | None = None) -> list[dict[str, Any]]:
    """Both kinds of work as tabs with their numbers; people who see one kind only need no tabs."""
    if not may(staff, Right.VIEW_AGENT_TASKS):
        return [{"label": "Listing work", "href": "/inbox/", "current": True}]
    if waiting is None:
        waiting = number_to_review()
    numbers = {
        "": "",
        "listing": f" {capped(counts.listing)}",
        "realtor": f" {capped(counts.realtor)}",
        "look": f" {capped(waiting)}",
    }
    return [
        {
            "label": f"{label}{numbers[tab]}",
            "href": f"/inbox/?tab={tab}" if tab else "/inbox/",
            "current": tab == current,
        }
        for tab, label in (*TABS, ("look", "Needs a look"))
    ]


@require_safe
@vary_on_headers("HX-Request")
def my(request: Request) -> HttpResponse:
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
        "empty": {
            "icon": "check",
            "title": "Nothing is yours right now",
            "text": "Claim something from the inbox and it stands here until it is done.",
            "href": "/inbox/",
            "action": "Go to the inbox",
        },
    }
    return _work_list(request, "desk/my.html", page, counts, context, {})


def _work_list(
    request: Request, template: str, page: Page, counts: tasks.Counts, context: dict, query: dict[str, str]
) -> HttpResponse:
    """A list of work with its pane, or as a fragment the rows that come next."""
    more = f"?{urlencode(query | {'after': str(page.next)})}" if page.next else ""
    context |= {
        "sections": _sections(request, page),
        "more_href": more,
        "counts": {"inbox": capped(counts.inbox), "my": capped(counts.my)},
    }
    if request.htmx and ("after" in request.GET or request.htmx.target == "rows"):
        return render(request, "desk/work_rows.html", context)
    if peek := request.GET.get("peek"):
        context |= {"page": _peeked(peek, request.user.staff), "asked": True}
    elif page.rows:
        first = page.rows[0]
        context["first_peek"] = f"?{urlencode(query | {'peek': f'{first.kind}:{first.id}'})}"
    return render(request, template, context)


def _sections(request: Request, page: Page) -> list[tuple[str, list[Any]]]:
    """Title and rows of each section; where rows are added below, a section that goes on bears no second title."""
    sections = [(section.title, section.rows) for section in page.sections]
    after = Cursor.parse(request.GET.get("after", ""))
    if request.htmx and after and sections and sections[0][0] == section_of(after.moment, office_now()):
        sections[0] = ("", sections[0][1])
    return sections


def _peeked(peek: str, staff: Staff) -> TaskPage:
    """The task that ``?peek=activity:<id>`` asks for."""
    kind, _, task_id = peek.partition(":")
    page = task_page(kind, task_id, staff) if kind in KINDS and len(task_id) == 26 else None
    if page is None:
        raise Http404
    return page


@require_safe
@vary_on_headers("HX-Request")
def task(request: Request, kind: str, pk: str) -> HttpResponse:
    """One task; as a fragment it is the pane beside a list."""
    page = task_page(kind, pk, request.user.staff)
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


def _asked(request: Request) -> tuple[str, str]:
    """Words and key from the address, cut to a sane length; a NUL would be an error in the database."""
    q = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    after = request.GET.get("after", "")
    return q, after if len(after) == 26 and after.isalnum() else ""


def _next_page(query: dict[str, str], page: lists.ListPage[Any]) -> str:
    wanted = {name: value for name, value in query.items() if value}
    return f"?{urlencode(wanted | {'after': page.next_after})}" if page.next_after else ""


@require_safe
def listings(request: Request) -> HttpResponse:
    """The listings that are worked on, or those that are done."""
    q, after = _asked(request)
    view = "done" if request.GET.get("view") == "done" else ""
    page = lists.listings(done=bool(view), q=q, after=after)
    words = {"q": q} if q else {}
    tabs = [
        {"label": "Active", "href": f"?{urlencode(words)}", "current": not view},
        {"label": "Done", "href": f"?{urlencode(words | {'view': 'done'})}", "current": bool(view)},
    ]
    context = {
        "nav": "listings",
        "rows": page.rows,
        "count_words": page.count_words,
        "tabs": tabs,
        "q": q,
        "view": view,
        "more_href": _next_page({"q": q, "view": view}, page),
        "new_href": "/listings/new/" if may(request.user.staff, Right.EDIT_LISTINGS) else "",
    }
    return render(request, "desk/listings.html", context)


@require_safe
def realtors(request: Request) -> HttpResponse:
    """The realtors by name."""
    q, after = _asked(request)
    page = lists.realtors(q=q, after=after)
    context = {"nav": "realtors", "rows": page.rows, "count_words": page.count_words, "q": q}
    return render(request, "desk/realtors.html", context | {"more_href": _next_page({"q": q}, page)})


@require_safe
def listing(request: Request, pk: str) -> HttpResponse:
    """One listing: facts, activities by team, notes, history."""
    page = listing_page(pk, request.user.staff)
    if page is None:
        raise Http404
    return render(request, "desk/listing.html", {"page": page, "nav": "listings"})


@require_safe
def realtor(request: Request, pk: str) -> HttpResponse:
    """One realtor with the open work by listing."""
    page = realtor_page(pk, request.user.staff)
    if page is None:
        raise Http404
    return render(request, "desk/realtor.html", {"page": page, "nav": "realtors"})


@require_safe
def people(request: Request) -> HttpResponse:
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


@require_POST
def undo(request: Request, act_id: str = "") -> HttpResponse:
    """Take one of my acts back, the latest if none is named; the list then asks for itself again."""
    if not act_id:
        latest = last_undoable_act(request.user.pk)
        act_id = latest.pk if latest else ""
    try:
        if not act_id:
            raise Refused("Nothing you did in the last 10 minutes is left to undo.")
        what = subject_of(act_id, request.user.staff)
        take_back(act_id)
    except Refused as refusal:
        return after_action(request, said=str(refusal), fallback="/inbox/", status=409)
    return after_action(request, said=f"Undone: {what}", fallback="/inbox/", trigger="desk:undone")
