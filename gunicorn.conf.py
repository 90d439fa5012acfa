"""How gunicorn serves the application, from `./run` and from the Procfile alike.

gunicorn itself reads PORT: with it set, it listens on every address of the machine, without it on loopback.
"""

import os

from gunicorn.glogging import Logger

wsgi_app = "laz_ops.wsgi"
# Threads, because a request mostly waits for the database; two processes, because one is the least that survives the
# loss of one. WEB_CONCURRENCY is the number of processes.
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
threads = 8
timeout = 30
graceful_timeout = 8  # less than ./run and most platforms wait before they kill
keepalive = 5
# Nobody steers the server by it, and two servers of one user would contend for its one path.
control_socket_disable = True

accesslog = "-"
access_log_format = "%(m)s %(U)s %(s)s %(M)s ms"


class QuietLogger(Logger):
    """Leaves out what a page asks every few seconds when nothing has changed, and the probes of load balancers."""

    def access(self, resp, req, environ, request_time):  # type: ignore[no-untyped-def]
        """Logs a request unless it is one of these."""
        if not resp.status.startswith("304") and environ.get("PATH_INFO") not in ("/healthz", "/readyz"):
            super().access(resp, req, environ, request_time)


logger_class = QuietLogger
