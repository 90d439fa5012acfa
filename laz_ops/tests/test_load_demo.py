"""The demo data plays today, comes in whole, and once."""

from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Max
from django.test import override_settings

from accounts.models import User
from common.clock import office_now, office_zone
from common.imports import loading
from listings.models import Listing
from slackintake.models import SlackMessage
from staff.models import Staff
from tasks.models import Activity, AgentTask

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _demo_mode():
    with override_settings(DEMO=True):
        yield


def test_it_loads_everything_and_makes_the_logins(capsys):
    call_command("load_demo")
    assert Staff.all_objects.count() == 12
    assert Activity.all_objects.count() == 300
    assert AgentTask.all_objects.count() == 60
    assert User.objects.count() == 10
    assert SlackMessage.objects.count() == 80
    assert SlackMessage.objects.filter(processing_status="pending").count() > 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "Demo data 1 of 6: staff.csv: 12 new, 0 changed, 0 unchanged, 0 wrong; notices: 0."
    assert said[-1] == "Demo logins made: 10."


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
