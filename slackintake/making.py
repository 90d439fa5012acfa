"""A reading becomes work: a listing with its activities, an activity of a listing, or a task for a realtor."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from common.clock import END_OF_DAY, office_zone
from listings.actions import create_listing
from listings.models import Category, KeyDateKind, Listing, ListingType, TemplateLine, VisibilityGroup
from listings.queries import PlannedActivity, add_working_days, office_calendar, plan_from_template
from realtors.models import Realtor
from slackintake.bundles import Item, lock
from slackintake.events import time_of
from slackintake.models import ItemKind, SlackMessage
from slackintake.places import house_number, place_of, same_place
from slackintake.reading import Evidence, Reading
from slackintake.stated_dates import SpokenOf, spoken_of
from staff.models import Staff
from tasks import due_question
from tasks.actions import create_activity, create_agent_task, put_on_template
from tasks.models import TaskKey


class Work(NamedTuple):
    """What a single request means as an activity."""

    category: Category
    group: VisibilityGroup
    priority: int


# Which team a request on a listing is for, by its kind. Other requests may be anybody's.
WORK_OF_KEY = {
    TaskKey.SALE_ACTIVE_TASKS: Work(Category.MARKETING, VisibilityGroup.BOTH, 5),
    TaskKey.SALE_SOLD_TASKS: Work(Category.ADMIN, VisibilityGroup.BOTH, 6),
    TaskKey.SALE_CLOSING_TASKS: Work(Category.ADMIN, VisibilityGroup.AGENT, 7),
    TaskKey.LEASE_ACTIVE_TASKS: Work(Category.MARKETING, VisibilityGroup.BOTH, 5),
    TaskKey.LEASE_ACTIVE_TASKS_ARLYN: Work(Category.MARKETING, VisibilityGroup.BOTH, 5),
    TaskKey.LEASE_LEASED_TASKS: Work(Category.ADMIN, VisibilityGroup.BOTH, 6),
    TaskKey.LEASE_CLOSING_TASKS: Work(Category.ADMIN, VisibilityGroup.AGENT, 7),
    TaskKey.RELIST_LISTING_DEAL_SALE: Work(Category.ADMIN, VisibilityGroup.BOTH, 6),
    TaskKey.RELIST_LISTING_DEAL_LEASE: Work(Category.ADMIN, VisibilityGroup.BOTH, 6),
    TaskKey.BUYER_DEAL: Work(Category.ADMIN, VisibilityGroup.AGENT, 6),
    TaskKey.BUYER_DEAL_CLOSING_TASKS: Work(Category.ADMIN, VisibilityGroup.AGENT, 7),
    TaskKey.LEASE_TENANT_DEAL: Work(Category.ADMIN, VisibilityGroup.AGENT, 6),
    TaskKey.LEASE_TENANT_DEAL_CLOSING_TASKS: Work(Category.ADMIN, VisibilityGroup.AGENT, 7),
    TaskKey.PRECON_DEAL: Work(Category.ADMIN, VisibilityGroup.AGENT, 6),
    TaskKey.MUTUAL_RELEASE_STEPS: Work(Category.ADMIN, VisibilityGroup.AGENT, 8),
    TaskKey.OPS_MISC_TASK: Work(Category.OTHER, VisibilityGroup.BOTH, 5),
}

_TYPE_OF_GROUP = {"SALE_LISTING": ListingType.SALE, "LEASE_LISTING": ListingType.LEASE}


def type_of(reading: Reading) -> str | None:
    """Whether a reading declares something for sale or for lease, said or clear from what it declares."""
    return reading.listing_type or _TYPE_OF_GROUP.get(reading.group_key or "")


def listings_at(address: str) -> list[Listing]:
    """The live listings at this address. Until the transaction ends nobody else makes one there."""
    place = place_of(address)
    lock(f"place {house_number(place) or ' '.join(place.street)}")
    return listings_seen_at(address)


def listings_seen_at(address: str) -> list[Listing]:
    """The live listings at this address, newest first, for showing: nobody is kept from making another one."""
    place = place_of(address)
    number = house_number(place)
    candidates = Listing.objects.all()
    if number:
        candidates = candidates.filter(address_string__regex=rf"\y{number}")
    return [
        listing for listing in candidates.order_by("-created_at") if same_place(place_of(listing.address_string), place)
    ]


class Plan(NamedTuple):
    """What a message means for a template: the key days it gives, and the date it states for one line."""

    group_key: str
    own_due: datetime | None
    """The listing's own due date: a date that speaks of no activity."""
    key_dates: dict[str, date]
    due_of: dict[str, datetime]
    asked_of: str | None = None
    """The line that an unclear date speaks of."""

    def activities(self) -> list[PlannedActivity]:
        """The activities of the template with the dates that follow from the key days."""
        return plan_from_template(self.group_key, self.key_dates)


def plan_of(
    message: SlackMessage,
    group_key: str,
    due: datetime | None,
    dates: list[Evidence],
    also: Sequence[TemplateLine] = (),
) -> Plan:
    """What a message due at `due` would make of a template; `dates` are the words that state the date.

    `also` are lines of other templates whose activities the listing gets beside those of its own.
    """
    lines = [*TemplateLine.objects.filter(template=group_key).order_by("position", "line_id"), *also]
    about = spoken_of(lines, message.message_text, dates[0].start, dates[0].end) if dates else SpokenOf()
    key_dates = {KeyDateKind.INTAKE.value: intake_day(sent_at(message))}
    if due and about.key_day:
        key_dates[about.key_day] = due.date()
    return Plan(
        group_key=group_key,
        own_due=due if about == SpokenOf() else None,
        key_dates=key_dates,
        due_of={about.line: due} if due and about.line else {},
        asked_of=None if due else about.line,
    )


def make_listing(
    message: SlackMessage,
    reading: Reading,
    realtor: Realtor,
    *,
    by: Staff | None,
    left_out: Collection[str] = (),
    also: Sequence[TemplateLine] = (),
) -> Item:
    """Make the listing that a message declares, with the activities of its template; needs an address.

    `left_out` holds the ids of template lines that are not wanted this time, `also` lines of other templates of which
    the date may speak.
    """
    if reading.address is None or reading.group_key is None:
        raise ValueError("A listing needs an address and a kind.")
    dates = [item for item in reading.evidence if item.field == "date"]
    plan = plan_of(message, reading.group_key, reading.due_at(office_zone()), dates, also)
    listing = create_listing(
        by=by,
        address_string=reading.address,
        type=type_of(reading),
        realtor=realtor,
        due_date=plan.own_due,
    )
    put_on_template(
        listing,
        group_key=reading.group_key,
        key_dates=plan.key_dates,
        by=by,
        due_of=plan.due_of,
        left_out=left_out,
        inputs={"slack_message": message.pk},
        inputs_of={plan.asked_of: _question(reading)} if plan.asked_of else None,
    )
    return Item(ItemKind.LISTING.value, listing.pk)


def make_activity(message: SlackMessage, reading: Reading, listing: Listing, *, by: Staff | None) -> Item:
    """Make the activity that a message asks for on a listing."""
    key = TaskKey(reading.task_key or TaskKey.OPS_MISC_TASK)
    work = WORK_OF_KEY[key]
    activity = create_activity(
        listing=listing,
        by=by,
        task_category=work.category,
        visibility_group=work.group,
        **_task_values(message, reading, work.priority, {"task_key": key.value}),
    )
    return Item(ItemKind.ACTIVITY.value, activity.pk)


def make_agent_task(message: SlackMessage, reading: Reading, realtor: Realtor, *, by: Staff | None) -> Item:
    """Make the task for a realtor that a message asks for."""
    key = TaskKey(reading.task_key or TaskKey.OPS_MISC_TASK)
    values = _task_values(message, reading, WORK_OF_KEY[key].priority, {})
    task = create_agent_task(realtor=realtor, by=by, task_key=key.value, **values)
    return Item(ItemKind.AGENT_TASK.value, task.pk)


def sent_at(message: SlackMessage) -> datetime:
    """When the message was sent, in office time; a demo's messages are shifted to play today."""
    return time_of(message.ts).astimezone(office_zone()) + timedelta(days=message.notes.get("shift_days", 0))


def intake_day(sent: datetime) -> date:
    """The working day on which the office can begin: what comes in after hours begins with the next one."""
    day = sent.date() + timedelta(days=sent.time() >= END_OF_DAY)
    return add_working_days(day, 0, office_calendar())


def _task_values(message: SlackMessage, reading: Reading, priority: int, inputs: dict[str, Any]) -> dict[str, Any]:
    inputs = {"slack_message": message.pk} | inputs
    if reading.assignee_hint:
        inputs["assignee_hint"] = reading.assignee_hint
    if reading.address:
        inputs["address"] = reading.address
    return {
        "name": reading.task_title or "Request from Slack",
        "description": None,
        "priority": priority,
        "due_date": reading.due_at(office_zone()),
        "inputs": inputs | _question(reading),
    }


def _question(reading: Reading) -> dict[str, Any]:
    """What is kept with a task whose date was not clear, so that its page can ask: nothing where none was named."""
    said = next((item.text for item in reading.evidence if item.field == "date"), None)
    if reading.due_date or not said:
        return {}
    return due_question.kept(said, list(reading.due_choices))
