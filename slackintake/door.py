"""The door for Slack: prove who sent it, store it, say 200. Nothing else happens here, so nothing else can fail here.

Slack waits three seconds and sends up to four times. Whatever has been answered with 200 is in the table; whatever
could not be stored is answered with 503, so that Slack sends it again.
"""

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from common.principal import acting_as
from slackintake import events as slack
from slackintake.models import EventSource
from slackintake.queue import wake_workers
from slackintake.signature import is_genuine

MAX_BODY_BYTES = 1_000_000
"""Slack's largest events, 40,000 characters with their blocks, are a fifth of this."""

logger = logging.getLogger(__name__)


class Refusal(Exception):
    """What is wrong with the request, and the status that says so."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def slack_door(content_type: str) -> Callable[[Callable[[bytes], HttpResponse]], Callable[..., HttpResponse]]:
    """Make a view of a function that takes the body of a request which Slack has signed."""

    def decorate(view: Callable[[bytes], HttpResponse]) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @login_not_required
        @require_POST
        def door(request: HttpRequest) -> HttpResponse:
            try:
                return view(_genuine_body(request, content_type))
            except Refusal as refusal:
                return HttpResponse(str(refusal), status=refusal.status, content_type="text/plain")
            except slack.Malformed as error:
                return HttpResponse(str(error), status=400, content_type="text/plain")
            except (DatabaseError, InterfaceError):
                logger.exception("An event from Slack could not be stored; Slack will send it again.")
                return HttpResponse("Not stored. Send it again.", status=503, content_type="text/plain")

        return door

    return decorate


@slack_door("application/json")
def events(body: bytes) -> HttpResponse:
    """`POST /slack/events`: an event of the Events API, or the question whether this address is ours."""
    envelope = slack.parse_event(body)
    if envelope["type"] == "url_verification":
        return JsonResponse({"challenge": envelope["challenge"]})
    _store(EventSource.EVENTS, envelope.get("event_id") or None, slack.kind_of(envelope), body.decode())
    return HttpResponse()


@slack_door("application/x-www-form-urlencoded")
def interactive(body: bytes) -> HttpResponse:
    """`POST /slack/interactive`: a shortcut or a button. Slack sends each once, named by its trigger."""
    payload, text = slack.parse_interaction(body)
    trigger = payload.get("trigger_id")
    event_id = f"trigger:{trigger}" if isinstance(trigger, str) and trigger else None
    _store(EventSource.INTERACTIVE, event_id, payload["type"], text)
    return HttpResponse()


def _genuine_body(request: HttpRequest, content_type: str) -> bytes:
    """The body, proved to be Slack's. Raises Refusal."""
    if not settings.SLACK_SIGNING_SECRETS:
        raise Refusal(503, "Slack is not set up here: SLACK_SIGNING_SECRET is missing.")
    if request.content_type != content_type:
        raise Refusal(415, f"The body must be {content_type}.")
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        raise Refusal(400, "The length of the body is not a number.") from None
    if length > MAX_BODY_BYTES:
        raise Refusal(413, f"The body is longer than {MAX_BODY_BYTES:,} bytes.")
    try:
        body = request.body
    except UnreadablePostError:
        raise Refusal(400, "The body broke off.") from None
    if not is_genuine(
        body,
        timestamp=request.headers.get("X-Slack-Request-Timestamp"),
        signature=request.headers.get("X-Slack-Signature"),
        secrets=settings.SLACK_SIGNING_SECRETS,
        now=time.time(),
    ):
        raise Refusal(401, "The signature is wrong or more than five minutes old.")
    return body


def _store(source: str, event_id: str | None, kind: str, text: str) -> None:
    """Keep the request for good; a repeat of one that is here already changes nothing."""
    if event_id is not None and len(event_id) > slack.MAX_EVENT_ID_LENGTH:
        raise slack.Malformed("The event id is too long.")
    with acting_as("system", "slack-intake"), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO slack_events (slack_event_id, source, event_type, body) VALUES (%s, %s, %s, %s) "
            "ON CONFLICT (slack_event_id) DO NOTHING",
            [event_id and slack.clean(event_id), source, slack.clean(kind)[:100], slack.without_credentials(text)],
        )
        if cursor.rowcount:
            wake_workers()
