import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slackintake import events
from slackintake.events import Asked, Deleted, Dropped, Edited, Malformed, Posted, Skip

TS = "1768401049.102493"


def envelope(**event):
    return {"type": "event_callback", "event_id": "Ev1", "event": {"type": "message", "channel": "C1", **event}}


def written(**more):
    return {"user": "U1", "ts": TS, "text": "New listing at 88 Harbour St", **more}


def read(**event):
    return events.read_event(envelope(**event))


class TestPersons:
    def test_it_reads_a_persons_message(self):
        message = read(**written())
        assert message == Posted("C1", TS, "U1", "New listing at 88 Harbour St")
        assert message.sent_at.isoformat() == "2026-01-14T14:30:49.102493+00:00"

    def test_it_keeps_a_message_with_a_file_and_no_text(self):
        message = read(
            **written(subtype="file_share", text="", files=[{"id": "F1", "name": "plan.pdf", "mode": "hosted"}])
        )
        assert message.skip is None
        assert message.extra["files"] == [{"id": "F1", "name": "plan.pdf", "mode": "hosted"}]

    def test_it_takes_the_export_token_out_of_a_files_address(self):
        message = read(**written(files=[{"id": "F1", "url_private": "https://files.slack.com/a.pdf?t=xoxe-123-abc"}]))
        assert message.extra["files"][0]["url_private"] == "https://files.slack.com/a.pdf?"

    def test_it_keeps_the_one_file_of_an_old_export(self):
        message = read(**written(subtype="file_share", file={"id": "F1", "name": "plan.pdf"}))
        assert message.extra["files"][0]["name"] == "plan.pdf"

    @pytest.mark.parametrize("subtype", ["thread_broadcast", "me_message", "file_share"])
    def test_it_reads_broadcasts_and_me_messages_as_a_persons(self, subtype):
        assert read(**written(subtype=subtype, root={"ts": "1"})).skip is None

    def test_it_keeps_the_thread_of_a_reply(self):
        assert read(**written(thread_ts="1768400000.000001")).thread_ts == "1768400000.000001"

    def test_it_takes_a_mention_for_the_message_it_stands_in(self):
        assert read(**written(type="app_mention")) == read(**written())

    def test_it_takes_the_words_from_the_blocks_if_the_text_is_empty(self):
        blocks = [
            {
                "type": "rich_text",
                "elements": [
                    {
                        "type": "rich_text_section",
                        "elements": [
                            {"type": "text", "text": "new lease at 5 King & Queen for "},
                            {"type": "user", "user_id": "U7"},
                            {"type": "link", "url": "https://x.example", "text": "here"},
                            {"type": "emoji", "name": "pray"},
                        ],
                    }
                ],
            }
        ]
        message = read(**written(text="", blocks=blocks))
        assert message.text == "new lease at 5 King &amp; Queen for <@U7><https://x.example|here>:pray:"

    def test_it_adds_what_stands_only_in_the_blocks_of_a_forwarded_message(self):
        words = {"type": "text", "text": "new lease at 5 King St"}
        section = {"type": "rich_text_section", "elements": [words]}
        blocks = [{"type": "rich_text", "elements": [section]}]
        shared = {"is_share": True, "author_id": "U9", "text": "", "message_blocks": [{"message": {"blocks": blocks}}]}
        assert read(**written(text="", attachments=[shared])).text == "new lease at 5 King St"

    def test_it_adds_what_a_forwarded_message_says(self):
        shared = [
            {"is_share": True, "author_id": "U9", "text": "new lease at 5 King St"},
            {"from_url": "https://x", "text": "an unfurl"},
        ]
        message = read(**written(text="can you do this?", attachments=shared))
        assert message.text == "can you do this?\nnew lease at 5 King St"

    def test_it_cuts_a_text_that_is_longer_than_any_of_slacks(self):
        message = read(**written(text="a" * 200_000))
        assert len(message.text) == events.MAX_TEXT_LENGTH
        assert message.text.endswith("…")

    def test_it_replaces_what_the_database_cannot_hold(self):
        assert read(**written(text="a\x00b\ud800c")).text == "a\ufffdb\ufffdc"


class TestMachines:
    def test_it_skips_a_bot_of_today(self):
        assert read(**written(bot_id="B1", bot_profile={"name": "Showing Bot"})).skip is Skip.BOT

    def test_it_skips_a_bot_of_old(self):
        message = read(subtype="bot_message", bot_id="B1", username="MLS Alerts", text="", ts=TS)
        assert (message.skip, message.user, message.extra["bot_name"]) == (Skip.BOT, "B1", "MLS Alerts")

    def test_it_skips_slackbot(self):
        assert read(**written(user="USLACKBOT")).skip is Skip.BOT

    def test_it_does_not_take_a_user_id_that_begins_with_b_for_a_bot(self):
        assert read(**written(user="B0B")).skip is None

    @pytest.mark.parametrize(
        "subtype", ["channel_join", "channel_topic", "pinned_item", "huddle_thread", "never_seen", 7, ["x"], {}]
    )
    def test_it_skips_what_the_system_says(self, subtype):
        expected = None if subtype == {} else Skip.SYSTEM
        assert read(**written(subtype=subtype)).skip is expected

    def test_it_skips_a_message_of_nobody(self):
        assert read(ts=TS, text="?").skip is Skip.SYSTEM


class TestChanges:
    def change(self, old=None, new="Photos by Thursday", **more):
        return read(
            subtype="message_changed",
            hidden=True,
            ts="1768401100.000100",
            event_ts="1768401100.000100",
            message=written(text=new, edited={"user": "U1", "ts": "1768401100.000000"}),
            previous_message=written(text=old) if old is not None else [],
            **more,
        )

    def test_it_reads_an_edit_with_the_text_before_and_after(self):
        edit = self.change(old="Photos by Friday")
        assert isinstance(edit, Edited)
        assert (edit.message.ts, edit.old_text, edit.message.text) == (TS, "Photos by Friday", "Photos by Thursday")
        assert edit.edited_at.isoformat() == "2026-01-14T14:31:40.000100+00:00"

    def test_it_shows_that_an_unfurl_changed_no_text(self):
        edit = self.change(old="Photos by Thursday")
        assert edit.old_text == edit.message.text

    def test_it_does_not_know_the_text_before_if_slack_does_not_say_it(self):
        assert self.change().old_text is None

    def test_it_reads_the_tombstone_of_a_thread_start_as_a_deletion(self):
        gone = read(
            subtype="message_changed",
            message={"subtype": "tombstone", "ts": TS, "user": "USLACKBOT", "text": "This message was deleted."},
            previous_message=written(),
            event_ts="1768401100.000100",
        )
        assert isinstance(gone, Deleted)
        assert gone.message.text == "New listing at 88 Harbour St"

    def test_it_reads_a_deletion(self):
        gone = read(subtype="message_deleted", deleted_ts=TS, ts="1768401100.000100", previous_message=written())
        assert (gone.channel, gone.ts, gone.message.user) == ("C1", TS, "U1")

    def test_it_reads_a_deletion_that_does_not_say_what_was_deleted(self):
        assert read(subtype="message_deleted", deleted_ts=TS, event_ts="1768401100.000100").message is None

    def test_it_drops_the_note_that_a_thread_has_a_reply(self):
        assert isinstance(read(**written(subtype="message_replied")), Dropped)


class TestDropped:
    @pytest.mark.parametrize(
        "ts", [None, "", "abc", 1768401049.102493, "1768401049", "9" * 30 + ".1", "1e9.1", ["1.1"]]
    )
    def test_it_drops_a_message_without_a_usable_ts(self, ts):
        assert read(**written(ts=ts)) == Dropped("no usable ts")

    @pytest.mark.parametrize("channel", [None, "", 5, "a b", "C1@C2", "\ud800\x00", {}])
    def test_it_drops_a_message_without_a_channel(self, channel):
        assert read(**written(channel=channel)) == Dropped("no channel")

    def test_it_drops_the_note_that_slack_limits_our_rate(self):
        assert events.read_event({"type": "app_rate_limited", "minute_rate_limited": 1}) == Dropped(
            "Slack limits our rate"
        )

    @pytest.mark.parametrize("kind", ["reaction_added", "never_seen", None, 5])
    def test_it_drops_events_that_are_no_messages(self, kind):
        assert isinstance(read(type=kind), Dropped)

    def test_it_keeps_a_message_without_a_text(self):
        assert read(user="U1", ts=TS).text == ""


class TestInteractions:
    def test_it_reads_the_message_shortcut(self):
        payload = {"type": "message_action", "channel": {"id": "C1"}, "message": written(), "user": {"id": "U5"}}
        assert events.read_interaction(payload) == Asked(read(**written()), by="U5")

    def test_it_takes_the_ts_beside_the_message_if_the_message_has_none(self):
        payload = {"type": "message_action", "channel": {"id": "C1"}, "message": {"user": "U1"}, "message_ts": TS}
        assert events.read_interaction(payload).message.ts == TS

    @pytest.mark.parametrize("kind", ["block_actions", "view_submission", "shortcut", None])
    def test_it_drops_all_others(self, kind):
        assert isinstance(events.read_interaction({"type": kind}), Dropped)


class TestBytes:
    @pytest.mark.parametrize(
        "raw",
        [
            b"",
            b"null",
            b"[]",
            b"{",
            b'{"type":NaN}',
            b'{"type":"x"} trailing',
            b"\xff\xfe{\x00}\x00",
            b"\xef\xbb\xbf{}",
            b'{"type":"\xed\xa0\x80"}',
            b'{"a":"raw \x00 nul"}',
            b"[" * 100_000,
            b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
            b'{"a":' + b"9" * 5000 + b"}",
            b"{}",
            b'{"type":5}',
            b'{"type":"url_verification"}',
            b'{"type":"event_callback","event":[]}',
            b'{"type":"event_callback","event":{},"event_id":5}',
        ],
    )
    def test_it_refuses_what_slack_never_sends(self, raw):
        with pytest.raises(Malformed):
            events.parse_event(raw)

    def test_it_takes_odd_but_proper_json(self):
        raw = b'{"type":"event_callback","event":{"a":1e999,"b":"\\u0000","c":"\\ud800"}}'
        assert events.parse_event(raw)["event"]["a"] == float("inf")

    @pytest.mark.parametrize(
        "raw",
        [
            b"",
            b"payload",
            b"payload=",
            b"payload=5",
            b"payload={}",
            b"payload={}&payload={}",
            b"payload=%ff",
            b"\xff",
            b"a=b",
            b"payload=" + b"[" * 90000,
        ],
    )
    def test_it_refuses_forms_without_a_payload(self, raw):
        with pytest.raises(Malformed):
            events.parse_interaction(raw)

    def test_it_reads_the_payload_of_a_form(self):
        payload, text = events.parse_interaction(b"payload=%7B%22type%22%3A%22message_action%22%7D")
        assert payload == json.loads(text) == {"type": "message_action"}

    def test_it_keeps_no_credentials_in_the_raw_text(self):
        text = '{"token":"secret\\"x","event":{"url":"https:\\/\\/f\\/a?t=xoxe-1-2&b=1","x":"xoxb-123456-abcdef"}}'
        stripped = events.without_credentials(text)
        assert json.loads(stripped) == {"token": "", "event": {"url": "https://f/a?b=1", "x": "xox-removed"}}


# fmt: off
MEMBERS = [
    "type", "subtype", "channel", "user", "ts", "text", "thread_ts", "event_ts", "deleted_ts", "message", "file",
    "previous_message", "blocks", "attachments", "files", "elements", "bot_id", "comment", "edited", "url", "name",
    "size", "is_share", "event", "channel_id",
]
# fmt: on

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(codec=None))
    | st.sampled_from([TS, "C1", "message", "message_changed", "bot_message", "tombstone"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(MEMBERS),
            inner,
            max_size=8,
        )
    ),
    max_leaves=30,
)


def assert_storable(result):
    """Whatever comes in, what comes out can be written to the database and read again."""
    message = getattr(result, "message", result)
    if isinstance(message, Posted):
        for text in (
            message.channel,
            message.ts,
            message.user,
            message.text,
            json.dumps(message.extra, allow_nan=False),
        ):
            assert "\x00" not in text
            text.encode()
        assert "\\u0000" not in json.dumps(message.extra)
        assert message.sent_at


@given(
    event=st.dictionaries(
        st.sampled_from(["type", "subtype", "channel", "ts", "user", "text", "message", "previous_message", "files"]),
        JSON,
    )
)
def test_it_reads_any_event_without_an_exception(event):
    assert_storable(read(**event))


@given(payload=JSON)
def test_it_reads_any_interaction_without_an_exception(payload):
    if isinstance(payload, dict):
        assert_storable(
            events.read_interaction({"type": "message_action", "channel": {"id": "C1"}, "message": payload})
        )


@given(raw=st.binary())
def test_it_answers_any_bytes_with_an_object_or_a_refusal(raw):
    for parse in (events.parse_event, events.parse_interaction):
        with contextlib.suppress(Malformed):
            parse(raw)
