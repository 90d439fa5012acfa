"""Somebody at the desk: a person with a login, and the browser of that person."""

import re

import pytest
from django.test import Client

from accounts.models import User
from tests import factories

PASSWORD = "a-password-of-tests"


@pytest.fixture
def sign_in(db):
    """``sign_in("operations", name="Priya Patel")`` gives (person, client)."""
    from django.contrib.auth.hashers import make_password

    def start(role="operations", **values):
        person = factories.staff(role, **values)
        User.objects.create(staff=person, password=make_password(PASSWORD))
        client = Client()
        assert client.post("/login/", {"username": person.email, "password": PASSWORD}).status_code == 302
        return person, client

    return start


@pytest.fixture
def statements():
    """The SELECT, INSERT, UPDATE and DELETE statements of a request, as the speed table counts them.

    Django's check of the connection is one of them: a server makes it with every request, a test never.
    """
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count(do):
        with CaptureQueriesContext(connection) as queries:
            do()
        own = [query["sql"] for query in queries if not re.search("set_config|current_setting", query["sql"])]
        return ["SELECT 1"] + [sql for sql in own if sql.split()[0] in {"SELECT", "INSERT", "UPDATE", "DELETE", "WITH"}]

    return count
