"""Days as people say them: "next Wed", "tomorrow", "in 3 business days", "EOW", beside those of the calendar."""

import calendar
import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta

from common.calendar_grammar import PAST, CalendarGrammar, Day
from common.date_words import (
    AFTER_MON,
    AFTER_SUN,
    BEFORE_MON,
    BEFORE_SAT_DOWN,
    DAY_UNITS,
    ENDINGS,
    FEAST_CUES,
    FEASTS,
    HOUR_UNITS,
    LAST,
    MINUTE_UNITS,
    MONTH_UNITS,
    MONTHS,
    NEXT,
    NTH,
    NUMBERS,
    OF_THE,
    TODAY,
    TOMORROW,
    TONIGHT,
    WEEK_UNITS,
    WEEKDAYS,
    WORKING,
    YESTERDAY,
)
from common.words import Word

END_OF_DAY = time(17, 0)
LATE_EVENING = time(23, 59)
_GLUED = re.compile(r"(\d{1,3})(h|hr|hrs|d|w|min|mins)")


def add_working_days(start: date, days: int) -> date:
    """The day `days` Mondays to Fridays after `start`; holidays are the caller's business."""
    current = start
    while days > 0:
        current += timedelta(days=1)
        if current.weekday() < 5:
            days -= 1
    return current


class DayGrammar(CalendarGrammar):
    """Reads days out of a list of words, worked out from the moment `now`."""

    def __init__(self, words: Sequence[Word], now: datetime, working_days: Callable[[date, int], date]):
        super().__init__(words, now)
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
