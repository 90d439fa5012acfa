"""Questions about listings, their notes and the office calendar."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Count, Model, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from common.clock import at_end_of_day
from common.columns import Columns, models_in
from common.queries import history_of
from common.searching import as_tsquery
from listings.models import (
    KeyDate,
    KeyDateKind,
    Listing,
    ListingStatus,
    Note,
    OfficeDay,
    Template,
    TemplateLine,
    Weekday,
)
from listings.search_query import Query
from realtors.models import Realtor
from staff.models import Staff

FURTHEST = timedelta(days=3660)
NEW_FOR = timedelta(days=14)
"""A listing older than this is news to nobody, whoever has not acknowledged it."""

_IS_NEW = f"""l.deleted_at IS NULL AND l.status <> '{ListingStatus.COMPLETED}'
    AND l.created_at >= now() - interval '{NEW_FOR.days} days'
    AND l.listing_id <> ALL (ARRAY(
        SELECT a.listing_id FROM listings_acknowledgement a WHERE a.staff_id = %(me)s))"""  # noqa: S608 - our constants
NUMBER_OF_NEW = f"(SELECT count(*) FROM (SELECT FROM listings l WHERE {_IS_NEW} LIMIT 1001) new)"  # noqa: S608
"""How many listings ``new_listings`` holds, up to 1,001. SQL, asked beside other numbers; ``me`` is the person's id."""


def new_listings(staff: Staff) -> QuerySet[Listing]:
    """Live listings of the last 14 days that are not done and that this person has not acknowledged, newest first."""
    since = timezone.now() - NEW_FOR
    return (
        Listing.objects.filter(created_at__gte=since)
        .exclude(status=ListingStatus.COMPLETED)
        .exclude(acknowledgements__staff_id=staff.pk)
        .select_related("realtor")
        .order_by("-created_at", "-pk")
    )


def notes_beside(kind: str, key: str) -> str:
    """The notes under an item, oldest first, as JSON: name of the author, text, when. For a statement about the item.

    ``kind`` and ``key`` are SQL expressions. NULL where there are none.
    """
    return f"""(
        SELECT jsonb_agg(jsonb_build_array(s.name, n.text, n.created_at) ORDER BY n.created_at, n.note_id)
        FROM listings_note n LEFT JOIN staff s ON s.staff_id = n.author_staff_id
        WHERE n.kind = {kind} AND n.item_id = {key})"""  # noqa: S608 - our own expressions


_PARTS = (Columns(Listing, "l"), Columns(Realtor, "r", without=["metadata"]))
_ONE = f"""
    SELECT {", ".join(map(str, _PARTS))},
        {notes_beside("'listing'", "l.listing_id")},
        (SELECT jsonb_object_agg(d.kind, d.day) FROM listings_key_date d WHERE d.listing_id = l.listing_id),
        (SELECT a.at FROM listings_acknowledgement a WHERE a.listing_id = l.listing_id AND a.staff_id = %(me)s),
        {_IS_NEW}, {{beside}}
    FROM listings l LEFT JOIN realtors r ON r.realtor_id = l.realtor_id
    WHERE l.listing_id = %(listing)s AND (%(removed)s OR l.deleted_at IS NULL)
"""  # noqa: S608 - our own column names


class OneListing(NamedTuple):
    """A listing with its realtor, its notes (see ``notes_beside``), its key days by kind, when this person acknowledged
    it, whether ``new_listings`` holds it, and the value that was asked for beside it."""

    listing: Listing
    notes: list[list[Any]]
    key_days: dict[str, date]
    acknowledged_at: datetime | None
    is_new: bool
    beside: Any


def listing_with(
    listing_id: str, staff: Staff, beside: str, values: Mapping[str, Any], *, removed: bool = False
) -> OneListing | None:
    """One listing, with ``removed`` a removed one too, and an SQL expression about the row ``l`` of a room above.

    ``values`` are those of which the expression speaks.

    Written out, because by way of the ORM making the statement costs more than all else about it.
    """
    with connection.cursor() as cursor:
        own: dict[str, Any] = {"listing": listing_id, "me": staff.pk, "removed": removed}
        cursor.execute(_ONE.format(beside=beside), {**values, **own})
        record = cursor.fetchone()
    if record is None:
        return None
    listing, realtor = models_in(record, *_PARTS)
    Listing._meta.get_field("realtor").set_cached_value(listing, realtor)
    notes, days, *rest = record[-5:]
    key_days = {kind: date.fromisoformat(day) for kind, day in json.loads(days or "{}").items()}
    return OneListing(listing, json.loads(notes or "[]"), key_days, *rest)


def found_by(query: Query) -> RawSQL:
    """The ids of live listings by the words of their address and the name of their realtor."""
    words = [as_tsquery(word) for word in query.words]
    return RawSQL("SELECT app.find_listings(%s::text[]::tsquery[])", [words])


def realtors_found_by(query: Query, *, limit: int) -> RawSQL:
    """The ids of realtors as the search finds them: beginnings of words, parts of a phone or license number."""
    found = "SELECT f.id FROM app.search_realtors(%s::tsquery, %s, %s) f"
    return RawSQL(found, [query.whole_or_number, query.beginning, limit])  # noqa: S611 - our own SQL


def listings_to_link(words: str, *, realtor_id: str, limit: int = 8) -> list[Listing]:
    """The latest live listings by words, see ``found_by``; without words those of this realtor."""
    query = Query.parse(words)
    wanted = {"realtor": realtor_id} if query.is_empty else {"pk__in": found_by(query)}
    return list(Listing.objects.filter(**wanted).order_by("-created_at")[:limit])


_NOTE = Columns(Note, "n")
_NOTES = f"SELECT {_NOTE} FROM listings_note n WHERE kind = %s AND item_id = %s ORDER BY created_at, note_id"  # noqa: S608


def notes_of(kind: str, item_id: str) -> list[Note]:
    """The notes under an item, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(_NOTES, [kind, item_id])
        return [_NOTE.make(record) for record in cursor.fetchall()]


def office_calendar() -> Callable[[date], bool]:
    """A function that tells whether the office works on a day; two statements, however often it is asked."""
    week = {row.weekday: row.is_working_day for row in Weekday.objects.all()}
    special = {row.day: row.is_working_day for row in OfficeDay.objects.all()}
    return lambda day: special.get(day, week.get(day.weekday(), day.weekday() < 5))


def add_working_days(day: date, number: int, is_working_day: Callable[[date], bool]) -> date:
    """The day ``number`` working days after (or, if negative, before) ``day``; 0 moves to the next working day.

    Raises ``ValueError`` if the calendar has no such day within ten years.
    """
    step = timedelta(days=1 if number >= 0 else -1)
    left, reached = abs(number), day
    if number == 0:
        while not is_working_day(reached):
            reached += step
            if reached - day > FURTHEST:
                raise ValueError("The office calendar has no working day")
        return reached
    while left:
        reached += step
        if abs(reached - day) > FURTHEST:
            raise ValueError("The office calendar has no such working day")
        left -= is_working_day(reached)
    return reached


@dataclass(frozen=True)
class PlannedActivity:
    """One activity a template would make: its line and its due date (None while its key date is unknown)."""

    line: TemplateLine
    due_date: datetime | None


def plan_from_template(group_key: str, key_dates: dict[str, date]) -> list[PlannedActivity]:
    """What the template of this group would make with these key days; three statements.

    ``key_dates`` maps kinds (``intake``, ``photo``, ``go_live``, ``open_house``, ``closing``) to days in office time.
    Due dates fall on working days at 17:00; a line whose key day is unknown has none. Nothing is due before the intake
    day: three working days before photos that are tomorrow would be late from the beginning.
    """
    is_working_day, intake_day = office_calendar(), key_dates.get(KeyDateKind.INTAKE)
    planned = []
    for line in TemplateLine.objects.filter(template=group_key).order_by("position", "line_id"):
        day = key_dates.get(line.key_date)
        due = None
        if day is not None and line.offset_days is not None:
            counted = _count_from(day, line.offset_days, is_working_day)
            due = at_end_of_day(max(counted, intake_day or counted))
        planned.append(PlannedActivity(line, due))
    return planned


def _count_from(day: date, offset: int, is_working_day: Callable[[date], bool]) -> date:
    # The key day itself stands as it is, be it a Saturday: an open house is held when it is held.
    return day if offset == 0 else add_working_days(day, offset, is_working_day)


def key_dates_of(listing_id: str) -> dict[str, date]:
    """The known key days of a listing by kind."""
    return dict(KeyDate.objects.filter(listing=listing_id).values_list("kind", "day"))


def templates_with_sizes() -> list[Template]:
    """All templates with the number of their lines (``size``); one statement."""
    return list(Template.objects.annotate(size=Count("lines")).order_by("name"))


def last_editor(row: Model) -> str:
    """The name of the person who changed this row last, or who it was in words."""
    entries = history_of(row._meta.db_table, row.pk, limit=1)
    person = Staff.all_objects.filter(pk=entries[0].actor_id).first() if entries else None
    return person.name if person else "Somebody else"
