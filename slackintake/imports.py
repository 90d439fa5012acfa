"""A workspace export becomes messages: history, unless it is said from which day on they are requests.

Batches are committed one by one and each message is known by its channel and ts, so an import that was broken off goes
on where it was, and one that is done twice adds nothing. Slack's events and an import meet at the same rows.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice
from os import PathLike

from django.db import connection
from django.utils import timezone

from common.clock import office_zone
from common.fields import new_ulid
from common.history import act
from common.principal import acting_as
from slackintake.events import Deleted, Dropped, Edited, Posted, Skip, read_message, time_of
from slackintake.export import Export, Line, Problem, open_export
from slackintake.models import ProcessingStatus, Purpose, ReadingJob, SkipReason, SlackMessage, SlackName
from slackintake.queue import wake_workers
from slackintake.receiving import UNREAD, apply_deletion, apply_edit, read_after_all, store, suffixed

BATCH = 500


@dataclass
class Report:
    """What an import did. `wrong` are messages and files that could not be used, named in `problems`."""

    read: int = 0
    new: int = 0
    already_here: int = 0
    changed: int = 0
    requests: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    channels: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    wrong: int = 0

    def count_skipped(self, reason: str) -> None:
        self.skipped[reason] = self.skipped.get(reason, 0) + 1


@dataclass(frozen=True)
class Wish:
    """What the importer was told."""

    requests_since: date | None
    shift: timedelta
    dry_run: bool

    def is_request(self, posted: Posted) -> bool:
        """Whether it shall be read: a person's message of that day, in office time, or later."""
        if posted.skip or self.requests_since is None:
            return False
        return posted.sent_at.astimezone(office_zone()).date() >= self.requests_since


def import_export(
    path: str | PathLike[str],
    *,
    requests_since: date | None = None,
    shift_days: int = 0,
    dry_run: bool = False,
    show: Callable[[int, int], None] = lambda done, total: None,
) -> Report:
    """Import an export, ZIP or folder, in one pass. Raises NotAnExport if it is none.

    Messages sent before `requests_since` (all, without it) are history and open no work. `shift_days` is for demo data:
    it moves every date that is read by so many days and leaves Slack's ts as they are. `show` is told the bytes done
    and in all. A dry run writes nothing and reports what would be new.
    """
    wish, report = Wish(requests_since, timedelta(days=shift_days), dry_run), Report()
    with open_export(path) as export:
        if not dry_run:
            _keep_names(export)
        for batch in _batches(_posts(export, report)):
            _import_batch(batch, wish, report)
            show(export.progress.done, export.progress.total)
        report.problems, report.wrong = export.problems, export.problem_count
    show(1, 1)
    return report


def _posts(export: Export, report: Report) -> Iterator[Posted | Deleted]:
    for line in export.lines():
        report.read += 1
        result = read_message(line.message, line.channel_id)
        if isinstance(result, Dropped):
            export.report(f"{line.member}, message {line.position}", f"{result.reason.capitalize()}, left out.")
            continue
        report.channels.add(line.channel_id)
        if isinstance(result, Posted) and result.user in export.bots and result.skip is None:
            result = _from_bot(result)
        if isinstance(result, Deleted):
            result = _tombstone(line, result)
        yield result


def _from_bot(posted: Posted) -> Posted:
    return Posted(
        posted.channel, posted.ts, posted.user, posted.text, posted.thread_ts, skip=Skip.BOT, extra=posted.extra
    )


def _tombstone(line: Line, deleted: Deleted) -> Deleted:
    """A deleted start of a thread; its text is gone from the export."""
    shown = Posted(deleted.channel, deleted.ts, user="USLACKBOT", text=str(line.message.get("text") or "")[:200])
    return Deleted(deleted.channel, deleted.ts, deleted.deleted_at, shown)


def _batches(posts: Iterable[Posted | Deleted]) -> Iterator[list[Posted | Deleted]]:
    iterator = iter(posts)
    while batch := list(islice(iterator, BATCH)):
        yield batch


def _keep_names(export: Export) -> None:
    names = dict(export.users) | {identity: name for name, identity in export.channels.items() if name != identity}
    rows = [SlackName(slack_id=key[:100], name=name) for key, name in names.items() if name and key.isprintable()]
    with acting_as("system", "command"):
        SlackName.objects.bulk_create(
            rows, batch_size=1000, update_conflicts=True, unique_fields=["slack_id"], update_fields=["name"]
        )


def _import_batch(batch: list[Posted | Deleted], wish: Wish, report: Report) -> None:
    with acting_as("system", "command"):
        existing = _existing(batch)
        new: dict[tuple[str, str], Posted | Deleted] = {}
        for post in batch:
            key = _key(post)
            if key in existing:
                report.already_here += 1
                if not wish.dry_run:
                    _meet(existing[key], post, wish, report)
            elif key in new:
                report.already_here += 1
            else:
                new[key] = post
        report.new += len(new)
        _count(new.values(), wish, report)
        if new and not wish.dry_run:
            with act("imported", source="slack export"):
                _insert(list(new.values()), wish)


def _count(posts: Iterable[Posted | Deleted], wish: Wish, report: Report) -> None:
    for post in posts:
        reason = _reason(post, wish)
        if reason is None:
            report.requests += 1
        else:
            report.count_skipped(reason)


def _key(post: Posted | Deleted) -> tuple[str, str]:
    return post.channel, post.ts


def _existing(batch: list[Posted | Deleted]) -> dict[tuple[str, str], SlackMessage]:
    """The rows that the batch's messages have already, in one look."""
    forms = [form for post in batch for form in (post.ts, suffixed(post.channel, post.ts))]
    rows = SlackMessage.objects.filter(slack_ts__in=forms)
    return {(row.slack_channel_id, row.ts): row for row in rows}


def _reason(post: Posted | Deleted, wish: Wish) -> str | None:
    """Why a new message is not read; None for a request."""
    if isinstance(post, Deleted):
        return SkipReason.SYSTEM.value
    if post.skip:
        return post.skip.value
    return None if wish.is_request(post) else SkipReason.HISTORY.value


def _notes(post: Posted | Deleted, wish: Wish) -> dict[str, object]:
    notes: dict[str, object] = dict(post.extra) if isinstance(post, Posted) else {}
    if isinstance(post, Deleted):
        notes["deleted_at"] = post.deleted_at.isoformat()
    if wish.shift:
        notes["shift_days"] = wish.shift.days
    return notes | {"imported": True}


def _insert(posts: list[Posted | Deleted], wish: Wish) -> None:
    """Insert new messages with one statement; those whose ts another channel has go one by one."""
    rows = [_row(post, wish) for post in posts]
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO slack_messages (message_id, slack_user_id, slack_channel_id, slack_ts, slack_thread_ts,
                message_text, classification, message_type, processing_status, received_at, metadata)
            SELECT r.id, r.user, r.channel, r.ts, r.thread, r.text, '{}', %s, r.status, r.received, r.notes
            FROM jsonb_to_recordset(%s::jsonb) AS r(id text, "user" text, channel text, ts text, thread text, text text,
                status text, received timestamptz, notes jsonb)
            ON CONFLICT DO NOTHING RETURNING message_id, processing_status""",
            [UNREAD, json.dumps(rows)],
        )
        inserted = dict(cursor.fetchall())
    for row, post in zip(rows, posts, strict=True):
        if row["id"] not in inserted:
            _store_alone(post, wish, inserted)
    _queue([pk for pk, status in inserted.items() if status == ProcessingStatus.PENDING])


def _row(post: Posted | Deleted, wish: Wish) -> dict[str, object]:
    shown, reason = _shown(post), _reason(post, wish)
    return {
        "id": new_ulid(),
        "user": shown.user,
        "channel": shown.channel,
        "ts": shown.ts,
        "thread": shown.thread_ts,
        "text": shown.text,
        "status": (ProcessingStatus.SKIPPED if reason else ProcessingStatus.PENDING).value,
        "received": (time_of(post.ts) + wish.shift).isoformat(),
        "notes": _notes(post, wish) | ({"reason": reason} if reason else {}),
    }


def _shown(post: Posted | Deleted) -> Posted:
    """What stands in the channel: the message, or what Slack left in its place."""
    if isinstance(post, Posted):
        return post
    return post.message or Posted(post.channel, post.ts, user="USLACKBOT", text="")


def _store_alone(post: Posted | Deleted, wish: Wish, inserted: dict[str, str]) -> None:
    reason = _reason(post, wish)
    message, is_new = store(
        _shown(post),
        skip=SkipReason(reason) if reason else None,
        received_at=time_of(post.ts) + wish.shift,
        notes=_notes(post, wish),
    )
    if is_new:
        inserted[message.pk] = message.processing_status


def _queue(keys: list[str]) -> None:
    """Have the new requests read in the order in which they were inserted, which is that of their times."""
    if keys:
        now = timezone.now()
        ReadingJob.objects.bulk_create(
            ReadingJob(message_id=key, purpose=Purpose.NEW, due_at=now + timedelta(microseconds=number))
            for number, key in enumerate(keys)
        )
        wake_workers()


def _meet(row: SlackMessage, post: Posted | Deleted, wish: Wish, report: Report) -> None:
    """What an export adds to a message that is here: an edit or deletion that we missed, or that it is a request."""
    notes = row.notes
    if isinstance(post, Deleted):
        if not notes.get("deleted_at"):
            report.changed += 1
            apply_deletion(post)
        return
    if notes.get("reason") == SkipReason.HISTORY and wish.is_request(post):
        report.requests += 1
        report.changed += 1
        read_after_all(row, Purpose.NEW)
        return
    edited_ts = post.extra.get("edited_ts")
    if edited_ts and post.text != row.message_text and (notes.get("edited_at") or "") < time_of(edited_ts).isoformat():
        report.changed += 1
        apply_edit(Edited(post, None, time_of(edited_ts)))
