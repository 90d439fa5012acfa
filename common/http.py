"""The one place that knows both answers to an action: a fragment for htmx, a redirect for everybody else."""

import json
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.middleware import HtmxDetails


class HtmxRequest(HttpRequest):
    """A request as ``django_htmx``'s middleware leaves it."""

    htmx: HtmxDetails


def first_of_ours(request: HttpRequest, *addresses: str) -> str:
    """The first of these that is a path or an address of this house; empty where none is."""
    for address in addresses:
        is_full = address.startswith(("/", "http://", "https://"))
        if is_full and url_has_allowed_host_and_scheme(address, {request.get_host()}, request.is_secure()):
            return address
    return ""


def looked_at(request: HtmxRequest) -> str:
    """Path and query of the page from which htmx asks; empty where there is none of ours."""
    page = first_of_ours(request, request.htmx.current_url or "")
    return (request.htmx.current_url_abs_path or "") if page else ""


def back(request: HttpRequest, fallback: str) -> HttpResponse:
    """To the page the form was sent from, if it is ours; filters in its address are kept.

    A verb's own page has done its work: from there, and from that of another verb on the same thing, which perhaps only
    a form can open, the way leads on to ``fallback``.
    """
    came_from = first_of_ours(request, request.META.get("HTTP_REFERER", ""))
    path = urlsplit(came_from).path
    is_verb = path == request.path or (path.startswith(fallback) and path != fallback)
    if came_from and not is_verb:
        return redirect(came_from)
    return redirect(fallback)


def after_action(
    request: HtmxRequest,
    *,
    said: str,
    act_id: str | None = None,
    fallback: str,
    fragment: str = "",
    trigger: str = "",
    status: int = 200,
    onward: str = "",
    offer: str = "",
    level: int | None = None,
) -> HttpResponse:
    """Answer an action: ``said`` is the toast, with Undo if ``act_id`` names an act.

    For htmx: ``fragment`` is the HTML that takes the place of what was acted upon; without one nothing is replaced and
    ``trigger`` names the event the scripts hear. Otherwise: a message and a redirect back, or to ``onward`` if given.
    ``offer`` is the address of the task that a refused claim is offered instead; its toast has a button to claim that.
    With the ``level`` WARNING it is the address that takes back what nobody else has touched.
    """
    level = level or (messages.SUCCESS if status < 400 else messages.ERROR)
    if not request.htmx:
        messages.add_message(request, level, said, extra_tags=act_id or offer)
        return redirect(onward) if onward else back(request, fallback)
    message = Message(level, said, extra_tags=act_id or offer)
    toast = render_to_string("components/toast.html", {"message": message, "csrf_token": get_token(request)})
    response = HttpResponse(
        f'{fragment}<div hx-swap-oob="beforeend:#toasts">{toast}</div>',
        status=status,
    )
    if not fragment:
        response["HX-Reswap"] = "none"
    if trigger:
        response["HX-Trigger"] = json.dumps({trigger: {}})
    return response
