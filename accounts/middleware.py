"""Who is asking, for every request: the middleware that owns the transaction and its principal."""

from django.contrib.auth import SESSION_KEY
from django.core.exceptions import PermissionDenied
from django.db import ProgrammingError, transaction

from accounts import live
from accounts.queries import asking, remembered
from common.principal import acting_as

SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)


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
        """Undo what the view wrote; a row the policies refuse is a "forbidden", not a fault of ours."""
        if transaction.get_connection().in_atomic_block:
            transaction.set_rollback(True)
        if isinstance(exception, ProgrammingError) and getattr(exception.__cause__, "sqlstate", "") == "42501":
            from django.views.defaults import permission_denied

            return permission_denied(request, PermissionDenied("The database refuses this change for your role."))
        return None


class EndedSessionMiddleware:
    """Throws away the session of a person who may no longer sign in, at that person's next request."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.session.get(SESSION_KEY) and not request.user.is_authenticated:
            request.session.flush()
        return self.get_response(request)
