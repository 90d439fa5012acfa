"""Who may do what: the one table from which pages, verbs and exports decide (product.md, Rights).

The database policies say the same about rows; ``tests/test_rights.py`` holds the two against each other.
"""

from enum import StrEnum

from staff.models import Role, Staff

ADMIN, OPERATIONS, MARKETING, SUPPORT = Role.ADMIN, Role.OPERATIONS, Role.MARKETING, Role.SUPPORT
EVERYBODY = frozenset(Role)
DESK = frozenset({ADMIN, OPERATIONS})
ADMINS = frozenset({ADMIN})


class Right(StrEnum):
    """What a role may do, in the words of the rights table."""

    VIEW_STAFF = "view all staff"
    MANAGE_STAFF = "add, change, switch off, remove and restore staff"
    VIEW_REALTORS = "view all realtors"
    MANAGE_REALTORS = "add, edit, remove and restore realtors"
    LINK_REALTOR = "link an unlinked Slack id to a realtor"
    VIEW_LISTINGS = "view listings"
    EDIT_LISTINGS = "create, edit and cancel listings"
    REMOVE_LISTINGS = "remove, restore and merge listings"
    VIEW_AGENT_TASKS = "view all agent tasks and triage the unassigned"
    MAKE_ACTIVITIES = "make and edit activities"
    MAKE_AGENT_TASKS = "make agent tasks"
    ASSIGN = "assign what I may see"
    TAKE_OVER = "take over from a colleague, complete a colleague's task"
    REMOVE_TASKS = "remove and restore tasks"
    VIEW_MESSAGES = "see every Slack message"
    REVIEW_MESSAGES = "resolve Slack messages that need a look"
    MANAGE_TEMPLATES = "edit templates, the office calendar, limits and imports"
    TRIAGE = "decline, duplicate, snooze, wait, watch, note, saved view, search"
    SHARE_VIEWS = "share a saved view"
    UNDO_OWN = "undo my own act"
    UNDO_INTAKE = "undo an untouched intake"
    EXPORT = "export what is on my screen"


RIGHTS: dict[Right, frozenset[Role]] = {
    Right.VIEW_STAFF: EVERYBODY,
    Right.MANAGE_STAFF: ADMINS,
    Right.VIEW_REALTORS: EVERYBODY,
    Right.MANAGE_REALTORS: ADMINS,
    Right.LINK_REALTOR: DESK,
    Right.VIEW_LISTINGS: EVERYBODY,
    Right.EDIT_LISTINGS: DESK,
    Right.REMOVE_LISTINGS: ADMINS,
    Right.VIEW_AGENT_TASKS: DESK,
    Right.MAKE_ACTIVITIES: EVERYBODY,
    Right.MAKE_AGENT_TASKS: EVERYBODY,
    Right.ASSIGN: EVERYBODY,
    Right.TAKE_OVER: DESK,
    Right.REMOVE_TASKS: ADMINS,
    Right.VIEW_MESSAGES: ADMINS,
    Right.REVIEW_MESSAGES: DESK,
    Right.MANAGE_TEMPLATES: ADMINS,
    Right.TRIAGE: EVERYBODY,
    Right.SHARE_VIEWS: DESK,
    Right.UNDO_OWN: EVERYBODY,
    Right.UNDO_INTAKE: DESK,
    Right.EXPORT: EVERYBODY,
}

VISIBLE_GROUPS: dict[Role, tuple[str, ...]] = {
    ADMIN: ("BOTH", "AGENT", "MARKETING"),
    OPERATIONS: ("BOTH", "AGENT", "MARKETING"),
    MARKETING: ("BOTH", "MARKETING"),
    SUPPORT: ("BOTH", "AGENT"),
}
"""Which activities a role sees besides its own; the same words as ``app.visible_groups()``."""


def may(staff: Staff, right: Right) -> bool:
    """Whether this person's role has the right. Rights on single rows are asked of ``tasks.queries``."""
    return staff.role in RIGHTS[right]


def visible_groups(staff: Staff) -> tuple[str, ...]:
    """The visibility groups of activities this person sees whoever works on them."""
    return VISIBLE_GROUPS[Role(staff.role)]
