"""The page of one task, ready in words: the template computes nothing."""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from common.clock import due_in_full, office_now
from common.printing import Printed
from desk import history, why
from desk.history import History
from desk.lines import Line, ago, line, lines_of, moment_of, unseen
from desk.notes import NoteLine, note_lines
from listings.models import Listing
from listings.queries import notes_beside
from realtors.models import Realtor
from slackintake.pages import Card, cards_behind, changed_words
from slackintake.queries import MESSAGES_BEHIND
from staff.models import Staff
from staff.rights import Right, may
from tasks import queries as tasks
from tasks.due_question import DueQuestion, due_question_of
from tasks.models import WORKABLE, AgentTask, Status, VisibilityGroup
from tasks.rows import PATHS, priority_in_words
from tasks.rules import STATUS_AFTER, Task, is_others, triage_for, verbs_for

SIBLINGS_SHOWN = 14


@dataclass(frozen=True, slots=True)
class Button(Printed):
    """A verb as a button: ``asks`` when something must be chosen or written first."""

    verb: str
    label: str
    key: str = ""
    icon: str = ""
    asks: bool = False
    primary: bool = False


VERBS = {
    button.verb: button
    for button in (
        Button("claim", "Claim", "C", "check"),
        Button("complete", "Complete", "E", "check"),
        Button("reopen", "Reopen", "", "undo", asks=True),
        Button("restore", "Restore", "", "undo"),
        Button("assign", "Assign", "A", "person", asks=True),
        Button("status", "Status", "S", asks=True),
        Button("due", "Due", "D", "calendar", asks=True),
        Button("priority", "Priority", "P", "flag", asks=True),
        Button("start", "Start"),
        Button("snooze", "Snooze for me", "H", "clock", asks=True),
        Button("wait", "Waiting on the realtor", "W", asks=True),
        Button("duplicate", "Duplicate of…", "2", asks=True),
        Button("decline", "Decline", "3", asks=True),
        Button("ask", "Ask the realtor", "5", asks=True),
        Button("category", "Category", "T", asks=True),
        Button("listing", "Listing", "L", asks=True),
        Button("realtor", "Realtor", "⇧R", asks=True),
        Button("release", "Release", "⇧C"),
        Button("edit", "Edit", "", "pencil", asks=True),
        Button("fail", "It failed", asks=True),
        Button("cancel", "Cancel it", asks=True),
        Button("remove", "Remove", "Del", asks=True),
    )
}
LINK_PATHS = {**PATHS, "listing": "listings"}
LINK_WORDS = {
    ("duplicate_of", True): "Duplicate of",
    ("duplicate_of", False): "Took in",
    ("belongs_to", True): "Belongs to",
}


@dataclass(frozen=True, slots=True)
class Link(Printed):
    """What a task is tied to: the one it is a duplicate of, those it took in, the listing it belongs to."""

    heading: str
    href: str
    name: str


UP_FRONT = ("claim", "reopen", "restore", "assign", "due", "priority")
"""Beside them *Complete* for what somebody has; an open task is claimed first as a rule."""
UNDER_THE_THUMB = ("claim", "complete", "reopen", "restore", "assign", "due", "priority", "edit")


@dataclass(slots=True)
class TaskPage(Printed):
    """A task for its own page and for the pane beside a list."""

    task: Task
    href: str
    title: str
    row: Line
    crumb: str
    status_words: str
    owner_words: str
    due_words: str
    due_question: DueQuestion | None
    """A date in the request that was not clear, for whoever may set it."""
    priority_words: str
    priority_tone: str
    category_heading: str
    seen_by: str
    description: str
    outputs: list[tuple[str, str]]
    listing: Listing | None
    realtor: Realtor | None
    links: list[Link]
    buttons: list[Button]
    more: list[Button]
    thumbs: list[Button]
    reason: str
    why_here: str
    removed_words: str
    siblings: list[Line]
    siblings_heading: str
    unseen_words: str
    history: History
    notes: list[NoteLine]
    note_action: str
    messages: list[Card]
    messages_changed: str
    """Says that a message was edited or deleted in Slack after it came in; empty if none was."""
    undo_intake_href: str
    """Where it is said that this was no request; empty unless the intake made it by itself and it is still open."""
    made_words: str
    changed_words: str


NOTES = notes_beside("%(kind)s", "t.task_id")


def task_page(kind: str, task_id: str, staff: Staff, *, every_act: bool = False) -> TaskPage | None:
    """The page of a task this person may see, else None. Removed tasks are shown to those who can restore them."""
    removed = may(staff, Right.REMOVE_TASKS)
    beside = (
        f"jsonb_build_object('messages', {MESSAGES_BEHIND}, 'why', {why.BESIDE}, "
        f"'links', {tasks.LINKED}, 'notes', {NOTES})"
    )
    found = tasks.task_with(kind, task_id, staff, beside, removed=removed)
    if found is None:
        return None
    task, beside = found
    beside = json.loads(beside) if isinstance(beside, str) else beside
    return _task_page(task, beside, staff, office_now(), every_act=every_act)


def _task_page(task: Task, beside: dict[str, Any], staff: Staff, now: datetime, *, every_act: bool) -> TaskPage:
    own = line(task, now, why.stop_of(beside["why"]))
    listing = None if isinstance(task, AgentTask) else task.listing
    realtor = task.realtor if isinstance(task, AgentTask) else task.listing.realtor
    buttons = buttons_for(task, staff)
    up_front = UP_FRONT if task.status == Status.OPEN else (*UP_FRONT, "complete")
    siblings, heading, unseen_words = _siblings(task, staff, now)
    tone, words = priority_in_words(task.priority)
    holder = task.assigned_staff
    told = history.of_row(task._meta.db_table, task.pk, own.href, now, every=every_act)
    is_from_intake = told.by_intake and "template_line" not in (task.inputs or {})
    may_undo = is_from_intake and may(staff, Right.REVIEW_MESSAGES) and task.status in WORKABLE
    cards = cards_behind(beside["messages"])
    return TaskPage(
        task=task,
        href=own.href,
        title=task.name,
        row=own,
        crumb=f"Listing work · {listing.address_string}" if listing else f"Realtor work · {realtor}",
        status_words=_status_words(task, now),
        owner_words=f"You, {holder.name}" if holder and holder.pk == staff.pk else holder.name if holder else "",
        due_words=due_in_full(own.due, now) if own.due else "",
        due_question=due_question_of(task) if any(button.verb == "due" for button in buttons) else None,
        priority_words=f"{task.priority} of 10 · {words.removesuffix(' priority')}" if task.priority else "None",
        priority_tone=tone,
        category_heading="Category" if listing else "Kind",
        seen_by="" if isinstance(task, AgentTask) else VisibilityGroup(task.visibility_group).label,
        description=task.description or "",
        outputs=[
            (str(name).replace("_", " ").capitalize(), str(value)) for name, value in (task.outputs or {}).items()
        ],
        listing=listing,
        realtor=realtor,
        links=[
            Link(LINK_WORDS[relation, begins], f"/{LINK_PATHS[other]}/{pk}/", name)
            for relation, begins, other, pk, name in beside["links"] or []
        ],
        buttons=[button for button in buttons if button.verb in up_front],
        more=[button for button in buttons if button.verb not in up_front],
        thumbs=[button for button in buttons if button.verb in UNDER_THE_THUMB][:5],
        reason=_why_not(task, staff),
        why_here=why.why_here(task, staff, beside["why"], now),
        removed_words=f"Removed {ago(task.deleted_at, now)}. Only admins see it." if task.deleted_at else "",
        siblings=siblings,
        siblings_heading=heading,
        unseen_words=unseen_words,
        history=told,
        notes=note_lines(beside["notes"], now),
        note_action="" if task.deleted_at else f"{own.href}note/",
        messages=cards,
        messages_changed=changed_words(cards),
        undo_intake_href=f"{own.href}was-none/" if may_undo and task.deleted_at is None else "",
        made_words=ago(task.created_at, now),
        changed_words=ago(task.updated_at, now),
    )


def buttons_for(task: Task, staff: Staff) -> list[Button]:
    """The verbs that are legal and permitted, the one primary first; a colleague's task asks why."""
    legal = {*verbs_for(staff, task), *triage_for(staff, task)}
    if "edit" in legal:
        legal |= {"category", "listing", *(["realtor"] if isinstance(task, AgentTask) else [])}
    if legal & STATUS_AFTER.keys():
        legal.add("status")
    asks_why = {"complete", "release"} if is_others(staff, task) else set()
    primary = next((verb for verb in ("claim", "complete", "restore") if verb in legal and verb not in asks_why), "")
    return [
        replace(button, asks=button.asks or button.verb in asks_why, primary=button.verb == primary)
        for button in VERBS.values()
        if button.verb in legal
    ]


def _why_not(task: Task, staff: Staff) -> str:
    """Why the usual buttons are missing: a reason instead of a dead button."""
    holder = task.assigned_staff
    if holder and is_others(staff, task) and not may(staff, Right.TAKE_OVER) and task.status in WORKABLE:
        return f"{holder.first_name} has this one. Operations and admins can step in."
    return ""


def _status_words(task: Task, now: datetime) -> str:
    label = Status(task.status).label
    since = task.completed_at if task.is_closed else task.claimed_at
    return f"{label}, {'' if task.is_closed else 'since '}{moment_of(since, now)}" if since else label


def _siblings(task: Task, staff: Staff, now: datetime) -> tuple[list[Line], str, str]:
    """The rest of the listing, or of the realtor's tasks: open first; with heading and what is only counted."""
    shown: dict[str, Any] = {"but": task.pk, "limit": SIBLINGS_SHOWN}
    if isinstance(task, AgentTask):
        found = tasks.tasks_with_holders("agent_task", tasks.OPEN_FOR_REALTOR, task.realtor_id, staff, **shown)
        heading = f"Other tasks for {task.realtor.name.split()[0]}"
        return lines_of(found, now), heading, ""
    found = tasks.tasks_with_holders("activity", tasks.ON_LISTING, task.listing_id, staff, **shown)
    hidden = tasks.hidden_counts(task.listing_id, staff)
    total = found.number + 1 + sum(count.open + count.closed for count in hidden)
    done = found.closed + task.is_closed + sum(count.closed for count in hidden)
    return lines_of(found, now), f"The rest of this listing · {done} of {total} done", unseen(hidden)
