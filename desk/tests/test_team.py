"""The team's page for each reader."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import create_login
from common.fields import new_ulid
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


def beside(client, path):
    """The numbers beside the teams in the side column of a page."""
    teams = client.get(path).content.decode().partition('<ul id="teams">')[2].partition("</ul>")[0]
    return dict(re.findall(r'</svg>(\w+) <span class="n">([^<]*)</span>', teams))


@pytest.mark.parametrize("reader", ["operations", "marketing", "support"])
def test_beside_each_team_stands_what_its_people_have(client, reader):
    sign_in(client, reader)
    mark, helen = factories.staff("marketing"), factories.staff("operations")
    factories.activity(visibility_group="MARKETING", assigned_staff=mark)
    factories.activity(visibility_group="MARKETING", assigned_staff=mark, status="IN_PROGRESS")
    factories.activity(visibility_group="MARKETING", assigned_staff=mark, status="DONE")
    factories.activity(visibility_group="AGENT", assigned_staff=helen)
    factories.agent_task(assigned_staff=helen)
    factories.agent_task(assigned_staff=factories.staff("operations", status="suspended"))
    factories.activity()
    for path in ["/inbox/", "/inbox/?tab=new", "/my/", "/team/operations/"]:
        assert beside(client, path) == {"Operations": "2", "Marketing": "2", "Support": "0"}, path
    for path, words in [("/team/operations/", "2 with people"), ("/team/marketing/", "2 with people")]:
        assert words in client.get(path).content.decode()


def test_admins_read_the_number_of_their_own_team_too(client):
    factories.activity(assigned_staff=sign_in(client, "admin"))
    assert beside(client, "/inbox/")["Admins"] == "1"


def test_pages_that_count_no_tabs_leave_the_numbers_of_the_teams_away(client):
    sign_in(client, "operations")
    assert beside(client, "/listings/") == {}


def test_above_a_thousand_a_teams_number_is_not_counted_out(client):
    sign_in(client, "operations")
    mark = factories.staff("marketing")
    for task in (factories.activity(assigned_staff=mark), factories.agent_task(assigned_staff=mark)):
        values = {column.attname: getattr(task, column.attname) for column in task._meta.concrete_fields}
        type(task).objects.bulk_create(type(task)(**values | {"task_id": new_ulid()}) for _ in range(500))
    assert beside(client, "/inbox/")["Marketing"] == "1,000+"


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
