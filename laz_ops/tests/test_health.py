"""The probes: plain answers, whatever else is broken."""

import pytest
from django.db import OperationalError
from django.test import RequestFactory

from laz_ops import health

pytestmark = pytest.mark.django_db


def ask(path: str, method: str = "get", **headers: str):
    def get_response(request):
        raise AssertionError("A probe went past the first middleware.")

    request = getattr(RequestFactory(), method)(path, **headers)
    return health.ProbesMiddleware(get_response)(request)


def test_healthz_answers_without_a_database(monkeypatch):
    monkeypatch.setattr(health, "CHECKS", {})
    response = ask("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")


def test_readyz_is_ready_with_a_migrated_database():
    response = ask("/readyz")
    assert response.status_code == 200
    assert response.content == b'{"ready": true, "failing": []}'
    assert response.headers["Cache-Control"] == "no-store"


def test_readyz_names_the_migrations_that_are_missing(monkeypatch):
    monkeypatch.setattr(health, "_migrations_on_disk", lambda: frozenset({("tasks", "9999_not_yet")}))
    response = ask("/readyz")
    assert response.status_code == 503
    assert response.content == b'{"ready": false, "failing": ["migrations"]}'


def test_readyz_tells_the_log_and_not_the_caller_what_went_wrong(monkeypatch, caplog):
    def away() -> bool:
        raise OperationalError("connection to 10.1.2.3 refused")

    monkeypatch.setitem(health.CHECKS, "database", away)
    response = ask("/readyz")
    assert response.status_code == 503
    assert response.content == b'{"ready": false, "failing": ["database"]}'
    assert "10.1.2.3" in caplog.text


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_the_probes_are_only_read(path):
    assert ask(path, "post").status_code == 405


def test_a_load_balancer_may_ask_by_address(client):
    assert client.get("/healthz", headers={"host": "10.0.0.7"}).status_code == 200


def test_everything_else_is_passed_on():
    answer = object()
    assert health.ProbesMiddleware(lambda request: answer)(RequestFactory().get("/healthz/")) is answer
