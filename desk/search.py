"""Search: one statement over people, listings, realtors, tasks and messages, and what was found in words.

The database finds and ranks (``app.search_…``, migration 0005 of each room) and gives ids only; the rows are read under
the policies. Here each hit is put into words, and the place where it was found is marked.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.safestring import SafeString, mark_safe

from common.clock import due_in_words, moment_in_words, office_now, office_zone
from common.searching import Finder, Marked, Marks, as_tsquery, codes_in, segments
from desk.task_page import Button, buttons_for
from listings.search_query import Query
from staff.models import Role, Staff, StaffStatus
from staff.rights import Right, may
from tasks.models import CLOSED, Activity, AgentTask, Status

IN_PALETTE, ON_PAGE = 5, 10
"""Hits of one kind that are shown beside those of others."""
PAGE = 50
COUNT_CAP = 1000
LAST_PAGE = COUNT_CAP // PAGE

GROUPS = {
    "people": "People",
    "listings": "Listings",
    "realtors": "Realtors",
    "tasks": "Tasks",
    "messages": "Slack messages",
}

# ---- the statement ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Source:
    """One table to search: the function that finds, and what is read of the rows.

    ``shown`` are the columns title, second line, other fields, status, progress, due, ended, owner, removed.
    """

    kind: str
    group: str
    call: str
    table: str
    key: str
    shown: str
    joins: str = ""


_NO_TASK = "NULL::timestamptz, NULL::timestamptz, NULL::text"
_TASK_COLUMNS = "t.status, NULL::numeric, t.due_date, t.completed_at, t.assigned_staff_id"

SOURCES = (
    Source(
        "staff", "people", "app.search_staff(%(number)s::tsquery, %(beginning)s, %(cap)s)", "staff", "staff_id",
        f"t.name, t.role, ARRAY[t.email, t.phone, t.slack_user_id], t.status, NULL::numeric, {_NO_TASK}, "
        "t.deleted_at IS NOT NULL",
    ),
    Source(
        "listing", "listings", "app.search_listings(%(words)s::text[]::tsquery[], %(beginning)s, %(cap)s)",
        "listings", "listing_id",
        f"t.address_string, r.name, ARRAY[]::text[], t.status, t.progress, {_NO_TASK}, t.deleted_at IS NOT NULL",
        "LEFT JOIN realtors r ON r.realtor_id = t.realtor_id",
    ),
    Source(
        "realtor", "realtors", "app.search_realtors(%(number)s::tsquery, %(beginning)s, %(cap)s)",
        "realtors", "realtor_id",
        "t.name, t.brokerage, ARRAY[t.email, t.phone, t.license_number, t.slack_user_id, "
        f"array_to_string(t.territories, ', ')], t.status, NULL::numeric, {_NO_TASK}, t.deleted_at IS NOT NULL",
    ),
    Source(
        "activity", "tasks", "app.search_activities(%(words)s::text[]::tsquery[], %(beginning)s, %(cap)s)",
        "activities", "task_id",
        f"t.name, l.address_string, ARRAY[t.description, r.name], {_TASK_COLUMNS}, t.deleted_at IS NOT NULL",
        "LEFT JOIN listings l ON l.listing_id = t.listing_id LEFT JOIN realtors r ON r.realtor_id = l.realtor_id",
    ),
    Source(
        "agent_task", "tasks", "app.search_agent_tasks(%(words)s::text[]::tsquery[], %(beginning)s, %(cap)s)",
        "agent_tasks", "task_id",
        f"t.name, concat_ws(' · ', r.name, r.brokerage), ARRAY[t.description], {_TASK_COLUMNS}, "
        "t.deleted_at IS NOT NULL",
        "LEFT JOIN realtors r ON r.realtor_id = t.realtor_id",
    ),
    Source(
        "message", "messages", "app.search_messages(%(whole)s::tsquery, %(cap)s)", "slack_messages", "message_id",
        "t.message_text, coalesce(r.name, s.name, t.slack_user_id), ARRAY[]::text[], t.processing_status, "
        "NULL::numeric, NULL::timestamptz, t.received_at, NULL::text, false",
        "LEFT JOIN realtors r ON r.slack_user_id = t.slack_user_id "
        "LEFT JOIN staff s ON s.slack_user_id = t.slack_user_id",
    ),
)  # fmt: skip


def _found(source: Source, query: Query) -> str:
    if not query.item_id:
        found = f"{source.call} WITH ORDINALITY AS f (id, rank, position)"
        return f"SELECT '{source.kind}' AS kind, f.* FROM {found}"  # noqa: S608  our own names
    # By id: the policies alone say who sees the row; what is removed is shown to those who may restore it.
    live = "" if source.kind == "message" else " AND (%(is_admin)s OR deleted_at IS NULL)"
    return (
        f"SELECT '{source.kind}' AS kind, {source.key} AS id, 0 AS rank, 1::bigint AS position "  # noqa: S608
        f"FROM {source.table} WHERE {source.key} = %(item_id)s{live}"
    )


def search_statement(groups: Sequence[str], query: Query) -> str:
    """The one statement for these groups. Each group is cut to its page before any row is read."""
    pages, rows = [], []
    for group in groups:
        sources = [source for source in SOURCES if source.group == group]
        found = " UNION ALL ".join(_found(source, query) for source in sources)
        pages.append(
            f"{group}_page AS MATERIALIZED (SELECT found.*, count(*) OVER () AS total FROM ({found}) found "  # noqa: S608
            "ORDER BY rank, position, kind LIMIT %(limit)s OFFSET %(offset)s)"
        )
        rows += [
            f"SELECT p.kind, p.rank, p.position, p.total, p.id, {source.shown} "  # noqa: S608
            f"FROM {group}_page p JOIN {source.table} t ON p.kind = '{source.kind}' AND t.{source.key} = p.id "
            f"{source.joins}"
            for source in sources
        ]
    return f"WITH {', '.join(pages)} {' UNION ALL '.join(rows)}"


# ---- what was found --------------------------------------------------------------------------------------------------

ICONS = {
    "staff": "people", "listing": "home", "realtor": "person", "activity": "home", "agent_task": "person",
    "message": "chat",
}  # fmt: skip
FIELDS = {
    "staff": ("name", "role", "e-mail", "phone", "Slack id"),
    "listing": ("address", "realtor"),
    "realtor": ("name", "brokerage", "e-mail", "phone", "license", "Slack id", "territories"),
    "activity": ("title", "address", "description", "realtor"),
    "agent_task": ("title", "realtor", "description"),
    "message": ("text", "sender"),
}
TASKS: dict[str, type[Activity] | type[AgentTask]] = {"activity": Activity, "agent_task": AgentTask}
NUMBERS = frozenset({"phone", "license"})
AROUND = 60
"""Characters shown on both sides of what was found in a long text."""


@dataclass(slots=True)
class Hit:
    """One thing that was found. Texts are pieces, some of them marked, for the template to escape.

    ``buttons`` are what may be done to a task without opening it.
    """

    kind: str
    id: str
    href: str
    icon: str
    name: str
    title: Marked
    second: Marked
    found_in: str
    found: Marked | None
    words: str
    tone: str
    is_closed: bool
    is_removed: bool
    buttons: list[Button]

    @property
    def is_past(self) -> bool:
        return self.is_closed or self.is_removed

    @property
    def below_html(self) -> SafeString:
        """The second line: what else there is to know, and where the words were found."""
        where = f"found in the {self.found_in}" if self.found_in else ""
        parts = (self.second.html, self.found.html if self.found else "", where)
        return mark_safe(" · ".join(part for part in parts if part))  # noqa: S308  pieces are escaped, the rest is ours


@dataclass(slots=True)
class Group:
    """The hits of one kind, and how many there are: exact up to the cap, and the cap for more."""

    kind: str
    title: str
    hits: list[Hit] = field(default_factory=list)
    total: int = 0

    @property
    def is_capped(self) -> bool:
        return self.total > COUNT_CAP

    @property
    def more(self) -> bool:
        return self.total > len(self.hits)

    @property
    def count_words(self) -> str:
        return f"{COUNT_CAP:,}+" if self.is_capped else f"{self.total:,}"


def groups_for(staff: Staff) -> tuple[str, ...]:
    """The kinds this person may search."""
    return tuple(group for group in GROUPS if group != "messages" or may(staff, Right.VIEW_MESSAGES))


def search(
    query: Query,
    staff: Staff,
    *,
    kind: str = "",
    page: int = 1,
    each: int = IN_PALETTE,
    among: Sequence[str] | None = None,
) -> list[Group]:
    """What this person finds, by kind; kinds with nothing are left out. One statement, none for an empty query.

    Without ``kind`` the first few (``each``) of every kind, or of those in ``among``; with it that kind's page of
    fifty, up to the thousandth.
    """
    groups = tuple(group for group in groups_for(staff) if kind in ("", group) and (among is None or group in among))
    if query.is_empty or not groups:
        return []
    limit = PAGE if kind else each
    page = page if kind else 1
    parameters: dict[str, Any] = {
        "whole": query.whole,
        "number": query.whole_or_number,
        "words": [as_tsquery(word) for word in query.words],
        "beginning": query.beginning,
        "cap": COUNT_CAP + 1,
        "limit": min(limit, COUNT_CAP - limit * (page - 1)),
        "offset": limit * (page - 1),
        "item_id": query.item_id,
        "is_admin": staff.role == Role.ADMIN,
    }
    with connection.cursor() as cursor:
        cursor.execute(search_statement(groups, query), parameters)
        records = sorted(cursor.fetchall(), key=lambda record: record[1:3])
    group_of = {source.kind: source.group for source in SOURCES}
    found = {group: Group(group, GROUPS[group]) for group in groups}
    reader = _Reader(query, staff)
    for record in records:
        group = found[group_of[record[0]]]
        group.total = record[3]
        group.hits.append(reader.hit(record))
    return [group for group in found.values() if group.hits]


class _Reader:
    """Puts records into words and marks where they were found."""

    def __init__(self, query: Query, staff: Staff):
        self.query, self.staff, self.now = query, staff, office_now()
        self._finder = Finder(query.words)
        self._known: dict[tuple[Any, ...], list[Button]] = {}

    def hit(self, record: tuple) -> Hit:
        kind, _rank, _position, _total, item_id, title, second, others, status, progress, due, ended, owner, removed = (
            record
        )
        if kind == "staff":
            second = Role(second).label
        texts = [text or "" for text in (title, second, *others)]
        spans, found_in = self._look(FIELDS[kind], texts)
        is_closed = status in CLOSED or status == "completed"
        words, tone = self._words(kind, status, progress, due, ended, removed)
        outside = next((number for number in found_in if number > 1), None)
        return Hit(
            kind=kind,
            id=item_id,
            href=HREFS[kind].format(item_id),
            icon=ICONS[kind],
            name=texts[0][:80],
            title=segments(texts[0], spans[0], around=AROUND),
            second=segments(texts[1], spans[1], around=AROUND),
            found_in=" and ".join(FIELDS[kind][number] for number in found_in),
            found=segments(texts[outside], spans[outside], around=AROUND) if outside else None,
            words=words,
            tone=tone,
            is_closed=is_closed,
            is_removed=removed,
            buttons=self._buttons(kind, status, owner, removed),
        )

    def _look(self, names: Sequence[str], texts: Sequence[str]) -> tuple[list[list[tuple[int, int]]], list[int]]:
        """Where each field was hit, and the fields, in their order, without which a word would not have been found."""
        spans, found_in = [], []
        missing = set(range(len(self.query.words)))
        for number, (name, text) in enumerate(zip(names, texts, strict=True)):
            marks = self._look_in_number(text) if name in NUMBERS else self._finder.look(text)
            spans.append(marks.spans)
            if marks.met & missing:
                found_in.append(number)
                missing -= marks.met
        return spans, found_in

    def _look_in_number(self, text: str) -> Marks:
        """A number is found by any part of it, however it is written; the whole query may be one number."""
        if places := codes_in(text, self.query.codes):
            return Marks(places, set(range(len(self.query.words))))
        found = {number: codes_in(text, [word[0].lexeme]) for number, word in enumerate(self.query.words)}
        met = {number for number, places in found.items() if places}
        return Marks(sorted(found[number][0] for number in met), met)

    def _words(
        self, kind: str, status: str, progress: Any, due: datetime | None, ended: datetime | None, removed: bool
    ) -> tuple[str, str]:
        """What stands at the right of a hit, and its tone."""
        if removed:
            return "removed", "late"
        if kind == "listing":
            return ("in the Logbook" if status == "completed" else f"{round(progress or 0)} % done"), ""
        if kind in ("staff", "realtor"):
            return ("" if status == StaffStatus.ACTIVE else status), ("late" if status == "suspended" else "")
        ended = ended.astimezone(office_zone()) if ended else None
        if kind == "message":
            return (moment_in_words(ended, self.now) if ended else ""), ""
        if status in CLOSED:
            label = Status(status).label
            return (f"{label} {moment_in_words(ended, self.now)}" if ended else label), ""
        return due_in_words(due.astimezone(office_zone()) if due else None, self.now)

    def _buttons(self, kind: str, status: str, owner: str | None, removed: bool) -> list[Button]:
        """The buttons of the task's own page; worked out once for tasks that stand alike."""
        if kind not in TASKS:
            return []
        whose = "mine" if owner == self.staff.pk else "nobody's" if owner is None else "a colleague's"
        key = (kind, status, whose, removed)
        if key not in self._known:
            task = TASKS[kind](status=status, assigned_staff_id=owner, deleted_at=self.now if removed else None)
            self._known[key] = buttons_for(task, self.staff)
        return self._known[key]


HREFS = {
    "staff": "/staff/#{}",
    "listing": "/listings/{}/",
    "realtor": "/realtors/{}/",
    "activity": "/activities/{}/",
    "agent_task": "/agent-tasks/{}/",
    "message": "/slack/{}/",
}
