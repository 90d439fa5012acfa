"""One verb on a selection: per-row answers, one act, one undo."""

import pytest

from common.history import Refused, undo
from common.models import Act
from common.principal import acting_as
from common.queries import last_undoable_act
from tasks import actions, bulk, queries
from tasks.models import Activity, AgentTask
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def priya():
    return factories.staff("operations", name="Priya Patel")


def items(*tasks):
    return [bulk.Item(task.kind, task.pk) for task in tasks]


def test_each_row_gets_its_answer_and_the_act_is_one(priya):
    helen = factories.staff("operations", name="Helen Mbeki")
    free = [factories.activity(), factories.agent_task()]
    taken = factories.activity(assigned_staff=helen, name="Order sign")
    gone = factories.activity()
    gone.delete()
    acts = Act.objects.count()
    with acting_as("staff", priya.pk):
        outcome = bulk.for_each(
            items(*free, taken, gone), lambda task: actions.claim(task, by=priya), verb="claimed", by=priya
        )
        assert outcome.told("task") == "Claimed 2 tasks, 1 already taken, 1 not yours or gone"
        assert "Helen took it" in outcome.left[0].why
        assert Act.objects.count() == acts + 1
        undo(last_undoable_act(priya.pk).pk)
    assert Activity.objects.filter(assigned_staff=priya).count() == 0
    assert AgentTask.objects.filter(assigned_staff=priya).count() == 0
    assert Activity.objects.get(pk=taken.pk).assigned_staff == helen


@pytest.mark.parametrize(
    ("field", "before", "after", "change"),
    [
        ("priority", 2, 6, lambda task, by: actions.set_priority(task, priority=6, by=by)),
        ("due_date", None, factories.NOON, lambda task, by: actions.set_due(task, due=factories.NOON, by=by)),
    ],
)
def test_what_was_so_already_is_not_counted_as_changed(priya, field, before, after, change):
    tasks = [factories.activity(**{field: before}), factories.agent_task(**{field: after})]
    with acting_as("staff", priya.pk):
        outcome = bulk.for_each(items(*tasks), lambda task: change(task, priya), verb="changed", by=priya)
    assert outcome.told("task") == f"Changed {tasks[0].name}, 1 already so"
    assert outcome.left[0].why == "It is so already."


def test_what_i_may_not_see_is_not_touched():
    mark = factories.staff("marketing")
    hidden = factories.activity(visibility_group="AGENT")
    with acting_as("staff", mark.pk):
        outcome = bulk.for_each(
            items(hidden), lambda task: actions.set_priority(task, priority=9, by=mark), verb="set priority", by=mark
        )
    assert outcome.missing == 1
    assert Activity.objects.get(pk=hidden.pk).priority == 0


def test_all_that_match_is_fixed_when_it_is_asked(priya):
    first = factories.activity()
    with acting_as("staff", priya.pk):
        selection = bulk.matching(queries.inbox_selection(priya), priya)
        later = factories.activity()
        bulk.for_each(selection, lambda task: actions.claim(task, by=priya), verb="claimed", by=priya)
    assert Activity.objects.get(pk=first.pk).status == "CLAIMED"
    assert Activity.objects.get(pk=later.pk).status == "OPEN"


def test_nothing_selected_and_too_much_are_refused(priya, monkeypatch):
    with acting_as("staff", priya.pk):
        with pytest.raises(Refused, match="Nothing is selected"):
            bulk.for_each([], lambda task: None, verb="claimed", by=priya)
        monkeypatch.setattr(bulk, "LIMIT", 1)
        with pytest.raises(Refused, match="too many at once"):
            bulk.for_each(
                items(factories.activity(), factories.activity()), lambda task: None, verb="claimed", by=priya
            )


def test_two_hundred_tasks_are_done_in_one_act(priya):
    listing = factories.listing()
    tasks = Activity.objects.bulk_create(
        Activity(listing=listing, name=f"Task {number}", task_category="ADMIN") for number in range(200)
    )
    with acting_as("staff", priya.pk):
        outcome = bulk.for_each(
            items(*tasks), lambda task: actions.complete(task, by=priya), verb="completed", by=priya
        )
    assert len(outcome.changed) == 200
    listing.refresh_from_db()
    assert listing.progress == 100
