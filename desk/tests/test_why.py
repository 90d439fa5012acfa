"""Why a task is where it is, as its page says it."""

import pytest

from common.principal import acting_as
from tasks import triage
from tasks.models import Snooze
from tests import factories

pytestmark = pytest.mark.django_db


def page_of(client, task):
    return client.get(task.get_absolute_url()).content.decode()


@pytest.mark.parametrize(("group", "who"), [("BOTH", "Agents and marketing"), ("AGENT", "Agents")])
def test_what_nobody_has_names_who_sees_it(sign_in, group, who):
    _, client = sign_in()
    task = factories.activity(visibility_group=group)
    assert f"Here because nobody has it and {who} see it." in page_of(client, task)
    assert "see every realtor’s requests" in page_of(client, factories.agent_task())


def test_mine_and_a_colleagues(sign_in):
    priya, client = sign_in()
    assert "Here because you have it." in page_of(client, factories.activity(assigned_staff=priya))
    theirs = factories.activity(assigned_staff=factories.staff("operations"), visibility_group="MARKETING")
    _, admin = sign_in("admin")
    assert "You see it because Marketing see it." in page_of(admin, theirs)


def test_what_waits_says_for_what_and_since_when(sign_in):
    priya, client = sign_in()
    task = factories.activity()
    with acting_as("staff", priya.pk):
        triage.wait(task, for_what="the floor plan", by=priya)
    assert "Waits for the floor plan since" in page_of(client, task)


def test_what_was_put_off_says_until_when_and_why_it_is_back(sign_in):
    priya, client = sign_in()
    task = factories.activity()
    with acting_as("staff", priya.pk):
        triage.snooze(task, until=None, by=priya)
    assert "You put it off until the realtor writes." in page_of(client, task)
    Snooze.objects.update(woken_at=factories.NOON, wake_reason="new message")
    assert "Back: new message." in page_of(client, task)


def test_a_colleagues_snooze_is_not_mine(sign_in):
    priya, _ = sign_in()
    _, client = sign_in("admin")
    task = factories.activity()
    with acting_as("staff", priya.pk):
        triage.snooze(task, until=None, by=priya)
    assert "put it off" not in page_of(client, task)


def test_what_is_closed_needs_no_reason(sign_in):
    _, client = sign_in()
    page = page_of(client, factories.activity(status="DONE", completed_at=factories.NOON))
    assert "Here because" not in page
    assert "see it." not in page
