"""What the page of a message that needs a look says: why, what for, and never more than is true."""

import re

import pytest

from common.principal import acting_as
from slackintake import actions, queries
from slackintake.look import KINDS, look_page, look_rows
from slackintake.models import ReviewReason
from tests import factories

pytestmark = pytest.mark.django_db

LISTING = "New sale listing at 88 Harbour St, photos by Friday"
CHATTER = "haha thanks so much team!"


@pytest.fixture
def helen():
    return factories.staff("operations", name="Helen Mbeki", slack_user_id="U0HELEN")


@pytest.fixture
def tara():
    return factories.staff("admin", name="Tara Lindqvist")


@pytest.fixture
def look(helen):
    """The page of a message, as operations have it."""

    def look(message):
        with acting_as("staff", helen.pk):
            return look_page(queries.message_to_review(message.pk))

    return look


def ask_for(slack, ts, text, by="U0HELEN"):
    """Use the shortcut on a message."""
    message = {"type": "message", "user": "U1", "ts": ts, "text": text}
    slack.interaction(type="message_action", channel={"id": "C1"}, message=message, user={"id": by})
    slack.work()
    return slack.message(ts)


class TestWhy:
    def test_who_asked_for_it_in_slack_is_named(self, slack, maria, helen, look):
        ts = slack.say(CHATTER)
        slack.work()
        message = ask_for(slack, ts, CHATTER)
        why = "Helen Mbeki asked for it in Slack. Nothing is made yet, because the reading finds no request in it."
        assert look(message).why == why
        with acting_as("staff", helen.pk):
            (row,) = look_rows(queries.messages_to_review())
        assert row.tag == "To decide"

    def test_what_else_is_missing_is_said_beside_who_asked(self, slack, helen, look):
        message = ask_for(slack, slack.ts(), LISTING)
        why = "Helen Mbeki asked for it in Slack. Nothing is made yet, because the sender is not in the directory."
        assert look(message).why == why

    def test_who_brought_it_back_is_named(self, slack, maria, tara, look):
        ts = slack.say(CHATTER)
        slack.work()
        with acting_as("staff", tara.pk):
            actions.bring_back(slack.message(ts), by=tara)
        page = look(slack.message(ts))
        why = "Tara Lindqvist brought it back. Nothing is made yet, because the reading finds no request in it."
        assert page.why == why
        assert page.percent > 75

    def test_what_was_never_read_is_not_said_to_be_unsure(self, look, client_of):
        message = factories.message_to_review(message_text="Zap: new row")
        page = look(message)
        assert (page.percent, page.sentence) == (None, "")
        text = client_of("operations").get(f"/slack/{message.pk}/").content.decode()
        assert "It was not read." in text
        assert "0 % sure" not in text


class TestBreath:
    @pytest.fixture
    def breath(self, slack):
        """Two messages of a stranger that were read together; the first one of them."""
        first = slack.say("new listing coming, details to follow", by="U0NOBODY")
        second = slack.say("photos by Friday", by="U0NOBODY", after=8)
        slack.work()
        slack.work_later()
        slack.edit(second, "photos by Saturday", was="photos by Friday", by="U0NOBODY")
        slack.work()
        head = slack.message(first)
        return head if not head.notes.get("bundle") else slack.message(second)

    def test_each_message_stands_with_its_sender_and_time(self, breath, look):
        (part,) = look(breath).bundle
        assert part.who == "U0NOBODY"
        assert re.fullmatch(r"Monday 26 January, 7:3\d am", part.when)

    def test_admins_have_it_once_with_the_way_to_split_it(self, breath, client_of):
        page = client_of("admin").get(f"/slack/{breath.pk}/").content.decode()
        assert page.count("Sent in one breath with it") == 1
        assert "Read together with it" not in page
        assert page.count("Split off") == 1
        assert "Split off" not in client_of("operations").get(f"/slack/{breath.pk}/").content.decode()


def test_the_question_to_paste_calls_nobody(slack, maria, look):
    text = "new listing coming <!channel> <!everyone> <!here> <!subteam^S123|@ops> <!subteam^S9> @channel for <@U1>"
    ts = slack.say(text)
    slack.work()
    slack.work_later()
    question = look(slack.message(ts)).question
    assert "@" not in question
    assert "“new listing coming channel everyone here ops S9 chann…”" in question


@pytest.mark.parametrize("reason", ReviewReason.values)
def test_every_reason_has_words(reason, look):
    message = factories.message_to_review(reason=reason)
    assert look(message).why
    assert reason in KINDS
