"""A date in a request that could not be read as one day: the task keeps it as a question until it has a due date."""

from datetime import datetime
from typing import Any, NamedTuple

from common.clock import due_in_full, office_now
from tasks.rules import Task

KEY = "due_question"


class DueQuestion(NamedTuple):
    """The words of the request, and the moments they may mean: as a due date is typed, and in words."""

    said: str
    choices: list[tuple[str, str]]


def kept(said: str, choices: list[str]) -> dict[str, Any]:
    """What is kept among a task's ``inputs``; ``choices`` are moments of office time, YYYY-MM-DDThh:mm."""
    return {KEY: {"said": said, "choices": choices}}


def choices_in_words(choices: list[str]) -> list[tuple[str, str]]:
    """Moments as a due date is typed ("2026-11-27 17:00"), each with its words ("Tomorrow, 5 pm")."""
    moments = [datetime.fromisoformat(choice) for choice in choices]
    return [(f"{moment:%Y-%m-%d %H:%M}", due_in_full(moment, office_now())) for moment in moments]


def due_question_of(task: Task) -> DueQuestion | None:
    """The question that is still open; None once the task has a due date or is closed."""
    stored = (task.inputs or {}).get(KEY)
    if not stored or task.due_date or task.is_closed:
        return None
    return DueQuestion(stored["said"], choices_in_words(stored["choices"]))
