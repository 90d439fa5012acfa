"""The pages: each asks, and prints what it is told."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.requests import Request
from accounts.saved_views import views_beside, views_from
from desk.listing_page import listing_page
from desk.new_listings import new_listings
from desk.realtor_page import realtor_page
from desk.task_page import task_page
from desk.work_lists import WorkList, address_with, csv_file, side_counts, tabs_of, view_tabs, work_list
from listings.queries import NUMBER_OF_NEW
from slackintake.actions import who_was_faster
from slackintake.bulk_views import KIND
from slackintake.look import is_place, kind_chips, look_rows, place_of
from slackintake.pages import COLUMNS, KINDS, cells_to_review, kind_of
from slackintake.queries import NUMBER_TO_REVIEW, PAGE, messages_to_review
from slackintake.views import LOOK, look_context
from staff.models import Role, Staff, StaffStatus
from staff.rights import Right, may
from tasks import queries as tasks
from tasks.filters import Narrowing
from tasks.lists import capped

INBOX_TABS = {
    "": "Everything",
    "listing": "Listing work",
    "realtor": "Realtor work",
    "look": "Needs a look",
    "new": "New listings",
    "snoozed": "Snoozed",
    "waiting": "Waiting",
}
DESK_TABS = {"listing", "realtor", "look"}
"""Tabs for those who see realtors' requests and resolve messages; others see one kind of work only."""
MY_TABS = {"": "To do", "snoozed": "Snoozed", "waiting": "Waiting", "done": "Done today"}
COUNTED = {"snoozed": "snoozed", "waiting": "waiting", "done": "done today"}
"""What the heading counts on the tabs that do not hold what the list is about."""
EMPTY_INBOX = {
    "icon": "inbox",
    "title": "Nothing waiting",
    "text": "New requests appear here. What you have claimed stands in My tasks.",
    "href": "/my/",
    "action": "Go to My tasks",
}
EMPTY_MY = {
    "icon": "check",
    "title": "Nothing is yours right now",
    "text": "Claim something from the inbox and it stands here until it is done.",
    "href": "/inbox/",
    "action": "Go to the inbox",
}
EMPTY_TABS = {
    "snoozed": {
        "icon": "clock",
        "title": "Nothing snoozed",
        "text": "What you put off stands here until its time comes or the realtor writes.",
    },
    "waiting": {
        "icon": "chat",
        "title": "Nothing waits on a realtor",
        "text": "What stands still until a realtor answers is kept here; it comes back when the realtor writes.",
    },
    "done": {
        "icon": "check",
        "title": "Nothing finished yet today",
        "text": "What you complete stands here until midnight, and can be reopened.",
    },
}
"""What a tab says of itself when it has nothing; the next step is the list that it belongs to."""


@require_safe
@vary_on_headers("HX-Request", "HX-Target")
def inbox(request: Request) -> HttpResponseBase:
    """What nobody has taken yet, by due date."""
    staff = request.user.staff
    shown = [tab for tab in INBOX_TABS if tab not in DESK_TABS or may(staff, Right.REVIEW_MESSAGES)]
    tab = request.GET.get("tab", "") if request.GET.get("tab") in shown else ""
    selection, narrowing = tasks.inbox_selection(staff, tab), Narrowing(request.GET)
    matching = narrowing.narrow(selection) if narrowing else None
    also = (NUMBER_TO_REVIEW, NUMBER_OF_NEW, views_beside("inbox"))
    counts, matched, (to_review, new, views) = tasks.counts_and(staff, matching, *also)
    numbers = counts._asdict() | {"look": to_review, "new": new}
    work = WorkList(
        key="inbox",
        heading="Inbox",
        selection=selection,
        counts=counts,
        views=views_from(views, staff),
        count_words=f"{capped(numbers[tab] if tab else counts.inbox)} {COUNTED.get(tab, 'unclaimed')}",
        new_href="/activities/new/",
        empty=EMPTY_TABS[tab] | {"href": "/inbox/", "action": "Go to the inbox"} if tab in EMPTY_TABS else EMPTY_INBOX,
        tabs=[(value, INBOX_TABS[value], numbers.get(value)) for value in shown],
        tab=tab,
    )
    if tab == "look":
        return _needs_a_look(request, work)
    if tab == "new":
        return new_listings(request, work, number=new)
    return work_list(request, work, narrowing=narrowing, matching=matched)


def _needs_a_look(request: Request, work: WorkList) -> HttpResponseBase:
    """The messages that nobody and nothing has been able to resolve yet, the longest waiting first."""
    found = messages_to_review()
    if state := request.GET.get("state"):
        return JsonResponse({"gone": _resolved(state, {seen.message_id for seen in found})})
    why = request.GET.get("why", "") if request.GET.get("why") in KINDS else ""
    of_kind = [seen for seen in found if not why or kind_of(seen, seen.reason) == why]
    if request.GET.get("export") == "csv":
        return csv_file("needs-a-look", COLUMNS, cells_to_review([seen.message_id for seen in of_kind]))
    after = request.GET.get("after", "") if is_place(request.GET.get("after", "")) else ""
    following = [seen for seen in of_kind if place_of(seen) > after]
    page, is_next = following[:PAGE], request.htmx and after
    shown = [] if is_next else [seen.message_id for seen in page]
    current = request.GET.get("peek") if request.GET.get("peek") in shown else "".join(shown[:1])
    context: dict[str, Any] = {
        "rows": look_rows(page, current or ""),
        "more_href": address_with(request, after=place_of(page[-1])) if len(following) > PAGE else "",
        "all_href": LOOK if why and found else "",
    }
    if is_next or (request.htmx and request.htmx.target == "rows"):
        return render(request, "slackintake/look_rows.html", context)
    context |= {
        "export_href": f"{LOOK}&{urlencode({'why': why, 'export': 'csv'})}",
        **(look_context(current) if current else {}),
        "nav": "inbox",
        "kinds": kind_chips(found, why, LOOK),
        "count_words": f"{capped(len(found))} {'needs' if len(found) == 1 else 'need'} a look",
        "tabs": tabs_of(work),
        "views": view_tabs(request, work, work.views, urlencode({"tab": work.tab})),
        "counts": side_counts(work.counts),
    }
    return render(request, "desk/look.html", context)


def _resolved(state: str, waiting: set[str]) -> dict[str, str]:
    """Which of the rows on somebody's screen need no look any more, each with a sentence that says who did it."""
    gone = {}
    for row in state.split(",")[: 4 * PAGE]:
        kind, _, pk = row.partition(":")
        if kind == KIND and pk.isalnum() and pk not in waiting:
            gone[row] = str(who_was_faster(pk) or "It does not need a look any more.")
    return gone


@require_safe
@vary_on_headers("HX-Request", "HX-Target")
def my(request: Request) -> HttpResponseBase:
    """What I have claimed or been given and have not finished."""
    staff = request.user.staff
    tab = request.GET.get("tab", "") if request.GET.get("tab") in MY_TABS else ""
    selection, narrowing = tasks.my_selection(tab), Narrowing(request.GET)
    matching = narrowing.narrow(selection) if narrowing else None
    folds = [tasks.my_selection(fold) for fold in MY_TABS if fold]
    counts, matched, (*folded, views) = tasks.counts_and(staff, matching, views_beside("my"), beside=folds)
    numbers = dict(zip(MY_TABS, [None, *folded], strict=True))
    work = WorkList(
        key="my",
        heading="My tasks",
        selection=selection,
        counts=counts,
        views=views_from(views, staff),
        count_words=f"{capped(numbers[tab] if tab else counts.my)} {COUNTED.get(tab, 'open')}",
        new_href="/agent-tasks/new/",
        empty=EMPTY_TABS[tab] | {"href": "/my/", "action": "Go to what is to do"} if tab in EMPTY_TABS else EMPTY_MY,
        tabs=[(value, label, numbers[value]) for value, label in MY_TABS.items()],
        tab=tab,
        is_unclaimed=False,
    )
    return work_list(request, work, narrowing=narrowing, matching=matched)


@require_safe
@vary_on_headers("HX-Request", "HX-Target")
def task(request: Request, kind: str, pk: str) -> HttpResponse:
    """One task; as a fragment it is the pane beside a list."""
    page = task_page(kind, pk, request.user.staff, every_act=_every_act(request))
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
def listing(request: Request, pk: str) -> HttpResponse:
    """One listing: facts, activities by team, notes, history."""
    every_row = request.GET.get("rows") == "all"
    page = listing_page(pk, request.user.staff, every_row=every_row, every_act=_every_act(request))
    if page is None:
        raise Http404
    return render(request, "desk/listing.html", {"page": page, "nav": "listings"})


@require_safe
def realtor(request: Request, pk: str) -> HttpResponse:
    """One realtor with the open work by listing."""
    page = realtor_page(pk, request.user.staff, every_act=_every_act(request))
    if page is None:
        raise Http404
    return render(request, "desk/realtor.html", {"page": page, "nav": "realtors"})


def _every_act(request: Request) -> bool:
    """Whether a page shall tell its whole history."""
    return request.GET.get("history") == "all"


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
