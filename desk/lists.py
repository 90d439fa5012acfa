"""The lists of listings and of realtors: which rows, in which order, in which words."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db.models import F, Func, Q, QuerySet, TextField, Value
from django.db.models.functions import Lower

from common.clock import office_now, office_zone
from listings.models import Listing, ListingStatus
from realtors.models import Realtor, RealtorStatus
from tasks.lists import COUNT_CAP, capped
from tasks.rows import initials_of

PAGE = 50
RowType = TypeVar("RowType")

STATUS_TONES = {
    ListingStatus.NEW: "",
    ListingStatus.IN_PROGRESS: "soon",
    ListingStatus.COMPLETED: "good",
    RealtorStatus.ACTIVE: "good",
    RealtorStatus.INACTIVE: "",
    RealtorStatus.SUSPENDED: "late",
    RealtorStatus.PENDING: "soon",
}


@dataclass(frozen=True)
class ListPage(Generic[RowType]):
    """One page of rows, how many there are in words, and the key after which the next page begins."""

    rows: list[RowType]
    count_words: str
    next_after: str


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


def _count(rows: QuerySet[Any], noun: str) -> str:
    """``38 listings``, ``1 realtor``, ``1,000+ listings``: counting stops at the cap."""
    number = rows.order_by()[: COUNT_CAP + 1].count()
    return f"{capped(number)} {noun}{'' if number == 1 else 's'}"


def _cut(rows: list[Any]) -> tuple[list[Any], str]:
    """The page's rows and the key of the last one if more follow."""
    return rows[:PAGE], rows[PAGE - 1].pk if len(rows) > PAGE else ""


def listings(*, done: bool, q: str, after: str) -> ListPage[ListingRow]:
    """Active or done listings by due date, those without one last; ``q`` narrows by any part of the address."""
    found = (
        Listing.objects.filter(status=ListingStatus.COMPLETED)
        if done
        else Listing.objects.exclude(status=ListingStatus.COMPLETED)
    )
    for word in q.split():
        found = found.filter(address_string__icontains=word)
    words = _count(found, "listing")
    start = Listing.all_objects.filter(pk=after).first() if after else None
    if start:
        later = Q(due_date=None) & (Q(pk__gt=start.pk) if start.due_date is None else Q())
        if start.due_date:
            later |= Q(due_date__gt=start.due_date) | Q(due_date=start.due_date, pk__gt=start.pk)
        found = found.filter(later)
    ordered = found.select_related("realtor").order_by(F("due_date").asc(nulls_last=True), "pk")
    rows, next_after = _cut(list(ordered[: PAGE + 1]))
    now = office_now()
    return ListPage([_listing_row(listing, now) for listing in rows], words, next_after)


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


def realtors(*, q: str, after: str) -> ListPage[RealtorRow]:
    """Realtors by name; ``q`` finds parts of name and brokerage, beginnings of e-mail and license, phone digits."""
    found = Realtor.objects.annotate(sort_name=Lower("name"))
    for word in q.split():
        match = Q(name__icontains=word) | Q(brokerage__icontains=word)
        match |= Q(email__istartswith=word) | Q(license_number__istartswith=word)
        found = found.filter(match | _phone(q, word))
    words = _count(found, "realtor")
    name = Realtor.all_objects.filter(pk=after).values_list(Lower("name"), flat=True).first() if after else None
    if name is not None:
        found = found.filter(Q(sort_name__gt=name) | Q(sort_name=name, pk__gt=after))
    rows, next_after = _cut(list(found.order_by("sort_name", "pk")[: PAGE + 1]))
    return ListPage([_realtor_row(realtor) for realtor in rows], words, next_after)


def _phone(q: str, word: str) -> Q:
    """Digits of a phone number in any format: a query of digits and signs is looked for as a whole."""
    digits = re.sub(r"\D", "", q) if not re.search(r"[^\d\s()+.-]", q) else re.sub(r"\D", "", word)
    if len(digits) < 3:
        return Q(pk__in=[])
    pattern = (Value(r"\D"), Value(""), Value("g"))
    bare = Func(F("phone"), *pattern, function="regexp_replace", output_field=TextField())
    return Q(pk__in=Realtor.objects.annotate(digits=bare).filter(digits__contains=digits).values("pk"))


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
