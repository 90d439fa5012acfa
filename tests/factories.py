"""Rows for tests: each factory fills in what the test does not care about and writes as the owner."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

from common.fields import new_ulid
from listings.models import Listing
from realtors.models import Realtor
from slackintake.models import Review, SlackMessage
from slackintake.reading import read
from staff.models import Staff
from tasks.models import Activity, AgentTask, Status

_number = count(1)
NOON = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)


def staff(role: str = "operations", **values: Any) -> Staff:
    number = next(_number)
    values = {"name": f"{role.title()} Person {number}", "email": f"{role}{number}@lapaz.example"} | values
    return Staff.objects.create(role=role, **values)


def realtor(**values: Any) -> Realtor:
    number = next(_number)
    values = {"name": f"Realtor {number}", "email": f"realtor{number}@realty.example"} | values
    return Realtor.objects.create(**values)


def listing(**values: Any) -> Listing:
    values = {"address_string": f"{next(_number)} Harbour St, Toronto", "type": "SALE"} | values
    return Listing.objects.create(**values)


def activity(**values: Any) -> Activity:
    values = {"name": f"Activity {next(_number)}", "task_category": "ADMIN"} | values
    if "listing" not in values and "listing_id" not in values:
        values["listing"] = listing()
    return Activity.objects.create(**_with_claim(values))


def agent_task(**values: Any) -> AgentTask:
    values = {"name": f"Agent task {next(_number)}", "task_key": "OPS_MISC_TASK"} | values
    if "realtor" not in values and "realtor_id" not in values:
        values["realtor"] = realtor()
    return AgentTask.objects.create(**_with_claim(values))


def message(**values: Any) -> SlackMessage:
    number = next(_number)
    values = {
        "slack_user_id": f"U{number}",
        "slack_channel_id": "C1",
        "slack_ts": f"1772470800.{number:06}",
        "message_text": f"Message {number}",
        "classification": {},
        "message_type": "IGNORE",
    } | values
    return SlackMessage.objects.create(**values)


def _with_claim(values: dict[str, Any]) -> dict[str, Any]:
    """A task that somebody has is claimed unless the test says more."""
    if values.get("assigned_staff"):
        values = {"status": Status.CLAIMED, "claimed_at": NOON} | values
    return values


def message_to_review(reason: str = "unsure", **values: Any) -> SlackMessage:
    """A message that needs a look."""
    made = message(**({"processing_status": "processed"} | values))
    Review.objects.create(message=made, reason=reason)
    return made


def message_read(text: str, **values: Any) -> SlackMessage:
    """A message that needs a look, with its reading."""
    reading = read(text, NOON, office_tz=UTC)
    return message_to_review(
        message_text=text, classification=reading.to_json(), confidence=reading.confidence, **values
    )


def unknown_id() -> str:
    return new_ulid()
