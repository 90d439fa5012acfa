"""Of two requests for the same thing one stays, and with it what was written about either."""

import pytest

from common.history import last_act, undo
from common.principal import acting_as
from slackintake.models import Link, Reply, Review
from slackintake.receivers import keep_its_messages
from tasks import actions, triage
from tasks.models import AgentTask
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def priya():
    return factories.staff("operations", name="Priya Patel")


@pytest.fixture
def two(slack, maria):
    """The tasks of two messages, an hour apart."""
    for text in ("Please order business cards for me by Friday", "can you please order new business cards for me?"):
        slack.say(text, after=3600)
    slack.work()
    first, second = AgentTask.objects.order_by("created_at", "task_id")
    return first, second


def merge(task, stays, by):
    with acting_as("staff", by.pk):
        triage.duplicate_of(task, stays, by=by)
        return last_act()


def test_the_messages_of_a_duplicate_stand_with_the_one_that_stays(client_of, two):
    first, second = two
    client = client_of("operations")
    assert client.get(first.get_absolute_url()).content.decode().count('<section class="msg') == 1
    act_id = merge(second, first, client.person)
    page = client.get(first.get_absolute_url()).content.decode()
    assert page.count('<section class="msg') == 2
    assert "order new business cards" in page
    with acting_as("staff", client.person.pk):
        undo(act_id)
    assert client.get(first.get_absolute_url()).content.decode().count('<section class="msg') == 1


def test_what_waits_for_a_look_is_about_the_one_that_stays(two, slack, priya):
    first, second = two
    ts = slack.say("can you change it to Tuesday?", after=60)
    review = Review.objects.create(
        message=factories.message(slack_ts=ts), reason="proposal", kind="agent_task", item_id=second.pk
    )
    act_id = merge(second, first, priya)
    review.refresh_from_db()
    assert review.item_id == first.pk
    with acting_as("staff", priya.pk):
        undo(act_id)
    review.refresh_from_db()
    assert review.item_id == second.pk


def test_both_messages_are_answered_when_it_is_done(two, priya):
    first, second = two
    merge(second, first, priya)
    with acting_as("staff", priya.pk):
        actions.complete(first, by=priya)
    done = Reply.objects.filter(name="white_check_mark")
    assert {(reply.kind, reply.item_id) for reply in done} == {("agent_task", first.pk), ("agent_task", second.pk)}


def test_whoever_does_not_see_both_moves_nothing(two):
    first, second = two
    mark = factories.staff("marketing")
    with acting_as("staff", mark.pk):
        keep_its_messages(None, task=second, stays=first)
    assert not Link.objects.filter(item_id=first.pk).exists()
