"""Who is asking: the login behind a session, read with every request."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.models import Preferences, Session, User
from accounts.sessions import digest
from common.clock import moment_in_words, office_now, office_zone
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


# ---- signed-in sessions ----------------------------------------------------------------------------------------------

BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)
"""What a browser calls itself, and what people call it; the first that fits counts, as each also names others."""


@dataclass(frozen=True)
class SignedIn:
    """One browser in which a person is signed in. ``key`` is the stored digest, with which nobody can sign in."""

    key: str
    browser: str
    since: str
    is_current: bool


def sessions_of(staff: Staff, *, current: str | None) -> list[SignedIn]:
    """Where this person is signed in, this browser first, then the latest; ``current`` is the cookie's key."""
    here, now = digest(current), office_now()
    rows = Session.objects.filter(staff_id=staff.pk, expire_date__gt=timezone.now()).order_by("-created_at")
    found = [
        SignedIn(
            row.session_key,
            browser_in_words(row.user_agent),
            moment_in_words(row.created_at.astimezone(office_zone()), now),
            row.session_key == here,
        )
        for row in rows
    ]
    return sorted(found, key=lambda session: not session.is_current)


def browser_in_words(user_agent: str) -> str:
    """``Firefox on Windows``; ``Unknown browser`` for what names neither."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    return " on ".join(filter(None, [browser or (system and "Browser"), system])) or "Unknown browser"
