"""Asking whoever wrote a message leaves a mark: who and when, for everybody who looks at it, until they write again."""

from datetime import datetime, timedelta
from html import unescape

import pytest
from django.db.models import F

from common.history import ChangedSince, Refused, last_act, undo
from common.models import Act
from common.principal import acting_as
from common.queries import change_counter
from slackintake import actions, queries
from slackintake.look import look_page, look_rows
from slackintake.models import Review, SlackMessage
from slackintake.pages import asked_in_full, message_rows
from slackintake.queries import Question
from tests import factories
from tests.catalogue import execute, scalar

pytestmark = pytest.mark.django_db

LOOK = "/inbox/?tab=look"


@pytest.fixture
def priya():
    return factories.staff("operations", name="Priya Shah")


@pytest.fixture
def helen():
    return factories.staff("operations", name="Helen Mbeki")


@pytest.fixture
def message(maria):
    return factories.message_to_review(slack_user_id="U1", message_text="Can you help?")


def ask(person, message, **more):
    """Ask and return the id of the act."""
    with acting_as("staff", person.pk):
        actions.ask(message.pk, by=person, **more)
        return last_act()


def question(person, message):
    with acting_as("staff", person.pk):
        return queries.message_to_review(message.pk).question


def look(message):
    return Review.objects.get(message=message, resolved_at=None)


def marks(person):
    """What the rows say in *Needs a look* and in *Slack messages* of operations and of admins."""
    with acting_as("staff", person.pk):
        of_all = queries.every_message if person.role == "admin" else queries.messages_needing_look
        rows = [*look_rows(queries.messages_to_review()), *message_rows(list(of_all()), all_need_look=True)]
    return {row.asked.split(" by ")[-1].partition(" ")[0] if "asked" in row.asked else row.asked for row in rows}


class TestTheMark:
    def test_it_says_who_asked_and_when_and_is_one_act_of_that_person(self, priya, message):
        act_id = ask(priya, message)
        done = Act.objects.get(pk=act_id)
        assert (done.verb, done.actor_id) == ("asked about a message", priya.pk)
        found = question(priya, message)
        assert (found.by, found.name, found.is_answered) == (priya.pk, "Priya Shah", False)
        assert found.at == look(message).question_at

    @pytest.mark.parametrize("role", ["admin", "operations"])
    def test_others_see_it_in_both_lists(self, priya, message, role):
        other = factories.staff(role)
        assert marks(other) == {""}
        before = change_counter()
        ask(priya, message)
        execute("SET CONSTRAINTS ALL IMMEDIATE")
        assert change_counter() > before, "lists that are open ask again"
        assert marks(other) == {"Priya"}

    def test_a_page_says_it_in_full(self, priya, message):
        at = datetime.fromisoformat("2026-11-26T10:42:00-05:00")
        assert asked_in_full(Question("x", "Priya Shah", at, False)) == "Asked by Priya Shah on Thu 26 Nov, 10:42 am"
        ask(priya, message)
        with acting_as("staff", priya.pk):
            assert look_page(queries.message_to_review(message.pk)).asked.startswith("Asked by Priya Shah on ")

    def test_undo_takes_it_away(self, priya, message):
        act_id = ask(priya, message)
        with acting_as("staff", priya.pk):
            undo(act_id)
        assert question(priya, message) is None

    def test_who_resolves_no_messages_neither_asks_nor_is_told(self, priya, message):
        mark = factories.staff("marketing")
        with pytest.raises(Refused):
            ask(mark, message)
        ask(priya, message)
        with acting_as("staff", mark.pk):
            assert scalar("SELECT app.question_about(%s)", [message.pk]) is None
            assert scalar("SELECT app.ask_about_message(%s, now())", [message.pk]) == "refused"

    def test_what_is_resolved_is_not_asked_about(self, priya, helen, message):
        with acting_as("staff", helen.pk):
            actions.ignore(message.pk, by=helen)
        with pytest.raises(Refused, match="Helen Mbeki ignored it"):
            ask(priya, message)


class TestAskingTwice:
    def test_the_second_is_told_and_asks_again_only_knowing_of_the_first(self, priya, helen, message):
        ask(priya, message)
        with pytest.raises(actions.AskedAlready, match=r"^Priya asked already, .+, and has no answer yet\.$"):
            ask(helen, message)
        ask(helen, message, knowing_of=question(helen, message).at)
        assert question(priya, message).name == "Helen Mbeki"

    def test_whoever_asks_twice_is_told_so(self, priya, message):
        ask(priya, message)
        with pytest.raises(actions.AskedAlready, match="You asked already"):
            ask(priya, message)

    def test_of_two_at_once_the_second_is_told(self, priya, helen, message, monkeypatch):
        with acting_as("staff", helen.pk):
            unasked = queries.message_to_review(message.pk)
        ask(priya, message)
        seen = iter([unasked])
        monkeypatch.setattr(actions, "message_to_review", lambda pk: next(seen, None) or queries.message_to_review(pk))
        with pytest.raises(actions.AskedAlready, match="Priya asked already"):
            ask(helen, message)

    def test_undoing_the_second_question_leaves_the_first(self, priya, helen, message):
        ask(priya, message)
        first = question(priya, message)
        act_id = ask(helen, message, knowing_of=first.at)
        with acting_as("staff", helen.pk):
            undo(act_id)
        assert question(priya, message) == first

    def test_undoing_the_first_does_not_take_the_second(self, priya, helen, message):
        act_id = ask(priya, message)
        ask(helen, message, knowing_of=question(helen, message).at)
        with acting_as("staff", priya.pk), pytest.raises(ChangedSince):
            undo(act_id)
        assert question(priya, message).name == "Helen Mbeki"


class TestTheAnswer:
    @pytest.fixture
    def asked(self, slack, maria, priya):
        """A question about what Maria has written; gives the message."""
        ts = slack.say("I have a new sale listing for you")
        slack.work()
        slack.work_later()
        message = slack.message(ts)
        ask(priya, message)
        # All of a test happens at one moment of the database's.
        SlackMessage.objects.filter(pk=message.pk).update(received_at=F("received_at") - timedelta(hours=2))
        Review.objects.filter(message=message).update(question_at=F("question_at") - timedelta(hours=1))
        return message

    def test_it_is_there_when_the_sender_writes_there_again(self, slack, asked, priya):
        slack.say("88 Harbour St")
        slack.work()
        assert question(priya, asked).is_answered
        with acting_as("staff", priya.pk):
            assert look_page(queries.message_to_review(asked.pk)).asked.endswith("· back: new message")
        assert "back: new message" in marks(priya)

    def test_an_answer_in_the_thread_counts(self, slack, asked, priya):
        slack.say("88 Harbour St", thread_ts=asked.ts)
        slack.work()
        assert question(priya, asked).is_answered

    @pytest.mark.parametrize("other", [{"by": "U2"}, {"channel": "C2"}])
    def test_others_and_other_channels_are_no_answer(self, slack, asked, priya, other):
        slack.say("88 Harbour St", **other)
        slack.work()
        assert not question(priya, asked).is_answered

    def test_after_it_anybody_asks_anew(self, slack, asked, priya, helen):
        slack.say("88 Harbour St")
        slack.work()
        ask(helen, asked)
        found = question(priya, asked)
        assert (found.name, found.is_answered) == ("Helen Mbeki", False)


class TestPage:
    @pytest.fixture
    def client(self, client_of):
        return client_of("operations")

    def test_asking_offers_undo_and_leaves_the_mark(self, client, message):
        page = unescape(client.post(f"/slack/{message.pk}/ask/", follow=True).content.decode())
        assert "To be pasted into Slack: the question to Maria" in page
        assert "/undo/" in page
        assert f"Asked by {client.person.name} on" in page
        assert "asked by " in unescape(client.get(LOOK).content.decode())
        assert "asked by " in unescape(client.get("/slack/").content.decode())
        client.post("/undo/last/")
        assert look(message).question_at is None

    def test_the_second_is_told_before_and_can_ask_again(self, client, priya, message):
        ask(priya, message)
        answer = client.post(f"/slack/{message.pk}/ask/", headers={"HX-Request": "true"})
        page = unescape(answer.content.decode())
        assert (answer.status_code, answer["HX-Retarget"]) == (409, "#pane")
        assert "Priya asked already" in page
        assert "data-question" in page
        assert look(message).question_by == priya.pk
        knowing_of = page.partition('name="knowing_of" value="')[2].partition('"')[0]
        assert client.post(f"/slack/{message.pk}/ask/", {"knowing_of": knowing_of}).status_code == 302
        assert look(message).question_by == client.person.pk

    @pytest.mark.parametrize("knowing_of", ["", "yesterday", "2026-99-99T99:99:99Z"])
    def test_what_is_no_moment_knows_of_nothing(self, client, priya, message, knowing_of):
        ask(priya, message)
        assert client.post(f"/slack/{message.pk}/ask/", {"knowing_of": knowing_of}).status_code == 409
