"""The lists of listings and of realtors: which rows, and in which order."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Lower

from desk.next_due import ByNextDue, Found, Place
from staff.models import Staff
from tasks.lists import COUNT_CAP, capped

PAGE = 50

TEXTS = frozenset({"name", "address_string"})
"""Columns that go without regard to case."""


@dataclass(frozen=True)
class Order:
    """An order of a list: its words, and the column it goes by; rows without a value stand last."""

    words: str
    column: str
    descending: bool = False

    def places(self, rows: QuerySet[Any], staff: Staff, *, after: str, limit: int) -> Found:
        """The first rows in this order, or those behind a cursor; any other text is no cursor."""
        start = after if len(after) == 26 and after.isalnum() else ""
        counted, values = rows.order_by().values("pk")[: COUNT_CAP + 1].query.sql_with_params()
        number = RawSQL(f"SELECT count(*) FROM ({counted}) counted", values)  # noqa: S608, S611 - Django's own SQL
        found = list(in_order(rows, self, start).values_list("pk", number)[:limit])
        return Found([Place(key, key) for key, _ in found], found[0][1] if found else None)


LISTING_ORDERS: dict[str, Order | ByNextDue] = {
    "due": ByNextDue(),
    "newest": Order("Newest first", "created_at", descending=True),
    "oldest": Order("Oldest first", "created_at"),
    "address": Order("By address", "address_string"),
}
REALTOR_ORDERS: dict[str, Order | ByNextDue] = {
    "name": Order("By name", "name"),
    "newest": Order("Newest first", "created_at", descending=True),
}


def counted(rows: QuerySet[Any], noun: str, known: int | None = None) -> str:
    """``38 listings``, ``1 realtor``, ``1,000+ listings``: a number that is not known is counted up to the cap."""
    number = rows.order_by()[: COUNT_CAP + 1].count() if known is None else known
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
