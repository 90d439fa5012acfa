"""A team: what is unclaimed, oldest first, what its people have, and only numbers for what the reader may not see."""

from datetime import timedelta

import pytest
from django.utils import timezone

from common.principal import acting_as
from staff.models import Role
from tasks.lists import counts_of, page_of
from tasks.models import Waiting
from tasks.team_queries import Team, team_beside, team_from, unclaimed, with_people
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def mark():
    return factories.staff("marketing", name="Mark Adeyemi")


@pytest.fixture
def sam():
    return factories.staff("support", name="Sam Haddad")


def team(role, reader) -> Team:
    with acting_as("staff", reader.pk):
        return team_from(*counts_of([], reader, *team_beside(role, reader)))


def listed(selection, reader, **order):
    with acting_as("staff", reader.pk):
        return [row.id for row in page_of(selection, reader, **order).rows]


def test_unclaimed_work_stands_oldest_first(mark):
    first = factories.activity(visibility_group="MARKETING", due_date=timezone.now() + timedelta(days=9))
    second = factories.activity(visibility_group="BOTH", due_date=timezone.now())
    type(first).objects.filter(pk=first.pk).update(created_at=timezone.now() - timedelta(days=2))
    assert listed(unclaimed(Role.MARKETING, mark), mark, order="oldest") == [first.pk, second.pk]
    assert team(Role.MARKETING, mark).unclaimed == 2


def test_what_its_people_have_stands_by_due_date(mark, sam):
    now = timezone.now()
    later = factories.activity(assigned_staff=mark, due_date=now + timedelta(days=2))
    sooner = factories.agent_task(assigned_staff=mark, due_date=now)
    factories.activity(assigned_staff=mark, status="DONE")
    factories.activity(assigned_staff=sam)
    factories.activity(assigned_staff=factories.staff("marketing", status="suspended"))
    priya = factories.staff("operations")
    assert listed(with_people(Role.MARKETING, priya), priya) == [sooner.pk, later.pk]
    assert listed(with_people(Role.MARKETING, mark), mark) == [sooner.pk, later.pk]
    assert listed(with_people(Role.MARKETING, sam), sam) == [later.pk]


def test_each_person_has_a_load_and_a_next_task(mark):
    now = timezone.now()
    soon = factories.activity(assigned_staff=mark, due_date=now - timedelta(days=2))
    factories.agent_task(assigned_staff=mark, due_date=now + timedelta(days=40))
    (load,) = team(Role.MARKETING, mark).loads
    assert (load.person, load.open, load.late, load.later) == (mark, 2, 1, 1)
    assert load.next is not None
    assert (load.next.href, load.next.title, load.next.due_tone) == (f"/activities/{soon.pk}/", soon.name, "late")


def test_what_waits_on_its_realtor_is_not_late(mark):
    task = factories.activity(assigned_staff=mark, due_date=timezone.now() - timedelta(days=2))
    Waiting.objects.create(kind="activity", item_id=task.pk, for_what="photos")
    left = factories.activity(visibility_group="MARKETING", due_date=timezone.now() - timedelta(days=2))
    assert team(Role.MARKETING, mark).late == 1
    Waiting.objects.create(kind="activity", item_id=left.pk, for_what="photos")
    found = team(Role.MARKETING, mark)
    (load,) = found.loads
    assert load.next is not None
    assert (load.next.due_tone, load.late, load.later, found.late) == ("", 0, 1, 0)


def test_what_the_reader_may_not_see_is_counted_and_not_shown(mark, sam):
    factories.activity(visibility_group="MARKETING", assigned_staff=mark)
    factories.activity(visibility_group="MARKETING")
    factories.activity(visibility_group="BOTH")
    found = team(Role.MARKETING, sam)
    assert [(load.open, load.next) for load in found.loads] == [(1, None)]
    assert (found.unclaimed, len(listed(unclaimed(Role.MARKETING, sam), sam))) == (2, 1)
    assert (sum(load.open for load in found.loads), listed(with_people(Role.MARKETING, sam), sam)) == (1, [])


def test_realtors_requests_are_operations():
    priya = factories.staff("operations")
    factories.agent_task()
    assert team(Role.OPERATIONS, priya).unclaimed == 1
    assert team(Role.MARKETING, priya).unclaimed == 0


@pytest.mark.parametrize("reader", ["admin", "operations", "marketing", "support"])
@pytest.mark.parametrize("role", list(Role))
def test_the_lists_never_hold_more_than_the_numbers_say(reader, role):
    person = factories.staff(reader)
    for group in ("BOTH", "AGENT", "MARKETING"):
        factories.activity(visibility_group=group)
        factories.activity(visibility_group=group, assigned_staff=person)
    factories.agent_task(assigned_staff=person)
    found = team(role, person)
    assert len(listed(unclaimed(role, person), person)) <= found.unclaimed
    assert len(listed(with_people(role, person), person)) <= sum(load.open for load in found.loads)


def test_nobody_gets_numbers_without_a_principal(mark):
    factories.activity(assigned_staff=mark)
    with acting_as(None):
        found = team_from(*counts_of([], mark, *team_beside(Role.MARKETING, mark)))
    assert (found.loads, found.unclaimed) == ([], 0)
