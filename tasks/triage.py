"""The verbs of triage: snooze, wait on the realtor, decline, duplicate. Like ``actions``: each is one act."""

from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from common.clock import office_now, office_zone
from common.history import Refused, act
from listings.queries import add_working_days, office_calendar
from staff.models import Staff
from tasks import actions
from tasks.models import NEW_MESSAGE, WORKABLE, Activity, AgentTask, Snooze, Status, TaskLink, Waiting
from tasks.rules import Task
from tasks.signals import task_merged

USUAL_REASONS = ("Not for us", "No request", "Test")
"""Why most requests are declined; any other reason is written."""
MORNING = 9
BEFORE_DUE, BEFORE_DUE_WORDS = 4, "The working day before it is due"
"""The snooze choice that depends on the task."""


# ---- snooze ----------------------------------------------------------------------------------------------------------


def snooze(task: Task, *, until: datetime | None, by: Staff) -> None:
    """Put an open task out of this person's inbox until a moment, or (``until`` None) until the realtor writes."""
    if task.status not in WORKABLE:
        raise Refused("It is closed, so there is nothing to put off.", f"already {Status(task.status).label.lower()}")
    if until is not None and until <= timezone.now():
        raise Refused("That time has passed. Choose one that lies ahead.")
    with act("snoozed"):
        Snooze.objects.update_or_create(
            kind=task.kind,
            item_id=task.pk,
            staff_id=by.pk,
            defaults={"until": until, "woken_at": None, "wake_reason": None},
        )


def unsnooze(task: Task, *, by: Staff) -> None:
    """Bring a task back into this person's inbox now."""
    with act("woke"):
        if not Snooze.objects.filter(kind=task.kind, item_id=task.pk, staff_id=by.pk, woken_at=None).delete()[0]:
            raise Refused("It is not snoozed.")


def snooze_choices(task: Task | None) -> list[tuple[int, str, datetime | None]]:
    """The choices of the snooze picker: the digit, which means the same whatever the task, the words and the moment.

    None is until the realtor writes. The fourth is missing where that day is not ahead.
    """
    now = office_now()
    is_working_day = office_calendar()
    morning = now.replace(hour=MORNING, minute=0, second=0, microsecond=0)
    choices: list[tuple[int, str, datetime | None]] = [
        (1, "Later today", now + timedelta(hours=3)),
        (2, "Tomorrow, 9 am", morning + timedelta(days=1)),
        (3, "Monday, 9 am", morning + timedelta(days=7 - now.weekday())),
    ]
    if task is not None and task.due_date is not None:
        day = add_working_days(task.due_date.astimezone(office_zone()).date(), -1, is_working_day)
        before = datetime.combine(day, morning.time(), office_zone())
        if before > now:
            choices.append((BEFORE_DUE, BEFORE_DUE_WORDS, before))
    choices.append((5, "Until the realtor writes", None))
    return choices


def snooze_by_choice(task: Task, digit: int, *, by: Staff) -> None:
    """Snooze a task by a choice of ``snooze_choices``, whose moment is this task's own."""
    moments = {number: moment for number, _, moment in snooze_choices(task)}
    if digit not in moments:
        raise Refused("It has no working day ahead before it is due.", "without a working day before")
    snooze(task, until=moments[digit], by=by)


def wake_due() -> int:
    """Wake what was put off until now; run by the clock. Return how many items are back."""
    due = Snooze.objects.filter(woken_at=None, until__lte=timezone.now())
    # The clock ticks all day: an act each time would make every polled page look changed.
    if not due.exists():
        return 0
    with act("woke", source="clock"):
        return due.update(woken_at=timezone.now(), wake_reason="its time has come")


def wake_for_realtor(realtor_id: str) -> int:
    """The realtor has written: what was snoozed wakes and what waited on the realtor goes on. Return how many."""
    activities = Activity.objects.filter(listing__realtor=realtor_id, status__in=WORKABLE)
    mine = {
        "activity": activities.values("pk"),
        "agent_task": AgentTask.objects.filter(realtor=realtor_id, status__in=WORKABLE).values("pk"),
    }
    items = Q(pk=None)
    for kind, ids in mine.items():
        items |= Q(kind=kind, item_id__in=ids)
    now = timezone.now()
    snoozed, waiting = Snooze.objects.filter(items, woken_at=None), Waiting.objects.filter(items, ended_at=None)
    if not snoozed.exists() and not waiting.exists():
        return 0
    with act("woke", source="slack"):
        back = snoozed.update(woken_at=now, wake_reason=NEW_MESSAGE)
        return back + waiting.update(ended_at=now, end_reason=NEW_MESSAGE)


# ---- waiting on the realtor ------------------------------------------------------------------------------------------


def wait(task: Task, *, for_what: str, by: Staff) -> None:
    """Mark a task as waiting on the realtor: its clock stops, and it wakes by itself when the realtor writes."""
    if not for_what.strip():
        raise Refused("Say in a few words what you wait for.")
    if task.status not in WORKABLE:
        raise Refused("It is closed, so nothing waits.")
    with act("began waiting", reason=for_what.strip()):
        try:
            with transaction.atomic():
                Waiting.objects.create(kind=task.kind, item_id=task.pk, for_what=for_what.strip())
        except IntegrityError:
            raise Refused(f"{task.name} is waiting already.", "waiting already") from None


def ask_realtor(task: Task, *, by: Staff) -> None:
    """Note that the realtor has been asked about a task: it waits on the answer from now on."""
    wait(task, for_what="an answer to our question", by=by)


def stop_waiting(task: Task, *, by: Staff) -> None:
    """Say that the answer is there."""
    with act("stopped waiting"):
        open_marks = Waiting.objects.filter(kind=task.kind, item_id=task.pk, ended_at=None)
        if not open_marks.update(ended_at=timezone.now(), end_reason=f"answered, says {by.name}"):
            raise Refused(f"{task.name} is not waiting.")


# ---- decline and duplicate -------------------------------------------------------------------------------------------


def decline(task: Task, *, reason: str, by: Staff) -> None:
    """Turn a request down: the task is cancelled with the reason and stands in the Logbook."""
    with act("declined", reason=reason):
        actions.cancel(task, by=by, reason=reason)


def duplicate_of(task: Task, stays: Task, *, by: Staff) -> None:
    """Close a task as a duplicate of another: its notes move to the one that stays, a link is left behind."""
    if (task.kind, task.pk) == (stays.kind, stays.pk):
        raise Refused("A task cannot be a duplicate of itself.")
    if TaskLink.objects.filter(from_kind=stays.kind, from_id=stays.pk, relation="duplicate_of").exists():
        raise Refused(f"{stays.name} is a duplicate itself. Choose the task it stands for.")
    with act("merged", reason=f"duplicate of {stays.name}"):
        actions.cancel(task, by=by, reason=f"duplicate of {stays.name}")
        with connection.cursor() as cursor:
            cursor.execute("SELECT app.move_notes(%s, %s, %s, %s)", [task.kind, task.pk, stays.kind, stays.pk])
        try:
            with transaction.atomic():
                TaskLink.objects.create(
                    relation="duplicate_of", from_kind=task.kind, from_id=task.pk, to_kind=stays.kind, to_id=stays.pk
                )
        except IntegrityError:
            raise Refused(f"{stays.name} has just been merged into this one. Look at it again.") from None
        task_merged.send(type(task), task=task, stays=stays)


def link_to_listing(task: AgentTask, listing_id: str, *, by: Staff | None) -> None:
    """Tie an agent task to a listing, on whose page it then stands too; a former tie is replaced."""
    with act("linked"):
        TaskLink.objects.filter(from_kind=task.kind, from_id=task.pk, relation=TaskLink.Relation.BELONGS_TO).delete()
        TaskLink.objects.create(
            relation=TaskLink.Relation.BELONGS_TO,
            from_kind=task.kind,
            from_id=task.pk,
            to_kind="listing",
            to_id=listing_id,
        )
