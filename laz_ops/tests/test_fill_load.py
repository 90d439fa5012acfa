"""`fill_load` fills an empty database with the same plausible rows each time, and never touches other people's."""

from datetime import date, timedelta
from itertools import islice

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from accounts.actions import sign_in
from accounts.models import User
from common.clock import start_of_day
from common.queries import history_of
from laz_ops.load_rows import COLUMNS, Load
from listings.models import Listing
from realtors.models import Realtor
from slackintake.models import Review, SlackMessage
from staff.models import Role, Staff
from tasks.models import Activity, AgentTask, Status

TODAY = date(2026, 3, 4)
PASSWORD = "a-password-for-the-load"

real_transactions = pytest.mark.django_db(transaction=True)


def fill(**options):
    call_command("fill_load", scale=0.01, today=TODAY, **options)


@real_transactions
def test_it_fills_every_table_and_prints_a_login_for_each_role(capsys):
    with override_settings(DEMO=True):
        fill()
    assert Staff.all_objects.count() == 100
    assert Realtor.all_objects.count() == 10
    assert Listing.all_objects.count() == 100
    assert Activity.all_objects.count() == 1000
    assert AgentTask.all_objects.count() == 100
    assert SlackMessage.objects.count() == 2000
    assert Review.objects.exists()
    said = capsys.readouterr().out
    for role in Role:
        line = next(line for line in said.splitlines() if line.strip().startswith(role.label))
        assert Staff.objects.get(email=line.split()[-1]).role == role
    assert User.objects.count() == Staff.objects.filter(status="active").count()


@real_transactions
def test_outside_demo_mode_the_password_opens_the_logins():
    fill(password=PASSWORD)
    somebody = Staff.objects.filter(status="active").first()
    assert sign_in(somebody.email, PASSWORD, "127.0.0.1").staff_id == somebody.pk


@pytest.mark.parametrize("password", [None, "demo-lapaz", "short"])
@pytest.mark.django_db
def test_outside_demo_mode_it_wants_a_good_password(password):
    with pytest.raises(CommandError, match="--password"):
        fill(password=password)
    assert not Staff.all_objects.exists()


@real_transactions
def test_it_refuses_a_database_that_holds_rows_and_leaves_them():
    Staff.objects.create(email="one@lapaz.example", name="One", role=Role.ADMIN)
    with override_settings(DEMO=True), pytest.raises(CommandError, match=r"holds rows already.*--empty"):
        fill()
    assert Staff.all_objects.count() == 1


@real_transactions
def test_in_demo_mode_it_empties_the_database_when_asked():
    Staff.objects.create(email="one@lapaz.example", name="One", role=Role.ADMIN)
    with override_settings(DEMO=True):
        fill(empty=True)
        fill(empty=True)
    assert not Staff.all_objects.filter(email="one@lapaz.example").exists()
    assert Activity.all_objects.count() == 1000


@pytest.mark.django_db
def test_it_never_empties_a_database_outside_demo_mode():
    with pytest.raises(CommandError, match="--empty is for the local database"):
        fill(empty=True, password=PASSWORD)


@real_transactions
def test_history_says_who_did_what_over_the_years():
    with override_settings(DEMO=True):
        fill()
    activity = Activity.objects.filter(status=Status.DONE).first()
    entries = list(reversed(history_of("activities", activity.pk)))
    assert [entry.verb for entry in entries] == ["created", "claimed", "completed"]
    assert [entry.at for entry in entries][1:] == [activity.claimed_at, activity.completed_at]
    assert entries[1].actor_id == activity.assigned_staff_id


@real_transactions
def test_after_it_history_is_recorded_again():
    with override_settings(DEMO=True):
        fill()
    activity = Activity.objects.filter(status=Status.OPEN).first()
    Activity.objects.filter(pk=activity.pk).update(priority=9)
    assert history_of("activities", activity.pk)[0].after == {"priority": 9}


@real_transactions
def test_the_progress_of_listings_follows_from_their_activities():
    with override_settings(DEMO=True):
        fill()
    assert set(Listing.objects.values_list("status", flat=True)) >= {"completed", "in_progress"}


def test_the_same_scale_and_day_give_the_same_rows():
    def first_rows():
        load = Load(0.01, start_of_day(TODAY))
        return [list(load.rows(table)) for table in COLUMNS]

    assert first_rows() == first_rows()


def test_the_rows_are_plausible():
    now = start_of_day(TODAY)
    load = Load(0.1, now)
    rows = {
        table: [dict(zip(COLUMNS[table].split(", "), row, strict=True)) for row in load.rows(table)]
        for table in COLUMNS
    }
    tasks = [*rows["activities"], *rows["agent_tasks"]]
    waiting = [task for task in tasks if task["status"] == Status.OPEN]
    assert 0.08 < len(waiting) / len(tasks) < 0.2
    assert {task["assigned_staff_id"] for task in waiting} == {None}
    undated = [task for task in waiting if task["due_date"] is None]
    late = [task for task in waiting if task["due_date"] and task["due_date"] < now]
    assert 0.05 < len(undated) / len(waiting) < 0.25
    assert 0.05 < len(late) / len(waiting) < 0.35
    assert max(task["due_date"] for task in waiting if task["due_date"]) < now + timedelta(days=70)
    for task in tasks:
        steps = [task["created_at"], task["claimed_at"], task["completed_at"], task["deleted_at"], now]
        known = [step for step in steps if step]
        assert known == sorted(known)
        assert bool(task["completed_at"]) == (task["status"] in {"DONE", "FAILED", "CANCELLED"})
    assert any("é" in person["name"] for person in islice(rows["staff"], 20))
