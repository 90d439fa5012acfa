"""What machines ask: `/healthz`, is the process alive, and `/readyz`, can it do its work.

Both are answered before every other middleware. A load balancer asks by IP address, without a session and without
HTTPS, and must get a plain answer even when the database is away.
"""

import logging
from collections.abc import Callable
from functools import cache

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse

from slackintake.queries import queue_keeps_up, worker_is_alive

logger = logging.getLogger(__name__)


def database_answers() -> bool:
    """Whether a statement goes to the database and comes back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() == (1,)


def migrations_are_applied() -> bool:
    """Whether the database has every migration of this release."""
    return _migrations_on_disk() <= set(MigrationRecorder(connection).applied_migrations())


@cache
def _migrations_on_disk() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).disk_migrations)


# One name and one question each. A check that raises has failed; what it raised goes to the log and to nobody else.
CHECKS: dict[str, Callable[[], bool]] = {
    "database": database_answers,
    "migrations": migrations_are_applied,
    "queue": queue_keeps_up,
    "worker": worker_is_alive,
}


def failing_checks() -> list[str]:
    """The names of the checks that fail, in the order of CHECKS."""
    return [name for name, check in CHECKS.items() if not _passes(name, check)]


def _passes(name: str, check: Callable[[], bool]) -> bool:
    try:
        return check()
    except Exception:
        logger.exception("The check '%s' of /readyz failed.", name)
        return False


def healthz() -> HttpResponse:
    """200 as long as the process answers at all."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz() -> HttpResponse:
    """200, or 503 with the names of the failing checks and no data."""
    failing = failing_checks()
    return JsonResponse({"ready": not failing, "failing": failing}, status=503 if failing else 200)


PROBES = {"/healthz": healthz, "/readyz": readyz}


class ProbesMiddleware:
    """Answers the probes and passes everything else on. It stands first in MIDDLEWARE."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        probe = PROBES.get(request.path_info)
        if probe is None:
            return self.get_response(request)
        response = probe() if request.method in ("GET", "HEAD") else HttpResponseNotAllowed(["GET", "HEAD"])
        response.headers["Cache-Control"] = "no-store"
        return response
