"""From an event to a row of slack_messages: stored once, edited in place, greyed out when deleted, never removed."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from common.fields import new_ulid
from common.history import act
from realtors.models import Realtor
from slackintake import events as slack
from slackintake.events import Asked, Deleted, Dropped, Edited, Posted
from slackintake.models import (
    EventSource,
    ProcessingStatus,
    Purpose,
    ReadingJob,
    SkipReason,
    SlackEvent,
    SlackMessage,
)
from slackintake.queue import make_due, wake_workers
from tasks.triage import wake_for_realtor

UNREAD = "unclassified"
"""The `message_type` of a message that nobody has read (product.md, decision 2)."""

FRESH = timedelta(days=1)
"""What Slack says about a message that we do not have, and that is older than this, is history and no request."""


def receive(event: SlackEvent) -> str:
    """Do what an event says, inside the caller's transaction; return in words what came of it."""
    payload = slack.parse(event.body.encode())
    read = slack.read_interaction if event.source == EventSource.INTERACTIVE else slack.read_event
    match result := read(payload):
        case Posted():
            return _posted(result)
        case Edited():
            return apply_edit(result)
        case Deleted():
            return apply_deletion(result)
        case Asked():
            return _asked(result)
        case Dropped():
            return f"dropped: {result.reason}"


def find(channel: str, ts: str) -> SlackMessage | None:
    """The message of this channel and ts, locked until the end of the transaction."""
    return (
        SlackMessage.objects.select_for_update()
        .filter(slack_channel_id=channel, slack_ts__in=[ts, suffixed(channel, ts)])
        .first()
    )


def store(
    posted: Posted,
    *,
    skip: SkipReason | None = None,
    received_at: datetime | None = None,
    notes: Mapping[str, Any] | None = None,
) -> tuple[SlackMessage, bool]:
    """The row of a message, and whether it is new. A new one is pending unless there is a reason to skip it.

    Of two transactions that bring the same message, the second waits for the first and then meets its row.
    """
    # A plain str: the driver would not know the column's enumeration.
    reason = str(skip.value) if skip else (str(posted.skip.value) if posted.skip else None)
    metadata = posted.extra | dict(notes or {}) | ({"reason": reason} if reason else {})
    status = ProcessingStatus.SKIPPED if reason else ProcessingStatus.PENDING
    for slack_ts in (posted.ts, suffixed(posted.channel, posted.ts)):
        existing = find(posted.channel, posted.ts)
        if existing is not None:
            return existing, False
        with connection.cursor() as cursor:
            cursor.execute(
                """INSERT INTO slack_messages (message_id, slack_user_id, slack_channel_id, slack_ts, slack_thread_ts,
                    message_text, classification, message_type, processing_status, received_at, metadata)
                VALUES (%s, %s, %s, %s, %s, %s, '{}', %s, %s, coalesce(%s, now()), %s)
                ON CONFLICT DO NOTHING RETURNING message_id""",
                [
                    new_ulid(),
                    posted.user,
                    posted.channel,
                    slack_ts,
                    posted.thread_ts,
                    posted.text,
                    UNREAD,
                    status.value,
                    received_at,
                    json.dumps(metadata),
                ],
            )
            row = cursor.fetchone()
        if row:
            return SlackMessage.objects.get(pk=row[0]), True
    existing = find(posted.channel, posted.ts)
    if existing is None:
        raise RuntimeError(f"The message {posted.ts} in {posted.channel} could be neither stored nor found.")
    return existing, False


def queue_reading(message: SlackMessage, purpose: str) -> None:
    """Let the message be read, as soon as this transaction is committed."""
    _job, is_new = ReadingJob.objects.get_or_create(message=message, defaults={"purpose": purpose})
    if not is_new:
        ReadingJob.objects.filter(pk=message.pk).update(purpose=purpose)
        make_due(ReadingJob, pk=message.pk)
    wake_workers()


def suffixed(channel: str, ts: str) -> str:
    """The form in which a second channel's message of the same ts is stored (product.md, decision 1)."""
    return f"{ts}@{channel}"


def _posted(posted: Posted) -> str:
    with act("received", source="slack"):
        message, is_new = store(posted)
        if not is_new:
            return _met_again(message, posted)
        is_pending = message.processing_status == ProcessingStatus.PENDING
        if is_pending:
            queue_reading(message, Purpose.NEW)
    if is_pending:
        _wake_what_waits_for(posted.user)
    return "stored"


def _wake_what_waits_for(slack_id: str) -> None:
    """A realtor has written, whatever it is: work that was put off until then, or waits on an answer, is back."""
    for realtor in Realtor.objects.filter(slack_user_id=slack_id):
        wake_for_realtor(realtor.pk)


def _met_again(message: SlackMessage, posted: Posted) -> str:
    """What a message's own event adds to a row that came in by its edit, its deletion or an import before it."""
    notes = message.notes
    if notes.get("stub"):
        del notes["stub"]
        message.slack_user_id, message.message_text = posted.user, posted.text
        message.metadata = posted.extra | notes
        message.save(update_fields=["slack_user_id", "message_text", "metadata"])
        return "filled in"
    if notes.get("edited_before_arrival") and posted.text != message.message_text:
        del notes["edited_before_arrival"]
        message.metadata = notes | {"edits": [{"text": posted.text, "at": None}, *notes.get("edits", [])]}
        message.save(update_fields=["metadata"])
        return "the text before its edit"
    # An import that was quicker than Slack's third try must not turn a request into history.
    if notes.get("reason") == SkipReason.HISTORY and timezone.now() - posted.sent_at < FRESH and not posted.skip:
        return read_after_all(message, Purpose.NEW)
    return "already here"


def apply_edit(edit: Edited) -> str:
    """Give a message its new text and keep the old one beside it; return in words what came of it."""
    message = find(edit.message.channel, edit.message.ts)
    if message is None:
        return _edited_unknown(edit)
    if message.message_text == edit.message.text:
        return "text unchanged"
    notes = message.notes
    at = edit.edited_at.isoformat()
    edits = notes.get("edits", [])
    if (notes.get("edited_at") or "") > at:
        # Edits can overtake each other: the later text stays, the earlier one is kept for the record.
        notes["edits"] = sorted([*edits, {"text": edit.message.text, "at": at}], key=lambda item: item["at"] or "")
        with act("edited in Slack", source="slack"):
            SlackMessage.objects.filter(pk=message.pk).update(metadata=notes)
        return "an older edit, kept"
    notes |= {"edits": [*edits, {"text": message.message_text, "at": at}], "edited_at": at}
    with act("edited in Slack", source="slack"):
        SlackMessage.objects.filter(pk=message.pk).update(
            message_text=edit.message.text,
            metadata=notes
            | {key: edit.message.extra[key] for key in ("files", "forwarded") if key in edit.message.extra},
        )
        if notes.get("reason") in {SkipReason.HISTORY, SkipReason.BOT, SkipReason.SYSTEM} or notes.get("deleted_at"):
            return "edited"
        queue_reading(
            message,
            Purpose.NEW if message.processing_status == ProcessingStatus.PENDING else Purpose.EDITED,
        )
    return "edited, to be read again"


def _edited_unknown(edit: Edited) -> str:
    """An edit that comes before its message, or instead of it: what it says is all we have."""
    is_fresh = edit.edited_at - edit.message.sent_at < FRESH
    notes: dict[str, Any] = {}
    if edit.old_text != edit.message.text:
        at = edit.edited_at.isoformat()
        notes["edited_at"] = at
        if edit.old_text is not None:
            notes["edits"] = [{"text": edit.old_text, "at": at}]
        else:
            notes["edited_before_arrival"] = True
    with act("received", source="slack"):
        message, _ = store(edit.message, skip=None if is_fresh else SkipReason.HISTORY, notes=notes)
        if message.processing_status == ProcessingStatus.PENDING:
            queue_reading(message, Purpose.NEW)
    return "stored from its edit"


def apply_deletion(deletion: Deleted) -> str:
    """Grey a message out; return in words what came of it."""
    message = find(deletion.channel, deletion.ts)
    at = deletion.deleted_at.isoformat()
    if message is None:
        if deletion.deleted_at - slack.time_of(deletion.ts) > FRESH:
            return "dropped: the deletion of a message that we never had"
        stub = Posted(deletion.channel, deletion.ts, user="unknown", text="")
        notes = {"deleted_at": at} | ({} if deletion.message else {"stub": True})
        with act("deleted in Slack", source="slack"):
            store(deletion.message or stub, skip=SkipReason.DELETED, notes=notes)
        return "stored as deleted"
    if message.notes.get("deleted_at"):
        return "already deleted"
    values: dict[str, Any] = {"metadata": message.notes | {"deleted_at": at}}
    if message.processing_status == ProcessingStatus.PENDING:
        # Taken back before anybody read it. What was already made of a message stays.
        values["processing_status"] = ProcessingStatus.SKIPPED
        values["metadata"]["reason"] = SkipReason.DELETED.value
    with act("deleted in Slack", source="slack"):
        SlackMessage.objects.filter(pk=message.pk).update(**values)
    return "greyed out"


def _asked(asked: Asked) -> str:
    with act("asked for in Slack", source="slack"):
        message, is_new = store(asked.message, notes={"asked_by": asked.by})
        if is_new and message.processing_status == ProcessingStatus.PENDING:
            queue_reading(message, Purpose.ASKED)
            return "stored, to be read as a request"
        if message.processing_status in {ProcessingStatus.SKIPPED, ProcessingStatus.FAILED}:
            message.metadata = message.notes | {"asked_by": asked.by}
            return read_after_all(message, Purpose.ASKED)
        if message.processing_status == ProcessingStatus.PENDING:
            ReadingJob.objects.filter(pk=message.pk).update(purpose=Purpose.ASKED)
            return "about to be read as a request"
    return "already done"


def read_after_all(message: SlackMessage, purpose: str) -> str:
    """Read a message that had been skipped unread or as chatter."""
    notes = message.notes
    notes.pop("reason", None)
    with act("received", source="slack"):
        SlackMessage.objects.filter(pk=message.pk).update(
            processing_status=ProcessingStatus.PENDING, processed_at=None, metadata=notes
        )
        queue_reading(message, purpose)
    return "to be read after all"
