"""What has happened to an item, in sentences: who, what, when, why."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from django.db import connection
from django.utils.dateparse import parse_datetime

from common.clock import due_in_full, moment_in_words, office_zone
from common.deeds import ANY, DEEDS, THINGS, number_of, told
from common.models import Act
from common.printing import Printed
from listings.models import Listing
from realtors.models import Realtor
from slackintake.pages import snippet_of
from slackintake.queries import Directory, ids_in
from slackintake.repairs import INTAKE
from staff.models import Staff
from tasks import queries as tasks
from tasks.models import Category, Status, VisibilityGroup

SHOWN, EVERY = 10, 500
"""Acts that a page tells of at first, and when all are asked for; still older ones are in the Django admin."""

SYSTEMS = {INTAKE: "Slack intake", "command": "Import", "clock": "The clock", "database": "The database"}

_LATEST = """
    SELECT a.act_id, c.table_name, c.row_key, c.before, c.after, a.actor_kind, a.actor_id, a.at, a.reason, a.undoes,
        c.title, actor.name, holder.staff_id, holder.name
    FROM (
        SELECT c.act_id, c.change_id, c.table_name, c.row_key, c.before, c.after, about.title,
            dense_rank() OVER (ORDER BY c.act_id DESC) AS place
        FROM ({about}) AS about (table_name, row_key, title)
            JOIN changes c ON c.table_name = about.table_name AND c.row_key = about.row_key
    ) c JOIN acts a ON a.act_id = c.act_id
        LEFT JOIN staff actor ON actor.staff_id = a.actor_id
        LEFT JOIN staff holder ON holder.staff_id =
            CASE WHEN a.undoes IS NULL THEN c.after ELSE c.before END ->> 'assigned_staff_id'
    WHERE c.place <= %(acts)s OR (c.row_key = %(key)s AND c.before IS NULL)
    ORDER BY a.act_id DESC, c.change_id
"""
_OF_ROW = _LATEST.format(about="SELECT %(table)s, %(key)s, 'this'")
_OF_LISTING = _LATEST.format(
    about="""SELECT 'listings', %(key)s, 'this' UNION ALL
        SELECT 'activities', t.task_id, t.name FROM activities t
        WHERE t.listing_id = %(key)s AND t.deleted_at IS NULL"""
)


@dataclass(frozen=True, slots=True)
class Entry(Printed):
    """One line of history."""

    who: str
    what: str
    when: str
    at_iso: str
    reason: str


@dataclass(frozen=True, slots=True)
class History(Printed):
    """What has happened, newest first, and where the rest of it is told; empty if there is no more."""

    entries: list[Entry]
    older_href: str
    by_intake: bool
    """Whether the intake made what this is about."""


class _Changed(NamedTuple):
    """One changed row as the statement above gives it."""

    act_id: str
    table: str
    key: str
    before: Any
    after: Any
    actor_kind: str
    actor_id: str
    at: datetime
    reason: str | None
    undoes: str | None
    title: str
    actor: str | None
    holder_id: str | None
    holder: str | None


def names_of_staff() -> dict[str, str]:
    """Everybody's name by id, those who have left included: history keeps them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT staff_id, name FROM staff")
        return dict(cursor.fetchall())


def of_row(table: str, key: str, href: str, now: datetime, *, every: bool = False) -> History:
    """The latest acts on one row, or ``every`` one; its page is at ``href``, ``now`` is in office time."""
    return _history(_OF_ROW, {"table": table, "key": key}, href, now, every=every)


def of_listing(listing_id: str, href: str, now: datetime, *, every: bool = False) -> History:
    """The latest acts on a listing and its activities, which are called by their titles."""
    return _history(_OF_LISTING, {"key": listing_id}, href, now, every=every)


def _history(question: str, values: Mapping[str, str], href: str, now: datetime, *, every: bool) -> History:
    """Each act as one entry. What the reader may not see the database leaves out.

    The statement gives one act more than is shown, and the one that made the thing.
    """
    shown = EVERY if every else SHOWN
    with connection.cursor() as cursor:
        cursor.execute(question, {**values, "acts": shown + 1})
        rows = [_Changed(*record) for record in cursor.fetchall()]
    names = {row.holder_id: row.holder for row in rows}
    acts = [list(changes) for _, changes in groupby(rows, key=attrgetter("act_id"))]
    entries = [entry for changes in acts[:shown] if (entry := _entry(changes, names, now))]
    return History(
        entries,
        older_href=f"{href}?history=all#history" if len(acts) > shown and not every else "",
        by_intake=any(row.key == values["key"] and row.before is None and row.actor_id == INTAKE for row in rows),
    )


def _entry(changes: list[_Changed], names: Mapping[str | None, str | None], now: datetime) -> Entry | None:
    """One act as one line; where it changed several rows, the oldest of them and a number."""
    act, said = changes[0], []
    for row in changes:
        tell = Sentence(names, row.title, now)
        say = tell.undone if act.undoes else tell.about
        said.append(say(row.table, _json(row.before), _json(row.after), act.actor_id))
    said = [words for words in said if words]
    if not said:
        return None
    who = act.actor or "Somebody" if act.actor_kind == "staff" else SYSTEMS.get(act.actor_id, act.actor_id)
    at = act.at.astimezone(office_zone())
    what = said[0] + (f" and {len(said) - 1} more" if len(said) > 1 else "")
    return Entry(who, what, moment_in_words(at, now), at.isoformat(timespec="minutes"), act.reason or "")


def _json(value: Any) -> dict | None:
    """A JSON column as Django's raw cursor gives it: text."""
    return json.loads(value) if isinstance(value, str) else value


class Sentence:
    """Puts one changed row into words."""

    def __init__(self, names: Mapping[str | None, str | None], subject: str, now: datetime):
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

TABLES = {
    "staff": "person",
    "realtors": "realtor",
    "listings": "listing",
    "slack_messages": "message",
    "activities": "task",
    "agent_tasks": "task",
}
"""What people call a row of these tables."""
ITEM_TABLES = {"activity": "activities", "agent_task": "agent_tasks", "listing": "listings"}
VALUE_GIVEN: dict[str, tuple[str, Any]] = {
    "assigned": ("assigned_staff_id", lambda key: names_of_staff().get(key, "somebody")),
    "changed the status": ("status", lambda value: Status(value).label),
    "set priority": ("priority", str),
}
"""Verbs that give something: the column it goes to, and how its value is said."""


@dataclass(frozen=True, slots=True)
class Told:
    """An act in words."""

    words: str
    """``claimed 2 tasks``"""
    what: str
    """What it was done to: the one item by its title, several by their number; empty where it needs no naming."""
    titles: list[str]
    """The titles of these items, as far as the reader may see them."""


def tell(acts: Iterable[Act], staff: Staff) -> dict[str, Told]:
    """What this person's own acts were, by their ids."""
    acts = list(acts)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT act_id, table_name, row_key, given, message_text FROM app.rows_of_my_acts(%s)",
            [[act.pk for act in acts]],
        )
        rows = cursor.fetchall()
    touched: dict[str, dict[str, set[tuple[str, str]]]] = {act.pk: {} for act in acts}
    given: dict[str, list[dict]] = {act.pk: [] for act in acts}
    texts: dict[tuple[str, str], str] = {}
    for act_id, table, key, values, text in rows:
        if table in TABLES:
            touched[act_id].setdefault(TABLES[table], set()).add((table, key))
            given[act_id].append(_json(values) or {})
        if text is not None:
            texts[table, key] = text
    titles = _titles_of({row for things in touched.values() for found in things.values() for row in found}, staff)
    if texts:
        directory = Directory.of(slack_id for text in texts.values() for slack_id in ids_in(text))
        titles |= {row: f"“{snippet_of(text, directory)}”" for row, text in texts.items()}
    return {act.pk: _told(act.verb, touched[act.pk], given[act.pk], titles) for act in acts}


def _told(
    verb: str, touched: Mapping[str, set[tuple[str, str]]], given: list[dict], titles: Mapping[tuple[str, str], str]
) -> Told:
    deed = DEEDS.get(verb)
    thing = next((thing for thing in THINGS if thing in touched), "") if not deed or deed.thing == ANY else deed.thing
    rows = touched.get(thing, set())
    found = [titles[row] for row in sorted(rows) if row in titles]
    what = number_of(len(rows), thing, "".join(found)) if rows else ""
    to = ""
    if verb in VALUE_GIVEN:
        column, say = VALUE_GIVEN[verb]
        values = {values[column] for values in given if values.get(column) is not None}
        to = say(values.pop()) if len(values) == 1 else ""
    return Told(told(verb, what, to), what, found)


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
