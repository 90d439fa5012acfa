"""What has happened to an item, in sentences: who, what, when, why."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import connection
from django.utils.dateparse import parse_datetime

from common.clock import due_in_full, moment_in_words, office_zone
from common.models import Change
from common.printing import Printed
from listings.models import Listing
from realtors.models import Realtor
from slackintake.repairs import INTAKE
from staff.models import Staff
from tasks import queries as tasks
from tasks.models import Category, Status, VisibilityGroup

SHOWN = 40
"""Changed rows that a page tells of; older ones stay in the table and in the Django admin."""

SYSTEMS = {INTAKE: "Slack intake", "command": "Import", "clock": "The clock", "database": "The database"}

QUERY = """
    SELECT a.act_id, c.table_name, c.row_key, c.before, c.after, a.actor_kind, a.actor_id, a.at, a.reason, a.undoes
    FROM changes c JOIN acts a ON a.act_id = c.act_id
    WHERE (c.table_name, c.row_key) IN (SELECT * FROM unnest(%s::text[], %s::text[]))
    ORDER BY c.change_id DESC LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Entry(Printed):
    """One line of history."""

    who: str
    what: str
    when: str
    at_iso: str
    reason: str
    by_intake: bool = False
    made: tuple[str, ...] = ()
    """The keys of the rows that the act made."""


def names_of_staff() -> dict[str, str]:
    """Everybody's name by id, those who have left included: history keeps them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT staff_id, name FROM staff")
        return dict(cursor.fetchall())


def entries(
    keys: Iterable[tuple[str, str]],
    now: datetime,
    titles: Mapping[str, str] | None = None,
    names: Mapping[str, str] | None = None,
) -> list[Entry]:
    """The latest entries about these rows (table, key), newest first; ``now`` in office time.

    ``titles`` names the rows that are not the page's own subject, so that a listing's history can say which activity
    was completed; ``names`` are those of the staff if the page has them already. What the reader may not see the
    database leaves out.
    """
    keys = list(keys)
    with connection.cursor() as cursor:
        cursor.execute(QUERY, [[table for table, _ in keys], [key for _, key in keys], SHOWN])
        rows = cursor.fetchall()
    if not rows:
        return []
    names = names or names_of_staff()
    found = []
    for _, changes in groupby(rows, key=lambda row: row[0]):
        entry = _entry(list(changes), names, titles or {}, now)
        if entry:
            found.append(entry)
    return found


def _entry(changes: list[tuple], names: Mapping[str, str], titles: Mapping[str, str], now: datetime) -> Entry | None:
    """One act as one line; where it changed several rows, the oldest of them and a number."""
    _, _, _, _, _, actor_kind, actor_id, at, reason, undoes = changes[0]
    said = []
    for _, table, key, before, after, *_ in reversed(changes):
        sentence = Sentence(names, titles.get(key, "this"), now)
        was, is_now = _json(before), _json(after)
        said.append(
            sentence.undone(table, was, is_now, actor_id) if undoes else sentence.about(table, was, is_now, actor_id)
        )
    said = [words for words in said if words]
    if not said:
        return None
    who = names.get(actor_id, "Somebody") if actor_kind == "staff" else SYSTEMS.get(actor_id, actor_id)
    local = at.astimezone(office_zone())
    what = said[0] + (f" and {len(said) - 1} more" if len(said) > 1 else "")
    return Entry(
        who,
        what,
        when=moment_in_words(local, now),
        at_iso=local.isoformat(timespec="minutes"),
        reason=reason or "",
        by_intake=actor_id == INTAKE,
        made=tuple(key for _, _, key, before, *_ in changes if before is None),
    )


def was_made_by_intake(found: Iterable[Entry], key: str) -> bool:
    """Whether these entries tell that the intake made the row. One older than they go back to has been worked on."""
    return any(entry.by_intake and key in entry.made for entry in found)


def _json(value: Any) -> dict | None:
    """A JSON column as Django's raw cursor gives it: text."""
    return json.loads(value) if isinstance(value, str) else value


class Sentence:
    """Puts one changed row into words."""

    def __init__(self, names: Mapping[str, str], subject: str, now: datetime):
        self.names, self.subject, self.now = names, subject, now

    def about(self, table: str, before: dict | None, after: dict | None, actor: str) -> str:
        """``completed this``; empty when nothing changed that a person needs to read."""
        if before is None:
            return f"made {self.subject}"
        if after is None:
            return f"removed {self.subject} for good"
        if "deleted_at" in after:
            return f"{'removed' if after['deleted_at'] else 'restored'} {self.subject}"
        said = []
        if "status" in after and table in ("activities", "agent_tasks"):
            said.append(self._status(before, after, actor))
        elif "assigned_staff_id" in after:
            said.append(self._owner(after.get("assigned_staff_id"), actor))
        said += [words for column, words in self._columns(table, before, after)]
        return ", ".join(dict.fromkeys(said))

    def undone(self, table: str, before: dict | None, after: dict | None, actor: str) -> str:
        """What an undo took back: the sentence of the change it reversed."""
        if after and after.get("deleted_at"):
            return f"undid the making of {self.subject}"
        words = self.about(table, after, before, actor)
        return words and f"undid: {words}"

    def _owner(self, owner: str | None, actor: str) -> str:
        if not owner:
            return f"released {self.subject}"
        if owner == actor:
            return f"took over {self.subject}"
        return f"gave {self.subject} to {self.names.get(owner, 'somebody')}"

    def _status(self, before: dict, after: dict, actor: str) -> str:
        was, is_now, owner = before["status"], after["status"], after.get("assigned_staff_id")
        closed = {Status.DONE, Status.FAILED, Status.CANCELLED}
        if was in closed and is_now in (Status.OPEN, Status.CLAIMED):
            return f"reopened {self.subject}"
        if is_now == Status.CLAIMED:
            if was == Status.IN_PROGRESS and not owner:
                return f"paused {self.subject}"
            return f"claimed {self.subject}" if owner in (actor, None) else self._owner(owner, actor)
        return {
            Status.OPEN: f"released {self.subject}",
            Status.IN_PROGRESS: f"started {self.subject}",
            Status.DONE: f"completed {self.subject}",
            Status.FAILED: f"marked {self.subject} as failed",
            Status.CANCELLED: f"cancelled {self.subject}",
        }[Status(is_now)]

    def _columns(self, table: str, before: dict, after: dict) -> Iterable[tuple[str, str]]:
        """The other changed columns, each with its words."""
        of = "" if self.subject == "this" else f" of {self.subject}"
        for column in after:
            if column == "due_date":
                yield column, self._due(before[column], after[column], of)
            elif column == "priority":
                verb = "raised" if after[column] > before[column] else "lowered"
                yield column, f"{verb} the priority{of} {before[column]} → {after[column]}"
            elif column in LABELS:
                label, read = LABELS[column]
                if column == "description" or not after[column]:
                    yield column, f"changed the {label}{of}"
                else:
                    yield column, f"changed the {label}{of} to {read(after[column])}"

    def _due(self, before: str | None, after: str | None, of: str) -> str:
        if not after:
            return f"took away the due date{of}"
        if not before:
            return f"set the due date{of} to {self._day(after)}"
        return f"moved the due date{of} {self._day(before)} → {self._day(after)}"

    def _day(self, stored: str) -> str:
        moment = parse_datetime(stored)
        return due_in_full(moment.astimezone(office_zone()), self.now) if moment else stored


def _label(choices) -> Any:
    return lambda value: dict(choices.choices).get(value, value)


def _as_is(value: Any) -> str:
    return f"“{value}”"


LABELS: dict[str, tuple[str, Any]] = {
    "name": ("title", _as_is),
    "description": ("description", _as_is),
    "task_category": ("category", _label(Category)),
    "visibility_group": ("team that sees it", _label(VisibilityGroup)),
    "task_key": ("kind of request", _as_is),
    "address_string": ("address", _as_is),
    "type": ("type", _as_is),
    "realtor_id": ("realtor", lambda value: "another one"),
    "phone": ("phone", _as_is),
    "email": ("e-mail", _as_is),
    "brokerage": ("brokerage", _as_is),
    "license_number": ("license", _as_is),
    "role": ("role", _as_is),
}
"""Columns that are told, with what people call them and how their value is said."""


# ---- acts ------------------------------------------------------------------------------------------------------------

ITEM_TABLES = {"activity": "activities", "agent_task": "agent_tasks", "listing": "listings"}


def subjects_of(act_ids: Iterable[str], staff: Staff) -> dict[str, list[str]]:
    """The titles of what each of these acts touched, as far as this person may see it."""
    touched: dict[str, set[tuple[str, str]]] = {act_id: set() for act_id in act_ids}
    changes = Change.objects.filter(act_id__in=touched)
    for act_id, table, key, before, after in changes.values_list("act_id", "table_name", "row_key", "before", "after"):
        values = after or before or {}
        if table == "listings_acknowledgement":
            table, key = "listings", values.get("listing_id", "")
        elif "item_id" in values and values.get("kind") in ITEM_TABLES:
            table, key = ITEM_TABLES[values["kind"]], values.get("item_id", "")
        touched[act_id].add((table, key))
    titles = _titles_of(set().union(*touched.values()), staff)
    return {act_id: [titles[key] for key in sorted(keys) if key in titles] for act_id, keys in touched.items()}


def _titles_of(keys: set[tuple[str, str]], staff: Staff) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    questions: list[tuple[str, Any, str]] = [
        ("activities", tasks.visible("activity", staff, removed=True), "name"),
        ("agent_tasks", tasks.visible("agent_task", staff, removed=True), "name"),
        ("listings", Listing.all_objects, "address_string"),
        ("realtors", Realtor.all_objects, "name"),
        ("staff", Staff.all_objects, "name"),
    ]
    for table, rows, title in questions:
        wanted = [key for of, key in keys if of == table]
        if wanted:
            found |= {(table, pk): name for pk, name in rows.filter(pk__in=wanted).values_list("pk", title)}
    return found


def subject_of(act_id: str, staff: Staff) -> str:
    """What an act changed, as a toast names it: the one item by its title, several by their number."""
    return in_short(subjects_of([act_id], staff)[act_id]) or "your last act"


def in_short(titles: list[str]) -> str:
    """``Order yard sign``, ``12 items``; empty for none."""
    return titles[0] if len(titles) == 1 else f"{len(titles)} items" if titles else ""


def who_changed(rows: list[tuple[str, str]]) -> str:
    """The first names of those who changed these rows (table, key) last: "Helen", "Helen and Mark"."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT DISTINCT a.actor_kind, a.actor_id FROM unnest(%s::text[], %s::text[]) AS r (t, k)
               CROSS JOIN LATERAL (SELECT c.act_id FROM changes c WHERE c.table_name = r.t AND c.row_key = r.k
                   ORDER BY c.change_id DESC LIMIT 1) latest
               JOIN acts a USING (act_id)""",
            [[table for table, _ in rows], [key for _, key in rows]],
        )
        actors = cursor.fetchall()
    names = names_of_staff()
    who = sorted(
        names.get(actor, "Somebody").split()[0] if kind == "staff" else SYSTEMS.get(actor, actor)
        for kind, actor in actors
    )
    return " and ".join(filter(None, [", ".join(who[:-1]), *who[-1:]])) or "Somebody"
