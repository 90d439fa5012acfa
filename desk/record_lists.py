"""The lists of listings and realtors, whose address is the truth: tab, filters, order, page and view stand in it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
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
from desk.lists import (
    LISTING_ORDERS,
    PAGE,
    REALTOR_ORDERS,
    Order,
    cursor_of,
    in_order,
    listing_rows,
    number_of,
    number_words,
    realtor_rows,
)
from desk.record_filters import ListingChips, RealtorChips
from desk.work_lists import EXPORTED_AT_ONCE, address_with, csv_file, default_view, finder, moment_cell, view_tabs
from listings.models import Listing, ListingStatus
from realtors.models import Realtor, RealtorStatus
from staff.rights import Right, may
from tasks.lists import capped


@dataclass(frozen=True)
class RecordList:
    """What makes one list of records different from the next.

    ``hint`` is what one might type to find a filter; ``tabs`` map a value to its words and its filters. Rows of a
    ``kind`` can be selected, and the list keeps itself true while it is looked at; its rows have the key as ``id``.
    """

    key: str
    heading: str
    noun: str
    hint: str
    template: str
    chips: type[Chips]
    orders: dict[str, Order]
    tabs: dict[str, tuple[str, str]]
    rows: Callable[[], QuerySet[Any]]
    printed: Callable[[Sequence[Any]], Sequence[Any]]
    columns: tuple[str, ...]
    cells: Callable[[Sequence[Any]], Iterable[list[str]]]
    kind: str = ""

    @property
    def path(self) -> str:
        return f"/{self.key}/"


def _listing_cells(listing: Listing) -> list[str]:
    whose = listing.realtor.name if listing.realtor else ""
    done = f"{round(listing.progress or 0)} %"
    facts = [listing.address_string, whose, listing.get_type_display() or "", listing.get_status_display(), done]
    return [*facts, moment_cell(listing.due_date), moment_cell(listing.created_at), listing.get_absolute_url()]


def _realtor_cells(realtor: Realtor) -> list[str]:
    facts = [realtor.name, realtor.brokerage or "", realtor.phone or "", realtor.email, realtor.license_number or ""]
    places = ", ".join(realtor.territories or [])
    return [*facts, places, realtor.slack_user_id or "", realtor.get_status_display(), f"/realtors/{realtor.pk}/"]


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
    rows=lambda: Listing.objects.select_related("realtor"),
    printed=listing_rows,
    columns=("Address", "Realtor", "Type", "Status", "Done", "Due", "Came in", "Address of its page"),
    cells=lambda rows: map(_listing_cells, rows),
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
    rows=Realtor.objects.all,
    printed=realtor_rows,
    columns=(
        *("Name", "Brokerage", "Phone", "E-mail", "License", "Territories", "Slack", "Status"),
        "Address of its page",
    ),
    cells=lambda rows: map(_realtor_cells, rows),
)


@require_safe
@vary_on_headers("HX-Request")
def listings(request: Request) -> HttpResponseBase:
    """The listings under way, or what the tab and the filters say."""
    new_href = "/listings/new/" if may(request.user.staff, Right.EDIT_LISTINGS) else ""
    return record_list(request, LISTINGS, new_href=new_href)


@require_safe
@vary_on_headers("HX-Request")
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
        return csv_file(records.key, records.columns, _lines(records, found, order, staff.pk))
    if "finder" in asked:
        orders = {name: each.words for name, each in records.orders.items() if name != sort}
        return finder(request, records, chips, orders, hint=records.hint)
    if records.kind and asked.get("items") == "all":
        keys = in_order(found, order).values_list("pk", flat=True)[: LIMIT + 1]
        return JsonResponse({"items": [f"{records.kind}:{key}" for key in keys]})
    if records.kind and (state := asked.get("state")):
        return JsonResponse({"gone": _gone(records, state, found)})
    after = asked.get("after", "")
    rows = list(in_order(found, order, after)[: PAGE + 1])
    is_whole = not after and len(rows) <= PAGE
    context: dict[str, Any] = {
        "nav": records.key,
        "rows": records.printed(rows[:PAGE]),
        "more_href": address_with(request, after=cursor_of(rows[PAGE - 1])) if len(rows) > PAGE else "",
        "filtered": bool(chips),
        "cleared": chips.cleared,
        "kind": records.kind,
        "selecting": "select" in asked,
    }
    if request.htmx and (after or request.htmx.target == "rows"):
        return render(request, f"{records.template}#rows", context)
    views = views_for(records.key, staff)
    if opens_with := default_view(request, views):
        return redirect(f"{records.path}?{opens_with.query}&view={opens_with.pk}")
    number = len(rows) if is_whole else number_of(found)
    kept = [(name, value) for name, value in asked.items() if name in ("tab", "sort") and value]
    query = urlencode([*kept, *parse_qsl(chips.as_query())])
    context |= {
        "heading": records.heading,
        "count_words": number_words(number, records.noun),
        "tabs": _tabs(records, tab, chips),
        "views": view_tabs(request, records, views, query),
        "chips": chips.chips(),
        "query": query,
        "page_key": records.key,
        "may_share": may(staff, Right.SHARE_VIEWS),
        "finder_href": address_with(request, finder="1"),
        "export_href": address_with(request, export="csv"),
        "kept": kept,
        "q": chips.values.get("q", ""),
    }
    if records.kind:
        context |= {
            "select_href": address_with(request, select="1"),
            "all_href": address_with(request, items="all"),
            "number": capped(number),
        }
    context |= more
    return render(request, records.template, context)


def _narrowed(records: RecordList, tab: str, chips: Chips) -> QuerySet[Any]:
    """What meets the filters in the address and those of the tab, unless the address says otherwise about the same."""
    wanted = QueryDict(chips.as_query(), mutable=True)
    for name, value in parse_qsl(records.tabs[tab][1]):
        if name not in chips.values:
            wanted.appendlist(name, value)
    found: QuerySet[Any] = records.chips.filters(wanted, queryset=records.rows()).qs if wanted else records.rows()
    return found


def _tabs(records: RecordList, current: str, chips: Chips) -> list[dict[str, Any]]:
    filters = parse_qsl(chips.as_query())
    return [
        {
            "label": words,
            "href": f"{records.path}?{urlencode([('tab', value), *filters] if value else filters)}",
            "current": value == current,
        }
        for value, (words, _) in records.tabs.items()
    ]


def _gone(records: RecordList, state: str, found: QuerySet[Any]) -> dict[str, str]:
    """Which of the rows on somebody's screen ("message:01J…") this list no longer holds, each with words for it."""
    keys = [text.partition(":")[2] for text in state.split(",")[: 4 * PAGE]]
    shown = {key for key in keys if len(key) == 26 and key.isalnum()}
    held = set(found.filter(pk__in=shown).values_list("pk", flat=True))
    return {f"{records.kind}:{key}": "No longer in this list:" for key in shown - held}


def _lines(records: RecordList, found: QuerySet[Any], order: Order, staff_id: str) -> Iterator[list[str]]:
    after, written = "", 0
    while written < LIMIT:
        # The response is sent after the request's transaction, so each step opens one of its own.
        with acting_as("staff", staff_id):
            rows = list(in_order(found, order, after)[:EXPORTED_AT_ONCE])
            lines = list(records.cells(rows))
        yield from lines
        written += len(rows)
        if len(rows) < EXPORTED_AT_ONCE:
            return
        after = cursor_of(rows[-1])
