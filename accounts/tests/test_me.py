"""The page about oneself: what one wishes is kept, and one sees and ends where one is signed in."""

import pytest
from django.test import Client

from accounts.actions import create_login
from accounts.models import Preferences, Session
from accounts.queries import browser_in_words
from tests import factories

pytestmark = pytest.mark.django_db
PASSWORD = "a password of my own"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1"
WISHES = {"name": "Priya Patel", "phone": "", "theme": "dark", "start_page": "/my/", "after_action": "stay"}


@pytest.fixture
def priya():
    person = factories.staff("operations", name="Priya Patel")
    create_login(person.email, PASSWORD)
    return person


@pytest.fixture
def browser_of():
    def browser_of(person, user_agent=FIREFOX):
        client = Client(HTTP_USER_AGENT=user_agent)
        assert client.post("/login/", {"username": person.email, "password": PASSWORD}).status_code == 302
        return client

    return browser_of


def page_of(client):
    return client.get("/me/").content.decode()


def test_what_is_wished_is_kept_and_obeyed(priya, browser_of):
    client = browser_of(priya)
    assert client.post("/me/", WISHES).status_code == 302
    kept = Preferences.objects.get(staff=priya)
    assert (kept.theme, kept.start_page, kept.after_action, kept.single_keys) == ("dark", "/my/", "stay", False)
    page = page_of(client)
    assert 'data-theme="dark"' in page
    assert 'data-keys="off"' in page
    assert client.get("/")["Location"] == "/my/"
    assert client.post("/login/", {"username": priya.email, "password": PASSWORD})["Location"] == "/inbox/"
    again = Client().post("/login/", {"username": priya.email, "password": PASSWORD})
    assert again["Location"] == "/my/"


@pytest.mark.parametrize("page", ["https://elsewhere.example/", "/admin/", "", "/team/admin/"])
def test_another_start_page_is_refused(priya, browser_of, page):
    client = browser_of(priya)
    assert client.post("/me/", WISHES | {"start_page": page}).status_code == 422
    assert not Preferences.objects.filter(start_page=page).exists()


def test_marketing_is_not_offered_the_messages_it_does_not_see(browser_of):
    mark = factories.staff("marketing")
    create_login(mark.email, PASSWORD)
    page = page_of(browser_of(mark))
    assert 'value="/team/marketing/"' in page
    assert 'value="/slack/"' not in page


def test_each_browser_stands_there_with_its_name_and_this_one_first(priya, browser_of):
    browser_of(priya, PHONE)
    page = page_of(browser_of(priya))
    assert page.index("Firefox on Linux") < page.index("This browser") < page.index("Safari on iPhone")


def test_since_when_stays_although_the_session_is_written_again(priya, browser_of):
    client = browser_of(priya)
    began = Session.objects.get().created_at
    client.post("/me/", WISHES)  # leaves a toast in the session
    client.get("/me/")
    assert Session.objects.get().created_at == began


def test_one_other_browser_is_signed_out(priya, browser_of):
    here, phone, third = browser_of(priya), browser_of(priya, PHONE), browser_of(priya)
    key = Session.objects.get(user_agent=PHONE).session_key
    answer = here.post("/me/sessions/end/", {"which": key}, follow=True)
    assert "Signed out: 1 browser" in answer.content.decode()
    assert [client.get("/me/").status_code for client in (here, phone, third)] == [200, 302, 200]


def test_all_others_are_signed_out_and_this_one_stays(priya, browser_of):
    here, phone, third = browser_of(priya), browser_of(priya, PHONE), browser_of(priya)
    answer = here.post("/me/sessions/end/", {"which": "others"}, follow=True)
    assert "Signed out: 2 browsers" in answer.content.decode()
    assert [client.get("/me/").status_code for client in (here, phone, third)] == [200, 302, 302]
    assert "signed in here only" in here.post("/me/sessions/end/", {"which": "others"}, follow=True).content.decode()


def test_nobody_ends_this_very_session_or_a_colleagues(priya, browser_of):
    anna = factories.staff("admin")
    create_login(anna.email, PASSWORD)
    hers, mine = browser_of(anna), browser_of(priya)
    for key in Session.objects.values_list("session_key", flat=True):
        mine.post("/me/sessions/end/", {"which": key})
    assert [client.get("/me/").status_code for client in (hers, mine)] == [200, 200]


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [(FIREFOX, "Firefox on Linux"), (PHONE, "Safari on iPhone"), ("", "Unknown browser"), ("curl", "Unknown browser")],
)
def test_a_browser_is_called_what_people_call_it(user_agent, words):
    assert browser_in_words(user_agent) == words
