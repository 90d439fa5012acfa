"""Dates and times as people write them: "by Fri noon", "tmrw 10am", "the 15th", "le 1er mars à 10h", "+3d", "3wd".

Everything is worked out from a moment in office time. A weekday is the next such day on or after that moment; "next"
before that moment's own weekday means a week later; a date without a year is the next such date; without an hour the
time is 17:00. What cannot be one day (a range, two choices, a weekday that contradicts its date, a day that is past)
is found as well, but has no value and says why.

Pure: no database, no settings, no clock of its own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time

from common.calendar_grammar import PAST, SEVERAL, Day, describe
from common.date_words import (
    BEFORE_SECOND_DAY,
    DAY_LINKS,
    LATE_PARTS,
    MOVED,
    RANGE_WORDS,
    TIME_CUES,
    TIME_LINKS,
    WEEKDAYS,
)
from common.day_grammar import END_OF_DAY, DayGrammar, add_working_days
from common.time_grammar import Time
from common.words import Word, split_words

NOON = time(12)


@dataclass(frozen=True)
class DateMention:
    """One date or time in a text.

    `day` is None when it cannot be one day; `problem` then says why, and `choices` are the days it may mean, if any.
    """

    start: int
    end: int
    day: date | None
    clock: time | None = None
    problem: str = ""
    stated_time: bool = False
    vague: bool = False
    choices: tuple[date, ...] = ()

    def at(self) -> datetime | None:
        """The moment without time zone (office time), 17:00 when no hour was given; None without a day."""
        if self.day is None:
            return None
        return datetime.combine(self.day, self.clock or END_OF_DAY)

    def choices_at(self) -> list[datetime]:
        """The moments it may mean, at the time of day that was stated or 17:00."""
        return [datetime.combine(day, self.clock or END_OF_DAY) for day in self.choices]


class _Grammar(DayGrammar):
    """Reads whole mentions: a day, a time or both, at their place in the text."""

    def mentions(self) -> list[DateMention]:
        found: list[DateMention] = []
        i = 0
        while i < len(self.words):
            read = self.mention(i)
            if read is None:
                i += 1
                continue
            end, mention = read
            found.append(mention)
            i = max(end, i + 1)
        return found

    def mention(self, i: int) -> tuple[int, DateMention] | None:
        hour = self.time_at(i, bare=self.word(i - 1) in TIME_CUES)
        if hour:
            day = self.day_at(self.skip(hour.end, DAY_LINKS, 2))
            if (
                hour.clock < NOON
                and day
                and self.word(day.end) in LATE_PARTS
                and self.word(hour.end - 1) not in {"am", "a"}
            ):
                hour = hour._replace(clock=hour.clock.replace(hour=hour.clock.hour + 12))
            if (
                day
                and not day.vague
                and (hour.marked or self.word(hour.end) in {"on", "this", "today", "tomorrow", "tmrw"})
            ):
                return self.finish(i, day.end, day, hour)
        day = self.day_at(i)
        if day:
            return self.day_with_time(i, day)
        if hour and (hour.marked or self.word(i - 1) in TIME_CUES):
            return self.lone_time(i, hour)
        return None

    def day_with_time(self, i: int, day: Day) -> tuple[int, DateMention]:
        hour = None
        if not day.vague:
            after = self.skip(day.end, TIME_LINKS, 4)
            hour = self.time_at(after, bare=True)
            links = {self.word(k) for k in range(day.end, after)}
            if hour and "from" in links and self.word(hour.end) in {"to", "till", "til", "until", "-"}:
                links.discard("from")
            if (
                hour
                and not hour.marked
                and links & {"for", "in", "the", "then", "from", "la"}
                and not links & {"las", "at"}
            ):
                hour = None
            if hour and links & {"after", "apres", "despues"}:
                hour = Time(hour.end, max(hour.clock, END_OF_DAY), True)
        end = hour.end if hour else day.end
        other = self.other_day(end) if day.day else None
        if other and self.was_moved(i):
            return self.mention(self.skip(end, RANGE_WORDS, 1)) or self.finish(i, end, day, hour)
        if other:
            first, last = self.words[i].start, self.words[other - 1].end
            days = self.several(other, day, self.second_day(end))
            return other, DateMention(first, last, None, hour.clock if hour else None, SEVERAL, choices=days.choices)
        return self.finish(i, end, day, hour)

    def was_moved(self, i: int) -> bool:
        """ "move it from Tuesday to Friday": the second day holds."""
        return self.word(i - 1) == "from" and any(self.word(k) in MOVED for k in range(max(0, i - 9), i))

    def other_day(self, i: int) -> int | None:
        """The end of a second day joined to the first by "or", "to", "-" …, else None."""
        if self.word(i) not in RANGE_WORDS:
            return None
        if self.word(i) in {"a", "o", "y"} and self.word(i + 1) not in WEEKDAYS and self.word(i + 1) not in {"el"}:
            return None
        j = self.skip(i + 1, BEFORE_SECOND_DAY, 2)
        number = self.number(j, 1, 31)
        if self.word(i) in {"-", "–", "—", "/"} and number and self.word(j + 1) not in {"am", "pm", ":"}:
            return None  # hours such as "Thurs 11-1" are read by time_at
        day = self.day_at(j)
        if day is None or day.vague:
            return None
        hour = self.time_at(self.skip(day.end, TIME_LINKS, 2), bare=True)
        return hour.end if hour else day.end

    def second_day(self, i: int) -> Day | None:
        """The day that `other_day` found the end of."""
        return self.day_at(self.skip(i + 1, BEFORE_SECOND_DAY, 2))

    def finish(self, i: int, end: int, day: Day, hour: Time | None) -> tuple[int, DateMention]:
        start, last = self.words[i].start, self.words[end - 1].end
        clock = hour.clock if hour else day.clock
        problem, value = day.problem, day.day
        if value and not problem and datetime.combine(value, clock or END_OF_DAY) < self.now:
            if value == self.today:
                problem = f"{clock or END_OF_DAY:%H:%M} had already passed when this was sent"
            else:
                problem = f"{describe(value)} {PAST}"
            value = None
        return end, DateMention(start, last, value, clock, problem, hour is not None, day.vague, day.choices)

    def lone_time(self, i: int, hour: Time) -> tuple[int, DateMention]:
        day = Day(hour.end, self.today)
        return self.finish(i, hour.end, day, hour)


def find_dates(
    text: str, now: datetime, *, working_days: Callable[[date, int], date] = add_working_days
) -> list[DateMention]:
    """All dates and times in `text`, in order, worked out from `now` (office time).

    `working_days(day, n)` gives the n-th working day after `day`. Never raises; takes time linear in the text's length.
    """
    return find_dates_in(split_words(text), now, working_days=working_days)


def find_dates_in(
    words: list[Word], now: datetime, *, working_days: Callable[[date, int], date] = add_working_days
) -> list[DateMention]:
    """Like `find_dates`, for a text already cut into words."""
    return _Grammar(words, now, working_days).mentions()
