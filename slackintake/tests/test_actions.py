from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, transaction

from common.clock import office_zone
from common.history import Refused, last_act, undo
from common.models import Act
from common.principal import acting_as
from listings.models import Listing
from slackintake import actions, queries
from slackintake.bundles import item_of, members_of
from slackintake.look import look_page
from slackintake.models import Link, Review, SlackMessage
from slackintake.reading import read
from tasks.actions import claim
from tasks.models import Activity, AgentTask, Waiting
from tests import factories

pytestmark = pytest.mark.django_db

LISTING = "New sale listing at 88 Harbour St, photos by Friday"


@pytest.fixture
def ops():
    return factories.staff("operations", name="Helen Mbeki")


@pytest.fixture
def looked_at(slack, maria):
    """A message of somebody who is not in the directory."""
    ts = slack.say(LISTING, by="U0NOBODY")
    slack.work()
    slack.work_later()
    return slack.message(ts)


def act_as(person, verb, *args, **values):
    with acting_as("staff", person.pk):
        result = verb(*args, by=person, **values)
    return result, last_act()


def make_it(person, message, realtor, **values):
    values = {"group_key": "SALE_LISTING", "address": "88 Harbour St", "realtor": realtor} | values
    return act_as(person, actions.make_listing, message.pk, **values)


def behind(kind, item_id):
    """The messages behind an item, as its page gets them."""
    model = {"listing": Listing, "activity": Activity, "agent_task": AgentTask}[kind]
    rows = model.objects.filter(pk=item_id).annotate(messages=queries.messages_behind(kind))
    return [seen for row in rows for seen in queries.seen_from(row.messages)]


class TestLooking:
    def test_operations_see_what_needs_a_look_and_nothing_else(self, looked_at, slack, ops):
        slack.say("thanks!", by="U0NOBODY")
        slack.work()
        with acting_as("staff", ops.pk):
            (found,) = queries.messages_to_review()
            assert SlackMessage.objects.count() == 0
        assert (found.message_id, found.reason, found.text) == (looked_at.pk, "unknown_sender", LISTING)
        assert found.reading.address == "88 Harbour St"

    @pytest.mark.parametrize("role", ["marketing", "support"])
    def test_others_see_none(self, looked_at, role):
        person = factories.staff(role)
        with acting_as("staff", person.pk):
            assert queries.messages_to_review() == []
            with pytest.raises(Refused):
                actions.ignore(looked_at.pk, by=person)

    def test_nobody_sees_none(self, looked_at):
        with acting_as(None):
            assert queries.messages_to_review() == []


class TestMaking:
    def test_operations_make_a_listing_of_it(self, looked_at, ops, maria, slack):
        item, _ = make_it(ops, looked_at, maria)
        looked_at.refresh_from_db()
        listing = Listing.objects.get()
        assert (item.pk, looked_at.created_listing_id) == (listing.pk, listing.pk)
        assert listing.activities.count() == 14
        assert not Review.objects.filter(resolved_at=None).exists()
        assert Review.objects.get().resolved_by == ops.pk
        assert Act.objects.get(verb="made a listing of a message").actor_id == ops.pk
        assert slack.reactions() == [("add", "eyes")]

    def test_the_first_reading_is_kept_beside_the_corrected_one(self, looked_at, ops, maria):
        make_it(ops, looked_at, maria, address="89 Harbour St", listing_type="LEASE")
        looked_at.refresh_from_db()
        assert looked_at.classification["listing"]["address"] == "88 Harbour St"
        assert Review.objects.get().corrected_reading["listing"] == {"type": "LEASE", "address": "89 Harbour St"}

    def test_a_reading_that_was_right_leaves_no_correction(self, looked_at, ops, maria):
        with acting_as("staff", ops.pk):
            due = queries.message_to_review(looked_at.pk).reading.due_at(office_zone())
        make_it(ops, looked_at, maria, listing_type="SALE", due=due)
        assert Review.objects.get().corrected_reading is None

    def test_it_makes_no_twin(self, looked_at, ops, maria):
        factories.listing(address_string="88 Harbour Street, Toronto")
        with pytest.raises(Refused, match="is a listing already"):
            make_it(ops, looked_at, maria)
        assert Review.objects.filter(resolved_at=None).exists()

    @pytest.mark.parametrize("wrong", [{"group_key": "NONSENSE"}, {"address": "  "}, {"listing_type": "RENTAL"}])
    def test_it_refuses_what_makes_no_listing(self, looked_at, ops, maria, wrong):
        with pytest.raises(Refused):
            make_it(ops, looked_at, maria, **wrong)
        assert not Listing.objects.exists()

    def test_operations_make_a_task_of_it(self, looked_at, ops, maria):
        item, _ = act_as(
            ops, actions.make_task, looked_at.pk, task_key="OPS_MISC_TASK", title=" Call  Maria ", realtor=maria
        )
        looked_at.refresh_from_db()
        task = AgentTask.objects.get()
        assert (task.name, task.realtor, item.pk) == ("Call Maria", maria, task.pk)
        assert (looked_at.created_task_id, looked_at.created_task_type) == (task.pk, "stray_task")

    def test_operations_make_an_activity_of_it(self, looked_at, ops):
        listing = factories.listing()
        act_as(ops, actions.make_task, looked_at.pk, task_key="SALE_ACTIVE_TASKS", title="Photos", listing=listing)
        looked_at.refresh_from_db()
        activity = Activity.objects.get()
        assert (activity.listing, looked_at.created_task_type) == (listing, "listing_task")

    def test_a_task_needs_a_realtor_or_a_listing(self, looked_at, ops):
        with pytest.raises(Refused, match="for which realtor"):
            act_as(ops, actions.make_task, looked_at.pk, task_key="OPS_MISC_TASK", title="Call")


class TestAccepting:
    def test_what_the_reading_says_is_made(self, slack, maria, ops, settings):
        settings.CONFIDENCE_LIMIT = 1.0
        ts = slack.say(LISTING)
        slack.work()
        slack.work_later()
        act_as(ops, actions.accept, slack.message(ts).pk)
        assert Listing.objects.get().address_string == "88 Harbour St"
        assert Review.objects.get().corrected_reading is None

    def test_an_addition_becomes_an_activity_of_the_listing(self, slack, maria, ops):
        slack.say(LISTING)
        slack.work()
        later = slack.say("please order the yard sign and a lockbox by Thursday", after=60)
        slack.work()
        act_as(ops, actions.accept, slack.message(later).pk)
        assert Listing.objects.get().activities.count() == 15

    def test_a_repetition_is_attached(self, slack, maria, ops):
        listing = factories.listing(address_string="88 Harbour St")
        ts = slack.say(LISTING)
        slack.work()
        act_as(ops, actions.accept, slack.message(ts).pk)
        assert Link.objects.get().item_id == listing.pk

    def test_a_file_without_a_word_is_attached(self, slack, maria, ops):
        slack.say(LISTING)
        slack.work()
        ts = slack.say("", after=60, subtype="file_share", files=[{"id": "F1", "name": "agreement.pdf"}])
        slack.work()
        act_as(ops, actions.accept, slack.message(ts).pk)
        assert Link.objects.get().item_id == Listing.objects.get().pk

    def test_without_a_realtor_it_asks_for_one(self, looked_at, ops):
        with pytest.raises(Refused, match="for which realtor"):
            act_as(ops, actions.accept, looked_at.pk)


class TestOfColleagues:
    """What a member of staff writes is for the realtor who is named in it (product.md, decision 7)."""

    @pytest.fixture
    def colleague(self):
        return factories.staff("operations", name="Tara Lindqvist", slack_user_id="U0STAFF")

    def look(self, slack, text, person, settings):
        settings.CONFIDENCE_LIMIT = 1.0
        ts = slack.say(text, by="U0STAFF")
        slack.work()
        slack.work_later()
        message = slack.message(ts)
        with acting_as("staff", person.pk):
            return message, look_page(queries.message_to_review(message.pk))

    def test_the_realtor_named_is_filled_in_and_taken(self, slack, maria, ops, colleague, settings):
        message, look = self.look(slack, LISTING + " for Maria Russo", ops, settings)
        assert (look.initial["realtor"], look.can_accept) == ("Maria Russo", True)
        assert look.sources["realtor"].words == "The realtor whom Tara Lindqvist names."
        item, _ = act_as(ops, actions.accept, message.pk)
        assert item.row().realtor == maria

    def test_that_none_is_named_is_said(self, slack, maria, ops, colleague, settings):
        message, look = self.look(slack, LISTING, ops, settings)
        assert "a colleague wrote it and names no realtor" in look.why
        assert (look.initial["realtor"], look.can_accept) == ("", False)
        with pytest.raises(Refused, match="for which realtor"):
            act_as(ops, actions.accept, message.pk)

    def test_a_realtor_named_in_another_message_of_the_breath_counts(self, slack, maria, ops, colleague):
        slack.say("I have a new listing for Maria Russo", by="U0STAFF")
        slack.receive()
        slack.say("94 Elm St, photos by Friday", by="U0STAFF", after=8)
        slack.work()
        slack.work_later()
        assert Listing.objects.get().realtor == maria


class TestAttachingAndIgnoring:
    def test_it_is_attached(self, looked_at, ops):
        listing = factories.listing()
        act_as(ops, actions.attach, looked_at.pk, kind="listing", item_id=listing.pk)
        link = Link.objects.get()
        assert (link.message, link.item_id, link.role) == (looked_at, listing.pk, "attached")
        with acting_as("staff", ops.pk):
            assert [seen.role for seen in behind("listing", listing.pk)] == ["attached"]

    def test_it_is_not_attached_to_what_is_gone(self, looked_at, ops):
        listing = factories.listing()
        listing.delete()
        with pytest.raises(Refused, match="not there any more"):
            act_as(ops, actions.attach, looked_at.pk, kind="listing", item_id=listing.pk)

    def test_it_is_ignored(self, looked_at, ops):
        act_as(ops, actions.ignore, looked_at.pk)
        looked_at.refresh_from_db()
        assert (looked_at.processing_status, looked_at.metadata["reason"]) == ("skipped", "ignored")

    def test_an_admin_brings_it_back(self, looked_at, ops):
        act_as(ops, actions.ignore, looked_at.pk)
        admin = factories.staff("admin")
        looked_at.refresh_from_db()
        act_as(admin, actions.bring_back, looked_at)
        with acting_as("staff", ops.pk):
            assert queries.message_to_review(looked_at.pk).reason == "unknown_sender"
        with pytest.raises(Refused):
            act_as(ops, actions.bring_back, looked_at)

    def test_a_proposal_that_is_ignored_leaves_what_it_was_about(self, slack, maria, ops):
        slack.say(LISTING)
        slack.work()
        ts = slack.say("please order the yard sign and a lockbox by Thursday", after=60)
        slack.work()
        act_as(ops, actions.ignore, slack.message(ts).pk)
        assert Listing.objects.get().activities.count() == 14


class TestOnce:
    def test_the_second_is_told_who_was_faster(self, looked_at, ops, maria):
        make_it(ops, looked_at, maria)
        other = factories.staff("admin")
        with pytest.raises(Refused, match="Already done: Helen Mbeki made something of it"):
            act_as(other, actions.ignore, looked_at.pk)

    def test_nothing_stays_of_what_the_second_made(self, looked_at, ops, maria, monkeypatch):
        with acting_as("staff", ops.pk):
            review = queries.message_to_review(looked_at.pk)
        act_as(ops, actions.ignore, looked_at.pk)
        monkeypatch.setattr(actions, "message_to_review", lambda _pk: review)
        with pytest.raises(Refused, match="Already done"), transaction.atomic():
            make_it(ops, looked_at, maria)
        assert not Listing.all_objects.exists()


class TestUndoing:
    def test_undoing_a_listing_that_a_person_made_asks_for_a_look_again(self, looked_at, ops, maria, slack):
        _, act_id = make_it(ops, looked_at, maria)
        with acting_as("staff", ops.pk):
            undo(act_id)
            assert queries.message_to_review(looked_at.pk).reason == "undone"
        looked_at.refresh_from_db()
        assert (looked_at.created_listing_id, looked_at.processing_status) == (None, "processed")
        assert not Listing.objects.exists()
        assert not Activity.objects.exists()
        assert slack.reactions() == []
        slack.work()
        assert not Listing.objects.exists()

    def test_undoing_an_intake_that_nobody_touched_asks_for_a_look(self, slack, maria, ops):
        ts = slack.say(LISTING)
        slack.work()
        intake, message = Act.objects.get(verb="created"), slack.message(ts)
        with acting_as("staff", ops.pk):
            undo(intake.pk)
            assert queries.message_to_review(message.pk).reason == "undone"
        assert not Listing.objects.exists()
        assert slack.message(ts).created_listing_id is None

    def test_an_intake_that_somebody_touched_stays(self, slack, maria, ops):
        slack.say(LISTING)
        slack.work()
        with acting_as("staff", ops.pk):
            claim(Activity.objects.first(), by=ops)
        with pytest.raises(Refused), acting_as("staff", ops.pk):
            undo(Act.objects.get(verb="created").pk)
        assert Listing.objects.exists()

    def test_undoing_the_undoing_settles_it_again(self, looked_at, ops, maria):
        item, act_id = make_it(ops, looked_at, maria)
        with acting_as("staff", ops.pk):
            undo(undo(act_id))
        looked_at.refresh_from_db()
        assert looked_at.created_listing_id == item.pk
        review = Review.objects.get()
        assert (review.resolution, review.resolved_by, review.reason) == ("made", ops.pk, "unknown_sender")

    def test_undoing_the_undoing_of_ignore_ignores_it_again(self, looked_at, ops):
        _, act_id = act_as(ops, actions.ignore, looked_at.pk)
        with acting_as("staff", ops.pk):
            undo(undo(act_id))
        looked_at.refresh_from_db()
        assert (looked_at.processing_status, looked_at.metadata["reason"]) == ("skipped", "ignored")
        assert Review.objects.get().resolution == "ignored"

    def test_undoing_bring_back_ignores_it_again(self, looked_at, ops):
        act_as(ops, actions.ignore, looked_at.pk)
        looked_at.refresh_from_db()
        admin = factories.staff("admin")
        _, act_id = act_as(admin, actions.bring_back, looked_at)
        with acting_as("staff", admin.pk):
            undo(act_id)
        looked_at.refresh_from_db()
        assert (looked_at.processing_status, looked_at.metadata["reason"]) == ("skipped", "ignored")
        assert not Review.objects.filter(resolved_at=None).exists()

    def test_undoing_ignore_asks_for_a_look_again(self, looked_at, ops):
        _, act_id = act_as(ops, actions.ignore, looked_at.pk)
        with acting_as("staff", ops.pk):
            undo(act_id)
            assert queries.message_to_review(looked_at.pk).reason == "unknown_sender"

    def test_undoing_attach_asks_for_a_look_again(self, looked_at, ops):
        _, act_id = act_as(ops, actions.attach, looked_at.pk, kind="listing", item_id=factories.listing().pk)
        with acting_as("staff", ops.pk):
            undo(act_id)
            assert queries.message_to_review(looked_at.pk)
        assert not Link.objects.exists()

    def test_what_was_taken_back_can_be_made_again(self, looked_at, ops, maria):
        _, act_id = make_it(ops, looked_at, maria)
        with acting_as("staff", ops.pk):
            undo(act_id)
        make_it(ops, looked_at, maria)
        assert Listing.objects.count() == 1


class TestReadingAgain:
    def test_an_admin_has_it_read_again_when_the_sender_is_known(self, looked_at, slack):
        admin = factories.staff("admin")
        factories.realtor(slack_user_id="U0NOBODY")
        act_as(admin, actions.read_again, looked_at)
        slack.work()
        looked_at.refresh_from_db()
        assert looked_at.created_listing == Listing.objects.get()
        assert Review.objects.get().resolution == "read_again"

    def test_reading_again_makes_nothing_twice(self, slack, maria):
        ts = slack.say(LISTING)
        slack.work()
        admin = factories.staff("admin")
        act_as(admin, actions.read_again, slack.message(ts))
        slack.work()
        assert Listing.all_objects.count() == 1
        assert Act.objects.filter(verb="already done").exists()

    def test_operations_may_not(self, looked_at, ops):
        with pytest.raises(Refused):
            act_as(ops, actions.read_again, looked_at)


class TestBehind:
    def test_whoever_sees_an_item_sees_its_message(self, slack, maria):
        ts = slack.say(LISTING)
        slack.work()
        listing = Listing.objects.get()
        for role in ("admin", "operations", "marketing", "support"):
            with acting_as("staff", factories.staff(role).pk):
                (seen,) = behind("listing", listing.pk)
                assert (seen.ts, seen.text, seen.role) == (ts, LISTING, "made")
                assert seen.link == f"https://slack.com/archives/C1/p{ts.replace('.', '')}"

    def test_who_does_not_see_an_item_does_not_see_its_message(self, slack, maria):
        slack.say("can you please order business cards for me by Thursday noon?")
        slack.work()
        task = AgentTask.objects.get()
        with acting_as("staff", factories.staff("marketing").pk):
            assert behind("agent_task", task.pk) == []
        with acting_as(None):
            assert behind("agent_task", task.pk) == []

    def test_an_activity_of_a_template_shows_its_listings_message(self, slack, maria):
        slack.say(LISTING)
        slack.work()
        activity = Activity.objects.filter(visibility_group="BOTH").first()
        with acting_as("staff", factories.staff("support").pk):
            assert len(behind("activity", activity.pk)) == 1
        agents = Activity.objects.filter(visibility_group="AGENT").first()
        with acting_as("staff", factories.staff("marketing").pk):
            assert behind("activity", agents.pk) == []


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT app.sees_item('listing', 'x')",
        "SELECT app.undo_change_of_slack_messages(1)",
        "SELECT app.undo_change_of_slackintake_review(1)",
        "SELECT app.undo_change_of_slackintake_outbox(1)",
    ],
)
def test_the_inner_functions_are_not_for_the_web_role(statement, ops):
    from django.db import connection

    with (
        pytest.raises(DatabaseError, match="permission denied"),
        acting_as("staff", ops.pk),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.parametrize("table", ["slackintake_review", "slackintake_link", "slackintake_outbox", "slackintake_job"])
def test_only_functions_and_admins_write_the_bookkeeping(table, looked_at, ops):
    from django.db import connection

    with acting_as("staff", ops.pk), connection.cursor() as cursor:
        cursor.execute(f"WITH gone AS (DELETE FROM {table} RETURNING 1) SELECT count(*) FROM gone")
        assert cursor.fetchone() == (0,)


def test_accepting_a_request_about_one_open_listing_makes_an_activity_of_it(slack, maria, ops):
    there = factories.listing(address_string="789 Valencia St", realtor=maria)
    message = factories.message_to_review(
        slack_user_id="U1",
        message_text="Please book a cleaner for 789 Valencia St",
        classification=read_reading("Please book a cleaner for 789 Valencia St"),
    )
    item, _ = act_as(ops, actions.accept, message.pk)
    assert item.kind == "activity"
    assert Activity.objects.get(pk=item.pk).listing_id == there.pk


def test_asking_lets_the_task_wait_and_the_message_goes_on_needing_a_look(slack, maria, ops):
    task = factories.agent_task(realtor=maria)
    message = factories.message(slack_user_id="U1", processing_status="processed")
    Review.objects.create(message=message, reason="proposal", kind="agent_task", item_id=task.pk)
    found, _ = act_as(ops, actions.ask, message.pk)
    assert found.pk == task.pk
    assert Waiting.objects.filter(item_id=task.pk, ended_at=None).count() == 1
    act_as(ops, actions.ask, message.pk, knowing_of=Review.objects.get(message=message).question_at)
    assert Waiting.objects.count() == 1
    assert Review.objects.filter(message=message, resolved_at=None).exists()


def read_reading(text):
    return read(text, datetime(2026, 3, 2, 17, tzinfo=UTC), office_tz=office_zone()).to_json()


class TestSplittingAndJoining:
    @pytest.fixture
    def admin(self):
        return factories.staff("admin")

    @pytest.fixture
    def bundle(self, slack, maria):
        """Two messages of one breath that became one listing."""
        first = slack.say("I have a new sale listing for you")
        second = slack.say("88 Harbour St, photos by Friday", after=8)
        slack.work()
        slack.work_later()
        one, two = slack.message(first), slack.message(second)
        head, member = (two, one) if one.metadata.get("bundle") else (one, two)
        assert member.metadata["bundle"] == head.pk
        return head, member

    def test_a_message_split_off_needs_a_look_of_its_own(self, bundle, admin, ops):
        head, member = bundle
        item = item_of(head)
        before = [message.classification for message in bundle]
        _, act_id = act_as(admin, actions.split_off, member)
        member.refresh_from_db(), head.refresh_from_db()
        assert "bundle" not in member.metadata
        assert item_of(member) is None
        assert item_of(head) == item
        types = {message.message_text[:6]: message.message_type for message in bundle}
        assert types == {"I have": "INFO_REQUEST", "88 Har": "STRAY"}
        with acting_as("staff", ops.pk):
            reason = queries.message_to_review(member.pk).reason
        assert reason == ("info_request" if member.message_type == "INFO_REQUEST" else "to_decide")
        assert not Review.objects.filter(message=head, resolved_at=None).exists()
        with pytest.raises(Refused, match="no bundle any more"):
            act_as(admin, actions.split_off, member)
        with acting_as("staff", admin.pk):
            undo(act_id)
        member.refresh_from_db()
        assert member.metadata["bundle"] == head.pk
        assert item_of(member) == item
        assert not Review.objects.filter(message=member, resolved_at=None).exists()
        assert [SlackMessage.objects.get(pk=message.pk).classification for message in bundle] == before

    def test_a_split_bundle_of_a_stranger_needs_two_looks_of_their_own(self, slack, admin):
        said = [
            slack.say("I have a new listing for sale", by="U0NEW"),
            slack.say("94 Elm St, photos by Friday", by="U0NEW", after=8),
        ]
        slack.work()
        slack.work_later()
        head = Review.objects.get().message
        (member,) = members_of(head)
        act_as(admin, actions.split_off, member)
        assert {review.reason for review in Review.objects.all()} == {"unknown_sender"}
        assert Review.objects.count() == 2
        assert [slack.message(ts).classification["listing"]["address"] for ts in said] == [None, "94 Elm St"]

    def test_what_was_ignored_as_chatter_is_read_when_it_is_brought_back(self, slack, maria, admin):
        ts = slack.say("thanks!")
        slack.work()
        act_as(admin, actions.bring_back, slack.message(ts))
        assert Review.objects.get().reason == "to_decide"

    def test_a_joined_message_is_read_with_the_one_it_is_joined_to(self, slack, maria, admin):
        first = slack.say("I have a new listing for sale")
        slack.work()
        slack.work_later()
        slack.say("94 Elm St", after=600)
        slack.work()
        slack.work_later()
        second = SlackMessage.objects.get(message_text="94 Elm St")
        act_as(admin, actions.join_to_previous, second)
        assert slack.message(first).classification["listing"]["address"] == "94 Elm St"
        assert Review.objects.get(resolved_at=None).reason == "to_decide"

    def test_a_message_is_joined_to_what_its_sender_wrote_before(self, slack, maria, admin):
        slack.say(LISTING)
        slack.work()
        listing = Listing.objects.get()
        late = slack.say("the seller is lovely", after=600)
        slack.work()
        slack.work_later()
        _, act_id = act_as(admin, actions.join_to_previous, slack.message(late))
        joined = slack.message(late)
        assert item_of(joined).pk == listing.pk
        assert not Review.objects.filter(message=joined, resolved_at=None).exists()
        assert joined.processing_status == "processed"
        with acting_as("staff", admin.pk):
            assert sorted(seen.role for seen in behind("listing", listing.pk)) == ["bundle", "made"]
            undo(act_id)
        assert item_of(slack.message(late)) is None
        assert "bundle" not in slack.message(late).metadata

    def test_what_made_something_or_came_first_is_not_joined(self, slack, maria, admin):
        first = slack.say(LISTING)
        slack.work()
        with pytest.raises(Refused, match="Something was made of this message"):
            act_as(admin, actions.join_to_previous, slack.message(first))
        alone = slack.say("hello", by="U0NOBODY")
        slack.work()
        slack.work_later()
        with pytest.raises(Refused, match="wrote nothing before it"):
            act_as(admin, actions.join_to_previous, slack.message(alone))

    def test_only_admins_split_and_join(self, bundle, ops):
        for verb in (actions.split_off, actions.join_to_previous):
            with pytest.raises(Refused, match="Only admins"):
                act_as(ops, verb, bundle[1])
