"""A grammar of American and Canadian addresses as realtors write them in a hurry.

    1509-25 The Esplanade · Unit 6, 245 Dalesford Rd · 540 Jones St #803 SF · Ph 4, 1 Scott St · Upper 45 Rusholme ·
    Lot 14 Kestrel Ridge Cres · 77 av. Huntley · RR 2, 4417 Concession Rd 7, Uxbridge ON L9P 1R2 · Danforth & Woodbine

An address is a number with a street, or an intersection. A bare street or the name of a building is none. The grammar
looks at a bounded number of words around each number, so its time is linear in the length of the text.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple

from common.words import Word, split_words
from slackintake.reading.address_words import (
    AFTER_ADDRESS,
    ARTICLES,
    BEFORE_CORNER,
    BEFORE_LOWER,
    CITIES,
    COUNTING,
    DIRECTIONS,
    FLOOR_NOUNS,
    FLOOR_WORDS,
    GLUE,
    HASH_NUMBERS,
    LONGEST_CITY,
    LOWER_TYPES,
    NAME_LINKS,
    NAMES_TOO,
    NO_STREET,
    NUMBERED_ROADS,
    NUMBERED_THINGS,
    PLAIN_FLOOR,
    PLAIN_TYPES,
    REGIONS,
    SHORT_STREETS,
    TRADE_WORDS,
    TYPES,
    TYPES_BEFORE,
    UNIT_WORDS,
)


class _Street(NamedTuple):
    end: int  # position after the last word of the street
    typed: bool  # it has a street type ("St", "rue")
    capital: bool  # its name is written with a capital


@dataclass(frozen=True)
class Address:
    """One address at its place in the text. `certainty` is 0 to 1; `kind` is civic, lot or intersection."""

    start: int
    end: int
    text: str
    kind: str
    certainty: float
    unit: str | None = None


class _Finder:
    def __init__(self, text: str, words: list[Word]):
        self.source = text
        self.words = words

    def plain(self, i: int) -> str:
        return self.words[i].plain if 0 <= i < len(self.words) else ""

    def text(self, i: int) -> str:
        return self.words[i].text if 0 <= i < len(self.words) else ""

    def touching(self, i: int) -> bool:
        return 0 < i < len(self.words) and self.words[i].start == self.words[i - 1].end

    def same_line(self, i: int) -> bool:
        """True when word `i` stands on the line of the word before it."""
        return 0 < i < len(self.words) and "\n" not in self.source[self.words[i - 1].end : self.words[i].start]

    def capital(self, i: int) -> bool:
        return self.text(i)[:1].isupper()

    def letters(self, i: int) -> bool:
        word = self.plain(i)
        return bool(word) and word.replace("'", "").isalpha()

    # -- numbers -------------------------------------------------------------------------------------------------

    def civic(self, i: int) -> int | None:
        """The position after a house number ("73", "88A", "12 1/2", "12½") at `i`, else None."""
        if not _CIVIC.fullmatch(self.plain(i)) or self.plain(i) == "0":
            return None
        if self.touching(i) and self.plain(i - 1) in GLUE:
            return None
        j = i + 1
        if (
            self.touching(j)
            and self.plain(j) in {".", ",", ":", "/", "%"}
            and self.touching(j + 1)
            and self.plain(j + 1)[:1].isdigit()
        ):
            return None
        if self.plain(j) in {"%", "$", "/"} and self.touching(j):
            return None
        if self.plain(j) == "½":
            return j + 1
        if self.plain(j) == "1" and self.plain(j + 1) == "/" and self.plain(j + 2) == "2":
            return j + 3
        return j

    # -- streets -------------------------------------------------------------------------------------------------

    def street(self, i: int) -> _Street | None:
        """The street that begins at `i`."""
        if not self.same_line(i):
            return None
        return self.street_type_first(i) or self.numbered_road(i) or self.street_type_last(i) or self.untyped(i)

    def street_type_first(self, i: int) -> _Street | None:
        """ "rue Galley", ", av. Huntley", "rue de la Montagne"."""
        j = i + 1 if self.plain(i) == "," else i
        if self.plain(j) not in TYPES_BEFORE:
            return None
        if self.plain(j) in {"place", "ave", "av", "avenue", "ch"} and self.capital(j):
            named = self.capital(j + 1) and self.plain(j + 1) not in TYPES and self.plain(j + 1) not in TRADE_WORDS
            if not named or self.plain(j) not in {"avenue", "place"}:
                return None
        j += 1
        if self.plain(j) == "." and self.touching(j):
            j += 1
        for _ in range(3):
            if self.plain(j) in ARTICLES:
                j += 1
        end = self.name(j, most=3)
        if end == j or not (self.capital(j) or self.plain(i) != self.text(i)):
            return None
        return _Street(self.direction(end), True, True)

    def numbered_road(self, i: int) -> _Street | None:
        """ "Highway 7", "Concession Rd 7", "Regional Road 27", "3rd Line"."""
        j = i
        if self.plain(j) in NUMBERED_ROADS:
            j += 1
            if self.plain(j) in {"road", "rd", "hwy", "highway", "line"}:
                j += 1
            if _ROAD_NUMBER.fullmatch(self.plain(j)):
                return _Street(self.direction(j + 1), True, True)
        return None

    def street_type_last(self, i: int) -> _Street | None:
        """One to four words of a name, then a type: "St Clair Ave W", "41st St", "Lake Shore Blvd W"."""
        j, capitals = i, 0
        for position in range(4):
            if not self.name_word(j, position):
                return None
            capitals += self.capital(j) or self.text(j)[:1].isdigit()
            j += 1
            while self.plain(j) in {"-", "'"} and self.touching(j) and self.touching(j + 1) and self.letters(j + 1):
                j += 2
            if (
                self.plain(j) == "."
                and self.touching(j)
                and self.plain(j - 1) in {"st", "mt", "dr"}
                and self.letters(j + 1)
            ):
                j += 1
                continue
            if self.plain(j) not in TYPES or not self.same_line(j):
                continue
            if position == 0 and self.plain(i) in {"the"}:
                continue
            if self.text(j).islower() and self.plain(j) in PLAIN_TYPES and not capitals:
                return None
            if self.text(j).islower() and self.plain(j) in PLAIN_TYPES and self.plain(j) not in LOWER_TYPES:
                return None
            return _Street(self.after_type(j + 1), True, capitals > 0)
        return None

    def after_type(self, end: int) -> int:
        """Further types ("Park Lane Circle"), a full stop after "St", a road number and a direction."""
        while (
            self.plain(end) in TYPES
            and self.capital(end)
            and self.same_line(end)
            and self.plain(end) not in {"close", "view", "line", "con", "run", "pass"}
        ):
            end += 1
        if self.plain(end) == "." and self.touching(end):
            following = self.plain(end + 1)
            if following in DIRECTIONS | UNIT_WORDS and self.same_line(end + 1):
                end += 1
        if (
            self.plain(end - 1) in {"rd", "road", "hwy", "line"}
            and self.plain(end - 2) in NUMBERED_ROADS
            and _ROAD_NUMBER.fullmatch(self.plain(end))
        ):
            end += 1
        return self.direction(end)

    def direction(self, end: int) -> int:
        word = self.plain(end)
        if word not in DIRECTIONS or not self.same_line(end):
            return end
        if len(word) == 1 and (self.touching(end + 1) and self.plain(end + 1) in {"/", "'", "&"}):
            return end
        if len(word) > 1 and self.text(end).islower() and self.plain(end + 1) in {"side", "corner", "of", "facing"}:
            return end
        return end + 1

    def name(self, i: int, most: int) -> int:
        """The position after up to `most` words of a street name with capitals."""
        j = i
        while (
            j < i + most
            and self.letters(j)
            and self.capital(j)
            and self.plain(j) not in TRADE_WORDS
            and (j == i or self.same_line(j))
        ):
            j += 1
            while self.plain(j) == "-" and self.touching(j) and self.touching(j + 1) and self.letters(j + 1):
                j += 2
        return j

    def name_word(self, i: int, position: int) -> bool:
        word = self.plain(i)
        if position and not self.same_line(i):
            return False
        if _NUMBERED_STREET.fullmatch(word):
            return position == 0
        if not self.letters(i):
            return False
        if self.capital(i):
            name_too = (word in NAMES_TOO and self.followed_by_type(i)) or (position == 0 and self.type_follows(i))
            return word not in TRADE_WORDS or word in TYPES or name_too
        if word in NO_STREET or (word in TRADE_WORDS and word != "the"):
            return word in TYPES and position > 0 and word not in PLAIN_TYPES
        return True

    def type_follows(self, i: int) -> bool:
        return self.capital(i + 1) and self.plain(i + 1) in TYPES - PLAIN_TYPES

    def followed_by_type(self, i: int) -> bool:
        return any(self.plain(k) in TYPES and self.capital(k) for k in range(i + 1, i + 4))

    def untyped(self, i: int) -> _Street | None:
        """A name without a type: "73 Brentcliffe", "25 The Esplanade"; in lower case one word only."""
        if self.plain(i) == "the" and self.capital(i + 1) and self.plain(i + 1) not in TRADE_WORDS:
            return _Street(self.direction(self.name(i + 1, 2)), True, True)
        if not self.letters(i) or len(self.plain(i)) < 3:
            return None
        if self.plain(i) == "mutual" and self.capital(i) and self.plain(i + 1) != "release":
            return _Street(self.direction(i + 1), False, True)
        if self.plain(i) in NO_STREET or self.plain(i) in TRADE_WORDS:
            return None
        if self.capital(i):
            end = self.name(i, 3)
            if end == i:
                return None
            while end > i + 1 and self.city_at(end - 1):
                end -= 1
            return _Street(self.direction(end), False, True)
        if len(self.plain(i)) >= 4 and not self.touching(i):
            return _Street(self.direction(i + 1), False, False)
        return None

    # -- units ---------------------------------------------------------------------------------------------------

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

    def civic_follows(self, i: int) -> bool:
        return self.civic(i) is not None and self.letters(i + 1) and self.capital(i + 1)

    def unit_text(self, start: int, end: int) -> str:
        return self.source[self.words[start].start : self.words[end - 1].end]

    def trailing_number(self, i: int, street: _Street) -> int | None:
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

    def city_at(self, i: int) -> int | None:
        for length in range(LONGEST_CITY, 0, -1):
            if i + length > len(self.words):
                continue
            name = " ".join(self.plain(k) for k in range(i, i + length))
            if name in CITIES and (self.capital(i) or name in {"sf", "toronto", "oakland", "berkeley"}):
                return i + length
        return None

    def place_after(self, i: int) -> int:
        """The position after city, province or state and postal code that follow an address at `i`."""
        end = i
        j = self.comma(end)
        city = self.city_at(j) if self.same_line(j) else None
        if city is None and j > end and self.same_line(j) and self.capital(j) and self.letters(j):
            for length in (1, 2):
                k = self.comma(j + length)
                if self.region_at(k) and (length == 1 or self.capital(j + 1)):
                    city = j + length
                    break
        if city:
            end = city
        j = self.comma(end)
        region = self.region_at(j) if self.same_line(j) else None
        if region and (city or self.postal_at(self.comma(region)) or self.text(j).isupper()):
            end = region
        for _ in range(2):
            j = self.comma(end)
            postal = self.postal_at(j) if self.same_line(j) else None
            if postal:
                end = postal
        j = self.comma(end)
        if end > i and self.plain(j) in {"canada", "usa"}:
            end = j + 1
        return end

    def comma(self, i: int) -> int:
        return i + 1 if self.plain(i) == "," else i

    def region_at(self, i: int) -> int | None:
        word = self.plain(i)
        if word not in REGIONS:
            return None
        if len(word) <= 3 and not self.text(i).isupper() and word != "ont":
            return None
        return i + 1

    def postal_at(self, i: int) -> int | None:
        word = self.plain(i)
        if _POSTAL.fullmatch(word):
            return i + 1
        if _POSTAL_FIRST.fullmatch(word) and _POSTAL_LAST.fullmatch(self.plain(i + 1)):
            return i + 2
        previous = self.plain(i - 1)
        if _ZIP.fullmatch(word) and (
            previous in REGIONS or previous in {"francisco", "sf", "oakland", "berkeley", ","} or self.city_ends(i)
        ):
            return i + 1
        return None

    def city_ends(self, i: int) -> bool:
        return any(i - length >= 0 and self.city_at(i - length) == i for length in range(1, LONGEST_CITY + 1))

    # -- whole addresses -----------------------------------------------------------------------------------------

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

    def after_street(self, street: _Street, unit: str | None) -> tuple[int, str | None]:
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

    def certainty(self, i: int, start: int, street: _Street) -> float:
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


_CIVIC = re.compile(r"[1-9]\d{0,5}[a-z]?½?|[1-9]\d{0,4}½")
_UNIT_NUMBER = re.compile(r"[a-z]?\d{1,5}[a-z]?|[a-z]|ph\d{0,3}|[ivx]{1,4}")
_DASHED_UNIT = re.compile(r"\d{1,5}[a-z]?|[a-z]\d{0,4}|ph\d{1,3}|bsmt|upper|lower|main")
_PENTHOUSE = re.compile(r"(?:ph|lph|uph|gph|th|ste)\d{1,4}[a-z]?")
_BARE_UNIT = re.compile(r"\d{3,4}|\d{2,4}[a-z]")
_NUMBERED_STREET = re.compile(r"\d{1,3}(?:st|nd|rd|th)")
_ROAD_NUMBER = re.compile(r"\d{1,4}[a-z]?")
_POSTAL = re.compile(r"[a-z]\d[a-z]\d[a-z]\d")
_POSTAL_FIRST = re.compile(r"[a-z]\d[a-z]")
_POSTAL_LAST = re.compile(r"\d[a-z]\d")
_ZIP = re.compile(r"\d{5}")


def find_addresses(text: str) -> list[Address]:
    """All addresses in `text`, in order. Never raises; nothing is returned that does not stand in the text."""
    return find_addresses_in(text, split_words(text))


def find_addresses_in(text: str, words: list[Word]) -> list[Address]:
    """Like `find_addresses`, for a text already cut into words."""
    return _Finder(text, words).find()
