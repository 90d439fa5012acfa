"""Listings in the order of what is due next on each."""

import re
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import DateTimeField, QuerySet
from django.db.models.expressions import RawSQL

from tasks.lists import EPOCH, MICROSECOND

NEXT_DUE = RawSQL(
    """SELECT t.due_date FROM activities t
        WHERE t.listing_id = listings.listing_id AND t.deleted_at IS NULL
            AND t.status IN ('OPEN', 'CLAIMED', 'IN_PROGRESS') AND t.due_date IS NOT NULL
        ORDER BY t.due_date, t.task_id LIMIT 1""",
    (),
    output_field=DateTimeField(null=True),
)
"""When the next activity of a listing is due, of those that the row policies let the reader see.

``idx_activities_next_due`` answers for each listing, so it costs the same however many activities they have. It is
written out, as the ORM takes a tenth of the page's time to make it.
"""


class Place(NamedTuple):
    """One row's key, the text that says in an address what comes behind it, and the row if it was read."""

    key: str
    cursor: str
    row: Any = None


class Found(NamedTuple):
    """Rows of a list in order, and how many it holds, where that was known at no cost."""

    places: list[Place]
    number: int | None


_CURSOR = re.compile(r"(?:(-?\d{1,16})_)?([0-9A-Za-z]{26})")


def _behind(cursor: str) -> tuple[str, list[Any]]:
    """The condition of what comes behind a cursor, in SQL, and its values."""
    start = _CURSOR.fullmatch(cursor)
    if start is None:
        return "true", []
    if start[1] is None:
        return "due IS NULL AND key < %s", [start[2]]
    due = EPOCH + int(start[1]) * MICROSECOND
    return "(due > %s OR (due = %s AND key < %s) OR due IS NULL)", [due, due, start[2]]


class ByNextDue:
    """Listings by their next due activity, of those the reader sees. What is due at one moment, and what has nothing
    due, stands with the newest first."""

    words = "By next due date"

    def places(self, rows: QuerySet[Any], *, after: str, limit: int, is_counted: bool = False) -> Found:
        """The first of these listings, or those behind a cursor; any other text is no cursor. One statement, which
        counts them all at no cost.
        """
        listed, values = rows.annotate(due=NEXT_DUE).order_by().values_list("pk", "due").query.sql_with_params()
        bound, values_of_bound = _behind(after)
        statement = f"""
            WITH listed (key, due) AS MATERIALIZED ({listed})
            SELECT key, due, (SELECT count(*) FROM listed) FROM listed WHERE {bound} ORDER BY due, key DESC LIMIT %s"""  # noqa: S608 - our own SQL
        with connection.cursor() as cursor:
            cursor.execute(statement, [*values, *values_of_bound, limit])
            found = cursor.fetchall()
        places = [Place(key, f"{(due - EPOCH) // MICROSECOND}_{key}" if due else key) for key, due, _ in found]
        return Found(places, found[0][2] if found else None)
