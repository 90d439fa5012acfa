"""One verb on many rows: one act, one undo, and an answer for every row (product.md, K)."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from django.db import transaction
from django.utils.text import capfirst

from common.deeds import number_of, told
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
    in_short: str = ""


@dataclass
class Outcome:
    """What became of every row of a bulk act."""

    verb: str
    changed: list[Any] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    missing: int = 0

    def told(self, thing: str, to: str = "") -> str:
        """ "Gave 138 tasks to Priya Shah, 3 already done, 2 not yours or gone" """
        name = self.changed[0].name if len(self.changed) == 1 else ""
        parts = [capfirst(told(self.verb, number_of(len(self.changed), thing, name), to))]
        numbers = Counter(left.in_short for left in self.left)
        for in_short, number in sorted(numbers.items(), key=lambda item: (not item[0], item)):
            parts.append(f"{number:,} {in_short or ('left as it was' if number == 1 else 'left as they were')}")
        if self.missing:
            parts.append(f"{self.missing:,} not yours or gone")
        return ", ".join(parts)


def check_number(number: int, noun: str, limit: int = LIMIT) -> None:
    """Raise ``Refused`` when there is nothing to do or too much. ``noun`` is what many of the rows are called."""
    if not number:
        raise Refused("Nothing is selected.")
    if number > limit:
        raise Refused(f"{number:,} {noun} are too many at once. Narrow the filter to {limit:,} or fewer.")


def do_to_each(
    rows: Iterable[Row], do: Callable[[Row], object], *, verb: str, wanted: int, reason: str | None = None
) -> Outcome:
    """Do a verb to each row, as one act that one undo takes back. ``wanted`` rows were asked for.

    A row that refuses is left as it is and named in the outcome; the others are changed all the same. Rows come in the
    order of their keys: everybody's bulk acts take them in one order, so two of them cannot deadlock.
    """
    outcome = Outcome(verb)
    with act(verb, reason=reason):
        for row in rows:
            try:
                with transaction.atomic():
                    do(row)
            except Refused as refusal:
                outcome.left.append(Left(row.name, row.get_absolute_url(), str(refusal), row, refusal.in_short))
            else:
                outcome.changed.append(row)
    outcome.missing = wanted - len(outcome.changed) - len(outcome.left)
    return outcome
