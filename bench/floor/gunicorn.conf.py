"""The same server as the desk's: threads, two processes, an access log, what is loaded kept from the collector."""

import gc
from typing import Any

wsgi_app = "django.core.wsgi:get_wsgi_application()"
worker_class = "gthread"
workers = 2
threads = 8
preload_app = True
keepalive = 5
accesslog = "-"
control_socket_disable = True


def when_ready(server: Any) -> None:
    gc.collect()
    gc.freeze()
