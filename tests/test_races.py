"""Two people at once, in real transactions as the web role: what they do must come out as if one had been first.

``RACING_PAIRS=2000 pytest tests/test_races.py`` races more pairs of claims, as .ci/run does.
"""

import os
import threading

import pytest
from django.db import DatabaseError, connection, connections
from django.utils import timezone

from common.history import Refused, last_act, undo
from common.models import Act, Change
from common.principal import acting_as
from common.queries import change_counter
from listings.actions import remove_listing
from listings.models import Listing
from staff.models import Staff
from tasks import actions, triage
from tasks.models import Activity, AgentTask, Status, TaskLink, Waiting
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

PAIRS = int(os.environ.get("RACING_PAIRS", "100"))


def race(rounds, *runners):
    """Run the runners side by side, each round begun at one moment; give each runner's answers, one for each round."""
    start = threading.Barrier(len(runners), timeout=30)
    answers = [[] for _ in runners]
    failures = []

    def run(runner, mine):
        try:
            connection.ensure_connection()
            for each in rounds:
                start.wait()
                mine.append(runner(each))
        except BaseException as failure:
            failures.append(failure)
            start.abort()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in zip(runners, answers, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for failure in failures:
        if not isinstance(failure, threading.BrokenBarrierError):
            raise failure
    return answers


def as_person(person, deed):
    """A runner that does a deed as this person; its answer is what was raised, or None."""

    def runner(item):
        try:
            with acting_as("staff", person.pk):
                deed(item, person)
        except (Refused, DatabaseError) as refusal:
            return refusal
        return None

    return runner


def test_of_two_who_claim_one_task_one_has_it_and_the_other_is_told_who():
    priya, mark = factories.staff("operations", name="Priya Patel"), factories.staff("admin", name="Mark Adeyemi")
    listing, realtor = factories.listing(), factories.realtor()
    names = {"name": "Order sign"}
    tasks = Activity.objects.bulk_create(
        Activity(listing=listing, task_category="STAGING", **names) for _ in range(PAIRS // 2)
    )
    tasks += AgentTask.objects.bulk_create(
        AgentTask(realtor=realtor, task_key="BUYER_DEAL", **names) for _ in range(PAIRS - PAIRS // 2)
    )
    before = Change.objects.latest("change_id").pk

    def claim(task, person):
        actions.claim(task, by=person)

    first, second = race(tasks, as_person(priya, claim), as_person(mark, claim))
    for task, *refusals in zip(tasks, first, second, strict=True):
        owner = type(task).objects.get(pk=task.pk).assigned_staff
        won = [person for person, refusal in zip((priya, mark), refusals, strict=True) if refusal is None]
        assert won == [owner]
        (told,) = (refusal for refusal in refusals if refusal is not None)
        assert isinstance(told, actions.Taken)
        assert told.holder == owner
    claims = Change.objects.filter(pk__gt=before, table_name__in=["activities", "agent_tasks"])
    assert claims.count() == Act.objects.filter(verb="claimed").count() == len(tasks)


def test_claiming_and_completing_at_once_leaves_one_owner():
    priya, mark = factories.staff("operations"), factories.staff("operations")
    tasks = [factories.activity() for _ in range(20)]
    first, second = race(
        tasks,
        as_person(priya, lambda task, me: actions.claim(task, by=me)),
        as_person(mark, lambda task, me: actions.complete(task, by=me)),
    )
    for task, claimed, completed in zip(tasks, first, second, strict=True):
        now = Activity.objects.get(pk=task.pk)
        assert (claimed is None) != (completed is None)
        assert (now.status, now.assigned_staff) == ((Status.CLAIMED, priya) if claimed is None else (Status.DONE, mark))


def test_of_two_who_let_one_task_wait_one_is_told_that_it_waits():
    priya, mark = factories.staff("operations"), factories.staff("operations")
    tasks = [factories.activity(name="Order sign") for _ in range(20)]
    wait = lambda task, me: triage.wait(task, for_what="floor plan", by=me)  # noqa: E731
    for answers in zip(*race(tasks, as_person(priya, wait), as_person(mark, wait)), strict=True):
        assert [str(answer) for answer in answers if answer] == ["Order sign is waiting already."]
    assert Waiting.objects.count() == len(tasks)


def test_of_two_merged_into_each_other_at_once_one_stays():
    priya, mark = factories.staff("operations"), factories.staff("operations")
    pairs = [(factories.activity(name="Sign"), factories.activity(name="Order sign")) for _ in range(20)]
    answers = race(
        pairs,
        as_person(priya, lambda pair, me: triage.duplicate_of(pair[0], pair[1], by=me)),
        as_person(mark, lambda pair, me: triage.duplicate_of(pair[1], pair[0], by=me)),
    )
    for pair, refusals in zip(pairs, zip(*answers, strict=True), strict=True):
        (refusal,) = [refusal for refusal in refusals if refusal]
        assert isinstance(refusal, Refused)
        assert Activity.objects.filter(pk__in=[task.pk for task in pair], status=Status.OPEN).count() == 1
    assert TaskLink.objects.count() == len(pairs)


def test_two_who_close_the_last_two_activities_close_the_listing():
    priya, mark = factories.staff("operations"), factories.staff("operations")
    pairs = []
    for _ in range(20):
        listing = factories.listing()
        pairs.append((factories.activity(listing=listing), factories.activity(listing=listing)))
    answers = race(
        pairs,
        as_person(priya, lambda pair, me: actions.complete(pair[0], by=me)),
        as_person(mark, lambda pair, me: actions.complete(pair[1], by=me)),
    )
    assert answers == [[None] * 20] * 2
    assert set(Listing.objects.values_list("status", "progress")) == {("completed", 100)}


def removing(pair, me):
    remove_listing(pair[0], by=me)


def add(pair, me):
    actions.create_activity(listing=pair[0], by=me, name="Order sign", task_category="STAGING")


def put_on_template(pair, me):
    actions.put_on_template(pair[0], group_key="SALE_LISTING", key_dates={}, by=me)


def move_there(pair, me):
    actions.move_to_listing(pair[1], listing=pair[0], by=me)


def bring_back(pair, me):
    actions.restore(pair[2], by=me)


@pytest.mark.parametrize("deed", [add, put_on_template, move_there, bring_back])
def test_a_listing_that_is_removed_while_an_activity_comes_to_it_has_none_that_is_live(deed):
    mark, tara = factories.staff("admin"), factories.staff("admin")
    pairs = []
    for _ in range(20):
        listing, now = factories.listing(), timezone.now()
        removed = factories.activity(listing=listing, deleted_at=now)
        pairs.append((listing, factories.activity(), removed))
        factories.activity(listing=listing)
    answers = race(pairs, as_person(mark, removing), as_person(tara, deed))
    assert answers[0] == [None] * 20
    for (listing, *_), refusal in zip(pairs, answers[1], strict=True):
        assert not Activity.objects.filter(listing=listing).exists()
        assert refusal is None or str(refusal).startswith(f"{listing.address_string} has been removed. Restore the")


def test_a_listing_is_removed_while_its_activities_are_closed():
    mark, priya = factories.staff("admin"), factories.staff("operations")
    pairs = []
    for _ in range(20):
        listing = factories.listing()
        pairs.append((listing, factories.activity(listing=listing), factories.activity(listing=listing)))

    def close(pair, me):
        actions.cancel_listing(pair[0], by=me, reason="Sold")

    removed, closed = race(pairs, as_person(mark, removing), as_person(priya, close))
    assert removed == [None] * 20
    assert all(refusal is None or isinstance(refusal, Refused) for refusal in closed)
    assert not Activity.objects.filter(listing__deleted_at__isnull=False).exists()


def test_an_act_undone_twice_at_once_is_undone_once():
    priya = factories.staff("operations")
    undoable = []
    for task in [factories.activity() for _ in range(20)]:
        with acting_as("staff", priya.pk):
            actions.set_priority(task, priority=5, by=priya)
            undoable.append(last_act())
    both = as_person(priya, lambda act_id, me: undo(act_id))
    for first, second in zip(*race(undoable, both, both), strict=True):
        assert [str(answer) for answer in (first, second) if answer] == ["This has been undone already."]


def test_two_admins_who_lower_each_other_leave_one_admin():
    first, second = factories.staff("admin"), factories.staff("admin")

    def lower(other):
        return lambda _, me: Staff.objects.filter(pk=other.pk).update(role="support")

    race([1], as_person(first, lower(second)), as_person(second, lower(first)))
    assert Staff.objects.filter(role="admin").count() == 1


def test_everybodys_acts_are_counted():
    priya, mark = factories.staff("operations"), factories.staff("operations")
    before = change_counter()
    tasks = [(factories.activity(), factories.activity()) for _ in range(20)]
    made = change_counter() - before
    race(
        tasks,
        as_person(priya, lambda pair, me: actions.claim(pair[0], by=me)),
        as_person(mark, lambda pair, me: actions.claim(pair[1], by=me)),
    )
    assert change_counter() == before + made + 40
