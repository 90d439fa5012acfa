"""A task as one line on the page of something else, and the words that several pages share."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString

from common.clock import moment_in_words, office_zone
from common.printing import Printed
from tasks.models import AgentTask, Category, Status, TaskKey, VisibilityGroup
from tasks.queries import Found, HiddenCount, Stopped
from tasks.rows import CATEGORY_TONE, NOBODY, STATUS_DOT, dot, due_in_row, face, initials_of, stopped, tag
from tasks.rules import Task


@dataclass(slots=True)
class Line(Printed):
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
    mark: str

    @property
    def sign(self) -> SafeString:
        return dot(self.dot, self.status_label)

    @property
    def tags(self) -> SafeString:
        """Category and due date."""
        return tag(self.category_tone, self.category_label) + self.due_tag

    @property
    def why(self) -> SafeString:
        """What it waits for, and since when."""
        return tag("mark", self.mark) if self.mark else SafeString()

    @property
    def due_tag(self) -> SafeString:
        return tag(self.due_tone, self.due_label)

    @property
    def holder(self) -> SafeString:
        """Who has it, or that nobody has."""
        return self.face or NOBODY

    @property
    def face(self) -> SafeString:
        """Who has it; empty if nobody has."""
        return face(self.owner_tone, self.owner_name, self.owner_initials) if self.owner_initials else SafeString("")


def line(task: Task, now: datetime, stop: Stopped | None = None) -> Line:
    """This task in words; ``assigned_staff`` must be loaded, ``now`` be in office time.

    ``stop`` is what the realtor owes it, if its clock stands.
    """
    due = task.due_date.astimezone(office_zone()) if task.due_date else None
    label, tone = due_in_row(due, now, waits=stop is not None)
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
        mark=stopped(*stop, now) if stop and not task.is_closed else "",
    )


def _category(task: Task) -> str:
    if isinstance(task, AgentTask):
        return dict(TaskKey.choices).get(task.task_key, task.task_key)
    return Category(task.task_category).label


def by_due(lines: Iterable[Line]) -> list[Line]:
    """Open ones by due date, undated after them, closed ones sunk."""
    far = datetime.max.replace(tzinfo=office_zone())
    return sorted(lines, key=lambda item: (item.is_closed, item.due or far))


def lines_of(found: Found, now: datetime) -> list[Line]:
    """What was found as lines, in the order of ``by_due``."""
    return by_due(line(task, now, found.waits.get(task.pk)) for task in found.tasks)


def unseen(hidden: list[HiddenCount]) -> str:
    """What the reader may not see, as numbers: "2 open and 1 done by Marketing. …"."""
    parts = []
    for count in hidden:
        numbers = [f"{count.open} open"] * bool(count.open) + [f"{count.closed} done"] * bool(count.closed)
        parts.append(f"{' and '.join(numbers)} by {VisibilityGroup(count.group).label}")
    return f"{'; '.join(parts)}. Their details are not yours to see; they count all the same." if parts else ""


def moment_of(moment: datetime, now: datetime) -> str:
    return moment_in_words(moment.astimezone(office_zone()), now)


def ago(moment: datetime | None, now: datetime) -> str:
    """``today, 9:12 am``, ``3 days ago``, ``12 Mar 2025``."""
    if moment is None:
        return ""
    days = (now.date() - moment.astimezone(office_zone()).date()).days
    if days <= 0:
        return f"today, {moment_of(moment, now)}"
    if days < 60:
        return "yesterday" if days == 1 else f"{days} days ago"
    return moment_of(moment, now)
