"""The lists of records: which rows, and in which order."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Lower
from django.utils.timezone import is_naive

from desk.next_due import ByNextDue, Found, Place
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

    def places(self, rows: QuerySet[Any], *, after: str, limit: int, is_counted: bool = False) -> Found:
        """The first rows in this order, or those behind a cursor; with ``is_counted`` also how many there are in all.

        One statement.
        """
        found = in_order(rows, self, after)
        if is_counted:
            counted, values = rows.order_by().values("pk")[: COUNT_CAP + 1].query.sql_with_params()
            number = RawSQL(f"SELECT count(*) FROM ({counted}) counted", values)  # noqa: S608, S611 - Django's own SQL
            found = found.annotate(number=number)
        page = list(found[:limit])
        known = None if page or after else 0
        if page and is_counted:
            known = page[0].number
        return Found([Place(row.pk, cursor_of(row), row) for row in page], known)


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
