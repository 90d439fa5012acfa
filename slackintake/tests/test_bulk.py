"""One verb on many messages: one act, one undo, an answer for every row, and a forecast before reading again."""

from html import unescape

import pytest

from accounts.actions import create_login
from common.history import Refused, undo
from common.models import Act
from common.principal import acting_as
from common.queries import last_undoable_act
from listings.models import Listing
from slackintake import actions, bulk
from slackintake.models import ReadingJob, Review, SlackMessage
from tests import factories
from tests.ledger import snapshot

pytestmark = pytest.mark.django_db

HARBOUR = "New sale listing at 88 Harbour St, photos by Friday"
PASSWORD = "a password of my own"


@pytest.fixture
def tara():
    return factories.staff("admin", name="Tara Lindqvist")


@pytest.fixture
def priya():
    return factories.staff("operations", name="Priya Patel")


@pytest.fixture
def browser_of(client):
    def sign_in(person):
        create_login(person.email, PASSWORD)
        client.post("/login/", {"username": person.email, "password": PASSWORD})
        return client

    return sign_in


def ignored():
    rows = SlackMessage.objects.filter(processing_status="skipped", metadata__reason="ignored")
    return set(rows.values_list("pk", flat=True))


def items(*messages):
    return ",".join(f"message:{message.pk}" for message in messages)


def text(response):
    return unescape(response.content.decode())


class TestIgnore:
    @pytest.mark.parametrize("role", ["admin", "operations"])
    def test_all_are_ignored_in_one_act_which_one_undo_takes_back(self, role):
        me = factories.staff(role)
        messages = [factories.message_to_review() for _ in range(3)]
        acts = Act.objects.count()
        with acting_as("staff", me.pk):
            outcome = bulk.ignore_all([message.pk for message in messages], by=me)
            assert outcome.told("message") == "Ignored 3 messages"
            assert Act.objects.count() == acts + 1
        assert ignored() == {message.pk for message in messages}
        with acting_as("staff", me.pk):
            undo(last_undoable_act(me.pk).pk)
        assert ignored() == set()
        assert Review.objects.filter(resolved_at=None).count() == 3

    def test_each_row_that_stays_as_it_is_says_why(self, tara, priya):
        free, taken = factories.message_to_review(), factories.message_to_review()
        done = factories.message(processing_status="processed", message_text="Order <@U1> signs")
        with acting_as("staff", priya.pk):
            actions.ignore(taken.pk, by=priya)
        with acting_as("staff", tara.pk):
            chosen = [free.pk, taken.pk, done.pk, factories.unknown_id()]
            outcome = bulk.ignore_all(chosen, by=tara)
        assert outcome.told("message") == (
            f"Ignored “{free.message_text}”, 1 already done, 1 left as it was, 1 not yours or gone"
        )
        why = {left.href: left.why for left in outcome.left}
        assert why[f"/slack/{done.pk}/"] == "It needs no look."
        assert why[f"/slack/{taken.pk}/"].startswith("Already done: Priya Patel ignored it")
        assert "“Order @U1 signs”" in {left.name for left in outcome.left}

    def test_operations_are_told_of_a_faster_colleague_and_of_nothing_else(self, tara, priya):
        taken, hidden = factories.message_to_review(message_text="secret"), factories.message(message_text="secret")
        with acting_as("staff", tara.pk):
            actions.ignore(taken.pk, by=tara)
        with acting_as("staff", priya.pk):
            outcome = bulk.ignore_all([taken.pk, hidden.pk], by=priya)
        assert outcome.told("message") == "Ignored no message, 1 already done, 1 not yours or gone"
        assert "Tara Lindqvist ignored it" in outcome.left[0].why
        assert "secret" not in str(outcome.left)
        assert outcome.left[0].href == ""

    def test_what_is_not_among_the_thousand_longest_waiting_is_not_said_to_need_no_look(self, tara, monkeypatch):
        first, second = factories.message_to_review(), factories.message_to_review()
        of_both = bulk.messages_to_review
        monkeypatch.setattr(bulk, "messages_to_review", lambda: of_both()[:1])
        with acting_as("staff", tara.pk):
            outcome = bulk.ignore_all([first.pk, second.pk], by=tara)
        assert [left.why for left in outcome.left] == ["It waits behind a thousand others. Resolve those first."]

    def test_nothing_and_too_much_are_refused(self, priya):
        with acting_as("staff", priya.pk):
            with pytest.raises(Refused, match="Nothing is selected"):
                bulk.ignore_all([], by=priya)
            with pytest.raises(Refused, match="too many at once"):
                bulk.ignore_all([factories.unknown_id() for _ in range(5001)], by=priya)

    def test_what_is_looked_up_does_not_grow_with_the_selection(self, priya):
        """What is not looked up are the few statements that resolve each message."""
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        def statements(number):
            chosen = [factories.message_to_review().pk for _ in range(number)]
            with acting_as("staff", priya.pk), CaptureQueriesContext(connection) as captured:
                bulk.ignore_all(chosen, by=priya)
            return len(captured)

        assert statements(8) - statements(2) == 6 * (statements(2) - statements(1))


class TestReadAgain:
    def test_it_is_read_again_and_nothing_is_made_twice(self, tara, slack, maria):
        slack.say(HARBOUR)
        chatter = slack.say("thanks so much team!")
        slack.work()
        made, ignored = Listing.objects.get(), slack.message(chatter)
        messages = SlackMessage.objects.values_list("pk", flat=True)
        with acting_as("staff", tara.pk):
            outcome = bulk.read_all_again(messages, by=tara)
        assert [one.pk for one in outcome.changed] == [ignored.pk]
        assert [left.why for left in outcome.left] == ["Already done: 88 Harbour St stays."]
        slack.work()
        assert Listing.objects.get() == made

    def test_it_is_one_act(self, tara):
        messages = [factories.message().pk for _ in range(3)]
        acts = Act.objects.count()
        with acting_as("staff", tara.pk):
            bulk.read_all_again(messages, by=tara)
        assert Act.objects.count() == acts + 1
        assert set(ReadingJob.objects.values_list("pk", flat=True)) == set(messages)

    def test_bots_are_not_read(self, tara):
        bot = factories.message(processing_status="skipped", metadata={"reason": "bot"})
        with acting_as("staff", tara.pk):
            outcome = bulk.read_all_again([bot.pk], by=tara)
        assert [left.why for left in outcome.left] == ["Messages of bots and of Slack itself are not read."]

    def test_more_than_can_be_foreseen_are_refused(self, tara):
        wanted = [factories.unknown_id() for _ in range(bulk.MOST_READ_AGAIN + 1)]
        with acting_as("staff", tara.pk):
            for verb in (bulk.foresee, bulk.read_all_again):
                with pytest.raises(Refused, match="too many at once"):
                    verb(wanted, by=tara)

    def test_operations_do_not(self, priya):
        message = factories.message_to_review()
        with acting_as("staff", priya.pk):
            for verb in (bulk.foresee, bulk.read_all_again):
                with pytest.raises(Refused, match="Only admins"):
                    verb([message.pk], by=priya)


class TestForecast:
    @pytest.fixture
    def messages(self, maria):
        """Of each kind of result one, and two of the same new property."""
        made = {"created_listing": factories.listing(), "processing_status": "processed"}
        said = {"processing_status": "skipped", "metadata": {"reason": "chatter"}, "slack_user_id": "U1"}
        second = 0

        def message(text, **values):
            nonlocal second
            second += 600
            return factories.message(message_text=text, slack_ts=f"{1_769_430_600 + second}.000001", **values)

        return [
            message(HARBOUR, **made),
            message("posted", processing_status="skipped", metadata={"reason": "bot"}),
            message("thanks so much team!", **said, classification={}, message_type="IGNORE"),
            message(HARBOUR, **said),
            message("New sale listing at 88 Harbour Street, Toronto", **said),
            message("Please order business cards for me by Friday", **said),
            message(HARBOUR, **(said | {"slack_user_id": "UNOBODY"})),
        ]

    def test_it_counts_what_would_come_of_them_and_names_what_changes(self, tara, messages):
        with acting_as("staff", tara.pk):
            forecast = bulk.foresee([message.pk for message in messages], by=tara)
        assert dict(forecast.totals) == {
            bulk.DONE: 1,
            bulk.UNREADABLE: 1,
            bulk.SAME: 1,
            "Makes a listing": 1,
            "Needs a look: proposal": 1,
            "Makes a task for a realtor": 1,
            "Needs a look: unknown sender": 1,
        }
        assert {(change.href, change.before, change.after) for change in forecast.changes} == {
            (f"/slack/{messages[3].pk}/", "No request · Chatter", "Makes a listing · New sale listing"),
            (f"/slack/{messages[4].pk}/", "No request · Chatter", "Needs a look: proposal · New sale listing"),
            (f"/slack/{messages[5].pk}/", "No request · Chatter", "Makes a task for a realtor · Request to operations"),
            (f"/slack/{messages[6].pk}/", "No request · Chatter", "Needs a look: unknown sender · New sale listing"),
        }

    def test_the_same_label_that_says_something_else_is_a_change(self, tara, maria):
        message = factories.message_read("New sale listing at 88 Harbour St", message_type="GROUP")
        SlackMessage.objects.filter(pk=message.pk).update(
            group_key="SALE_LISTING", slack_user_id="UNOBODY", message_text="New sale listing at 89 Harbour St"
        )
        Review.objects.update(reason="unknown_sender")
        with acting_as("staff", tara.pk):
            (change,) = bulk.foresee([message.pk], by=tara).changes
            assert change.after == f"{change.before}, read differently"
            SlackMessage.objects.update(message_text="New sale listing at 88 Harbour St")
            assert bulk.foresee([message.pk], by=tara).totals == [(bulk.SAME, 1)]

    def test_it_writes_nothing(self, tara, messages):
        before, acts = snapshot(), Act.objects.count()
        with acting_as("staff", tara.pk):
            bulk.foresee([message.pk for message in messages], by=tara)
        assert (snapshot(), Act.objects.count()) == (before, acts)
        assert not ReadingJob.objects.exists()

    def test_it_comes_true(self, tara, messages, slack):
        ids = [message.pk for message in messages]
        with acting_as("staff", tara.pk):
            forecast = dict(bulk.foresee(ids, by=tara).totals)
            bulk.read_all_again(ids, by=tara)
        before = Listing.objects.count()
        slack.work()
        assert Listing.objects.count() - before == forecast["Makes a listing"] == 1
        reasons = sorted(Review.objects.filter(resolved_at=None).values_list("reason", flat=True))
        assert reasons == ["proposal", "unknown_sender"]


class TestPage:
    def post(self, client, **values):
        return client.post("/slack/bulk/", values, headers={"Referer": "http://testserver/slack/?tab=all"})

    def test_ticked_rows_are_ignored_and_undone(self, browser_of, priya):
        one, two = factories.message_to_review(), factories.message_to_review()
        client = browser_of(priya)
        answer = client.post("/slack/bulk/", {"verb": "ignore", "item": [f"message:{one.pk}", f"message:{two.pk}"]})
        assert answer["Location"] == "/slack/"
        assert ignored() == {one.pk, two.pk}
        page = text(client.get("/slack/"))
        assert "Ignored 2 messages" in page
        assert "/undo/" in page
        assert "Undone: ignored 2 messages" in text(client.post("/undo/last/", follow=True))
        assert ignored() == set()

    def test_all_that_match_are_those_of_the_moment(self, browser_of, priya):
        there = {factories.message_to_review(slack_channel_id="C2").pk for _ in range(60)}
        factories.message_to_review(slack_channel_id="C3")
        client = browser_of(priya)
        page = client.get("/slack/?channel=C2")
        assert "60 messages" in text(page)
        fixed = client.get(f"/slack/{page.context['all_href']}").json()["items"]
        later = factories.message_to_review(slack_channel_id="C2")
        self.post(client, verb="ignore", items=",".join(fixed))
        assert ignored() == there
        assert Review.objects.filter(message=later, resolved_at=None).exists()

    def test_reading_again_is_asked_first_and_the_number_is_fixed(self, browser_of, tara):
        one, two = factories.message(), factories.message()
        client = browser_of(tara)
        asked = text(self.post(client, verb="read-again", items=items(one, two)))
        assert "Read 2 messages again" in asked
        assert items(one, two) in asked
        assert "would change</b> as things stand now" in asked
        assert not ReadingJob.objects.exists()
        factories.message()
        done = self.post(client, verb="read-again", items=items(one, two), asked="yes", back="/slack/?tab=all")
        assert done["Location"] == "/slack/?tab=all"
        assert set(ReadingJob.objects.values_list("pk", flat=True)) == {one.pk, two.pk}
        assert "/undo/" not in text(client.get("/slack/")).partition('id="toasts"')[2].partition("</div>")[0]

    def test_the_page_of_a_message_asks_the_same_way_and_leads_back_to_it(self, browser_of, tara):
        message, bot = factories.message(), factories.message(metadata={"reason": "bot"})
        client = browser_of(tara)
        page = text(client.get(f"/slack/{message.pk}/"))
        assert 'name="verb" value="read-again"' in page
        assert 'name="verb" value="read-again"' not in text(client.get(f"/slack/{bot.pk}/"))
        sent = {"verb": "read-again", "item": f"message:{message.pk}", "back": f"/slack/{message.pk}/"}
        assert "Read 1 message again" in text(self.post(client, **sent))
        assert self.post(client, **sent, asked="yes")["Location"] == f"/slack/{message.pk}/"

    def test_what_stays_as_it_is_stands_on_a_page_of_its_own(self, browser_of, tara):
        made = factories.message(created_listing=factories.listing(address_string="88 Harbour St"))
        page = text(self.post(browser_of(tara), verb="read-again", items=items(made), asked="yes"))
        assert "Asked to read no message again, 1 already done" in page
        assert "Already done: 88 Harbour St stays." in page
        assert f"/slack/{made.pk}/" in page

    @pytest.mark.parametrize(
        ("role", "verb", "status"),
        [
            ("operations", "read-again", 403),
            ("marketing", "ignore", 404),
            ("marketing", "read-again", 404),
            ("support", "ignore", 404),
        ],
    )
    def test_rights(self, browser_of, role, verb, status):
        message = factories.message_to_review()
        client = browser_of(factories.staff(role))
        for asked in ("", "yes"):
            assert self.post(client, verb=verb, items=items(message), asked=asked).status_code == status
        assert ignored() == set()
        assert not ReadingJob.objects.exists()

    @pytest.mark.parametrize(
        "body", [{}, {"verb": "ignore"}, {"verb": "claim", "item": "x"}, {"verb": "ignore", "items": "message:%00,x:1"}]
    )
    def test_nonsense_changes_nothing(self, browser_of, priya, body):
        client = browser_of(priya)
        assert client.post("/slack/bulk/", body).status_code == 302
        assert "Nothing is selected" in text(client.get("/slack/"))

    def test_without_script_each_row_has_a_box_and_the_bar_its_buttons(self, browser_of, tara):
        message = factories.message_to_review()
        page = text(browser_of(tara).get("/slack/?select=1"))
        assert f'name="item" value="message:{message.pk}"' in page
        assert 'form="bulk" name="verb" value="ignore"' in page
        assert 'form="bulk" name="verb" value="read-again"' in page

    def test_operations_have_no_button_to_read_again(self, browser_of, priya):
        assert 'value="read-again"' not in text(browser_of(priya).get("/slack/"))
