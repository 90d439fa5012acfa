"""A property that comes back: what the last listing had is a start for the new one."""

from collections.abc import Sequence
from datetime import date, datetime

from common.clock import office_zone
from listings.actions import write_note
from listings.models import KeyDateKind, Listing, ListingStatus, TemplateLine
from listings.queries import key_dates_of, notes_of, plan_from_template
from slackintake.making import listings_seen_at
from slackintake.reading import GROUP, Reading
from staff.models import Staff
from tasks.actions import assign, create_activity
from tasks.models import Activity
from tasks.rules import may_receive

BEGINS = frozenset({"SALE_LISTING", "LEASE_LISTING", "SALE_LEASE_LISTING", "RELIST_LISTING"})
"""What declares that a listing begins; on a property whose last listing is done, a new one."""


def is_done(listing: Listing) -> bool:
    """Whether a listing stands in the Logbook: it is no twin of a new one at the same address."""
    return listing.status == ListingStatus.COMPLETED


def running(there: list[Listing]) -> list[Listing]:
    """Those that are not done. A request is about these: what is done is opened again by a person only."""
    return [listing for listing in there if not is_done(listing)]


def last_listing_for(reading: Reading | None) -> Listing | None:
    """The last listing at the address of a reading that declares a new one; None while one is still running there."""
    if reading is None or reading.message_type != GROUP or reading.group_key not in BEGINS or not reading.address:
        return None
    there = listings_seen_at(reading.address)
    return there[0] if there and not running(there) else None


def lines_beside(last: Listing | None, group_key: str) -> list[TemplateLine]:
    """The lines by which templates know what the last listing had and this template does not make."""
    if last is None:
        return []
    had = {name.casefold() for name in Activity.objects.filter(listing=last).values_list("name", flat=True)}
    found: dict[str, TemplateLine] = {}
    for line in TemplateLine.objects.order_by("template", "position", "line_id"):
        found.setdefault(line.name.casefold(), line)
        if line.template_id == group_key:
            had.discard(line.name.casefold())
    return [line for name, line in found.items() if name in had]


def _due_by_name(lines: Sequence[TemplateLine], days: dict[str, date], stated: datetime | None) -> dict[str, datetime]:
    """When activities are due by these key days, by their names in small letters.

    What falls on the day that was stated is due at the hour that was stated.
    """
    wanted = {line.pk for line in lines if line.key_date != KeyDateKind.INTAKE}
    day = stated.astimezone(office_zone()).date() if stated else None
    due: dict[str, datetime] = {}
    for template in {line.template_id for line in lines}:
        for planned in plan_from_template(template, days):
            line = planned.line
            if line.pk in wanted and planned.due_date:
                is_said = stated is not None and line.offset_days == 0 and days[line.key_date] == day
                due[line.name.casefold()] = stated if stated and is_said else planned.due_date
    return due


def start_like(
    listing: Listing,
    last: Listing,
    *,
    by: Staff,
    lines: Sequence[TemplateLine] = (),
    stated: datetime | None = None,
) -> None:
    """Give a new listing what the last one had: activities it lacks, the people who had them, and the notes.

    Due dates are not taken over: what one of `lines` counts from a key day is due by the new listing's own key days,
    the one that was `stated` among them. Whoever may not receive an activity any more does not get it.
    """
    due = _due_by_name(lines, key_dates_of(listing.pk), stated)
    present = {activity.name.casefold(): activity for activity in Activity.objects.filter(listing=listing)}
    for old in Activity.objects.filter(listing=last).select_related("assigned_staff").order_by("created_at", "task_id"):
        activity = present.get(old.name.casefold())
        if activity is None:
            activity = present[old.name.casefold()] = create_activity(
                listing=listing,
                by=by,
                name=old.name,
                description=old.description,
                task_category=old.task_category,
                visibility_group=old.visibility_group,
                priority=old.priority,
                due_date=due.get(old.name.casefold()),
                inputs={"like": old.pk},
            )
        owner = old.assigned_staff
        if owner is not None and activity.assigned_staff_id is None and may_receive(owner, activity):
            assign(activity, to=owner, by=by)
    for note in notes_of("listing", last.pk):
        write_note(kind="listing", item_id=listing.pk, text=f"From the last listing: {note.text}", by=by)
