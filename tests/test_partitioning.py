"""The history can be cut by month on a running installation, as docs/operations.md promises."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from ulid import ULID

from common.history import last_act, undo
from common.models import Act, Change
from common.principal import acting_as
from tasks import actions
from tasks.models import Status
from tests import factories

pytestmark = pytest.mark.django_db

SCRIPT = settings.BASE_DIR / "docs" / "sql" / "partition_history.sql"


def ask(statement, parameters=None):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()


def facts():
    """What the web role may do and what the database does by itself, on both tables."""
    return [
        ask(statement)
        for statement in (
            "SELECT tablename, policyname, cmd, roles, qual, with_check FROM pg_policies "
            "WHERE schemaname = 'public' AND tablename IN ('acts', 'changes') ORDER BY 1, 2",
            "SELECT tgrelid::regclass::text, tgname, tgdeferrable FROM pg_trigger WHERE NOT tgisinternal "
            "AND tgrelid IN ('public.acts'::regclass, 'public.changes'::regclass) ORDER BY 1, 2",
            "SELECT relname, relrowsecurity, a.privilege_type FROM pg_class, aclexplode(relacl) a "
            "WHERE oid IN ('public.acts'::regclass, 'public.changes'::regclass) "
            "AND a.grantee = 'ops_app'::regrole ORDER BY 1, 3",
            "SELECT indexname FROM pg_indexes WHERE schemaname = 'public' AND tablename IN ('acts', 'changes') "
            "AND indexname NOT LIKE '%pkey%' ORDER BY 1",
        )
    ]


@pytest.fixture
def colleague():
    return factories.staff(role="operations")


@pytest.fixture
def task(colleague):
    """A task that was claimed before the history was cut."""
    task = factories.activity()
    with acting_as("staff", colleague.pk):
        actions.claim(task, by=colleague)
    task.refresh_from_db()
    assert task.status == Status.CLAIMED
    return task


@pytest.fixture
def cut(task):
    before = facts()
    rows = Act.objects.count(), Change.objects.count()
    with connection.cursor() as cursor:
        cursor.execute(SCRIPT.read_text())
    assert (Act.objects.count(), Change.objects.count()) == rows
    return before


def test_policies_triggers_grants_and_indexes_are_as_before(cut):
    assert facts() == cut


def test_what_was_done_before_can_be_undone_after(cut, task, colleague):
    with acting_as("staff", colleague.pk):
        undo(last_act())
    task.refresh_from_db()
    assert task.status == Status.OPEN


def test_new_acts_are_recorded_with_their_changes(cut, task, colleague):
    with acting_as("staff", colleague.pk):
        actions.release(task, by=colleague)
        act = Act.objects.get(pk=last_act())
        assert act.actor_id == colleague.pk
        assert Change.objects.filter(act_id=act.pk, row_key=task.pk).exists()


def test_a_month_to_come_has_a_part_and_a_month_that_nobody_planned_loses_nothing(cut):
    for days, part in ((0, "acts_past"), (45, "acts_2"), (900, "acts_unplanned")):
        key = str(ULID.from_datetime(timezone.now() + timedelta(days=days)))
        ask("INSERT INTO acts (act_id, verb, source) VALUES (%s, 'tried', 'command') RETURNING 1", [key])
        [(found,)] = ask("SELECT tableoid::regclass::text FROM acts WHERE act_id = %s", [key])
        assert found.startswith(f"history.{part}")


def test_the_web_role_cannot_reach_a_part_past_the_policies(cut):
    [(may,)] = ask("SELECT has_schema_privilege('ops_app', 'history', 'USAGE')")
    assert may is False


def test_adding_months_again_adds_only_what_is_missing(cut):
    assert ask("SELECT history.add_months(12)") == []
    assert len(ask("SELECT history.add_months(13)")) == 2
