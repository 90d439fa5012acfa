"""Questions about tasks: the inbox, my tasks, one task, and the four query patterns of the document."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Model, Q, QuerySet
from django.db.models.expressions import RawSQL

from common.clock import office_now, start_of_day
from common.columns import Columns, models_in
from common.searching import as_tsquery
from listings.models import Listing
from listings.search_query import Query
from realtors.models import Realtor
from staff.models import Role, Staff
from staff.rights import Right, may, visible_groups
from tasks.lists import COUNT_CAP, KINDS, TABLES, Cursor, Page, Selection, counts_of, page_of, row_of
from tasks.models import CLOSED, Activity, AgentTask, TaskLink, VisibilityGroup, Waiting
from tasks.rows import Row
from tasks.rules import may_receive

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


def named_tasks(items: Collection[tuple[str, str]], staff: Staff) -> list[Any]:
    """Those of the tasks, named by kind and id, that this person may see, by kind and key."""
    tasks: list[Any] = []
    for kind in KINDS:
        if ids := [task_id for of, task_id in items if of == kind]:
            tasks += visible(kind, staff).filter(pk__in=ids).order_by("pk")
    return tasks


def merged_into(task: Activity | AgentTask) -> list[tuple[str, str]]:
    """Kind and id of the tasks that were closed as duplicates of this one, or of one of those."""
    found, seek = [], [(task.kind, task.pk)]
    while seek:
        kind, pk = seek.pop()
        links = TaskLink.objects.filter(to_kind=kind, to_id=pk, relation=TaskLink.Relation.DUPLICATE_OF)
        new = [pair for pair in links.values_list("from_kind", "from_id") if pair not in found]
        found += new
        seek += new
    return found


class Stopped(NamedTuple):
    """What the realtor owes to a task, and since when its clock stands."""

    for_what: str
    since: datetime


def waits_of(tasks: Collection[Any]) -> dict[str, Stopped]:
    """Those of the tasks whose clock stands, by id; one statement."""
    found = Waiting.objects.filter(ended_at=None, item_id__in=[task.pk for task in tasks])
    return {pk: Stopped(*stopped) for pk, *stopped in found.values_list("item_id", "for_what", "since")}


def all_wait(items: Collection[tuple[str, str]]) -> bool:
    """Whether each of these tasks, named by kind and id, waits on its realtor already; one statement."""
    ids = [task_id for _, task_id in items]
    return {*items} <= {*Waiting.objects.filter(ended_at=None, item_id__in=ids).values_list("kind", "item_id")}


# The same in statements written out, where ``t`` is the task.
_SEEN = {
    "activity": "(t.visibility_group = ANY (%(groups)s) OR t.assigned_staff_id = %(me)s)",
    "agent_task": "(%(all)s OR t.assigned_staff_id = %(me)s)",
}


def sight_of(staff: Staff) -> dict[str, Any]:
    """The values of which the conditions above, and what is made of them, speak."""
    groups, every = list(visible_groups(staff)), may(staff, Right.VIEW_AGENT_TASKS)
    return {"me": staff.pk, "groups": groups, "all": every}


_REALTOR, _HOLDER = Columns(Realtor, "r", without=["metadata"]), Columns(Staff, "s", without=["metadata"])
_PARTS = {
    "activity": (Columns(Activity, "t"), _HOLDER, _REALTOR, Columns(Listing, "l")),
    "agent_task": (Columns(AgentTask, "t"), _HOLDER, _REALTOR),
}
_ONE = {
    "activity": f"""
        SELECT {", ".join(map(str, _PARTS["activity"]))}, {{beside}}
        FROM activities t JOIN listings l ON l.listing_id = t.listing_id
            LEFT JOIN realtors r ON r.realtor_id = l.realtor_id
            LEFT JOIN staff s ON s.staff_id = t.assigned_staff_id
        WHERE t.task_id = %(task)s AND {_SEEN["activity"]}
    """,  # noqa: S608 - our own column names
    "agent_task": f"""
        SELECT {", ".join(map(str, _PARTS["agent_task"]))}, {{beside}}
        FROM agent_tasks t JOIN realtors r ON r.realtor_id = t.realtor_id
            LEFT JOIN staff s ON s.staff_id = t.assigned_staff_id
        WHERE t.task_id = %(task)s AND {_SEEN["agent_task"]}
    """,  # noqa: S608
}


def task_of(kind: str, task_id: str, staff: Staff, *, removed: bool = False) -> Any:
    """One task this person may see, with its listing, realtor and holder; with ``removed`` a removed one too.

    Written out, as every verb and every page of a task asks it: by way of the ORM it costs four times as much.
    """
    found = task_with(kind, task_id, staff, "NULL", removed=removed)
    return found[0] if found else None


def task_with(kind: str, task_id: str, staff: Staff, beside: str, *, removed: bool = False) -> tuple[Any, Any] | None:
    """The same, and beside it the value of an SQL expression about the row ``t``, which a room above may want."""
    values = sight_of(staff) | {"kind": kind, "task": task_id}
    with connection.cursor() as cursor:
        cursor.execute(_ONE[kind].format(beside=beside), values)
        record = cursor.fetchone()
    if record is None:
        return None
    task, holder, realtor, *listing = models_in(record, *_PARTS[kind])
    if task.deleted_at is not None and not removed:
        return None
    _join(task, "assigned_staff", holder)
    if listing:
        _join(task, "listing", listing[0])
    _join(listing[0] if listing else task, "realtor", realtor)
    return task, record[-1]


LINKED = """(
    SELECT jsonb_agg(jsonb_build_array(k.relation, k.from_id = t.task_id, other.kind, other.id, found.name)
                     ORDER BY k.link_id)
    FROM task_links k
        CROSS JOIN LATERAL (SELECT
            CASE WHEN k.from_id = t.task_id THEN k.to_kind ELSE k.from_kind END AS kind,
            CASE WHEN k.from_id = t.task_id THEN k.to_id ELSE k.from_id END AS id) other
        CROSS JOIN LATERAL (
            SELECT a.name FROM activities a WHERE other.kind = 'activity' AND a.task_id = other.id
            UNION ALL SELECT g.name FROM agent_tasks g WHERE other.kind = 'agent_task' AND g.task_id = other.id
            UNION ALL SELECT l.address_string FROM listings l WHERE other.kind = 'listing' AND l.listing_id = other.id
        ) found
    WHERE (k.from_kind = %(kind)s AND k.from_id = t.task_id) OR (k.to_kind = %(kind)s AND k.to_id = t.task_id))"""
"""For ``task_with``: what the task is tied to, as (relation, whether the line begins at the task, kind, id, name);
what the reader may not see the policies leave out."""

_OF_LINE = (
    "task_id",
    "name",
    "status",
    "task_category",
    "task_key",
    "visibility_group",
    "due_date",
    "assigned_staff_id",
)
_AS_LINES = {
    kind: (Columns(model, "t", only=_OF_LINE), Columns(Staff, "s", only=["staff_id", "name", "role"]))
    for kind, model in KINDS.items()
}
_CLOSED = "t.status IN ('DONE', 'FAILED', 'CANCELLED')"
_MANY = {
    kind: f"""
        SELECT {", ".join(map(str, parts))}, w.for_what, w.since,
            count(*) OVER (), count(*) FILTER (WHERE {_CLOSED}) OVER ()
        FROM {TABLES[kind]} t LEFT JOIN staff s ON s.staff_id = t.assigned_staff_id
            LEFT JOIN tasks_waiting w ON w.kind = '{kind}' AND w.item_id = t.task_id AND w.ended_at IS NULL
        WHERE t.deleted_at IS NULL AND {_SEEN[kind]} AND t.task_id <> %(but)s AND {{condition}}
        ORDER BY {_CLOSED}, t.due_date, t.task_id LIMIT %(limit)s
    """  # noqa: S608 - our own column names
    for kind, parts in _AS_LINES.items()
}
NEXT_DUE = f"""LATERAL (
    SELECT t.name, t.due_date, t.assigned_staff_id FROM activities t
    WHERE t.listing_id = l.listing_id AND t.deleted_at IS NULL AND t.status IN ('OPEN', 'CLAIMED', 'IN_PROGRESS')
        AND t.due_date IS NOT NULL AND {_SEEN["activity"]}
    ORDER BY t.due_date, t.task_id LIMIT 1)"""  # noqa: S608 - our own condition
"""For a statement about listings ``l``: the open activity of each that is due next, of those that ``sight_of`` a person
takes in."""

ON_LISTING = "t.listing_id = %(of)s"
BESIDE_LISTING = f"""((NOT {_CLOSED} AND t.realtor_id = (SELECT realtor_id FROM listings WHERE listing_id = %(of)s))
    OR t.task_id = ANY (ARRAY(SELECT k.from_id FROM task_links k
        WHERE k.to_kind = 'listing' AND k.to_id = %(of)s AND k.relation = 'belongs_to')))"""  # noqa: S608
"""Agent tasks beside a listing: those tied to it, and what else is open for its realtor."""
OPEN_FOR_REALTOR = f"t.realtor_id = %(of)s AND NOT {_CLOSED}"


class Found(NamedTuple):
    """Tasks with who has each, open ones by due date before closed ones; and how many there are beyond any limit.

    ``waits`` holds what the realtor owes to those whose clock stands, and since when.
    """

    tasks: list[Any]
    number: int
    closed: int
    waits: dict[str, Stopped]


def tasks_with_holders(
    kind: str, condition: str, of: str, staff: Staff, *, but: str = "", limit: int | None = None
) -> Found:
    """The live tasks this person may see of one listing (``ON_LISTING``), beside it (``BESIDE_LISTING``), or of a
    realtor (``OPEN_FOR_REALTOR``).

    They hold what a line shows and no more.
    """
    values = sight_of(staff) | {"of": of, "but": but, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(_MANY[kind].format(condition=condition), values)
        records = cursor.fetchall()
    tasks, holders, waits = [], {}, {}
    of_task, of_holder = _AS_LINES[kind]
    for record in records:
        task = of_task.make(record[: len(of_task)])
        has = task.assigned_staff_id
        if has not in holders:
            holders[has] = of_holder.make(record[len(of_task) : len(of_task) + len(of_holder)])
        _join(task, "assigned_staff", holders[has])
        tasks.append(task)
        if record[-4]:
            waits[task.pk] = Stopped(*record[-4:-2])
    number, closed = records[0][-2:] if records else (0, 0)
    return Found(tasks, number, closed, waits)


def _join(to: Model, name: str, found: Model | None) -> None:
    """Fill in a related object that came with the same statement."""
    to._meta.get_field(name).set_cached_value(to, found)  # type: ignore[union-attr]


IN_MY_GROUPS = "visibility_group = ANY (%(groups)s)"
UNCLAIMED = "status = 'OPEN' AND assigned_staff_id IS NULL"
DONE_SINCE = "assigned_staff_id = %(me)s AND status = 'DONE' AND completed_at >= %(since)s"
MINE = "assigned_staff_id = %(me)s AND status IN ('CLAIMED', 'IN_PROGRESS')"


# What this person has put off, and what waits on its realtor. As arrays they are read once and leave the index order
# alone; as joins they would tempt the planner to sort the whole table before the LIMIT.
SNOOZED = """ARRAY(SELECT z.item_id FROM tasks_snooze z
    WHERE z.staff_id = %(me)s AND z.kind = '{kind}' AND z.woken_at IS NULL)"""
WAITING = "(SELECT app.waiting_items('{kind}'))::text[]"
AWAKE = f"task_id <> ALL ({SNOOZED}) AND task_id <> ALL ({WAITING})"
FOLDS = {"": AWAKE, "snoozed": f"task_id = ANY ({SNOOZED})", "waiting": f"task_id = ANY ({WAITING})"}


def inbox_selection(staff: Staff, tab: str = "") -> Selection:
    """What the inbox holds: work nobody has, of the kinds this person may see and the tab wants.

    Tabs: "" everything, ``listing``, ``realtor``; ``snoozed`` what I have put off, ``waiting`` what the realtor owes.
    """
    where = {}
    if tab != "realtor":
        where["activity"] = f"{UNCLAIMED} AND {IN_MY_GROUPS}"
    if tab != "listing" and may(staff, Right.VIEW_AGENT_TASKS):
        where["agent_task"] = UNCLAIMED
    return _folded(where, tab)


def next_unclaimed(task: Activity | AgentTask, staff: Staff) -> Row | None:
    """What whoever came too late for this task is offered: the next of its kind in the inbox, else the first."""
    selection = inbox_selection(staff, "listing" if task.kind == "activity" else "realtor")
    for after in (Cursor(task.due_date, task.priority, task.pk), None):
        if rows := page_of(selection, staff, after=after, size=1).rows:
            return rows[0]
    return None


def my_selection(fold: str = "") -> Selection:
    """What I have claimed or been given and is not closed yet.

    ``fold`` is "" for what can be worked on now, ``snoozed`` or ``waiting`` for what cannot, ``done`` for what I have
    finished today, in office time.
    """
    if fold == "done":
        return Selection(dict.fromkeys(KINDS, DONE_SINCE), {"since": start_of_day(office_now().date())})
    return _folded({"activity": MINE, "agent_task": MINE}, fold)


def _folded(where: dict[str, str], fold: str) -> Selection:
    condition = FOLDS.get(fold, AWAKE)
    return Selection({kind: f"{base} AND {condition.format(kind=kind)}" for kind, base in where.items()})


def for_inbox(staff: Staff, *, tab: str = "", after: Cursor | None = None) -> Page:
    """One page of what nobody has taken yet, by due date, then priority, then age; one statement."""
    return page_of(inbox_selection(staff, tab), staff, after=after)


def for_my_tasks(staff: Staff, *, fold: str = "", after: Cursor | None = None) -> Page:
    """One page of what I have claimed or been given and is not closed yet, in the same order; one statement."""
    return page_of(my_selection(fold), staff, after=after)


class Counts(NamedTuple):
    """Numbers beside tabs and places; each is exact up to ``COUNT_CAP`` and stands for more above it."""

    listing: int
    realtor: int
    my: int
    snoozed: int
    waiting: int
    teams: dict[Role, int]
    """What the people of each team have, also where the reader may not see it."""

    @property
    def inbox(self) -> int:
        return self.listing + self.realtor


def counts(staff: Staff) -> Counts:
    """How much stands in the inbox's tabs, with me and with the teams, each capped; one statement."""
    return counts_and(staff)[0]


def counts_and(
    staff: Staff,
    matching: Selection | None = None,
    *also: str,
    beside: Sequence[Selection] = (),
    team: Role | None = None,
) -> tuple[Counts, int | None, list[Any]]:
    """The same, and in the same statement how many tasks a filtered list holds (None without filters).

    ``also`` are further values in SQL of other rooms, so that a page need not ask twice; ``%(me)s`` is the person.
    Before them come the numbers of the selections ``beside``. ``team`` is counted even if the side column lacks it.
    """
    tabs = ("listing", "realtor", "snoozed", "waiting")
    listing, realtor, snoozed, waiting = (inbox_selection(staff, tab) for tab in tabs)
    tabs_and_mine = [listing, realtor, my_selection(), snoozed, waiting]
    asked = [*tabs_and_mine, *beside] if matching is None else [*tabs_and_mine, matching, *beside]
    teams = [role for role in Role if role != Role.ADMIN or Role.ADMIN in (staff.role, team)]
    numbers = iter(counts_of(asked, staff, *(f"app.number_with_team('{team}')" for team in teams), *also))
    of_tabs = [next(numbers) for _ in tabs_and_mine]
    matched = next(numbers) if matching is not None else None
    of_beside = [next(numbers) for _ in beside]
    with_teams = {team: next(numbers) for team in teams}
    return Counts._make([*of_tabs, with_teams]), matched, [*of_beside, *numbers]


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


def listing_of_agent_task(task: AgentTask) -> str | None:
    """The id of the live listing an agent task belongs to, if it was linked to one."""
    link = TaskLink.objects.filter(from_kind=task.kind, from_id=task.pk, relation=TaskLink.Relation.BELONGS_TO).first()
    return link.to_id if link and Listing.objects.filter(pk=link.to_id).exists() else None


class HiddenCount(NamedTuple):
    """Work of a listing that the reader may not see, as numbers."""

    group: str
    open: int
    closed: int

    @property
    def is_any(self) -> bool:
        return bool(self.open or self.closed)


class TeamCount(NamedTuple):
    """The live activities of one team on a listing, as numbers: those the reader sees, then those hidden."""

    group: str
    open: int
    begun: int
    """Of the open ones, those in progress."""
    closed: int
    hidden: HiddenCount


def counts_by_team(listing: str) -> str:
    """For a statement that knows ``sight_of`` a person: how much of a listing is open and closed, team by team.

    ``listing`` is its id in SQL; ``team_counts`` reads the value.
    """
    return f"""(SELECT jsonb_agg(jsonb_build_array(
            every.visibility_group, coalesce(seen.open, 0), coalesce(seen.begun, 0), coalesce(seen.closed, 0),
            every.open - coalesce(seen.open, 0), every.closed - coalesce(seen.closed, 0)))
        FROM app.listing_counts({listing}) every LEFT JOIN (
            SELECT t.visibility_group, count(*) FILTER (WHERE NOT {_CLOSED}) AS open,
                count(*) FILTER (WHERE t.status = 'IN_PROGRESS') AS begun, count(*) FILTER (WHERE {_CLOSED}) AS closed
            FROM activities t WHERE t.deleted_at IS NULL AND t.listing_id = {listing} AND {_SEEN["activity"]}
            GROUP BY t.visibility_group
        ) seen USING (visibility_group))"""  # noqa: S608 - our own conditions


def team_counts(value: list[list[Any]] | None) -> list[TeamCount]:
    """The numbers that ``counts_by_team`` found; none for a listing without activities."""
    return [
        TeamCount(group, opened, begun, closed, HiddenCount(group, *hidden))
        for group, opened, begun, closed, *hidden in value or []
    ]


def hidden_counts(listing_id: str, staff: Staff) -> list[HiddenCount]:
    """What of this listing the reader cannot see, by group; activities assigned to the reader are seen anyway."""
    if set(VisibilityGroup).issubset(visible_groups(staff)):
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts_by_team('%(of)s')}", sight_of(staff) | {"of": listing_id})
        counts = team_counts(json.loads(cursor.fetchone()[0] or "[]"))
    return [count.hidden for count in counts if count.hidden.is_any]


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


def candidates(task: Activity | AgentTask, words: str, staff: Staff, *, limit: int = 8) -> list[Row]:
    """Tasks this one may be a duplicate of: by words, else those of the same listing or realtor.

    Open ones come before closed ones, then the newest; of both kinds in turn, the task's own first.
    """
    found: list[tuple[bool, int, bool, str, str]] = []
    query = Query.parse(words)
    for kind in KINDS:
        rows = visible(kind, staff).exclude(pk=task.pk)
        if not query.is_empty:
            rows = rows.filter(_found_by(kind, query))
        elif isinstance(task, Activity):
            rows = rows.filter(listing=task.listing_id) if kind == "activity" else rows.none()
        else:
            rows = rows.filter(realtor=task.realtor_id) if kind == "agent_task" else rows.none()
        rows = rows.alias(is_over=Q(status__in=CLOSED)).order_by("is_over", "-created_at")
        ranked = enumerate(rows.values_list("status", "pk")[:limit])
        found += [(status in CLOSED, place, kind != task.kind, kind, pk) for place, (status, pk) in ranked]
    return [row for *_, kind, pk in sorted(found)[:limit] if (row := row_of(kind, pk, staff)) is not None]


def _found_by(kind: str, query: Query) -> Q:
    """As the search finds tasks, and activities also by the name of their listing's realtor."""
    search = f"SELECT f.id FROM app.search_{TABLES[kind]}(%s::text[]::tsquery[], %s, %s) f"  # noqa: S608 - our own names
    words = [as_tsquery(word) for word in query.words]
    found = Q(pk__in=RawSQL(search, [words, query.beginning, COUNT_CAP]))  # noqa: S611
    if kind != "activity":
        return found
    return found | Q(listing__in=RawSQL("SELECT app.listings_of_realtors(%s::tsquery)", [query.whole]))
