import json
import time
from urllib.parse import urlencode

import pytest
import time_machine
from django.test import Client, override_settings
from hypothesis import given
from hypothesis import strategies as st

from common.principal import acting_as
from slackintake.models import SlackEvent
from slackintake.signature import sign

SECRET = "tests-signing-secret"
pytestmark = pytest.mark.django_db


def envelope(event_id="Ev1", **event):
    return {"type": "event_callback", "token": "old", "event_id": event_id, "event": {"type": "message", **event}}


def post(body, *, path="/slack/events", content_type="application/json", secret=SECRET, at=None, **headers):
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    timestamp = str(int(time.time() if at is None else at))
    headers = {
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": sign(body, timestamp, secret),
    } | headers
    client = Client(raise_request_exception=False)
    return client.post(path, body, content_type=content_type, headers=headers)


def post_form(payload, **more):
    body = urlencode({"payload": payload if isinstance(payload, str) else json.dumps(payload)}).encode()
    return post(body, path="/slack/interactive", content_type="application/x-www-form-urlencoded", **more)


def stored():
    return list(SlackEvent.objects.order_by("event_key"))


class TestEvents:
    def test_it_answers_the_question_whether_the_address_is_ours(self):
        response = post({"type": "url_verification", "token": "x", "challenge": "3eZbrw"})
        assert (response.status_code, response.json()) == (200, {"challenge": "3eZbrw"})
        assert not stored()

    def test_it_stores_an_event_and_says_200(self):
        response = post(envelope(channel="C1", ts="1.1", text="hello"))
        assert (response.status_code, response.content) == (200, b"")
        (event,) = stored()
        assert (event.slack_event_id, event.event_type, event.source) == ("Ev1", "message", "events")
        assert json.loads(event.body)["event"]["text"] == "hello"
        assert event.finished_at is None

    def test_it_keeps_no_credentials(self):
        post(envelope(files=[{"url_private": "https://files.slack.com/a?t=xoxe-1-2-abc"}]))
        assert "xoxe" not in stored()[0].body
        assert json.loads(stored()[0].body)["token"] == ""

    def test_it_stores_the_same_event_once_and_says_200_each_time(self):
        for retry in range(11):
            assert post(envelope(), **{"X-Slack-Retry-Num": str(retry)}).status_code == 200
        assert len(stored()) == 1

    def test_it_takes_a_first_delivery_that_is_marked_as_a_retry(self):
        assert post(envelope(), **{"X-Slack-Retry-Num": "3"}).status_code == 200
        assert len(stored()) == 1

    def test_it_stores_events_without_an_id_each_time(self):
        for _ in range(2):
            assert post({"type": "app_rate_limited", "minute_rate_limited": 1}).status_code == 200
        assert [event.event_type for event in stored()] == ["app_rate_limited"] * 2

    def test_it_accepts_the_second_secret(self):
        with override_settings(SLACK_SIGNING_SECRETS=["new", "old"]):
            assert post(envelope(), secret="old").status_code == 200

    def test_it_stores_odd_but_proper_json(self):
        event = b'{"type":"x\\u0000","a":1e999,"b":"\\ud800\\u0000"}'
        body = b'{"type":"event_callback","event_id":"Ev\\u0000\\ud800","event":' + event + b"}"
        assert post(body).status_code == 200
        assert "1e999" in stored()[0].body


class TestRefused:
    @pytest.mark.parametrize("path", ["/slack/events", "/slack/interactive"])
    @pytest.mark.parametrize("method", ["get", "put", "delete", "patch"])
    def test_it_refuses_other_methods(self, path, method):
        assert getattr(Client(), method)(path).status_code == 405

    def test_it_refuses_other_types_of_body(self):
        assert post(envelope(), content_type="text/plain").status_code == 415
        assert (
            post_form(
                {"type": "x"},
            ).status_code
            == 200
        )
        assert post(b"payload=%7B%7D", path="/slack/interactive").status_code == 415

    def test_it_refuses_a_body_that_is_too_long(self):
        assert post(b'{"type":"' + b"x" * 1_000_000 + b'"}').status_code == 413
        assert not stored()

    @pytest.mark.parametrize(
        "body", [b" ", b"[]", b"{", b"{}", b"\xff", b'{"type":NaN}', b"[" * 100_000, b'{"type":"event_callback"}']
    )
    def test_it_refuses_a_body_that_slack_never_sends(self, body):
        assert post(body).status_code == 400
        assert not stored()

    def test_it_refuses_an_event_id_that_no_index_holds(self):
        assert post(envelope(event_id="E" * 5000)).status_code == 400

    @pytest.mark.parametrize("body", [b"=", b"a=b", b"payload=", b"payload=x", b"payload=[]", b"payload=%7B%7D"])
    def test_it_refuses_a_form_without_a_payload(self, body):
        response = post(body, path="/slack/interactive", content_type="application/x-www-form-urlencoded")
        assert response.status_code == 400
        assert not stored()

    @pytest.mark.parametrize(
        "headers",
        [
            {"X-Slack-Signature": ""},
            {"X-Slack-Request-Timestamp": ""},
            {"X-Slack-Request-Timestamp": "abc"},
            {"X-Slack-Request-Timestamp": "1e9"},
            {"X-Slack-Request-Timestamp": "9" * 20},
            {"X-Slack-Signature": "v0=é"},
            {"X-Slack-Signature": "v1=" + "0" * 64},
        ],
    )
    def test_it_refuses_malformed_headers(self, headers):
        assert post(envelope(), **headers).status_code == 401
        assert not stored()

    @pytest.mark.parametrize("seconds", [-301, 301])
    def test_it_refuses_an_old_or_future_request(self, seconds):
        now = int(time.time())
        with time_machine.travel(now, tick=False):
            assert post(envelope(), at=now + seconds).status_code == 401

    def test_it_refuses_a_foreign_signature(self):
        assert post(envelope(), secret="foreign").status_code == 401

    def test_it_is_closed_without_a_secret(self):
        with override_settings(SLACK_SIGNING_SECRETS=[]):
            assert post(envelope()).status_code == 503
        assert not stored()

    def test_it_asks_for_the_event_again_if_it_could_not_store_it(self, monkeypatch):
        from django.db import OperationalError

        def broken(*_args):
            raise OperationalError("the connection is gone")

        monkeypatch.setattr("slackintake.door.acting_as", broken)
        assert post(envelope()).status_code == 503


class TestInteractive:
    def test_it_stores_a_shortcut_once(self):
        payload = {"type": "message_action", "trigger_id": "1.2.abc", "token": "old"}
        assert post_form(payload).status_code == 200
        assert post_form(payload).status_code == 200
        (event,) = stored()
        assert (event.source, event.event_type) == ("interactive", "message_action")

    def test_it_stores_other_interactions_only(self):
        assert post_form({"type": "block_actions"}).status_code == 200
        assert len(stored()) == 1


def test_only_the_door_and_admins_reach_the_events(admin_and_support):
    post(envelope())
    admin, support = admin_and_support
    with acting_as("staff", admin.pk):
        assert SlackEvent.objects.count() == 1
    with acting_as("staff", support.pk):
        assert SlackEvent.objects.count() == 0


@pytest.fixture
def admin_and_support():
    from tests import factories

    return factories.staff("admin"), factories.staff("support")


ODD = st.sampled_from(
    [
        b"\\u0000",
        b"\\ud800",
        b"1e999",
        b"-1e-999",
        b"[" * 500 + b"]" * 500,
        b"9" * 400,
        b"null",
        b'"\xff"',
        b"{",
        b"\x00",
        b"NaN",
    ]
)
GENUINE = json.dumps(envelope(channel="C1", user="U1", ts="1768401049.102493", text="New listing")).encode()


@given(cut=st.integers(0, len(GENUINE)), length=st.integers(0, 20), odd=ODD | st.binary(max_size=20))
def test_whatever_comes_is_answered_without_a_fault_of_ours(cut, length, odd):
    body = GENUINE[:cut] + odd + GENUINE[cut + length :]
    assert post(body).status_code in {200, 400}
    assert post_form(body.decode("utf-8", "replace")).status_code in {200, 400}
    SlackEvent.objects.all().delete()
