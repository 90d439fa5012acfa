"""The lists of listings and realtors, whose address is the truth: tab, filters, order, page and view stand in it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.db.models import QuerySet
from django.http import JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.requests import Request
from accounts.saved_views import views_for
from common.bulk import LIMIT
from common.chips import Chips
from common.principal import acting_as
from desk.listing_rows import ListingRow, listing_rows
from desk.lists import LISTING_ORDERS, PAGE, REALTOR_ORDERS, Order, counted
from desk.next_due import ByNextDue, Place
from desk.realtor_rows import RealtorRow, realtor_rows
from desk.record_filters import ListingChips, RealtorChips
from desk.work_lists import (
    EXPORTED_AT_ONCE,
    address_with,
    csv_file,
    default_view,
    finder,
    moment_cell,
    view_query,
    view_tabs,
)
from listings.models import Listing, ListingStatus
from realtors.models import Realtor, RealtorStatus
from staff.models import Staff
from staff.rights import Right, may


@dataclass(frozen=True)
class RecordList:
    """What makes one list of records different from the next.

    ``hint`` is what one might type to find a filter; ``tabs`` map a value to its words and its filters. ``noun`` also
    names a row in requests ("listing:01J…").
    """

    key: str
    heading: str
    noun: str
    hint: str
    template: str
    chips: type[Chips]
    orders: dict[str, Order | ByNextDue]
    tabs: dict[str, tuple[str, str]]
    rows: Callable[[], QuerySet[Any]]
    printed: Callable[[Sequence[Place], Staff, Any], Sequence[Any]]
    """The rows, also with the chips in force, which may need what the rows do."""
    columns: tuple[str, ...]
    cells: Callable[[Sequence[Place], Staff], Iterable[list[str]]]

    @property
    def path(self) -> str:
        return f"/{self.key}/"


def _listing_cells(row: ListingRow) -> list[str]:
    facts = [row.title, row.realtor, row.type_label, row.status_label, str(row.closed), str(row.live)]
    following = [row.next_name, moment_cell(row.next_due), row.owner_name]
    noted = "yes" if row.is_acknowledged else "no"
    return [*facts, *following, noted, moment_cell(row.due), moment_cell(row.came_in), row.href]


def _realtor_cells(row: RealtorRow) -> list[str]:
    facts = [row.title, row.brokerage, row.phone, row.email, row.license_number, row.territories, row.slack]
    numbers = [str(row.open_listings), str(row.open_tasks), moment_cell(row.last_message_at)]
    return [*facts, row.status_label, *numbers, row.href]


def _listings(places: Sequence[Place], staff: Staff, chips: Chips | None = None) -> list[ListingRow]:
    return listing_rows([place.key for place in places], staff)


def _realtors(places: Sequence[Place], staff: Staff, chips: Chips | None = None) -> list[RealtorRow]:
    return realtor_rows([place.key for place in places])


UNDER_WAY = [("status", ListingStatus.NEW.value), ("status", ListingStatus.IN_PROGRESS.value)]
LISTINGS = RecordList(
    key="listings",
    heading="Listings",
    noun="listing",
    hint="overdue, sale, stuck…",
    template="desk/listings.html",
    chips=ListingChips,
    orders=LISTING_ORDERS,
    tabs={
        "": ("Active", urlencode(UNDER_WAY)),
        "live": ("Going live this week", "live=week"),
        "unowned": ("Without owner", urlencode([*UNDER_WAY, ("work", "unowned")])),
        "stuck": ("Stuck 5 days", "work=stuck"),
        "done": ("Done", f"status={ListingStatus.COMPLETED.value}"),
    },
    rows=lambda: Listing.objects.only("pk"),  # `_listings` reads the rest
    printed=_listings,
    columns=(
        *("Address", "Realtor", "Type", "Status", "Done", "Activities", "Next", "Next due", "Owner of the next"),
        *("Acknowledged", "Due", "Came in", "Address of its page"),
    ),
    cells=lambda places, staff: map(_listing_cells, _listings(places, staff)),
)
REALTORS = RecordList(
    key="realtors",
    heading="Realtors",
    noun="realtor",
    hint="active, without slack…",
    template="desk/realtors.html",
    chips=RealtorChips,
    orders=REALTOR_ORDERS,
    tabs={
        "": ("All", ""),
        "active": ("Active", f"status={RealtorStatus.ACTIVE.value}"),
        "unlinked": ("Without Slack link", "slack=missing"),
        "pending": ("Pending", f"status={RealtorStatus.PENDING.value}"),
        "work": ("Open work", "open=yes"),
    },
    rows=lambda: Realtor.objects.only("pk"),
    printed=_realtors,
    columns=(
        *("Name", "Brokerage", "Phone", "E-mail", "License", "Territories", "Slack", "Status"),
        *("Open listings", "Open tasks", "Last message", "Address of its page"),
    ),
    cells=lambda places, staff: map(_realtor_cells, _realtors(places, staff)),
)


@require_safe
@vary_on_headers("HX-Request", "HX-Target")
def listings(request: Request) -> HttpResponseBase:
    """The listings under way, or what the tab and the filters say."""
    new_href = "/listings/new/" if may(request.user.staff, Right.EDIT_LISTINGS) else ""
    return record_list(request, LISTINGS, new_href=new_href)


@require_safe
@vary_on_headers("HX-Request", "HX-Target")
def realtors(request: Request) -> HttpResponseBase:
    """The realtors by name, or what the tab and the filters say."""
    return record_list(request, REALTORS)


def record_list(request: Request, records: RecordList, **more: Any) -> HttpResponseBase:
    """The list as its address says: the page, the rows that come next, the finder, or a file.

    ``more`` is what the list's own template takes beside what `record_list.html` does.
    """
    staff, asked = request.user.staff, request.GET
    tab = asked.get("tab", "") if asked.get("tab") in records.tabs else ""
    sort = asked.get("sort", "") if asked.get("sort") in records.orders else next(iter(records.orders))
    chips, order = records.chips(asked), records.orders[sort]
    found = _narrowed(records, tab, chips)
    if asked.get("export") == "csv":
        return csv_file(records.key, records.columns, _lines(records, found, order, staff))
    if asked.get("items") == "all":
        every = order.places(found, after="", limit=LIMIT + 1).places
        return JsonResponse({"items": [f"{records.noun}:{place.key}" for place in every]})
    if state := asked.get("state"):
        return JsonResponse({"gone": _gone(records, state, found)})
    if "finder" in asked:
        orders = {name: each.words for name, each in records.orders.items() if name != sort}
        return finder(request, records, chips, orders, hint=records.hint)
    after = asked.get("after", "")
    rows_alone = request.htmx and (after or request.htmx.target == "rows")
    places, number = order.places(found, after=after, limit=PAGE + 1, is_counted=not rows_alone)
    context: dict[str, Any] = {
        "nav": records.key,
        "rows": records.printed(places[:PAGE], staff, chips),
        "more_href": address_with(request, after=places[PAGE - 1].cursor) if len(places) > PAGE else "",
        "filtered": bool(chips),
        "selecting": "select" in asked,
        "cleared": chips.cleared,
    }
    if rows_alone:
        return render(request, f"{records.template}#rows", context)
    views = views_for(records.key, staff)
    if opens_with := default_view(request, views):
        return redirect(f"{records.path}?{opens_with.query}&view={opens_with.pk}")
    kept = [(name, value) for name, value in asked.items() if name in ("tab", "sort") and value]
    query = view_query(tab, "" if sort == next(iter(records.orders)) else sort, chips)
    context |= {
        "heading": records.heading,
        "count_words": counted(found, records.noun, number),
        "tabs": _tabs(records, tab, chips),
        "views": view_tabs(request, records, views, query),
        "chips": chips.chips(),
        "query": query,
        "can_save": bool(chips) or sort != next(iter(records.orders)),
        "page_key": records.key,
        "may_share": may(staff, Right.SHARE_VIEWS),
        "finder_href": address_with(request, finder="1"),
        "export_href": address_with(request, export="csv"),
        "select_href": address_with(request, select="1"),
        "all_href": address_with(request, items="all"),
        "kept": kept,
        "q": chips.values.get("q", ""),
    }
    return render(request, records.template, context | more)


def _narrowed(records: RecordList, tab: str, chips: Chips) -> QuerySet[Any]:
    """What meets the filters in the address and those of the tab, unless the address says otherwise about the same."""
    in_tab = _chips_of(records.chips, records.tabs[tab][1])  # type: ignore[arg-type]  # mypy knows no hash of a class
    return chips.narrowed(in_tab.narrowed(records.rows(), unless=chips.values))


@lru_cache(maxsize=32)
def _chips_of(chips: type[Chips], query: str) -> Chips:
    """The filters of a tab, which are always the same: to read them costs as much as ten rows of the page."""
    return chips(QueryDict(query))


def _tabs(records: RecordList, current: str, chips: Chips) -> list[dict[str, Any]]:
    filters = parse_qsl(chips.as_query())
    return [
        {
            "label": words,
            "href": f"{records.path}?{urlencode([('tab', value), *filters])}",
            "current": value == current,
        }
        for value, (words, _) in records.tabs.items()
    ]


def _gone(records: RecordList, state: str, found: QuerySet[Any]) -> dict[str, str]:
    """Which of the rows on somebody's screen ("message:01J…") this list no longer holds, each with words for it."""
    keys = [text.partition(":")[2] for text in state.split(",")[: 4 * PAGE]]
    shown = {key for key in keys if len(key) == 26 and key.isalnum()}
    held = set(found.filter(pk__in=shown).values_list("pk", flat=True))
    return {f"{records.noun}:{key}": "No longer in this list:" for key in shown - held}


def _lines(records: RecordList, found: QuerySet[Any], order: Order | ByNextDue, staff: Staff) -> Iterator[list[str]]:
    after, written = "", 0
    while written < LIMIT:
        # The response is sent after the request's transaction, so each step opens one of its own.
        with acting_as("staff", staff.pk):
            places = order.places(found, after=after, limit=EXPORTED_AT_ONCE).places
            lines = list(records.cells(places, staff))
        yield from lines
        written += len(places)
        if len(places) < EXPORTED_AT_ONCE:
            return
        after = places[-1].cursor
