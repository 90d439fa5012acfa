"""A property that was listed before: the last listing is shown and is a start for the new one."""

from datetime import timedelta

import pytest
from django.utils import timezone

from common.history import Refused, last_act, undo
from common.principal import acting_as
from listings.actions import write_note
from listings.models import Listing, Note
from slackintake import actions, queries
from slackintake.look import look_page
from slackintake.models import Review
from slackintake.relisting import is_done
from tasks.models import Activity, AgentTask, Status
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def ops():
    return factories.staff("operations", name="Helen Mbeki")


@pytest.fixture
def last(maria, ops):
    """A listing that is done, with work no template has and a note."""
    listing = factories.listing(address_string="88 Harbour St, Toronto", realtor=maria)
    factories.activity(name="Repaint the door", listing=listing, assigned_staff=ops, status=Status.DONE)
    with acting_as("staff", ops.pk):
        write_note(kind="listing", item_id=listing.pk, text="The key is with the neighbour.", by=ops)
    listing.refresh_from_db()
    return listing


@pytest.fixture
def message(last, slack):
    ts = slack.say("New sale listing at 88 Harbour St")
    slack.work()
    slack.work_later()
    return slack.message(ts)


def test_nothing_is_made_before_a_person_says_so_and_the_last_one_is_shown(message, last, ops):
    assert Listing.objects.count() == 1
    assert Review.objects.get().item_id == last.pk
    with acting_as("staff", ops.pk):
        look = look_page(queries.message_to_review(message.pk))
    assert look.last == last
    assert "that listing is done" in look.why


def test_accepting_begins_a_new_listing_like_the_last_one(message, last, ops):
    with acting_as("staff", ops.pk):
        item = actions.accept(message.pk, by=ops)
    assert item.pk != last.pk
    door = Activity.objects.get(listing=item.pk, name="Repaint the door")
    assert (door.status, door.assigned_staff_id, door.due_date) == (Status.CLAIMED, ops.pk, None)
    assert Note.objects.get(item_id=item.pk).text == "From the last listing: The key is with the neighbour."
    assert Activity.objects.filter(listing=item.pk).count() > 1
    assert Activity.objects.filter(listing=last).count() == 1


def test_it_is_one_act_and_goes_as_one(message, last, ops):
    with acting_as("staff", ops.pk):
        item = actions.accept(message.pk, by=ops)
        undo(last_act())
    assert not Listing.objects.filter(pk=item.pk).exists()
    assert not Note.objects.filter(item_id=item.pk).exists()
    assert Review.objects.filter(resolved_at=None).count() == 1


def test_the_last_one_can_be_left_aside(message, last, ops, maria):
    with acting_as("staff", ops.pk):
        values = {"group_key": "SALE_LISTING", "address": "88 Harbour St", "realtor": maria}
        item = actions.make_listing(message.pk, by=ops, **values)
    assert not Activity.objects.filter(listing=item.pk, name="Repaint the door").exists()


def test_a_running_listing_has_no_twin(message, last, ops, maria):
    factories.activity(listing=last)
    with acting_as("staff", ops.pk), pytest.raises(Refused, match="is a listing already"):
        actions.make_listing(message.pk, by=ops, group_key="SALE_LISTING", address="88 Harbour St", realtor=maria)


def test_a_request_is_about_the_running_listing_and_not_the_one_before(slack, last, maria):
    there = factories.listing(address_string="88 Harbour St, Toronto", realtor=maria)
    slack.say("please order a lockbox for 88 Harbour St")
    slack.work()
    assert Activity.objects.get(inputs__has_key="task_key").listing == there


def test_a_request_about_a_listing_that_is_done_does_not_open_it_again(slack, last, maria):
    slack.say("please order a lockbox for 88 Harbour St")
    slack.work()
    assert AgentTask.objects.get().inputs["address"] == "88 Harbour St"
    last.refresh_from_db()
    assert is_done(last)


def test_a_listing_message_is_about_the_running_listing_and_not_the_one_before(slack, last, maria):
    there = factories.listing(address_string="88 Harbour St", realtor=maria)
    Listing.objects.filter(pk=last.pk).update(created_at=timezone.now() + timedelta(days=1))
    slack.say("New sale listing at 88 Harbour St")
    slack.work()
    assert Review.objects.get().item_id == there.pk


@pytest.mark.parametrize("is_running", [True, False])
def test_the_form_offers_and_accepting_takes_the_running_listing_only(slack, last, maria, ops, settings, is_running):
    there = factories.listing(address_string="88 Harbour St, Toronto", realtor=maria) if is_running else None
    settings.CONFIDENCE_LIMIT = 1.0
    slack.say("please order a lockbox for 88 Harbour St")
    slack.work()
    slack.work_later()
    message = Review.objects.get().message
    with acting_as("staff", ops.pk):
        look = look_page(queries.message_to_review(message.pk))
        item = actions.accept(message.pk, by=ops).row()
    assert look.initial["listing"] == (there.address_string if there else "")
    assert item.listing == there if there else isinstance(item, AgentTask)


def test_a_second_message_about_a_running_listing_is_a_proposal_and_no_twin(slack, maria):
    there = factories.listing(address_string="88 Harbour St, Toronto", realtor=maria)
    slack.say("New sale listing at 88 Harbour St")
    slack.work()
    assert Listing.objects.count() == 1
    review = Review.objects.get()
    assert (review.reason, review.kind, review.item_id) == ("proposal", "listing", there.pk)


def test_a_stated_date_counts_for_what_is_taken_over_too(last, slack, ops):
    """The template of a relisting takes no photos; those of the last listing are taken over, for the stated day."""
    for name in ("Take listing photos", "Select and edit photos"):
        factories.activity(name=name, listing=last, status=Status.DONE, due_date="2025-03-01T22:00Z")
    last.refresh_from_db()
    ts = slack.say("Relist of 88 Harbour St, photos by Feb 6 at 3pm")
    slack.work()
    slack.work_later()
    message = slack.message(ts)
    with acting_as("staff", ops.pk):
        item = actions.accept(message.pk, by=ops)
    due = dict(Activity.objects.filter(listing=item.pk).values_list("name", "due_date"))
    assert f"{due['Take listing photos']:%d %b %H:%M}" == "06 Feb 20:00"
    assert due["Select and edit photos"] > due["Take listing photos"]
    assert due["Repaint the door"] is None
