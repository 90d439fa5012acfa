"""Sentences of triage: until when something is put off, and the question a realtor is asked."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from common.chat import calls_nobody
from common.clock import hour_in_words, office_zone
from realtors.models import Realtor
from tasks.models import Activity
from tasks.rules import Task

NAMED = 10
"""Tasks that one question names; of further ones it says the number."""


def until_words(moment: datetime) -> str:
    """``Fri 27 Nov, 9 am``"""
    local = moment.astimezone(office_zone())
    return f"{local:%a} {local.day} {local:%b}, {hour_in_words(local)}"


def question_about(tasks: Sequence[Task], realtor: Realtor) -> str:
    """What to paste into Slack to ask a realtor about tasks; it calls no channel, group or person."""
    names = [_named(task) for task in tasks[:NAMED]]
    if len(tasks) > NAMED:
        names.append(f"{len(tasks) - NAMED} more")
    about = f"{'; '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
    asked = _asked(tasks[0]) if len(tasks) == 1 else "Is there anything we still need from you?"
    # A task's name may come from a message, with all that it calls.
    return calls_nobody(f"Hi {realtor.name.split()[0]}, about {about}: {asked}")


def _named(task: Task) -> str:
    return f"“{task.name}”" + (f", {task.listing.address_string}" if isinstance(task, Activity) else "")


def _asked(task: Task) -> str:
    if task.due_date is None:
        return "By when do you need it, and is there anything we should know?"
    day = task.due_date.astimezone(office_zone())
    plan = "We plan it for" if task.due_date > timezone.now() else "It was due on"
    return f"{plan} {day:%A} {day.day} {day:%B}. Is there anything we still need from you?"
