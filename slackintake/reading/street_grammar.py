"""Streets with their numbers as realtors write them: "540 Jones St", "77 av. Huntley", "4417 Concession Rd 7"."""

import re
from typing import NamedTuple

from slackintake.reading.address_words import (
    ARTICLES,
    DIRECTIONS,
    GLUE,
    LOWER_TYPES,
    NAMES_TOO,
    NO_STREET,
    NUMBERED_ROADS,
    PLAIN_TYPES,
    TRADE_WORDS,
    TYPES,
    TYPES_BEFORE,
    UNIT_WORDS,
)
from slackintake.reading.place_grammar import PlaceGrammar

_CIVIC = re.compile(r"[1-9]\d{0,5}[a-z]?½?|[1-9]\d{0,4}½")
_NUMBERED_STREET = re.compile(r"\d{1,3}(?:st|nd|rd|th)")
_ROAD_NUMBER = re.compile(r"\d{1,4}[a-z]?")


class Street(NamedTuple):
    end: int  # position after the last word of the street
    typed: bool  # it has a street type ("St", "rue")
    capital: bool  # its name is written with a capital


class StreetGrammar(PlaceGrammar):
    """Reads civic numbers and streets; a street without a type needs a town behind it."""

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

    def civic_follows(self, i: int) -> bool:
        return self.civic(i) is not None and self.letters(i + 1) and self.capital(i + 1)

    def street(self, i: int) -> Street | None:
        """The street that begins at `i`."""
        if not self.same_line(i):
            return None
        return self.street_type_first(i) or self.numbered_road(i) or self.street_type_last(i) or self.untyped(i)

    def street_type_first(self, i: int) -> Street | None:
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
        return Street(self.direction(end), True, True)

    def numbered_road(self, i: int) -> Street | None:
        """ "Highway 7", "Concession Rd 7", "Regional Road 27", "3rd Line"."""
        j = i
        if self.plain(j) in NUMBERED_ROADS:
            j += 1
            if self.plain(j) in {"road", "rd", "hwy", "highway", "line"}:
                j += 1
            if _ROAD_NUMBER.fullmatch(self.plain(j)):
                return Street(self.direction(j + 1), True, True)
        return None

    def street_type_last(self, i: int) -> Street | None:
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
            return Street(self.after_type(j + 1), True, capitals > 0)
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

    def untyped(self, i: int) -> Street | None:
        """A name without a type: "73 Brentcliffe", "25 The Esplanade"; in lower case one word only."""
        if self.plain(i) == "the" and self.capital(i + 1) and self.plain(i + 1) not in TRADE_WORDS:
            return Street(self.direction(self.name(i + 1, 2)), True, True)
        if not self.letters(i) or len(self.plain(i)) < 3:
            return None
        if self.plain(i) == "mutual" and self.capital(i) and self.plain(i + 1) != "release":
            return Street(self.direction(i + 1), False, True)
        if self.plain(i) in NO_STREET or self.plain(i) in TRADE_WORDS:
            return None
        if self.capital(i):
            end = self.name(i, 3)
            if end == i:
                return None
            while end > i + 1 and self.city_at(end - 1):
                end -= 1
            return Street(self.direction(end), False, True)
        if len(self.plain(i)) >= 4 and not self.touching(i):
            return Street(self.direction(i + 1), False, False)
        return None

    # -- units ---------------------------------------------------------------------------------------------------
