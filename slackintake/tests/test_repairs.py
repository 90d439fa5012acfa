"""Linking a sender once, taking back a listing that was none, and learning from corrections."""

import re
from io import StringIO

import pytest
from django.core.management import call_command

from common.history import Refused, last_act, undo
from common.models import Act
from common.principal import acting_as
from listings.actions import write_note
from listings.models import Listing
from realtors.models import Realtor
from slackintake import actions, learning, queries, repairs
from slackintake.bundles import item_of
from slackintake.models import Reply, Review, SlackMessage
from tasks.actions import claim
from tasks.models import Activity, AgentTask
from tasks.triage import wait
from tests import factories

pytestmark = pytest.mark.django_db

LISTING = "New sale listing at 88 Harbour St, photos by Friday"


@pytest.fixture
def ops():
    return factories.staff("operations", name="Helen Mbeki")


@pytest.fixture
def stranger(slack):
    """Two messages of somebody who is not in the directory."""
    said = [slack.say(LISTING, by="U0NEW"), slack.say("Please order business cards for me by Friday", by="U0NEW")]
    slack.work()
    slack.work_later()
    return [slack.message(ts) for ts in said]


def link(message, realtor, by, **values):
    with acting_as("staff", by.pk):
        number = repairs.link_sender(queries.message_to_review(message.pk), to=realtor, by=by, **values)
    return number, last_act()


class TestLinking:
    def test_it_is_said_once_and_all_messages_of_the_sender_are_read_again(self, stranger, slack, ops):
        realtor = factories.realtor(name="Nadia Sayed", slack_user_id=None)
        assert link(stranger[0], realtor, ops)[0] == 2
        slack.work()
        realtor.refresh_from_db()
        assert realtor.slack_user_id == "U0NEW"
        assert Listing.objects.get().realtor_id == realtor.pk
        assert not Review.objects.filter(resolved_at=None).exists()

    def test_a_request_in_two_messages_is_read_again_as_one(self, slack, ops):
        first = slack.say("I have a new listing for sale", by="U0NEW")
        slack.receive()
        slack.say("94 Elm St, photos by Friday", after=10, by="U0NEW")
        slack.receive()
        slack.work_later()
        review = Review.objects.get(resolved_at=None)
        assert link(review.message, factories.realtor(slack_user_id=None), ops)[0] == 1
        slack.work()
        assert Listing.objects.get().address_string == "94 Elm St"
        assert slack.message(first).created_listing or slack.message(first).links.get().role == "bundle"
        assert not AgentTask.objects.exists()

    def test_they_are_left_as_they_are_if_one_wants_so(self, stranger, slack, ops):
        assert link(stranger[0], factories.realtor(), ops, read_again=False)[0] == 0
        slack.work()
        assert Review.objects.filter(resolved_at=None).count() == 2

    def test_it_can_be_undone(self, stranger, ops):
        realtor = factories.realtor()
        _, act_id = link(stranger[0], realtor, ops, read_again=False)
        with acting_as("staff", ops.pk):
            undo(act_id)
        assert Realtor.objects.get(pk=realtor.pk).slack_user_id is None

    def test_a_realtor_with_a_slack_name_keeps_it(self, stranger, ops):
        with pytest.raises(Refused, match="has another Slack name"):
            link(stranger[0], factories.realtor(slack_user_id="U9"), ops)

    def test_a_name_belongs_to_one_person(self, stranger, ops):
        factories.staff("support", slack_user_id="U0NEW")
        with pytest.raises(Refused, match="belongs to somebody"):
            link(stranger[0], factories.realtor(), ops)

    @pytest.mark.parametrize("role", ["marketing", "support"])
    def test_others_may_not(self, stranger, ops, role):
        with acting_as("staff", ops.pk):
            review = queries.message_to_review(stranger[0].pk)
        person = factories.staff(role)
        with acting_as("staff", person.pk), pytest.raises(Refused):
            repairs.link_sender(review, to=factories_realtor(), by=person)


def factories_realtor():
    return Realtor(pk="0" * 26, name="Nobody")


class TestUndoingAnIntake:
    @pytest.fixture
    def listing(self, slack, maria):
        slack.say(LISTING)
        slack.work()
        return Listing.objects.get()

    def test_listing_and_activities_go_as_one_act_and_the_message_needs_a_look(self, listing, ops):
        with acting_as("staff", ops.pk):
            act_id = repairs.undo_intake(listing, by=ops)
        assert not Listing.objects.exists()
        assert not Activity.objects.exists()
        assert Act.objects.get(pk=act_id).actor_id == ops.pk
        assert Review.objects.get(resolved_at=None).reason == "undone"
        assert SlackMessage.objects.get().created_listing_id is None

    def test_undoing_that_gives_everything_back(self, listing, slack, ops):
        slack.work()
        message, replies = SlackMessage.objects.get(), slack.reactions()
        with acting_as("staff", ops.pk):
            undo(repairs.undo_intake(listing, by=ops))
        message.refresh_from_db()
        assert (message.created_listing, message.processing_status) == (Listing.objects.get(), "processed")
        assert listing.activities.count() == 14
        assert not Review.objects.filter(resolved_at=None).exists()
        assert slack.reactions() == replies

    def test_undoing_and_undoing_again_goes_on_and_on(self, listing, ops):
        with acting_as("staff", ops.pk):
            act_id = repairs.undo_intake(listing, by=ops)
            for _ in range(3):
                act_id = undo(act_id)
        assert not Review.objects.filter(resolved_at=None).exists()
        with acting_as("staff", ops.pk):
            undo(act_id)
        assert SlackMessage.objects.get().created_listing_id is None
        assert Review.objects.get(resolved_at=None).reason == "undone"

    def test_it_does_not_come_back_beside_what_was_made_instead(self, listing, ops):
        message = SlackMessage.objects.get()
        with acting_as("staff", ops.pk):
            act_id = repairs.undo_intake(listing, by=ops)
            actions.accept(message.pk, by=ops)
            with pytest.raises(Refused, match="changed this since"):
                undo(act_id)
        assert Listing.objects.count() == 1

    def test_what_was_read_together_stays_together(self, slack, maria, ops):
        said = [slack.say("I have a new listing for sale"), slack.say("88 Harbour St, photos by Friday", after=8)]
        for _ in said:
            slack.receive()
        slack.work_later()
        with acting_as("staff", ops.pk):
            repairs.undo_intake(Listing.objects.get(), by=ops)
            review = queries.messages_to_review()[0]
            assert review.reason == "undone"
            assert [part["text"] for part in review.bundle] != []
            assert len(queries.messages_to_review()) == 1
            item = actions.accept(review.message_id, by=ops)
        assert {item_of(slack.message(ts)).pk for ts in said} == {item.pk}
        assert not Review.objects.filter(resolved_at=None).exists()

    def test_it_names_who_has_worked_on_it(self, listing, ops):
        priya = factories.staff("operations", name="Priya Patel")
        with acting_as("staff", priya.pk):
            claim(Activity.objects.first(), by=priya)
        with (
            acting_as("staff", ops.pk),
            pytest.raises(repairs.Touched, match="Priya Patel has worked on 88 Harbour St"),
        ):
            repairs.undo_intake(listing, by=ops)
        assert Listing.objects.exists()

    def test_what_a_person_made_is_cancelled_instead(self, ops):
        listing = factories.listing()
        with acting_as("staff", ops.pk), pytest.raises(Refused, match="was not made by the intake"):
            repairs.undo_intake(listing, by=ops)

    def test_what_was_made_before_an_edit_stays_gone(self, slack, maria, ops):
        ts = slack.say(LISTING)
        slack.work()
        slack.edit(ts, LISTING.replace("88", "90"), was=LISTING)
        slack.work()
        listing = Listing.objects.get()
        assert listing.address_string == "90 Harbour St"
        with acting_as("staff", ops.pk):
            repairs.undo_intake(listing, by=ops)
        assert not Listing.objects.exists()


class TestTaskThatWasNone:
    @pytest.fixture
    def task(self, slack, maria):
        slack.say("Please order business cards for me by Friday")
        slack.work()
        return AgentTask.objects.get()

    @pytest.fixture
    def activity(self, slack, maria):
        """One that was asked for on a listing; the listing has fourteen of its template's."""
        slack.say(LISTING)
        slack.work()
        slack.say("Please order a yard sign for 88 Harbour St by Monday")
        slack.work()
        return Activity.objects.get(inputs__has_key="task_key")

    def test_it_goes_as_one_act_and_the_message_needs_a_look(self, task, ops):
        with acting_as("staff", ops.pk):
            act_id = repairs.undo_intake(task, by=ops)
        assert not AgentTask.objects.exists()
        assert AgentTask.all_objects.get().deleted_by == ops.pk
        assert Act.objects.get(pk=act_id).actor_id == ops.pk
        assert Review.objects.get(resolved_at=None).reason == "undone"
        assert SlackMessage.objects.get().created_task_id is None
        assert not Reply.objects.exists()

    def test_an_activity_goes_and_its_listing_stays(self, activity, ops):
        others = Activity.objects.count() - 1
        with acting_as("staff", ops.pk):
            repairs.undo_intake(activity, by=ops)
        assert Activity.objects.count() == others
        assert Listing.objects.count() == 1

    @pytest.mark.parametrize("act", ["claim", "note", "wait", "attach"])
    def test_it_names_who_has_worked_on_it(self, slack, task, ops, act):
        priya = factories.staff("operations", name="Priya Patel")
        slack.say("Please print more cards, 200 of them", by="U0NOBODY")
        slack.work()
        slack.work_later()
        other = Review.objects.get(resolved_at=None)
        with acting_as("staff", priya.pk):
            if act == "claim":
                claim(task, by=priya)
            elif act == "note":
                write_note(kind="agent_task", item_id=task.pk, text="Called her.", by=priya)
            elif act == "wait":
                wait(task, for_what="her logo", by=priya)
            else:
                actions.attach(other.message_id, by=priya, kind="agent_task", item_id=task.pk)
        with acting_as("staff", ops.pk), pytest.raises(repairs.Touched, match="Priya Patel has worked on"):
            repairs.undo_intake(task, by=ops)
        assert AgentTask.objects.exists()

    def test_what_a_person_or_an_import_made_is_cancelled_instead(self, ops):
        task = factories.agent_task()
        with acting_as("staff", ops.pk), pytest.raises(Refused, match="was not made by the intake"):
            repairs.undo_intake(task, by=ops)

    def test_an_activity_of_a_template_goes_with_its_listing_only(self, activity, ops):
        other = Activity.objects.exclude(pk=activity.pk).first()
        with acting_as("staff", ops.pk), pytest.raises(Refused, match="came with 88 Harbour St"):
            repairs.undo_intake(other, by=ops)

    def test_others_may_not(self, activity):
        support = factories.staff("support")
        with acting_as("staff", support.pk), pytest.raises(Refused, match="Only operations and admins"):
            repairs.undo_intake(activity, by=support)


class TestLearning:
    @pytest.fixture
    def corrected(self, stranger, ops, maria):
        """A listing whose address was corrected, and a request that was none."""
        with acting_as("staff", ops.pk):
            values = {"group_key": "SALE_LISTING", "realtor": maria, "listing_type": "SALE"}
            actions.make_listing(stranger[0].pk, by=ops, address="90 Harbour St", **values)
            actions.ignore(stranger[1].pk, by=ops)

    def test_it_says_same_where_the_rules_have_not_changed(self, corrected):
        assert [each.verdict for each in learning.corrections()] == ["same", "same"]

    def test_it_says_better_where_the_first_reading_was_poorer(self, corrected, stranger):
        poor = stranger[0].classification | {"message_type": "IGNORE", "group_key": None, "task_key": None}
        SlackMessage.objects.filter(pk=stranger[0].pk).update(classification=poor)
        assert {each.message_id: each.verdict for each in learning.corrections()}[stranger[0].pk] == "better"

    def test_it_prints_a_table_by_type(self, corrected):
        out = StringIO()
        call_command("replay_corrections", stdout=out)
        text = out.getvalue()
        assert "2 corrected messages" in text
        assert re.search(r"^same +2$", text, re.M)
        assert re.search(r"^GROUP +1 +0 +0 +0$", text, re.M)
        assert re.search(r"^IGNORE +0 +1 +0 +0$", text, re.M)

    def test_nothing_is_changed(self, corrected):
        before = list(SlackMessage.objects.order_by("pk").values())
        call_command("replay_corrections", stdout=StringIO())
        assert list(SlackMessage.objects.order_by("pk").values()) == before

    def test_the_share_of_right_readings_is_counted_by_type(self, corrected, slack):
        slack.say("New sale listing at 12 Elm Ave")
        slack.work()
        shares = {share.message_type: share for share in learning.shares()}
        assert (shares["GROUP"].judged, shares["GROUP"].right, shares["GROUP"].percent) == (2, 1, 50)
        assert (shares["STRAY"].judged, shares["STRAY"].right) == (1, 0)
        assert shares["IGNORE"].percent is None
