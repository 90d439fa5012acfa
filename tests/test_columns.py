"""A model made from a statement written by hand equals the one that the ORM makes."""

import pytest
from django.db import connection

from common.columns import Columns, models_in
from realtors.models import Realtor
from tasks.models import Activity
from tests import factories

pytestmark = pytest.mark.django_db


def test_every_column_arrives_as_the_orm_would_read_it():
    made = factories.activity(inputs={"asked": ["twice"]}, outputs={})
    activity, realtor = Columns(Activity, "a"), Columns(Realtor, "r")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {activity}, {realtor} FROM activities a LEFT JOIN realtors r ON false WHERE a.task_id = %s",
            [made.pk],
        )
        found, nobody = models_in(cursor.fetchone(), activity, realtor)
    expected = Activity.objects.get(pk=made.pk)
    for field in Activity._meta.concrete_fields:
        assert getattr(found, field.attname) == getattr(expected, field.attname), field.name
    assert nobody is None


def test_a_column_left_away_is_read_when_it_is_asked_for(django_assert_num_queries):
    made = factories.activity(description="Both floors")
    part = Columns(Activity, "a", without=["description"])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {part} FROM activities a WHERE a.task_id = %s", [made.pk])
        found = part.make(cursor.fetchone())
    with django_assert_num_queries(1):
        assert found.description == "Both floors"
