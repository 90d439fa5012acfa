"""A grammar of American and Canadian addresses as realtors write them in a hurry.

    1509-25 The Esplanade · Unit 6, 245 Dalesford Rd · 540 Jones St #803 SF · Ph 4, 1 Scott St · Upper 45 Rusholme ·
    Lot 14 Kestrel Ridge Cres · 77 av. Huntley · RR 2, 4417 Concession Rd 7, Uxbridge ON L9P 1R2 · Danforth & Woodbine

An address is a number with a street, or an intersection. A bare street or the name of a building is none. The grammar
looks at a bounded number of words around each number, so its time is linear in the length of the text.
"""

import re
from dataclasses import dataclass

from common.words import Word, split_words
from slackintake.reading.address_words import (
    AFTER_ADDRESS,
    BEFORE_CORNER,
    BEFORE_LOWER,
    COUNTING,
    DIRECTIONS,
    HASH_NUMBERS,
    NAME_LINKS,
    NO_STREET,
    NUMBERED_THINGS,
    SHORT_STREETS,
    TRADE_WORDS,
    TYPES,
)
from slackintake.reading.street_grammar import Street
from slackintake.reading.unit_grammar import UnitGrammar

_BARE_UNIT = re.compile(r"\d{3,4}|\d{2,4}[a-z]")


@dataclass(frozen=True)
class Address:
    """One address at its place in the text. `certainty` is 0 to 1; `kind` is civic, lot or intersection."""

    start: int
    end: int
    text: str
    kind: str
    certainty: float
    unit: str | None = None


class _Finder(UnitGrammar):
    """Puts number, street, unit and place together to addresses."""

    def trailing_number(self, i: int, street: Street) -> int | None:
        """A bare unit at the end: "77 Mutual 1810"."""
        if not street.capital or not _BARE_UNIT.fullmatch(self.plain(i)) or not self.same_line(i):
            return None
        after = self.plain(i + 1)
        if (
            self.touching(i + 1)
            and after in {",", ".", "/", ":", "-", "%"}
            and self.touching(i + 2)
            and self.plain(i + 2).isdigit()
        ):
            return None
        if after and not (
            after in {",", ".", ")", ";", "!", "?", ":"}
            or not self.same_line(i + 1)
            or after in {"is", "for", "sold", "leased", "pls", "please"}
        ):
            return None
        return i + 1

    # -- cities --------------------------------------------------------------------------------------------------

    def find(self) -> list[Address]:
        found: list[Address] = []
        i = 0
        while i < len(self.words):
            address = None
            first = self.plain(i)[:1]
            if first.isdigit():
                address = self.civic_address(i)
            elif self.plain(i) == "lot":
                address = self.lot(i)
            if address is None:
                i += 1
                continue
            if found and address.start < found[-1].end:
                i += 1
                continue
            found.append(address)
            while i < len(self.words) and self.words[i].start < address.end:
                i += 1
        if not any(address.certainty >= 0.7 for address in found):
            found += self.intersections(found)
            found.sort(key=lambda address: address.start)
        return found

    def lot(self, i: int) -> Address | None:
        """ "Lot 14 Kestrel Ridge Cres"."""
        number = self.civic(i + 1)
        street = self.street(number) if number and self.same_line(i + 1) else None
        if street is None or not street.capital:
            return None
        return self.made(i, self.place_after(street.end), "lot", 0.95 if street.typed else 0.8, None)

    def civic_address(self, i: int) -> Address | None:
        after = self.civic(i)
        if after is None or self.is_counted(i):
            return None
        if self.touching(after) and self.plain(after) not in {","}:
            return None
        street = self.street(after)
        if street is None:
            return None
        start, unit = i, None
        before = self.unit_before(i)
        if before:
            start, unit = before
        certainty = self.certainty(i, start, street)
        if certainty <= 0:
            return None
        start = self.rural_route(start)
        end, unit = self.after_street(street, unit)
        return self.made(start, end, "civic", certainty, unit)

    def after_street(self, street: Street, unit: str | None) -> tuple[int, str | None]:
        end = street.end
        following = self.unit_after(end)
        if following is None and unit is None:
            bare = self.trailing_number(end, street)
            following = (bare, self.plain(end)) if bare else None
        if following:
            end, unit = following[0], unit or following[1]
        placed = self.place_after(end)
        if placed > end and unit is None:
            following = self.unit_after(placed)
            if following:
                return following
        return placed, unit

    def is_counted(self, i: int) -> bool:
        """The number belongs to a form, a file, a time or an amount and not to a street."""
        before = self.plain(i - 1)
        return before in NUMBERED_THINGS or (before == "#" and self.plain(i - 2) in HASH_NUMBERS)

    def certainty(self, i: int, start: int, street: Street) -> float:
        """How sure it is that number and words are an address; 0 for no."""
        if street.typed:
            return 0.98 if street.capital else 0.85
        before, after = self.plain(i - 1), self.plain(street.end)
        if street.capital:
            if street.end == i + 2 and self.words[i + 1].text.isupper() and len(self.plain(i + 1)) <= 3:
                return 0.0  # "phase 2 VIP", "4 HST forms"
            if start == i and before in COUNTING and self.counts_things(street.end):
                return 0.0  # "order 20 Costco pizzas"
            single_digit = len(self.plain(i)) == 1 and start == i
            return 0.75 if single_digit else 0.9
        if start < i and before not in {"at", "of", ":"}:
            return 0.75
        name = self.plain(street.end - 1)
        placed = before in BEFORE_LOWER or after in AFTER_ADDRESS
        if placed and len(self.plain(i)) >= 2 and not name.endswith(("s", "ing", "ly", "ed")):
            return 0.6
        return 0.0

    def counts_things(self, i: int) -> bool:
        """A plural in small letters: what the number before the name counts."""
        word = self.plain(i)
        return (
            self.letters(i)
            and not self.capital(i)
            and len(word) > 3
            and word.endswith("s")
            and word not in AFTER_ADDRESS
        )

    def rural_route(self, start: int) -> int:
        """ "RR 2, 4417 Concession Rd 7": the rural route belongs to the address."""
        j = start - 1
        if self.plain(j) == ",":
            j -= 1
        if self.plain(j).isdigit() and self.plain(j - 1) in {"rr", "#"}:
            k = j - 1 if self.plain(j - 1) == "rr" else j - 2
            return k if self.plain(k) == "rr" else start
        return start

    def made(self, start: int, end: int, kind: str, certainty: float, unit: str | None) -> Address:
        first, last = self.words[start].start, self.words[end - 1].end
        text = " ".join(self.source[first:last].split())
        return Address(first, last, text.strip(" ,"), kind, certainty, unit)

    # -- intersections -------------------------------------------------------------------------------------------

    def intersections(self, found: list[Address]) -> list[Address]:
        """ "King & Portland", "Dundas St W and Ossington", "corner of Bathurst and Finch"."""
        made: list[Address] = []
        for i in range(1, len(self.words) - 1):
            if self.plain(i) not in {"&", "and", "/", "x"} or not self.capital(i + 1):
                continue
            address = self.intersection(i)
            if address and not any(
                address.start < other.end and other.start < address.end for other in [*found, *made]
            ):
                made.append(address)
        return made

    def intersection(self, i: int) -> Address | None:
        start = self.half_before(i)
        if start is None:
            return None
        end = self.name(i + 1, 2)
        if end == i + 1 or any(self.not_street(k) for k in [*range(start, i), *range(i + 1, end)]):
            return None
        typed = self.plain(end - 1) in TYPES or any(self.plain(k) in TYPES for k in range(start, i))
        if self.plain(end) in TYPES and self.same_line(end):
            end, typed = end + 1, True
        end = self.direction(end)
        cue = self.plain(start - 1) in BEFORE_CORNER
        if not cue and not typed:
            return None
        return self.made(start, end, "intersection", 0.75 if (cue and self.plain(i) == "&") or typed else 0.6, None)

    def half_before(self, i: int) -> int | None:
        j = i - 1
        if self.plain(j) in DIRECTIONS:
            j -= 1
        if self.plain(j) in TYPES and self.capital(j) and self.capital(j - 1):
            j -= 1
        if not self.capital(j) or not self.letters(j):
            return None
        if (
            self.capital(j - 1)
            and self.letters(j - 1)
            and not self.not_street(j - 1)
            and self.plain(j - 1) in NAME_LINKS | {"lake", "avenue", "kings", "old", "st"}
        ):
            j -= 1
        return j

    def not_street(self, i: int) -> bool:
        word = self.plain(i)
        if word in DIRECTIONS:
            return False
        return (
            (word in TRADE_WORDS and word not in TYPES)
            or (word in NO_STREET and word not in TYPES)
            or (len(word) < 4 and word not in SHORT_STREETS)
            or (self.text(i).isupper() and len(word) < 6 and word not in TYPES)
        )


def find_addresses(text: str) -> list[Address]:
    """All addresses in `text`, in order. Never raises; nothing is returned that does not stand in the text."""
    return find_addresses_in(text, split_words(text))


def find_addresses_in(text: str, words: list[Word]) -> list[Address]:
    """Like `find_addresses`, for a text already cut into words."""
    return _Finder(text, words).find()
