"""Snoozing, waiting on the realtor, declining and merging duplicates."""

from datetime import timedelta

import pytest
from django.utils import timezone

from common.history import Refused, undo
from common.jobs import clock_jobs
from common.principal import acting_as
from common.queries import last_undoable_act
from listings.actions import write_note
from listings.queries import notes_of
from tasks import actions, queries, triage
from tasks.models import Snooze, TaskLink, Waiting
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def priya():
    return factories.staff("operations", name="Priya Patel")


@pytest.fixture
def helen():
    return factories.staff("operations", name="Helen Mbeki")


@pytest.fixture(params=["activity", "agent_task"])
def task(request):
    return getattr(factories, request.param)(name="Order yard sign")


def titles(page):
    return [row.title for row in page.rows]


def in_an_hour():
    return timezone.now() + timedelta(hours=1)


def test_a_snoozed_item_leaves_my_inbox_and_nobody_elses(task, priya, helen):
    with acting_as("staff", priya.pk):
        triage.snooze(task, until=in_an_hour(), by=priya)
        assert titles(queries.for_inbox(priya)) == []
        assert titles(queries.for_inbox(priya, tab="snoozed")) == ["Order yard sign"]
    with acting_as("staff", helen.pk):
        assert titles(queries.for_inbox(helen)) == ["Order yard sign"]
        assert titles(queries.for_inbox(helen, tab="snoozed")) == []


def test_it_wakes_at_its_time(task, priya):
    with acting_as("staff", priya.pk):
        triage.snooze(task, until=in_an_hour(), by=priya)
    Snooze.objects.update(until=timezone.now() - timedelta(seconds=1))
    (job,) = [job for job in clock_jobs() if job.name == "tasks.wake_snoozed"]
    with acting_as("system", "clock"):
        job.run()
    with acting_as("staff", priya.pk):
        rows = queries.for_inbox(priya).rows
    assert [row.mark for row in rows] == ["back: its time has come"]


def test_it_wakes_at_once_when_the_realtor_writes(task, priya):
    realtor = factories.realtor()
    if task.kind == "activity":
        task.listing.realtor = realtor
        task.listing.save()
    else:
        type(task).objects.filter(pk=task.pk).update(realtor=realtor)
    with acting_as("staff", priya.pk):
        triage.snooze(task, until=None, by=priya)
        triage.wait(task, for_what="floor plan", by=priya)
        assert titles(queries.for_inbox(priya, tab="waiting")) == ["Order yard sign"]
    with acting_as("system", "command"):
        assert triage.wake_for_realtor(realtor.pk) == 2
    with acting_as("staff", priya.pk):
        assert [row.mark for row in queries.for_inbox(priya).rows] == ["back: new message"]
    assert Waiting.objects.get().end_reason == "new message"


def test_what_is_closed_is_not_snoozed(task, priya):
    with acting_as("staff", priya.pk):
        triage.decline(task, reason="test", by=priya)
        task.refresh_from_db()
        with pytest.raises(Refused, match="It is closed, so there is nothing to put off"):
            triage.snooze(task, until=None, by=priya)


def test_snoozing_into_the_past_is_refused(task, priya):
    with acting_as("staff", priya.pk), pytest.raises(Refused, match="lies ahead"):
        triage.snooze(task, until=timezone.now() - timedelta(days=1), by=priya)


def test_snoozing_can_be_undone_and_taken_back(task, priya):
    with acting_as("staff", priya.pk):
        triage.snooze(task, until=None, by=priya)
        undo(last_undoable_act(priya.pk).pk)
        assert titles(queries.for_inbox(priya)) == ["Order yard sign"]
        triage.snooze(task, until=None, by=priya)
        triage.unsnooze(task, by=priya)
        assert titles(queries.for_inbox(priya)) == ["Order yard sign"]


def test_waiting_stands_in_its_own_tab_until_the_answer_is_there(task, priya):
    with acting_as("staff", priya.pk):
        with pytest.raises(Refused, match="what you wait for"):
            triage.wait(task, for_what=" ", by=priya)
        triage.wait(task, for_what="floor plan", by=priya)
        with pytest.raises(Refused, match="already"):
            triage.wait(task, for_what="floor plan", by=priya)
        assert titles(queries.for_inbox(priya)) == []
        assert [row.mark for row in queries.for_inbox(priya, tab="waiting").rows] == [
            "waits for floor plan, since today"
        ]
        triage.stop_waiting(task, by=priya)
        assert titles(queries.for_inbox(priya)) == ["Order yard sign"]


def test_what_is_closed_waits_for_nothing_until_that_is_undone(task, priya):
    with acting_as("staff", priya.pk):
        triage.wait(task, for_what="floor plan", by=priya)
        actions.complete(task, by=priya)
        assert Waiting.objects.get().end_reason == "completed"
        undo(last_undoable_act(priya.pk).pk)
        assert Waiting.objects.get().ended_at is None


def test_a_duplicate_is_cancelled_its_notes_move_and_a_link_stays(task, priya, helen):
    stays = factories.activity(name="The one that stays")
    with acting_as("staff", helen.pk):
        write_note(kind=task.kind, item_id=task.pk, text="Seller wants two signs", by=helen)
    with acting_as("staff", priya.pk):
        triage.duplicate_of(task, stays, by=priya)
        assert [note.text for note in notes_of("activity", stays.pk)] == ["Seller wants two signs"]
        assert type(task).objects.get(pk=task.pk).status == "CANCELLED"
        assert TaskLink.objects.get().to_id == stays.pk
        undo(last_undoable_act(priya.pk).pk)
        assert type(task).objects.get(pk=task.pk).status == "OPEN"
        assert [note.text for note in notes_of(task.kind, task.pk)] == ["Seller wants two signs"]
        assert not TaskLink.objects.exists()


def test_what_is_reopened_is_no_duplicate_any_more_and_may_become_one_again(task, priya):
    first, second = factories.activity(), factories.activity()
    with acting_as("staff", priya.pk):
        triage.duplicate_of(task, first, by=priya)
        task.refresh_from_db()
        actions.reopen(task, by=priya, reason="they are two")
        assert not TaskLink.objects.exists()
        undo(last_undoable_act(priya.pk).pk)
        assert TaskLink.objects.get().to_id == first.pk
        task.refresh_from_db()
        actions.reopen(task, by=priya, reason="they are two")
        task.refresh_from_db()
        triage.duplicate_of(task, second, by=priya)
        assert TaskLink.objects.get().to_id == second.pk


def test_nothing_is_a_duplicate_of_itself_or_of_a_duplicate(priya):
    first, second, third = (factories.activity() for _ in range(3))
    with acting_as("staff", priya.pk):
        with pytest.raises(Refused, match="itself"):
            triage.duplicate_of(first, first, by=priya)
        triage.duplicate_of(first, second, by=priya)
        with pytest.raises(Refused, match="is a duplicate itself"):
            triage.duplicate_of(third, first, by=priya)


def test_declining_cancels_with_the_reason(task, priya):
    with acting_as("staff", priya.pk):
        triage.decline(task, reason="not for us", by=priya)
        assert titles(queries.for_inbox(priya)) == []
    assert type(task).objects.get(pk=task.pk).status == "CANCELLED"


def test_the_snooze_choices_lie_ahead(priya):
    task = factories.activity(due_date=timezone.now() + timedelta(days=20))
    with acting_as("staff", priya.pk):
        choices = triage.snooze_choices(task)
    assert [(digit, words) for digit, words, _ in choices] == [
        (1, "Later today"),
        (2, "Tomorrow, 9 am"),
        (3, "Monday, 9 am"),
        (4, "The working day before it is due"),
        (5, "Until the realtor writes"),
    ]
    assert all(moment is None or moment > timezone.now() for _, _, moment in choices)


def test_a_digit_means_the_same_where_there_is_no_working_day_before(priya):
    with acting_as("staff", priya.pk):
        choices = triage.snooze_choices(factories.activity(due_date=timezone.now() - timedelta(days=20)))
    assert [digit for digit, _, _ in choices] == [1, 2, 3, 5]
    assert choices[-1][1:] == ("Until the realtor writes", None)


@pytest.mark.parametrize("role", ["admin", "operations", "marketing", "support"])
@pytest.mark.parametrize("tab", ["", "listing", "realtor", "snoozed", "waiting"])
def test_every_role_may_open_every_tab(role, tab):
    person = factories.staff(role)
    factories.activity()
    factories.agent_task()
    with acting_as("staff", person.pk):
        first = queries.for_inbox(person, tab=tab)
        after = queries.Cursor(timezone.now(), 5, factories.unknown_id())
        assert queries.for_inbox(person, tab=tab, after=after).number <= first.number
        assert queries.for_inbox(person, tab=tab, after=after._replace(moment=None)).number <= first.number
        assert queries.counts(person).inbox == (2 if role in {"admin", "operations"} else 1)
