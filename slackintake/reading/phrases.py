"""Finding the phrases of a vocabulary in a text, word by word, in time linear in the text.

A phrase is written as words with spaces between; its elements are

    word        that word, whatever its accents and capitals
    a|b         either word
    word*       any word that begins so (at least three letters)
    word?       may be missing (also `a|b?`)
    ..          up to three words in between, `...` up to six, within one sentence
    ADDRESS DATE MONEY PERSON NUMBER     something already understood
    START       the beginning of a sentence or line

Light punctuation is no word; the end of a sentence is one, so no phrase runs across it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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


def terms_of(text: str, words: Sequence[Word], spelling: Mapping[str, str]) -> list[Term]:
    """The stream of terms of a text: words lower-cased and respelled, masks named, sentences ended by a STOP."""
    terms: list[Term] = [Term(STOP, 0, 0)]
    last_end = 0
    for word in words:
        if "\n" in text[last_end : word.start] and terms[-1].key != STOP:
            terms.append(Term(STOP, word.start, word.start))
        last_end = word.end
        key = word.plain
        first = key[0]
        if first in MASKS:
            key = MASKS[first]
            if key == "OTHER":
                continue
        elif key.isalnum() or len(key) > 1:
            if first.isdigit() and key.isdigit():
                key = key if key in _KEPT_NUMBERS else "NUMBER"
            else:
                key = _SPELLED.get(key) or spelling.get(key) or key
        elif key in ".!;?":
            key = QUESTION if key == "?" else STOP
        else:
            spelled = _SPELLED.get(key)
            if spelled is None:
                continue
            key = spelled
        terms.append(Term(key, word.start, word.end))
    terms.append(Term(STOP, len(text), len(text)))
    return terms


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
            for line in block.strip().splitlines():
                for phrase in line.split(" / "):
                    self._add(concept, phrase.split())

    def _add(self, concept: str, parts: list[str]) -> None:
        if not parts:
            return
        elements = tuple(_compile(part) for part in parts)
        first = elements[0]
        if first.optional or first.gap:
            raise ValueError(f"A phrase of “{concept}” begins with something that may be missing: {' '.join(parts)}")
        for element in elements:
            self.words |= element.words
        for word in first.words:
            self._by_word[word].append((concept, elements))
        for prefix in first.prefixes:
            self._by_prefix[prefix[:3]].append((concept, elements))

    def find(self, terms: Sequence[Term]) -> list[Hit]:
        """Every occurrence of every phrase, the longest for each phrase and place."""
        hits: list[Hit] = []
        for position, term in enumerate(terms):
            if term.key == STOP or term.key == QUESTION:
                candidates: Iterable[tuple[str, tuple[_Element, ...]]] = self._by_word.get("START", ())
            else:
                candidates = self._by_word.get(term.key, ())
                prefixed = self._by_prefix.get(term.key[:3])
                if prefixed:
                    candidates = [*candidates, *prefixed]
            for concept, elements in candidates:
                if elements[0].accepts(term.key) or "START" in elements[0].words:
                    end = _match(terms, position + 1, elements, 1)
                    if end:
                        begin = terms[position + 1].start if "START" in elements[0].words else term.start
                        hits.append(Hit(concept, begin, terms[end - 1].end, position))
        return hits


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
