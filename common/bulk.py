"""One verb on many rows: one act, one undo, and an answer for every row (product.md, K)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from django.db import transaction

from common.history import Refused, act

LIMIT = 5000
"""Rows one bulk act may touch: more would hold its transaction, and everybody's counter, too long."""


class Named(Protocol):
    """A row that a person can be told of."""

    @property
    def name(self) -> str: ...
    def get_absolute_url(self) -> str: ...


Row = TypeVar("Row", bound=Named)


@dataclass
class Left:
    """A row the verb did not change, with the sentence that says why."""

    name: str
    href: str
    why: str
    row: Any


@dataclass
class Outcome:
    """What became of every row of a bulk act."""

    changed: list[Any] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    missing: int = 0

    def __str__(self) -> str:
        """ "138 changed, 3 left as they were, 2 not yours" """
        parts = [f"{len(self.changed):,} changed"]
        if self.left:
            parts.append(f"{len(self.left):,} left as {'it was' if len(self.left) == 1 else 'they were'}")
        if self.missing:
            parts.append(f"{self.missing:,} not there or not yours to see")
        return ", ".join(parts)


def check_number(number: int, noun: str, limit: int = LIMIT) -> None:
    """Raise ``Refused`` when there is nothing to do or too much. ``noun`` is what many of the rows are called."""
    if not number:
        raise Refused("Nothing is selected.")
    if number > limit:
        raise Refused(f"{number:,} {noun} are too many at once. Narrow the filter to {limit:,} or fewer.")


def do_to_each(rows: Iterable[Row], do: Callable[[Row], object], *, verb: str, wanted: int) -> Outcome:
    """Do a verb to each row, as one act that one undo takes back. ``wanted`` rows were asked for.

    A row that refuses is left as it is and named in the outcome; the others are changed all the same. Rows come in the
    order of their keys: everybody's bulk acts take them in one order, so two of them cannot deadlock.
    """
    outcome = Outcome()
    with act(verb):
        for row in rows:
            try:
                with transaction.atomic():
                    do(row)
            except Refused as refusal:
                outcome.left.append(Left(row.name, row.get_absolute_url(), str(refusal), row))
            else:
                outcome.changed.append(row)
    outcome.missing = wanted - len(outcome.changed) - len(outcome.left)
    return outcome
