"""Acts: the frame in which every change of rows happens, so that history knows who, what and why, and undo can work."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, transaction

from common.fields import new_ulid


class Refused(Exception):
    """An action that may not be done now. Its text is a sentence for the person who asked."""


_current: ContextVar[str | None] = ContextVar("act", default=None)


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
                    cursor.execute("SELECT set_config('app.act', '', true)")
    finally:
        _current.reset(token)
