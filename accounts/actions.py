"""Signing in, and keeping one's own name, phone and preferences."""

from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import connection

from accounts.models import Preferences, Session, User
from common.history import Refused, act
from common.principal import acting_as
from staff.models import Staff, StaffStatus
from staff.rights import Right, may

TRIES = 8
"""Refused tries of one e-mail within 15 minutes before sign-in pauses; of one address five times as many."""
DEMO_PASSWORD = "demo-lapaz"  # noqa: S105  (refused wherever demo mode is off)


class SignIn(NamedTuple):
    staff_id: str | None
    problem: str = ""
    is_paused: bool = False


def sign_in(email: str, password: str, address: str) -> SignIn:
    """Find the person with this e-mail and password; the answer to a wrong one never says which was wrong.

    ``address`` is the caller's network address; too many refused tries from it, or for one e-mail, make everyone wait.
    """
    email = email.strip().lower()
    with acting_as(None), connection.cursor() as cursor:
        cursor.execute("SELECT app.count_sign_in(%s, %s, false)", [email, address])
        if cursor.fetchone()[0] >= TRIES:
            problem = "Too many tries. Wait 15 minutes, or ask an admin to set a new password."
            return SignIn(None, problem, is_paused=True)
        cursor.execute("SELECT staff_id, password FROM app.staff_for_login(%s)", [email])
        found = cursor.fetchone()
        # Check something even for an unknown e-mail: the time taken must not tell who works here.
        encoded = found[1] if found else _unusable()
        right = check_password(password, encoded) and found is not None
        if right and not settings.DEMO and password == DEMO_PASSWORD:
            right = False
        if right:
            return SignIn(found[0])
        cursor.execute("SELECT app.count_sign_in(%s, %s, true)", [email, address])
    return SignIn(None, "That e-mail and password do not match. Check both, or ask an admin for a new password.")


_dummy = ""


def _unusable() -> str:
    global _dummy
    _dummy = _dummy or make_password("nobody has this password")
    return _dummy


def edit_own_profile(staff: Staff, *, name: str, phone: str | None) -> None:
    """Change my own name and phone; role, status, e-mail and Slack id are the admins' (product.md, Rights)."""
    with act("edited own profile"):
        if not Staff.objects.filter(pk=staff.pk).update(name=name, phone=phone):
            raise Refused("Your profile could not be saved. Sign in again.")


def save_preferences(staff: Staff, **values) -> None:
    """Keep how this person likes to work: theme, start page, after an action, single letters."""
    with act("changed preferences"):
        Preferences.objects.update_or_create(staff_id=staff.pk, defaults=values)


def create_login(email: str, password: str) -> User:
    """Give an existing staff member a login, or a new password. Raises ``Refused`` when there is no such person."""
    staff = Staff.objects.filter(email=email.strip().lower()).first()
    if staff is None:
        raise Refused(f"No staff member has the e-mail {email}. Add the person first (import_staff, or the admin).")
    login, _ = User.objects.update_or_create(staff=staff, defaults={"password": make_password(password)})
    return login


def create_logins(password: str) -> list[Staff]:
    """Give every active staff member without a login this password; return them."""
    people = list(Staff.objects.filter(status=StaffStatus.ACTIVE, login=None).order_by("staff_id"))
    # One hash for all: they share the password, and a slow hash for each would take many seconds.
    encoded = make_password(password)
    User.objects.bulk_create([User(staff=person, password=encoded) for person in people])
    return people


def set_password(person: Staff, password: str, *, by: Staff, keep: str | None = None) -> User:
    """Give a person a new password, or the first one, and end the person's sessions but ``keep`` (admins only).

    History keeps that it was done, by whom and for whom, and nothing of the password. The caller has validated it.
    """
    if not may(by, Right.MANAGE_STAFF):
        raise Refused("Only admins set passwords.")
    if person.deleted_at is not None:
        raise Refused(f"{person.name} has been removed. Restore the person first.")
    if password == DEMO_PASSWORD and not settings.DEMO:
        raise Refused("That is the password of the demo, which nobody can sign in with here. Choose another.")
    with act("set a new password", reason=f"for {person.name}"):
        login, _ = User.objects.update_or_create(staff=person, defaults={"password": make_password(password)})
        _end_sessions(person, keep)
    return login


def end_sessions(person: Staff, *, by: Staff, keep: str | None = None) -> int:
    """Sign a person out everywhere but in the session stored under ``keep``; return how many ended (admins only)."""
    if not may(by, Right.MANAGE_STAFF):
        raise Refused("Only admins end sessions.")
    with act("ended sessions", reason=f"of {person.name}"):
        return _end_sessions(person, keep)


def end_own_sessions(staff: Staff, *, current: str, only: str = "") -> int:
    """Sign oneself out in other browsers, in all or in the one named by its stored key; return how many ended."""
    others = Session.objects.filter(staff_id=staff.pk).exclude(session_key=current)
    with act("ended own sessions"):
        ended = (others.filter(session_key=only) if only else others).delete()[0]
        if not ended:
            raise Refused("That browser is signed out already." if only else "You are signed in here only.")
        return ended


def _end_sessions(person: Staff, keep: str | None) -> int:
    return Session.objects.filter(staff_id=person.pk).exclude(session_key=keep or "").delete()[0]


def create_demo_logins() -> list[Staff]:
    """Give every active staff member the demo password; return them. Raises ``Refused`` outside demo mode."""
    if not settings.DEMO:
        raise Refused("Demo logins exist in demo mode only.")
    return create_logins(DEMO_PASSWORD)
