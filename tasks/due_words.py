"""Due dates as people type them: "fri 3pm", "+3d", "3wd", "27 nov", "2026-11-27 15:00", "none".

No database and no clock of its own: the caller says what now is and which days the office works.
"""

import calendar
import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from common.clock import END_OF_DAY

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
NONE = {"none", "no date", "never", "-"}
FARTHEST_DAYS = 3650

_TIME = re.compile(
    r"(?:^|[\s,T])(?:at\s+)?(?:(?P<word>noon|midday)|(?P<hour>\d{1,2})(?::(?P<minute>\d{2})(?::\d{2})?)?\s*(?P<half>am|pm)"
    r"|(?P<hour24>\d{1,2}):(?P<minute24>\d{2})(?::\d{2})?)\s*$",
    re.IGNORECASE,
)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_STEP = re.compile(r"(?:in\s+)?\+?(\d{1,4})\s*(wd|working days?|d|days?|w|weeks?)")
_SHIFT = re.compile(r"\s*([+-])?\s*(\d{1,3})\s*(wd|d|w)\s*", re.IGNORECASE)
_DAY_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?\.?\s+(?:of\s+)?([a-z]{3,9})\.?(?:\s+(\d{4}))?")
_MONTH_DAY = re.compile(r"([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?:\s+(\d{4}))?")


class Shift(NamedTuple):
    """By how many days a due date moves, and which days count; all of them where that is None."""

    days: int
    is_working_day: Callable[[date], bool] | None = None


def read_shift(text: str, is_working_day: Callable[[date], bool], *, signed: bool = True) -> Shift | None:
    """The shift that ``text`` means ("+2d", "-1wd", "+1w"), None for anything else; ``signed``: only with a sign."""
    match = _SHIFT.fullmatch(text)
    if match is None or (signed and not match[1]):
        return None
    number, unit = int(match[2]) * (-1 if match[1] == "-" else 1), match[3].lower()
    return Shift(number * 7 if unit == "w" else number, is_working_day if unit == "wd" else None)


def on_weekdays(day: date) -> bool:
    """The office week when no calendar says otherwise."""
    return day.weekday() < 5


def read_due(text: str, now: datetime, is_working_day: Callable[[date], bool] = on_weekdays) -> datetime | None:
    """The moment that ``text`` means, seen from ``now`` (office time); None where it says that there is no date.

    A day without an hour means 17:00. A weekday or a date without a year is the next one that still lies ahead.
    Raises ValueError with a sentence for the person who typed it.
    """
    typed = re.sub(r"\s+", " ", text).strip().lower()
    if not typed or typed in NONE:
        return None
    at, rest = _take_time(typed)
    rest = rest.strip(" ,")
    moment_of_day = at or END_OF_DAY

    def moment(day: date) -> datetime:
        if (day - now.date()).days > FARTHEST_DAYS:
            raise ValueError("That is more than ten years ahead. Is the year right?")
        return datetime.combine(day, moment_of_day, now.tzinfo)

    if not rest:
        today = moment(now.date())
        return today if today > now else moment(now.date() + timedelta(days=1))
    if match := _ISO.fullmatch(rest):
        return moment(_date(int(match[1]), int(match[2]), int(match[3])))
    if rest in {"today", "tod"}:
        return moment(now.date())
    if rest in {"tomorrow", "tom", "tmr"}:
        return moment(now.date() + timedelta(days=1))
    if match := _STEP.fullmatch(rest):
        return moment(_step(now.date(), int(match[1]), match[2], is_working_day))
    if (day := _weekday(rest, now, moment)) is not None:
        return day
    if match := _DAY_MONTH.fullmatch(rest):
        return _day_of_month(int(match[1]), match[2], match[3], now, moment)
    if match := _MONTH_DAY.fullmatch(rest):
        return _day_of_month(int(match[2]), match[1], match[3], now, moment)
    raise ValueError("Write a day such as “fri 3pm”, “27 nov”, “+3d”, “3wd” for working days, or “none”.")


def _take_time(typed: str) -> tuple[time | None, str]:
    """Split off the hour at the end; None when there is none."""
    match = _TIME.search(typed)
    if not match:
        return None, typed
    rest = typed[: match.start()]
    if match["word"]:
        return time(12), rest
    hour, minute = int(match["hour"] or match["hour24"]), int(match["minute"] or match["minute24"] or 0)
    if match["half"]:
        if not 1 <= hour <= 12:
            raise ValueError(
                f"There is no {hour} {match['half']}. Did you mean {hour}:00?" if hour < 24 else "A day has 24 hours."
            )
        hour = hour % 12 + (12 if match["half"] == "pm" else 0)
    if hour > 23 or minute > 59:
        raise ValueError("A day has 24 hours of 60 minutes.")
    return time(hour, minute), rest


def _step(start: date, count: int, unit: str, is_working_day: Callable[[date], bool]) -> date:
    if count > FARTHEST_DAYS:
        raise ValueError("That is more than ten years ahead.")
    if unit.startswith("wd") or unit.startswith("working"):
        day = start
        while count:
            day += timedelta(days=1)
            count -= is_working_day(day)
            if (day - start).days > FARTHEST_DAYS:
                raise ValueError("That is more than ten years ahead.")
        return day
    return start + timedelta(days=count * (7 if unit.startswith("w") else 1))


def _weekday(rest: str, now: datetime, moment: Callable[[date], datetime]) -> datetime | None:
    """``fri``, ``friday``, ``next friday`` (the one after the coming one)."""
    word = rest.removeprefix("next ").removeprefix("on ").removeprefix("this ")
    full = [name.lower() for name in calendar.day_name]
    number = next((n for n, name in enumerate(full) if len(word) >= 3 and name.startswith(word)), None)
    if number is None and word in {"tues", "thurs", "thur"}:
        number = {"tues": 1, "thurs": 3, "thur": 3}[word]
    if number is None:
        return None
    day = now.date() + timedelta(days=(number - now.weekday()) % 7)
    if moment(day) <= now:
        day += timedelta(days=7)
    return moment(day + timedelta(days=7 if rest.startswith("next ") else 0))


def _day_of_month(day: int, name: str, year: str | None, now: datetime, moment: Callable[[date], datetime]) -> datetime:
    month = next((n for n, month in enumerate(calendar.month_name) if n and month.lower().startswith(name)), None)
    if month is None and name == "sept":
        month = 9
    if month is None:
        raise ValueError(f"There is no month “{name}”.")
    if year:
        return moment(_date(int(year), month, day))
    if month == 2 and day == 29:
        return moment(_next_leap_day(now))
    found = moment(_date(now.year, month, day))
    return found if found > now else moment(_date(now.year + 1, month, day))


def _next_leap_day(now: datetime) -> date:
    year = next(y for y in range(now.year, now.year + 9) if calendar.isleap(y) and date(y, 2, 29) >= now.date())
    return date(year, 2, 29)


def _date(year: int, month: int, day: int) -> date:
    if not 1 <= month <= 12:
        raise ValueError("A year has 12 months.")
    if not 1900 <= year <= 9000:
        raise ValueError(f"Is the year {year} right?")
    last = calendar.monthrange(year, month)[1]
    if 1 <= day <= last:
        return date(year, month, day)
    if 1 <= day <= 31:
        after = date(year, month, last) + timedelta(days=day - last)
        meant = f"{after.day} {calendar.month_name[after.month]}"
        raise ValueError(f"{calendar.month_name[month]} has {last} days. Did you mean {meant}?")
    raise ValueError(f"There is no day {day} in a month.")
