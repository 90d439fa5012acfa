"""Units before and after a street: "Unit 6, 245 …", "1509-25 …", "… #803", "Upper 45 …"."""

import re

from slackintake.reading.address_words import (
    FLOOR_NOUNS,
    FLOOR_WORDS,
    PLAIN_FLOOR,
    UNIT_WORDS,
)
from slackintake.reading.street_grammar import StreetGrammar

_UNIT_NUMBER = re.compile(r"[a-z]?\d{1,5}[a-z]?|[a-z]|ph\d{0,3}|[ivx]{1,4}")
_DASHED_UNIT = re.compile(r"\d{1,5}[a-z]?|[a-z]\d{0,4}|ph\d{1,3}|bsmt|upper|lower|main")
_PENTHOUSE = re.compile(r"(?:ph|lph|uph|gph|th|ste)\d{1,4}[a-z]?")
_NUMBERED_STREET = re.compile(r"\d{1,3}(?:st|nd|rd|th)")


class UnitGrammar(StreetGrammar):
    """Reads units and floors: where one begins or ends, and its words."""

    def unit_before(self, i: int) -> tuple[int, str] | None:
        """The unit written before the house number at `i`: "1509-", "PH02 - ", "Unit 6, ", "Upper ", "#5 - "."""
        if self.plain(i - 1) in {"-", "–"}:
            dashed = self.dashed_unit(i)
            if dashed:
                return dashed
        j = i - 1
        if self.plain(j) in {",", "-", "–", "at", "@", "of", ":"}:
            j -= 1
        named = self.named_unit_ending(j)
        if named is not None:
            return named, self.unit_text(named, j + 1)
        if self.plain(j) in FLOOR_NOUNS and self.plain(j - 1) in FLOOR_WORDS:
            return j - 1, self.unit_text(j - 1, j + 1)
        if self.plain(j) in PLAIN_FLOOR and (j == i - 1 or self.plain(i - 1) in {"at", "of", ",", "-", "@"}):
            return j, self.plain(j)
        return None

    def dashed_unit(self, i: int) -> tuple[int, str] | None:
        unit = self.plain(i - 2)
        if unit == "ph" or _DASHED_UNIT.fullmatch(unit):
            start = i - 2
            if self.touching(start) and self.plain(start - 1) in {"$", ".", ",", ":", "/", "-"}:
                return None
            if self.plain(start - 1) in UNIT_WORDS:
                start -= 1
            return start, self.unit_text(start, i - 1)
        if _UNIT_NUMBER.fullmatch(unit) and self.plain(i - 3) in UNIT_WORDS:
            return i - 3, self.unit_text(i - 3, i - 1)
        return None

    def named_unit_ending(self, j: int) -> int | None:
        """The start of "Unit 6", "units 4 - 6", "app. 304", "Ph 4", "PH02" that ends with word `j`."""
        if _PENTHOUSE.fullmatch(self.plain(j)):
            return j
        if not _UNIT_NUMBER.fullmatch(self.plain(j)):
            return None
        k = j - 1
        if self.plain(k) == "-" and _UNIT_NUMBER.fullmatch(self.plain(k - 1)):
            k -= 2
        if self.plain(k) == "." and self.plain(k - 1) in UNIT_WORDS:
            k -= 1
        if self.plain(k) in {"#"} and self.plain(k - 1) in UNIT_WORDS:
            k -= 1
        return (
            k
            if self.plain(k) in UNIT_WORDS
            and not (self.plain(k) in {"no", "un", "u", "th"} and self.plain(k + 1) != ".")
            else None
        )

    def unit_after(self, i: int) -> tuple[int, str] | None:
        """The position after a unit that follows a street at `i`, and its text."""
        j = i
        if self.plain(j) in {",", "-", "–"}:
            j += 1
        bracket = self.plain(j) == "("
        j += bracket
        if not self.same_line(j):
            return None
        end = self.unit_end(j)
        if end is None:
            return None
        text = self.unit_text(j, end)
        if bracket:
            if self.plain(end) != ")":
                return None
            end += 1
        return end, text

    def unit_end(self, j: int) -> int | None:
        word = self.plain(j)
        if _PENTHOUSE.fullmatch(word) and len(word) > 2:
            return j + 1
        if word in UNIT_WORDS and word not in {"un", "u", "th", "no"}:
            k = j + 1
            if self.plain(k) in {".", "#", ":"}:
                k += 1
            if self.plain(k) == "#":
                k += 1
            if not _UNIT_NUMBER.fullmatch(self.plain(k)) or (self.plain(k) in {"a", "i"} and self.text(k).islower()):
                return None
            if (
                self.plain(k + 1) in {"-", "&", "and"}
                and self.same_line(k + 1)
                and self.same_line(k + 2)
                and not (self.touching(k + 3) and self.plain(k + 3) in {",", "."} and self.touching(k + 4))
                and _UNIT_NUMBER.fullmatch(self.plain(k + 2))
                and self.plain(k + 2)[:1].isdigit()
                and not self.civic_follows(k + 2)
            ):
                return k + 3
            if (
                self.plain(k + 1) == "-"
                and self.touching(k + 1)
                and self.touching(k + 2)
                and _UNIT_NUMBER.fullmatch(self.plain(k + 2))
            ):
                return k + 3
            return k + 1
        if word in FLOOR_WORDS and self.plain(j + 1) in FLOOR_NOUNS:
            return j + 2
        if word in {"upper", "lower", "bsmt", "basement", "bsmnt", "rear"} and self.plain(j + 1) not in {"is", "has"}:
            return j + 1
        if _NUMBERED_STREET.fullmatch(word) and self.plain(j + 1) in {"floor", "flr", "fl"}:
            return j + 2
        if word in {"floor", "flr"} and self.plain(j + 1).isdigit():
            return j + 2
        return None

    def unit_text(self, start: int, end: int) -> str:
        return self.source[self.words[start].start : self.words[end - 1].end]
