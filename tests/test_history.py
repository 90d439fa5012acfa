"""History misses nothing and cannot be forged (docs/security.md)."""

import inspect
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

import accounts.actions
import listings.actions
import realtors.actions
import staff.actions
import tasks.actions
import tasks.triage
from common.fields import new_ulid
from common.history import Refused, act, last_act, undo
from common.models import Act, Change
from common.principal import acting_as, sign
from listings.models import KeyDateKind, TemplateLine
from tasks.models import Activity
from tests import factories
from tests.catalogue import execute, rows, scalar
from tests.ledger import World, difference, history_since, recorded, snapshot

pytestmark = pytest.mark.django_db

# Tables whose changes are nobody's deed: history itself, signing in, and the worker's bookkeeping.
NOT_RECORDED = {
    *("acts", "changes", "change_counter"),
    *("accounts_user", "accounts_session", "accounts_sign_in_attempt"),
    *("slack_events", "slackintake_job", "slackintake_name", "slackintake_heartbeat", "slackintake_clock"),
    *("auth_group", "auth_group_permissions", "auth_permission"),
    *("django_admin_log", "django_content_type", "django_migrations"),
}


def test_every_table_is_recorded_or_named_here():
    tables = {table for (table,) in rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    assert tables - set(recorded()) == NOT_RECORDED


# ---- every action ----------------------------------------------------------------------------------------------------


@pytest.fixture
def admin():
    return factories.staff("admin", name="Anna Admin")


@pytest.fixture
def priya():
    return factories.staff("operations", name="Priya Patel")


@pytest.fixture
def mark():
    return factories.staff("marketing", name="Mark Adeyemi")


def _edit(world):
    opened = {"name": world.open.name, "priority": 0}
    tasks.actions.edit(world.open, opened=opened, wanted={"name": "Two signs", "priority": 3}, by=world.me)


TOMORROW = timezone.now() + timedelta(days=1)
DEEDS = {
    "accounts.actions.edit_own_profile": lambda w: accounts.actions.edit_own_profile(w.me, name="Other", phone="1"),
    "accounts.actions.save_preferences": lambda w: accounts.actions.save_preferences(w.me, theme="dark"),
    "listings.actions.create_listing": lambda w: listings.actions.create_listing(by=w.me, address_string="1 New St"),
    "listings.actions.edit_listing": lambda w: listings.actions.edit_listing(w.listing, by=w.me, type="LEASE"),
    "listings.actions.set_key_day": lambda w: listings.actions.set_key_day(
        w.listing, kind=KeyDateKind.PHOTO, day=TOMORROW.date(), by=w.me
    ),
    "listings.actions.remove_listing": lambda w: listings.actions.remove_listing(w.listing, by=w.me),
    "listings.actions.restore_listing": lambda w: listings.actions.restore_listing(w.removed, by=w.me),
    "listings.actions.acknowledge": lambda w: listings.actions.acknowledge(w.listing, by=w.me),
    "listings.actions.write_note": lambda w: listings.actions.write_note(
        kind="listing", item_id=w.listing.pk, text="Key at the desk", by=w.me
    ),
    "listings.actions.add_template_line": lambda w: listings.actions.add_template_line(
        TemplateLine(name="Drone photos", task_category="PHOTO"), template=w.line.template, by=w.me
    ),
    "listings.actions.edit_template_line": lambda w: listings.actions.edit_template_line(
        w.line, opened={"name": w.line.name}, wanted={"name": "Drone photos"}, by=w.me
    ),
    "listings.actions.move_template_line": lambda w: listings.actions.move_template_line(w.line, up=False, by=w.me),
    "listings.actions.remove_template_line": lambda w: listings.actions.remove_template_line(w.line, by=w.me),
    "realtors.actions.add_realtor": lambda w: realtors.actions.add_realtor(by=w.me, name="New", email="new@x.example"),
    "realtors.actions.change_realtor": lambda w: realtors.actions.change_realtor(w.realtor, by=w.me, phone="1"),
    "realtors.actions.remove_realtor": lambda w: realtors.actions.remove_realtor(w.realtor, by=w.me),
    "staff.actions.add_staff": lambda w: staff.actions.add_staff(
        by=w.me, name="New", email="new@x.example", role="support"
    ),
    "staff.actions.change_staff": lambda w: staff.actions.change_staff(w.colleague, by=w.me, role="support"),
    "staff.actions.remove_staff": lambda w: staff.actions.remove_staff(w.colleague, by=w.me),
    "tasks.actions.create_activity": lambda w: tasks.actions.create_activity(
        listing=w.listing, by=w.me, name="Photos", task_category="PHOTO"
    ),
    "tasks.actions.create_agent_task": lambda w: tasks.actions.create_agent_task(
        realtor=w.realtor, by=w.me, name="Call back", task_key="BUYER_DEAL"
    ),
    "tasks.actions.put_on_template": lambda w: tasks.actions.put_on_template(
        w.listing, group_key="SALE_LISTING", key_dates={KeyDateKind.PHOTO: TOMORROW.date()}, by=w.me
    ),
    "tasks.actions.claim": lambda w: tasks.actions.claim(w.open, by=w.me),
    "tasks.actions.release": lambda w: tasks.actions.release(w.mine, by=w.me),
    "tasks.actions.assign": lambda w: tasks.actions.assign(w.open, to=w.colleague, by=w.me),
    "tasks.actions.start": lambda w: tasks.actions.start(w.mine, by=w.me),
    "tasks.actions.complete": lambda w: tasks.actions.complete(w.open, by=w.me, outputs={"note": "Up"}),
    "tasks.actions.fail": lambda w: tasks.actions.fail(w.mine, by=w.me, reason="rain"),
    "tasks.actions.cancel": lambda w: tasks.actions.cancel(w.mine, by=w.me, reason="rain"),
    "tasks.actions.reopen": lambda w: tasks.actions.reopen(w.done, by=w.me, reason="again"),
    "tasks.actions.move_to": lambda w: tasks.actions.move_to(w.mine, status="IN_PROGRESS", by=w.me),
    "tasks.actions.change": lambda w: tasks.actions.change(
        w.open, wanted={"priority": 8, "assigned_staff": w.me}, by=w.me
    ),
    "tasks.actions.set_due": lambda w: tasks.actions.set_due(w.open, due=TOMORROW, by=w.me),
    "tasks.actions.set_priority": lambda w: tasks.actions.set_priority(w.open, priority=8, by=w.me),
    "tasks.actions.edit": _edit,
    "tasks.actions.move_to_listing": lambda w: tasks.actions.move_to_listing(w.open, listing=w.other.listing, by=w.me),
    "tasks.actions.remove": lambda w: tasks.actions.remove(w.open, by=w.me),
    "tasks.actions.restore": lambda w: tasks.actions.restore(w.gone, by=w.me),
    "tasks.actions.cancel_listing": lambda w: tasks.actions.cancel_listing(w.listing, by=w.me, reason="withdrawn"),
    "tasks.triage.snooze": lambda w: tasks.triage.snooze(w.open, until=TOMORROW, by=w.me),
    "tasks.triage.snooze_by_choice": lambda w: tasks.triage.snooze_by_choice(w.open, 2, by=w.me),
    "tasks.triage.wait": lambda w: tasks.triage.wait(w.open, for_what="the key", by=w.me),
    "tasks.triage.ask_realtor": lambda w: tasks.triage.ask_realtor(w.open, by=w.me),
    "tasks.triage.decline": lambda w: tasks.triage.decline(w.open, reason="test", by=w.me),
    "tasks.triage.duplicate_of": lambda w: tasks.triage.duplicate_of(w.open, w.other, by=w.me),
    "tasks.triage.link_to_listing": lambda w: tasks.triage.link_to_listing(w.agent_task, w.listing.pk, by=w.me),
}
# Logins are no part of history; the others need a state that an action above makes, and stand below.
ELSEWHERE = {
    *("accounts.actions.sign_in", "accounts.actions.create_login", "accounts.actions.create_logins"),
    *("accounts.actions.create_demo_logins", "accounts.actions.set_password", "accounts.actions.end_sessions"),
    "accounts.actions.end_own_sessions",
    *("realtors.actions.restore_realtor", "staff.actions.restore_staff"),
    *("tasks.triage.unsnooze", "tasks.triage.stop_waiting", "tasks.triage.wake_due", "tasks.triage.wake_for_realtor"),
}
MODULES = (accounts.actions, listings.actions, realtors.actions, staff.actions, tasks.actions, tasks.triage)
QUESTIONS = {"tasks.actions.ago", "tasks.actions.live", "tasks.triage.snooze_choices"}


def test_no_action_is_missing_from_these_tests():
    found = {
        f"{module.__name__}.{name}"
        for module in MODULES
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    }
    assert found == set(DEEDS) | ELSEWHERE | QUESTIONS


@pytest.mark.parametrize("deed", DEEDS)
def test_an_action_is_one_act_of_mine_that_tells_every_row_it_changed_and_can_be_undone(admin, deed):
    world = World(admin)
    before, latest = snapshot(), scalar("SELECT max(change_id) FROM changes")
    acts = Act.objects.count()
    with acting_as("staff", admin.pk):
        DEEDS[deed](world)
        act_id = last_act()
    after = snapshot()
    assert difference(before, after) == history_since(latest) != {}
    assert Act.objects.count() == acts + 1
    done = Act.objects.get(pk=act_id)
    assert (done.actor_kind, done.actor_id) == ("staff", admin.pk)
    assert set(Change.objects.filter(change_id__gt=latest).values_list("act_id", flat=True)) == {act_id}

    with acting_as("staff", admin.pk):
        undo(act_id)
    # What was new is removed softly where it can be, and gone otherwise; all else is as it was.
    left = difference(before, snapshot())
    assert all(was is None and is_now["deleted_at"] for was, is_now in left.values()), left


def test_waking_and_the_end_of_waiting_are_told_too(admin):
    world = World(admin)
    with acting_as("staff", admin.pk):
        tasks.triage.snooze(world.open, until=TOMORROW, by=admin)
        tasks.triage.wait(world.open, for_what="the key", by=admin)
        for finish in (
            lambda: tasks.triage.unsnooze(world.open, by=admin),
            lambda: tasks.triage.stop_waiting(world.open, by=admin),
        ):
            before, latest = snapshot(), scalar("SELECT max(change_id) FROM changes")
            finish()
            assert difference(before, snapshot()) == history_since(latest) != {}


def test_a_clock_that_wakes_nothing_leaves_nothing():
    """It ticks all day: an act each time would make every polled page look changed."""
    acts = Act.objects.count()
    with acting_as("system", "clock"):
        assert tasks.triage.wake_due() == 0
    assert Act.objects.count() == acts


def test_a_refused_action_leaves_neither_act_nor_change(priya):
    world = World(priya)
    acts, latest = Act.objects.count(), scalar("SELECT max(change_id) FROM changes")
    with acting_as("staff", priya.pk):
        for refused in ("tasks.actions.remove", "tasks.actions.restore", "listings.actions.remove_listing"):
            with pytest.raises(Refused):
                DEEDS[refused](world)
    assert (Act.objects.count(), scalar("SELECT max(change_id) FROM changes")) == (acts, latest)


# ---- plain SQL -------------------------------------------------------------------------------------------------------


def last_change():
    change = Change.objects.latest("change_id")
    return change.row_key, Act.objects.get(pk=change.act_id)


def test_plain_sql_without_an_act_opens_one_by_itself_in_the_name_of_the_database():
    task = factories.activity()
    execute("UPDATE activities SET priority = 9")
    key, done = last_change()
    assert key == task.pk
    assert (done.actor_kind, done.actor_id, done.verb, done.source) == ("system", "database", "changed", "sql")


def test_plain_sql_of_a_person_is_that_persons(priya):
    factories.activity()
    with acting_as("staff", priya.pk):
        execute("UPDATE activities SET priority = 8")
    _, done = last_change()
    assert (done.actor_kind, done.actor_id, done.verb) == ("staff", priya.pk, "changed")


def test_who_acts_in_the_midst_of_anothers_act_acts_for_themselves(priya, admin):
    first, second, third = (factories.activity() for _ in range(3))
    with acting_as("staff", admin.pk), act("edited"):
        Activity.objects.filter(pk=first.pk).update(priority=1)
        with acting_as("staff", priya.pk):
            Activity.objects.filter(pk=second.pk).update(priority=1)
        Activity.objects.filter(pk=third.pk).update(priority=1)
    acts = [
        Act.objects.get(pk=Change.objects.filter(row_key=task.pk).latest("pk").act_id)
        for task in (first, second, third)
    ]
    assert [(done.actor_id, done.verb) for done in acts] == [
        (admin.pk, "edited"),
        (priya.pk, "changed"),
        (admin.pk, "edited"),
    ]


def test_a_statement_that_changes_nothing_tells_nothing():
    factories.activity(priority=3)
    acts, changes = Act.objects.count(), Change.objects.count()
    execute("UPDATE activities SET priority = 3")
    execute("UPDATE activities SET priority = 4 WHERE false")
    assert (Act.objects.count(), Change.objects.count()) == (acts, changes)


def test_what_a_deletion_takes_along_is_told_too():
    listing = factories.listing()
    activity = factories.activity(listing=listing)
    latest = scalar("SELECT max(change_id) FROM changes")
    execute("DELETE FROM listings WHERE listing_id = %s", [listing.pk])
    assert {at: is_now for at, (_, is_now) in history_since(latest).items()} == {
        ("listings", listing.pk): None,
        ("activities", activity.pk): None,
    }
    assert Change.objects.filter(change_id__gt=latest).values("act_id").distinct().count() == 1


def test_a_row_whose_key_is_changed_is_told_as_gone_and_come():
    task = factories.activity()
    latest = scalar("SELECT max(change_id) FROM changes")
    other = new_ulid()
    execute("UPDATE activities SET task_id = %s, priority = 9", [other])
    gone, come = history_since(latest)["activities", task.pk], history_since(latest)["activities", other]
    assert (gone[0]["priority"], gone[1]) == (0, None)
    assert (come[0], come[1]["priority"]) == (None, 9)


def test_moments_are_told_in_one_zone_whatever_the_session(priya):
    with acting_as("staff", priya.pk):
        execute("SET LOCAL timezone = 'America/Toronto'")
        made = factories.activity(due_date=factories.NOON)
        execute("SET LOCAL timezone = 'UTC'")
        assert Change.objects.get(row_key=made.pk).after["due_date"] == "2026-03-02T17:00:00+00:00"


def test_the_actor_and_the_time_of_an_act_cannot_be_given(priya, admin):
    forged = new_ulid()
    with acting_as("staff", priya.pk):
        execute(
            "INSERT INTO acts (act_id, verb, source, actor_kind, actor_id, at, transaction_id, undoes) "
            "VALUES (%s, 'claimed', 'web', 'staff', %s, '2001-01-01', 7, 'X')",
            [forged, admin.pk],
        )
    done = Act.objects.get(pk=forged)
    assert (done.actor_kind, done.actor_id, done.undoes) == ("staff", priya.pk, None)
    assert done.at.year > 2001
    assert done.transaction_id != 7


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO changes (act_id, table_name, row_key) VALUES ('X', 'staff', 'X')",
        "UPDATE changes SET after = '{}'",
        "DELETE FROM changes",
        "UPDATE acts SET actor_id = 'X'",
        "DELETE FROM acts",
        "UPDATE change_counter SET value = 0",
        "SELECT app.current_act()",
        "SELECT app.record_changes()",
    ],
)
def test_nobody_writes_history_by_hand(admin, statement):
    factories.activity()
    with acting_as("staff", admin.pk), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        execute(statement)


def test_nobody_without_a_principal_opens_an_act():
    with acting_as(None), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        execute("SELECT app.open_act('X', 'claimed', NULL, 'web')")


@pytest.mark.django_db(transaction=True)
def test_an_act_is_worth_nothing_in_another_transaction(web_login):
    priya, admin = factories.staff("operations"), factories.staff("admin")
    factories.activity()
    theirs = new_ulid()
    with web_login.transaction():
        web_login.execute("SELECT set_config('app.principal', %s, true)", [sign("staff", admin.pk)])
        web_login.execute("SELECT app.open_act(%s, 'set priority', NULL, 'web')", [theirs])
        web_login.execute("UPDATE activities SET priority = 1")
    assert web_login.execute("SELECT current_setting('app.act', true)").fetchone()[0] == ""
    with web_login.transaction():
        web_login.execute("SELECT set_config('app.principal', %s, true)", [sign("staff", priya.pk)])
        web_login.execute("SELECT set_config('app.act', %s, false)", [theirs])
        web_login.execute("UPDATE activities SET priority = 2")
    assert Change.objects.filter(act_id=theirs).count() == 1
    last = Act.objects.get(pk=Change.objects.latest("change_id").act_id)
    assert (last.verb, last.actor_id) == ("changed", priya.pk)


def test_an_act_ends_before_the_transaction_does(priya):
    task = factories.activity()
    with acting_as("staff", priya.pk):
        with act("claimed"):
            execute("UPDATE activities SET priority = 1")
        execute("UPDATE activities SET priority = 2")
        verbs = Act.objects.filter(pk__in=Change.objects.filter(row_key=task.pk).values("act_id")).order_by("pk")
        assert [done.verb for done in verbs if done.actor_id == priya.pk] == ["claimed", "changed"]
