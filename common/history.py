"""Acts: the frame in which every change of rows happens, so that history knows who, what and why, and undo can work."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import psycopg
from django.db import DatabaseError, connection, transaction

from common.fields import new_ulid


class Refused(Exception):
    """An action that may not be done now. Its text is a sentence for the person who asked.

    ``in_short`` says the same of many in one answer, behind their number: "3 already done".
    """

    def __init__(self, words: str, in_short: str = ""):
        super().__init__(words)
        self.in_short = in_short


_current: ContextVar[str | None] = ContextVar("act", default=None)


_latest: ContextVar[str | None] = ContextVar("latest act", default=None)


def last_act() -> str | None:
    """The id of the act this request or job has done last: what its toast offers to undo."""
    return _latest.get()


def remember_act(act_id: str) -> None:
    """Say that this act has just been done, for ``last_act``."""
    _latest.set(act_id)


def current_act() -> str | None:
    """The id of the act being done, or None outside one."""
    return _current.get()


@contextmanager
def act(verb: str, *, reason: str | None = None, source: str = "web") -> Iterator[str]:
    """Do everything inside as one act of the current principal, in one transaction; yield the act's id.

    An act inside an act joins it: a bulk change calls the single verbs and stays one act that one undo takes back.
    Who acts and when is filled in by the database. The rows changed are recorded by triggers (``app.record_changes``).
    """
    running = _current.get()
    if running is not None:
        with transaction.atomic():
            yield running
        return
    act_id = new_ulid()
    token = _current.set(act_id)
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT app.open_act(%s, %s, %s, %s)", [act_id, verb, reason, source])
            yield act_id
            if not connection.needs_rollback:
                with connection.cursor() as cursor:
                    # Later statements of the same transaction must not slip into this act.
                    cursor.execute("SET LOCAL app.act = ''")
        remember_act(act_id)
    finally:
        _current.reset(token)


def undo(act_id: str, *, leave_changed: bool = False) -> str:
    """Take one of my acts back as an act of its own; return the new act's id.

    Rows changed since stop the whole undo with their names, unless ``leave_changed`` takes back only the rest.
    Raises ``Refused`` with the reason (product.md, O: ten minutes, rows untouched since).
    """
    new_act = new_ulid()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT app.undo(%s, %s, %s)", [act_id, new_act, leave_changed])
            answer = cursor.fetchone()[0]
    except DatabaseError as error:
        cause = error.__cause__
        if not isinstance(cause, psycopg.Error):
            raise
        if cause.sqlstate == "LP001":
            raise ChangedSince(json.loads(cause.diag.message_detail or "[]")) from None
        if cause.sqlstate in UNDO_REFUSALS:
            raise Refused(UNDO_REFUSALS[cause.sqlstate]) from None
        raise
    answer = json.loads(answer) if isinstance(answer, str) else answer
    if reason := answer.get("refused"):
        raise Refused(UNDO_REFUSALS[reason])
    return new_act


UNDO_REFUSALS = {
    "nobody": "You are no longer signed in. Sign in again.",
    "not yours": "Only your own acts can be undone.",
    "already": "This has been undone already.",
    "too late": "That was more than 10 minutes ago. Change it back by hand.",
    # What the database refuses (SQLSTATE): the last admin, a value that somebody else has taken, a row that is gone.
    "LP002": "The last active admin must stay an active admin. Nothing was undone.",
    "23505": "Somebody else has that e-mail, Slack id or place by now. Nothing was undone.",
    "23503": "What it belongs to is gone by now. Nothing was undone.",
}


class ChangedSince(Refused):
    """An undo that would overwrite somebody's newer change; ``rows`` are (table, key) pairs."""

    def __init__(self, rows: list[dict[str, str]]):
        self.rows = [(row["table"], row["key"]) for row in rows]
        super().__init__("Somebody has changed this since. Nothing was undone.")
