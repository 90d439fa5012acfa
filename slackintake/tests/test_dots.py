"""What has a message that was edited or deleted in Slack has a dot, in every list."""

import re

import pytest

from common.principal import acting_as
from listings.models import Listing
from slackintake.queries import changed_in_slack
from tasks.models import Activity, AgentTask
from tests import factories

pytestmark = pytest.mark.django_db

CARDS = "can you please order business cards for me by Thursday noon?"
LISTING = "New sale listing at 88 Harbour St, photos by Friday"
HX = {"HX-Request": "true"}


@pytest.fixture
def cards(slack, maria):
    """A task whose message was edited, to the same meaning, and one whose message stands as it was sent."""
    ts = slack.say(CARDS)
    slack.work()
    edited = AgentTask.objects.get()
    slack.say("please order a lockbox for me by Thursday")
    slack.edit(ts, CARDS + " :pray:", was=CARDS)
    slack.work()
    return ts, edited


def dots(page):
    """The rows with a dot: the words of the dot and the title."""
    return re.findall(r'<i class="stirred" role="img" aria-label="([^"]+)"></i>([^<]+)</a>', page.content.decode())


def test_a_task_whose_message_was_edited_has_a_dot_in_the_inbox(cards, client_of):
    _, edited = cards
    client = client_of("operations")
    assert dots(client.get("/inbox/")) == [("edited in Slack", edited.name)]


def test_it_keeps_the_dot_when_it_is_claimed(cards, client_of):
    _, edited = cards
    client = client_of("operations")
    answer = client.post(f"/agent-tasks/{edited.pk}/claim/", headers=HX | {"HX-Current-URL": "/team/operations/"})
    assert 'aria-label="edited in Slack"' in answer.content.decode()
    assert dots(client.get("/my/")) == [("edited in Slack", edited.name)]


def test_a_deletion_is_said_before_an_edit(cards, slack, client_of):
    ts, edited = cards
    slack.delete(ts)
    slack.work()
    assert dots(client_of("operations").get("/inbox/")) == [("deleted in Slack", edited.name)]


def test_a_listing_and_what_came_with_it_have_one(slack, maria, client_of):
    ts = slack.say(LISTING)
    slack.work()
    slack.edit(ts, LISTING + " :pray:", was=LISTING)
    slack.work()
    client = client_of("operations")
    for path in ("/listings/", "/inbox/?tab=new"):
        assert dots(client.get(path)) == [("edited in Slack", "88 Harbour St")]
    assert len(dots(client.get("/inbox/?tab=listing"))) == Activity.objects.count()


def test_what_was_attached_counts_too(slack, maria, client_of):
    listing = factories.listing(address_string="88 Harbour St")
    ts = slack.say(LISTING)
    slack.work()
    client = client_of("operations")
    client.post(f"/slack/{slack.message(ts).pk}/attach/", {"item": f"listing:{listing.pk}"})
    slack.delete(ts)
    slack.work()
    assert dots(client.get("/listings/")) == [("deleted in Slack", "88 Harbour St")]


def test_nobody_learns_of_a_message_behind_what_is_hidden(cards, client_of):
    _, edited = cards
    asked = [("agent_task", edited.pk)]
    with acting_as("staff", factories.staff("operations").pk):
        assert changed_in_slack(asked) == {asked[0]: "edited in Slack"}
        assert changed_in_slack([("activity", edited.pk), ("listing", edited.pk)]) == {}
        assert changed_in_slack([]) == {}
    with acting_as("staff", factories.staff("marketing").pk):
        assert changed_in_slack(asked) == {}
    with acting_as(None):
        assert changed_in_slack(asked) == {}


def test_dots_cost_one_statement_however_many_rows(slack, maria, client_of):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = client_of("operations")

    def statements(path):
        with CaptureQueriesContext(connection) as captured:
            client.get(path)
        return [query["sql"] for query in captured if "changed_in_slack" in query["sql"]]

    slack.say(LISTING)
    slack.say("New sale listing at 12 Sumach St, photos by Friday")
    slack.work()
    assert Listing.objects.count() == 2
    for path in ("/inbox/", "/listings/", "/inbox/?tab=new"):
        assert len(statements(path)) == 1, path
