"""How a list of tasks is read: which tasks it holds, in which order, page by page.

A page of rows is one statement: each table gives its first rows in index order with a LIMIT of its own, the names are
joined to the few that remain. Joining first and sorting last costs half a second at ten times the load (measured).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection

from common.clock import age_in_words, end_of_week, office_now, start_of_day
from staff.models import Staff
from staff.rights import visible_groups
from tasks.due_question import KEY as DUE_QUESTION
from tasks.models import NEW_MESSAGE, Activity, AgentTask
from tasks.rows import Row, row_from_record
from tasks.signals import rows_read

PAGE = 50
EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
COUNT_CAP = 1000
OVERDUE, EARLIER = "Overdue", "Earlier"

KINDS: dict[str, type[Activity] | type[AgentTask]] = {"activity": Activity, "agent_task": AgentTask}
TABLES = {"activity": "activities", "agent_task": "agent_tasks"}


@dataclass(frozen=True)
class Selection:
    """Which tasks a list holds: for each kind it shows a condition in SQL, and the values the conditions speak of.

    Conditions are written by us, values come from people; the two never mix.
    """

    where: dict[str, str]
    values: dict[str, Any] = field(default_factory=dict)

    def narrowed(self, conditions: dict[str, list[str]], values: dict[str, Any]) -> "Selection":
        """The tasks that meet further conditions; a kind that ``conditions`` does not name is left out."""
        where = {
            kind: " AND ".join([condition, *conditions[kind]])
            for kind, condition in self.where.items()
            if kind in conditions
        }
        return Selection(where, self.values | values)


# ---- orders and where a page begins ----------------------------------------------------------------------------------


class Cursor(NamedTuple):
    """The last row of a page: where the next one begins. As text it travels in the address (``?after=``).

    ``moment`` is the due date, or in the orders by age the time the task was made.
    """

    moment: datetime | None
    priority: int
    task_id: str

    def __str__(self) -> str:
        moment = (self.moment - EPOCH) // MICROSECOND if self.moment else ""
        return f"{moment}_{self.priority}_{self.task_id}"

    @classmethod
    def parse(cls, text: str) -> "Cursor | None":
        """The cursor written in an address, or None for anything else: a bad address shows the first page."""
        try:
            written, priority, task_id = text.split("_")
            moment = EPOCH + int(written) * MICROSECOND if written else None
            is_place = len(task_id) == 26 and task_id.isalnum() and 0 <= int(priority) <= 10
            return cls(moment, int(priority), task_id) if is_place else None
        except (ValueError, OverflowError):
            return None


class Order(NamedTuple):
    """An order of a list: its columns, and the bounds of what comes after a cursor.

    Bounds are in plain columns: coalesce and unary minus are not leakproof and could not be index conditions under a
    row policy. The bound on the first column drives the index, the exact condition filters the rows that share it.
    ``also`` is the column a cursor needs beside what a row shows.
    """

    columns: str
    after: tuple[str, ...]
    after_undated: tuple[str, ...] = ()
    also: str = ""


ORDERS = {
    "due": Order(
        "due_date, priority DESC, task_id",
        (
            """due_date >= %(moment)s AND (due_date > %(moment)s OR priority < %(priority)s
                OR (priority = %(priority)s AND task_id > %(task)s))""",
            "due_date IS NULL",
        ),
        ("due_date IS NULL AND (priority < %(priority)s OR (priority = %(priority)s AND task_id > %(task)s))",),
    ),
    "oldest": Order(
        "created_at, task_id",
        ("created_at >= %(moment)s AND (created_at > %(moment)s OR task_id > %(task)s)",),
        also=", p.created_at",
    ),
    "newest": Order(
        "created_at DESC, task_id DESC",
        ("created_at <= %(moment)s AND (created_at < %(moment)s OR task_id < %(task)s)",),
        also=", p.created_at",
    ),
}
DUE = ORDERS["due"]


# ---- the statement ---------------------------------------------------------------------------------------------------

ASKS_DUE = f"due_date IS NULL AND inputs ? '{DUE_QUESTION}' AS asks_due"
_COLUMNS = {
    "activity": "'activity' AS kind, task_id, name, status, priority, due_date, assigned_staff_id, "
    f"task_category AS label, listing_id, NULL::text AS realtor_id, created_at, {ASKS_DUE}",
    "agent_task": "'agent_task' AS kind, task_id, name, status, priority, due_date, assigned_staff_id, "
    f"task_key AS label, NULL::text AS listing_id, realtor_id, created_at, {ASKS_DUE}",
}
_JOINS = """
    LEFT JOIN listings l ON l.listing_id = p.listing_id
    LEFT JOIN realtors r ON r.realtor_id = coalesce(p.realtor_id, l.realtor_id)
    LEFT JOIN staff s ON s.staff_id = p.assigned_staff_id
    LEFT JOIN tasks_snooze z ON z.staff_id = %(me)s AND z.kind = p.kind AND z.item_id = p.task_id
    LEFT JOIN LATERAL (SELECT w.for_what, w.since, w.ended_at, w.end_reason FROM tasks_waiting w
        WHERE w.kind = p.kind AND w.item_id = p.task_id ORDER BY w.since DESC LIMIT 1) w ON true
"""
_SHOWN = f"""p.kind, p.task_id, p.name, p.status, p.priority, p.due_date, p.assigned_staff_id, p.label,
    l.address_string, r.name, r.brokerage, s.name, s.role, z.until, z.woken_at, z.wake_reason,
    z.snooze_id IS NOT NULL, CASE WHEN w.ended_at IS NULL THEN w.for_what END,
    w.since, CASE WHEN w.end_reason = '{NEW_MESSAGE}' THEN w.ended_at END, p.asks_due"""


def _first(kind: str, condition: str, order: str) -> str:
    return (
        f"(SELECT {_COLUMNS[kind]} FROM {TABLES[kind]} WHERE deleted_at IS NULL AND {condition} "  # noqa: S608
        f"ORDER BY {order} LIMIT %(limit)s)"
    )


def _together(branches: Iterable[str], order: str) -> str:
    return f"(SELECT * FROM ({' UNION ALL '.join(branches)}) b ORDER BY {order} LIMIT %(limit)s)"  # noqa: S608


def page_statement(where: dict[str, str], after: Cursor | None, order: Order = DUE) -> str:
    """The one statement of a page: ``where`` maps the kinds wanted to their conditions."""
    if after is None:
        bounds: tuple[str, ...] = ("true",)
    else:
        bounds = order.after_undated if after.moment is None else order.after
    branches = [
        _first(kind, f"{condition} AND {bound}", order.columns) for kind, condition in where.items() for bound in bounds
    ]
    return (
        f"WITH p AS {_together(branches, order.columns)} "  # noqa: S608
        f"SELECT {_SHOWN}{order.also} FROM p {_JOINS} ORDER BY {_qualified(order.columns)}"
    )


def _qualified(columns: str) -> str:
    return ", ".join(f"p.{column}" for column in columns.split(", "))


def _values(selection: Selection, staff: Staff, **more: Any) -> dict[str, Any]:
    return {"me": staff.pk, "groups": list(visible_groups(staff))} | selection.values | more


def _fetch(statement: str, values: dict[str, Any]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


# ---- pages -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Section:
    title: str
    rows: list[Row]


@dataclass(frozen=True)
class Page:
    """Rows of one page in sections by due date, and the cursor of the next page (None at the end)."""

    sections: list[Section]
    next: Cursor | None
    number: int

    @property
    def rows(self) -> list[Row]:
        return [row for section in self.sections for row in section.rows]


def page_of(
    selection: Selection, staff: Staff, *, after: Cursor | None = None, order: str = "due", size: int = PAGE
) -> Page:
    """One page of a list; one statement. In the orders by age it is a single section."""
    if not selection.where or (after is not None and after.moment is None and order != "due"):
        return Page([], None, 0)
    values = _values(selection, staff, limit=size + 1)
    if after is not None:
        values |= {"moment": after.moment, "priority": after.priority, "task": after.task_id}
    records = _fetch(page_statement(selection.where, after, ORDERS[order]), values)
    more, records = len(records) > size, records[:size]
    now = office_now()
    rows = _rows(records, now)
    if order != "due":
        for row, record in zip(rows, records, strict=True):
            row.age = f"here {age_in_words(record[-1], now)}"
    following = None
    if more:
        last = records[-1]
        following = Cursor(last[5] if order == "due" else last[-1], last[4], last[1])
    title = {"oldest": "Oldest first", "newest": "Newest first"}.get(order)
    sections = [Section(title, rows)] if title and rows else in_sections(rows, now)
    return Page(sections, following, len(rows))


def _rows(records: list[tuple], now: datetime) -> list[Row]:
    rows = [row_from_record(record, now) for record in records]
    if rows:
        rows_read.send(Row, rows=rows)
    return rows


def in_sections(rows: Iterable[Row], now: datetime) -> list[Section]:
    """Rows in due order, parted into Overdue, Today, This week, Later and No date.

    What waits on its realtor is not overdue while its clock stands: it was due ``EARLIER``.
    """
    title_of = _titles(now)
    sections: list[Section] = []
    for row in rows:
        title = title_of(row.due)
        if title == OVERDUE and "waiting" in row.folds:
            title = EARLIER
        if not sections or sections[-1].title != title:
            sections.append(Section(title, []))
        sections[-1].rows.append(row)
    return sections


def section_of(due: datetime | None, now: datetime) -> str:
    """The title under which a task due then stands; ``now`` in office time."""
    return _titles(now)(due)


def _titles(now: datetime) -> Callable[[datetime | None], str]:
    """Where a due date stands: the bounds are worked out once for a whole page."""
    tomorrow = start_of_day(now.date()).replace(hour=23, minute=59, second=59)
    sunday = start_of_day(end_of_week(now.date())).replace(hour=23, minute=59, second=59)

    def title(due: datetime | None) -> str:
        if due is None:
            return "No date"
        if due < now:
            return OVERDUE
        if due <= tomorrow:
            return "Today"
        return "This week" if due <= sunday else "Later"

    return title


def row_of(kind: str, task_id: str, staff: Staff) -> Row | None:
    """One task as a list shows it, or None if this person may not see it; one statement."""
    statement = (
        f"WITH p AS (SELECT {_COLUMNS[kind]} FROM {TABLES[kind]} WHERE deleted_at IS NULL AND task_id = %(task)s) "  # noqa: S608
        f"SELECT {_SHOWN} FROM p {_JOINS}"
    )
    rows = _rows(_fetch(statement, {"task": task_id, "me": staff.pk}), office_now())
    return rows[0] if rows else None


# ---- numbers and keys ------------------------------------------------------------------------------------------------


def capped(number: int) -> str:
    """``12``, ``1,000+``."""
    return f"{COUNT_CAP:,}+" if number > COUNT_CAP else f"{number:,}"


def counts_of(selections: Iterable[Selection], staff: Staff, *also: str) -> list[Any]:
    """How many tasks each selection holds, each capped at ``COUNT_CAP`` + 1; one statement.

    Selections that are counted together must not give one name two values. ``also`` are further values in SQL.
    """
    values = _values(Selection({}), staff, cap=COUNT_CAP + 1)
    numbers = []
    for selection in selections:
        values |= selection.values
        counted = [
            f"(SELECT count(*) FROM (SELECT FROM {TABLES[kind]} WHERE deleted_at IS NULL AND {condition} "  # noqa: S608
            "LIMIT %(cap)s) counted)"
            for kind, condition in selection.where.items()
        ]
        numbers.append(" + ".join(counted) or "0")
    return list(_fetch(f"SELECT {', '.join([*numbers, *also])}", values)[0])


def keys_of(selection: Selection, staff: Staff, *, limit: int) -> list[tuple[str, str]]:
    """Kind and id of the tasks a list holds, in due order; one statement."""
    if not selection.where:
        return []
    branches = [_first(kind, condition, DUE.columns) for kind, condition in selection.where.items()]
    statement = f"SELECT kind, task_id FROM {_together(branches, DUE.columns)} p ORDER BY {DUE.columns}"  # noqa: S608
    return _fetch(statement, _values(selection, staff, limit=limit))
