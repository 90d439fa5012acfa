"""What the web role can reach, whatever statement it runs (docs/security.md)."""

import io
import time
from contextlib import suppress

import psycopg
import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction

from accounts.checks import SIX_TABLES
from common.principal import acting_as, sign
from realtors.models import Realtor
from staff.models import Staff
from tasks.models import Activity, AgentTask
from tests import factories
from tests.catalogue import execute, scalar

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return {role: factories.staff(role) for role in ("admin", "operations", "marketing", "support")}


@pytest.fixture
def hidden():
    """An activity only agents' people see."""
    return factories.activity(visibility_group="AGENT", name="hidden from marketing")


def test_row_security_is_active_on_all_six_tables_for_whoever_acts(people):
    with acting_as("staff", people["admin"].pk):
        assert scalar("SELECT current_user") == "ops_app"
        for table in SIX_TABLES:
            assert scalar("SELECT row_security_active(%s)", [table]), table


def test_nobody_sees_nothing(people, hidden):
    with acting_as(None):
        assert not Staff.all_objects.exists()
        assert not Activity.all_objects.exists()
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            factories.staff("admin")


@pytest.mark.parametrize("status", ["suspended", "inactive"])
def test_a_person_switched_off_sees_nothing_at_the_next_statement(people, hidden, status):
    with acting_as("staff", people["operations"].pk):
        assert Activity.objects.exists()
    Staff.objects.filter(pk=people["operations"].pk).update(status=status)
    with acting_as("staff", people["operations"].pk):
        assert not Activity.objects.exists()


def test_a_removed_person_sees_nothing(people, hidden):
    people["operations"].delete()
    with acting_as("staff", people["operations"].pk):
        assert not Staff.all_objects.exists()


FORGERIES = {
    "nothing": lambda staff: "",
    "plain id": lambda staff: f"staff:{staff.pk}",
    "bad signature": lambda staff: sign("staff", staff.pk)[:-1] + "0",
    "edited": lambda staff: sign("staff", factories.unknown_id()).replace(":01", f":{staff.pk}x", 1),
    "swapped person": lambda staff: ":".join(["staff", staff.pk, *sign("staff", "X").split(":")[2:]]),
    "swapped kind": lambda staff: sign("realtor", staff.pk).replace("realtor", "staff", 1),
    "expired": lambda staff: sign("staff", staff.pk, expires_at=int(time.time()) - 10),
    "unknown system": lambda staff: sign("system", "root"),
    "newline": lambda staff: sign("staff", staff.pk) + "\n",
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_principal_sees_nothing(people, hidden, forgery):
    text = FORGERIES[forgery](people["admin"])
    if forgery == "bad signature" and text == sign("staff", people["admin"].pk):
        text = text[:-1] + "1"
    with acting_as(None):
        scalar("SELECT set_config('app.principal', %s, true)", [text])
        assert not Staff.all_objects.exists()
        assert not Activity.all_objects.exists()


@pytest.mark.parametrize(
    "injected",
    [
        "' OR 1=1 --",
        "' UNION SELECT name FROM activities --",
        "' UNION SELECT message_text FROM slack_messages --",
        "'; SELECT set_config('app.principal', 'staff:' || (SELECT staff_id FROM staff WHERE role = 'admin' LIMIT 1)"
        " || ':99999999999:' || repeat('0', 64), true); SELECT name FROM activities --",
        "'; RESET ROLE; SELECT name FROM activities --",
        "'; SET row_security = off; SELECT name FROM activities --",
        "'; ALTER TABLE activities DISABLE ROW LEVEL SECURITY; SELECT name FROM activities --",
        "'; SELECT encode(inner_pad, 'hex') FROM app.principal_key --",
    ],
)
@pytest.mark.django_db(transaction=True)
def test_an_injected_statement_reaches_no_foreign_row(injected, web_login):
    person = factories.staff("marketing")
    factories.staff("admin")
    factories.activity(visibility_group="AGENT", name="hidden from marketing")
    with web_login.transaction():
        web_login.execute("SELECT set_config('app.principal', %s, true)", [sign("staff", person.pk)])
        # Built by hand on purpose: this is the statement that an injection makes of a forgotten parameter.
        statement = f"SELECT name FROM activities WHERE name = '{injected}'".replace("%", "%%")
        rows: list[object] = []
        # What is not refused must come back empty-handed.
        with suppress(psycopg.errors.InsufficientPrivilege):
            cursor = web_login.execute(statement)
            while True:
                rows += cursor.fetchall() if cursor.description else []
                if not cursor.nextset():
                    break
    assert "hidden from marketing" not in str(rows)


def test_a_hidden_row_is_neither_changed_nor_removed(people, hidden):
    with acting_as("staff", people["marketing"].pk):
        assert Activity.objects.filter(pk=hidden.pk).update(priority=9) == 0
        assert scalar("WITH gone AS (DELETE FROM activities RETURNING 1) SELECT count(*) FROM gone") == 0


def test_operations_cannot_delete_activities_through_their_listing(people, hidden):
    with acting_as("staff", people["operations"].pk):
        assert scalar("WITH gone AS (DELETE FROM listings RETURNING 1) SELECT count(*) FROM gone") == 0
    assert Activity.objects.filter(pk=hidden.pk).exists()


def test_only_admins_remove_and_restore_in_the_database_too(people):
    task = factories.activity()
    with (
        pytest.raises(DatabaseError, match="row-level security"),
        acting_as("staff", people["operations"].pk),
    ):
        task.delete()
    with acting_as("staff", people["admin"].pk):
        task.delete()
    with acting_as("staff", people["operations"].pk):
        assert Activity.all_objects.filter(pk=task.pk).update(deleted_at=None) == 0


@pytest.mark.parametrize("change", [{"role": "admin"}, {"email": "boss@lapaz.example"}, {"slack_user_id": "U0BOSS"}])
def test_nobody_raises_their_own_rank(people, change):
    with pytest.raises(DatabaseError, match="row-level security"), acting_as("staff", people["support"].pk):
        Staff.objects.filter(pk=people["support"].pk).update(**change)


def test_everybody_edits_their_own_name(people):
    with acting_as("staff", people["support"].pk):
        assert Staff.objects.filter(pk=people["support"].pk).update(name="Another Name") == 1
        assert Staff.objects.filter(pk=people["admin"].pk).update(name="Another Name") == 0


def test_the_last_active_admin_stays(people):
    with pytest.raises(DatabaseError, match="last active admin"), acting_as("staff", people["admin"].pk):
        Staff.objects.filter(pk=people["admin"].pk).update(role="operations")


def test_the_last_active_admin_is_not_deleted_either(people):
    with pytest.raises(DatabaseError, match="last active admin"), acting_as("staff", people["admin"].pk):
        scalar("WITH gone AS (DELETE FROM staff WHERE role = 'admin' RETURNING 1) SELECT count(*) FROM gone")


def test_a_realtor_sees_own_rows_only():
    own, other = factories.realtor(), factories.realtor()
    mine, theirs = factories.agent_task(realtor=own), factories.agent_task(realtor=other)
    with acting_as("realtor", own.pk):
        assert set(AgentTask.objects.values_list("pk", flat=True)) == {mine.pk}
        assert Realtor.objects.count() == 2
        assert AgentTask.objects.filter(pk=mine.pk).update(priority=9) == 0
        assert Realtor.objects.filter(pk=own.pk).update(phone="+1-416-555-0000") == 1
        assert Realtor.objects.filter(pk=other.pk).update(phone="+1-416-555-0000") == 0
    assert AgentTask.objects.filter(pk=theirs.pk).exists()


def test_the_principal_ends_with_its_transaction_and_is_restored_when_nested(people):
    with acting_as("staff", people["admin"].pk):
        with acting_as("staff", people["support"].pk):
            assert scalar("SELECT app.staff_role()") == "support"
        assert scalar("SELECT app.staff_role()") == "admin"
    assert scalar("SELECT app.staff_role()") is None


def test_after_an_error_inside_the_former_principal_is_back_and_the_error_is_told(people):
    with acting_as("staff", people["admin"].pk):
        with pytest.raises(DatabaseError, match="division by zero"), acting_as("staff", people["support"].pk):
            scalar("SELECT 1 / 0")
        with suppress(ValueError), acting_as("staff", people["support"].pk):
            raise ValueError
        assert scalar("SELECT app.staff_role()") == "admin"
        assert scalar("SELECT current_user") == "ops_app"


def test_each_listed_key_signs_for_as_long_as_it_is_listed(people, settings):
    admin = people["admin"].pk

    def sees_anybody(signed_with):
        settings.PRINCIPAL_KEYS, listed = [signed_with], settings.PRINCIPAL_KEYS
        try:
            with acting_as("staff", admin):
                return Staff.objects.exists()
        finally:
            settings.PRINCIPAL_KEYS = listed

    for listed, accepted in (
        (["old"], {"old"}),
        (["new", "old"], {"new", "old"}),
        (["new", "x" * 100], {"new", "x" * 100}),
    ):
        settings.PRINCIPAL_KEYS = listed
        call_command("sync_principal_key", stdout=io.StringIO())
        assert {key for key in ("old", "new", "x" * 100) if sees_anybody(key)} == accepted
    execute("DELETE FROM app.principal_key")
    assert not sees_anybody("new")
