"""What somebody reads when something goes wrong on the way to a page."""

import psycopg
import pytest
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.test import Client

from accounts.actions import create_login
from accounts.sessions import SessionStore
from tests import factories

pytestmark = pytest.mark.django_db


def heading(response):
    return response.content.decode().partition("<h1>")[2].partition("</h1>")[0]


@pytest.mark.parametrize(
    "form", [{"username": "x" * 3_000_000}, dict.fromkeys(map(str, range(1001)), "x")], ids=["large", "many fields"]
)
def test_a_form_that_is_too_large_is_told_from_one_that_cannot_be_read(form):
    browser = Client(enforce_csrf_checks=True)
    browser.get("/login/")
    response = browser.post("/login/", form)
    assert (response.status_code, heading(response)) == (413, "That was too much at once")
    broken = Client().post("/login/", b"--x", content_type="multipart/form-data; boundary=")
    assert (broken.status_code, heading(broken)) == (400, "That request could not be read")


@pytest.fixture
def in_the_dark(client):
    """The browser of somebody at operations who has chosen the dark theme."""
    person = factories.staff("operations")
    create_login(person.email, "a password of my own")
    client.post("/login/", {"username": person.email, "password": "a password of my own"})
    client.post("/me/theme/", {"theme": "dark"})
    return client


def test_who_is_signed_in_reads_it_in_the_theme_of_their_own(in_the_dark):
    for path, status in (("/nowhere/", 404), ("/templates/", 403), ("/undo/last/", 405)):
        page = in_the_dark.get(path, headers={"accept": "text/html"})
        assert (page.status_code, 'data-theme="dark"' in page.content.decode()) == (status, True), path
    assert 'data-theme="dark"' in in_the_dark.post("/me/", {"name": "x" * 3_000_000}).content.decode()


def test_a_page_about_a_transaction_that_has_failed_asks_the_database_nothing(in_the_dark, monkeypatch):
    def refuse(*_):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

    monkeypatch.setattr("desk.act_views.render", refuse)
    page = in_the_dark.get("/acts/")
    assert (page.status_code, heading(page)) == (400, "That request could not be read")


def refused_by_a_limit():
    error = OperationalError()
    error.__cause__ = psycopg.errors.ProgramLimitExceeded()
    return error


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (OperationalError, 503, "Back in a moment"),
        (InterfaceError, 503, "Back in a moment"),
        (refused_by_a_limit, 500, "Our side has a problem"),
        (ValueError, 500, "Our side has a problem"),
    ],
)
def test_a_database_out_of_reach_is_told_from_a_fault_of_ours(monkeypatch, error, status, words):
    def load(store):
        raise error()

    monkeypatch.setattr(SessionStore, "load", load)
    client = Client(raise_request_exception=False)
    client.cookies[settings.SESSION_COOKIE_NAME] = "x" * 32
    response = client.get("/inbox/")
    assert (response.status_code, heading(response)) == (status, words)
    assert ("Retry-After" in response) == (status == 503)
