"""The probes: plain answers, whatever else is broken."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.test import RequestFactory
from django.utils import timezone

from laz_ops import health
from slackintake.models import Heartbeat, SlackEvent

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


@pytest.fixture(autouse=True)
def worker():
    return Heartbeat.objects.create(worker="one")


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


def test_readyz_says_that_no_worker_is_alive(worker):
    Heartbeat.objects.update(seen_at=timezone.now() - timedelta(minutes=2))
    assert ask("/readyz").content == b'{"ready": false, "failing": ["worker"]}'
    worker.delete()
    assert ask("/readyz").status_code == 503


def test_readyz_says_that_the_queue_does_not_keep_up(worker):
    event = SlackEvent.objects.create(event_type="message", body="{}")
    assert ask("/readyz").status_code == 200
    SlackEvent.objects.update(due_at=timezone.now() - timedelta(minutes=6))
    assert ask("/readyz").content == b'{"ready": false, "failing": ["queue"]}'
    SlackEvent.objects.filter(pk=event.pk).update(finished_at=timezone.now())
    assert ask("/readyz").status_code == 200


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
