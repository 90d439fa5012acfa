"""Towns, regions and postal codes behind a street, as realtors write them."""

import re

from common.words import Word
from slackintake.reading.address_words import (
    CITIES,
    LONGEST_CITY,
    REGIONS,
)

_POSTAL = re.compile(r"[a-z]\d[a-z]\d[a-z]\d")
_POSTAL_FIRST = re.compile(r"[a-z]\d[a-z]")
_POSTAL_LAST = re.compile(r"\d[a-z]\d")
_ZIP = re.compile(r"\d{5}")


class PlaceGrammar:
    """Reads places out of the words of a text; every method looks at a bounded number of words from a position on."""

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
