"""Fixtures for all tests: no network, and the browser that the machine has."""

import importlib
import io
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings

# `pytest --hypothesis-profile=thorough` looks much longer for a counter-example.
hypothesis_settings.register_profile("fast", max_examples=50, deadline=None)
hypothesis_settings.register_profile("thorough", max_examples=10_000, deadline=None)
hypothesis_settings.load_profile("fast")

LOOPBACK = {"127.0.0.1", "::1", "localhost"}
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


class NetworkBlockedError(RuntimeError):
    """A test tried to leave this machine."""


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    """Refuses every connection and every name look-up that would leave this machine."""
    patch = pytest.MonkeyPatch()

    def guard(original: Callable[..., Any]) -> Callable[..., Any]:
        def connect(self: socket.socket, address: Any) -> Any:
            if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in LOOPBACK:
                raise NetworkBlockedError(f"Tests have no network, and this one wanted {address!r}.")
            return original(self, address)

        return connect

    look_up = socket.getaddrinfo

    def getaddrinfo(host: Any, *arguments: Any, **options: Any) -> Any:
        if host not in (None, "", "0.0.0.0", *LOOPBACK):  # noqa: S104 - compared, never bound
            raise NetworkBlockedError(f"Tests have no network, and this one looked for {host!r}.")
        return look_up(host, *arguments, **options)

    patch.setattr(socket.socket, "connect", guard(socket.socket.connect))
    patch.setattr(socket.socket, "connect_ex", guard(socket.socket.connect_ex))
    patch.setattr(socket, "getaddrinfo", getaddrinfo)
    yield
    patch.undo()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Chromium from the system's packages: no browser is downloaded."""
    program = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    if program is None:
        pytest.fail("Browser tests need Chromium: apt-get install chromium", pytrace=False)
    arguments = ["--disable-dev-shm-usage"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")  # Chromium refuses to start as root with its sandbox
    return {**browser_type_launch_args, "executable_path": program, "args": arguments}


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The signing key the policies ask for, which no flush removes, and what the last run's flush has removed."""
    from django.core.management import call_command

    with django_db_blocker.unblock():
        call_command("sync_principal_key", stdout=io.StringIO())
        _fill_in_shipped_rows()


@pytest.fixture(autouse=True)
def _web_role(settings: Any) -> None:
    """Whoever acts in a test acts as the web role: as the owner every policy would pass vacuously."""
    settings.RLS_SET_ROLE = "ops_app"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def web_login(transactional_db: None) -> Iterator[Any]:
    """A connection of its own as a login that is only a member of the web role, as in production."""
    import psycopg
    from django.db import connection
    from psycopg.conninfo import make_conninfo

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = 'ops_test_web'")
        if not cursor.fetchone():
            cursor.execute("CREATE ROLE ops_test_web LOGIN PASSWORD 'tests'")
        cursor.execute("GRANT ops_app TO ops_test_web")
    parameters = connection.get_connection_params()
    conninfo = make_conninfo(
        host=parameters.get("host", ""),
        port=parameters.get("port", ""),
        dbname=parameters["dbname"],
        user="ops_test_web",
        password="tests",  # noqa: S106
    )
    with psycopg.connect(conninfo, autocommit=True, cursor_factory=psycopg.ClientCursor) as login:
        yield login


def _fill_in_shipped_rows() -> None:
    """The rows that migrations ship (calendar, templates); a transaction test empties every table."""
    from django.apps import apps

    from common.models import Act, Change

    for module, fill in (("0002_policies", "fill_calendar"), ("0004_templates_of_the_trade", "fill_templates")):
        getattr(importlib.import_module(f"listings.migrations.{module}"), fill)(apps, None)
    # As in the migrations, what ships is no act of anybody.
    Change.objects.all().delete()
    Act.objects.all().delete()


@pytest.fixture(autouse=True)
def _shipped_rows(request: pytest.FixtureRequest) -> None:
    marker = request.node.get_closest_marker("django_db")
    flushes = {"transactional_db", "live_server"} & set(request.fixturenames)
    if flushes or (marker and marker.kwargs.get("transaction")):
        request.getfixturevalue("transactional_db")
        _fill_in_shipped_rows()
