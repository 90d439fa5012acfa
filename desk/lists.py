"""The lists of listings and of realtors: which rows, in which order, in which words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Lower
from django.utils.timezone import is_naive

from common.clock import office_now, office_zone
from listings.models import Listing, ListingStatus
from realtors.models import Realtor, RealtorStatus
from tasks.lists import COUNT_CAP, capped
from tasks.rows import initials_of

PAGE = 50

STATUS_TONES = {
    ListingStatus.NEW: "",
    ListingStatus.IN_PROGRESS: "soon",
    ListingStatus.COMPLETED: "good",
    RealtorStatus.ACTIVE: "good",
    RealtorStatus.INACTIVE: "",
    RealtorStatus.SUSPENDED: "late",
    RealtorStatus.PENDING: "soon",
}


@dataclass(slots=True)
class ListingRow:
    href: str
    title: str
    subtitle: str
    type_label: str
    status_label: str
    status_tone: str
    percent: int


@dataclass(slots=True)
class RealtorRow:
    href: str
    initials: str
    title: str
    subtitle: str
    status_label: str
    status_tone: str


TEXTS = frozenset({"name", "address_string"})
"""Columns that go without regard to case."""


@dataclass(frozen=True)
class Order:
    """An order of a list: its words, and the column it goes by; rows without a value stand last."""

    words: str
    column: str
    descending: bool = False


LISTING_ORDERS = {
    "due": Order("By due date", "due_date"),
    "newest": Order("Newest first", "created_at", descending=True),
    "oldest": Order("Oldest first", "created_at"),
    "address": Order("By address", "address_string"),
}
REALTOR_ORDERS = {
    "name": Order("By name", "name"),
    "newest": Order("Newest first", "created_at", descending=True),
}


def number_of(rows: QuerySet[Any]) -> int:
    """How many rows there are; counting stops at the cap."""
    return rows.order_by()[: COUNT_CAP + 1].count()


def number_words(number: int, noun: str) -> str:
    """``38 listings``, ``1 realtor``, ``1,000+ listings``."""
    return f"{capped(number)} {noun}{'' if number == 1 else 's'}"


def in_order(rows: QuerySet[Any], order: Order, after: str = "") -> QuerySet[Any]:
    """The rows in this order, or those of them that come behind the row with the cursor ``after`` (`cursor_of`)."""
    place = Lower(order.column) if order.column in TEXTS else F(order.column)
    rows = rows.annotate(place=place)
    column: Any = rows.model._meta.get_field(order.column)
    if (start := _parsed(after, column)) is not None:
        value, key = start
        behind = Q(place=value, pk__gt=key)
        if value is not None:
            behind |= Q(place__lt=value) if order.descending else Q(place__gt=value)
        if value is not None and column.null:
            behind |= Q(place=None)
        elif value is not None:
            # The bound drives the index; the exact condition filters the rows that share it.
            rows = rows.filter(place__lte=value) if order.descending else rows.filter(place__gte=value)
        rows = rows.filter(behind)
    # Said of a column without gaps, "nulls last" would keep its index from giving the order.
    nulls_last = True if column.null else None
    by = F("place").desc(nulls_last=nulls_last) if order.descending else F("place").asc(nulls_last=nulls_last)
    return rows.order_by(by, "pk")


def cursor_of(row: Any) -> str:
    """Where a row of `in_order` stands, as text for an address. It holds when the row itself has left the list."""
    return row.pk if row.place is None else f"{row.pk}_{row.place}"


def _parsed(cursor: str, column: Any) -> tuple[Any, str] | None:
    """Value and key of a cursor; None for anything else: a bad address shows the first page."""
    key, has_value, text = cursor.partition("_")
    if len(key) != 26 or not key.isalnum() or "\0" in cursor:
        return None
    try:
        value = column.to_python(text) if has_value else None
        column.run_validators(value)
    except ValidationError:
        return None
    return None if isinstance(value, datetime) and is_naive(value) else (value, key)


def listing_rows(found: Iterable[Listing]) -> list[ListingRow]:
    now = office_now()
    return [_listing_row(listing, now) for listing in found]


def realtor_rows(found: Iterable[Realtor]) -> list[RealtorRow]:
    return [_realtor_row(realtor) for realtor in found]


def _listing_row(listing: Listing, now: datetime) -> ListingRow:
    due = listing.due_date.astimezone(office_zone()) if listing.due_date else None
    year = f" {due.year}" if due and due.year != now.year else ""
    due_words = f"due {due:%a} {due.day} {due:%b}{year}" if due else "no date"
    return ListingRow(
        href=listing.get_absolute_url(),
        title=listing.address_string,
        subtitle=f"{listing.realtor.name if listing.realtor else 'No realtor yet'} · {due_words}",
        type_label=listing.get_type_display() or "",
        status_label=ListingStatus(listing.status).label,
        status_tone=STATUS_TONES[ListingStatus(listing.status)],
        percent=round(listing.progress or 0),
    )


def _realtor_row(realtor: Realtor) -> RealtorRow:
    status = RealtorStatus(realtor.status)
    return RealtorRow(
        href=f"/realtors/{realtor.pk}/",
        initials=initials_of(realtor.name),
        title=realtor.name,
        subtitle=" · ".join(filter(None, [realtor.brokerage, realtor.phone, ", ".join(realtor.territories or [])])),
        status_label=status.label,
        status_tone=STATUS_TONES[status],
    )
