"""Days as people write them: "next Wed", "Jan 21", "the 15th", "in 3 business days", "EOW", "le 1er mars"."""

import calendar
import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from common.date_words import (
    AFTER_MON,
    AFTER_SUN,
    BEFORE_BARE_DAY,
    BEFORE_MON,
    BEFORE_NUMERIC,
    BEFORE_ORDINAL,
    BEFORE_SAT_DOWN,
    DAY_UNITS,
    ENDINGS,
    FEAST_CUES,
    FEASTS,
    HOUR_UNITS,
    JOINERS,
    LAST,
    MINUTE_UNITS,
    MONTH_UNITS,
    MONTHS,
    NEXT,
    NOT_AFTER_ORDINAL,
    NTH,
    NUMBERS,
    OF_THE,
    TODAY,
    TOMORROW,
    TONIGHT,
    WEEK_UNITS,
    WEEKDAYS,
    WORD_ORDINALS,
    WORKING,
    YESTERDAY,
)
from common.time_grammar import TimeGrammar
from common.words import Word

END_OF_DAY = time(17, 0)
LATE_EVENING = time(23, 59)
PAST = "was already past"
SEVERAL = "names more than one day, so none was chosen"
LONG_PAST = 21  # a date without a year that was fewer days ago has passed; it does not mean next year
_ORDINAL = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er|ero|ro|do|o|º)?")
_GLUED = re.compile(r"(\d{1,3})(h|hr|hrs|d|w|min|mins)")


class Day(NamedTuple):
    """What was read so far: where it ends, its day, or why there is none."""

    end: int
    day: date | None
    problem: str = ""
    clock: time | None = None
    weekday: int | None = None
    vague: bool = False
    choices: tuple[date, ...] = ()  # the days it may mean when it is not clear which


def add_working_days(start: date, days: int) -> date:
    """The day `days` Mondays to Fridays after `start`; holidays are the caller's business."""
    current = start
    while days > 0:
        current += timedelta(days=1)
        if current.weekday() < 5:
            days -= 1
    return current


def describe(day: date) -> str:
    return f"{calendar.day_name[day.weekday()]} {day.day} {calendar.month_name[day.month]} {day.year}"


class DayGrammar(TimeGrammar):
    """Reads days out of a list of words, worked out from the moment `now`."""

    def __init__(self, words: Sequence[Word], now: datetime, working_days: Callable[[date, int], date]):
        super().__init__(words)
        self.moment = now
        self.now = now.replace(tzinfo=None)
        self.today = now.date()
        self.working_days = working_days

    def day_at(self, i: int) -> Day | None:
        word = self.word(i)
        if not word:
            return None
        for read in (
            self.spoken_day,
            self.nth_weekday,
            self.weekday_day,
            self.calendar_day,
            self.ordinal_day,
            self.counted_day,
            self.period_end,
        ):
            day = read(i)
            if day:
                return day
        return None

    def spoken_day(self, i: int) -> Day | None:
        word = self.word(i)
        if word in {"day", "pasado", "apres"}:
            return self.day_after_tomorrow(i)
        if word in TODAY:
            late = word in TONIGHT and self.now.time() >= END_OF_DAY
            return self.with_stated_date(
                Day(i + 1, self.today, clock=LATE_EVENING if late else None, weekday=self.today.weekday())
            )
        if word in TOMORROW and not (word == "manana" and self.word(i - 1) == "la"):
            tomorrow = self.today + timedelta(days=1)
            return self.with_stated_date(Day(i + 1, tomorrow, weekday=tomorrow.weekday()))
        if word in YESTERDAY:
            return Day(i + 1, None, PAST)
        return self.feast(i)

    def day_after_tomorrow(self, i: int) -> Day | None:
        following = self.skip(i + 1, {"-"}, 1)
        if self.word(i) == "day" and self.word(i + 1) == "before":
            return self.day_before(i + 2)
        pair = (self.word(i), self.word(following))
        if pair == ("day", "after") and self.word(i + 2) == "tomorrow":
            return Day(i + 3, self.today + timedelta(days=2))
        if pair in {("pasado", "manana"), ("apres", "demain")}:
            return Day(following + 1, self.today + timedelta(days=2))
        return None

    def feast(self, i: int) -> Day | None:
        """ "by New Year's Eve", "before Canada Day": only after a word that makes it a date."""
        if self.word(self.skip_back(i, {"the"})) not in FEAST_CUES:
            return None
        for length in (3, 2, 1):
            fixed = FEASTS.get(" ".join(self.word(i + k) for k in range(length)))
            if fixed and self.word(i + length) in ENDINGS:
                return self.resolve(None, *fixed, i + length)
        return None

    def day_before(self, i: int) -> Day | None:
        """ "the day before closing (closing Apr 24)": the day before the next date named nearby."""
        for j in range(i, min(i + 6, len(self.words))):
            day = self.weekday_day(j) or self.calendar_day(j)
            if day and day.day:
                return day._replace(day=day.day - timedelta(days=1))
        return None

    def weekday_day(self, i: int) -> Day | None:
        later = False
        j = i
        if self.word(i) in LAST and self.word(i + 1) in WEEKDAYS:
            return Day(i + 2, None, PAST)
        if (
            self.word(i) in NEXT
            and self.word(i + 1) == "week"
            and self.word(self.skip(i + 2, {"on", ","}, 1)) in WEEKDAYS
        ):
            return self.in_next_week(self.skip(i + 2, {"on", ","}, 1))
        if self.word(i) in NEXT:
            later, j = True, i + 1
        elif self.word(i) in {"this", "coming", "ce", "este"} and self.word(i + 1) in WEEKDAYS | {"coming": 0}:
            j = i + 1 + (self.word(i + 1) == "coming")
        weekday = WEEKDAYS.get(self.word(j))
        if weekday is None or not self.really_weekday(j):
            return None
        end = j + 1
        if self.word(end) in NEXT and self.word(end) != "next":
            later, end = True, end + 1
        elif self.word(end) == "que" and self.word(end + 1) == "viene":
            later, end = True, end + 2
        elif self.word(end) in {"dernier", "pasado"}:
            return Day(end + 1, None, PAST)
        if self.word(self.skip(end, {"of"}, 1)) in NEXT and self.word(self.skip(end, {"of"}, 1) + 1) == "week":
            return self.in_next_week(j)._replace(end=self.skip(end, {"of"}, 1) + 2)
        ahead = (weekday - self.today.weekday()) % 7
        if later and ahead == 0:
            ahead = 7
        if self.word(end) in {"week"} and self.word(end - 1) in WEEKDAYS:
            ahead, end = ahead + 7, end + 1
        dotted = self.word(end) == "." and self.touching(end) and len(self.word(j)) <= 5
        return self.with_stated_date(Day(end, self.today + timedelta(days=ahead), weekday=weekday), skip_dot=dotted)

    def nth_weekday(self, i: int) -> Day | None:
        """ "first Monday of August", "the last Friday in May"."""
        nth, weekday = NTH.get(self.word(i)), WEEKDAYS.get(self.word(i + 1))
        month = MONTHS.get(self.word(i + 3)) if self.word(i + 2) in {"of", "in"} else None
        if nth is None or weekday is None or month is None:
            return None
        for year in (self.today.year, self.today.year + 1):
            days = [day for day in calendar.Calendar().itermonthdates(year, month) if day.month == month]
            found = [day for day in days if day.weekday() == weekday][:nth][-1]
            if found >= self.today:
                return Day(i + 4, found)
        return None

    def in_next_week(self, i: int) -> Day:
        """ "next week Tuesday", "Tuesday of next week": counted from Monday."""
        monday = self.today - timedelta(days=self.today.weekday())
        return Day(i + 1, monday + timedelta(days=7 + WEEKDAYS[self.word(i)]))

    def really_weekday(self, i: int) -> bool:
        """Short names are words of their own too: "sun deck", "sat down", French "mon client"."""
        word, after, before = self.word(i), self.word(i + 1), self.word(i - 1)
        if word == "sun":
            return after not in AFTER_SUN
        if word == "sat":
            return after not in {"down", "in", "on", "with", "through", "there"} and before not in BEFORE_SAT_DOWN
        if word == "mon" and self.words[i].text == "mon":
            return not after.isalpha() or before in BEFORE_MON or after in AFTER_MON
        if word == "wed":
            return before not in {"to", "newly", "just", "get"}
        return True

    def with_stated_date(self, day: Day, skip_dot: bool = False) -> Day:
        """A weekday followed by its date: both must agree, or neither is believed."""
        j = day.end + (1 if skip_dot else 0)
        j = self.skip(j, {",", "the", "(", "le", "el"}, 2)
        stated = self.calendar_day(j) or self.ordinal_day(j, after_weekday=True)
        bracketed = self.word(j - 1) == "(" and self.word(j + 1) == ")"
        if stated is None and (bracketed or self.word(j - 1) in {"the", "le", "el"}) and self.number(j, 1, 31):
            stated = self.dom(j + 1, self.number(j, 1, 31) or 1)
        if stated is None:
            return self.with_stated_weekday(day, j)
        end = stated.end + (1 if self.word(stated.end) == ")" else 0)
        if stated.day is None:
            return stated
        if day.weekday is not None and stated.day.weekday() != day.weekday:
            return self.contradiction(end, stated.day, day.weekday)
        return Day(end, stated.day, stated.problem)

    def contradiction(self, end: int, day: date, weekday: int) -> Day:
        """A date and a weekday that do not go together: it may be the date, or such a weekday near it."""
        ahead = (weekday - day.weekday()) % 7
        weekdays = (day - timedelta(days=7 - ahead), day + timedelta(days=ahead))
        near = min((other for other in weekdays if other >= self.today), key=lambda other: abs(other - day))
        choices = tuple(sorted({day, near}))
        return Day(end, None, f"{describe(day)} is not the weekday that was written", choices=choices)

    def several(self, end: int, first: Day | None, last: Day | None) -> Day:
        """Two days, or the first and last of some: none is chosen."""
        if not first or not last or not first.day or not last.day:
            return Day(end, None, SEVERAL)
        second = last.day
        if second < first.day and last.weekday is not None:
            second += timedelta(days=7)  # "Tuesday to Friday", written on a Thursday
        return Day(end, None, SEVERAL, choices=tuple(sorted({first.day, second})))

    def with_stated_weekday(self, day: Day, i: int) -> Day:
        """ "tomorrow (Wednesday)": both must agree."""
        stated = WEEKDAYS.get(self.word(i))
        closed = self.word(i + 1) in {")", ".", "!", ",", ""}
        if stated is None or i == day.end or day.day is None or not closed:
            return day
        end = i + 1 + (self.word(i + 1) == ")")
        if stated != day.day.weekday():
            return self.contradiction(end, day.day, stated)
        return day._replace(end=end)

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

    # -- counted days and ends of periods ------------------------------------------------------------------------

    def counted_day(self, i: int) -> Day | None:
        """ "in 2 weeks", "within 48h", "w/in 3 business days", "3 days from now", "a week from Friday"."""
        word, j, strict = self.word(i), i, True
        if word in {"in", "within", "dans", "en"}:
            j = i + 1
        elif word == "w" and self.word(i + 1) == "/" and self.word(i + 2) in {"in", "i"}:
            j = i + 3
        else:
            strict = False
        j = self.skip(j, {"the", "next", "about", "max"}, 2) if strict else j
        glued = _GLUED.fullmatch(self.word(j)) if strict else None
        if glued:
            return self.ahead(int(glued[1]), glued[2], False, j + 1)
        if strict and self.word(j) in HOUR_UNITS and self.word(j - 1) in {"the", "next"}:
            return self.ahead(1, "hour", False, j + 1)
        count, j = self.count(j)
        if count is None:
            return None
        working = False
        if self.word(j) in WORKING:
            working, j = True, j + 1
        unit = self.word(j)
        j += 1
        if unit == "fortnight":
            return Day(j, self.today + timedelta(weeks=2 * count)) if strict else None
        if unit in DAY_UNITS and self.word(j) in WORKING:
            working, j = True, j + 1
        if not strict:
            return self.counted_from(i, j, count, unit)
        if unit in {"d", "w"} and not self.word(j - 1):
            return None
        return self.ahead(count, unit, working, j)

    def count(self, i: int) -> tuple[int | None, int]:
        """A number, alone or glued to its unit ("48h"), and the position of the unit."""
        word = self.word(i)
        if self.number(i, 1, 365):
            return int(word), i + 1
        if word in NUMBERS:
            after = self.skip(i + 1, {"couple", "of"}, 2) if word == "a" else self.skip(i + 1, {"of"}, 1)
            return (2 if self.word(i + 1) == "couple" else NUMBERS[word]), after
        return None, i

    def ahead(self, count: int, unit: str, working: bool, end: int) -> Day | None:
        if unit in DAY_UNITS:
            if working:
                return Day(end, self.working_days(self.today, count))
            return Day(end, self.today + timedelta(days=count))
        if unit in WEEK_UNITS:
            return Day(end, self.today + timedelta(weeks=count))
        if unit in MONTH_UNITS:
            year, month = self.month_ahead(count)
            return Day(end, date(year, month, min(self.today.day, calendar.monthrange(year, month)[1])))
        if unit in HOUR_UNITS or unit in MINUTE_UNITS:
            length = timedelta(hours=count) if unit in HOUR_UNITS else timedelta(minutes=count)
            later = _add_elapsed(self.moment, length)
            return Day(end, later.date(), clock=later.time().replace(second=0, microsecond=0))
        return None

    def counted_from(self, i: int, j: int, count: int, unit: str) -> Day | None:
        """ "3 days from now", "a week from Friday", "two weeks from today"."""
        if self.word(j) in TODAY | TOMORROW and unit in WEEK_UNITS:
            shift = timedelta(days=self.word(j) in TOMORROW, weeks=count)
            return Day(j + 1, self.today + shift)
        if self.word(j) not in {"from", "after"}:
            return None
        if self.word(j) == "from" and self.word(j + 1) == "now":
            return self.ahead(count, unit, False, j + 2)
        start = self.spoken_day(j + 1) or self.weekday_day(j + 1) or self.calendar_day(j + 1)
        if start is None or start.day is None:
            return None
        if unit in DAY_UNITS:
            return Day(start.end, start.day + timedelta(days=count))
        if unit in WEEK_UNITS:
            return Day(start.end, start.day + timedelta(weeks=count))
        return None

    def period_end(self, i: int) -> Day | None:
        word = self.word(i)
        if word in {"eod", "cob", "eob"}:
            return self.end_of_day(i + 1)
        if word == "eow":
            return self.end_of_week(i + 1)
        if word == "eom":
            return self.end_of_month(i + 1, 0)
        if word == "eoy":
            return self.end_of_year(i + 1)
        if word in {"month", "year", "week"} and self.word(self.skip(i + 1, {"-"}, 1)) == "end":
            end = self.skip(i + 1, {"-"}, 1) + 1
            ends = {"month": self.end_of_month(end, 0), "year": self.end_of_year(end), "week": self.end_of_week(end)}
            return ends[word] if self.word(i - 1) not in {"last", "long"} else None
        if word == "close" and self.word(i + 1) == "of" and self.word(i + 2) in {"business", "day"}:
            return self.end_of_day(i + 3)
        if word in {"end", "fin", "finales"}:
            return self.written_end(i)
        if word == "first" and self.word(i + 1) == "thing":
            return None
        return self.vague_period(i)

    def written_end(self, i: int) -> Day | None:
        j = self.skip(i + 1, OF_THE, 3)
        if j == i + 1:
            return None
        later = self.word(j) in NEXT
        j += later
        unit = self.word(j)
        if unit in {"day", "journee", "dia", "today", "business"}:
            return self.end_of_day(j + 1)
        if unit in {"week", "semana", "wk"} or (unit == "semaine" and later):
            found = self.end_of_week(j + 1)
            return found._replace(day=found.day + timedelta(weeks=1)) if later and found.day else found
        if unit in {"month", "mois", "mes"}:
            return self.end_of_month(j + 1, int(later))
        if unit in {"year", "annee", "ano"}:
            return self.end_of_year(j + 1)
        month = MONTHS.get(unit)
        if month:
            year = self.today.year + (month < self.today.month)
            return Day(j + 1, date(year, month, calendar.monthrange(year, month)[1]))
        return None

    def end_of_day(self, end: int) -> Day:
        j = self.skip(end, {"on", "of", ",", "the", "this"}, 2)
        day = self.spoken_day(j) or self.weekday_day(j) or self.calendar_day(j) or self.ordinal_day(j)
        if day:
            return day._replace(clock=END_OF_DAY)
        return Day(end, self.today, clock=END_OF_DAY)

    def end_of_week(self, end: int) -> Day:
        return Day(end, self.today + timedelta(days=(4 - self.today.weekday()) % 7))

    def end_of_year(self, end: int) -> Day:
        return Day(end, date(self.today.year, 12, 31))

    def end_of_month(self, end: int, months: int) -> Day:
        year, month = self.month_ahead(months)
        return Day(end, date(year, month, calendar.monthrange(year, month)[1]))

    def vague_period(self, i: int) -> Day | None:
        """ "next week", "this weekend", "the week of March 9": a time, but no day."""
        word, after = self.word(i), self.word(i + 1)
        if word in {"week", "wk", "semaine", "semana"} and after in {"of", "du", "del"}:
            day = self.day_at(self.skip(i + 2, {"the", "le", "el"}, 1))
            if day:
                return Day(day.end, None, "names a week, not a day", vague=True)
        if (
            word in NEXT | {"this", "cette", "esta", "la"}
            and after in {"week", "month", "weekend", "semaine", "semana"}
        ) or (word in {"weekend", "wknd", "wkend"}):
            end = i + 1 if word in {"weekend", "wknd", "wkend"} else i + 2
            if word == "la" and self.word(end) not in {"prochaine", "proxima", "que"}:
                return None
            return Day(end, None, "names no single day", vague=True)
        return None


def _add_elapsed(now: datetime, length: timedelta) -> datetime:
    """Real time passes: across a clock change "in 3 hours" is three hours of waiting, not three on the dial."""
    if now.tzinfo is None:
        return now + length
    return (now.astimezone(UTC) + length).astimezone(now.tzinfo)
