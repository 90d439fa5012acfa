"""The lists of listings and of realtors: which rows, in which order, in which words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Lower

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


def counted(rows: QuerySet[Any], noun: str) -> str:
    """``38 listings``, ``1 realtor``, ``1,000+ listings``: counting stops at the cap."""
    number = rows.order_by()[: COUNT_CAP + 1].count()
    return f"{capped(number)} {noun}{'' if number == 1 else 's'}"


def in_order(rows: QuerySet[Any], order: Order, after: str = "") -> QuerySet[Any]:
    """The rows in this order, or those of them that come behind the row whose key is ``after``."""
    place = Lower(order.column) if order.column in TEXTS else F(order.column)
    rows = rows.annotate(place=place)
    start = rows.model.all_objects.annotate(place=place).filter(pk=after).first() if after else None
    if start is not None:
        behind = Q(place=start.place, pk__gt=start.pk)
        if start.place is not None:
            behind |= Q(place__lt=start.place) if order.descending else Q(place__gt=start.place)
            behind |= Q(place=None)
        else:
            behind = Q(place=None, pk__gt=start.pk)
        rows = rows.filter(behind)
    by = F("place").desc(nulls_last=True) if order.descending else F("place").asc(nulls_last=True)
    return rows.order_by(by, "pk")


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
