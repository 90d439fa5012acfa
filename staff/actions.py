"""The verbs of staff (admins only, product.md, Rights); each is one act in one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError
from django.db.models.functions import Now

from common.history import Refused, act
from staff.models import Role, Staff, StaffStatus
from staff.rights import Right, may
from staff.signals import staff_leaving


def add_staff(*, by: Staff, **values: Any) -> Staff:
    """Add a person. The login is a separate step (``accounts.actions.set_password``)."""
    _check(by)
    with act("added"):
        return Staff.objects.create(**values)


def change_staff(
    person: Staff, *, by: Staff, release: bool = False, hand_over_to: Staff | None = None, **values: Any
) -> None:
    """Change facts, role or status of a person.

    Who is switched off must hold no open task: ``release`` gives them back, ``hand_over_to`` gives them to somebody.
    Raises ``Refused`` while there are open tasks and neither is said, for the last active admin, and for oneself.
    """
    _check(by)
    with act("changed"), _keeping_an_admin(person):
        now = Staff.objects.select_for_update().filter(pk=person.pk).first()
        if now is None:
            raise Refused(f"{person.name} has been removed. Restore the person first.")
        status, role = values.get("status", now.status), values.get("role", now.role)
        if now.pk == by.pk and (status != StaffStatus.ACTIVE or role != Role.ADMIN):
            raise Refused("You cannot take your own rights away. Another admin can.")
        if status != StaffStatus.ACTIVE and (now.is_signed_in_allowed or release or hand_over_to is not None):
            _settle(now, by, release, hand_over_to)
        if not Staff.objects.filter(pk=now.pk).update(**values):
            # The row was there a moment ago, so it is the policy that hides it now.
            raise Refused("Nothing was saved: you are no longer an admin.")


def remove_staff(
    person: Staff, *, by: Staff, reason: str = "", release: bool = False, hand_over_to: Staff | None = None
) -> None:
    """Remove a person softly: history and closed tasks keep the name. Open tasks as in ``change_staff``."""
    _check(by)
    if person.pk == by.pk:
        raise Refused("You cannot remove yourself. Another admin can.")
    with act("removed", reason=reason or None), _keeping_an_admin(person):
        _settle(person, by, release, hand_over_to)
        if not Staff.objects.filter(pk=person.pk).update(deleted_at=Now()):
            raise Refused(f"{person.name} has been removed already.")


def restore_staff(person: Staff, *, by: Staff) -> None:
    """Bring a removed person back with the role and status of before ("re-hire")."""
    _check(by)
    with act("restored"):
        if not Staff.all_objects.filter(pk=person.pk).exclude(deleted_at=None).update(deleted_at=None):
            raise Refused(f"{person.name} is not removed.")


def _check(by: Staff) -> None:
    if not may(by, Right.MANAGE_STAFF):
        raise Refused("Only admins change people.")


def _settle(person: Staff, by: Staff, release: bool, hand_over_to: Staff | None) -> None:
    if hand_over_to is not None and hand_over_to.pk == person.pk:
        raise Refused(f"{person.name} cannot take over from {person.name}. Choose somebody else.")
    staff_leaving.send(Staff, person=person, by=by, release=release, hand_over_to=hand_over_to)


@contextmanager
def _keeping_an_admin(person: Staff) -> Iterator[None]:
    """Say in words what the trigger ``keep_an_admin`` says with its sqlstate; two admins who lower each other meet in
    a deadlock, of which one is told to try again."""
    try:
        yield
    except DatabaseError as error:
        sqlstate = getattr(error.__cause__, "sqlstate", "")
        if sqlstate == "LP002":
            raise Refused(f"{person.name} is the last active admin. Make somebody else an admin first.") from None
        if sqlstate == "40P01":
            raise Refused("Somebody else is changing an admin just now. Look again, then try once more.") from None
        raise
