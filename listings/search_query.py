"""What somebody is looking for: a typed text taken apart into words, other ways to write them, and numbers."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from common.searching import LONGEST, Term, Word, as_tsquery, compact, words_of

SHORT_FORMS = {
    "street": ("st", "str"), "avenue": ("ave", "av"), "road": ("rd",), "drive": ("dr",), "lane": ("ln",),
    "boulevard": ("blvd", "boul"), "crescent": ("cres", "cr"), "court": ("ct", "crt"), "place": ("pl",),
    "square": ("sq",), "terrace": ("ter", "terr"), "highway": ("hwy",), "parkway": ("pkwy",), "trail": ("trl",),
    "gardens": ("gdns",), "heights": ("hts",), "circle": ("cir",), "saint": ("st",), "mount": ("mt",),
    "north": ("n",), "south": ("s",), "east": ("e",), "west": ("w",),
}  # fmt: skip
"""What stands for what in addresses: whoever types the one also means the other."""

UNIT_WORDS = frozenset({"unit", "units", "apt", "apartment", "suite", "ste", "ph"})
POSTAL_CODE = re.compile(r"[a-z]\d[a-z]\d[a-z]\d")
ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}", re.IGNORECASE)


@dataclass(frozen=True)
class Query:
    """What somebody is looking for; ``is_empty`` where there is too little to look for."""

    text: str
    words: tuple[Word, ...]
    beginning: str
    codes: tuple[str, ...]
    item_id: str

    @property
    def is_empty(self) -> bool:
        return not self.words

    @property
    def whole(self) -> str:
        """All words, for PostgreSQL."""
        return " & ".join(map(as_tsquery, self.words))

    @property
    def whole_or_number(self) -> str:
        """All words, or a phone or licence number written with other signs."""
        return " | ".join([f"({self.whole})", *(str(Term(code)) for code in self.codes)])

    @classmethod
    def parse(cls, text: str) -> "Query":
        """Any text is a query. One letter alone is none: it begins a tenth of all words."""
        text = " ".join(text.replace("\0", " ").split())[:LONGEST]
        plain = compact(text)
        if len(plain) < 2 and plain.isascii():
            return cls(text, (), "", (), "")
        words = tuple(_with_other_forms(word) for word in _without_unit_words(_split_postal_codes(words_of(text))))
        item_id = text.upper() if ULID.fullmatch(text) else ""
        return cls(text, words, plain, _codes(plain), item_id)


def _split_postal_codes(words: Iterable[str]) -> list[str]:
    """``m5e1w5`` as ``m5e 1w5``, as it stands in addresses."""
    return [part for word in words for part in ((word[:3], word[3:]) if POSTAL_CODE.fullmatch(word) else (word,))]


def _without_unit_words(words: Sequence[str]) -> list[str]:
    """``unit 1509`` as ``1509``: half of the addresses write the one, half the other."""
    following = [*words[1:], ""]
    return [
        word for word, next_word in zip(words, following, strict=True)
        if not (word in UNIT_WORDS and next_word[:1].isdigit())
    ]  # fmt: skip


def _with_other_forms(word: str) -> Word:
    terms = {Term(word): None}
    for long, shorts in SHORT_FORMS.items():
        if len(word) >= 3 and long.startswith(word):
            terms |= {Term(short, is_beginning=False): None for short in shorts}
        if word in shorts:
            terms[Term(long)] = None
    return tuple(terms)


def _codes(plain: str) -> tuple[str, ...]:
    """A phone or licence number that the whole query may be, with and without the country's 1."""
    if len(plain) < 4 or not any(character.isdigit() for character in plain):
        return ()
    plain = plain[:40]
    return (plain, plain[1:]) if len(plain) == 11 and plain.startswith("1") and plain.isdigit() else (plain,)
