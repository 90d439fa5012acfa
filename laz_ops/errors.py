"""The pages for what goes wrong, where Django's own handlers know too little. None of them asks the database."""

import sys
from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views import defaults

TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """413 for a form that is larger than the house takes, 400 for everything else that cannot be read."""
    if isinstance(exception, TOO_MUCH):
        return HttpResponse(render_to_string("413.html", request=request), status=413)
    return defaults.bad_request(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """503 while the database is out of reach, 500 for everything else that is our fault."""
    error = sys.exception()
    if isinstance(error, InterfaceError) or (isinstance(error, OperationalError) and _is_away(error)):
        return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": "10"})
    return defaults.server_error(request)


def _is_away(error: OperationalError) -> bool:
    """Whether the connection is lost or refused, or the server full or going down, rather than this statement wrong."""
    sqlstate = getattr(error.__cause__, "sqlstate", None)
    return sqlstate is None or sqlstate[:2] in ("08", "53", "57")


class MethodNotAllowedMiddleware:
    """Gives whoever opens the address of a button a page that says so and leads to what the address names.

    Only a browser that wants a page gets one; what scripts and machines ask for keeps its bare answer. It stands inside
    CommonMiddleware, which measures the answer.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and "text/html" in request.headers.get("Accept", ""):
            named = {"back_href": _what_is_named(request)}
            response.content = render_to_string("405.html", named, request)
        return response


def _what_is_named(request: HttpRequest) -> str:
    """The address as far as the key in it, if a verb follows; empty where it names nothing that has a page."""
    key = request.resolver_match.kwargs.get("pk") if request.resolver_match else None
    before, _, verb = request.path.partition(f"/{key}/")
    return f"{before}/{key}/" if verb else ""
