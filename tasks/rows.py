"""A task as one row of a list: every word worked out here, so the template only prints."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from common.clock import day_in_words, due_in_words, hour_in_words, office_zone
from common.printing import Printed
from listings.models import street_of
from tasks.models import NEW_MESSAGE, Category, Status, TaskKey

# Both are looked up with the plain text of a column too: a choice equals its value.
STATUS_DOT: dict[str, str] = {
    Status.OPEN: "",
    Status.CLAIMED: "claimed",
    Status.IN_PROGRESS: "half",
    Status.DONE: "done",
    Status.FAILED: "failed",
    Status.CANCELLED: "cancelled",
}
CATEGORY_TONE: dict[str, str] = {
    Category.ADMIN: "admin",
    Category.MARKETING: "marketing",
    Category.PHOTO: "marketing",
    Category.STAGING: "marketing",
    Category.INSPECTION: "",
    Category.OTHER: "",
}
PATHS = {"activity": "activities", "agent_task": "agent-tasks"}
ICONS = {"activity": "home", "agent_task": "person"}

_CATEGORY_LABELS = dict(Category.choices)
_KEY_LABELS = dict(TaskKey.choices)
_STATUS_LABELS = dict(Status.choices)


@dataclass(slots=True)
class Row(Printed):
    """What a list shows of one task."""

    kind: str
    id: str
    href: str
    icon: str
    title: str
    subtitle: str
    tag_label: str
    tag_tone: str
    category_label: str
    category_tone: str
    due: datetime | None
    due_label: str
    due_tone: str
    priority: int
    priority_tone: str
    priority_label: str
    status: str
    status_label: str
    dot: str
    owner_id: str | None
    owner_name: str
    owner_initials: str
    owner_tone: str
    is_closed: bool
    mark: str
    folds: tuple[str, ...] = ()
    """Where lists fold it away: "snoozed" by this person, "waiting" on its realtor; empty if it can be worked on."""
    age: str = ""
    """How long it has been here, in lists that go by age: "here 2 days"."""
    news: str = ""
    """What has happened outside to what the task came from, in words; empty if nothing."""

    @property
    def named(self) -> str:
        """The task as a toast names it: "Order yard sign, 789 Valencia St"."""
        return f"{self.title}, {self.subtitle.partition(' · ')[0]}"

    @property
    def second_line(self) -> str:
        """Where it belongs, and its age in lists that go by it."""
        return f"{self.subtitle} · {self.age}" if self.age else self.subtitle

    @property
    def signs(self) -> SafeString:
        """The priority as a sign with its words, and the sign of the kind."""
        return _signs(self.priority_tone, self.priority_label, self.icon)

    @property
    def news_dot(self) -> SafeString:
        """The news as a dot before the title."""
        return news_dot(self.news)

    @property
    def tags(self) -> SafeString:
        """Category (or that work is under way) and due date."""
        label = tag(self.tag_tone, self.tag_label)
        return label + tag(self.due_tone, self.due_label) if self.due_label else label

    @property
    def why(self) -> SafeString | str:
        """Why it is where it is: what brought it back, until when it is put off, or what it waits for."""
        return tag("mark", self.mark) if self.mark and not self.is_closed else ""

    @property
    def face(self) -> SafeString | str:
        """Who has it, as initials with the name; nothing while nobody has."""
        return face(self.owner_tone, self.owner_name, self.owner_initials) if self.owner_initials else ""

    @property
    def sign(self) -> SafeString:
        """How far the task is."""
        return dot(self.dot, self.status_label)

    @property
    def holder(self) -> SafeString | str:
        """Who has it, or that nobody has."""
        return self.face or NOBODY


# Little pieces that are the same on many rows are made once: fifty rows are most of what a page costs.
@lru_cache(maxsize=64)
def _signs(tone: str, words: str, icon: str) -> SafeString:
    return format_html(
        '<i class="prio {}" role="img" aria-label="{}"></i>'
        '<svg class="ic" aria-hidden="true"><use href="{}#{}"/></svg>',
        tone,
        words,
        static("icons.svg"),
        icon,
    )


@lru_cache(maxsize=1024)
def face(tone: str, name: str, initials: str) -> SafeString:
    """A person as initials with the name."""
    return format_html('<i class="face {}" role="img" aria-label="{}">{}</i>', tone, name, initials)


WHICH_DAY = "Which day?"  # the request named a date that was not clear (tasks/due_question.py)
NOBODY = mark_safe('<i class="face none" role="img" aria-label="Nobody yet"></i>')


@lru_cache(maxsize=1024)
def tag(tone: str, words: str) -> SafeString:
    """A category, state or date as a chip."""
    return format_html('<span class="tag {}">{}</span>', tone, words)


@lru_cache(maxsize=16)
def news_dot(words: str) -> SafeString:
    """That something has happened outside, as a dot with its words; nothing without words."""
    return format_html('<i class="stirred" role="img" aria-label="{}"></i>', words) if words else SafeString()


@lru_cache(maxsize=16)
def dot(tone: str, words: str) -> SafeString:
    """How far a task is, as a sign with its words."""
    return format_html('<span class="dot {}" role="img" aria-label="{}"></span>', tone, words)


PRIORITY_LEVELS = ((0, "None", "p0"), (2, "Low", "p1"), (5, "Normal", "p2"), (8, "High", "p3"), (10, "Urgent", "p4"))
"""The priorities that a picker offers: value, words and tone."""


def priority_in_words(priority: int) -> tuple[str, str]:
    """Tone and words of a priority: 0 none, up to 3 low, up to 6 normal, up to 8 high, above urgent."""
    if priority == 0:
        return "p0", "No priority"
    for limit, tone, words in ((3, "p1", "Low priority"), (6, "p2", "Normal priority"), (8, "p3", "High priority")):
        if priority <= limit:
            return tone, words
    return "p4", "Urgent"


def initials_of(name: str | None) -> str:
    words = (name or "").split()
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper() if words else ""


def due_in_row(due: datetime | None, now: datetime, *, waits: bool) -> tuple[str, str]:
    """Words and tone of a due date; both in office time. While the clock stands (``waits``) nothing presses."""
    words, tone = due_in_words(due, now)
    if not waits:
        return words, tone
    return (day_in_words(due, now) if tone == "late" and due else words), ""


def row_from_record(record: tuple, now: datetime) -> Row:
    """A row from a record of ``tasks.queries``' page statement; ``now`` in office time."""
    (
        kind, task_id, name, status, priority, due, owner_id, label,
        address, realtor, brokerage, owner, role, until, woken_at, wake_reason, is_snoozed, waits_for, since,
        realtor_wrote, asks_due, *_,
    ) = record  # fmt: skip
    due = due.astimezone(now.tzinfo) if due else None
    is_closed = status in (Status.DONE, Status.FAILED, Status.CANCELLED)
    due_label, due_tone = due_in_row(due, now, waits=bool(waits_for))
    if is_closed:
        due_tone = ""
        due_label = f"{due.day} {due:%b}" if due else ""
    elif asks_due:
        due_label, due_tone = WHICH_DAY, "soon"
    tone, words = priority_in_words(priority)
    if kind == "activity":
        street = street_of(address)
        subtitle = f"{street} · {realtor}" if realtor else street
        category, category_tone = _CATEGORY_LABELS[label], CATEGORY_TONE[label]
    else:
        subtitle = f"{realtor} · {brokerage}" if brokerage else realtor
        category, category_tone = _KEY_LABELS.get(label, label), "admin"
    is_under_way = status == Status.IN_PROGRESS
    return Row(
        kind=kind,
        id=task_id,
        href=f"/{PATHS[kind]}/{task_id}/",
        icon=ICONS[kind],
        title=name,
        subtitle=subtitle or "",
        tag_label=_STATUS_LABELS[status] if is_under_way else category,
        tag_tone="" if is_under_way else category_tone,
        category_label=category,
        category_tone=category_tone,
        due=due,
        due_label=due_label,
        due_tone=due_tone,
        priority=priority,
        priority_tone=tone,
        priority_label=words,
        status=status,
        status_label=_STATUS_LABELS[status],
        dot=STATUS_DOT[status],
        owner_id=owner_id,
        owner_name=owner or "",
        owner_initials=initials_of(owner),
        owner_tone=role or "",
        is_closed=is_closed,
        mark=stopped(waits_for, since, now)
        if waits_for
        else _mark(until, woken_at, wake_reason, is_snoozed, realtor_wrote),
        folds=("snoozed",) * bool(is_snoozed and not woken_at) + ("waiting",) * bool(waits_for),
    )


def stopped(for_what: str, since: datetime, now: datetime) -> str:
    """For what a row waits and since when its clock stands: "waits for floor plan, since Mon 23 Nov"."""
    local = since.astimezone(office_zone())
    day = "today" if local.date() == now.date() else f"{local:%a} {day_in_words(local, now)}"
    return f"waits for {for_what}, since {day}"


def _mark(
    until: datetime | None,
    woken_at: datetime | None,
    reason: str | None,
    is_snoozed: bool,
    realtor_wrote: datetime | None,
) -> str:
    """Why the row is where it is: "back: new message", "until Fri 27 Nov, 9 am"."""
    if realtor_wrote and (not is_snoozed or (woken_at and woken_at <= realtor_wrote)):
        return f"back: {NEW_MESSAGE}"
    if not is_snoozed:
        return ""
    if woken_at:
        return f"back: {reason}"
    if until is None:
        return "until the realtor writes"
    local = until.astimezone(office_zone())
    return f"until {local:%a} {local.day} {local:%b}, {hour_in_words(local)}"
