"""Who comes in, who does not, and what a wrong try is told."""

from urllib.parse import urlencode

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.actions import DEMO_PASSWORD, TRIES, create_demo_logins, create_login
from accounts.models import SignInAttempt, User
from common.history import Refused
from staff.models import Staff
from tests import factories

pytestmark = pytest.mark.django_db

PASSWORD = "a password of my own"
WRONG = "That e-mail and password do not match"


@pytest.fixture
def priya():
    person = factories.staff("operations", email="priya@lapaz.example")
    create_login(person.email, PASSWORD)
    return person


def sign_in(client, username="priya@lapaz.example", password=PASSWORD, **options):
    return client.post("/login/", {"username": username, "password": password}, **options)


def problem(response, status=403):
    assert response.status_code == status
    return response.context["problem"]


def test_the_right_password_leads_to_the_inbox(client, priya):
    assert sign_in(client)["Location"] == "/inbox/"
    assert client.get("/inbox/").status_code == 200
    assert User.objects.get(pk=priya.pk).last_login is not None


def test_the_e_mail_is_read_as_people_write_it(client, priya):
    assert sign_in(client, username=" Priya@LaPaz.example ").status_code == 302


def test_after_signing_in_one_stands_where_one_wanted_to_go(client, priya):
    assert client.get("/my/")["Location"] == "/login/?next=/my/"
    assert sign_in(client, **{"QUERY_STRING": "next=/my/"})["Location"] == "/my/"
    for elsewhere in (
        "https://elsewhere.example/",
        "//elsewhere.example/",
        "\\elsewhere.example",
        "nowhere",
        "http://[::1",
    ):
        client.post("/logout/")
        assert sign_in(client, **{"QUERY_STRING": urlencode({"next": elsewhere})})["Location"] == "/inbox/"


def test_a_wrong_password_and_an_unknown_e_mail_are_told_the_same(client, priya):
    by_password = problem(sign_in(client, password="a password of others"))
    by_email = problem(sign_in(client, username="nobody@lapaz.example"))
    assert by_password == by_email
    assert by_password.startswith(WRONG)


@pytest.mark.parametrize("change", [{"status": "suspended"}, {"status": "inactive"}, {"deleted_at": factories.NOON}])
def test_who_is_switched_off_or_removed_does_not_come_in(client, priya, change):
    Staff.objects.filter(pk=priya.pk).update(**change)
    assert problem(sign_in(client)).startswith(WRONG)


def test_too_many_wrong_tries_make_even_the_right_one_wait(client, priya):
    for _ in range(TRIES):
        assert problem(sign_in(client, password="a password of others")).startswith(WRONG)
    assert problem(sign_in(client), 429).startswith("Too many tries")
    # Others come in all the same, and so does this person a quarter of an hour later.
    other = factories.staff("support")
    create_login(other.email, PASSWORD)
    assert sign_in(client, username=other.email).status_code == 302
    client.post("/logout/")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_sign_in_attempt SET at = at - interval '15 minutes 1 second'")
    assert sign_in(client).status_code == 302


def test_one_address_that_tries_many_e_mails_waits_too(client, priya):
    SignInAttempt.objects.bulk_create(
        SignInAttempt(email=f"{number}@lapaz.example", address="10.0.0.9") for number in range(5 * TRIES)
    )
    assert problem(sign_in(client, REMOTE_ADDR="10.0.0.9"), 429).startswith("Too many tries")
    assert sign_in(client, REMOTE_ADDR="10.0.0.8").status_code == 302


def test_tries_are_forgotten_after_an_hour(client, priya):
    sign_in(client, password="a password of others")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_sign_in_attempt SET at = at - interval '61 minutes'")
    sign_in(client)
    assert not SignInAttempt.objects.exists()


def test_the_demo_password_opens_nothing_outside_the_demo(client, priya, settings):
    create_login(priya.email, DEMO_PASSWORD)
    assert problem(sign_in(client, password=DEMO_PASSWORD)).startswith(WRONG)
    with pytest.raises(Refused, match="demo mode only"):
        create_demo_logins()
    settings.DEMO = True
    assert sign_in(client, password=DEMO_PASSWORD).status_code == 302


def test_a_login_is_given_to_a_person_who_is_there_with_a_password_worth_the_name(priya, monkeypatch):
    monkeypatch.setenv("LOGIN_PASSWORD", "short")
    with pytest.raises(CommandError, match="LOGIN_PASSWORD: This password is too short"):
        call_command("create_login", priya.email)
    monkeypatch.setenv("LOGIN_PASSWORD", PASSWORD)
    with pytest.raises(CommandError, match="No staff member has the e-mail"):
        call_command("create_login", "nobody@lapaz.example")
    call_command("create_login", priya.email)


def test_a_new_password_ends_the_sessions_of_the_old_one(client, priya):
    sign_in(client)
    create_login(priya.email, "quite another password")
    assert client.get("/my/").status_code == 302
