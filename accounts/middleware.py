"""Who is asking, for every request: the middleware that owns the transaction and its principal."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, DataError, transaction
from django.http import HttpResponse
from django.shortcuts import resolve_url
from django.views.defaults import bad_request, permission_denied

from accounts import live
from accounts.queries import asking, login_of, remembered
from common.http import after_action, first_of_ours, looked_at
from common.principal import acting_as

SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
COLLISIONS = {"23505", "40P01", "40001"}
"""What the database says to the second of two who write at one moment (SQLSTATE): a row that is there already, a
deadlock, a serialization failure."""


class ContentSecurityPolicyMiddleware:
    """Everything comes from our own address; no inline script or style ever runs."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", SECURITY_POLICY)
        return response


class PrincipalMiddleware:
    """One transaction per request of a signed-in person, in which every statement runs as that person.

    Not ATOMIC_REQUESTS: there the principal would be set outside the view's transaction, and a TemplateResponse would
    be rendered after it, without rows. A request without a session opens no transaction; its view acts as nobody or as
    a system identity by itself.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        staff_id = request.session.get(SESSION_KEY)
        if not staff_id:
            return self.get_response(request)
        with acting_as("staff", staff_id):
            person = asking(staff_id)
            etag = live.etag_of(request, person)
            if unchanged := live.not_modified(request, etag):
                return unchanged
            with remembered(staff_id, person):
                response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
            live.mark(request, response, etag)
        return response

    def process_exception(self, request, exception):
        """Undo what the view wrote, and say what is no fault of ours: a row that the policies refuse, a value that no
        column can hold (a NUL in an address), and two who wrote the same at one moment."""
        if transaction.get_connection().in_atomic_block:
            transaction.set_rollback(True)
        if isinstance(exception, DataError):
            return bad_request(request, exception)
        sqlstate = getattr(exception.__cause__, "sqlstate", "") if isinstance(exception, DatabaseError) else ""
        if sqlstate == "42501":
            return permission_denied(request, PermissionDenied("The database refuses this change for your role."))
        if sqlstate in COLLISIONS and request.method == "POST":
            said = "Somebody changed the same at the same moment. Nothing was saved: look again, then try once more."
            return after_action(request, said=said, fallback="/inbox/", status=409)
        return None


class EndedSessionMiddleware:
    """Throws away the session of a person who may no longer sign in, at that person's next request.

    ``request.is_switched_off`` says so to the sign-in page; a session that ends otherwise does not
    set it.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        staff_id = request.session.get(SESSION_KEY)
        request.is_switched_off = bool(staff_id) and login_of(staff_id) is None
        if staff_id and not request.user.is_authenticated:
            request.session.flush()
        return self.get_response(request)


class SignInMiddleware(LoginRequiredMiddleware):
    """Leads whoever is not signed in to the sign-in page, and from there back to the page that was looked at.

    What was asked for may be a part of that page, or a form that can only be sent. htmx is told to go there: it would
    put the sign-in page in the place of a row. What was sent is lost, and the sign-in page says so. Only the browser of
    somebody who has been switched off is told that: the address carries the reason, not the person.
    """

    def handle_no_permission(self, request, view_func):
        is_looking = request.method in ("GET", "HEAD")
        ended = "off" if request.is_switched_off else "" if is_looking else "unsent"
        door = resolve_url(settings.LOGIN_URL) + (f"?ended={ended}" if ended else "")
        if request.htmx:
            answer = redirect_to_login(looked_at(request) or "/", door)
            return HttpResponse(status=401, headers={"HX-Redirect": answer["Location"]})
        if is_looking:
            return redirect_to_login(request.get_full_path(), door)
        page = urlsplit(first_of_ours(request, request.META.get("HTTP_REFERER", "")))
        return redirect_to_login(page._replace(scheme="", netloc="").geturl() or "/", door)
