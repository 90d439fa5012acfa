"""Times of day as people write them: "3pm", "half past 4", "16h30", "Thurs 11-1", "noon"."""

import re
from collections.abc import Collection, Sequence
from datetime import time
from typing import NamedTuple

from common.date_words import (
    AFTER_BARE_HOUR,
    PUNCTUATION,
    TODAY,
    TOMORROW,
    WEEKDAYS,
)
from common.words import Word


class Time(NamedTuple):
    end: int
    clock: time
    marked: bool  # an hour that cannot be anything else: "3pm", "16:30", "noon"


_CLOCK = re.compile(r"(\d{1,2})(?:(am|pm|a|p|h|hrs|hr|ish)(\d{2})?)?")
_MINUTES = re.compile(r"(\d{2})(am|pm|a|p)?")


class TimeGrammar:
    """Reads times out of a list of words; every method looks at a bounded number of words from a position on."""

    def __init__(self, words: Sequence[Word]):
        self.words = words

    def word(self, i: int) -> str:
        return self.words[i].plain if 0 <= i < len(self.words) else ""

    def touching(self, i: int) -> bool:
        """True when word `i` follows the one before it without a space."""
        return 0 < i < len(self.words) and self.words[i].start == self.words[i - 1].end

    def number(self, i: int, low: int, high: int) -> int | None:
        word = self.word(i)
        if word.isascii() and word.isdigit() and len(word) <= 4 and low <= int(word) <= high:
            return int(word)
        return None

    def skip_back(self, i: int, allowed: Collection[str]) -> int:
        """The position of the word before `i`, one word of `allowed` passed over."""
        return i - 2 if self.word(i - 1) in allowed else i - 1

    def skip(self, i: int, allowed: Collection[str], most: int = 3) -> int:
        while most and self.word(i) in allowed:
            i, most = i + 1, most - 1
        return i

    def time_at(self, i: int, bare: bool) -> Time | None:
        word = self.word(i)
        if not word:
            return None
        if word in {"noon", "midday", "midi", "mediodia", "noontime", "noonish"}:
            return Time(i + 1, time(12), True)
        if word in {"midnight", "minuit", "medianoche"}:
            return Time(i + 1, time(23, 59), True)
        if word in {"half", "quarter"}:
            return self.spoken_time(i)
        return self.clock_time(i, bare)

    def spoken_time(self, i: int) -> Time | None:
        """ "half past 4", "quarter to 5"."""
        j = i + 1
        if self.word(j) not in {"past", "to", "after"}:
            return None
        hour = self.number(j + 1, 1, 12)
        if not hour:
            return None
        end, half = self.meridiem(j + 2)
        minutes = 30 if self.word(i) == "half" else 15
        of_day = self.office_hour(hour, half) * 60 + (-minutes if self.word(j) == "to" else minutes)
        return Time(end, time(of_day // 60 % 24, of_day % 60), True)

    def clock_time(self, i: int, bare: bool) -> Time | None:
        first = self.one_time(i)
        if first is None:
            return None
        hour, minute, half, marked, end = first
        if (
            i
            and self.touching(i)
            and self.word(i - 1) in {"$", ".", "#", "-", "+", "/"} | ({",", ":"} if not marked else set())
        ):
            return None
        joined = self.word(end) in {"-", "–", "—", "to"}
        second = self.one_time(end + 1) if joined else None
        if second and (second[3] or marked or (bare and self.word(end) != "to")):
            if half is None and second[2] is not None:
                half = second[2] if hour <= second[0] % 12 or hour == 12 else ("a" if second[2] == "p" else "p")
            end, marked = second[4], marked or second[3]
        if not marked and (not bare or not self.may_end_bare(end)):
            return None
        return Time(end, time(self.office_hour(hour, half), minute), marked)

    def one_time(self, i: int) -> tuple[int, int, str | None, bool, int] | None:
        """(hour, minute, a|p|None, marked, end): one clock reading without its range."""
        match = _CLOCK.fullmatch(self.word(i))
        if match is None:
            return None
        hour, glued_minute, suffix = int(match[1]), match[3], match[2]
        if hour > 24:
            return None
        if suffix in {"h", "hrs", "hr"}:
            return (hour % 24, int(glued_minute or 0), "24", True, i + 1) if int(glued_minute or 0) < 60 else None
        if suffix == "ish":
            return hour, 0, None, True, i + 1
        if suffix:
            return (hour, 0, suffix[0], True, i + 1) if 1 <= hour <= 12 else None
        minute, end, marked = 0, i + 1, False
        if self.word(end) in {":", "."} and self.touching(end) and self.touching(end + 1):
            minutes = _MINUTES.fullmatch(self.word(end + 1))
            if minutes is None or int(minutes[1]) > 59:
                return None
            if self.word(end) == "." and not minutes[2] and self.word(end + 2) not in {"am", "pm"}:
                return None
            minute, end, marked = int(minutes[1]), end + 2, True
            if minutes[2]:
                return (hour, minute, minutes[2][0], True, end) if 1 <= hour <= 12 else None
        after, half = self.meridiem(end)
        if marked and not half and match[1].startswith("0"):
            return hour, minute, "24", True, end
        if half:
            return (hour, minute, half, True, after) if 1 <= hour <= 12 else None
        if self.word(end) == "o'clock":
            return hour, minute, None, True, end + 1
        if self.word(end) == "h" and not self.touching(end):
            return hour % 24, minute, "24", True, end + 1
        return (hour, minute, None, marked, end) if hour < 24 else None

    def meridiem(self, i: int) -> tuple[int, str | None]:
        word = self.word(i)
        if word in {"am", "pm"}:
            return i + 1, word[0]
        if word in {"a", "p"} and self.word(i + 1) == "." and self.word(i + 2) == "m":
            return i + 3 + (self.word(i + 3) == "."), word
        if word == "de" and self.word(i + 1) == "la" and self.word(i + 2) in {"manana", "tarde", "noche"}:
            return i + 3, "a" if self.word(i + 2) == "manana" else "p"
        return i, None

    def may_end_bare(self, end: int) -> bool:
        """A bare number is an hour only when nothing counted follows it ("at 3" but not "at 3 houses")."""
        after = self.word(end)
        if not after:
            return True
        if after == ")":
            return False
        if (
            self.touching(end)
            and after in {".", ",", "-", "/", ":"}
            and self.touching(end + 1)
            and self.word(end + 1).isdigit()
        ):
            return False
        return (
            after in PUNCTUATION or after in AFTER_BARE_HOUR or after in WEEKDAYS or after in TODAY or after in TOMORROW
        )

    @staticmethod
    def office_hour(hour: int, half: str | None) -> int:
        """Hours without am or pm are office hours: 1 to 7 are in the afternoon, 8 to 12 in the morning and at noon."""
        if half == "24" or hour > 12:
            return hour % 24
        if half == "a":
            return hour % 12
        if half == "p":
            return hour % 12 + 12
        return hour + 12 if 1 <= hour <= 7 else hour
