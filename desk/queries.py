"""What the pages about one item show, ready in words: the templates compute nothing."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from common.clock import due_in_full, due_in_words, moment_in_words, office_now, office_zone
from common.models import Change
from desk import history
from desk.history import Entry
from listings.models import Listing, ListingStatus, Note
from realtors.models import Realtor
from staff.models import Staff
from staff.rights import Right, may
from tasks import queries as tasks
from tasks.models import CLOSED, WORKABLE, AgentTask, Category, Status, TaskKey, VisibilityGroup
from tasks.rows import CATEGORY_TONE, STATUS_DOT, initials_of, priority_in_words
from tasks.rules import Task, is_others, verbs_for

SIBLINGS_SHOWN = 14
GATE_SHOWN = 3
RECENT = timedelta(days=90)
RECENT_SHOWN = 50


# ---- a task as one line ----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Line:
    """A task as one line on the page of another thing."""

    id: str
    href: str
    title: str
    dot: str
    status_label: str
    is_closed: bool
    category_label: str
    category_tone: str
    due: datetime | None
    due_label: str
    due_tone: str
    owner_name: str
    owner_initials: str
    owner_tone: str


def line(task: Task, now: datetime) -> Line:
    """This task in words; ``assigned_staff`` must be loaded, ``now`` be in office time."""
    due = task.due_date.astimezone(office_zone()) if task.due_date else None
    label, tone = due_in_words(due, now)
    if task.is_closed:
        label, tone = (f"{due.day} {due:%b}" if due else ""), ""
    owner = task.assigned_staff
    return Line(
        id=task.pk,
        href=task.get_absolute_url(),
        title=task.name,
        dot=STATUS_DOT[Status(task.status)],
        status_label=Status(task.status).label,
        is_closed=task.is_closed,
        category_label=_category(task),
        category_tone="admin" if isinstance(task, AgentTask) else CATEGORY_TONE[Category(task.task_category)],
        due=due,
        due_label=label,
        due_tone=tone,
        owner_name=owner.name if owner else "",
        owner_initials=initials_of(owner.name) if owner else "",
        owner_tone=owner.role if owner else "",
    )


def _category(task: Task) -> str:
    if isinstance(task, AgentTask):
        return dict(TaskKey.choices).get(task.task_key, task.task_key)
    return Category(task.task_category).label


def _by_due(lines: Iterable[Line]) -> list[Line]:
    """Open ones by due date, undated after them, closed ones sunk."""
    far = datetime.max.replace(tzinfo=office_zone())
    return sorted(lines, key=lambda item: (item.is_closed, item.due or far))


# ---- the page of a task ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Button:
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
        Button("due", "Due", "D", "calendar", asks=True),
        Button("priority", "Priority", "P", "flag", asks=True),
        Button("start", "Start"),
        Button("release", "Release", "⇧C"),
        Button("edit", "Edit", "", "pencil", asks=True),
        Button("fail", "It failed", asks=True),
        Button("cancel", "Cancel it", asks=True),
        Button("remove", "Remove", asks=True),
    )
}
UP_FRONT = ("claim", "reopen", "restore", "assign", "due", "priority")
"""Beside them *Complete* for what somebody has; an open task is claimed first as a rule."""
UNDER_THE_THUMB = ("claim", "complete", "reopen", "restore", "assign", "due", "priority", "edit")


@dataclass(slots=True)
class TaskPage:
    """A task for its own page and for the pane beside a list."""

    task: Task
    href: str
    title: str
    row: Line
    crumb: str
    status_words: str
    owner_words: str
    due_words: str
    priority_words: str
    priority_tone: str
    category_heading: str
    seen_by: str
    description: str
    outputs: list[tuple[str, str]]
    listing: Listing | None
    realtor: Realtor | None
    buttons: list[Button]
    more: list[Button]
    thumbs: list[Button]
    reason: str
    removed_words: str
    siblings: list[Line]
    siblings_heading: str
    unseen_words: str
    history: list[Entry]
    made_words: str
    changed_words: str


def task_page(kind: str, task_id: str, staff: Staff) -> TaskPage | None:
    """The page of a task this person may see, else None. Removed tasks are shown to those who can restore them."""
    removed = may(staff, Right.REMOVE_TASKS)
    task = tasks.visible(kind, staff, removed=removed).filter(pk=task_id).first()
    return _task_page(task, staff, office_now()) if task else None


def _task_page(task: Task, staff: Staff, now: datetime) -> TaskPage:
    own = line(task, now)
    listing = None if isinstance(task, AgentTask) else task.listing
    realtor = task.realtor if isinstance(task, AgentTask) else task.listing.realtor
    buttons = _buttons(task, staff)
    up_front = UP_FRONT if task.status == Status.OPEN else (*UP_FRONT, "complete")
    siblings, heading, unseen = _siblings(task, staff, now)
    tone, words = priority_in_words(task.priority)
    holder = task.assigned_staff
    return TaskPage(
        task=task,
        href=own.href,
        title=task.name,
        row=own,
        crumb=f"Listing work · {listing.address_string}" if listing else f"Realtor work · {realtor.name}",
        status_words=_status_words(task, now),
        owner_words=f"You, {holder.name}" if holder and holder.pk == staff.pk else holder.name if holder else "",
        due_words=due_in_full(own.due, now) if own.due else "",
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
        buttons=[button for button in buttons if button.verb in up_front],
        more=[button for button in buttons if button.verb not in up_front],
        thumbs=[button for button in buttons if button.verb in UNDER_THE_THUMB][:5],
        reason=_why_not(task, staff),
        removed_words=f"Removed {_ago(task.deleted_at, now)}. Only admins see it." if task.deleted_at else "",
        siblings=siblings,
        siblings_heading=heading,
        unseen_words=unseen,
        history=history.entries([(task._meta.db_table, task.pk)], now),
        made_words=_ago(task.created_at, now),
        changed_words=_ago(task.updated_at, now),
    )


def _buttons(task: Task, staff: Staff) -> list[Button]:
    """The verbs that are legal and permitted, the one primary first; a colleague's task asks why."""
    legal = set(verbs_for(staff, task))
    asks_why = {"complete", "release"} if is_others(staff, task) else set()
    primary = next((verb for verb in ("claim", "complete", "restore") if verb in legal and verb not in asks_why), "")
    return [
        Button(
            button.verb,
            button.label,
            button.key,
            button.icon,
            asks=button.asks or button.verb in asks_why,
            primary=button.verb == primary,
        )
        for button in VERBS.values()
        if button.verb in legal
    ]


def _why_not(task: Task, staff: Staff) -> str:
    """Why the usual buttons are missing: a reason instead of a dead button."""
    if is_others(staff, task) and not may(staff, Right.TAKE_OVER) and task.status in WORKABLE:
        return f"{task.assigned_staff.first_name} has this one. Operations and admins can step in."
    return ""


def _status_words(task: Task, now: datetime) -> str:
    label = Status(task.status).label
    since = task.completed_at if task.is_closed else task.claimed_at
    return f"{label}, {'' if task.is_closed else 'since '}{_moment(since, now)}" if since else label


def _siblings(task: Task, staff: Staff, now: datetime) -> tuple[list[Line], str, str]:
    """The rest of the listing, or of the realtor's tasks: open first; with heading and what is only counted."""
    if isinstance(task, AgentTask):
        others = tasks.visible_agent_tasks(staff).filter(realtor=task.realtor_id, status__in=WORKABLE)
        heading = f"Other tasks for {task.realtor.name.split()[0]}"
    else:
        others = tasks.visible_activities(staff).filter(listing=task.listing_id)
        heading = "The rest of this listing"
    lines = _by_due(line(other, now) for other in others.select_related("assigned_staff") if other.pk != task.pk)
    if isinstance(task, AgentTask):
        return lines[:SIBLINGS_SHOWN], heading, ""
    seen = [*lines, line(task, now)]
    hidden = tasks.hidden_counts(task.listing_id, staff) if task.listing_id else []
    total = len(seen) + sum(count.open + count.closed for count in hidden)
    done = sum(item.is_closed for item in seen) + sum(count.closed for count in hidden)
    return lines[:SIBLINGS_SHOWN], f"{heading} · {done} of {total} done", _unseen(hidden)


def _unseen(hidden: list[tasks.HiddenCount]) -> str:
    """What the reader may not see, as numbers: "2 open and 1 done by Marketing. …"."""
    parts = []
    for count in hidden:
        numbers = [f"{count.open} open"] * bool(count.open) + [f"{count.closed} done"] * bool(count.closed)
        parts.append(f"{' and '.join(numbers)} by {VisibilityGroup(count.group).label}")
    return f"{'; '.join(parts)}. Their details are not yours to see; they count all the same." if parts else ""


def _moment(moment: datetime, now: datetime) -> str:
    return moment_in_words(moment.astimezone(office_zone()), now)


def _ago(moment: datetime | None, now: datetime) -> str:
    """``today, 9:12 am``, ``3 days ago``, ``12 Mar 2025``."""
    if moment is None:
        return ""
    days = (now.date() - moment.astimezone(office_zone()).date()).days
    if days <= 0:
        return f"today, {_moment(moment, now)}"
    if days < 60:
        return "yesterday" if days == 1 else f"{days} days ago"
    return _moment(moment, now)


# ---- the page of a listing -------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Group:
    """The activities of one team on a listing."""

    title: str
    words: str
    rows: list[Line]


@dataclass(slots=True)
class Bar:
    """One activity in the progress track, as attributes of its rectangle."""

    x: int
    width: int
    tone: str


@dataclass(slots=True)
class NoteLine:
    who: str
    text: str
    when: str


@dataclass(slots=True)
class ListingPage:
    listing: Listing
    realtor: Realtor | None
    realtor_first_name: str
    type_label: str
    status_label: str
    removed_words: str
    came_in: str
    due_words: str
    next_words: str
    total: int
    done_words: str
    track: list[Bar]
    track_width: int
    track_words: str
    gate: list[Line]
    gate_more: str
    groups: list[Group]
    unseen_words: str
    other_tasks: list[Line]
    notes: list[NoteLine]
    history: list[Entry]
    may_edit: bool
    may_remove: bool


BAR, GAP = 97, 3
TEAM_ORDER = (VisibilityGroup.AGENT, VisibilityGroup.BOTH, VisibilityGroup.MARKETING)


def listing_page(listing_id: str, staff: Staff) -> ListingPage | None:
    """The page of a listing with those of its activities this person may see; the others count all the same."""
    listings = Listing.all_objects if may(staff, Right.REMOVE_LISTINGS) else Listing.objects
    listing = listings.select_related("realtor").filter(pk=listing_id).first()
    if listing is None:
        return None
    now = office_now()
    activities = list(tasks.visible_activities(staff).filter(listing=listing_id).select_related("assigned_staff"))
    groups = _groups(activities, now)
    rows = _by_due(row for group in groups for row in group.rows)
    hidden = tasks.hidden_counts(listing_id, staff)
    to_do = [row for row in rows if not row.is_closed]
    total = len(rows) + sum(count.open + count.closed for count in hidden)
    done = sum(row.is_closed for row in rows) + sum(count.closed for count in hidden)
    others = tasks.visible_agent_tasks(staff).filter(realtor=listing.realtor_id, status__in=WORKABLE)
    due = listing.due_date.astimezone(office_zone()) if listing.due_date else None
    return ListingPage(
        listing=listing,
        realtor=listing.realtor,
        realtor_first_name=listing.realtor.name.split()[0] if listing.realtor else "",
        type_label=listing.get_type_display() or "",
        status_label=ListingStatus(listing.status).label,
        removed_words=f"Removed {_ago(listing.deleted_at, now)}. Only admins see it." if listing.deleted_at else "",
        came_in=f"Came in {_ago(listing.created_at, now)}",
        due_words=due_in_full(due, now) if due else "",
        next_words=_next_words(to_do, now),
        total=total,
        done_words=f"{done} of {total} done",
        track=_track(rows, done, total),
        track_width=total * (BAR + GAP) - GAP,
        track_words=_track_words(rows, done, total),
        gate=to_do[:GATE_SHOWN],
        gate_more=_gate_more(to_do, hidden),
        groups=groups,
        unseen_words=_unseen(hidden),
        other_tasks=_by_due(line(task, now) for task in others.select_related("assigned_staff")[:SIBLINGS_SHOWN])
        if listing.realtor_id
        else [],
        notes=_notes("listing", listing_id, now),
        history=history.entries(
            [("listings", listing_id), *(("activities", activity.pk) for activity in activities)],
            now,
            {activity.pk: activity.name for activity in activities},
        ),
        may_edit=may(staff, Right.EDIT_LISTINGS) and listing.deleted_at is None,
        may_remove=may(staff, Right.REMOVE_LISTINGS),
    )


def _groups(activities: list[Any], now: datetime) -> list[Group]:
    by_team: dict[str, list[Line]] = defaultdict(list)
    for activity in activities:
        by_team[activity.visibility_group].append(line(activity, now))
    return [
        Group(
            team.label,
            f"{sum(row.is_closed for row in by_team[team])} of {len(by_team[team])} done",
            _by_due(by_team[team]),
        )
        for team in TEAM_ORDER
        if by_team[team]
    ]


def _next_words(to_do: list[Line], now: datetime) -> str:
    """The next due activity with its owner: "Next: Create MLS listing, Alex, today, 5 pm"."""
    first = next((row for row in to_do if row.due), None)
    if first is None:
        return ""
    owner = first.owner_name.split()[0] if first.owner_name else "nobody yet"
    return f"Next: {first.title}, {owner}, {due_in_full(first.due, now)}"


def _gate_more(to_do: list[Line], hidden: list[tasks.HiddenCount]) -> str:
    parts = [f"{len(to_do) - GATE_SHOWN} more"] * (len(to_do) > GATE_SHOWN)
    parts += [f"{count.open} by {VisibilityGroup(count.group).label}" for count in hidden if count.open]
    return f" and {', '.join(parts)}" if parts else ""


def _track(rows: list[Line], done: int, total: int) -> list[Bar]:
    halves = sum(row.dot == "half" for row in rows)
    tones = ["d"] * done + ["h"] * halves + [""] * (total - done - halves)
    return [Bar(n * (BAR + GAP), BAR // 2 if tone == "h" else BAR, tone) for n, tone in enumerate(tones)]


def _track_words(rows: list[Line], done: int, total: int) -> str:
    halves = sum(row.dot == "half" for row in rows)
    return f"{done} of {total} activities done" + (f", {halves} in progress" if halves else "")


def _notes(kind: str, item_id: str, now: datetime) -> list[NoteLine]:
    notes = list(Note.objects.filter(kind=kind, item_id=item_id).order_by("created_at"))
    if not notes:
        return []
    names = dict(Staff.all_objects.values_list("pk", "name"))
    return [
        NoteLine(names.get(note.author_staff_id, "Import"), note.text, _moment(note.created_at, now)) for note in notes
    ]


# ---- the page of a realtor -------------------------------------------------------------------------------------------


@dataclass(slots=True)
class File:
    """A listing with its open activities on the realtor's page; without ``href`` the tasks tied to no listing."""

    title: str
    href: str
    type_label: str
    percent: int
    words: str
    rows: list[Line]


@dataclass(slots=True)
class RealtorPage:
    realtor: Realtor
    initials: str
    where_words: str
    territories: str
    since: str
    open_words: str
    files: list[File]
    done: list[Line]
    done_words: str
    history: list[Entry]


def realtor_page(realtor_id: str, staff: Staff) -> RealtorPage | None:
    """The page of a realtor with the open work this person may see, by listing, and what was done lately."""
    realtors = Realtor.all_objects if may(staff, Right.MANAGE_REALTORS) else Realtor.objects
    realtor = realtors.filter(pk=realtor_id).first()
    if realtor is None:
        return None
    now = office_now()
    recent = Q(status__in=WORKABLE) | Q(status__in=CLOSED, completed_at__gte=now - RECENT)
    activities = list(
        tasks.visible_activities(staff)
        .filter(recent, listing__realtor=realtor_id, listing__deleted_at=None)
        .select_related("assigned_staff")
    )
    own = list(tasks.visible_agent_tasks(staff).filter(recent, realtor=realtor_id).select_related("assigned_staff"))
    listings = list(Listing.objects.filter(realtor=realtor_id).exclude(status=ListingStatus.COMPLETED))
    closed = sorted(
        (task for task in [*activities, *own] if task.is_closed), key=lambda task: task.completed_at, reverse=True
    )
    files = _files(listings, activities, own, realtor, now)
    done = [line(task, now) for task in closed[:RECENT_SHOWN]]
    last = f", the last one {_ago(closed[0].completed_at, now)}" if closed else ""
    return RealtorPage(
        realtor=realtor,
        initials=initials_of(realtor.name),
        where_words=" · ".join(filter(None, [realtor.brokerage, ", ".join(realtor.territories or [])])),
        territories=", ".join(realtor.territories or []),
        since=f"{realtor.created_at.astimezone(office_zone()):%B %Y}",
        open_words=str(sum(len(file.rows) for file in files)),
        files=files,
        done=done,
        done_words=f"{len(closed)}{last}",
        history=history.entries([("realtors", realtor_id)], now),
    )


def _files(
    listings: list[Listing], activities: list[Any], own: list[AgentTask], realtor: Realtor, now: datetime
) -> list[File]:
    by_listing: dict[str, list[Line]] = defaultdict(list)
    for activity in activities:
        if not activity.is_closed:
            by_listing[activity.listing_id].append(line(activity, now))
    far = datetime.max.replace(tzinfo=office_zone())
    files = [
        File(
            title=listing.address_string,
            href=listing.get_absolute_url(),
            type_label=listing.get_type_display() or "",
            percent=round(listing.progress or 0),
            words=f"{round(listing.progress or 0)} % done",
            rows=_by_due(by_listing[listing.pk]),
        )
        for listing in listings
    ]
    files.sort(key=lambda file: file.rows[0].due or far if file.rows else far)
    loose = _by_due(line(task, now) for task in own if not task.is_closed)
    if loose:
        title = f"For {realtor.name.split()[0]}, no listing"
        files.append(File(title, "", "", 0, f"{len(loose)} open", loose))
    return files


# ---- what an act was about -------------------------------------------------------------------------------------------


def subject_of(act_id: str, staff: Staff) -> str:
    """What an act changed, as a toast names it: the one item by its title, several by their number."""
    touched = set(Change.objects.filter(act_id=act_id).values_list("table_name", "row_key"))
    names = []
    for table, kind in (("activities", "activity"), ("agent_tasks", "agent_task")):
        keys = [key for name, key in touched if name == table]
        if keys:
            names += tasks.visible(kind, staff, removed=True).filter(pk__in=keys).values_list("name", flat=True)
    listings = [key for table, key in touched if table == "listings"]
    if listings:
        names = list(Listing.all_objects.filter(pk__in=listings).values_list("address_string", flat=True))
    if len(names) == 1:
        return names[0]
    return f"{len(names)} items" if names else "your last act"
