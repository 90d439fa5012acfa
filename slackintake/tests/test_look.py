"""What the page of a message that needs a look says: why, what for, and never more than is true."""

import re

import pytest

from common.principal import acting_as
from slackintake import actions, queries
from slackintake.look import KINDS, look_page, look_rows
from slackintake.models import ReviewReason
from slackintake.pages import file_words
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


class TestSmallWords:
    def test_a_proposal_that_is_only_attached_is_not_said_to_be_made(self, slack, maria, client_of):
        listing = factories.listing(address_string="88 Harbour St")
        ts = slack.say(LISTING)
        slack.work()
        page = client_of("operations").post(f"/slack/{slack.message(ts).pk}/accept/", follow=True).content.decode()
        assert f"Attached to: {listing}" in page

    def test_of_what_was_deleted_before_it_was_read_nothing_stays(self, slack, maria, client_of):
        ts = slack.ts()
        slack.delete(ts, previous_message={"user": "U1", "ts": ts, "text": LISTING})
        slack.work()
        page = client_of("admin").get(f"/slack/{slack.message(ts).pk}/").content.decode()
        assert "· Deleted in Slack.<" in page
        assert '<span class="tag ">Deleted in Slack</span>' in page
        assert "Ignored" not in page
        assert "What was made of it stays" not in page

    def test_a_deleted_message_that_needs_a_look_has_made_nothing(self, slack, look):
        ts = slack.say(LISTING, by="U0NOBODY")
        slack.work()
        slack.work_later()
        slack.delete(ts)
        slack.work()
        assert look(slack.message(ts)).card.deleted_words == "Deleted in Slack."

    def test_a_proposal_about_what_was_removed_names_it_without_a_link(self, slack, maria, helen, client_of):
        listing = factories.listing(address_string="88 Harbour St")
        ts = slack.say(LISTING)
        slack.work()
        listing.delete()
        page = client_of("operations").get(f"/slack/{slack.message(ts).pk}/").content.decode()
        assert "It is about 88 Harbour St, removed." in page
        assert 'href=""' not in page

    @pytest.mark.parametrize(
        ("file", "words"),
        [
            ({"title": "Plan.pdf", "mode": "hosted"}, "Plan.pdf"),
            ({"mode": "tombstone"}, "a file that was deleted"),
            ({"mode": "hidden_by_limit", "name": ""}, "a file that was hidden by Slack’s limit"),
            ({"mode": "file_access"}, "a file that was not shared with us"),
            ({"name": "Plan.pdf", "mode": "tombstone"}, "Plan.pdf (deleted)"),
            ({}, "a file"),
        ],
    )
    def test_a_file_that_nobody_can_open_says_why(self, file, words):
        assert file_words(file) == words

    def test_the_reason_and_the_help_of_a_field_do_not_run_into_one_another(self, slack, client_of):
        ts = slack.say(LISTING, by="U0NOBODY")
        slack.work()
        slack.work_later()
        page = client_of("operations").get(f"/slack/{slack.message(ts).pk}/").content.decode()
        wanted = 'U0NOBODY is not a realtor in the directory.<span class="help" id="id_realtor_helptext">How the name'
        assert wanted in page

    def test_reading_again_is_told_in_the_history_of_the_message(self, slack, maria, tara, client_of):
        ts = slack.say(LISTING)
        slack.work()
        with acting_as("staff", tara.pk):
            actions.read_again(slack.message(ts), by=tara)
        slack.work()
        page = client_of("admin").get(f"/slack/{slack.message(ts).pk}/").content.decode()
        told = re.findall(r"<li><span><b>([^<]+)</b> ([^<]+)</span>", page)
        assert told == [
            ("The intake", "stored it"),
            ("The intake", "made something of it"),
            ("Tara Lindqvist", "asked to read it again"),
            ("The intake", "found that something was made of it already"),
        ]


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
