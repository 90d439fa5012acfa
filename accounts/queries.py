"""Who is asking: the login behind a session, read with every request."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property
from typing import Any

from django.db import connection

from accounts.models import Preferences, User
from common.columns import Columns, models_in
from staff.models import Staff

_PARTS = (Columns(User, "u"), Columns(Staff, "s", without=["metadata"]), Columns(Preferences, "p"))
_LOGIN = f"""
    SELECT {", ".join(map(str, _PARTS))}, s.staff_id, s.role, (SELECT value FROM change_counter)
    FROM accounts_user u JOIN staff s USING (staff_id) LEFT JOIN accounts_preferences p USING (staff_id)
    WHERE u.staff_id = %s
"""  # noqa: S608 - our own column names


class Asking:
    """A person who is signed in, and where the change counter stood when this was read."""

    def __init__(self, record: tuple[Any, ...]):
        *self._record, self.staff_id, self.role, self.counter = record

    @cached_property
    def login(self) -> User:
        """The login with its staff row and preferences; made when it is wanted, as an unchanged page needs none."""
        user: User
        user, staff, preferences = models_in(self._record, *_PARTS)
        user.staff = staff
        Staff._meta.get_field("preferences").set_cached_value(staff, preferences)
        return user


def asking(staff_id: str) -> Asking | None:
    """The person with this id, or None where the current principal may not see that person (or is none any more).

    One statement, written out because every request asks it: by way of the ORM it costs five times the processor time.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LOGIN, [staff_id])
        record = cursor.fetchone()
    return Asking(record) if record else None


_asked: ContextVar[dict[str, Asking | None]] = ContextVar("who was asked for in this request")


@contextmanager
def remembered(staff_id: str, found: Asking | None) -> Iterator[None]:
    """Within this request the person need not be read again."""
    token = _asked.set({staff_id: found})
    try:
        yield
    finally:
        _asked.reset(token)


def login_of(staff_id: str) -> User | None:
    """The login with its staff row and preferences; None where the current principal may not see that person."""
    known = _asked.get({})
    found = known[staff_id] if staff_id in known else asking(staff_id)
    return found.login if found else None
