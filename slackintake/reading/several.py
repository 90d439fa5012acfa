"""Taking a message apart: the pieces of it that may be requests of their own, each with its place in the text."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from slackintake.reading.features import PROPERTY_TALK
from slackintake.reading.phrases import QUESTION, STOP, Hit, Term

MOST_TERMS = 500  # a longer message is a letter about one thing, and is not read twice
MOST_PIECES = 6  # the first ones, each judged by itself
_MASK = "\ue001-\ue004"  # an address, a date, a price or a person, as `phrases` masks them
_ALSO = r"(?:also|plus|additionally|separately|secondly|lastly|finally)\b"
_WITHIN = re.compile(
    rf"[,;:(-] ?(?:(?:and|oh|but|then|&) )?{_ALSO}"
    rf"|\b(?:and|oh|but|then|&) {_ALSO}"
    rf"|(?<=[{_MASK}]),? (?:{_ALSO}|and\b(?! \ue001))"
    r"|(?<=\s)\(?\d{1,2}[.)] ",
    re.IGNORECASE,
)
_OPENING = re.compile(
    rf"(?:[\s,;:.()-]|\d{{1,2}}[.)]\s|(?:and|oh|but|then|ps|btw|{_ALSO})(?!\w)){{0,8}}", re.IGNORECASE
)


class Piece(NamedTuple):
    """Words that may ask for something of their own, without what leads over to them ("and also …")."""

    start: int
    end: int
    has_address: bool


def pieces_of(text: str, terms: Sequence[Term], hits: Mapping[str, Sequence[Hit]]) -> list[Piece]:
    """The pieces of a message worth judging by themselves: none unless it names two places or asks for two things.

    `text` is masked. A piece is a sentence, a line, an item of a list or what "also" leads to, together with what
    follows it and asks for nothing ("Photos Monday."). One without an address must ask something of the office: else it
    is a step of what was named before it ("Redo it by Friday").
    """
    if len(terms) > MOST_TERMS:
        return []
    addresses = [term.start for term in terms if term.key == "ADDRESS"]
    asking = _places(hits, ("request", "verb", "generic_task"))
    if len(addresses) + len(asking) < 2:
        return []
    about, office = _places(hits, PROPERTY_TALK | {"trade"}), _places(hits, ("office",))

    def is_office(piece: Piece) -> bool:
        place = piece.start, piece.end
        return _any_in(asking, *place) and _any_in(office, *place) and not _any_in(about, *place)

    pieces: list[Piece] = []
    for start, end in _clauses(text, terms):
        has_address, is_about = _any_in(addresses, start, end), _any_in(about, start, end)
        if has_address or _any_in(asking, start, end) or not pieces:
            pieces.append(Piece(start, end, has_address))
        elif pieces[-1].has_address or not is_about:
            pieces[-1] = pieces[-1]._replace(end=end)
    if len(pieces) < 2:
        return []
    return [piece for piece in pieces if piece.has_address or is_office(piece)][:MOST_PIECES]


def _clauses(text: str, terms: Sequence[Term]) -> list[tuple[int, int]]:
    breaks = {term.end for term in terms if term.key in {STOP, QUESTION}}
    breaks |= {match.start() for match in _WITHIN.finditer(text)}
    clauses, first = [], 0
    for place in sorted({*breaks, len(text)}):
        opening = _OPENING.match(text, first, place)
        start = opening.end() if opening else first
        end = place
        while end > start and (text[end - 1].isspace() or text[end - 1] in ",;:-("):
            end -= 1
        if start < end:
            clauses.append((start, end))
        first = place
    return clauses


def _places(hits: Mapping[str, Sequence[Hit]], concepts: Iterable[str]) -> list[int]:
    return sorted({hit.start for concept in concepts for hit in hits.get(concept, ())})


def _any_in(places: Sequence[int], start: int, end: int) -> bool:
    return bisect_left(places, start) < bisect_left(places, end)
