"""One verb on many tasks: one act, one undo, and an answer for every row (product.md, K)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import transaction

from common.history import Refused, act
from staff.models import Staff
from tasks import queries
from tasks.lists import KINDS, Selection, keys_of
from tasks.rules import Task

LIMIT = 5000
"""Rows one bulk act may touch: more would hold its transaction, and everybody's counter, too long."""


class Item(NamedTuple):
    """A task named by kind and id, as selections carry it: ``activity:01J…``."""

    kind: str
    task_id: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.task_id}"

    @classmethod
    def parse(cls, text: str) -> "Item | None":
        kind, _, task_id = text.partition(":")
        return cls(kind, task_id) if kind in KINDS and len(task_id) == 26 else None


@dataclass
class Left:
    """A row the verb did not change, with the sentence that says why."""

    item: Item
    name: str
    why: str


@dataclass
class Outcome:
    """What became of every row of a bulk act."""

    changed: list[Item] = field(default_factory=list)
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


def for_each(items: Iterable[Item], do: Callable[[Task], object], *, verb: str, by: Staff) -> Outcome:
    """Do a verb to each task this person may see, as one act that one undo takes back.

    A row that refuses is left as it is and named in the outcome; the others are changed all the same. Raises
    ``Refused`` when there is nothing to do or too much.
    """
    wanted = list(dict.fromkeys(items))
    if not wanted:
        raise Refused("Nothing is selected.")
    if len(wanted) > LIMIT:
        raise Refused(f"{len(wanted):,} tasks are too many at once. Narrow the filter to {LIMIT:,} or fewer.")
    outcome = Outcome()
    with act(verb):
        for task in _in_order(wanted, by):
            item = Item(task.kind, task.pk)
            try:
                with transaction.atomic():
                    do(task)
            except Refused as refusal:
                outcome.left.append(Left(item, task.name, str(refusal)))
            else:
                outcome.changed.append(item)
    outcome.missing = len(wanted) - len(outcome.changed) - len(outcome.left)
    return outcome


def _in_order(items: list[Item], by: Staff) -> list[Task]:
    """The tasks by kind and key: everybody's bulk acts take rows in one order, so two of them cannot deadlock."""
    tasks: list[Task] = []
    for kind in KINDS:
        ids = [item.task_id for item in items if item.kind == kind]
        if ids:
            tasks += list(queries.visible(kind, by).filter(pk__in=ids).order_by("pk"))
    return tasks


def matching(selection: Selection, staff: Staff) -> list[Item]:
    """Every task a list holds at this moment, up to ``LIMIT`` + 1: the rows an "all that match" stands for."""
    return [Item(kind, task_id) for kind, task_id in keys_of(selection, staff, limit=LIMIT + 1)]
