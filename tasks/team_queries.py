"""Questions about a team: what nobody has taken yet, what its people have, and who has how much."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from common.clock import end_of_week, office_now, office_zone, start_of_day
from common.columns import Columns
from staff.models import Role, Staff
from staff.rights import Right, may, visible_groups
from tasks.lists import DUE, TABLES, Selection
from tasks.models import VisibilityGroup
from tasks.queries import IN_MY_GROUPS, UNCLAIMED
from tasks.rows import PATHS, due_in_row

TEAM_GROUPS: dict[Role, tuple[str, ...]] = {
    Role.ADMIN: (),
    Role.OPERATIONS: (VisibilityGroup.BOTH, VisibilityGroup.AGENT),
    Role.MARKETING: (VisibilityGroup.BOTH, VisibilityGroup.MARKETING),
    Role.SUPPORT: (VisibilityGroup.BOTH, VisibilityGroup.AGENT),
}
"""Whose unclaimed work a team looks after. Realtors' requests are operations' (product.md, Rights)."""

HELD = "status IN ('CLAIMED', 'IN_PROGRESS')"
OF_TEAM = f"""{HELD} AND assigned_staff_id = ANY (ARRAY(
    SELECT s.staff_id FROM staff s WHERE s.role = %(team)s AND s.status = 'active' AND s.deleted_at IS NULL))"""  # noqa: S608 - our own condition
OR_MINE = "assigned_staff_id = %(me)s"


# ---- the lists -------------------------------------------------------------------------------------------------------


def unclaimed(role: Role, staff: Staff) -> Selection:
    """What nobody has of the work this team looks after, as far as the reader may see it."""
    where = {}
    groups = [group for group in TEAM_GROUPS[role] if group in visible_groups(staff)]
    if groups:
        where["activity"] = f"{UNCLAIMED} AND visibility_group = ANY (%(of_groups)s)"
    if role == Role.OPERATIONS and may(staff, Right.VIEW_AGENT_TASKS):
        where["agent_task"] = UNCLAIMED
    return Selection(where, {"of_groups": groups})


def with_people(role: Role, staff: Staff) -> Selection:
    """What the people of this team have and have not finished, as far as the reader may see it."""
    seen = _seen(staff)
    return Selection({kind: f"{OF_TEAM} AND {condition}" for kind, condition in seen.items()}, {"team": role.value})


def _seen(staff: Staff) -> dict[str, str]:
    """For each kind the condition under which the reader sees what somebody has."""
    agent_tasks = "true" if may(staff, Right.VIEW_AGENT_TASKS) else OR_MINE
    return {"activity": f"({IN_MY_GROUPS} OR {OR_MINE})", "agent_task": agent_tasks}


# ---- the numbers -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Following:
    """What somebody has to do next."""

    href: str
    title: str
    due_label: str
    due_tone: str


@dataclass(frozen=True)
class Load:
    """How much one person has: open, of it late and due this week, and the next task if the reader may see it."""

    person: Staff
    open: int
    late: int
    this_week: int
    next: Following | None

    @property
    def later(self) -> int:
        return self.open - self.late - self.this_week


@dataclass(frozen=True)
class Team:
    """A team in numbers, which are for everybody, also of what the reader may not see (product.md, Team).

    ``unclaimed`` is counted up to ``COUNT_CAP`` + 1.
    """

    unclaimed: int
    unclaimed_late: int
    loads: list[Load]

    @property
    def late(self) -> int:
        """What is late; of what its people have, as far as their loads were asked for."""
        return self.unclaimed_late + sum(load.late for load in self.loads)


_PERSON = Columns(Staff, "s", only=("staff_id", "name", "role"))


def team_beside(role: Role, staff: Staff, *, with_loads: bool = True) -> tuple[str, str]:
    """A team in numbers, for a statement that a page makes anyway; ``team_from`` reads the values."""
    groups = ", ".join(f"'{group}'" for group in TEAM_GROUPS[role])
    with_agent_tasks = str(role == Role.OPERATIONS).lower()
    unclaimed = f"""(SELECT jsonb_build_array(u.open, u.late)
        FROM app.unclaimed_counts(ARRAY[{groups}]::text[], {with_agent_tasks}) u)"""  # noqa: S608 - our own names
    return unclaimed, _loads_beside(role, staff) if with_loads else "NULL"


def _loads_beside(role: Role, staff: Staff) -> str:
    week_ends = start_of_day(end_of_week(office_now().date()) + timedelta(days=1))
    branches = [
        f"""(SELECT '{kind}' AS kind, task_id, name, priority, due_date FROM {TABLES[kind]}
            WHERE deleted_at IS NULL AND {HELD} AND assigned_staff_id = s.staff_id AND {condition}
            ORDER BY {DUE.columns} LIMIT 1)"""  # noqa: S608 - our own conditions
        for kind, condition in _seen(staff).items()
    ]
    return f"""(
        SELECT jsonb_agg(jsonb_build_array({_PERSON}, c.open, c.late, c.this_week, n.kind, n.task_id, n.name,
                extract(epoch FROM n.due_date), EXISTS (SELECT FROM tasks_waiting w
                    WHERE w.kind = n.kind AND w.item_id = n.task_id AND w.ended_at IS NULL))
            ORDER BY lower(s.name), s.staff_id)
        FROM app.team_counts('{role}', '{week_ends.isoformat()}') c
            JOIN staff s ON s.staff_id = c.staff_id AND s.status = 'active'
            LEFT JOIN LATERAL (SELECT * FROM ({" UNION ALL ".join(branches)}) b ORDER BY {DUE.columns} LIMIT 1) n
                ON c.open > 0)"""  # noqa: S608


def team_from(unclaimed: str, loads: str | None) -> Team:
    """The team that ``team_beside`` found."""
    (left, late), now = json.loads(unclaimed), office_now()
    return Team(left, late, [_load(record, now) for record in json.loads(loads or "[]")])


def _load(record: Sequence[Any], now: datetime) -> Load:
    person, (open_, late, this_week, kind, task_id, name, due, waits) = record[: len(_PERSON)], record[len(_PERSON) :]
    following = None
    if task_id is not None:
        moment = None if due is None else datetime.fromtimestamp(due, office_zone())
        following = Following(f"/{PATHS[kind]}/{task_id}/", name, *due_in_row(moment, now, waits=waits))
    return Load(_PERSON.make(person), open_, late, this_week, following)
