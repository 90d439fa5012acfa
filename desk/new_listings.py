"""*New listings*, a tab of the inbox: what has come in and this person has not acknowledged yet."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.safestring import SafeString

from accounts.requests import Request
from common.bulk import LIMIT
from common.clock import office_now
from common.principal import acting_as
from common.printing import Printed
from desk.lines import ago
from desk.work_lists import WorkList, csv_file, moment_cell, side_counts, tabs_of, view_tabs
from listings.models import Listing
from listings.queries import new_listings as unacknowledged
from slackintake.queries import changed_in_slack
from staff.models import Staff
from tasks.lists import PAGE, capped
from tasks.rows import news_dot

COLUMNS = ("Address", "Realtor", "Type", "Status", "Came in", "Address of its page")


@dataclass(slots=True)
class NewRow(Printed):
    """One listing that waits for this person's acknowledgement."""

    id: str
    href: str
    title: str
    subtitle: str
    type_label: str
    status_label: str
    news_dot: SafeString


def new_listings(request: Request, work: WorkList, *, number: int) -> HttpResponseBase:
    """The page, its rows as a fragment, all as a file, or which of the rows on screen have left it (``?state=``)."""
    staff = request.user.staff
    if state := request.GET.get("state"):
        return JsonResponse({"gone": _gone(state, staff)})
    found = unacknowledged(staff)
    if request.GET.get("export") == "csv":
        return csv_file("new-listings", COLUMNS, _lines(staff))
    after = request.GET.get("after", "")
    if after.isalnum() and (start := Listing.all_objects.filter(pk=after).first()):
        found = found.filter(Q(created_at__lt=start.created_at) | Q(created_at=start.created_at, pk__lt=start.pk))
    listings = list(found[: PAGE + 1])
    changed = changed_in_slack(("listing", listing.pk) for listing in listings)
    rows = [_row(listing, changed.get(("listing", listing.pk), "")) for listing in listings]
    context = {
        "nav": "inbox",
        "rows": rows[:PAGE],
        "more_href": f"?tab=new&after={rows[PAGE - 1].id}" if len(rows) > PAGE else "",
        "count_words": f"{capped(number)} to acknowledge",
        "tabs": tabs_of(work),
        "views": view_tabs(request, work, work.views, urlencode({"tab": work.tab})),
        "counts": side_counts(work.counts),
    }
    is_part = request.htmx and ("after" in request.GET or request.htmx.target == "rows")
    page: HttpResponse = render(request, f"desk/new_listings.html{'#rows' if is_part else ''}", context)
    return page


def _row(listing: Listing, news: str) -> NewRow:
    whose = listing.realtor.name if listing.realtor else "No realtor yet"
    return NewRow(
        id=listing.pk,
        href=listing.get_absolute_url(),
        title=listing.address_string,
        subtitle=f"{whose} · came in {ago(listing.created_at, office_now())}",
        type_label=listing.get_type_display() or "",
        status_label=listing.get_status_display(),
        news_dot=news_dot(news),
    )


def _lines(staff: Staff) -> Iterator[list[str]]:
    # The response is sent after the request's transaction.
    with acting_as("staff", staff.pk):
        listings = list(unacknowledged(staff)[:LIMIT])
    for listing in listings:
        whose = listing.realtor.name if listing.realtor else ""
        facts = [listing.address_string, whose, listing.get_type_display() or "", listing.get_status_display()]
        yield [*facts, moment_cell(listing.created_at), listing.get_absolute_url()]


def _gone(state: str, staff: Staff) -> dict[str, str]:
    """Which of these rows ("listing:01J…") this person's tab no longer holds, each with a sentence for its leaving."""
    keys = [item.partition(":")[2] for item in state.split(",")[: 4 * PAGE]]
    shown = {key for key in keys if len(key) == 26 and key.isalnum()}
    held = set(unacknowledged(staff).filter(pk__in=shown).values_list("pk", flat=True))
    return {f"listing:{pk}": "No longer here:" for pk in shown - held}
