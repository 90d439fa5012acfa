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


def notes_beside(kind: str, key: str) -> str:
    """The SQL expression that ``note_lines`` reads, for the item of this kind and key, both SQL expressions too."""
    return f"""(
        SELECT jsonb_agg(jsonb_build_array(s.name, n.text, n.created_at) ORDER BY n.created_at, n.note_id)
        FROM listings_note n LEFT JOIN staff s ON s.staff_id = n.author_staff_id
        WHERE n.kind = {kind} AND n.item_id = {key})"""  # noqa: S608 - our own expressions


def note_lines(value: list[list[Any]] | None, now: datetime) -> list[NoteLine]:
    """The notes in the value of ``notes_beside``, oldest first; ``now`` in office time."""
    lines = []
    for name, text, written in value or []:
        moment = parse_datetime(written)
        assert moment is not None  # noqa: S101 - the database wrote it
        lines.append(NoteLine(name or "Import", initials_of(name), text, moment_of(moment, now)))
    return lines
