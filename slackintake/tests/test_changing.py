"""An edit of what somebody has touched is offered as a change to it, and never makes a second thing."""

import re
from datetime import datetime

import pytest

from common.clock import office_zone
from common.conflicts import Conflict
from common.history import Refused, last_act, undo
from common.models import Act
from common.principal import acting_as
from listings.actions import edit_listing
from listings.models import KeyDate, Listing
from slackintake import actions, queries
from slackintake.changing import change_of
from slackintake.models import Link, Review
from tasks.actions import claim, complete, edit, set_due
from tasks.models import Activity, AgentTask
from tests import factories

pytestmark = pytest.mark.django_db

DRAFT = "Please send the MLS draft for 1 Kingsley Brook Rd, Toronto by {}"
CARDS = "can you please order {} business cards for me by {}?"
LISTING = "New {} listing at {} Birch Hollow Rd, Toronto, photos by {}"


def on(day, hour=17):
    return datetime(2026, 2, day, hour, tzinfo=office_zone())


@pytest.fixture
def ops():
    return factories.staff("operations", name="Helen Mbeki")


def as_ops(ops, verb, *args, **values):
    with acting_as("staff", ops.pk):
        result = verb(*args, **values)
    return result, last_act()


def offered(ops, message):
    """The fields that the message would change, each with its old and its new value."""
    with acting_as("staff", ops.pk):
        change = change_of(queries.message_to_review(message.pk))
        return {name: (change.now[name], change.new[name]) for name in change.fields}


@pytest.fixture
def edited(slack, maria, ops):
    """Say something, let somebody touch what came of it, and edit the message; gives the message and the item."""

    def edited(said, then, touch=claim, model=AgentTask):
        ts = slack.say(said)
        slack.work()
        item = model.objects.get()
        as_ops(ops, touch, item, by=ops)
        slack.edit(ts, then, was=said)
        slack.work()
        return slack.message(ts), item

    return edited


@pytest.fixture
def draft(edited, maria):
    """An activity of a listing whose message moves its date from Monday 2 to Tuesday 3 February."""
    factories.listing(address_string="1 Kingsley Brook Rd, Toronto", realtor=maria)
    return edited(DRAFT.format("Feb 2"), DRAFT.format("Feb 3"), model=Activity)


class TestTasks:
    def test_the_edit_of_a_claimed_activity_changes_its_date_and_makes_no_twin(self, draft, ops):
        message, activity = draft
        assert offered(ops, message) == {"due_date": (on(2), on(3))}
        item, _ = as_ops(ops, actions.accept, message.pk, by=ops)
        assert item.pk == activity.pk
        activity = Activity.objects.get()
        assert (activity.due_date, activity.assigned_staff) == (on(3), ops)
        message.refresh_from_db()
        assert message.created_task_id == activity.pk
        review = Review.objects.get()
        assert (review.resolution, review.resolved_by, review.corrected_reading) == ("changed", ops.pk, None)
        assert Act.objects.get(verb="changed what a message made").actor_id == ops.pk

    def test_the_edit_of_a_realtors_task_changes_its_title_and_date(self, edited, ops):
        message, task = edited(CARDS.format(100, "Feb 2"), CARDS.format(200, "Feb 4"))
        wanted = CARDS.format(200, "Feb 4")
        assert offered(ops, message) == {"name": (task.name, wanted), "due_date": (on(2), on(4))}
        as_ops(ops, actions.accept, message.pk, by=ops)
        task = AgentTask.objects.get()
        assert (task.name, task.due_date) == (wanted, on(4))

    def test_one_undo_takes_it_back_and_the_message_needs_its_look_again(self, draft, ops):
        message, _ = draft
        _, act_id = as_ops(ops, actions.accept, message.pk, by=ops)
        as_ops(ops, undo, act_id)
        assert Activity.objects.get().due_date == on(2)
        assert offered(ops, message) == {"due_date": (on(2), on(3))}
        message.refresh_from_db()
        assert message.created_task_id == Activity.objects.get().pk

    def test_a_corrected_value_is_taken_and_kept_beside_the_reading(self, draft, ops):
        message, _ = draft
        as_ops(ops, actions.change, message.pk, by=ops, wanted={"due_date": on(5, 9)})
        assert Activity.objects.get().due_date == on(5, 9)
        assert Review.objects.get().corrected_reading["due_date"] == "2026-02-05T09:00"

    def test_what_a_person_has_set_and_the_edit_does_not_speak_of_stays(self, edited, ops, maria):
        def rename(task, by):
            edit(task, opened={"name": task.name}, wanted={"name": "Send the draft"}, by=by)

        factories.listing(address_string="1 Kingsley Brook Rd, Toronto", realtor=maria)
        message, _ = edited(DRAFT.format("Feb 2"), DRAFT.format("Feb 3"), touch=rename, model=Activity)
        assert offered(ops, message) == {"due_date": (on(2), on(3))}

    def test_a_newer_change_of_the_same_field_is_not_written_over(self, draft, ops):
        message, _ = draft
        seen = {"due_date": on(2)}
        as_ops(ops, set_due, Activity.objects.get(), due=on(9), by=ops)
        with pytest.raises(Conflict) as conflict:
            as_ops(ops, actions.accept, message.pk, by=ops, opened=seen)
        assert conflict.value.fields == {"due_date": (on(9), on(3))}
        assert Activity.objects.get().due_date == on(9)
        assert Review.objects.filter(resolved_at=None).exists()

    def test_what_is_done_is_opened_again(self, edited, ops):
        message, _ = edited(CARDS.format(100, "Feb 2"), CARDS.format(200, "Feb 2"), touch=complete)
        as_ops(ops, actions.accept, message.pk, by=ops)
        task = AgentTask.objects.get()
        assert (task.status, "200" in task.name) == ("OPEN", True)

    def test_another_address_moves_the_activity_to_the_listing_there(self, edited, ops, maria):
        factories.listing(address_string="1 Kingsley Brook Rd, Toronto", realtor=maria)
        other = factories.listing(address_string="7 Sumach St, Toronto")
        said = DRAFT.format("Feb 2")
        message, _ = edited(said, said.replace("1 Kingsley Brook Rd", "7 Sumach St"), model=Activity)
        as_ops(ops, actions.accept, message.pk, by=ops)
        activity = Activity.objects.get()
        assert (activity.listing, activity.realtor) == (other, other.realtor)

    def test_an_address_that_is_no_listing_is_said_and_changes_nothing(self, edited, ops, maria):
        factories.listing(address_string="1 Kingsley Brook Rd, Toronto", realtor=maria)
        said = DRAFT.format("Feb 2")
        message, _ = edited(said, said.replace("1 Kingsley Brook Rd", "7 Sumach St"), model=Activity)
        with acting_as("staff", ops.pk):
            change = change_of(queries.message_to_review(message.pk))
        assert "listing" not in change.fields
        assert "7 Sumach St, Toronto is no open listing" in change.notes[0]

    def test_an_edit_that_takes_the_request_back_changes_nothing_by_itself(self, edited, ops):
        message, _ = edited(CARDS.format(100, "Feb 2"), "never mind, thanks!")
        assert offered(ops, message) == {}
        with pytest.raises(Refused, match="Nothing is different"):
            as_ops(ops, actions.accept, message.pk, by=ops)


class TestListings:
    @pytest.fixture
    def listed(self, edited):
        def listed(*then):
            def touch(listing, by):
                claim(Activity.objects.get(name="Open the listing file"), by=by)

            return edited(LISTING.format("sale", 2, "Feb 6"), LISTING.format(*then), touch=touch, model=Listing)

        return listed

    def test_the_address_is_corrected_where_it_stands(self, listed, ops):
        message, listing = listed("sale", 2002, "Feb 6")
        addresses = ("2 Birch Hollow Rd, Toronto", "2002 Birch Hollow Rd, Toronto")
        assert offered(ops, message) == {"address_string": addresses}
        as_ops(ops, actions.accept, message.pk, by=ops)
        assert Listing.objects.get().address_string == addresses[1]
        message.refresh_from_db()
        assert message.created_listing == listing
        assert Activity.objects.count() == 14

    def test_the_type_is_changed(self, listed, ops):
        message, _ = listed("lease", 2, "Feb 6")
        assert offered(ops, message) == {"type": ("SALE", "LEASE")}
        as_ops(ops, actions.accept, message.pk, by=ops)
        assert Listing.objects.get().type == "LEASE"

    def test_the_date_goes_to_what_it_speaks_of_and_what_was_counted_from_it_follows(self, listed, ops):
        message, _ = listed("sale", 2, "Feb 10")
        before = dict(Activity.objects.values_list("name", "due_date"))
        assert offered(ops, message) == {"due_date": (on(6), on(10))}
        as_ops(ops, actions.accept, message.pk, by=ops)
        after = dict(Activity.objects.values_list("name", "due_date"))
        assert after["Take listing photos"] == on(10)
        assert KeyDate.objects.get(kind="photo").day == on(10).date()
        assert Listing.objects.get().due_date is None
        counted = {name for name in after if after[name] != before[name]}
        assert "Take listing photos" in counted
        assert len(counted) > 1
        assert before["Open the listing file"] == after["Open the listing file"]

    def test_one_undo_takes_all_of_it_back(self, listed, ops):
        message, _ = listed("lease", 2002, "Feb 10")
        before = dict(Activity.objects.values_list("name", "due_date"))
        _, act_id = as_ops(ops, actions.accept, message.pk, by=ops)
        as_ops(ops, undo, act_id)
        listing = Listing.objects.get()
        assert (listing.address_string, listing.type) == ("2 Birch Hollow Rd, Toronto", "SALE")
        assert dict(Activity.objects.values_list("name", "due_date")) == before
        assert KeyDate.objects.get(kind="photo").day == on(6).date()

    def test_an_address_that_is_a_listing_already_is_refused(self, listed, ops):
        message, _ = listed("sale", 2002, "Feb 6")
        factories.listing(address_string="2002 Birch Hollow Road, Toronto")
        with pytest.raises(Refused, match="is a listing already"):
            as_ops(ops, actions.accept, message.pk, by=ops)
        assert Listing.objects.filter(address_string__startswith="2 ").exists()

    def test_a_newer_change_of_the_address_is_not_written_over(self, listed, ops):
        message, listing = listed("sale", 2002, "Feb 6")
        seen = {"address_string": "2 Birch Hollow Rd, Toronto"}
        as_ops(ops, edit_listing, listing, by=ops, address_string="22 Birch Hollow Rd, Toronto")
        with pytest.raises(Conflict):
            as_ops(ops, actions.accept, message.pk, by=ops, opened=seen)


class TestNeverTwice:
    def test_nothing_is_made_beside_what_the_message_made(self, draft, ops, maria):
        message, activity = draft
        values = {"by": ops, "task_key": "OPS_MISC_TASK", "title": "Twin", "listing": activity.listing}
        with pytest.raises(Refused, match="made of this message already"):
            as_ops(ops, actions.make_task, message.pk, **values)
        assert Activity.objects.count() == 1

    def test_attaching_keeps_the_item_as_it_is(self, draft, ops):
        message, activity = draft
        as_ops(ops, actions.attach, message.pk, by=ops, kind="activity", item_id=activity.pk)
        assert Activity.objects.get().due_date == on(2)
        assert not Link.objects.exists()
        assert not Review.objects.filter(resolved_at=None).exists()

    def test_ignoring_keeps_the_item_and_its_message(self, draft, ops):
        message, activity = draft
        as_ops(ops, actions.ignore, message.pk, by=ops)
        message.refresh_from_db()
        assert (message.created_task_id, message.processing_status) == (activity.pk, "processed")

    def test_where_the_item_was_removed_a_new_one_leaves_the_first_its_source(self, draft, ops):
        message, activity = draft
        activity.delete()
        values = {"by": ops, "task_key": "OPS_MISC_TASK", "title": "Again", "listing": activity.listing}
        made, _ = as_ops(ops, actions.make_task, message.pk, **values)
        message.refresh_from_db()
        assert message.created_task_id == activity.pk
        assert (Link.objects.get().item_id, Link.objects.get().role) == (made.pk, "edit")

    def test_a_message_that_was_only_attached_still_becomes_work(self, slack, maria, ops):
        listing = factories.listing(address_string="1 Kingsley Brook Rd, Toronto", realtor=maria)
        ts = slack.say("new listing coming, details to follow")
        slack.work()
        slack.work_later()
        as_ops(ops, actions.attach, slack.message(ts).pk, by=ops, kind="listing", item_id=listing.pk)
        slack.edit(ts, DRAFT.format("Feb 3"), was="new listing coming, details to follow")
        slack.work()
        as_ops(ops, actions.accept, slack.message(ts).pk, by=ops)
        assert Activity.objects.get().due_date == on(3)

    def test_an_edit_of_one_breath_changes_what_the_breath_made(self, slack, maria, ops):
        slack.say("I have a new sale listing for you")
        second = slack.say("88 Harbour St, photos by Feb 6", after=8)
        slack.work()
        slack.work_later()
        as_ops(ops, claim, Activity.objects.get(name="Open the listing file"), by=ops)
        slack.edit(second, "89 Harbour St, photos by Feb 6", was="88 Harbour St, photos by Feb 6")
        slack.work()
        as_ops(ops, actions.accept, slack.message(second).pk, by=ops)
        assert Listing.objects.get().address_string == "89 Harbour St"


class TestPage:
    @pytest.fixture
    def client(self, client_of):
        return client_of("operations")

    def send(self, client, message, verb="change", **values):
        """Send the form as the page has it, but for `values`."""
        page = client.get(f"/slack/{message.pk}/").content.decode()
        form = page.partition("data-main novalidate>")[2].partition("</form>")[0]
        sent = dict(re.findall(r'<input[^>]*? name="([^"]+)" value="([^"]*)"', form))
        sent |= dict(re.findall(r'<select name="([^"]+)".*?value="([^"]*)" selected', form, re.DOTALL))
        return client.post(f"/slack/{message.pk}/{verb}/", {**sent, **values}, follow=True)

    def test_it_says_what_would_change_field_by_field(self, client, draft):
        message, activity = draft
        page = client.get(f"/slack/{message.pk}/").content.decode()
        assert f"Change {activity}?" in page
        assert "the message was edited since this was made of it" in page
        assert f"<del>{DRAFT.format('Feb 2')}</del>" in page
        assert "<del>Mon 2 Feb, 5 pm</del> → <ins>Tue 3 Feb, 5 pm</ins>" in page
        assert page.count("Stays as it is") == 3
        assert "Make it" not in page

    def test_a_title_that_asks_is_not_asked_twice(self, client, edited):
        message, task = edited(CARDS.format(100, "Feb 2"), CARDS.format(200, "Feb 2"))
        assert f"<h1>Change {task.name}</h1>" in client.get(f"/slack/{message.pk}/").content.decode()

    def test_the_activities_that_follow_are_named(self, client, slack, maria, ops):
        ts = slack.say(LISTING.format("sale", 2, "Feb 6"))
        slack.work()
        as_ops(ops, claim, Activity.objects.get(name="Open the listing file"), by=ops)
        slack.edit(ts, LISTING.format("sale", 2, "Feb 10"), was="as above")
        slack.work()
        page = client.get(f"/slack/{slack.message(ts).pk}/").content.decode()
        assert "Take listing photos</label>" in page
        assert "<h3>These follow</h3>" in page

    def test_enter_takes_the_corrected_field(self, client, draft):
        message, _ = draft
        page = self.send(client, message, due_date="2026-02-05 09:00").content.decode()
        assert "Changed: " in page
        assert Activity.objects.get().due_date == on(5, 9)

    def test_both_values_are_shown_where_somebody_was_faster(self, client, draft, ops):
        message, _ = draft
        page = client.get(f"/slack/{message.pk}/").content.decode()
        seen = dict(re.findall(r'<input type="hidden" name="(initial-due_date|edits)" value="([^"]*)"', page))
        as_ops(ops, set_due, Activity.objects.get(), due=on(9), by=ops)
        answer = client.post(f"/slack/{message.pk}/accept/", seen)
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "2026-02-09 17:00" in page
        assert "2026-02-03 17:00" in page
        assert Activity.objects.get().due_date == on(9)

    def test_an_edit_that_nobody_has_seen_is_not_taken(self, client, draft):
        message, _ = draft
        answer = self.send(client, message, "accept", edits="0")
        assert answer.status_code == 422
        assert "edited once more" in answer.content.decode()
        assert Activity.objects.get().due_date == on(2)

    def test_what_cannot_be_is_said_beside_its_field(self, client, draft):
        message, _ = draft
        answer = self.send(client, message, due_date="31 feb", listing="nowhere")
        assert answer.status_code == 422
        assert "There is no listing “nowhere”" in answer.content.decode()

    def test_where_nothing_is_different_it_says_so(self, client, draft):
        message, _ = draft
        answer = self.send(client, message, due_date="2026-02-02 17:00")
        assert answer.status_code == 422
        assert "Nothing is different." in answer.content.decode()

    def test_the_form_of_making_is_refused(self, client, draft):
        message, _ = draft
        values = {"what": "STRAY:OPS_MISC_TASK", "title": "Twin", "realtor": "Maria Russo"}
        answer = client.post(f"/slack/{message.pk}/make/", values, follow=True)
        assert "Change that, or attach the message to it." in answer.content.decode()
        assert not AgentTask.objects.exists()
