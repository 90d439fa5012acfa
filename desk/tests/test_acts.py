"""What I did last, and taking it back when somebody has gone on with it."""

import pytest

from common.history import act, last_act
from common.principal import acting_as
from listings import actions as listing_actions
from slackintake.actions import ignore
from tasks import actions, triage
from tests import factories
from tests.catalogue import rows

pytestmark = pytest.mark.django_db


def page_of(client, path="/acts/"):
    return client.get(path).content.decode()


def bulk(person, *items):
    with acting_as("staff", person.pk):
        with act("claimed"):
            for item in items:
                actions.claim(item, by=person)
        return last_act()


def test_each_act_stands_there_with_its_subject_and_undo(sign_in):
    priya, client = sign_in(name="Priya Patel")
    task, listing = factories.activity(name="Order yard sign"), factories.listing(address_string="12 Elm St")
    with acting_as("staff", priya.pk):
        actions.claim(task, by=priya)
        triage.snooze(task, until=None, by=priya)
        listing_actions.acknowledge(listing, by=priya)
    bulk(priya, *(factories.activity() for _ in range(3)))
    page = page_of(client)
    wanted = ["Claimed 3 tasks", "Acknowledged 12 Elm St", "Snoozed Order yard sign", "Claimed Order yard sign"]
    assert [page.index(words) for words in wanted] == sorted(page.index(words) for words in wanted)
    assert page.count('action="/undo/') == 4


def test_what_others_did_is_not_mine(sign_in):
    helen, _ = sign_in(name="Helen Mbeki")
    _, client = sign_in("marketing", name="Mark Adeyemi")
    bulk(helen, factories.activity(name="Order yard sign"))
    assert "Order yard sign" not in page_of(client)
    assert "Nothing yet" in page_of(client)


def test_an_act_is_taken_back_from_there_and_then_says_so(sign_in):
    priya, client = sign_in()
    task = factories.activity(name="Order yard sign")
    act_id = bulk(priya, task)
    answer = client.post(f"/undo/{act_id}/", headers={"referer": "http://testserver/acts/"}, follow=True)
    page = answer.content.decode()
    assert answer.request["PATH_INFO"] == "/acts/"
    assert "Undone: claimed Order yard sign" in page
    assert f'action="/undo/{act_id}/"' not in page
    task.refresh_from_db()
    assert task.status == "OPEN"


def test_what_somebody_has_changed_since_is_told_by_name_and_the_rest_can_be_taken_back(sign_in):
    priya, client = sign_in(name="Priya Patel")
    helen = factories.staff("admin", name="Helen Mbeki")
    touched, untouched = factories.activity(), factories.activity()
    act_id = bulk(priya, touched, untouched)
    touched.refresh_from_db()
    with acting_as("staff", helen.pk):
        actions.complete(touched, by=helen, reason="done on site")
    page = client.post(f"/undo/{act_id}/", follow=True).content.decode()
    assert "Helen has changed 1 of 2 tasks since. Nothing was undone." in page
    assert f'action="/undo/{act_id}/?rest=1"' in page
    page = client.post(f"/undo/{act_id}/?rest=1", follow=True).content.decode()
    assert "Undone but for what others changed: claimed 2 tasks" in page
    touched.refresh_from_db()
    untouched.refresh_from_db()
    assert (touched.status, untouched.status) == ("DONE", "OPEN")


def test_where_all_of_it_has_changed_nothing_is_offered(sign_in):
    priya, client = sign_in()
    helen = factories.staff("admin", name="Helen Mbeki")
    task = factories.activity(name="Order yard sign")
    act_id = bulk(priya, task)
    task.refresh_from_db()
    with acting_as("staff", helen.pk):
        actions.complete(task, by=helen, reason="done on site")
    answer = client.post(f"/undo/{act_id}/", HTTP_HX_REQUEST="true")
    assert answer.status_code == 409
    assert "Helen has changed Order yard sign since. Nothing was undone." in answer.content.decode()
    assert "rest=1" not in answer.content.decode()


def test_what_has_gone_out_of_sight_is_told_by_its_number(sign_in):
    mark, client = sign_in("marketing", name="Mark Adeyemi")
    helen = factories.staff("admin", name="Helen Mbeki")
    task = factories.activity(name="Secret errand", visibility_group="AGENT", assigned_staff=mark)
    with acting_as("staff", mark.pk):
        actions.assign(task, to=helen, by=mark)
    assert "Gave 1 task to Helen Mbeki" in page_of(client)
    assert "Secret errand" not in page_of(client)


@pytest.mark.parametrize(
    ("do", "words"),
    [
        (lambda task, by: triage.snooze(task, until=None, by=by), "Snoozed Sign"),
        (lambda task, by: triage.unsnooze(task, by=by), "Brought Sign back"),
        (lambda task, by: triage.wait(task, for_what="the key", by=by), "Let Sign wait on the realtor"),
        (lambda task, by: triage.stop_waiting(task, by=by), "Ended the waiting of Sign"),
        (lambda task, by: actions.set_priority(task, priority=8, by=by), "Changed the priority of Sign to 8"),
        (lambda task, by: triage.duplicate_of(task, factories.activity(), by=by), "Merged Sign into another"),
        (
            lambda task, by: listing_actions.write_note(kind="activity", item_id=task.pk, text="Key", by=by),
            "Wrote a note on Sign",
        ),
        (lambda task, by: listing_actions.remove_listing(task.listing, by=by), "Removed 88 Harbour St"),
        (
            lambda task, by: actions.cancel_listing(task.listing, by=by, reason="sold"),
            "Cancelled a listing with Sign",
        ),
    ],
)
def test_an_act_names_what_it_was_about_and_not_what_went_along(sign_in, do, words):
    anna, client = sign_in("admin")
    task = factories.activity(name="Sign", listing=factories.listing(address_string="88 Harbour St"))
    with acting_as("staff", anna.pk):
        if "back" in words:
            triage.snooze(task, until=None, by=anna)
        if "Ended" in words:
            triage.wait(task, for_what="the key", by=anna)
        listing_actions.write_note(kind="activity", item_id=task.pk, text="Before", by=anna)
        do(task, anna)
    assert f"<b>{words}</b>" in page_of(client)


def test_a_message_is_named_by_its_words_though_it_is_out_of_sight_by_now(sign_in):
    priya, client = sign_in()
    message = factories.message_to_review(message_text="Lunch at noon?")
    with acting_as("staff", priya.pk):
        ignore(message.pk, by=priya)
    assert "Ignored “Lunch at noon?”" in page_of(client)
    assert "Undone: ignored “Lunch at noon?”" in client.post("/undo/last/", follow=True).content.decode()


@pytest.mark.parametrize("role", ["marketing", "operations"])
def test_nobody_learns_of_the_acts_of_others(role):
    priya, other = factories.staff("operations"), factories.staff(role)
    message = factories.message_to_review(message_text="Lunch at noon?")
    with acting_as("staff", priya.pk):
        ignore(message.pk, by=priya)
        done = last_act()
        assert [row[4] for row in rows("SELECT * FROM app.rows_of_my_acts(%s)", [[done]])] == ["Lunch at noon?"] * 2
    with acting_as("staff", other.pk):
        assert rows("SELECT * FROM app.rows_of_my_acts(%s)", [[done]]) == []


def test_the_page_costs_the_same_however_many_acts_it_shows(sign_in, statements):
    priya, client = sign_in()
    bulk(priya, factories.activity())
    few = statements(lambda: client.get("/acts/"))
    for _ in range(6):
        bulk(priya, factories.activity())
    many = statements(lambda: client.get("/acts/"))
    assert len(few) == len(many)
