"""The verbs: what each does, whom it refuses, and what it leaves in the history."""

from datetime import timedelta

import pytest
from django.utils import timezone

from common.conflicts import Conflict
from common.history import Refused, undo
from common.models import Act
from common.principal import acting_as
from common.queries import history_of, last_undoable_act
from tasks import actions, queries
from tasks.models import Activity, AgentTask, Status
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def priya():
    return factories.staff("operations", name="Priya Patel")


@pytest.fixture
def helen():
    return factories.staff("operations", name="Helen Mbeki")


@pytest.fixture
def mark():
    return factories.staff("marketing", name="Mark Adeyemi")


@pytest.fixture(params=["activity", "agent_task"])
def task(request):
    return getattr(factories, request.param)(name="Order yard sign")


def as_now(task):
    return type(task).all_objects.get(pk=task.pk)


def test_claiming_makes_it_mine_and_history_says_who(task, priya):
    with acting_as("staff", priya.pk):
        actions.claim(task, by=priya)
        entry = history_of(task._meta.db_table, task.pk)[0]
    task = as_now(task)
    assert (task.status, task.assigned_staff) == (Status.CLAIMED, priya)
    assert task.claimed_at is not None
    assert (entry.verb, entry.actor_id, entry.after["status"]) == ("claimed", priya.pk, "CLAIMED")


def test_the_loser_of_a_claim_is_told_who_has_it(task, priya, helen):
    with acting_as("staff", priya.pk):
        actions.claim(task, by=priya)
    with acting_as("staff", helen.pk), pytest.raises(actions.Taken, match=r"Priya took it (just now|\d s ago)\."):
        actions.claim(task, by=helen)
    assert as_now(task).assigned_staff == priya


def test_a_refused_act_leaves_no_trace(task, priya, helen):
    with acting_as("staff", priya.pk):
        actions.claim(task, by=priya)
    acts = Act.objects.count()
    with acting_as("staff", helen.pk), pytest.raises(Refused):
        actions.claim(task, by=helen)
    assert Act.objects.count() == acts


def test_releasing_gives_it_back(task, priya):
    with acting_as("staff", priya.pk):
        actions.claim(task, by=priya)
        actions.release(as_now(task), by=priya)
    task = as_now(task)
    assert (task.status, task.assigned_staff, task.claimed_at) == (Status.OPEN, None, None)


def test_marketing_can_release_an_agent_task_it_sees_only_as_its_owner(mark):
    task = factories.agent_task(assigned_staff=mark)
    with acting_as("staff", mark.pk):
        actions.release(task, by=mark)
        assert not AgentTask.objects.exists()
    assert as_now(task).status == Status.OPEN


def test_assigning_an_open_task_makes_it_claimed_by_the_receiver(task, priya, helen):
    with acting_as("staff", priya.pk):
        actions.assign(task, to=helen, by=priya)
    task = as_now(task)
    assert (task.status, task.assigned_staff) == (Status.CLAIMED, helen)


def test_nobody_is_given_what_their_team_does_not_see(priya, mark):
    task = factories.activity(visibility_group="AGENT")
    with acting_as("staff", priya.pk), pytest.raises(Refused, match="Marketing does not see"):
        actions.assign(task, to=mark, by=priya)


def test_stepping_in_for_a_colleague_wants_a_reason(task, priya, helen):
    with acting_as("staff", priya.pk):
        actions.claim(task, by=priya)
    with acting_as("staff", helen.pk):
        with pytest.raises(Refused, match="Priya has it"):
            actions.complete(as_now(task), by=helen)
        actions.complete(as_now(task), by=helen, reason="Priya is ill")
    assert as_now(task).status == Status.DONE


def test_marketing_never_steps_in_for_a_colleague(priya, mark):
    task = factories.activity(assigned_staff=priya)
    with acting_as("staff", mark.pk), pytest.raises(Refused, match="Only operations and admins"):
        actions.complete(task, by=mark, reason="because")


def test_starting_and_completing_keep_what_came_of_it(task, priya):
    with acting_as("staff", priya.pk):
        actions.claim(task, by=priya)
        actions.start(as_now(task), by=priya)
        assert as_now(task).status == Status.IN_PROGRESS
        actions.complete(as_now(task), by=priya, outputs={"note": "Sign is up"})
    task = as_now(task)
    assert (task.status, task.outputs) == (Status.DONE, {"note": "Sign is up"})
    assert task.completed_at is not None


def test_completing_an_open_task_records_me_as_its_owner(task, priya):
    with acting_as("staff", priya.pk):
        actions.complete(task, by=priya)
    task = as_now(task)
    assert (task.status, task.assigned_staff) == (Status.DONE, priya)
    assert task.claimed_at is not None


@pytest.mark.parametrize("verb", ["fail", "cancel"])
def test_failing_and_cancelling_want_a_reason(task, priya, verb):
    with acting_as("staff", priya.pk):
        actions.claim(task, by=priya)
        with pytest.raises(Refused, match="Say in one line why"):
            getattr(actions, verb)(as_now(task), by=priya, reason=" ")
        getattr(actions, verb)(as_now(task), by=priya, reason="seller withdrew")
        assert history_of(task._meta.db_table, task.pk)[0].reason == "seller withdrew"


def test_reopening_makes_it_open_or_mine(task, priya):
    with acting_as("staff", priya.pk):
        actions.complete(task, by=priya)
        actions.reopen(as_now(task), by=priya, reason="sign fell over")
        assert as_now(task).status == Status.OPEN
        actions.complete(as_now(task), by=priya)
        actions.reopen(as_now(task), by=priya, reason="again", for_me=True)
    task = as_now(task)
    assert (task.status, task.assigned_staff, task.completed_at) == (Status.CLAIMED, priya, None)


def test_whoever_saw_it_only_as_its_owner_keeps_it_when_reopening(mark):
    task = factories.agent_task(assigned_staff=mark)
    with acting_as("staff", mark.pk):
        actions.complete(task, by=mark)
        actions.reopen(as_now(task), by=mark, reason="not finished")
    assert as_now(task).assigned_staff == mark


def test_due_and_priority_change_an_open_task_only(task, priya):
    with acting_as("staff", priya.pk):
        actions.set_due(task, due=factories.NOON, by=priya)
        actions.set_priority(as_now(task), priority=8, by=priya)
        with pytest.raises(Refused, match="0 to 10"):
            actions.set_priority(as_now(task), priority=11, by=priya)
        actions.complete(as_now(task), by=priya)
        with pytest.raises(Refused, match="reopen it first"):
            actions.set_due(as_now(task), due=None, by=priya)
    assert (as_now(task).due_date, as_now(task).priority) == (factories.NOON, 8)


def test_only_admins_remove_and_restore(task, priya):
    admin = factories.staff("admin")
    with acting_as("staff", priya.pk), pytest.raises(Refused, match="Only admins"):
        actions.remove(task, by=priya)
    with acting_as("staff", admin.pk):
        actions.remove(task, by=admin)
        assert (as_now(task).deleted_by, as_now(task).deleted_at is None) == (admin.pk, False)
        with pytest.raises(Refused, match="removed already"):
            actions.remove(task, by=admin)
        with pytest.raises(Refused, match="has been removed"):
            actions.complete(as_now(task), by=admin)
        actions.restore(as_now(task), by=admin)
    assert (as_now(task).deleted_by, as_now(task).deleted_at) == (None, None)


def test_two_people_may_edit_different_fields_at_once(task, priya, helen):
    opened = {"name": task.name, "priority": task.priority}
    with acting_as("staff", priya.pk):
        actions.edit(task, opened=opened, wanted=opened | {"name": "Order two signs"}, by=priya)
    with acting_as("staff", helen.pk):
        assert actions.edit(task, opened=opened, wanted=opened | {"priority": 9}, by=helen) == ["priority"]
    assert (as_now(task).name, as_now(task).priority) == ("Order two signs", 9)


def test_the_same_field_changed_twice_is_a_conflict_and_nothing_is_saved(task, priya, helen):
    opened = {"name": task.name, "priority": task.priority}
    with acting_as("staff", priya.pk):
        actions.edit(task, opened=opened, wanted=opened | {"name": "Order two signs"}, by=priya)
    with acting_as("staff", helen.pk), pytest.raises(Conflict) as conflict:
        actions.edit(task, opened=opened, wanted={"name": "Order a big sign", "priority": 9}, by=helen)
    assert conflict.value.fields == {"name": ("Order two signs", "Order a big sign")}
    assert as_now(task).priority == 0


def test_a_moment_is_no_conflict_for_its_seconds(task, priya):
    """A form shows moments to the minute: what an import brought with seconds has not been changed by anybody."""
    now = timezone.now().replace(second=41)
    type(task).objects.filter(pk=task.pk).update(due_date=now)
    later = now.replace(second=0, microsecond=0) + timedelta(days=1)
    with acting_as("staff", priya.pk):
        opened = {"due_date": now.replace(second=0, microsecond=0)}
        assert actions.edit(task, opened=opened, wanted={"due_date": later}, by=priya) == ["due_date"]
    assert as_now(task).due_date == later


def test_undo_takes_the_last_act_back(task, priya):
    with acting_as("staff", priya.pk):
        actions.claim(task, by=priya)
        undo(last_undoable_act(priya.pk).pk)
        assert last_undoable_act(priya.pk) is None
    task = as_now(task)
    assert (task.status, task.assigned_staff, task.claimed_at) == (Status.OPEN, None, None)


def test_undo_stops_at_somebody_elses_newer_change(task, priya, helen):
    with acting_as("staff", priya.pk):
        actions.set_priority(task, priority=5, by=priya)
    with acting_as("staff", helen.pk):
        actions.set_priority(as_now(task), priority=9, by=helen)
    with acting_as("staff", priya.pk), pytest.raises(Refused, match="changed this since"):
        undo(last_undoable_act(priya.pk).pk)
    assert as_now(task).priority == 9


def test_nobody_undoes_another_persons_act(task, priya, helen):
    with acting_as("staff", priya.pk):
        actions.claim(task, by=priya)
        act_id = last_undoable_act(priya.pk).pk
    with acting_as("staff", helen.pk), pytest.raises(Refused, match="own acts"):
        undo(act_id)


def test_undoing_a_new_task_removes_it_softly(priya):
    listing = factories.listing()
    with acting_as("staff", priya.pk):
        made = actions.create_activity(listing=listing, by=priya, name="Order sign", task_category="STAGING")
        undo(last_undoable_act(priya.pk).pk)
        assert not Activity.objects.exists()
    assert as_now(made).deleted_by == priya.pk


def test_cancelling_a_listing_is_one_act_and_one_undo(priya):
    listing = factories.listing()
    for _ in range(3):
        factories.activity(listing=listing)
    with acting_as("staff", priya.pk):
        assert actions.cancel_listing(listing, by=priya, reason="seller withdrew") == 3
        listing.refresh_from_db()
        assert (listing.status, listing.progress) == ("completed", 100)
        undo(last_undoable_act(priya.pk).pk)
    listing.refresh_from_db()
    assert (listing.status, listing.progress) == ("new", 0)
    assert set(Activity.objects.values_list("status", flat=True)) == {"OPEN"}


def test_removing_a_listing_takes_its_live_activities_and_restoring_brings_back_precisely_these():
    from listings.actions import remove_listing, restore_listing

    admin, listing = factories.staff("admin"), factories.listing()
    first, second = factories.activity(listing=listing), factories.activity(listing=listing)
    with acting_as("staff", admin.pk):
        actions.remove(first, by=admin)
        remove_listing(listing, by=admin)
        assert not Activity.objects.exists()
        listing.refresh_from_db()
        assert as_now(second).deleted_at == listing.deleted_at
        restore_listing(listing, by=admin)
        assert list(Activity.objects.all()) == [second]


def test_whoever_is_too_late_is_offered_the_next_of_the_kind_else_the_first():
    priya = factories.staff("operations")
    day = factories.NOON
    first, lost, following = (factories.activity(due_date=day + timedelta(days=n)) for n in range(3))
    factories.agent_task(due_date=day + timedelta(days=1, hours=1))
    with acting_as("staff", priya.pk):
        assert queries.next_unclaimed(lost, priya).id == following.pk
        assert queries.next_unclaimed(following, priya).id == first.pk
        for task in (lost, following, first):
            actions.claim(task, by=priya)
        assert queries.next_unclaimed(lost, priya) is None
