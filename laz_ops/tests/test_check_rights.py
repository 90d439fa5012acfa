"""The command that counts rights twice, on whatever is in the database."""

import io

import pytest
from django.core.management import CommandError, call_command

from common.principal import acting_as
from listings.models import Note
from tests import factories
from tests.catalogue import execute, scalar

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _as_in_production(settings):
    settings.RLS_SET_ROLE = ""


@pytest.fixture(autouse=True)
def _desk():
    for role in ("admin", "operations", "marketing"):
        person = factories.staff(role)
        for group in ("BOTH", "AGENT", "MARKETING"):
            factories.activity(visibility_group=group)
            task = factories.activity(visibility_group=group, assigned_staff=person)
            Note.objects.create(kind="activity", item_id=task.pk, text=".")
        factories.agent_task(assigned_staff=person)
    factories.agent_task(deleted_at=factories.NOON)
    factories.staff("support", status="suspended")


def run():
    out = io.StringIO()
    try:
        call_command("check_rights", stdout=out)
    finally:
        answer = [" ".join(line.split()) for line in out.getvalue().splitlines()]
    return answer


def test_it_counts_for_each_role_what_rules_give_and_policies_show():
    answer = run()
    assert any(line.endswith("activities 18 18") for line in answer if line.startswith("admin"))
    assert any(line.endswith("activities 13 13") for line in answer if line.startswith("marketing"))
    assert any(line.endswith("agent_tasks 1 1") for line in answer if line.startswith("marketing"))
    assert any(line.endswith("slack_messages 0 0") for line in answer if line.startswith("operations"))
    assert answer[-1] == "Rules and policies agree."


def test_it_says_of_which_role_nobody_is_there_to_ask():
    assert "support nobody of this role is active, so nothing was counted" in run()


def test_it_fails_when_a_policy_shows_more_than_the_rules_give():
    # To marketing: the activities, and with them their notes.
    execute("CREATE POLICY too_much ON activities FOR SELECT TO ops_app USING (true)")
    with pytest.raises(CommandError, match="2 of these differ") as failure:
        run()
    assert failure.value.returncode == 1


def test_it_fails_when_as_many_but_other_rows_are_shown():
    execute("DROP POLICY agent_tasks_view ON agent_tasks")
    execute("CREATE POLICY others ON agent_tasks FOR SELECT TO ops_app USING (deleted_at IS NOT NULL)")
    with pytest.raises(CommandError, match="differ"):
        run()


def test_a_command_that_acts_for_a_person_is_bound_by_the_policies_and_free_again_afterwards():
    marketing = factories.staff("marketing")
    with acting_as("system", "command"):
        with acting_as("staff", marketing.pk, as_web_role=True):
            assert scalar("SELECT row_security_active('activities')")
            assert scalar("SELECT app.staff_role()") == "marketing"
        assert not scalar("SELECT row_security_active('activities')")
        assert scalar("SELECT app.system_id()") == "command"
