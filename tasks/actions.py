"""The verbs of tasks. Each is one act in one transaction, checks the legal move and the right, and leaves history.

All take the task as it was read and the person acting (``by``). Each write is one conditional UPDATE against the state
that was read, so of two people the second is refused with the name of the first; nothing is ever locked.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from datetime import date, datetime, timedelta
from typing import Any

import psycopg
from django.db import IntegrityError, connection
from django.db.models.functions import Now
from django.utils import timezone

from common.clock import office_zone
from common.conflicts import refuse_newer, to_save
from common.fields import new_ulid
from common.history import Refused, act, current_act, remember_act
from listings.models import KeyDate, Listing
from listings.queries import add_working_days, plan_from_template
from realtors.models import Realtor
from staff.models import Staff
from staff.rights import Right, may
from tasks.due_words import Shift
from tasks.models import Activity, AgentTask, Status, TaskLink, Waiting
from tasks.rules import (
    VERBS_FROM,
    WANTS_REASON,
    Task,
    is_others,
    loses_sight,
    may_receive,
    may_see,
    verb_to,
    verbs_for,
)
from tasks.signals import task_closed, task_reopened

LIVE_LISTING = "live_activity_of_live_listing"
"""What the database calls the rule that a removed listing has no live activity."""


class Taken(Refused):
    """Somebody was faster. Names who has the task now."""

    def __init__(self, holder: Staff, since: datetime | None):
        self.holder = holder
        super().__init__(f"{holder.first_name} took it {ago(since)}.", "already taken")


def ago(moment: datetime | None) -> str:
    """``just now``, ``4 s ago``, ``3 min ago``, ``2 h ago``, ``5 days ago``."""
    if moment is None:
        return "before you"
    seconds = max(0, int((timezone.now() - moment).total_seconds()))
    for size, unit in ((86400, "day"), (3600, "h"), (60, "min")):
        if seconds >= size:
            number = seconds // size
            return f"{number} {unit}{'s' if unit == 'day' and number > 1 else ''} ago"
    return f"{seconds} s ago" if seconds else "just now"


# ---- making ----------------------------------------------------------------------------------------------------------


@contextmanager
def _of_live(listing: Listing, then: str = "Restore the listing first.") -> Iterator[None]:
    """Refuse what would leave a live activity on a removed listing, also one that is removed at this moment, which the
    database alone notices."""
    removed = Refused(f"{listing.address_string} has been removed. {then}")
    if listing.deleted_at is not None:
        raise removed
    try:
        yield
    except IntegrityError as error:
        if isinstance(error.__cause__, psycopg.Error) and error.__cause__.diag.constraint_name == LIVE_LISTING:
            raise removed from None
        raise


def create_activity(*, listing: Listing, by: Staff | None, **values: Any) -> Activity:
    """Add an activity to a live listing; its realtor is the listing's. ``by`` is None for the intake."""
    if by is not None and not may_see(by, Activity(visibility_group=values.get("visibility_group", "BOTH"))):
        raise Refused("You cannot make an activity that your team does not see.")
    if to := values.get("assigned_staff"):
        _check_receiver(to, Activity(visibility_group=values.get("visibility_group", "BOTH")))
    with _of_live(listing), act("created"):
        return Activity.objects.create(listing=listing, realtor_id=listing.realtor_id, **_owned(values))


def create_agent_task(*, realtor: Realtor, by: Staff | None, **values: Any) -> AgentTask:
    """Add a task for a realtor; people outside operations make them for themselves (product.md, Rights)."""
    if realtor.deleted_at is not None:
        raise Refused(f"{realtor.name} has been removed. Restore the realtor first.")
    if by is not None and not may(by, Right.VIEW_AGENT_TASKS):
        values["assigned_staff"] = by
    if to := values.get("assigned_staff"):
        _check_receiver(to, AgentTask())
    with act("created"):
        return AgentTask.objects.create(realtor=realtor, **_owned(values))


def put_on_template(
    listing: Listing,
    *,
    group_key: str,
    key_dates: dict[str, date],
    by: Staff | None,
    due_of: dict[str, datetime] | None = None,
    inputs: dict[str, Any] | None = None,
    inputs_of: dict[str, dict[str, Any]] | None = None,
    left_out: Collection[str] = (),
) -> list[Activity]:
    """Give a listing the activities of a template, and keep its key days; ``by`` is None for the intake.

    ``key_dates`` maps kinds of key days to days. ``due_of`` maps ids of template lines to stated moments, which go
    before the template's offset ("photos by Friday" speaks of one activity). ``inputs`` is kept with each activity,
    ``inputs_of`` with the activity of one line. ``left_out`` holds ids of lines that are not wanted this time.
    """
    if by is not None and not may(by, Right.EDIT_LISTINGS):
        raise Refused("Only operations and admins put a listing on a template.")
    with _of_live(listing), act("put on template"):
        KeyDate.objects.bulk_create(
            [KeyDate(listing=listing, kind=kind, day=day) for kind, day in key_dates.items()],
            update_conflicts=True,
            unique_fields=["listing", "kind"],
            update_fields=["day"],
        )
        return Activity.objects.bulk_create(
            Activity(
                listing=listing,
                realtor_id=listing.realtor_id,
                name=planned.line.name,
                task_category=planned.line.task_category,
                visibility_group=planned.line.visibility_group,
                priority=planned.line.priority,
                due_date=(due_of or {}).get(planned.line.pk, planned.due_date),
                inputs=(inputs or {}) | (inputs_of or {}).get(planned.line.pk, {}) | {"template_line": planned.line.pk},
            )
            for planned in plan_from_template(group_key, key_dates)
            if planned.line.pk not in left_out
        )


def _owned(values: dict[str, Any]) -> dict[str, Any]:
    """A new task that somebody has is claimed; Open has no owner."""
    if values.get("assigned_staff"):
        return {"status": Status.CLAIMED, "claimed_at": timezone.now()} | values
    return values


# ---- who has it ------------------------------------------------------------------------------------------------------


def claim(task: Task, *, by: Staff) -> Task:
    """Take an open task for the person acting. Raises ``Taken`` with the holder's name if someone was faster.

    One conditional UPDATE decides. It is in a function of the database with the act around it: this is the verb that
    people wait for most, and five statements of which four only frame the fifth cost twice as much.
    """
    new_act = None if current_act() else new_ulid()
    with connection.cursor() as cursor:
        cursor.execute("SELECT app.claim(%s, %s, %s, %s)", [task.kind, task.pk, by.pk, new_act])
        won = cursor.fetchone()[0]
    if not won:
        raise _too_late(task, "claim", by)
    if new_act:
        remember_act(new_act)
    return task


def release(task: Task, *, by: Staff, reason: str = "") -> Task:
    """Give a task back, so that anybody may claim it. A colleague's only with the right to take over and a reason."""
    _check(task, "release", by, reason)
    with act("released", reason=reason or None):
        _hand_over(task, None, by)
    return task


def assign(task: Task, *, to: Staff, by: Staff, reason: str = "") -> Task:
    """Give a task to somebody who may see it; it is then Claimed by the receiver."""
    _check(task, "assign", by, reason)
    if task.assigned_staff_id == to.pk and task.status == Status.CLAIMED:
        raise Refused(f"{to.name} has it already.", "already there")
    _check_receiver(to, task)
    with act("claimed" if to.pk == by.pk else "assigned", reason=reason or None):
        _hand_over(task, to, by)
    return task


def _check_receiver(to: Staff, task: Task) -> None:
    if may_receive(to, task):
        return
    why = f"{to.get_role_display()} does not see this work." if to.is_signed_in_allowed else "not active."
    raise Refused(f"{to.name} cannot take it: {why}")


def _hand_over(task: Task, to: Staff | None, by: Staff) -> None:
    # A plain UPDATE would be refused where it ends the writer's own sight of the row (docs/security.md).
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT app.hand_over(%s, %s, %s, %s)",
            [task.kind, task.pk, task.assigned_staff_id, to.pk if to else None],
        )
        answer = cursor.fetchone()[0]
    if answer != "done":
        raise _too_late(task, "assign", by)


# ---- doing it --------------------------------------------------------------------------------------------------------


def start(task: Task, *, by: Staff) -> Task:
    """Say that work on a claimed task has begun."""
    return _move(task, "start", "started", by, status=Status.IN_PROGRESS)


def complete(task: Task, *, by: Staff, reason: str = "", outputs: dict | None = None) -> Task:
    """Finish a task, with what came of it. An open one is recorded as claimed and completed by the person acting."""
    _check(task, "complete", by, reason)
    values: dict[str, Any] = {"status": Status.DONE, "completed_at": Now()}
    if task.assigned_staff_id is None:
        values |= {"assigned_staff": by, "claimed_at": Now()}
    if outputs:
        values["outputs"] = (task.outputs or {}) | outputs
    return _close(task, "complete", "completed", by, reason, values)


def fail(task: Task, *, by: Staff, reason: str) -> Task:
    """Say that a task could not be done, and why."""
    _check(task, "fail", by, reason)
    return _close(task, "fail", "failed", by, reason, {"status": Status.FAILED, "completed_at": Now()})


def cancel(task: Task, *, by: Staff, reason: str) -> Task:
    """Say that a task is not wanted any more, and why."""
    _check(task, "cancel", by, reason)
    return _close(task, "cancel", "cancelled", by, reason, {"status": Status.CANCELLED, "completed_at": Now()})


def reopen(task: Task, *, by: Staff, reason: str, for_me: bool = False) -> Task:
    """Put a closed task back to work: open for all, or claimed by the person acting (``for_me``).

    It is nobody's duplicate then; the notes it gave away stay where they are.
    """
    _check(task, "reopen", by, reason)
    if is_others(by, task) and not may(by, Right.TAKE_OVER):
        raise Refused("Only its owner, operations or an admin may reopen it.")
    # Whoever saw it only as its owner keeps it: an open one would vanish from that person's sight.
    for_me = for_me or loses_sight(by, task)
    values: dict[str, Any] = {"status": Status.OPEN, "assigned_staff": None, "claimed_at": None, "completed_at": None}
    if for_me:
        values |= {"status": Status.CLAIMED, "assigned_staff": by, "claimed_at": Now()}
    with act("reopened", reason=reason):
        links = TaskLink.objects.filter(from_kind=task.kind, from_id=task.pk)
        links.filter(relation=TaskLink.Relation.DUPLICATE_OF).delete()
        _update(task, "reopen", by, values)
        task_reopened.send(type(task), task=task)
    return task


def move_to(task: Task, *, status: str, by: Staff, reason: str = "") -> Task:
    """Bring a task to a status by the verb that leads there from where it stands; ``Refused`` where none does."""
    match verb_to(task, status):
        case "claim":
            return claim(task, by=by)
        case "assign":
            return assign(task, to=by, by=by, reason=reason)
        case "start":
            return start(task, by=by)
        case "reopen":
            return reopen(task, by=by, reason=reason, for_me=status == Status.CLAIMED)
        case "release" | "complete" | "fail" | "cancel" as verb:
            do = {"release": release, "complete": complete, "fail": fail, "cancel": cancel}[verb]
            return do(task, by=by, reason=reason)
    is_now = Status(task.status).label
    raise Refused(f"It is {is_now}; from there it cannot become {Status(status).label}.", f"already {is_now.lower()}")


def _close(task: Task, verb: str, said: str, by: Staff, reason: str, values: dict[str, Any]) -> Task:
    with act(said, reason=reason or None):
        _update(task, verb, by, values)
        waits = Waiting.objects.filter(kind=task.kind, item_id=task.pk, ended_at=None)
        waits.update(ended_at=Now(), end_reason=said)
        task_closed.send(type(task), task=task, verb=verb)
    return task


# ---- facts -----------------------------------------------------------------------------------------------------------


def set_due(task: Task, *, due: datetime | Shift | None, by: Staff, opened: Mapping[str, Any] | None = None) -> Task:
    """Set, move or clear the due date; what has none cannot be moved.

    ``opened`` maps ``due_date`` to the value it was chosen in place of: ``Conflict`` if it holds another one by now.
    """
    moment = _moved(task, due) if isinstance(due, Shift) else due
    return _move(task, "due", "set due", by, opened=opened, due_date=moment)


def _moved(task: Task, shift: Shift) -> datetime:
    """When a task is due after a shift, at the same hour of the office."""
    if task.due_date is None:
        raise Refused("It has no due date to move.", "without a due date")
    due = task.due_date.astimezone(office_zone())
    if shift.is_working_day is None:
        return due + timedelta(days=shift.days)
    return datetime.combine(add_working_days(due.date(), shift.days, shift.is_working_day), due.timetz())


def set_priority(task: Task, *, priority: int, by: Staff, opened: Mapping[str, Any] | None = None) -> Task:
    """Set the priority, 0 (none) to 10 (most urgent); ``opened`` as of ``set_due``."""
    if not 0 <= priority <= 10:
        raise Refused("Priority is a whole number from 0 to 10.")
    return _move(task, "priority", "set priority", by, opened=opened, priority=priority)


def change(task: Task, *, wanted: Mapping[str, Any], by: Staff, reason: str = "") -> Task:
    """Change what is wanted of ``due_date``, ``priority`` and ``assigned_staff`` (None gives it back), as one act.

    What is so already stays. The owner comes last: who gives a task away may not see it after that.
    """
    wanted = dict(wanted)
    if isinstance(shift := wanted.get("due_date"), Shift):
        wanted["due_date"] = _moved(task, shift)
    different = {name: value for name, value in wanted.items() if getattr(task, name) != value}
    if not different:
        raise Refused("It is all that already.", "already so")
    with act("changed", reason=reason or None):
        if "due_date" in different:
            set_due(task, due=different["due_date"], by=by)
        if "priority" in different:
            set_priority(task, priority=different["priority"], by=by)
        if to := different.get("assigned_staff"):
            assign(task, to=to, by=by, reason=reason)
        elif "assigned_staff" in different:
            release(task, by=by, reason=reason)
    return task


def edit(task: Task, *, opened: dict[str, Any], wanted: dict[str, Any], by: Staff) -> list[str]:
    """Save the fields that differ from how the form was opened; return their names.

    Fields somebody else has changed meanwhile are kept as they are now unless both of us changed the same one: then
    nothing is saved and ``Conflict`` holds both values. ``opened`` and ``wanted`` map field names to values.
    """
    with act("edited"):
        now = live(task).select_for_update().first()
        if now is None:
            raise Refused(f"{task.name} has been removed. Nothing was saved.")
        changed = to_save(now, opened=opened, wanted=wanted)
        if isinstance(now, Activity) and not may_see(by, Activity(**_sight(now, changed))):
            raise Refused("Your team does not see that group, so you cannot move the activity there.")
        if changed:
            live(task).update(**changed)
    return sorted(changed)


def move_to_listing(activity: Activity, *, listing: Listing, by: Staff) -> Activity:
    """Put an activity with another live listing, whose realtor it then has."""
    _check(activity, "edit", by)
    with _of_live(listing), act("moved to another listing"):
        there = live(activity).filter(listing=activity.listing_id)
        if not there.update(listing=listing, realtor_id=listing.realtor_id):
            raise Refused(f"{activity.name} has just changed. Look at it again.")
    return activity


def _sight(now: Activity, changed: dict[str, Any]) -> dict[str, Any]:
    group = changed.get("visibility_group", now.visibility_group)
    return {"visibility_group": group, "assigned_staff_id": now.assigned_staff_id}


# ---- removing --------------------------------------------------------------------------------------------------------


def remove(task: Task, *, by: Staff, reason: str = "") -> Task:
    """Remove a task softly (admins): it leaves every list and can be restored."""
    if not may(by, Right.REMOVE_TASKS):
        raise Refused("Only admins remove tasks.")
    with act("removed", reason=reason or None):
        if not live(task).update(deleted_at=Now(), deleted_by=by.pk):
            raise Refused(f"{task.name} has been removed already.")
    return task


def restore(task: Task, *, by: Staff) -> Task:
    """Bring a removed task back as it was (admins)."""
    if not may(by, Right.REMOVE_TASKS):
        raise Refused("Only admins restore tasks.")
    then = "Restore the listing; its activities come along."
    with _of_live(task.listing, then) if isinstance(task, Activity) else nullcontext(), act("restored"):
        rows = type(task).all_objects.filter(pk=task.pk).exclude(deleted_at=None)
        if not rows.update(deleted_at=None, deleted_by=None):
            raise Refused(f"{task.name} is not removed.")
    return task


def cancel_listing(listing: Listing, *, by: Staff, reason: str) -> int:
    """Close a listing's open activities as one act with one reason; return how many there were."""
    if not may(by, Right.EDIT_LISTINGS):
        raise Refused("Only operations and admins cancel a listing.")
    if not reason.strip():
        raise Refused("Say in one line why the listing is cancelled.")
    with act("cancelled the listing", reason=reason):
        workable = Activity.objects.filter(listing=listing, status__in=VERBS_FROM["cancel"]).order_by("pk")
        activities = list(workable)
        if not activities:
            raise Refused("This listing has no open activities to cancel.")
        for activity in activities:
            cancel(activity, by=by, reason=reason)
    return len(activities)


# ---- how a verb is done ----------------------------------------------------------------------------------------------


def live(task: Task):
    """This task's row, if it has not been removed."""
    return type(task).objects.filter(pk=task.pk)


def _check(task: Task, verb: str, by: Staff, reason: str = "") -> None:
    """Refuse what the status or the right forbids, as far as the task that was read tells."""
    if verb in verbs_for(by, task):
        if verb in WANTS_REASON and not reason.strip():
            raise Refused("Say in one line why.")
        if verb in {"release", "complete", "assign"} and is_others(by, task) and not reason.strip():
            raise Refused(f"{_holder(task)} has it. Say in one line why you step in.")
        return
    raise _refusal(task, verb, by)


def _refusal(task: Task, verb: str, by: Staff) -> Refused:
    if task.deleted_at is not None:
        return Refused(f"{task.name} has been removed.")
    if task.status not in VERBS_FROM[verb]:
        status = Status(task.status).label.lower()
        return Refused(f"It is {status}, so it cannot be {PAST[verb]}.", f"already {status}")
    return Refused(f"{_holder(task)} has it. Only operations and admins step in for a colleague.")


def _holder(task: Task) -> str:
    return task.assigned_staff.first_name if task.assigned_staff else "A colleague"


PAST = {
    "claim": "claimed",
    "release": "released",
    "start": "started",
    "complete": "completed",
    "fail": "marked as failed",
    "cancel": "cancelled",
    "assign": "assigned",
    "due": "given a due date; reopen it first",
    "priority": "given a priority; reopen it first",
    "edit": "edited",
    "reopen": "reopened",
}


def _too_late(task: Task, verb: str, by: Staff) -> Refused:
    """Why the conditional UPDATE found no row: read it again and name who was faster."""
    now = type(task).all_objects.select_related("assigned_staff").filter(pk=task.pk).first()
    if now is None:
        return Refused(f"{task.name} is with somebody else now.")
    changed_hands = now.assigned_staff_id != task.assigned_staff_id
    if now.assigned_staff is not None and is_others(by, now) and (changed_hands or verb == "claim"):
        return Taken(now.assigned_staff, now.claimed_at)
    if now.assigned_staff_id == by.pk and verb == "claim":
        return Refused("You have it already.", "already yours")
    if verb in verbs_for(by, now):
        return Refused(f"{task.name} has just changed. Look at it again.")
    return _refusal(now, verb, by)


def _update(task: Task, verb: str, by: Staff, values: dict[str, Any]) -> None:
    """Write only if nobody has moved the task since it was read."""
    unmoved = live(task).filter(status=task.status, assigned_staff=task.assigned_staff_id)
    if not unmoved.update(**values):
        raise _too_late(task, verb, by)


def _move(
    task: Task, verb: str, said: str, by: Staff, *, opened: Mapping[str, Any] | None = None, **values: Any
) -> Task:
    """One move as one act; ``said`` is its word in the history. What is so already is refused."""
    _check(task, verb, by)
    if all(getattr(task, name) == value for name, value in values.items()):
        raise Refused("It is so already.", "already so")
    with act(said):
        if opened and (now := live(task).select_for_update().first()):
            refuse_newer(now, opened=opened, wanted=values)
        _update(task, verb, by, values)
    return task
