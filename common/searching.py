"""Text as search sees it: the words of a query, and where they stand in what was found. No business word, no table.

``fold`` does in Python what ``app.fold`` does in the database (accounts/migrations/0005_search); a test compares them.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

LONGEST = 200
"""Characters of a query that are read; nobody types more, and a pasted page is found by its beginning."""

MOST_WORDS = 8
_LONGEST_WORD = 40

_GAP = re.compile(r"[^a-z0-9\u00c0-\u1fff\u2c00-\u2fff\u3040-\ud7ff\uf900-\ufdff]")
_ASCII_GAP = re.compile(r"[^a-z0-9]")
_MARK = re.compile(r"[\u0300-\u036f]")
_LETTERS = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe"})
_APOSTROPHES = "'’"


def fold(text: str) -> str:
    """Lower case without accents; signs, dashes and pictures become one gap between words."""
    return re.sub(" +", " ", "".join(_fold_character(character) for character in text))


def compact(text: str) -> str:
    """``fold`` without its gaps: how numbers, licences and beginnings are compared."""
    return fold(text).replace(" ", "")


def _fold_character(character: str) -> str:
    if character.isascii():
        lower = character.lower()
        return lower if lower.isalnum() else " "
    bare = _MARK.sub("", unicodedata.normalize("NFD", character))
    return _GAP.sub(" ", bare.lower().translate(_LETTERS))


@dataclass(frozen=True, slots=True)
class Term:
    """One lexeme that is looked for: as the beginning of a word, or as the whole word."""

    lexeme: str
    is_beginning: bool = True

    def __str__(self) -> str:
        return f"'{self.lexeme}'{':*' if self.is_beginning else ''}"

    @property
    def pattern(self) -> str:
        """For a folded text; a lexeme holds letters and digits only, so there is nothing in it to escape."""
        return f"{self.lexeme}{'' if self.is_beginning else '(?![^ ])'}"


Word = tuple[Term, ...]
"""A word of a query with what else may stand for it ("street" also for "st")."""


def words_of(text: str) -> list[str]:
    """The folded words of a query, each once, at most eight; any text whatever has an answer."""
    words = [word[:_LONGEST_WORD] for word in fold(text[:LONGEST]).split()]
    return list(dict.fromkeys(words))[:MOST_WORDS]


def as_tsquery(word: Word) -> str:
    """A word for PostgreSQL. A lexeme holds letters and digits only, so there is nothing in it to escape."""
    return f"({' | '.join(map(str, word))})"


class Marks(NamedTuple):
    """Where words were met in a text, as spans in order, and which of the words (by position)."""

    spans: list[tuple[int, int]]
    met: set[int]


class Finder:
    """Looks for the words of one query in many texts."""

    def __init__(self, words: Sequence[Word]):
        self._patterns = [re.compile(f"(?<![^ ])(?:{'|'.join(term.pattern for term in word)})") for word in words]

    def look(self, text: str) -> Marks:
        """Where the words begin words of this text."""
        marks = Marks([], set())
        if not text:
            return marks
        for dropped in ("", _APOSTROPHES) if "'" in text or "’" in text else ("",):
            folded, places = _folded_with_places(text, dropped)
            for number, pattern in enumerate(self._patterns):
                for match in pattern.finditer(folded):
                    marks.met.add(number)
                    marks.spans.append((places[match.start()], places[match.end() - 1] + 1))
        marks.spans.sort()
        return marks


def codes_in(text: str, codes: Iterable[str]) -> list[tuple[int, int]]:
    """Where a part of a number stands in it, however both are written: ``5550`` in ``(416) 555-0123``."""
    folded, places = _folded_with_places(text, "")
    bare = [(character, place) for character, place in zip(folded, places, strict=True) if character != " "]
    plain = "".join(character for character, _ in bare)
    for code in codes:
        at = plain.find(code)
        if at >= 0:
            return [(bare[at][1], bare[at + len(code) - 1][1] + 1)]
    return []


def _folded_with_places(text: str, dropped: str) -> tuple[str, Sequence[int]]:
    """The folded text without the ``dropped`` signs, and for each of its characters the place it came from."""
    if not dropped and text.isascii():
        return _ASCII_GAP.sub(" ", text.lower()), range(len(text))
    folded: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        if character not in dropped:
            for letter in _fold_character(character):
                folded.append(letter)
                places.append(place)
    return "".join(folded), places


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a text; ``is_hit`` where it is what was looked for."""

    text: str
    is_hit: bool = False


class Marked(tuple[Segment, ...]):
    """A text in pieces."""

    __slots__ = ()

    @property
    def html(self) -> SafeString:
        """Escaped, with the hits in ``<mark>``."""
        pieces = (f"<mark>{escape(piece.text)}</mark>" if piece.is_hit else escape(piece.text) for piece in self)
        return mark_safe("".join(pieces))  # noqa: S308  each piece is escaped

    def __str__(self) -> str:
        return "".join(piece.text for piece in self)


def segments(text: str, spans: Sequence[tuple[int, int]], *, around: int = 0) -> Marked:
    """The text cut at these spans; with ``around`` no more than about that much on both sides of the first of them."""
    start, end = 0, len(text)
    if around and len(text) > 2 * around:
        first = spans[0][0] if spans else 0
        start = _word_start(text, first - around)
        end = min(len(text), start + 2 * around)
    pieces = [Segment("…")] if start else []
    at = start
    for begin, stop in spans:
        if stop <= at or begin >= end:
            continue
        if begin > at:
            pieces.append(Segment(text[at:begin]))
        pieces.append(Segment(text[max(begin, at) : min(stop, end)], is_hit=True))
        at = min(stop, end)
    if at < end:
        pieces.append(Segment(text[at:end]))
    if end < len(text):
        pieces.append(Segment("…"))
    return Marked(pieces)


def _word_start(text: str, near: int) -> int:
    """The beginning of the word at or before this place."""
    if near <= 0:
        return 0
    space = text.rfind(" ", max(0, near - 20), near)
    return space + 1 if space >= 0 else near
