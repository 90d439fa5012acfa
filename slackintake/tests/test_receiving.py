import json

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from common.models import Act, Change
from common.principal import acting_as
from slackintake.models import SlackEvent, SlackMessage
from slackintake.tests.test_events import MEMBERS
from slackintake.worker import work_on_event
from tasks import triage
from tasks.models import Snooze, Waiting
from tests import factories

pytestmark = pytest.mark.django_db


def outcomes():
    return list(SlackEvent.objects.order_by("event_key").values_list("outcome", flat=True))


class TestMessages:
    def test_it_stores_a_message_before_it_is_read(self, slack, settings):
        settings.RLS_SET_ROLE = ""
        slack.say("New listing at 88 Harbour St", ts="1769430600.000100", thread_ts="1769430000.000100")
        event = SlackEvent.objects.get()
        work_on_event(event)
        message = SlackMessage.objects.get()
        assert (message.classification, message.message_type, message.processing_status) == (
            {},
            "unclassified",
            "pending",
        )
        assert (message.slack_ts, message.slack_thread_ts) == ("1769430600.000100", "1769430000.000100")
        assert message.job.purpose == "new"

    def test_it_stores_a_message_once_however_it_comes(self, slack):
        ts = slack.say("hello")
        slack.say("hello", ts=ts)
        slack.event(type="app_mention", channel="C1", user="U1", ts=ts, text="hello")
        slack.say("hello", ts=ts, subtype="thread_broadcast")
        slack.work()
        assert SlackMessage.objects.count() == 1
        assert outcomes() == ["stored", "already here", "already here", "already here"]

    def test_two_channels_may_have_the_same_ts(self, slack):
        for channel in ("C1", "C2", "C3"):
            for _ in range(2):
                slack.say(f"in {channel}", ts="1769430600.000100", channel=channel)
        slack.work()
        rows = dict(SlackMessage.objects.values_list("slack_channel_id", "slack_ts"))
        assert rows == {"C1": "1769430600.000100", "C2": "1769430600.000100@C2", "C3": "1769430600.000100@C3"}
        assert {message.ts for message in SlackMessage.objects.all()} == {"1769430600.000100"}

    @pytest.mark.parametrize(
        ("more", "reason"),
        [
            ({"bot_id": "B1"}, "bot"),
            ({"subtype": "bot_message", "bot_id": "B1", "user": None}, "bot"),
            ({"subtype": "channel_join"}, "system"),
            ({"subtype": "something_new"}, "system"),
        ],
    )
    def test_it_keeps_but_does_not_read_bots_and_slack_itself(self, slack, more, reason):
        slack.event(
            **{"type": "message", "channel": "C1", "user": "U1", "ts": slack.ts(), "text": "new listing"} | more
        )
        slack.work()
        message = SlackMessage.objects.get()
        assert (message.processing_status, message.metadata["reason"]) == ("skipped", reason)
        assert message.message_type == "unclassified"

    def test_it_drops_what_is_no_message(self, slack):
        slack.event(type="reaction_added")
        slack.event(type="message", channel="C1", user="U1", text="no ts")
        SlackEvent.objects.create(event_type="app_rate_limited", body='{"type":"app_rate_limited"}')
        slack.work()
        assert not SlackMessage.objects.exists()
        assert all(outcome.startswith("dropped: ") for outcome in outcomes())

    def test_it_keeps_what_the_database_cannot_hold_in_another_form(self, slack):
        SlackEvent.objects.create(
            event_type="message",
            body='{"type":"event_callback","event":{"type":"message","channel":"C1","user":"U\\u0000","ts":"1769430600.1",'
            '"text":"a\\u0000b\\ud800","client_msg_id":"\\u0000","files":[{"id":"\\ud800","size":1e999}]}}',
        )
        slack.work()
        assert SlackMessage.objects.get().message_text == "a\ufffdb\ufffd"

    def test_it_notes_who_received_it(self, slack):
        slack.say("hello")
        slack.work()
        act = Act.objects.get(verb="received")
        assert (act.actor_kind, act.actor_id, act.source) == ("system", "slack-intake", "slack")
        assert Change.objects.get(act_id=act.pk, before__isnull=True).table_name == "slack_messages"


class TestEdits:
    def test_an_edit_keeps_the_old_text_beside_the_new_one(self, slack):
        ts = slack.say("Hi al")
        slack.edit(ts, "Hi all", was="Hi al")
        slack.work()
        message = SlackMessage.objects.get()
        assert message.message_text == "Hi all"
        assert [edit["text"] for edit in message.metadata["edits"]] == ["Hi al"]
        assert Act.objects.filter(verb="edited in Slack").exists()

    def test_an_unfurled_link_is_no_edit(self, slack):
        ts = slack.say("see https://x.example")
        slack.edit(ts, "see https://x.example", was="see https://x.example")
        slack.work()
        assert outcomes()[-1] == "text unchanged"
        assert "edits" not in SlackMessage.objects.get().metadata

    def test_an_edit_may_overtake_its_message(self, slack):
        ts = slack.ts()
        slack.edit(ts, "Hi all", was="Hi al")
        slack.say("Hi al", ts=ts)
        slack.work()
        message = SlackMessage.objects.get()
        assert message.message_text == "Hi all"
        assert [edit["text"] for edit in message.metadata["edits"]] == ["Hi al"]
        assert outcomes() == ["stored from its edit", "already here"]

    def test_an_edit_that_does_not_say_the_old_text_gets_it_from_its_message(self, slack):
        ts = slack.ts()
        slack.edit(ts, "Hi all")
        slack.say("Hi al", ts=ts)
        slack.work()
        message = SlackMessage.objects.get()
        assert (message.message_text, message.metadata["edits"][0]["text"]) == ("Hi all", "Hi al")

    def test_the_later_of_two_edits_stays_whatever_their_order(self, slack):
        ts = slack.say("one")
        slack.edit(ts, "three", at="1769430900.000300")
        slack.edit(ts, "two", at="1769430900.000200")
        slack.work()
        message = SlackMessage.objects.get()
        assert message.message_text == "three"
        assert {edit["text"] for edit in message.metadata["edits"]} == {"one", "two"}

    def test_a_change_of_an_old_message_that_we_never_had_is_history(self, slack):
        slack.edit("1700000000.000100", "New sale listing at 88 Harbour St", was="New sale listing at 88 Harbour St")
        slack.work()
        message = SlackMessage.objects.get()
        assert (message.processing_status, message.metadata["reason"]) == ("skipped", "history")


class TestDeletions:
    def test_a_deletion_greys_the_message_out(self, slack):
        ts = slack.say("thanks all")
        slack.work()
        slack.delete(ts)
        slack.delete(ts)
        slack.work()
        message = SlackMessage.objects.get()
        assert message.metadata["deleted_at"].startswith("2026-01-26T12:")
        assert message.message_text == "thanks all"
        assert outcomes()[-2:] == ["greyed out", "already deleted"]

    def test_a_message_taken_back_before_it_was_read_is_not_read(self, slack, maria, settings):
        ts = slack.say("New sale listing at 88 Harbour St, photos by Friday")
        slack.delete(ts)
        events = list(SlackEvent.objects.order_by("event_key"))
        settings.RLS_SET_ROLE = ""
        for event in events:
            work_on_event(event)
        slack.work()
        message = SlackMessage.objects.get()
        assert (message.processing_status, message.metadata["reason"]) == ("skipped", "deleted")

    def test_a_deletion_may_overtake_its_message(self, slack, maria):
        ts = slack.ts()
        slack.delete(ts)
        slack.say("New sale listing at 88 Harbour St", ts=ts)
        slack.work()
        message = SlackMessage.objects.get()
        assert message.message_text == "New sale listing at 88 Harbour St"
        assert (message.processing_status, message.slack_user_id) == ("skipped", "U1")

    def test_the_deletion_of_a_thread_start_is_one(self, slack):
        ts = slack.say("thanks")
        slack.work()
        slack.event(
            type="message",
            subtype="message_changed",
            channel="C1",
            message={"subtype": "tombstone", "user": "USLACKBOT", "ts": ts, "text": "This message was deleted."},
            previous_message={"user": "U1", "ts": ts, "text": "thanks"},
            event_ts=slack.ts(5),
        )
        slack.work()
        assert SlackMessage.objects.get().metadata["deleted_at"]

    def test_an_old_deletion_of_a_message_we_never_had_is_dropped(self, slack):
        slack.delete("1600000000.000100")
        slack.work()
        assert not SlackMessage.objects.exists()


ODD_TEXT = st.sampled_from(
    ["", "\x00", "\ud800", "New sale listing at 88 Harbour St, photos by Friday", "<@U1>", "a" * 5000]
)
ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ODD_TEXT | st.text(st.characters(codec=None), max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(MEMBERS), inner, max_size=6),
    max_leaves=15,
)
LIKELY = {
    "type": st.sampled_from(["message", "app_mention"]) | ODD,
    "subtype": st.sampled_from([None, "message_changed", "message_deleted", "file_share", "tombstone", "x"]) | ODD,
    "channel": st.sampled_from(["C1", "C2"]) | ODD,
    "user": st.sampled_from(["U1", "U2"]) | ODD,
    "ts": st.sampled_from(["1769430600.000100", "1769430601.000100", "99999999999.1"]) | ODD,
    "deleted_ts": st.sampled_from(["1769430600.000100"]) | ODD,
    "event_ts": st.sampled_from(["1769430700.000100", "0.0"]) | ODD,
    "text": ODD_TEXT | ODD,
    "thread_ts": st.sampled_from(["1769430600.000100"]) | ODD,
    "message": st.fixed_dictionaries({"ts": st.just("1769430600.000100"), "user": st.just("U1"), "text": ODD_TEXT})
    | ODD,
    "previous_message": ODD,
    "files": ODD,
    "blocks": ODD,
    "attachments": ODD,
    "bot_id": st.none() | ODD,
}


@pytest.mark.parametrize("text", ["Here is the floor plan", "thanks!", "New listing at 123 Main St"])
def test_what_was_put_off_until_the_realtor_writes_is_back(slack, maria, text):
    priya = factories.staff("operations")
    task, other = factories.agent_task(realtor=maria), factories.agent_task()
    with acting_as("staff", priya.pk):
        for one in (task, other):
            triage.snooze(one, until=None, by=priya)
            triage.wait(one, for_what="floor plan", by=priya)
    slack.say(text)
    slack.work()
    assert Snooze.objects.get(item_id=task.pk).wake_reason == "new message"
    assert Waiting.objects.get(item_id=task.pk).end_reason == "new message"
    assert Snooze.objects.get(item_id=other.pk).woken_at is None
    assert Waiting.objects.get(item_id=other.pk).ended_at is None


# Each example is a worker's day: ten of them, unless somebody looks thoroughly.
EXAMPLES = 10 if hypothesis_settings.default.max_examples < 1_000 else hypothesis_settings.default.max_examples


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=EXAMPLES)
@given(events=st.lists(st.fixed_dictionaries({}, optional=LIKELY), max_size=4))
def test_a_worker_gets_through_whatever_was_stored(slack, maria, events):
    with transaction.atomic():
        for event in events:
            body = json.dumps({"type": "event_callback", "event": event}).replace("NaN", "0")
            SlackEvent.objects.create(event_type="message", body=body.replace("Infinity", "1e999"))
        slack.work()
        assert not SlackEvent.objects.exclude(error=None).exists()
        assert not SlackEvent.objects.filter(finished_at=None).exists()
        assert not SlackMessage.objects.filter(processing_status="failed").exists()
        transaction.set_rollback(True)  # the next example meets an empty house
