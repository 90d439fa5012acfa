"""A polled page answers 304 while nothing has changed, and 200 as soon as something has."""

import pytest
from django.db import connection

from accounts.actions import create_login
from common.principal import acting_as
from tasks import actions
from tests import factories

pytestmark = pytest.mark.django_db


NOON = "2040-03-02T17:00:10Z"  # ahead of the database's clock, which judges whether a principal has expired


@pytest.fixture
def noon(time_machine):
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def priya(client, noon):
    person = factories.staff("operations", name="Priya Patel")
    create_login(person.email, "a-long-password")
    client.post("/login/", {"username": person.email, "password": "a-long-password"})
    return person


def poll(client, etag, path="/inbox/"):
    return client.get(path, headers={"If-None-Match": etag})


def test_an_unchanged_page_is_not_sent_again(client, priya):
    etag = client.get("/inbox/")["ETag"]
    answer = poll(client, etag)
    assert (answer.status_code, answer.content) == (304, b"")


def test_it_costs_no_page_queries(client, priya, django_assert_num_queries):
    etag = client.get("/inbox/")["ETag"]
    # Savepoint, principal with role as tests take it on, mark, principal back, savepoint; and the session before.
    with django_assert_num_queries(7):
        poll(client, etag)


def test_a_committed_act_changes_every_page(client, priya):
    task = factories.activity()
    etag = client.get("/inbox/")["ETag"]
    with acting_as("staff", priya.pk):
        actions.claim(task, by=priya)
    connection.check_constraints()  # a deferred trigger counts the act at commit; this makes it run now
    assert poll(client, etag).status_code == 200


def test_words_like_four_minutes_ago_grow_old(client, priya, time_machine):
    etag = client.get("/inbox/")["ETag"]
    time_machine.move_to("2040-03-02T17:01:10Z", tick=False)
    assert poll(client, etag).status_code == 200


def test_one_persons_mark_is_worth_nothing_to_another(client, priya):
    etag = client.get("/inbox/")["ETag"]
    other = factories.staff("marketing")
    create_login(other.email, "a-long-password")
    client.post("/logout/")
    client.post("/login/", {"username": other.email, "password": "a-long-password"})
    assert poll(client, etag).status_code == 200


def test_a_suspended_person_gets_no_304(client, priya):
    etag = client.get("/inbox/")["ETag"]
    type(priya).objects.filter(pk=priya.pk).update(status="suspended")
    answer = poll(client, etag)
    assert (answer.status_code, answer["Location"]) == (302, "/login/?ended=off&next=/inbox/")


def test_a_page_with_a_toast_is_not_marked(client, priya):
    task = factories.activity()
    answer = client.post(f"/activities/{task.pk}/claim/", headers={"Referer": "http://testserver/inbox/"}, follow=True)
    assert b"Taken" in answer.content
    assert "ETag" not in answer


def test_a_toast_that_waits_is_not_held_back(client, priya):
    etag = client.get("/inbox/")["ETag"]
    client.post("/undo/last/")  # refused: nothing to undo; says so and changes nothing
    answer = poll(client, etag)
    assert answer.status_code == 200
    assert b"Nothing you did" in answer.content


def test_each_part_of_a_page_has_a_mark_of_its_own(client, priya):
    marks = {
        client.get("/inbox/", headers={"HX-Request": "true", "HX-Target": target})["ETag"]
        for target in ("rows", "count", "pane")
    }
    assert len(marks) == 3
    assert "HX-Target" in client.get("/inbox/")["Vary"]
