"""A workspace in which people write, and a worker that is at work when the test says so."""

import json
from datetime import timedelta
from itertools import count

import pytest
from django.db.models import F
from django.db.models.functions import Now
from django.test import Client, override_settings

from accounts.actions import create_login
from slackintake.models import EventSource, ReadingJob, Reply, SlackEvent, SlackMessage
from slackintake.queue import LEASE, take
from slackintake.worker import Worker, work_on_event
from tests import factories

PASSWORD = "a password of my own"
FIRST_SECOND = 1_769_430_600  # Monday 26 January 2026, 7:30 am in Toronto


class Workspace:
    """What happens in Slack, as events in the table."""

    def __init__(self):
        self._numbers = count(1)
        self._second = FIRST_SECOND

    def ts(self, after=0):
        """A ts that many seconds after the last one."""
        self._second += after
        return f"{self._second}.{next(self._numbers):06d}"

    def say(self, text, *, by="U1", channel="C1", ts=None, after=300, **more):
        """A person writes; return the ts."""
        ts = ts or self.ts(after)
        self.event(type="message", channel=channel, user=by, ts=ts, text=text, **more)
        return ts

    def edit(self, ts, text, *, was=None, by="U1", channel="C1", at=None):
        previous = {"previous_message": {"user": by, "ts": ts, "text": was}} if was is not None else {}
        self.event(
            type="message",
            subtype="message_changed",
            channel=channel,
            message={"user": by, "ts": ts, "text": text},
            event_ts=at or self.ts(10),
            **previous,
        )

    def delete(self, ts, *, channel="C1", **more):
        self.event(
            type="message", subtype="message_deleted", channel=channel, deleted_ts=ts, event_ts=self.ts(10), **more
        )

    def event(self, event_id=None, **event):
        return SlackEvent.objects.create(
            slack_event_id=event_id or f"Ev{next(self._numbers)}",
            event_type=event.get("type", "?"),
            body=json.dumps({"type": "event_callback", "event": event}),
        )

    def interaction(self, **payload):
        return SlackEvent.objects.create(
            source=EventSource.INTERACTIVE, event_type=payload["type"], body=json.dumps(payload)
        )

    def receive(self):
        """Let a worker write what has come in, and die before it reads any of it."""
        with override_settings(RLS_SET_ROLE=""):
            while event := take(SlackEvent):
                work_on_event(event)
        ReadingJob.objects.filter(finished_at=None).update(due_at=Now() + LEASE)

    def work(self):
        """Let a worker do all that is due. It is the owner, as in production."""
        with override_settings(RLS_SET_ROLE=""):
            Worker().work_until_idle()

    def work_later(self):
        """Let a minute pass, then let a worker do what is due."""
        SlackMessage.objects.update(received_at=F("received_at") - timedelta(minutes=1))
        ReadingJob.objects.filter(finished_at=None).update(due_at=Now())
        self.work()

    def message(self, ts, channel="C1"):
        return SlackMessage.objects.get(slack_channel_id=channel, slack_ts__startswith=ts)

    def reactions(self):
        return list(Reply.objects.order_by("created_at", "reply_id").values_list("action", "name"))


@pytest.fixture
def slack(db):
    return Workspace()


@pytest.fixture
def client_of():
    """``client_of(role)`` is the browser of a person who is signed in."""

    def client_of(role):
        person = factories.staff(role)
        create_login(person.email, PASSWORD)
        client = Client()
        assert client.post("/login/", {"username": person.email, "password": PASSWORD}).status_code == 302
        client.person = person
        return client

    return client_of


@pytest.fixture
def maria(db):
    return factories.realtor(name="Maria Russo", slack_user_id="U1")
