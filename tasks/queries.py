"""Questions about tasks: the inbox, my tasks, one task, and the four query patterns of the document.

A page of rows is one statement: each table gives its first rows in index order with a LIMIT of its own, the names are
joined to the few that remain. Joining first and sorting last costs half a second at ten times the load (measured).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet

from common.clock import end_of_week, office_now, start_of_day
from common.queries import history_of
from staff.models import Staff
from staff.rights import Right, may, visible_groups
from tasks.models import Activity, AgentTask, Status
from tasks.rows import Row, row_from_record
from tasks.rules import may_receive, verbs_for

PAGE = 50
EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
COUNT_CAP = 1000

KINDS: dict[str, type[Activity] | type[AgentTask]] = {"activity": Activity, "agent_task": AgentTask}


# ---- what a person may see -------------------------------------------------------------------------------------------


def visible_activities(staff: Staff, *, removed: bool = False) -> QuerySet[Activity]:
    """The activities this person may see; with ``removed`` the removed ones too. The row policies say the same."""
    rows = Activity.all_objects.all() if removed else Activity.objects.all()
    return rows.filter(Q(visibility_group__in=visible_groups(staff)) | Q(assigned_staff=staff))


def visible_agent_tasks(staff: Staff, *, removed: bool = False) -> QuerySet[AgentTask]:
    """The agent tasks this person may see: all for admins and operations, one's own for others."""
    rows = AgentTask.all_objects.all() if removed else AgentTask.objects.all()
    return rows if may(staff, Right.VIEW_AGENT_TASKS) else rows.filter(assigned_staff=staff)


def visible(kind: str, staff: Staff, *, removed: bool = False) -> QuerySet[Any]:
    """Either of the two, by kind, with the rows a page about one task needs."""
    if kind == "activity":
        related = ("listing", "listing__realtor", "assigned_staff")
        return visible_activities(staff, removed=removed).select_related(*related)
    return visible_agent_tasks(staff, removed=removed).select_related("realtor", "assigned_staff")


# ---- pages of rows ---------------------------------------------------------------------------------------------------


class Cursor(NamedTuple):
    """The last row of a page: where the next one begins. As text it travels in the address (``?after=``)."""

    due: datetime | None
    priority: int
    task_id: str

    def __str__(self) -> str:
        due = (self.due - EPOCH) // MICROSECOND if self.due else ""
        return f"{due}_{self.priority}_{self.task_id}"

    @classmethod
    def parse(cls, text: str) -> "Cursor | None":
        """The cursor written in an address, or None for anything else: a bad address shows the first page."""
        try:
            due, priority, task_id = text.split("_")
            moment = EPOCH + int(due) * MICROSECOND if due else None
            return cls(moment, int(priority), task_id) if len(task_id) == 26 and 0 <= int(priority) <= 10 else None
        except (ValueError, OverflowError):
            return None


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


_COLUMNS = {
    "activity": "'activity' AS kind, task_id, name, status, priority, due_date, assigned_staff_id, "
    "task_category AS label, listing_id, NULL::text AS realtor_id, visibility_group, claimed_at, completed_at",
    "agent_task": "'agent_task' AS kind, task_id, name, status, priority, due_date, assigned_staff_id, "
    "task_key AS label, NULL::text AS listing_id, realtor_id, NULL::text AS visibility_group, claimed_at, completed_at",
}
_TABLES = {"activity": "activities", "agent_task": "agent_tasks"}
_ORDER = "due_date, priority DESC, task_id"
_JOINS = """
    LEFT JOIN listings l ON l.listing_id = p.listing_id
    LEFT JOIN realtors r ON r.realtor_id = coalesce(p.realtor_id, l.realtor_id)
    LEFT JOIN staff s ON s.staff_id = p.assigned_staff_id
    LEFT JOIN tasks_snooze z ON z.staff_id = %(me)s AND z.kind = p.kind AND z.item_id = p.task_id
    LEFT JOIN tasks_waiting w ON w.kind = p.kind AND w.item_id = p.task_id AND w.ended_at IS NULL
"""
_SHOWN = """p.kind, p.task_id, p.name, p.status, p.priority, p.due_date, p.assigned_staff_id, p.label,
    p.listing_id, r.realtor_id, l.address_string, r.name, r.brokerage, s.name, s.role, p.claimed_at, p.completed_at,
    z.until, z.woken_at, z.wake_reason, z.snooze_id IS NOT NULL, w.for_what"""

# Keyset bounds in plain columns: coalesce and unary minus are not leakproof and could not be index conditions under a
# row policy. The bound on due_date drives the index, the exact condition filters the rows that share it.
_AFTER_DATED = """due_date >= %(due)s AND (due_date > %(due)s OR priority < %(priority)s
    OR (priority = %(priority)s AND task_id > %(task)s))"""
_AFTER_UNDATED = "due_date IS NULL AND (priority < %(priority)s OR (priority = %(priority)s AND task_id > %(task)s))"


def _branches(kind: str, where: str, after: Cursor | None) -> Iterable[str]:
    if after is None:
        ranges = ["true"]
    elif after.due is None:
        ranges = [_AFTER_UNDATED]
    else:
        ranges = [_AFTER_DATED, "due_date IS NULL"]
    for bounds in ranges:
        yield (
            f"(SELECT {_COLUMNS[kind]} FROM {_TABLES[kind]} WHERE deleted_at IS NULL AND {where} AND {bounds} "  # noqa: S608
            f"ORDER BY {_ORDER} LIMIT %(limit)s)"
        )


def page_statement(where: dict[str, str], after: Cursor | None) -> str:
    """The one statement of a page: ``where`` maps the kinds wanted to their conditions."""
    branches = [branch for kind, condition in where.items() for branch in _branches(kind, condition, after)]
    return (
        f"WITH p AS (SELECT * FROM ({' UNION ALL '.join(branches)}) b ORDER BY {_ORDER} LIMIT %(limit)s) "  # noqa: S608
        f"SELECT {_SHOWN} FROM p {_JOINS} ORDER BY p.due_date, p.priority DESC, p.task_id"
    )


def _page(staff: Staff, where: dict[str, str], after: Cursor | None, verbs: "VerbsOf") -> Page:
    parameters: dict[str, Any] = {"limit": PAGE + 1, "me": staff.pk, "groups": list(visible_groups(staff))}
    if after is not None:
        parameters |= {"due": after.due, "priority": after.priority, "task": after.task_id}
    records = []
    if where:
        with connection.cursor() as cursor:
            cursor.execute(page_statement(where, after), parameters)
            records = cursor.fetchall()
    more, records = len(records) > PAGE, records[:PAGE]
    last = records[-1] if more else None
    now = office_now()
    rows = [row_from_record(record, now, verbs(record)) for record in records]
    following = Cursor(last[5], last[4], last[1]) if last else None
    return Page(in_sections(rows, now), following, len(rows))


def in_sections(rows: Iterable[Row], now: datetime) -> list[Section]:
    """Rows in due order, parted into Overdue, Today, This week, Later and No date."""
    title_of = _titles(now)
    sections: list[Section] = []
    for row in rows:
        title = title_of(row.due)
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
            return "Overdue"
        if due <= tomorrow:
            return "Today"
        return "This week" if due <= sunday else "Later"

    return title


IN_MY_GROUPS = "visibility_group = ANY (%(groups)s)"
UNCLAIMED = "status = 'OPEN' AND assigned_staff_id IS NULL"
MINE = "assigned_staff_id = %(me)s AND status IN ('CLAIMED', 'IN_PROGRESS')"


# What this person has put off, and what waits on its realtor. As arrays they are read once and leave the index order
# alone; as joins they would tempt the planner to sort the whole table before the LIMIT.
SNOOZED = """ARRAY(SELECT z.item_id FROM tasks_snooze z
    WHERE z.staff_id = %(me)s AND z.kind = '{kind}' AND z.woken_at IS NULL)"""
WAITING = "(SELECT app.waiting_items('{kind}'))::text[]"
AWAKE = f"task_id <> ALL ({SNOOZED}) AND task_id <> ALL ({WAITING})"
FOLDS = {"": AWAKE, "snoozed": f"task_id = ANY ({SNOOZED})", "waiting": f"task_id = ANY ({WAITING})"}


class VerbsOf:
    """Which verbs a list offers on its rows: worked out once per status, not once per row."""

    def __init__(self, staff: Staff):
        self._staff = staff
        self._known: dict[tuple, tuple[str, ...]] = {}

    def __call__(self, record: tuple) -> tuple[str, ...]:
        key = (record[0], record[3], record[6])
        if key not in self._known:
            task = KINDS[record[0]](status=record[3], assigned_staff_id=record[6])
            self._known[key] = verbs_for(self._staff, task)
        return self._known[key]


def inbox_where(staff: Staff, tab: str = "") -> dict[str, str]:
    """The conditions of the inbox: work nobody has, of the kinds this person may see and the tab wants.

    Tabs: "" everything, ``listing``, ``realtor``; ``snoozed`` what I have put off, ``waiting`` what the realtor owes.
    """
    where = {}
    if tab != "realtor":
        where["activity"] = f"{UNCLAIMED} AND {IN_MY_GROUPS}"
    if tab != "listing" and may(staff, Right.VIEW_AGENT_TASKS):
        where["agent_task"] = UNCLAIMED
    return _folded(where, tab)


def _folded(where: dict[str, str], fold: str) -> dict[str, str]:
    condition = FOLDS.get(fold, AWAKE)
    return {kind: f"{base} AND {condition.format(kind=kind)}" for kind, base in where.items()}


def for_inbox(staff: Staff, *, tab: str = "", after: Cursor | None = None) -> Page:
    """One page of what nobody has taken yet, by due date, then priority, then age; one statement."""
    return _page(staff, inbox_where(staff, tab), after, VerbsOf(staff))


def for_my_tasks(staff: Staff, *, fold: str = "", after: Cursor | None = None) -> Page:
    """One page of what I have claimed or been given and is not closed yet, in the same order; one statement.

    ``fold`` is "" for what can be worked on now, ``snoozed`` or ``waiting`` for what cannot.
    """
    return _page(staff, my_where(fold), after, VerbsOf(staff))


def my_where(fold: str = "") -> dict[str, str]:
    return _folded({"activity": MINE, "agent_task": MINE}, fold)


def records(
    where: dict[str, str],
    staff: Staff,
    *,
    limit: int,
    order: str = _ORDER,
    groups: list[str] | None = None,
    for_each: list[str] | None = None,
) -> list[tuple]:
    """The first tasks of some other order or of each of several people, as ``row_from_record`` takes them.

    ``where`` maps kinds to conditions; with ``for_each`` (ids of staff) they speak of ``who.staff_id``, and ``limit``
    counts for each person. One statement.
    """
    if not where:
        return []
    branches = " UNION ALL ".join(
        f"(SELECT {_COLUMNS[kind]}, created_at FROM {_TABLES[kind]} WHERE deleted_at IS NULL AND {condition} "  # noqa: S608
        f"ORDER BY {order} LIMIT %(limit)s)"
        for kind, condition in where.items()
    )
    first = f"(SELECT * FROM ({branches}) b ORDER BY {order} LIMIT %(limit)s)"  # noqa: S608
    if for_each is not None:
        first = f"(SELECT found.* FROM unnest(%(people)s::text[]) AS who (staff_id) CROSS JOIN LATERAL {first} found)"  # noqa: S608
    parameters: dict[str, Any] = {
        "limit": limit,
        "me": staff.pk,
        "people": for_each,
        "groups": groups or list(visible_groups(staff)),
    }
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_SHOWN} FROM {first} p {_JOINS} ORDER BY {_qualified(order)}", parameters)  # noqa: S608
        return cursor.fetchall()


def _qualified(order: str) -> str:
    return ", ".join(f"p.{column}" for column in order.split(", "))


class Counts(NamedTuple):
    """Numbers beside tabs and places; each is exact up to ``COUNT_CAP`` and stands for more above it."""

    listing: int
    realtor: int
    my: int
    snoozed: int
    waiting: int

    @property
    def inbox(self) -> int:
        return self.listing + self.realtor


def capped(number: int) -> str:
    """``12``, ``1,000+``."""
    return f"{COUNT_CAP:,}+" if number > COUNT_CAP else f"{number:,}"


def counts(staff: Staff) -> Counts:
    """How much stands in the inbox's tabs and with me, each capped; one statement."""
    where = inbox_where(staff)
    folds = (my_where(), inbox_where(staff, "snoozed"), inbox_where(staff, "waiting"))
    numbers = [
        *(_capped_count(kind, where.get(kind, "false")) for kind in KINDS),
        *(" + ".join(_capped_count(kind, condition) for kind, condition in fold.items()) for fold in folds),
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(numbers)}",
            {"cap": COUNT_CAP + 1, "me": staff.pk, "groups": list(visible_groups(staff))},
        )
        return Counts(*cursor.fetchone())


def _capped_count(kind: str, where: str) -> str:
    return (
        f"(SELECT count(*) FROM (SELECT FROM {_TABLES[kind]} WHERE deleted_at IS NULL AND {where} "  # noqa: S608
        "LIMIT %(cap)s) counted)"
    )


def row_of(kind: str, task_id: str, staff: Staff) -> Row | None:
    """One task as a list shows it, or None if this person may not see it; one statement."""
    statement = (
        f"WITH p AS (SELECT {_COLUMNS[kind]} FROM {_TABLES[kind]} WHERE deleted_at IS NULL AND task_id = %(task)s) "  # noqa: S608
        f"SELECT {_SHOWN} FROM p {_JOINS}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, {"task": task_id, "me": staff.pk})
        record = cursor.fetchone()
    return row_from_record(record, office_now(), VerbsOf(staff)(record)) if record else None


# ---- the document's query patterns -----------------------------------------------------------------------------------


def activities_of_staff(staff: Staff) -> QuerySet[Activity]:
    """Document, "Get all tasks for a staff member": the listing tasks."""
    return Activity.objects.filter(assigned_staff=staff).order_by("due_date")


def agent_tasks_of_staff(staff: Staff) -> QuerySet[AgentTask]:
    """Document, "Get all tasks for a staff member": the stray tasks."""
    return AgentTask.objects.filter(assigned_staff=staff).order_by("due_date")


def activities_of_realtor(realtor_id: str) -> QuerySet[Activity]:
    """Document, "Get all tasks for a realtor": tasks of the realtor's listings.

    The live listings are named so that ``idx_listings_realtor`` can serve; a removed one has no live activities.
    """
    return (
        Activity.objects.filter(listing__realtor=realtor_id, listing__deleted_at=None)
        .select_related("listing", "assigned_staff")
        .order_by("-priority", "due_date")
    )


def agent_tasks_of_realtor(realtor_id: str) -> QuerySet[AgentTask]:
    """Document, "Get all tasks for a realtor": the stray tasks."""
    return (
        AgentTask.objects.filter(realtor=realtor_id).select_related("assigned_staff").order_by("-priority", "due_date")
    )


def activities_of_listing(listing_id: str) -> QuerySet[Activity]:
    """Document, "Get all tasks for a listing"."""
    return Activity.objects.filter(listing=listing_id).select_related("assigned_staff").order_by("status", "-priority")


class HiddenCount(NamedTuple):
    """Work of a listing that the reader may not see, as numbers."""

    group: str
    open: int
    closed: int


def hidden_counts(listing_id: str, staff: Staff) -> list[HiddenCount]:
    """What of this listing the reader cannot see, by group; activities assigned to the reader are seen anyway."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT visibility_group, open, closed FROM app.listing_counts(%s)", [listing_id])
        totals = {group: (opened, closed) for group, opened, closed in cursor.fetchall()}
    seen = Activity.objects.filter(listing=listing_id, assigned_staff=staff).values_list("visibility_group", "status")
    hidden = []
    for group, (opened, closed) in totals.items():
        if group in visible_groups(staff):
            continue
        mine = [status for of, status in seen if of == group]
        mine_closed = sum(status in (Status.DONE, Status.FAILED, Status.CANCELLED) for status in mine)
        left = HiddenCount(group, opened - (len(mine) - mine_closed), closed - mine_closed)
        if left.open or left.closed:
            hidden.append(left)
    return hidden


class Receiver(NamedTuple):
    """Somebody a task may be given to, with how many open tasks that person has, as far as the asker sees them."""

    person: Staff
    load: int


def receivers(task: Activity | AgentTask) -> list[Receiver]:
    """Active people to whom this task may be given, teams together, then by name; two statements."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT assigned_staff_id, count(*) FROM (
                   SELECT assigned_staff_id FROM activities
                   WHERE deleted_at IS NULL AND status IN ('CLAIMED', 'IN_PROGRESS') AND assigned_staff_id IS NOT NULL
                   UNION ALL
                   SELECT assigned_staff_id FROM agent_tasks
                   WHERE deleted_at IS NULL AND status IN ('CLAIMED', 'IN_PROGRESS') AND assigned_staff_id IS NOT NULL
               ) held GROUP BY 1"""
        )
        load = dict(cursor.fetchall())
    people = Staff.objects.filter(status="active")
    fitting = [Receiver(person, load.get(person.pk, 0)) for person in people if may_receive(person, task)]
    return sorted(fitting, key=lambda receiver: (receiver.person.role, receiver.person.name.lower()))


def last_editor(task: Activity | AgentTask) -> str | None:
    """The name of the person who changed this task last."""
    entries = history_of(task._meta.db_table, task.pk, limit=1)
    person = Staff.all_objects.filter(pk=entries[0].actor_id).first() if entries else None
    return person.name if person else None


def keys(where: dict[str, str], staff: Staff, *, limit: int) -> list[tuple[str, str]]:
    """Kind and id of the tasks a list holds, in its order; one statement."""
    if not where:
        return []
    branches = [
        f"(SELECT '{kind}' AS kind, {_ORDER.replace(' DESC', '')} FROM {_TABLES[kind]} "  # noqa: S608
        f"WHERE deleted_at IS NULL AND {condition} ORDER BY {_ORDER} LIMIT %(limit)s)"
        for kind, condition in where.items()
    ]
    statement = f"SELECT kind, task_id FROM ({' UNION ALL '.join(branches)}) b ORDER BY {_ORDER} LIMIT %(limit)s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, {"limit": limit, "me": staff.pk, "groups": list(visible_groups(staff))})
        return cursor.fetchall()


def candidates(task: Activity | AgentTask, words: str, staff: Staff, *, limit: int = 8) -> list[Row]:
    """Tasks this one may be a duplicate of, newest first: by words, else those of the same listing or realtor."""
    found: list[tuple[str, str]] = []
    for kind in KINDS:
        rows = visible(kind, staff).exclude(pk=task.pk)
        if words.strip():
            place = "listing__address_string" if kind == "activity" else "realtor__name"
            for word in words.split()[:6]:
                rows = rows.filter(Q(name__icontains=word) | Q(**{f"{place}__icontains": word}))
        elif isinstance(task, Activity):
            rows = rows.filter(listing=task.listing_id) if kind == "activity" else rows.none()
        else:
            rows = rows.filter(realtor=task.realtor_id) if kind == "agent_task" else rows.none()
        found += [(kind, pk) for pk in rows.order_by("-created_at").values_list("pk", flat=True)[:limit]]
    return [row for kind, pk in found[:limit] if (row := row_of(kind, pk, staff)) is not None]
