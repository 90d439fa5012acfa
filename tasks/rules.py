"""Which moves are legal from which status, and who may make them (product.md, Legal moves and Rights)."""

from realtors.models import Realtor
from staff.models import Role, Staff
from staff.rights import Right, may, visible_groups
from tasks.models import CLOSED, WORKABLE, Activity, AgentTask, Status, VisibilityGroup

Task = Activity | AgentTask

MOVES: dict[str, frozenset[str]] = {
    Status.OPEN: frozenset({Status.CLAIMED, Status.CANCELLED}),
    Status.CLAIMED: frozenset({Status.IN_PROGRESS, Status.DONE, Status.OPEN, Status.FAILED, Status.CANCELLED}),
    Status.IN_PROGRESS: frozenset({Status.DONE, Status.CLAIMED, Status.OPEN, Status.FAILED, Status.CANCELLED}),
    Status.DONE: frozenset({Status.OPEN, Status.CLAIMED}),
    Status.FAILED: frozenset({Status.OPEN, Status.CLAIMED}),
    Status.CANCELLED: frozenset({Status.OPEN, Status.CLAIMED}),
}
"""The one table of legal moves. Completing an Open task is two moves at once: claimed and completed by me."""

VERBS_FROM: dict[str, tuple[str, ...]] = {
    "claim": (Status.OPEN,),
    "release": (Status.CLAIMED, Status.IN_PROGRESS),
    "start": (Status.CLAIMED,),
    "complete": WORKABLE,
    "fail": (Status.CLAIMED, Status.IN_PROGRESS),
    "cancel": WORKABLE,
    "assign": WORKABLE,
    "due": WORKABLE,
    "priority": WORKABLE,
    "edit": tuple(Status),
    "reopen": CLOSED,
}
"""From which status each verb is offered; ``remove`` and ``restore`` depend on deletion instead."""

STATUS_AFTER: dict[str, Status] = {
    "claim": Status.CLAIMED,
    "release": Status.OPEN,
    "start": Status.IN_PROGRESS,
    "complete": Status.DONE,
    "fail": Status.FAILED,
    "cancel": Status.CANCELLED,
    "reopen": Status.OPEN,
}
"""The verbs that move a task, and where to; ``reopen`` may also lead to Claimed, as ``assign`` does."""

TRIAGE_FROM: dict[str, tuple[str, ...]] = {
    "snooze": WORKABLE,
    "wait": WORKABLE,
    "ask": WORKABLE,
    "decline": (Status.OPEN,),
    "duplicate": WORKABLE,
}
"""From which status each verb of triage is offered."""

OWNERS_VERBS = frozenset({"release", "start", "complete", "fail", "cancel", "assign"})
"""Verbs on a colleague's task that need the right to take over."""

WANTS_REASON = frozenset({"fail", "cancel", "reopen"})

HIDDEN_FROM = {Role.MARKETING: VisibilityGroup.AGENT, Role.SUPPORT: VisibilityGroup.MARKETING}


def may_see(staff: Staff, task: Task) -> bool:
    """Whether this person sees the task; the row policies say the same."""
    if task.assigned_staff_id == staff.pk:
        return True
    if isinstance(task, Activity):
        return task.visibility_group in visible_groups(staff)
    return may(staff, Right.VIEW_AGENT_TASKS)


def may_receive(staff: Staff, task: Task) -> bool:
    """Whether the task may be given to this person: active, and of a team that sees this kind of work."""
    if not staff.is_signed_in_allowed:
        return False
    return isinstance(task, AgentTask) or task.visibility_group in visible_groups(staff)


def is_others(staff: Staff, task: Task) -> bool:
    return task.assigned_staff_id is not None and task.assigned_staff_id != staff.pk


def verbs_for(staff: Staff, task: Task) -> tuple[str, ...]:
    """The verbs this person may do to this task now, in the order of the buttons."""
    if task.deleted_at is not None:
        return ("restore",) if may(staff, Right.REMOVE_TASKS) else ()
    others = is_others(staff, task) and not may(staff, Right.TAKE_OVER)
    verbs = tuple(
        verb
        for verb, statuses in VERBS_FROM.items()
        if task.status in statuses and not (others and verb in OWNERS_VERBS)
    )
    return (*verbs, "remove") if may(staff, Right.REMOVE_TASKS) else verbs


def realtor_of(task: Task) -> Realtor | None:
    """Whom a task is for: its own realtor, or that of its listing, which may have none yet."""
    return task.listing.realtor if isinstance(task, Activity) else task.realtor


def speaks_against_merge(task: Task, stays: Task) -> list[str]:
    """That nobody will do the one that stays, that it is about another property, or for another realtor."""
    warnings = []
    if stays.is_closed:
        warnings.append(f"That one is {Status(stays.status).label.lower()}: nobody will do it.")
    if isinstance(task, Activity) and isinstance(stays, Activity) and task.listing_id != stays.listing_id:
        warnings.append(f"Another property: {stays.listing.address_string}")
    mine, its = realtor_of(task), realtor_of(stays)
    if mine and its and mine.pk != its.pk:
        warnings.append(f"Another realtor: {its.name}")
    return warnings


def verb_to(task: Task, status: str) -> str:
    """The verb that leads to a status from where the task stands, whoever does it; empty where none does."""
    for verb, to in STATUS_AFTER.items():
        if to == status and task.status in VERBS_FROM[verb]:
            return verb
    if status == Status.CLAIMED:  # by the person acting
        return "reopen" if task.status in CLOSED else "assign" if task.status == Status.IN_PROGRESS else ""
    return ""


def moves_for(staff: Staff, task: Task) -> list[tuple[Status, str]]:
    """The statuses this person may bring a task to now, each with the verb that does it (product.md, Legal moves)."""
    verbs = verbs_for(staff, task)
    return [(status, verb) for status in Status if (verb := verb_to(task, status)) in verbs]


def triage_for(staff: Staff, task: Task) -> tuple[str, ...]:
    """The verbs of triage this person may do to this task now; naming a colleague's a duplicate would close it."""
    if task.deleted_at is not None:
        return ()
    others = is_others(staff, task) and not may(staff, Right.TAKE_OVER)
    return tuple(
        verb
        for verb, statuses in TRIAGE_FROM.items()
        if task.status in statuses and not (others and verb == "duplicate")
    )


def loses_sight(staff: Staff, task: Task) -> bool:
    """Whether this person would no longer see the task once it is nobody's."""
    if isinstance(task, Activity):
        return task.visibility_group not in visible_groups(staff)
    return not may(staff, Right.VIEW_AGENT_TASKS)
