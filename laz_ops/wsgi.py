"""What gunicorn serves. The web process connects with the web login, never as the owner."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "laz_ops.settings")
os.environ["LAPAZ_PROCESS"] = "web"

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

from accounts.checks import refuse_owner_connection  # noqa: E402  (needs the app registry)

refuse_owner_connection()
