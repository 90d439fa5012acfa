"""The demo's own messages of today. They come in through Slack's door, as everything does that people write there.

The sample export holds requests that are surely read. A newcomer should also find what only a person can settle.
"""

import json
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.test import RequestFactory

from common.history import act
from slackintake.door import events
from slackintake.events import time_of
from slackintake.models import SlackEvent, SlackMessage
from slackintake.signature import sign
from slackintake.worker import work_on_event


def say_messages(path: Path, *, now: datetime) -> int:
    """Post the messages of a file, each so many minutes before `now`, signed as Slack would; return how many are new.

    They are known by their event ids, so that saying them twice adds nothing. The worker reads them at once: they have
    been waiting for their neighbours since they were sent.
    """
    lines = json.loads(path.read_text())
    for line in lines:
        _post(_event(line, now))
    posted = SlackEvent.objects.filter(slack_event_id__in=[line["event_id"] for line in lines], finished_at=None)
    new = list(posted.order_by("event_key"))
    for event in new:
        _receive(event)
    return len(new)


def _event(line: dict[str, Any], now: datetime) -> dict[str, Any]:
    number = int(line["event_id"][-4:])
    ts = f"{int(now.timestamp()) - 60 * line['minutes_ago']}.{number:06}"
    event = {"type": "message", "channel": line["channel"], "user": line["user"], "ts": ts, "text": line["text"]}
    return {"type": "event_callback", "event_id": line["event_id"], "event": event}


def _post(envelope: dict[str, Any]) -> None:
    body, timestamp = json.dumps(envelope).encode(), str(int(time.time()))
    headers = {
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": sign(body, timestamp, settings.SLACK_SIGNING_SECRETS[0]),
    }
    request = RequestFactory(headers=headers).post("/slack/events", body, content_type="application/json")
    answer = events(request)
    if answer.status_code != 200:
        raise RuntimeError(f"The door for Slack answered {answer.status_code}: {answer.content.decode()}")


def _receive(event: SlackEvent) -> None:
    """Write an event's message, as of the time when it was sent."""
    said = json.loads(event.body)["event"]
    work_on_event(event)
    with act("received", source="slack"):
        SlackMessage.objects.filter(slack_channel_id=said["channel"], slack_ts=said["ts"]).update(
            received_at=time_of(said["ts"])
        )
