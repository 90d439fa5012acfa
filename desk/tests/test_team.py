"""The team's page for each reader."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import create_login
from staff.models import Role
from tests import factories

pytestmark = pytest.mark.django_db


def sign_in(client, role):
    person = factories.staff(role)
    create_login(person.email, "a-long-password")
    client.post("/login/", {"username": person.email, "password": "a-long-password"})
    return person


@pytest.mark.parametrize("reader", list(Role))
@pytest.mark.parametrize("role", list(Role))
def test_everybody_reads_every_team(client, reader, role):
    person = sign_in(client, reader)
    factories.activity(assigned_staff=person)
    assert client.get(f"/team/{role}/").status_code == 200


def test_there_is_no_other_team(client):
    sign_in(client, "admin")
    assert client.get("/team/nobody/").status_code == 404


def test_numbers_stand_where_names_may_not(client):
    sign_in(client, "support")
    mark = factories.staff("marketing", name="Mark Adeyemi")
    factories.activity(visibility_group="MARKETING", assigned_staff=mark, name="Secret campaign")
    page = client.get("/team/marketing/").content.decode()
    assert "1 with people" in page
    assert "not for your team to see" in page
    assert "Secret campaign" not in page


def test_it_asks_as_often_for_twenty_rows_as_for_ten(client):

    person = sign_in(client, "operations")

    def queries():
        with CaptureQueriesContext(connection) as captured:
            client.get("/team/operations/")
        return len(captured)

    for _ in range(10):
        factories.activity(assigned_staff=person)
        factories.activity()
    ten = queries()
    for _ in range(10):
        factories.activity(assigned_staff=factories.staff("operations"))
        factories.agent_task()
    assert queries() == ten
