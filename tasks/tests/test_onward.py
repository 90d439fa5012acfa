"""After an action on a task's own page: the next item, the same, or the list, as each person wishes."""

import pytest
from django.test import Client

from accounts.actions import create_login
from accounts.models import Preferences
from tests import factories

pytestmark = pytest.mark.django_db
PASSWORD = "a password of my own"


@pytest.fixture
def priya():
    person = factories.staff("operations", name="Priya Patel")
    create_login(person.email, PASSWORD)
    return person


@pytest.fixture
def act(priya):
    """``act(task, verb, ...)`` does it on the task's own page and says where it leads to."""
    client = Client()
    client.post("/login/", {"username": priya.email, "password": PASSWORD})

    def act(task, verb, *, page=None, **values):
        path = task.get_absolute_url()
        referer = f"http://testserver{page or path}"
        return client.post(f"{path}{verb}/", values, headers={"referer": referer})["Location"]

    return act


def wishes(person, after_action):
    Preferences.objects.update_or_create(staff=person, defaults={"after_action": after_action})


LISTED = {"list": "/inbox/?due=week", "next": "/activities/01J00000000000000000000000/"}


@pytest.mark.parametrize(
    ("wish", "leads_to"),
    [(None, LISTED["next"]), ("next", LISTED["next"]), ("list", LISTED["list"]), ("stay", "own page")],
)
def test_what_leaves_its_list_leads_on_as_wished(priya, act, wish, leads_to):
    task = factories.activity()
    if wish:
        wishes(priya, wish)
    assert act(task, "claim", **LISTED).removeprefix("http://testserver") == leads_to.replace(
        "own page", task.get_absolute_url()
    )


def test_what_stays_in_its_list_stays_on_the_screen(act):
    task = factories.activity()
    assert act(task, "priority", priority="8", **LISTED).endswith(task.get_absolute_url())


def test_the_last_of_the_list_leads_back_to_it(act):
    assert act(factories.activity(), "claim", list="/inbox/", next="") == "/inbox/"


def test_what_was_opened_from_no_list_stays(act):
    task = factories.activity()
    assert act(task, "claim", list="", next="").endswith(task.get_absolute_url())


def test_without_script_it_leads_to_the_list_whose_first_is_the_next(priya, act):
    task = factories.activity()
    assert act(task, "claim") == "/inbox/"
    assert act(task, "complete") == "/my/"


def test_a_refusal_stays_where_it_is(act):
    taken = factories.activity(assigned_staff=factories.staff("operations"))
    assert act(taken, "claim", **LISTED).endswith(taken.get_absolute_url())


def test_a_list_goes_on_being_shown(act):
    assert act(factories.activity(), "claim", page="/inbox/", **LISTED) == "http://testserver/inbox/"


@pytest.mark.parametrize("elsewhere", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_it_never_leads_out_of_the_house(act, elsewhere):
    task = factories.activity()
    assert act(task, "claim", list=elsewhere, next=elsewhere).endswith(task.get_absolute_url())
    assert act(factories.activity(), "claim", list="/inbox/", next=elsewhere) == "/inbox/"
