"""How gunicorn serves the application, from `./run` and from the Procfile alike.

gunicorn itself reads PORT: with it set, it listens on every address of the machine, without it on loopback.
"""

import gc
import os
import time
import warnings
from typing import Any

from gunicorn.glogging import Logger

# One clock in the log: Django sets the office's in the processes that serve, gunicorn's own would keep the machine's.
os.environ["TZ"] = os.environ.get("OFFICE_TIME_ZONE") or "America/Toronto"
time.tzset()
# Static files are served from where they lie; collecting them for a release is a choice, not a duty.
warnings.filterwarnings("ignore", "No directory at", UserWarning)

wsgi_app = "laz_ops.wsgi"
# Threads, because a request mostly waits for the database; two processes, because one is the least that survives the
# loss of one. WEB_CONCURRENCY is the number of processes.
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
threads = 8
# Loaded once, before the processes part: they share its memory, and what keeps it from starting is said once.
preload_app = True
timeout = 30
graceful_timeout = 8  # less than ./run and most platforms wait before they kill
keepalive = 5
# Nobody steers the server by it, and two servers of one user would contend for its one path.
control_socket_disable = True

accesslog = "-"
access_log_format = "%(t)s INFO    gunicorn: %(m)s %(U)s %(s)s in %(M)s ms"


def when_ready(server: Any) -> None:
    """Takes what has been loaded out of the collector's sight: it lives as long as the processes, which would look
    through all of it again and again, and unshare its pages by doing so."""
    gc.collect()
    gc.freeze()


def pre_fork(server: Any, worker: Any) -> None:
    """Closes what loading may have opened: two processes must not talk over one connection."""
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]


class QuietLogger(Logger):
    """Writes lines like the rest of the log, and leaves out what a page asks every few seconds when nothing has
    changed and what load balancers ask."""

    error_fmt = "%(asctime)s %(levelname)-7s gunicorn: %(message)s"
    datefmt = "%H:%M:%S"

    def atoms(self, resp: Any, req: Any, environ: dict[str, Any], request_time: Any) -> dict[str, Any]:
        """The parts of a line, with the time written as everywhere else in the log."""
        return super().atoms(resp, req, environ, request_time) | {"t": time.strftime(self.datefmt)}

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: Any) -> None:
        """Logs a request unless it is one of these."""
        if not resp.status.startswith("304") and environ.get("PATH_INFO") not in ("/healthz", "/readyz"):
            super().access(resp, req, environ, request_time)


logger_class = QuietLogger
