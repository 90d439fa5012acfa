"""What whoever can read and write the table of sessions can do with it, and when a session ends."""

import pytest
from django.conf import settings as django_settings

from accounts.actions import create_login
from accounts.models import Session
from accounts.sessions import SessionStore, digest
from staff.models import Staff
from tests import factories

pytestmark = pytest.mark.django_db
PASSWORD = "a password of my own"
COOKIE = django_settings.SESSION_COOKIE_NAME


@pytest.fixture
def sign_in(client):
    def sign_in(role):
        person = factories.staff(role)
        create_login(person.email, PASSWORD)
        assert client.post("/login/", {"username": person.email, "password": PASSWORD}).status_code == 302
        return person

    return sign_in


def whoever(client):
    """Whom the pages take this browser for."""
    response = client.get("/me/")
    return response.context["staff"] if response.status_code == 200 else None


def test_the_table_holds_a_digest_that_opens_no_session(client, sign_in):
    sign_in("admin")
    stored = Session.objects.get().session_key
    assert stored == digest(client.cookies[COOKIE].value) != client.cookies[COOKIE].value
    client.cookies[COOKIE] = stored
    assert whoever(client) is None


def test_a_colleagues_session_copied_over_mine_is_worth_nothing(client, sign_in):
    admin = sign_in("admin")
    theirs = Session.objects.get().session_data
    client.cookies.clear()
    sign_in("support")
    Session.objects.exclude(staff_id=admin.pk).update(session_data=theirs)
    assert whoever(client) is None


@pytest.mark.parametrize("change", [{"status": "suspended"}, {"status": "inactive"}, {"deleted_at": factories.NOON}])
def test_a_running_session_ends_at_the_next_request_when_its_person_is_switched_off(client, sign_in, change):
    person = sign_in("operations")
    assert whoever(client) == person
    Staff.all_objects.filter(pk=person.pk).update(**change)
    assert whoever(client) is None
    assert not Session.objects.filter(staff_id=person.pk).exists()


OFF = "Your access has been switched off. Ask an admin."


@pytest.mark.parametrize("change", [{"status": "suspended"}, {"deleted_at": factories.NOON}])
def test_who_is_switched_off_while_signed_in_is_told_why(client, sign_in, change):
    person = sign_in("operations")
    Staff.all_objects.filter(pk=person.pk).update(**change)
    answer = client.get("/inbox/?due=week", follow=True)
    assert answer.redirect_chain == [("/login/?ended=off&next=/inbox/%3Fdue%3Dweek", 302)]
    assert OFF in answer.content.decode()
    # The browser is a stranger's from then on.
    assert OFF not in client.get("/inbox/", follow=True).content.decode()
    tried = client.post("/login/", {"username": person.email, "password": "wrong"}).content.decode()
    assert OFF not in tried
    assert "do not match" in tried


def test_who_is_switched_off_is_told_so_by_the_next_act_in_a_list_too(client, sign_in):
    person = sign_in("operations")
    Staff.all_objects.filter(pk=person.pk).update(status="inactive")
    page = {"HX-Request": "true", "HX-Current-URL": "http://testserver/my/"}
    answer = client.post(f"/activities/{factories.unknown_id()}/claim/", headers=page)
    assert answer["HX-Redirect"] == "/login/?ended=off&next=/my/"


def test_where_a_session_has_ended_one_signs_in_and_is_back_on_the_page(client, sign_in):
    sign_in("operations")
    task = factories.activity()
    Session.objects.all().delete()
    claim, page = f"/activities/{task.pk}/claim/", "http://testserver/inbox/?due=week"
    answer = client.post(claim, headers={"HX-Request": "true", "HX-Current-URL": page})
    door = "/login/?ended=unsent&next=/inbox/%3Fdue%3Dweek"
    assert (answer.status_code, answer["HX-Redirect"]) == (401, door)
    assert client.post(claim, headers={"referer": page})["Location"] == door
    assert "the last step was not done" in client.get(door).content.decode()
    for elsewhere in ("", "https://elsewhere.example/"):
        assert client.post(claim, headers={"referer": elsewhere})["Location"] == "/login/?ended=unsent&next=/"
    assert client.get("/inbox/?due=week")["Location"] == "/login/?next=/inbox/%3Fdue%3Dweek"


def test_signing_out_ends_the_session(client, sign_in):
    sign_in("operations")
    # Once more from another tab is no step that was not done.
    for _ in range(2):
        assert client.post("/logout/")["Location"] == "/login/"
    assert whoever(client) is None
    assert not Session.objects.exclude(staff_id=None).exists()


def test_a_session_is_found_again_by_its_key():
    session = SessionStore()
    session["staff_id"] = "somebody"
    session.create()
    assert dict(SessionStore(session.session_key).load()) == {"staff_id": "somebody"}
    assert SessionStore(session.session_key).exists(session.session_key)
    assert not SessionStore().exists(digest(session.session_key))
