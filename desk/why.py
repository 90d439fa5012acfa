"""Why a task is where it is, in one quiet line: the rule that shows it to this person, or what it waits for."""

from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from common.clock import moment_in_words, office_zone
from staff.models import Role, Staff
from tasks.models import NEW_MESSAGE, Activity, Status, VisibilityGroup
from tasks.queries import Stopped
from tasks.rules import Task

BESIDE = f"""jsonb_build_object(
    'waits', (SELECT jsonb_build_array(w.for_what, w.since) FROM tasks_waiting w
        WHERE w.kind = %(kind)s AND w.item_id = t.task_id AND w.ended_at IS NULL),
    'wrote', (SELECT w.end_reason = '{NEW_MESSAGE}' FROM tasks_waiting w
        WHERE w.kind = %(kind)s AND w.item_id = t.task_id ORDER BY w.since DESC LIMIT 1),
    'snooze', (SELECT jsonb_build_array(z.until, z.woken_at, z.wake_reason) FROM tasks_snooze z
        WHERE z.staff_id = %(me)s AND z.kind = %(kind)s AND z.item_id = t.task_id))"""  # noqa: S608 - our own word
"""What the line needs besides the task, for `tasks.queries.task_with`."""


def stop_of(beside: dict[str, Any]) -> Stopped | None:
    """What the realtor owes the task, if its clock stands."""
    if not (waits := beside.get("waits")):
        return None
    for_what, since = waits
    return Stopped(for_what, datetime.fromisoformat(since))


def why_here(task: Task, staff: Staff, beside: dict[str, Any], now: datetime) -> str:
    """The line; empty for what is closed or removed, whose status says it. ``now`` is in office time."""
    if task.is_closed or task.deleted_at is not None:
        return ""
    if stop := stop_of(beside):
        since = moment_in_words(stop.since.astimezone(office_zone()), now)
        return f"Waits for {stop.for_what} since {since}. The clock stands until the realtor writes."
    if snooze := beside.get("snooze"):
        until, woken_at, reason = snooze
        if not woken_at:
            return f"You put it off until {_moment(until, now) if until else 'the realtor writes'}."
        if reason:
            return f"Back: {reason}."
    if beside.get("wrote"):
        return f"Back: {NEW_MESSAGE}."
    if task.status == Status.OPEN:
        return f"Here because nobody has it and {_who_sees(task)}."
    if task.assigned_staff_id == staff.pk:
        return "Here because you have it."
    return f"You see it because {_who_sees(task)}."


def _who_sees(task: Task) -> str:
    if isinstance(task, Activity):
        return f"{VisibilityGroup(task.visibility_group).label} see it"
    return f"{Role.ADMIN.label}s and {Role.OPERATIONS.label} see every realtor’s requests"


def _moment(written: str, now: datetime) -> str:
    moment = parse_datetime(written)
    return moment_in_words(moment.astimezone(office_zone()), now) if moment else written
