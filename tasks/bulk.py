"""One verb on many tasks: one act, one undo, and an answer for every row (product.md, K)."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from common.bulk import LIMIT, Outcome, check_number, do_to_each
from staff.models import Staff
from tasks import queries
from tasks.lists import KINDS, Selection, keys_of
from tasks.rules import Task


class Item(NamedTuple):
    """A task named by kind and id, as selections carry it: ``activity:01J…``."""

    kind: str
    task_id: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.task_id}"

    @classmethod
    def parse(cls, text: str) -> "Item | None":
        kind, _, task_id = text.partition(":")
        return cls(kind, task_id) if kind in KINDS and len(task_id) == 26 and task_id.isalnum() else None


def for_each(
    items: Iterable[Item], do: Callable[[Task], object], *, verb: str, by: Staff, reason: str | None = None
) -> Outcome:
    """Do a verb to each task this person may see, as one act that one undo takes back (see `do_to_each`)."""
    wanted = list(dict.fromkeys(items))
    check_number(len(wanted), "tasks", LIMIT)
    return do_to_each(queries.named_tasks(wanted, by), do, verb=verb, wanted=len(wanted), reason=reason)


def matching(selection: Selection, staff: Staff) -> list[Item]:
    """Every task a list holds at this moment, up to ``LIMIT`` + 1: the rows an "all that match" stands for."""
    return [Item(kind, task_id) for kind, task_id in keys_of(selection, staff, limit=LIMIT + 1)]
