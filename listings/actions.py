"""The verbs of listings and their notes; each is one act in one transaction."""

from datetime import date
from typing import Any

from django.db.models import Max
from django.utils import timezone

from common.conflicts import to_save
from common.history import Refused, act
from listings.models import Acknowledgement, KeyDate, Listing, Note, Template, TemplateLine
from listings.signals import listing_removed, listing_restored
from staff.models import Staff
from staff.rights import Right, may


def create_listing(*, by: Staff | None, **values: Any) -> Listing:
    """Make a listing. ``by`` is None for the intake; people need the right to edit listings."""
    if by is not None and not may(by, Right.EDIT_LISTINGS):
        raise Refused("Only operations and admins make listings.")
    with act("created"):
        return Listing.objects.create(**values)


def edit_listing(listing: Listing, *, by: Staff, opened: dict[str, Any] | None = None, **values: Any) -> None:
    """Change facts of a live listing.

    With ``opened``, the values the person saw, what somebody else has changed meanwhile is kept, and ``Conflict``
    raised where both changed the same fact. Without it the values are written as they are.
    """
    if not may(by, Right.EDIT_LISTINGS):
        raise Refused("Only operations and admins change a listing.")
    with act("edited"):
        now = Listing.objects.select_for_update().filter(pk=listing.pk).first()
        if now is None:
            raise Refused(f"{listing.address_string} has been removed. Nothing was saved.")
        changed = values if opened is None else to_save(now, opened=opened, wanted=values)
        if changed:
            Listing.objects.filter(pk=listing.pk).update(**changed)


def set_key_day(listing: Listing, *, kind: str, day: date | None, by: Staff) -> None:
    """Set a key day of a listing, or clear it. Due dates that were counted from it stay as they are."""
    if not may(by, Right.EDIT_LISTINGS):
        raise Refused("Only operations and admins change a listing.")
    with act("set a key day"):
        if day is None:
            KeyDate.objects.filter(listing=listing, kind=kind).delete()
        else:
            KeyDate.objects.update_or_create(listing=listing, kind=kind, defaults={"day": day})


def remove_listing(listing: Listing, *, by: Staff, reason: str = "") -> None:
    """Remove a listing softly, and with it its live activities under the same timestamp (product.md, decision 5)."""
    if not may(by, Right.REMOVE_LISTINGS):
        raise Refused("Only admins remove listings.")
    with act("removed", reason=reason or None):
        at = timezone.now()
        # First what hangs on it: taken back in the other order, the listing is there before its activities.
        listing_removed.send(Listing, listing=listing, at=at, by=by)
        if not Listing.objects.filter(pk=listing.pk).update(deleted_at=at):
            raise Refused(f"{listing.address_string} has been removed already.")


def restore_listing(listing: Listing, *, by: Staff) -> None:
    """Bring a removed listing back with precisely the activities that went with it."""
    if not may(by, Right.REMOVE_LISTINGS):
        raise Refused("Only admins restore listings.")
    with act("restored"):
        now = Listing.all_objects.select_for_update().filter(pk=listing.pk).exclude(deleted_at=None).first()
        if now is None:
            raise Refused(f"{listing.address_string} is not removed.")
        Listing.all_objects.filter(pk=listing.pk).update(deleted_at=None)
        listing_restored.send(Listing, listing=listing, at=now.deleted_at)


def acknowledge(listing: Listing, *, by: Staff) -> None:
    """Take note of a listing: it leaves this person's inbox and stays in that of everybody else."""
    if listing.deleted_at is not None:
        raise Refused(f"{listing.address_string} has been removed. There is nothing to acknowledge.")
    with act("acknowledged"):
        # Two windows of one person may ask at once: the second finds the row there and changes nothing.
        _, is_new = Acknowledgement.objects.get_or_create(listing_id=listing.pk, staff_id=by.pk)
        if not is_new:
            raise Refused("You have acknowledged this already:")


def write_note(*, kind: str, item_id: str, text: str, by: Staff) -> Note:
    """Write a note under an item; the row policy refuses one on an item this person may not see."""
    if not text.strip():
        raise Refused("The note is empty. Write something first.")
    with act("noted"):
        return Note.objects.create(kind=kind, item_id=item_id, text=text.strip(), author_staff_id=by.pk)


# ---- templates -------------------------------------------------------------------------------------------------------


def _only_admins_edit_templates(by: Staff) -> None:
    if not may(by, Right.MANAGE_TEMPLATES):
        raise Refused("Only admins change templates.")


def add_template_line(line: TemplateLine, *, template: Template, by: Staff) -> None:
    """Add a line at the end of its template. Running listings are left alone (product.md, R)."""
    _only_admins_edit_templates(by)
    with act("changed a template"):
        line.template = template
        last = TemplateLine.objects.filter(template=template).aggregate(last=Max("position"))["last"] or 0
        line.position = last + 1
        line.save()


def edit_template_line(
    line: TemplateLine, *, opened: dict[str, Any], wanted: dict[str, Any], by: Staff
) -> TemplateLine:
    """Change a line and return it as it is now; ``Conflict`` if another admin has changed the same field since it was
    opened."""
    _only_admins_edit_templates(by)
    with act("changed a template"):
        now = TemplateLine.objects.select_for_update().filter(pk=line.pk).first()
        if now is None:
            raise Refused(f"{line.name} has been removed from the template. Nothing was saved.")
        if changed := to_save(now, opened=opened, wanted=wanted):
            TemplateLine.objects.filter(pk=line.pk).update(**changed)
            now.refresh_from_db()
    return now


def move_template_line(line: TemplateLine, *, up: bool, by: Staff) -> None:
    """Exchange a line with the one above or below it; at the edge nothing happens."""
    _only_admins_edit_templates(by)
    with act("changed a template"):
        lines = list(TemplateLine.objects.select_for_update().filter(template=line.template_id))
        at = next(index for index, each in enumerate(lines) if each.pk == line.pk)
        to = at - 1 if up else at + 1
        if 0 <= to < len(lines):
            lines[at], lines[to] = lines[to], lines[at]
            for position, each in enumerate(lines, start=1):
                each.position = position
            TemplateLine.objects.bulk_update(lines, ["position"])


def remove_template_line(line: TemplateLine, *, by: Staff) -> None:
    """Take a line out of its template; activities it has made stay."""
    _only_admins_edit_templates(by)
    with act("changed a template"):
        line.delete()
