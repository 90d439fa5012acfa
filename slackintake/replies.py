"""Answers in Slack: 👀 when something was made of a message, ✅ when it is done. Nothing else, and nothing twice.

A reply is a row of the outbox, written in the transaction that gives the reason for it, and sent by the worker. Adding
a reaction that is there already, or removing one that is not, is a success: so a worker that dies between Slack's
answer and our commit may send again.
"""

import logging
import re
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Value
from django.db.models.functions import Now
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from slackintake.models import CreatedTaskType, ItemKind, Reply, ReplyAction, SlackMessage
from slackintake.queue import fail, finish, give_back, postpone

logger = logging.getLogger(__name__)

EXPIRES_AFTER = timedelta(days=1)
"""A reaction that comes later than this answers nobody: replies queued while no token was set are let go."""

TIMEOUT_SECONDS = 10
DONE_ALREADY = {"already_reacted", "no_reaction"}
TRY_AGAIN = {"ratelimited", "internal_error", "service_unavailable", "request_timeout", "fatal_error"}
EXPLANATIONS = {
    "message_not_found": "The message is gone from Slack.",
    "channel_not_found": "The bot cannot see the channel. Invite it there.",
    "not_in_channel": "The bot is not in the channel. Invite it there.",
    "invalid_auth": "Slack does not accept SLACK_BOT_TOKEN.",
    "not_authed": "Slack does not accept SLACK_BOT_TOKEN.",
    "account_inactive": "Slack does not accept SLACK_BOT_TOKEN any more.",
    "token_revoked": "Slack does not accept SLACK_BOT_TOKEN any more.",
    "missing_scope": "The bot lacks the scope reactions:write.",
    "is_archived": "The channel is archived.",
    "too_many_reactions": "The message has as many reactions as Slack allows.",
    "invalid_name": "Slack does not know this emoji.",
}


def can_send() -> bool:
    """Whether there is a token to send with."""
    return bool(settings.SLACK_BOT_TOKEN)


def web_client() -> WebClient:
    """Slack's Web API, without retries of its own: the outbox does them, and they survive a restart."""
    return WebClient(
        token=settings.SLACK_BOT_TOKEN, base_url=settings.SLACK_API_URL, timeout=TIMEOUT_SECONDS, retry_handlers=[]
    )


def send(reply: Reply, client: Callable[[], WebClient] = web_client) -> None:
    """Send one reply, outside a transaction, and note how it went. Raises RateLimited."""
    messages = messages_of(reply)
    if not messages:
        fail(reply, "There is no message of Slack's behind this any more.")
        return
    slack = client()
    call = slack.reactions_add if reply.action == ReplyAction.ADD else slack.reactions_remove
    try:
        for message in messages:
            try:
                call(channel=message.slack_channel_id, timestamp=message.ts, name=reply.name)
            except SlackApiError as error:
                if _code(error) not in DONE_ALREADY:
                    raise
    except SlackApiError as error:
        _note_refusal(reply, error)
    except (OSError, ValueError) as error:
        # No network, a time-out, an answer that is no JSON.
        give_back(reply, f"Slack could not be reached: {error}")
    else:
        finish(reply, sent_at=Now())


def messages_of(reply: Reply) -> list[SlackMessage]:
    """The message a reply goes to: the one it names, or the one that the item it names was made from."""
    if reply.message_id:
        return list(SlackMessage.objects.filter(pk=reply.message_id))
    if reply.kind == ItemKind.LISTING:
        return list(SlackMessage.objects.filter(created_listing_id=reply.item_id))
    task_type = CreatedTaskType.LISTING_TASK if reply.kind == ItemKind.ACTIVITY else CreatedTaskType.STRAY_TASK
    return list(SlackMessage.objects.filter(created_task_id=reply.item_id, created_task_type=task_type))


def let_go_of_expired() -> int:
    """Finish the replies that are too old to be an answer; return how many."""
    return Reply.objects.filter(finished_at=None, created_at__lt=Now() - EXPIRES_AFTER).update(
        finished_at=Now(), error="It was too late for an answer when it could have been sent."
    )


def queue_reaction(kind: str, item_id: str, name: str) -> bool:
    """Let the bot react to the message behind an item, for whoever may see the item; False if there is no message."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app.queue_reaction(%s, %s, %s)", [kind, item_id, name])
        return cursor.fetchone()[0]


class RateLimited(Exception):
    """Slack wants us to be silent for some seconds; the reply is due again after them."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Slack wants {seconds} s of silence.")
        self.seconds = seconds


def _note_refusal(reply: Reply, error: SlackApiError) -> None:
    code, status = _code(error), int(getattr(error.response, "status_code", 0) or 0)
    if code == "ratelimited" or status == 429:
        headers = {key.lower(): value for key, value in (getattr(error.response, "headers", None) or {}).items()}
        seconds = _seconds(headers.get("retry-after"))
        postpone(reply, Now() + Value(timedelta(seconds=seconds)))
        raise RateLimited(seconds)
    if not code or code in TRY_AGAIN or status >= 500:
        give_back(reply, f"Slack has a problem: {code or 'its answer cannot be read'}")
        return
    fail(reply, EXPLANATIONS.get(code, f"Slack refused it: {code}"))


def _code(error: SlackApiError) -> str:
    """Slack's word for what is wrong; empty where the answer was none of the Web API's."""
    code = error.response.get("error") if hasattr(error.response, "get") else None
    # Where the answer was no JSON, the library puts a sentence of its own there.
    return code if isinstance(code, str) and re.fullmatch(r"[a-z0-9_]{1,80}", code) else ""


def _seconds(value: object) -> int:
    text = value[0] if isinstance(value, list) and value else value
    try:
        return max(1, min(3600, int(str(text))))
    except ValueError:
        return 30
