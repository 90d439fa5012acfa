"""The document's four query patterns: the app's questions give the same rows in the same order as its SQL."""

from datetime import timedelta
from random import Random

import pytest

from common.principal import acting_as
from slackintake.models import SlackMessage
from slackintake.queries import messages_of_realtor
from staff.models import Role
from tasks.models import Activity, AgentTask, Category, Status, VisibilityGroup
from tasks.queries import (
    activities_of_listing,
    activities_of_realtor,
    activities_of_staff,
    agent_tasks_of_realtor,
    agent_tasks_of_staff,
)
from tests import factories
from tests.catalogue import rows

pytestmark = pytest.mark.django_db


class Office:
    """Some hundred tasks and messages with ties, gaps and removed rows, the same each time."""

    def __init__(self):
        chance = Random(20251111)  # noqa: S311 - test data
        self.people = [factories.staff(role) for role in Role.values]
        self.realtors = [factories.realtor(slack_user_id=f"U{number}") for number in range(3)]
        self.realtors.append(factories.realtor())
        self.listings = [factories.listing(realtor=chance.choice([*self.realtors, None])) for _ in range(8)]

        def task(position):
            has_it = chance.choice([*self.people, None])
            return {
                "name": f"Task {position}",
                "assigned_staff": has_it,
                "status": chance.choice(Status.values[1:]) if has_it else Status.OPEN,
                "priority": chance.choice([0, 2, 2, 5, 10]),
                "due_date": chance.choice([None, factories.NOON + timedelta(days=chance.randrange(5))]),
                "deleted_at": chance.choice([None, None, None, factories.NOON]),
            }

        Activity.objects.bulk_create(
            Activity(
                listing=(listing := chance.choice(self.listings)),
                # An activity's own realtor may be another one; the document goes by the listing's.
                realtor=chance.choice([listing.realtor, *self.realtors]),
                task_category=chance.choice(Category.values),
                visibility_group=chance.choice(VisibilityGroup.values),
                **task(position),
            )
            for position in range(300)
        )
        AgentTask.objects.bulk_create(
            AgentTask(realtor=chance.choice(self.realtors), task_key="OPS_MISC_TASK", **task(position))
            for position in range(120)
        )
        SlackMessage.objects.bulk_create(
            SlackMessage(
                slack_user_id=f"U{chance.randrange(4)}",
                slack_channel_id="C1",
                slack_ts=f"{position}.0",
                message_text="hello",
                classification={},
                message_type="IGNORE",
                received_at=factories.NOON + timedelta(minutes=chance.randrange(100_000)),
            )
            for position in range(600)
        )


def nulls_last(value):
    return (value is None, value)


ALL_FOR = "SELECT task_id FROM {} WHERE assigned_staff_id = %s AND deleted_at IS NULL ORDER BY due_date"
PATTERNS = {
    "a staff member's listing tasks": (
        "people",
        activities_of_staff,
        ALL_FOR.format("activities"),
        lambda task: nulls_last(task.due_date),
    ),
    "a staff member's stray tasks": (
        "people",
        agent_tasks_of_staff,
        ALL_FOR.format("agent_tasks"),
        lambda task: nulls_last(task.due_date),
    ),
    "tasks of a realtor's listings": (
        "realtors",
        lambda realtor: activities_of_realtor(realtor.pk),
        """SELECT lt.task_id, l.address_string FROM activities lt JOIN listings l ON lt.listing_id = l.listing_id
           WHERE l.realtor_id = %s AND lt.deleted_at IS NULL ORDER BY lt.priority DESC, lt.due_date""",
        lambda task: (-task.priority, nulls_last(task.due_date)),
    ),
    "a realtor's stray tasks": (
        "realtors",
        lambda realtor: agent_tasks_of_realtor(realtor.pk),
        """SELECT task_id FROM agent_tasks WHERE realtor_id = %s AND deleted_at IS NULL
           ORDER BY priority DESC, due_date""",
        lambda task: (-task.priority, nulls_last(task.due_date)),
    ),
    "a listing's tasks": (
        "listings",
        lambda listing: activities_of_listing(listing.pk),
        """SELECT lt.task_id, s.name AS assigned_staff_name FROM activities lt
           LEFT JOIN staff s ON lt.assigned_staff_id = s.staff_id
           WHERE lt.listing_id = %s AND lt.deleted_at IS NULL ORDER BY lt.status, lt.priority DESC""",
        lambda task: (task.status, -task.priority),
    ),
    "a realtor's messages": (
        "realtors",
        lambda realtor: messages_of_realtor(realtor.pk),
        """SELECT message_id FROM slack_messages WHERE slack_user_id IN
               (SELECT slack_user_id FROM realtors WHERE realtor_id = %s)
           ORDER BY received_at DESC LIMIT 100""",
        lambda message: -message.received_at.timestamp(),
    ),
}


@pytest.fixture
def office():
    return Office()


@pytest.mark.parametrize("pattern", PATTERNS)
def test_the_apps_question_gives_the_rows_and_the_order_of_the_documents_sql(office, pattern):
    subjects, question, statement, order = PATTERNS[pattern]
    sizes = []
    for reader in office.people:
        for subject in getattr(office, subjects):
            with acting_as("staff", reader.pk):
                by_sql = [row[0] for row in rows(statement, [subject.pk])]
                by_question = list(question(subject))
            assert {row.pk for row in by_question} == set(by_sql)
            # The SQL leaves ties in any order, so the order is that of what it sorts by.
            place = {row.pk: order(row) for row in by_question}
            assert [place[row.pk] for row in by_question] == [place[key] for key in by_sql] == sorted(place.values())
            sizes.append(len(by_sql))
    assert max(sizes) >= 10


def test_the_joined_names_come_along_without_further_questions(office, django_assert_num_queries):
    with acting_as("staff", office.people[0].pk):
        with django_assert_num_queries(1):
            assert all(task.listing.address_string for task in activities_of_realtor(office.realtors[0].pk))
        with django_assert_num_queries(1):
            names = [
                task.assigned_staff and task.assigned_staff.name
                for task in activities_of_listing(office.listings[0].pk)
            ]
        assert any(names)


def test_no_more_than_a_hundred_messages_are_given(office):
    with acting_as("staff", office.people[0].pk):
        assert [len(messages_of_realtor(realtor.pk)) for realtor in office.realtors] == [100, 100, 100, 0]
