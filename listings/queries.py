"""Questions about listings, their notes and the office calendar."""

from collections.abc import Callable
from datetime import date, timedelta

from listings.models import Note, OfficeDay, Weekday

FURTHEST = timedelta(days=3660)


def notes_of(kind: str, item_id: str) -> list[Note]:
    """The notes under an item, oldest first."""
    return list(Note.objects.filter(kind=kind, item_id=item_id).order_by("created_at", "note_id"))


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
