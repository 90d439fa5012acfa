"""Whether a page has changed since the browser last saw it, answered before anything is queried or rendered."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.contrib.messages.storage.session import SessionStorage
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils import timezone

from accounts.queries import Asking


def _release() -> str:
    """A mark of this release: the sizes and times of its templates, styles, scripts and modules."""
    digest = hashlib.sha256()
    for pattern in ("*/templates/**/*.html", "templates/**/*.html", "static/**/*.*", "*/*.py"):
        for path in sorted(Path(settings.BASE_DIR).glob(pattern)):
            state = path.stat()
            digest.update(f"{path.name}{state.st_size}{state.st_mtime_ns}".encode())
    return digest.hexdigest()[:12]


RELEASE = _release()
TOASTS = SessionStorage.session_key


def etag_of(request: HttpRequest, person: Asking | None) -> str | None:
    """The mark of this page as it stands now for this person, or None where a page is not to be marked.

    It holds the change counter, person, role, address, the part that is asked for, release and minute: words like
    "4 min ago" grow old by themselves. The person must be read before the page's rows: read after them it could hide a
    change behind a 304.
    """
    if person is None or request.method != "GET" or request.path.startswith("/admin/"):
        return None
    fragment = (request.headers.get("HX-Request", ""), request.headers.get("HX-Target", ""))
    minute = f"{timezone.now():%Y%m%d%H%M}"
    parts = (person.counter, person.staff_id, person.role, request.get_full_path(), fragment, RELEASE, minute)
    return f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'


def not_modified(request: HttpRequest, etag: str | None) -> HttpResponse | None:
    """The 304 for a browser that has this very page already; none while a toast waits to be shown."""
    if etag is None or request.headers.get("If-None-Match") != etag or request.session.get(TOASTS):
        return None
    response = HttpResponseNotModified()
    response["ETag"] = etag
    return response


def mark(request: HttpRequest, response: HttpResponse, etag: str | None) -> None:
    """Give a page its mark. A page with a toast gets none: shown again from the cache it would repeat the toast."""
    is_page = response.status_code == 200 and response.get("Content-Type", "").startswith("text/html")
    if etag is None or not is_page or len(messages.get_messages(request)):
        return
    response["ETag"] = etag
    response.setdefault("Cache-Control", "private, no-cache")
