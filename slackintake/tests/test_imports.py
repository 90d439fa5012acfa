import json
import zipfile
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from common.models import Act, Change
from listings.models import Listing
from slackintake.export import NotAnExport
from slackintake.imports import import_export
from slackintake.models import Reply, Review, SlackMessage, SlackName
from slackintake.tests.files import SHARED_DATA, needs_shared_data
from tests import factories

pytestmark = pytest.mark.django_db

SAMPLE = "demo/slack_export_sample.zip"
MONDAY, TUESDAY = "1769430600.000100", "1769517000.000100"


@pytest.fixture(autouse=True)
def _as_owner(settings):
    settings.RLS_SET_ROLE = ""


def message(text="New sale listing at 88 Harbour St, photos by Friday", ts=MONDAY, user="U1", **more):
    return {"type": "message", "user": user, "ts": ts, "text": text, **more}


@pytest.fixture
def export(tmp_path):
    def make(*messages, channel="ops", users=(), channels=None):
        path = tmp_path / "export.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("channels.json", json.dumps(channels or [{"id": "C1", "name": "ops"}]))
            archive.writestr("users.json", json.dumps(list(users)))
            archive.writestr(f"{channel}/2026-01-26.json", json.dumps(messages))
        return path

    return make


def rows():
    return {
        (row.slack_channel_id, row.ts): (row.processing_status, (row.metadata or {}).get("reason"))
        for row in SlackMessage.objects.all()
    }


class TestHistory:
    def test_messages_are_history_and_open_no_work(self, export, slack, maria):
        report = import_export(export(message()))
        slack.work()
        assert rows() == {("C1", MONDAY): ("skipped", "history")}
        assert (report.new, report.requests, report.skipped) == (1, 0, {"history": 1})
        assert not Listing.objects.exists()
        assert not Reply.objects.exists()

    def test_a_second_import_adds_nothing(self, export, maria):
        path = export(
            message(), message("two", ts=TUESDAY), {"subtype": "tombstone", "ts": "1769430601.1", "text": "gone"}
        )
        first, second = import_export(path), import_export(path)
        assert (first.new, second.new, second.already_here, second.changed) == (3, 0, 3, 0)
        assert SlackMessage.objects.count() == 3

    def test_it_meets_what_came_by_event(self, export, slack, maria):
        slack.say("New sale listing at 88 Harbour St, photos by Friday", ts=MONDAY)
        slack.work()
        report = import_export(export(message()), requests_since=date(2026, 1, 1))
        slack.work()
        assert (report.new, report.already_here) == (0, 1)
        assert Listing.objects.count() == 1

    def test_an_event_meets_what_was_imported(self, export, slack):
        import_export(export(message("hello", ts=MONDAY)))
        slack.say("hello", ts=MONDAY)
        slack.work()
        assert SlackMessage.objects.count() == 1

    def test_it_takes_the_time_from_the_ts(self, export):
        import_export(export(message()))
        assert f"{SlackMessage.objects.get().received_at:%Y-%m-%d %H:%M}" == "2026-01-26 12:30"

    def test_a_ts_of_two_channels_is_kept_twice(self, tmp_path):
        path = tmp_path / "x.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("channels.json", json.dumps([{"id": f"C{n}", "name": f"c{n}"} for n in range(4)]))
            archive.writestr("users.json", "[]")
            for n in range(4):
                archive.writestr(f"c{n}/2026-01-26.json", json.dumps([message("joined", subtype="channel_join")]))
        assert import_export(path).new == 4
        assert import_export(path).new == 0
        assert SlackMessage.objects.filter(slack_ts__contains="@").count() == 3

    def test_bots_and_system_messages_say_what_they_are(self, export):
        import_export(
            export(
                message("a", ts="1769430601.1", bot_id="B1"),
                message("b", ts="1769430602.1", user="U7"),
                message("c", ts="1769430603.1", subtype="channel_join"),
                users=[{"id": "U7", "is_bot": True, "name": "bot"}],
            ),
            requests_since=date(2026, 1, 1),
        )
        assert sorted(reason for _, reason in rows().values()) == ["bot", "bot", "system"]

    def test_it_keeps_the_names_of_people_and_channels(self, export):
        import_export(export(users=[{"id": "U9", "real_name": "Nadia Haddad"}]))
        assert dict(SlackName.objects.values_list("slack_id", "name")) == {"U9": "Nadia Haddad", "C1": "ops"}

    def test_it_keeps_no_token_of_files(self, export):
        import_export(export(message(files=[{"id": "F1", "url_private": "https://files.slack.com/a?t=xoxe-1-2"}])))
        assert "xoxe" not in str(SlackMessage.objects.get().metadata)

    def test_each_batch_is_one_act(self, export):
        import_export(export(message(), message("two", ts=TUESDAY)))
        act = Act.objects.get()
        assert (act.verb, act.actor_id, act.source) == ("imported", "command", "slack export")
        assert Change.objects.filter(act_id=act.pk).count() == 2

    def test_an_edit_that_we_missed_comes_with_the_export(self, export, slack):
        slack.say("Hi al", ts=MONDAY)
        slack.work()
        path = export(message("Hi all", edited={"user": "U1", "ts": "1769430700.000000"}))
        assert import_export(path).changed == 1
        assert import_export(path).changed == 0
        row = SlackMessage.objects.get()
        assert (row.message_text, row.metadata["edits"][0]["text"]) == ("Hi all", "Hi al")

    def test_a_deletion_that_we_missed_comes_with_the_export(self, export, slack):
        slack.say("thanks all", ts=MONDAY)
        slack.work()
        assert import_export(export({"subtype": "tombstone", "ts": MONDAY, "user": "USLACKBOT"})).changed == 1
        assert SlackMessage.objects.get().metadata["deleted_at"]


class TestRequests:
    def test_messages_from_a_day_on_are_read(self, export, slack, maria):
        path = export(message("New sale listing at 1 Elm St"), message("New sale listing at 2 Oak St", ts=TUESDAY))
        report = import_export(path, requests_since=date(2026, 1, 27))
        slack.work()
        assert report.requests == 1
        assert Listing.objects.get().address_string == "2 Oak St"

    def test_the_day_is_the_offices(self, export):
        late_on_monday = "1769486340.000100"  # Tuesday 03:59 UTC is Monday 22:59 in Toronto
        report = import_export(export(message(ts=late_on_monday)), requests_since=date(2026, 1, 27))
        assert report.requests == 0

    def test_a_second_import_makes_nothing_twice(self, export, slack, maria):
        path = export(message())
        for _ in range(2):
            import_export(path, requests_since=date(2026, 1, 1))
            slack.work()
        assert Listing.objects.count() == 1

    def test_history_can_become_requests_later(self, export, slack, maria):
        path = export(message())
        import_export(path)
        assert import_export(path, requests_since=date(2026, 1, 1)).requests == 1
        slack.work()
        assert Listing.objects.count() == 1

    def test_demo_data_keeps_its_ts_and_moves_its_dates(self, export, slack, maria):
        path = export(message())
        import_export(path, requests_since=date(2026, 1, 1), shift_days=304)
        slack.work()
        row = SlackMessage.objects.get()
        assert (row.slack_ts, row.metadata["shift_days"]) == (MONDAY, 304)
        assert row.classification["due_date"] == "2026-11-30T17:00"
        assert import_export(path, shift_days=305).new == 0

    def test_each_request_of_a_breath_becomes_what_it_asks_for(self, export, slack, maria):
        said = [
            "can someone update the listing for me?",
            "New sale listing at 71 Elm St, photos by Friday",
            "New lease listing at 72 Elm St, sign by Monday",
            "thanks",
        ]
        messages = [message(text, ts=f"{1769430600 + 10 * number}.000100") for number, text in enumerate(said)]
        import_export(export(*messages), requests_since=date(2026, 1, 1))
        slack.work()
        assert sorted(row.address_string for row in Listing.objects.all()) == ["71 Elm St", "72 Elm St"]
        assert Review.objects.get().message.message_text == said[0]
        assert SlackMessage.objects.get(message_text="thanks").metadata["reason"] == "chatter"

    def test_an_announcement_goes_with_what_it_announces(self, export, slack, maria):
        said = ["new listing coming, details to follow", "New sale listing at 71 Elm St, photos by Friday"]
        messages = [message(text, ts=f"{1769430600 + 10 * number}.000100") for number, text in enumerate(said)]
        import_export(export(*messages), requests_since=date(2026, 1, 1))
        slack.work()
        assert Listing.objects.get().address_string == "71 Elm St"
        assert not Review.objects.exists()


class TestCommand:
    def run(self, *arguments, **options):
        out = StringIO()
        code = 0
        try:
            call_command("import_slack_export", *arguments, stdout=out, stderr=StringIO(), **options)
        except SystemExit as end:
            code = end.code
        return code, out.getvalue()

    def test_it_imports_the_sample(self):
        code, said = self.run(SAMPLE)
        assert code == 0
        assert SlackMessage.objects.count() == 80
        assert "80 messages in 3 channels: 80 new" in said
        _, said = self.run(SAMPLE)
        assert "0 new, 80 here already." in said
        assert SlackMessage.objects.count() == 80

    def test_a_dry_run_writes_nothing(self):
        _, said = self.run(SAMPLE, dry_run=True)
        assert "80 would be new" in said
        assert not SlackMessage.objects.exists()
        assert not SlackName.objects.exists()

    def test_it_refuses_what_is_no_export(self, tmp_path):
        (tmp_path / "x.zip").write_bytes(b"no")
        with pytest.raises(CommandError) as caught:
            self.run(tmp_path / "x.zip")
        assert caught.value.returncode == 2

    def test_it_names_what_it_left_out(self, export):
        code, said = self.run(export(message(), {"text": "no ts"}, None))
        assert code == 1
        assert "ops/2026-01-26.json, message 2: No usable ts, left out." in said
        assert SlackMessage.objects.count() == 1


@needs_shared_data
class TestFaultyExports:
    def test_the_good_of_the_bad_one_is_imported(self, maria):
        report = import_export(SHARED_DATA / "bad/slack_export_bad_members.zip")
        assert report.new == 13
        named = " ".join(str(problem) for problem in report.problems)
        for part in ("message 1: No usable ts", "message 2: No usable ts", "message 3", "outside.json", "abs.json"):
            assert part in named
        assert SlackMessage.objects.filter(slack_user_id="U0NOBODY9").exists()
        assert SlackMessage.objects.filter(slack_channel_id="no-such-channel").exists()

    @pytest.mark.parametrize("name", ["truncated", "no_users", "bomb"])
    def test_the_others_are_refused_and_nothing_is_written(self, name):
        with pytest.raises(NotAnExport):
            import_export(SHARED_DATA / f"bad/slack_export_{name}.zip")
        assert not SlackMessage.objects.exists()


def test_the_sample_as_requests_is_read_without_a_failure(slack):
    for number in range(1, 40):
        factories.realtor(slack_user_id=f"U0DEVR{number:02}")
    import_export(SAMPLE, requests_since=date(2026, 1, 1), shift_days=300)
    slack.work()
    slack.work_later()
    assert not SlackMessage.objects.filter(processing_status__in=["pending", "failed"]).exists()
    import_export(SAMPLE, requests_since=date(2026, 1, 1), shift_days=300)
    before = Listing.objects.count()
    slack.work()
    assert Listing.objects.count() == before
