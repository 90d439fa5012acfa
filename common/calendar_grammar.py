"""Days of the calendar as people write them: "Jan 21", "21 de enero", "2026-01-21", "1/21", "the 21st"."""

import calendar
import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from common.date_words import (
    BEFORE_BARE_DAY,
    BEFORE_NUMERIC,
    BEFORE_ORDINAL,
    ENDINGS,
    JOINERS,
    MONTHS,
    NOT_AFTER_ORDINAL,
    WEEKDAYS,
    WORD_ORDINALS,
)
from common.time_grammar import TimeGrammar
from common.words import Word

PAST = "was already past"
SEVERAL = "names more than one day, so none was chosen"
LONG_PAST = 21  # a date without a year that was fewer days ago has passed; it does not mean next year
_ORDINAL = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er|ero|ro|do|o|º)?")


class Day(NamedTuple):
    """What was read so far: where it ends, its day, or why there is none."""

    end: int
    day: date | None
    problem: str = ""
    clock: time | None = None
    weekday: int | None = None
    vague: bool = False
    choices: tuple[date, ...] = ()  # the days it may mean when it is not clear which


def describe(day: date) -> str:
    return f"{calendar.day_name[day.weekday()]} {day.day} {calendar.month_name[day.month]} {day.year}"


class CalendarGrammar(TimeGrammar):
    """Reads days with a number out of a list of words, worked out from the moment `now`."""

    def __init__(self, words: Sequence[Word], now: datetime):
        super().__init__(words)
        self.moment = now
        self.now = now.replace(tzinfo=None)
        self.today = now.date()

    def calendar_day(self, i: int) -> Day | None:
        return self.month_first(i) or self.day_first(i) or self.numeric(i)

    def month_first(self, i: int) -> Day | None:
        month = MONTHS.get(self.word(i))
        if not month:
            return None
        j = i + 1
        if self.word(j) == "." and self.touching(j):
            j += 1
        day = self.dom_number(j) or WORD_ORDINALS.get(self.word(j))
        if day is None:
            return None
        if self.word(j + 1) in {":", "/"} and self.touching(j + 1) and self.touching(j + 2):
            return None  # "May 4:30", "March 3/4"
        if not self.dom_suffix(j) and self.word(j + 1) in {"bed", "bath", "br", "offers", "units", "people", "beds"}:
            return None
        year, end = self.year(j + 1)
        if year is None and self.word(j + 1) in JOINERS:
            other = self.dom_number(j + 2)
            if (
                other is not None
                and self.word(j + 3) not in {"am", "pm"}
                and (other > day or self.word(j + 1) in {"and", "&", "or"})
            ):
                return self.several(j + 3, self.resolve(None, month, day, j), self.resolve(None, month, other, j))
        found = self.resolve(year, month, day, end)
        weekday = WEEKDAYS.get(self.word(self.skip(end, {"(", ","}, 1)))
        if found and found.day and weekday is not None and self.word(end) in {"(", ","}:
            close = self.skip(end, {"(", ","}, 1) + 1
            close += self.word(close) == ")"
            if found.day.weekday() != weekday:
                return self.contradiction(close, found.day, weekday)
            return found._replace(end=close)
        return found

    def day_first(self, i: int) -> Day | None:
        day = self.dom_number(i)
        if day is None or (i and self.touching(i) and self.word(i - 1) in {"-", ".", "/", "$", ":", "#"}):
            return None
        j = i + 1
        if (
            self.word(j) in {"-", "–", "to", "au", "al"}
            and self.dom_number(j + 1)
            and MONTHS.get(self.word(self.skip(j + 2, {"of", "de"}, 1)))
        ):
            end = self.skip(j + 2, {"of", "de"}, 1)
            named, last = MONTHS[self.word(end)], self.dom_number(j + 1) or day
            return self.several(end + 1, self.resolve(None, named, day, end), self.resolve(None, named, last, end))
        j = self.skip(j, {"of", "de", "-"}, 1)
        month = MONTHS.get(self.word(j))
        if not month:
            return None
        if self.number(j + 1, 1, 31) and not self.touching(j + 2) and self.number(j + 1, 1, 12) is None:
            return None  # "2 May 15": the number before the month belongs to something else
        end = j + 1
        if self.word(end) == "." and self.touching(end):
            end += 1
        year, end = self.year(end)
        return self.resolve(year, month, day, end)

    def numeric(self, i: int) -> Day | None:
        """2026-01-15, 1/15, 1/15/2026, 15/1 (when it cannot be a month)."""
        year = self.number(i, 2000, 2099)
        if year and self.word(i + 1) in {"-", "/"} and self.word(i + 3) == self.word(i + 1):
            month, day = self.number(i + 2, 1, 12), self.number(i + 4, 1, 31)
            if month and day and self.touching(i + 1) and self.touching(i + 4):
                return self.resolve(year, month, day, i + 5)
        if self.word(i + 1) != "/" or not self.touching(i + 1) or not self.touching(i + 2):
            return None
        if self.touching(i) and self.word(i - 1) not in {"("}:
            return None
        first, second = self.number(i, 1, 31), self.number(i + 2, 1, 31)
        if not first or not second or (first, second) == (24, 7):
            return None
        third = self.number(i + 4, 0, 9999) if self.word(i + 3) == "/" and self.touching(i + 3) else None
        if third is None and not self.numeric_is_date(i, first, second):
            return None
        month, day = (first, second) if first <= 12 else (second, first)
        if month > 12:
            return None
        if third is not None:
            return self.resolve(third if third > 99 else 2000 + third, month, day, i + 5)
        return self.resolve(None, month, day, i + 3)

    def numeric_is_date(self, i: int, first: int, second: int) -> bool:
        """ "4/30" is a date, "80/20", "1/2" and "3/4" need a word before them that says so."""
        if self.word(i + 3) in {"%", "split", "bed", "bath", "bdrm", "share"} or (first + second) % 50 == 0:
            return False
        before = self.word(i - 1)
        cue = before in BEFORE_NUMERIC or before in WEEKDAYS or (before == "in" and self.word(i - 2).startswith("mov"))
        timed = self.time_at(i + 3, bare=False) is not None
        return cue or timed or max(first, second) > 9

    def ordinal_day(self, i: int, after_weekday: bool = False) -> Day | None:
        j = i
        said_the = self.word(i) in {"the", "le", "el"}
        if said_the:
            j = i + 1
            written = self.day_first(j)
            if written:
                return written
        cue = said_the or after_weekday or self.word(i - 1) in BEFORE_ORDINAL
        day = self.dom_number(j) or self.spelled_ordinal(j)
        if day is None or not cue:
            return None
        foreign = said_the and self.word(i) != "the"
        french_or_spanish = foreign and (self.word(i - 1) in BEFORE_BARE_DAY or self.word(j + 1) in ENDINGS)
        if not self.dom_suffix(j) and not french_or_spanish:
            return None
        if self.word(j + 1) in NOT_AFTER_ORDINAL or (
            self.word(j + 1) == "-" and self.touching(j + 1) and not self.dom_number(j + 2)
        ):
            return None
        other = self.skip(j + 2, {"the"}, 1)
        last = self.dom_number(other)
        if self.word(j + 1) in {"-", "–", "to", "and", "&", "or"} and last:
            return self.several(other + 1, self.dom(j, day), self.dom(j, last))
        end = j + 1
        month = MONTHS.get(self.word(end + 1)) if self.word(end) == "of" else None
        if month:
            year, after = self.year(end + 2)
            return self.resolve(year, month, day, after)
        if self.word(end) == "of" and self.word(end + 1) in {"this", "next", "the"} and self.word(end + 2) == "month":
            if self.word(end + 1) == "next":
                year, month = self.month_ahead(1)
                return self.resolve(year, month, day, end + 3)
            end += 3
        return self.dom(end, day)

    def dom_number(self, i: int) -> int | None:
        """A day of the month: 5, 5th, 1er."""
        word = self.word(i)
        match = _ORDINAL.fullmatch(word)
        if match is None:
            return None
        value = int(match[1])
        return value if 1 <= value <= 31 else None

    def spelled_ordinal(self, i: int) -> int | None:
        """ "the first", "the fifteenth": a day of the month when nothing follows that it could count."""
        day = WORD_ORDINALS.get(self.word(i))
        return day if day and (self.word(i + 1) in ENDINGS or self.word(i + 1) == "of") else None

    def dom_suffix(self, i: int) -> bool:
        return not self.word(i).isdigit()

    def dom(self, end: int, day: int) -> Day:
        """The next such day of a month, on or after today."""
        year, month = self.today.year, self.today.month
        for _ in range(12):
            if day <= calendar.monthrange(year, month)[1] and date(year, month, day) >= self.today:
                return Day(end, date(year, month, day))
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        raise AssertionError("every day of the month occurs within a year")

    def year(self, i: int) -> tuple[int | None, int]:
        j = i + 1 if self.word(i) in {",", "de", "del"} else i
        year = self.number(j, 2000, 2099)
        if year and not (self.touching(j + 1) and self.word(j + 1) in {",", "."} and self.touching(j + 2)):
            return year, j + 1
        if self.word(j) in {"'", "’"} and self.number(j + 1, 20, 99):
            return 2000 + int(self.word(j + 1)), j + 2
        return None, i

    def resolve(self, year: int | None, month: int, day: int, end: int) -> Day:
        if year is not None:
            if day > calendar.monthrange(year, month)[1]:
                return Day(end, None, f"there is no {day} {calendar.month_name[month]} {year}")
            found = date(year, month, day)
            if found < self.today:
                return Day(end, None, f"{describe(found)} {PAST}")
            return Day(end, found)
        for year in range(self.today.year, self.today.year + 9):
            if day <= calendar.monthrange(year, month)[1] and date(year, month, day) >= self.today:
                found = date(year, month, day)
                if (found - self.today).days > 365 - LONG_PAST and not (month == 2 and day == 29):
                    return Day(end, None, f"{day} {calendar.month_name[month]} {PAST}")
                return Day(end, found)
        return Day(end, None, f"there is no {day} {calendar.month_name[month]}")

    def month_ahead(self, months: int) -> tuple[int, int]:
        index = self.today.year * 12 + self.today.month - 1 + months
        return index // 12, index % 12 + 1

    def several(self, end: int, first: Day | None, last: Day | None) -> Day:
        """Two days, or the first and last of some: none is chosen."""
        if not first or not last or not first.day or not last.day:
            return Day(end, None, SEVERAL)
        second = last.day
        if second < first.day and last.weekday is not None:
            second += timedelta(days=7)  # "Tuesday to Friday", written on a Thursday
        return Day(end, None, SEVERAL, choices=tuple(sorted({first.day, second})))

    def contradiction(self, end: int, day: date, weekday: int) -> Day:
        """A date and a weekday that do not go together: it may be the date, or such a weekday near it."""
        ahead = (weekday - day.weekday()) % 7
        weekdays = (day - timedelta(days=7 - ahead), day + timedelta(days=ahead))
        near = min((other for other in weekdays if other >= self.today), key=lambda other: abs(other - day))
        choices = tuple(sorted({day, near}))
        return Day(end, None, f"{describe(day)} is not the weekday that was written", choices=choices)
