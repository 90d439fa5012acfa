"""The same server as the desk's: threads, two processes, an access log."""

wsgi_app = "django.core.wsgi:get_wsgi_application()"
worker_class = "gthread"
workers = 2
threads = 8
preload_app = True
keepalive = 5
accesslog = "-"
control_socket_disable = True
