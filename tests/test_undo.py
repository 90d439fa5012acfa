"""Undo gives back what was there, and stops where somebody has gone on (docs/security.md)."""

from datetime import timedelta

import pytest
from django.utils import timezone

import listings.actions
import tasks.actions
from accounts.models import Preferences, SavedView
from common.fields import new_ulid
from common.history import ChangedSince, Refused, act, last_act, undo
from common.principal import acting_as
from common.queries import last_undoable_act
from listings.models import Acknowledgement, KeyDate, KeyDateKind
from slackintake.models import Link, SlackMessage
from staff.models import Staff
from tasks.models import Activity, AgentTask, Snooze, TaskLink, Waiting
from tests import factories
from tests.catalogue import execute
from tests.ledger import World, recorded, snapshot

pytestmark = pytest.mark.django_db

TOMORROW = timezone.now() + timedelta(days=1)


@pytest.fixture
def admin():
    return factories.staff("admin", name="Anna Admin")


@pytest.fixture
def priya():
    return factories.staff("operations", name="Priya Patel")


@pytest.fixture
def mark():
    return factories.staff("marketing", name="Mark Adeyemi")


def raise_priority(task, person, priority=5):
    with acting_as("staff", person.pk):
        tasks.actions.set_priority(task, priority=priority, by=person)
        return last_act()


def refusal(act_id, person, kind="staff"):
    with acting_as(kind, person and person.pk), pytest.raises(Refused) as refused:
        undo(act_id)
    return str(refused.value)


def test_an_act_of_more_than_ten_minutes_ago_stays(priya):
    task = factories.activity()
    act_id = raise_priority(task, priya)
    execute("UPDATE acts SET at = at - interval '9 minutes 59 seconds' WHERE act_id = %s", [act_id])
    with acting_as("staff", priya.pk):
        assert last_undoable_act(priya.pk).pk == act_id
    execute("UPDATE acts SET at = at - interval '2 seconds' WHERE act_id = %s", [act_id])
    assert "more than 10 minutes ago" in refusal(act_id, priya)
    with acting_as("staff", priya.pk):
        assert last_undoable_act(priya.pk) is None
    task.refresh_from_db()
    assert task.priority == 5


def test_another_persons_act_an_unknown_one_and_one_undone_already_stay(priya, admin):
    act_id = raise_priority(factories.activity(), priya)
    assert "own acts" in refusal(act_id, admin)
    assert "own acts" in refusal(new_ulid(), priya)
    assert "no longer signed in" in refusal(act_id, None, kind=None)
    with acting_as("staff", priya.pk):
        undo(act_id)
    assert "already" in refusal(act_id, priya)


def test_an_undo_can_be_undone(priya):
    task = factories.activity()
    act_id = raise_priority(task, priya)
    with acting_as("staff", priya.pk):
        undo(undo(act_id))
    task.refresh_from_db()
    assert task.priority == 5


def test_rows_changed_since_are_named_and_the_rest_can_be_taken_back(priya, admin):
    first, second = factories.activity(), factories.activity()
    with acting_as("staff", priya.pk):
        with act("set priority"):
            for task in (first, second):
                tasks.actions.set_priority(task, priority=5, by=priya)
        act_id = last_act()
    raise_priority(second, admin, 9)
    with acting_as("staff", priya.pk):
        with pytest.raises(ChangedSince) as stopped:
            undo(act_id)
        assert stopped.value.rows == [("activities", second.pk)]
        assert set(Activity.objects.values_list("priority", flat=True)) == {5, 9}
        undo(act_id, leave_changed=True)
    first.refresh_from_db(), second.refresh_from_db()
    assert (first.priority, second.priority) == (0, 9)


@pytest.mark.parametrize(
    ("mine", "newer"),
    [
        ('outputs = \'{"note": "Up"}\'', 'outputs = \'{"note": "Up", "photo": 1}\''),
        ("outputs = '{\"rooms\": [1]}'", "outputs = '{\"rooms\": [1, 2]}'"),
    ],
)
def test_a_longer_value_is_a_newer_one(priya, admin, mine, newer):
    task = factories.activity()
    with acting_as("staff", priya.pk), act("edited") as act_id:
        execute(f"UPDATE activities SET {mine}")
    with acting_as("staff", admin.pk), act("edited"):
        execute(f"UPDATE activities SET {newer}")
    assert "changed this since" in refusal(act_id, priya)
    task.refresh_from_db()
    assert len(task.outputs) + len(task.outputs.get("rooms", [])) > 1


def test_other_columns_changed_since_do_not_stand_in_the_way(priya, admin):
    task = factories.activity()
    act_id = raise_priority(task, priya)
    with acting_as("staff", admin.pk):
        tasks.actions.set_due(task, due=TOMORROW, by=admin)
    with acting_as("staff", priya.pk):
        undo(act_id)
    task.refresh_from_db()
    assert (task.priority, task.due_date) == (0, TOMORROW)


def test_a_value_taken_by_somebody_else_meanwhile_is_a_plain_answer(admin):
    person = factories.staff("support", email="old@lapaz.example")
    with acting_as("staff", admin.pk), act("edited") as act_id:
        Staff.objects.filter(pk=person.pk).update(email="new@lapaz.example")
    factories.staff("support", email="old@lapaz.example")
    assert "Nothing was undone" in refusal(act_id, admin)


def test_undo_does_not_take_the_last_admin_away(admin):
    second = factories.staff("operations")
    with acting_as("staff", admin.pk), act("edited") as act_id:
        Staff.objects.filter(pk=second.pk).update(role="admin")
    with acting_as("staff", second.pk):
        Staff.objects.filter(pk=admin.pk).update(role="support")
    assert "last active admin" in refusal(act_id, admin)


def test_a_new_listing_others_have_built_upon_is_not_taken_from_under_them(priya, mark):
    with acting_as("staff", priya.pk):
        made = listings.actions.create_listing(by=priya, address_string="1 New St")
        act_id = last_act()
    with acting_as("staff", mark.pk):
        tasks.actions.create_activity(listing=made, by=mark, name="Flyer", task_category="MARKETING")
        flyer = last_act()
    assert "changed this since" in refusal(act_id, priya)
    with acting_as("staff", mark.pk):
        undo(flyer)
    with acting_as("staff", priya.pk):
        undo(act_id)
    assert not type(made).objects.filter(pk=made.pk).exists()


def test_a_new_listing_and_its_activities_of_one_act_go_together(priya):
    with acting_as("staff", priya.pk):
        with act("created"):
            made = listings.actions.create_listing(by=priya, address_string="1 New St")
            tasks.actions.put_on_template(made, group_key="SALE_LISTING", key_dates={}, by=priya)
        undo(last_act())
    assert not type(made).objects.filter(pk=made.pk).exists()
    assert Activity.all_objects.filter(listing=made).exists()
    assert not Activity.objects.filter(listing=made).exists()


def test_a_removed_listing_comes_back_before_its_activities_and_goes_after_them(admin):
    listing = factories.listing()
    for _ in range(2):
        factories.activity(listing=listing)
    with acting_as("staff", admin.pk):
        listings.actions.remove_listing(listing, by=admin)
        act_id = last_act()
        for live in (2, 0, 2):
            act_id = undo(act_id)
            assert Activity.objects.filter(listing=listing).count() == live
            assert type(listing).objects.filter(pk=listing.pk).exists() == bool(live)


def test_an_activity_does_not_come_back_to_a_listing_that_has_been_removed_since(admin):
    activity = factories.activity()
    with acting_as("staff", admin.pk):
        tasks.actions.remove(activity, by=admin)
        act_id = last_act()
        listings.actions.remove_listing(activity.listing, by=admin)
    assert refusal(act_id, admin) == "What it belongs to is gone by now. Nothing was undone."


def test_giving_back_what_one_saw_only_as_its_owner_can_be_undone(mark):
    task = factories.agent_task(assigned_staff=mark)
    with acting_as("staff", mark.pk):
        tasks.actions.release(task, by=mark)
        assert not AgentTask.objects.exists()
        undo(last_undoable_act(mark.pk).pk)
        assert AgentTask.objects.get().assigned_staff == mark


def test_an_untouched_intake_is_undone_by_operations_at_any_time_and_by_nobody_else(priya, mark):
    with acting_as("system", "slack-intake"):
        execute("SELECT app.open_act('INTAKE', 'created', NULL, 'slack')")
        # The worker writes as the owner; the test's connection is put back to it for the writing.
        execute("SELECT set_config('role', 'none', true)")
        made = factories.activity()
        execute("SELECT set_config('role', 'ops_app', true)")
    execute("UPDATE acts SET at = at - interval '3 days' WHERE act_id = 'INTAKE'")
    assert "own acts" in refusal("INTAKE", mark)
    with acting_as("staff", priya.pk):
        undo("INTAKE")
    assert not Activity.objects.filter(pk=made.pk).exists()


# ---- undo in every table ---------------------------------------------------------------------------------------------

OWN_WAY = {"slack_messages", "slackintake_review", "slackintake_outbox"}
CHANGE = {
    "staff": "phone = '1'",
    "realtors": "territories = ARRAY['Junction', 'High Park']",
    "listings": "type = 'LEASE'",
    "listings_note": "text = 'other'",
    "listings_office_day": "name = 'Other'",
    "listings_weekday": "is_working_day = NOT is_working_day",
    "listings_template": "name = 'Other'",
    "listings_template_line": "priority = 9",
    "listings_key_date": "day = day + 1",
    "listings_acknowledgement": "at = at + interval '1 second'",
    "activities": "due_date = now(), inputs = '{\"a\": [1]}'",
    "agent_tasks": "due_date = now(), outputs = NULL",
    "accounts_preferences": "theme = 'dark'",
    "accounts_saved_view": "name = 'Late'",
    "slackintake_link": "role = 'bundle'",
    "tasks_snooze": "until = now()",
    "tasks_waiting": "for_what = 'the key'",
    "task_links": "to_id = 'Y'",
}


@pytest.fixture
def one_of_each(admin):
    """A row in every recorded table."""
    world = World(admin)
    Preferences.objects.create(staff=admin)
    SavedView.objects.create(staff_id=admin.pk, page="inbox", name="Mine")
    KeyDate.objects.create(listing=world.listing, kind=KeyDateKind.PHOTO, day=factories.NOON.date())
    Acknowledgement.objects.create(listing=world.listing, staff_id=admin.pk)
    message = SlackMessage.objects.create(
        slack_user_id="U", slack_channel_id="C", slack_ts="1.1", message_text=".", classification={}, message_type="x"
    )
    item = {"kind": "activity", "item_id": world.open.pk}
    Link.objects.create(message=message, role="attached", **item)
    Snooze.objects.create(staff_id=admin.pk, **item)
    Waiting.objects.create(for_what="photos", **item)
    TaskLink.objects.create(
        relation="belongs_to", from_kind="agent_task", from_id=world.agent_task.pk, to_kind="listing", to_id="X"
    )
    return world


def test_every_recorded_table_is_undone_here_or_in_its_own_way():
    assert set(CHANGE) | OWN_WAY == set(recorded())


@pytest.mark.parametrize("table", CHANGE)
def test_an_undo_brings_changed_and_deleted_rows_back_and_takes_new_ones_away(one_of_each, admin, table):
    key, _ = recorded()[table]
    before = snapshot()
    with acting_as("staff", admin.pk):
        # As the owner: the policies do not stand in the way of a change that no page offers.
        execute("SELECT set_config('role', 'none', true)")
        with act("changed") as changed:
            assert execute(
                f"UPDATE {table} SET {CHANGE[table]} WHERE {key}::text = (SELECT min({key}::text) FROM {table})"
            )
        assert snapshot() != before
        execute("SELECT set_config('role', 'ops_app', true)")
        undo(changed)
        assert snapshot() == before
        execute("SELECT set_config('role', 'none', true)")
        with act("deleted") as deleted:
            assert execute(f"DELETE FROM {table} WHERE {key}::text = (SELECT max({key}::text) FROM {table})")
        execute("SELECT set_config('role', 'ops_app', true)")
        undo(deleted)
    assert snapshot() == before
