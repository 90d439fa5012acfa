"""Questions about a team: what nobody has taken yet, and who has how much."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection

from common.clock import end_of_week, office_now, start_of_day
from staff.models import Role, Staff
from staff.rights import Right, may, visible_groups
from tasks.lists import Selection, first_of_each, page_of
from tasks.models import VisibilityGroup
from tasks.queries import MINE, UNCLAIMED
from tasks.rows import Row

SHOWN = 50

TEAM_GROUPS: dict[Role, tuple[str, ...]] = {
    Role.ADMIN: (),
    Role.OPERATIONS: (VisibilityGroup.BOTH, VisibilityGroup.AGENT),
    Role.MARKETING: (VisibilityGroup.BOTH, VisibilityGroup.MARKETING),
    Role.SUPPORT: (VisibilityGroup.BOTH, VisibilityGroup.AGENT),
}
"""Whose unclaimed work a team looks after. Realtors' requests are operations' (product.md, Rights)."""


@dataclass(frozen=True)
class Load:
    """How much one person has: open, of it late and due this week, and the next task if the reader may see it."""

    person: Staff
    open: int
    late: int
    this_week: int
    next: Row | None

    @property
    def later(self) -> int:
        return self.open - self.late - self.this_week


@dataclass(frozen=True)
class Team:
    """A team as the reader sees it: ``unclaimed`` rows oldest first, and numbers for what stays hidden."""

    role: Role
    unclaimed: list[Row]
    unclaimed_total: int
    unclaimed_late: int
    loads: list[Load]

    @property
    def hidden(self) -> int:
        """Unclaimed work of the team that is counted and not shown."""
        return self.unclaimed_total - len(self.unclaimed) if len(self.unclaimed) < SHOWN else 0

    @property
    def with_people(self) -> int:
        return sum(load.open for load in self.loads)

    @property
    def late(self) -> int:
        return sum(load.late for load in self.loads)


def team(role: Role, staff: Staff) -> Team:
    """The team of this role, for this reader; five statements."""
    now = office_now()
    week_ends = start_of_day(end_of_week(now.date()) + timedelta(days=1))
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM app.team_counts(%s, %s)", [role, week_ends])
        numbers = {staff_id: (open_, late, this_week) for staff_id, open_, late, this_week in cursor.fetchall()}
        cursor.execute(
            "SELECT open, late FROM app.unclaimed_counts(%s, %s)",
            [list(TEAM_GROUPS[role]), role == Role.OPERATIONS],
        )
        total, late = cursor.fetchone()
    following = _next_of_each(list(numbers), staff)
    people = sorted(Staff.objects.filter(pk__in=numbers, status="active"), key=lambda person: person.name.lower())
    loads = [Load(person, *numbers[person.pk], next=following.get(person.pk)) for person in people]
    return Team(role, _unclaimed(role, staff), total, late, loads)


def _unclaimed(role: Role, staff: Staff) -> list[Row]:
    where = {}
    groups = [group for group in TEAM_GROUPS[role] if group in visible_groups(staff)]
    if groups:
        where["activity"] = f"{UNCLAIMED} AND visibility_group = ANY (%(groups)s)"
    if role == Role.OPERATIONS and may(staff, Right.VIEW_AGENT_TASKS):
        where["agent_task"] = UNCLAIMED
    return page_of(Selection(where, {"groups": groups}), staff, order="oldest", size=SHOWN).rows


def _next_of_each(people: list[str], staff: Staff) -> dict[str, Row]:
    """The next due open task of each person, as far as the reader sees it; one statement."""
    held = MINE.replace("%(me)s", "who.staff_id")
    seen = {
        "activity": f"{held} AND (visibility_group = ANY (%(groups)s) OR assigned_staff_id = %(me)s)",
        "agent_task": held if may(staff, Right.VIEW_AGENT_TASKS) else f"{held} AND assigned_staff_id = %(me)s",
    }
    return first_of_each(Selection(seen), people, staff)
