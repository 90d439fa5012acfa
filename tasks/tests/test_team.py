"""A team's page: unclaimed oldest first, people with their load, and only numbers for what the reader may not see."""

from datetime import timedelta

import pytest
from django.utils import timezone

from common.principal import acting_as
from staff.models import Role
from tasks.team_queries import team
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def mark():
    return factories.staff("marketing", name="Mark Adeyemi")


@pytest.fixture
def sam():
    return factories.staff("support", name="Sam Haddad")


def test_unclaimed_work_stands_oldest_first(mark):
    first = factories.activity(visibility_group="MARKETING", due_date=timezone.now() + timedelta(days=9))
    second = factories.activity(visibility_group="BOTH", due_date=timezone.now())
    type(first).objects.filter(pk=first.pk).update(created_at=timezone.now() - timedelta(days=2))
    with acting_as("staff", mark.pk):
        page = team(Role.MARKETING, mark)
    assert [row.id for row in page.unclaimed] == [first.pk, second.pk]
    assert (page.unclaimed_total, page.hidden) == (2, 0)


def test_each_person_has_a_load_and_a_next_task(mark):
    now = timezone.now()
    soon = factories.activity(assigned_staff=mark, due_date=now - timedelta(days=1))
    factories.agent_task(assigned_staff=mark, due_date=now + timedelta(days=40))
    with acting_as("staff", mark.pk):
        (load,) = team(Role.MARKETING, mark).loads
    assert (load.person, load.open, load.late, load.later) == (mark, 2, 1, 1)
    assert load.next is not None
    assert load.next.id == soon.pk


def test_what_the_reader_may_not_see_is_counted_and_not_shown(mark, sam):
    factories.activity(visibility_group="MARKETING", assigned_staff=mark)
    factories.activity(visibility_group="MARKETING")
    factories.activity(visibility_group="BOTH")
    with acting_as("staff", sam.pk):
        page = team(Role.MARKETING, sam)
    assert [load.open for load in page.loads] == [1]
    assert [load.next for load in page.loads] == [None]
    assert (len(page.unclaimed), page.unclaimed_total, page.hidden) == (1, 2, 1)


def test_realtors_requests_are_operations(mark):
    priya = factories.staff("operations")
    factories.agent_task()
    with acting_as("staff", priya.pk):
        assert team(Role.OPERATIONS, priya).unclaimed_total == 1
        assert team(Role.MARKETING, priya).unclaimed_total == 0


@pytest.mark.parametrize("reader", ["admin", "operations", "marketing", "support"])
@pytest.mark.parametrize("role", list(Role))
def test_everybody_may_look_at_every_team(reader, role):
    person = factories.staff(reader)
    for group in ("BOTH", "AGENT", "MARKETING"):
        factories.activity(visibility_group=group)
        factories.activity(visibility_group=group, assigned_staff=person)
    factories.agent_task(assigned_staff=person)
    with acting_as("staff", person.pk):
        assert team(role, person).hidden >= 0


def test_nobody_gets_numbers_without_a_principal(mark):
    factories.activity(assigned_staff=mark)
    with acting_as(None):
        page = team(Role.MARKETING, mark)
    assert (page.loads, page.unclaimed_total) == ([], 0)
