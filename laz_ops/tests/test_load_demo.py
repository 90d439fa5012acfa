"""The demo data plays today, comes in whole, and once."""

from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Max
from django.test import override_settings
from django.utils import timezone

from accounts.models import User
from common.clock import office_now, office_zone
from common.imports import loading
from laz_ops.demo_messages import say_messages
from laz_ops.management.commands.load_demo import FOLDER
from listings.models import Listing
from slackintake.events import time_of
from slackintake.imports import import_export
from slackintake.models import Review, SlackEvent, SlackMessage
from slackintake.worker import Worker
from staff.models import Staff
from tasks.models import Activity, AgentTask

pytestmark = pytest.mark.django_db

SAID = 7
"""Messages in demo/slack_messages.json."""


@pytest.fixture(autouse=True)
def _demo_mode():
    # The command and the worker connect as the owner and take no other role.
    with override_settings(DEMO=True, RLS_SET_ROLE=""):
        yield


def test_it_loads_everything_and_makes_the_logins(capsys):
    call_command("load_demo")
    assert Staff.all_objects.count() == 12
    assert Activity.all_objects.count() == 300
    assert AgentTask.all_objects.count() == 60
    assert User.objects.count() == 10
    imported = SlackMessage.objects.filter(metadata__imported=True)
    assert imported.count() == 80
    assert imported.filter(processing_status="pending").count() == 3
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "Demo data 1 of 7: staff.csv: 12 new, 0 changed, 0 unchanged, 0 wrong; notices: 0."
    assert said[-1] == "Demo logins made: 10."


class TestMessagesOfToday:
    """What a newcomer finds under *Needs a look* after the first start."""

    def test_they_need_a_look_as_soon_as_a_worker_is_there(self):
        call_command("load_demo")
        Worker().work_until_idle()
        reasons = Review.objects.filter(resolved_at=None).values_list("reason", flat=True)
        assert len(reasons) == SAID
        assert {"unknown_sender", "proposal", "info_request"} <= set(reasons)
        proposals = Review.objects.filter(reason="proposal").values_list("item_id", flat=True)
        about = set(Listing.objects.filter(pk__in=proposals).values_list("status", flat=True))
        assert about == {"in_progress", "completed"}, "an addition and a relisting"

    def test_they_have_come_in_today_through_the_door(self):
        call_command("load_demo")
        events = SlackEvent.objects.all()
        assert events.count() == SAID
        assert {event.outcome for event in events} == {"stored"}
        messages = SlackMessage.objects.exclude(metadata__imported=True)
        for message in messages:
            assert abs(time_of(message.ts) - message.received_at) < timedelta(seconds=1)
            assert timedelta(0) < timezone.now() - message.received_at < timedelta(hours=4)

    def test_saying_them_again_and_importing_again_add_nothing(self):
        call_command("load_demo")
        Worker().work_until_idle()
        before = list(SlackMessage.objects.order_by("pk").values())
        listings = Listing.objects.count()
        assert say_messages(FOLDER / "slack_messages.json", now=office_now() + timedelta(hours=2)) == 0
        report = import_export(FOLDER / "slack_export_sample.zip", requests_since=date(2026, 1, 23), shift_days=7)
        Worker().work_until_idle()
        assert (report.new, report.already_here) == (0, 80)
        assert list(SlackMessage.objects.order_by("pk").values()) == before
        assert Listing.objects.count() == listings

    def test_what_the_door_refuses_ends_the_load(self, settings):
        settings.SLACK_SIGNING_SECRETS = ["", "another"]
        with pytest.raises(RuntimeError, match="401"):
            call_command("load_demo")


def test_the_newest_row_is_of_today():
    today = office_now().date()
    call_command("load_demo")
    newest = Listing.all_objects.aggregate(newest=Max("updated_at"))["newest"]
    assert newest.astimezone(office_zone()).date() - today in (timedelta(0), timedelta(1))
    due = Activity.all_objects.get(pk="01KA7HCKFR7G2NE9ACHRYBTQMX").due_date.astimezone(office_zone())
    assert (due.date() - newest.astimezone(office_zone()).date()).days == (date(2026, 1, 15) - date(2026, 1, 26)).days
    assert due.hour == 17


def test_a_second_run_loads_nothing_and_makes_the_missing_logins(capsys):
    call_command("load_demo")
    User.objects.filter(staff__name="Helen Mbeki").delete()
    Staff.objects.filter(name="Helen Mbeki").update(phone="+1-416-555-9999")
    call_command("load_demo")
    said = capsys.readouterr().out
    assert "no demo data is loaded" in said
    assert "Demo logins made: 1." in said
    assert Staff.objects.get(name="Helen Mbeki").phone == "+1-416-555-9999"


def test_a_load_that_is_broken_off_leaves_an_empty_database(monkeypatch):
    write, written = loading.write_rows, []

    def break_off(table, rows, progress):
        if table.name == "activities":
            raise KeyboardInterrupt
        written.append(table.name)
        write(table, rows, progress)

    monkeypatch.setattr(loading, "write_rows", break_off)
    with pytest.raises(CommandError, match="nothing was written"):
        call_command("load_demo")
    assert written == ["staff", "realtors", "listings"]
    assert not Staff.all_objects.exists()
    assert not User.objects.exists()


def test_it_is_refused_outside_demo_mode():
    with override_settings(DEMO=False), pytest.raises(CommandError, match=r"that \./run starts"):
        call_command("load_demo")
    assert not Staff.all_objects.exists()
