"""Finding the phrases of a vocabulary in a text, word by word, in time linear in the text.

A phrase is written as words with spaces between; its elements are

    word        that word, whatever its accents and capitals
    a|b         either word
    word*       any word that begins so (at least three letters)
    word?       may be missing (also `a|b?`)
    ..          up to three words in between, `...` up to six, within one sentence
    ADDRESS DATE MONEY PERSON NUMBER     something already understood
    START       the beginning of a sentence or line
    CLAUSE      the same, or the place after a comma, colon, dash or bracket

Light punctuation is no word; the end of a sentence is one, so no phrase runs across it.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from common.words import Word, fold, word_set

STOP = "."
QUESTION = "?"
MASKS = {"\ue001": "ADDRESS", "\ue002": "DATE", "\ue003": "MONEY", "\ue004": "PERSON", "\ue005": "OTHER"}
ADDRESS, DATE, MONEY, PERSON, OTHER = MASKS
_SPELLED = {"&": "and", "+": "and", "@": "at", "#": "number", "n": "and", "et": "and", "→": "to"}
_GAPS = {"..": 3, "...": 6}


class Term(NamedTuple):
    """One word of the stream that is matched, at its place in the text."""

    key: str
    start: int
    end: int
    opens: int = 0  # 2 at the beginning of a sentence, 1 after a comma, colon, dash or bracket


class Hit(NamedTuple):
    concept: str
    start: int
    end: int
    first: int  # position of its first term


@dataclass(frozen=True)
class _Element:
    words: frozenset[str]
    prefixes: tuple[str, ...]
    optional: bool = False
    gap: int = 0

    def accepts(self, key: str) -> bool:
        return key in self.words or (bool(self.prefixes) and key.startswith(self.prefixes))


def terms_of(
    text: str, words: Sequence[Word], spelling: Mapping[str, str], known: Collection[str], glossary: Mapping[str, str]
) -> list[Term]:
    """The stream of terms of a text: words lower-cased and respelled, masks named, sentences ended by a STOP.

    `spelling` gives the usual form of a word, `known` the words of the vocabulary, `glossary` the English of a
    foreign word.
    """
    terms: list[Term] = [Term(STOP, 0, 0)]
    opens, last_end = 2, 0
    for word in words:
        if opens < 2 and "\n" in text[last_end : word.start]:
            terms.append(Term(STOP, word.start, word.start))
            opens = 2
        last_end = word.end
        key = _key(word, spelling, known, glossary)
        if key is None:
            if word.text in _SOFT_BREAKS and opens == 0:
                opens = 1
            continue
        if key in {STOP, QUESTION}:
            terms.append(Term(key, word.start, word.end))
            opens = 2
            continue
        terms.append(Term(key, word.start, word.end, opens))
        opens = 0
    terms.append(Term(STOP, len(text), len(text)))
    return terms


_ELIDED = re.compile(r"(?:[ldcsjn]|qu)'")
_SOFT_BREAKS = frozenset(",:-()→>*;•")


def _key(word: Word, spelling: Mapping[str, str], known: Collection[str], glossary: Mapping[str, str]) -> str | None:
    """What a word counts as; None for light punctuation and whatever was blanked out."""
    key = word.plain
    if key[0] in MASKS:
        return None if key[0] == OTHER else MASKS[key[0]]
    if len(key) == 1 and not key.isalnum():
        if key in ".!;":
            return STOP
        return QUESTION if key == "?" else _SPELLED.get(key)
    if key.isdigit() and key not in _KEPT_NUMBERS:
        return "NUMBER"
    elided = _ELIDED.match(key)
    if elided and (key[elided.end() :] in glossary or key[elided.end() :] in known):
        key = key[elided.end() :]  # French "l'inspection"
    if key in glossary:
        return glossary[key]
    spelled = _SPELLED.get(key) or spelling.get(key) or key
    if spelled.endswith("'s") and spelled not in known:
        return spelled.removesuffix("'s")
    return spelled


# Numbers of forms are words of the trade.
_KEPT_NUMBERS = word_set("""
    100 101 105 120 121 122 123 124 125 126 127 141 145 150 160 200 201 203 204 208 210 211 300 320 324 346 371
    400 401 410 420 430 500 501 510 511 524 630 631 635 640 647 801 802 803 804 810 811
""")


class Vocabulary:
    """The compiled phrases of all concepts."""

    def __init__(self, concepts: Mapping[str, str]):
        self.names = tuple(concepts)
        self._by_word: dict[str, list[tuple[str, tuple[_Element, ...]]]] = defaultdict(list)
        self._by_prefix: dict[str, list[tuple[str, tuple[_Element, ...]]]] = defaultdict(list)
        self.words: set[str] = set()
        for concept, block in concepts.items():
            for line in block.splitlines():
                for phrase in line.split(" / "):
                    self._add(concept, phrase.split())

    def _add(self, concept: str, parts: list[str]) -> None:
        elements = tuple(_compile(part) for part in parts)
        if elements and elements[0].optional:
            self._index(concept, (replace(elements[0], optional=False), *elements[1:]))
            elements = elements[1:]
        if not elements or elements[0].optional or elements[0].gap:
            raise ValueError(f"A phrase of “{concept}” begins with something that may be missing: {' '.join(parts)}")
        self._index(concept, elements)

    def _index(self, concept: str, elements: tuple[_Element, ...]) -> None:
        for element in elements:
            self.words |= element.words
        for word in elements[0].words:
            self._by_word[word].append((concept, elements))
        for prefix in elements[0].prefixes:
            self._by_prefix[prefix[:3]].append((concept, elements))

    def find(self, terms: Sequence[Term]) -> list[Hit]:
        """Every occurrence of every phrase."""
        hits: list[Hit] = []
        for position, term in enumerate(terms):
            for concept, elements in self._by_word.get(term.key, ()):
                self._try(terms, position, concept, elements, 0, hits)
            for concept, elements in self._by_prefix.get(term.key[:3], ()):
                if elements[0].accepts(term.key):
                    self._try(terms, position, concept, elements, 0, hits)
            if term.opens:
                for concept, elements in self._by_word["CLAUSE"]:
                    self._try(terms, position, concept, elements, 1, hits)
            if term.opens == 2:
                for concept, elements in self._by_word["START"]:
                    self._try(terms, position, concept, elements, 1, hits)
        return hits

    @staticmethod
    def _try(
        terms: Sequence[Term], position: int, concept: str, elements: tuple[_Element, ...], index: int, hits: list[Hit]
    ) -> None:
        end = _match(terms, position, elements, index)
        if end > position:
            hits.append(Hit(concept, terms[position].start, terms[end - 1].end, position))


def _compile(part: str) -> _Element:
    if part in _GAPS:
        return _Element(frozenset(), (), gap=_GAPS[part])
    optional = part.endswith("?") and len(part) > 1
    names = part.removesuffix("?").split("|") if optional else part.split("|")
    exact = frozenset(
        name if name.isupper() and len(name) > 3 else fold(name) for name in names if not name.endswith("*")
    )
    prefixes = tuple(fold(name[:-1]) for name in names if name.endswith("*"))
    if any(len(prefix) < 3 for prefix in prefixes):
        raise ValueError(f"“{part}” begins with fewer than three letters.")
    return _Element(exact, prefixes, optional)


def _match(terms: Sequence[Term], position: int, elements: tuple[_Element, ...], index: int) -> int:
    """The position after the phrase whose elements from `index` on match from `position` on, or 0."""
    if index == len(elements):
        return position
    element = elements[index]
    if element.gap:
        for skipped in range(element.gap + 1):
            if skipped and (position + skipped > len(terms) or terms[position + skipped - 1].key in {STOP, QUESTION}):
                return 0
            end = _match(terms, position + skipped, elements, index + 1)
            if end:
                return end
        return 0
    if position < len(terms) and element.accepts(terms[position].key):
        end = _match(terms, position + 1, elements, index + 1)
        if end or not element.optional:
            return end
    return _match(terms, position, elements, index + 1) if element.optional else 0
