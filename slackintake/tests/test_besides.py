"""What a message asks for besides is proposed when the first is made, and made by a person only; one act, one undo."""

import pytest

from common.history import Refused, last_act, undo
from common.models import Act
from common.principal import acting_as
from listings.models import Listing
from slackintake import actions, queries
from slackintake.look import look_page
from slackintake.models import Link, Review
from slackintake.repairs import undo_intake
from tasks.actions import claim
from tasks.models import Activity, AgentTask
from tests import factories

pytestmark = pytest.mark.django_db

TWO_LISTINGS = "New sale listing at 12 Elm St, photos Friday. Also new lease listing at 5 Oak Ave"
CLOSE_AND_CARDS = "Close the file for my buyer at 9 Pine Rd. And please order 100 business cards for me by Monday"
THREE = f"{TWO_LISTINGS}. Plus order lunch for 24 people on Thursday"


@pytest.fixture
def ops():
    return factories.staff("operations", name="Helen Mbeki")


@pytest.fixture
def said(slack, maria):
    """Say something as Maria and let the worker read it; gives the message."""

    def said(text, **more):
        ts = slack.say(text, **more)
        slack.work()
        return slack.message(ts)

    return said


def besides(person, message, which=None):
    with acting_as("staff", person.pk):
        return actions.make_besides(message.pk, by=person, which=which)


def look_at(person, message):
    with acting_as("staff", person.pk):
        return look_page(queries.message_to_review(message.pk))


def open_look(message):
    return Review.objects.get(message=message, resolved_at=None)


def links(message):
    return sorted(Link.objects.filter(message=message).values_list("kind", "item_id", "role"))


class TestProposing:
    def test_the_first_is_made_and_the_other_waits_for_a_person(self, said):
        message = said(TWO_LISTINGS)
        listing = Listing.objects.get()
        assert (listing.address_string, listing.type) == ("12 Elm St", "SALE")
        review = open_look(message)
        assert (review.reason, review.kind, review.item_id) == ("proposal", "listing", listing.pk)
        (proposal,) = message.classification["proposals"]
        assert proposal["text"] == "new lease listing at 5 Oak Ave"
        assert message.message_text[proposal["start"] : proposal["end"]] == proposal["text"]

    def test_a_date_belongs_to_the_request_it_stands_in(self, said):
        message = said(CLOSE_AND_CARDS)
        task = AgentTask.objects.get()
        assert (task.task_key, task.due_date) == ("BUYER_DEAL_CLOSING_TASKS", None)
        assert message.classification["proposals"][0]["reading"]["due_date"] == "2026-01-26T17:00"

    def test_one_request_with_its_work_needs_no_look(self, said):
        message = said("New sale listing at 12 Elm St. Please order photos by Friday and install the sign. Thanks!")
        assert not Review.objects.filter(message=message).exists()

    def test_an_edit_that_asks_for_more_is_proposed_and_leaves_what_was_made(self, said, slack, ops):
        first = TWO_LISTINGS.partition(" Also")[0]
        message = said(first)
        listing = Listing.objects.get()
        slack.edit(message.ts, TWO_LISTINGS, was=first)
        slack.work()
        assert Listing.objects.get() == listing
        assert open_look(message).item_id == listing.pk
        assert look_at(ops, message).heading == "It also asks for 1 more thing"

    def test_a_message_that_needs_a_look_shows_them_too(self, slack, maria, ops, client_of):
        ts = slack.say(TWO_LISTINGS, by="U0NOBODY")
        slack.work()
        slack.work_later()
        message = slack.message(ts)
        look = look_at(ops, message)
        assert (look.only_besides, [one.address for one in look.besides]) == (False, ["5 Oak Ave"])
        values = {"what": "GROUP:SALE_LISTING", "address": "12 Elm St", "realtor": maria.name, "edits": 0}
        client_of("operations").post(f"/slack/{message.pk}/make/", values | {"besides": ["0"]})
        assert sorted(Listing.objects.values_list("address_string", flat=True)) == ["12 Elm St", "5 Oak Ave"]
        other = Listing.objects.get(address_string="5 Oak Ave")
        assert links(message) == [("listing", other.pk, "besides")]
        message.refresh_from_db()
        assert message.created_listing.address_string == "12 Elm St"

    def test_where_the_first_is_taken_back_the_whole_message_is_asked_about(self, said, ops):
        message = said(TWO_LISTINGS)
        with acting_as("staff", ops.pk):
            undone = undo_intake(Listing.objects.get(), by=ops)
        review = open_look(message)
        assert (review.reason, review.item_id) == ("undone", None)
        assert look_at(ops, message).heading == "New sale listing at 12 Elm St?"
        with acting_as("staff", ops.pk):
            undo(undone)
        assert open_look(message).item_id == Listing.objects.get().pk
        assert look_at(ops, message).only_besides

    def test_what_was_made_of_it_is_not_proposed_again_after_an_edit(self, said, slack, ops):
        message = said(TWO_LISTINGS)
        besides(ops, message)
        slack.edit(message.ts, TWO_LISTINGS.replace("Friday", "Thursday"), was=TWO_LISTINGS)
        slack.work()
        assert not Review.objects.filter(message=message, resolved_at=None).exists()
        assert sorted(Listing.objects.values_list("address_string", flat=True)) == ["12 Elm St", "5 Oak Ave"]


class TestMaking:
    def test_all_of_them_are_one_act_with_links_back(self, said, ops, maria):
        message = said(THREE)
        first = Listing.objects.get()
        listing_item, task_item = besides(ops, message)
        listing, task = listing_item.row(), task_item.row()
        assert (listing.address_string, listing.type, listing.realtor) == ("5 Oak Ave", "LEASE", maria)
        assert Activity.objects.filter(listing=listing).exists()
        assert (task.realtor, task.task_key) == (maria, "OPS_MISC_TASK")
        assert links(message) == sorted([("listing", listing.pk, "besides"), ("agent_task", task.pk, "besides")])
        message.refresh_from_db()
        assert message.created_listing_id == first.pk
        assert not Review.objects.filter(message=message, resolved_at=None).exists()
        assert Act.objects.filter(verb="made what a message asks for besides").count() == 1

    def test_a_task_goes_on_the_one_running_listing_at_its_address(self, said, ops, maria):
        there = factories.listing(address_string="9 Oak Ave", realtor=maria)
        message = said(
            "New sale listing at 5 Elm St, list at 1.1. Also prepare an open house at 9 Oak Ave for Saturday"
        )
        (item,) = besides(ops, message)
        assert item.row().listing == there

    def test_only_what_is_chosen_is_made(self, said, ops):
        message = said(THREE)
        (item,) = besides(ops, message, which=[1])
        assert item.kind == "agent_task"
        assert Listing.objects.count() == 1

    def test_nothing_is_chosen(self, said, ops):
        with pytest.raises(Refused, match="Choose what to make"):
            besides(ops, said(THREE), which=[])

    def test_what_is_not_there_is_refused(self, said, ops):
        with pytest.raises(Refused, match="read anew"):
            besides(ops, said(THREE), which=[2])

    def test_a_twin_is_refused_and_nothing_is_made(self, said, ops):
        message = said(f"{TWO_LISTINGS.replace('. Also', '. Please order lunch for 24 people on Thursday. Also')}")
        factories.listing(address_string="5 Oak Ave")
        number = Listing.objects.count()
        with pytest.raises(Refused, match="5 Oak Ave is a listing already"):
            besides(ops, message)
        assert (Listing.objects.count(), AgentTask.objects.count()) == (number, 0)
        assert open_look(message).reason == "proposal"

    def test_one_undo_takes_all_of_them_back_and_asks_again(self, said, ops):
        message = said(THREE)
        besides(ops, message)
        with acting_as("staff", ops.pk):
            undo(last_act())
        assert [listing.address_string for listing in Listing.objects.all()] == ["12 Elm St"]
        assert not AgentTask.objects.exists()
        assert links(message) == []
        look = look_at(ops, message)
        assert (look.only_besides, len(look.besides)) == (True, 2)
        assert len(besides(ops, message)) == 2

    def test_who_comes_second_is_told_who_was_faster(self, said, ops):
        message, other = said(TWO_LISTINGS), factories.staff("admin")
        besides(ops, message)
        with pytest.raises(Refused, match="Already done: Helen Mbeki made something of it"):
            besides(other, message)
        assert Listing.objects.count() == 2

    @pytest.mark.parametrize("role", ["marketing", "support"])
    def test_it_is_for_operations_and_admins(self, said, role):
        with pytest.raises(Refused, match="Only operations and admins"):
            besides(factories.staff(role), said(TWO_LISTINGS))

    def test_the_first_is_never_made_twice(self, said, ops, maria):
        message = said(TWO_LISTINGS)
        with acting_as("staff", ops.pk), pytest.raises(Refused, match="Something was made of this message already"):
            actions.make_listing(
                message.pk, by=ops, group_key="SALE_LISTING", address="12 Elm St unit 2", realtor=maria
            )
        with acting_as("staff", ops.pk):
            assert actions.accept(message.pk, by=ops).row().address_string == "5 Oak Ave"

    def test_saying_that_they_are_none_leaves_what_was_made(self, said, ops):
        message = said(TWO_LISTINGS)
        with acting_as("staff", ops.pk):
            actions.ignore(message.pk, by=ops)
        assert Listing.objects.get().address_string == "12 Elm St"
        message.refresh_from_db()
        assert message.processing_status == "processed"


class TestPage:
    def test_it_names_what_is_made_and_each_thing_with_a_box(self, said, client_of):
        message = said(CLOSE_AND_CARDS)
        page = client_of("operations").get(f"/slack/{message.pk}/").content.decode()
        assert "It also asks for 1 more thing" in page
        assert f'href="{AgentTask.objects.get().get_absolute_url()}"' in page
        assert '<input class="check" type="checkbox" name="besides" value="0" checked>' in page
        assert "<q>please order 100 business cards for me by Monday</q>" in page
        assert page.count("Make what is ticked") == 1
        assert "Make it" not in page

    def test_what_is_ticked_is_made(self, said, client_of):
        message = said(THREE)
        client = client_of("operations")
        answer = client.post(f"/slack/{message.pk}/besides/", {"besides": ["1"], "edits": "0"})
        assert answer.status_code == 302
        assert (AgentTask.objects.count(), Listing.objects.count()) == (1, 1)
        assert "Left out: “new lease listing at 5 Oak Ave”" in client.get("/inbox/?tab=look").content.decode()

    def test_a_refusal_keeps_the_ticks(self, said, client_of):
        message = said(THREE)
        factories.listing(address_string="5 Oak Ave")
        answer = client_of("operations").post(f"/slack/{message.pk}/besides/", {"besides": ["0"], "edits": "0"})
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "5 Oak Ave is a listing already" in page
        assert 'value="0" checked' in page
        assert 'value="1" checked' not in page

    def test_after_one_more_edit_nothing_is_made_unseen(self, said, client_of):
        message = said(TWO_LISTINGS)
        client = client_of("operations")
        for address in ("besides", "accept"):
            answer = client.post(f"/slack/{message.pk}/{address}/", {"besides": ["0"], "edits": "3"}, follow=True)
            assert "edited once more" in answer.content.decode()
        assert Listing.objects.count() == 1

    def test_a_key_makes_them_all(self, said, client_of):
        message = said(THREE)
        client_of("operations").post(f"/slack/{message.pk}/accept/", {"edits": "0"})
        assert (AgentTask.objects.count(), Listing.objects.count()) == (1, 2)

    def test_touching_the_first_changes_nothing(self, said, ops, client_of):
        message = said(CLOSE_AND_CARDS)
        with acting_as("staff", ops.pk):
            claim(AgentTask.objects.get(), by=ops)
        besides(ops, message)
        assert AgentTask.objects.count() == 2
