"""The notes under an item, as its page shows them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from common.printing import Printed
from desk.lines import moment_of
from tasks.rows import initials_of


@dataclass(frozen=True, slots=True)
class NoteLine(Printed):
    """One note; ``initials`` are empty where an import wrote it."""

    who: str
    initials: str
    text: str
    when: str


def note_lines(found: list[list[Any]] | None, now: datetime) -> list[NoteLine]:
    """The notes of `listings.queries.notes_beside`, oldest first; ``now`` in office time."""
    lines = []
    for name, text, written in found or []:
        moment = parse_datetime(written)
        assert moment is not None  # noqa: S101 - the database wrote it
        lines.append(NoteLine(name or "Import", initials_of(name), text, moment_of(moment, now)))
    return lines
