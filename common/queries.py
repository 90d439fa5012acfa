"""Questions about history."""

import json
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models.expressions import RawSQL

from common.models import Act, Change, ChangeCounter


def last_undoable_act(staff_id: str) -> Act | None:
    """My latest act of the last ten minutes that changed something and has not been undone; undoing is no such act."""
    return my_acts(staff_id).first()


def my_acts(staff_id: str):
    """My acts that can still be undone, newest first; also those whose rows I no longer see."""
    mine = RawSQL("SELECT app.my_undoable_acts()", [])
    return Act.objects.filter(actor_id=staff_id, act_id__in=mine).order_by("-at", "-act_id")


@dataclass(frozen=True)
class Entry:
    """One line of an item's history: an act and what it did to this item."""

    act_id: str
    verb: str
    reason: str | None
    actor_kind: str
    actor_id: str
    at: datetime
    before: dict
    after: dict


def history_of(table: str, key: str, limit: int = 50, *, since: int = 0) -> list[Entry]:
    """What happened to one row after the change ``since`` (see ``last_change``), newest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT a.act_id, a.verb, a.reason, a.actor_kind, a.actor_id, a.at, c.before, c.after
               FROM changes c JOIN acts a USING (act_id)
               WHERE c.table_name = %s AND c.row_key = %s AND c.change_id > %s
               ORDER BY c.change_id DESC LIMIT %s""",
            [table, key, since, limit],
        )
        return [
            Entry(*row[:6], before=_json(row[6]), after=_json(row[7]))  # type: ignore[misc]
            for row in cursor.fetchall()
        ]


def last_change(table: str, key: str) -> int:
    """The number of the newest change of one row: what a form was opened with. 0 for a row without history."""
    changes = Change.objects.filter(table_name=table, row_key=key).order_by("-change_id")
    return changes.values_list("change_id", flat=True).first() or 0


def _json(value) -> dict:
    return json.loads(value) if isinstance(value, str) else (value or {})


def change_counter() -> int:
    """A number that grows with each committed act: while it stands still, no page has changed."""
    return ChangeCounter.objects.values_list("value", flat=True).first() or 0
