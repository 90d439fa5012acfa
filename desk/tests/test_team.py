"""The team's page for each reader."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions import create_login
from common.fields import new_ulid
from staff.models import Role
from tasks.models import Activity
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


def rows(client, path):
    """The titles of the rows of a list."""
    page = client.get(path)
    assert page.status_code == 200
    return re.findall(r'<a class="t" href="[^"]+">([^<]+)</a>', page.content.decode())


@pytest.fixture
def operations(client):
    """Priya, signed in, in a team with Helen: six tasks that nobody has and three that Helen has."""
    priya, helen = sign_in(client, "operations"), factories.staff("operations", name="Helen Mbeki")
    for number in range(6):
        factories.activity(name=f"Unclaimed {number}", task_category="PHOTO" if number == 1 else "ADMIN")
    for number in range(2):
        factories.activity(
            name=f"Held {number}", assigned_staff=helen, due_date=timezone.now() + timedelta(days=number)
        )
    factories.agent_task(name="Held 2", assigned_staff=helen)
    return priya, helen


TEAM = "/team/operations/"


def test_the_longest_unclaimed_stand_above_the_people_and_all_of_it_in_a_tab(client, operations):
    page = client.get(TEAM).content.decode()
    order = ["Unclaimed 0", "here 0 min", "Unclaimed 4", "1 more unclaimed", "By person"]
    assert sorted(order, key=page.index) == order
    assert "Unclaimed 5" not in page
    assert rows(client, f"{TEAM}?tab=unclaimed") == [f"Unclaimed {number}" for number in range(6)]


def test_what_its_people_have_stands_by_due_date_and_a_name_leads_to_what_one_has(client, operations):
    _, helen = operations
    assert rows(client, f"{TEAM}?tab=held") == ["Held 0", "Held 1", "Held 2"]
    path = f"?tab=held&amp;person={helen.pk}"
    assert f'<a href="{path}">Helen Mbeki</a>' in client.get(TEAM).content.decode()
    assert rows(client, f"{TEAM}?tab=held&person={helen.pk}") == ["Held 0", "Held 1", "Held 2"]
    chip = f'<a class="chip dashed" href="?tab=held">{helen.name}'
    assert chip in client.get(f"{TEAM}?tab=held&person={helen.pk}").content.decode()


def test_the_address_is_the_truth_as_in_every_list(client, operations):
    assert rows(client, f"{TEAM}?category=PHOTO") == ["Unclaimed 1"]
    assert rows(client, f"{TEAM}?sort=newest") == [f"Unclaimed {number}" for number in (5, 4, 3, 2, 1)]
    assert len(client.get(f"{TEAM}?items=all").json()["items"]) == 6
    assert "Oldest" not in client.get(f"{TEAM}?finder=1").content.decode()
    lines = b"".join(client.get(f"{TEAM}?tab=held&export=csv").streaming_content).decode().splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == ["Held 0", "Held 1", "Held 2"]
    assert client.get(f"{TEAM}?export=csv")["Content-Disposition"].startswith('attachment; filename="team-operations-')


def test_a_view_of_a_team_is_kept_and_opens_it(client, operations):
    saved = {"page": "team/operations", "name": "Photos", "query": "category=PHOTO"}
    back = client.post("/views/", saved)
    assert back["Location"].startswith(f"{TEAM}?category=PHOTO&view=")
    assert "View “Photos”" in client.get(back["Location"]).content.decode()
    assert "Photos" not in client.get("/team/marketing/").content.decode()


def test_a_row_leaves_the_tab_it_does_not_belong_to_any_more(client, operations):
    task = Activity.objects.get(name="Unclaimed 0")
    claim = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{TEAM}"}
    assert "desk:left" in client.post(f"/activities/{task.pk}/claim/", headers=claim).get("HX-Trigger", "")
    release = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{TEAM}?tab=held"}
    held = client.post(f"/activities/{task.pk}/priority/", {"priority": "8"}, headers=release)
    assert f'id="r{task.pk}"' in held.content.decode()
    assert "desk:left" in client.post(f"/activities/{task.pk}/release/", headers=release).get("HX-Trigger", "")


@pytest.mark.parametrize("path", [TEAM, f"{TEAM}?tab=unclaimed", f"{TEAM}?tab=held", f"{TEAM}?category=PHOTO"])
def test_a_row_or_a_person_more_costs_no_statement(client, operations, statements, path):
    client.get(path)
    few = statements(lambda: client.get(path))
    for person in (operations[1], factories.staff("operations")):
        factories.activity(assigned_staff=person)
        factories.activity(task_category="PHOTO")
    assert len(statements(lambda: client.get(path))) == len(few) <= 6


def test_what_the_reader_may_not_see_is_told_as_a_number(client):
    sign_in(client, "support")
    mark = factories.staff("marketing")
    factories.activity(visibility_group="MARKETING")
    factories.activity(visibility_group="MARKETING", assigned_staff=mark)
    assert "1 more unclaimed that your team does not see" in client.get("/team/marketing/").content.decode()
    assert "1 more with people that your team does not see" in client.get("/team/marketing/?tab=held").content.decode()


def test_each_tab_counts_what_it_is_about(client, operations):
    factories.activity(due_date=timezone.now() - timedelta(days=1))
    factories.activity(assigned_staff=operations[1], due_date=timezone.now() - timedelta(days=1))
    said = {"": "7 unclaimed, 4 with people, 2 late", "unclaimed": "7 unclaimed, 1 late", "held": "4 with people"}
    for tab, words in said.items():
        page = client.get(f"{TEAM}?tab={tab}").content.decode()
        assert re.search('id="count">([^<]+)<', page)[1] == words


def test_select_all_bears_the_number_where_the_reader_sees_all_that_is_counted(client, operations):
    for tab in ("", "unclaimed", "held"):
        assert b"data-counted" in client.get(f"{TEAM}?tab={tab}").content
    factories.activity(visibility_group="MARKETING")
    assert b"data-counted" in client.get("/team/marketing/").content


def test_select_all_bears_no_number_that_counts_what_the_reader_does_not_see(client):
    sign_in(client, "support")
    factories.activity(visibility_group="MARKETING")
    assert b"data-counted" not in client.get("/team/marketing/").content
    assert b"data-counted" in client.get("/team/marketing/?due=overdue").content
