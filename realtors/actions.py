"""The verbs of realtors (admins only, product.md, Rights); each is one act in one transaction."""

from typing import Any

from django.db.models.functions import Now

from common.history import Refused, act
from realtors.models import Realtor
from staff.models import Staff
from staff.rights import Right, may


def add_realtor(*, by: Staff, **values: Any) -> Realtor:
    """Add a realtor to the directory."""
    _check(by)
    with act("added"):
        return Realtor.objects.create(**values)


def change_realtor(realtor: Realtor, *, by: Staff, **values: Any) -> None:
    """Change facts or status of a live realtor."""
    _check(by)
    with act("changed"):
        if not Realtor.objects.filter(pk=realtor.pk).update(**values):
            raise Refused(f"{realtor.name} has been removed. Restore the realtor first.")


def remove_realtor(realtor: Realtor, *, by: Staff, reason: str = "") -> None:
    """Remove a realtor softly. Listings and tasks stay where they are and keep the name."""
    _check(by)
    with act("removed", reason=reason or None):
        if not Realtor.objects.filter(pk=realtor.pk).update(deleted_at=Now()):
            raise Refused(f"{realtor.name} has been removed already.")


def restore_realtor(realtor: Realtor, *, by: Staff) -> None:
    """Bring a removed realtor back as before."""
    _check(by)
    with act("restored"):
        if not Realtor.all_objects.filter(pk=realtor.pk).exclude(deleted_at=None).update(deleted_at=None):
            raise Refused(f"{realtor.name} is not removed.")


def _check(by: Staff) -> None:
    if not may(by, Right.MANAGE_REALTORS):
        raise Refused("Only admins change realtors.")
