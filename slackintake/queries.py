"""Questions about messages: which need a look, which stand behind an item, which came in, and how the intake is."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Case, F, Func, JSONField, OuterRef, QuerySet, Subquery, TextField, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce, Concat
from django.db.models.sql.datastructures import BaseTable
from django.db.models.sql.query import Query
from django.utils import timezone

from common.clock import office_zone
from listings.models import Listing
from realtors.models import Realtor
from slackintake.events import time_of
from slackintake.models import Heartbeat, Review, SlackMessage
from slackintake.reading import Evidence, Reading
from tasks.models import Activity, AgentTask

PAGE = 50
REVIEW_CAP = 1_000
OLDEST_WAITING = timedelta(minutes=5)
LONGEST_SILENCE = timedelta(seconds=60)
_IDS_IN_TEXT = re.compile(r"<[@#]([A-Z0-9]{2,30})")


# ---- who is who ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sender:
    """The person behind a Slack id. `realtor_id` or `staff_id` is set for those in our directory."""

    slack_id: str
    name: str
    realtor_id: str | None = None
    staff_id: str | None = None
    brokerage: str = ""

    @property
    def is_known(self) -> bool:
        return bool(self.realtor_id or self.staff_id)


class Directory:
    """The names behind Slack ids."""

    def __init__(self, entries: Mapping[str, Mapping[str, Any]]) -> None:
        self._entries = entries
        self.names = {slack_id: entry["name"] for slack_id, entry in entries.items()}

    @classmethod
    def of(cls, slack_ids: Iterable[str]) -> "Directory":
        """Look up the names of a page, by one statement."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT app.slack_directory(%s)", [sorted({slack_id for slack_id in slack_ids if slack_id})])
            return cls(_json(cursor.fetchone()[0]) or {})

    def sender(self, slack_id: str) -> Sender:
        """Who it is; for strangers the name that Slack shows, or the id."""
        entry = self._entries.get(slack_id) or {"name": slack_id}
        return Sender(slack_id, entry["name"], entry.get("realtor"), entry.get("staff"), entry.get("brokerage") or "")

    def channel(self, channel_id: str) -> str:
        """The name of a channel with its sign, or its id where nobody told us the name."""
        return f"#{self.names.get(channel_id, channel_id)}"


def ids_in(text: str) -> list[str]:
    """The Slack ids that a text mentions."""
    return _IDS_IN_TEXT.findall(text)


# ---- messages as people see them -------------------------------------------------------------------------------------


@dataclass(slots=True)
class Seen:
    """A message with what a person may know of it."""

    message_id: str
    slack_user_id: str
    channel_id: str
    ts: str
    thread_ts: str | None
    text: str
    edits: list[dict[str, Any]]
    deleted_at: str | None
    files: list[dict[str, Any]]
    shift_days: int
    evidence: list[dict[str, Any]]
    role: str = ""
    directory: Directory | None = None
    """The names in it, where they came with it."""

    @property
    def sent_at(self) -> datetime:
        """When it was sent, in office time, moved as demo data are moved."""
        return time_of(self.ts).astimezone(office_zone()) + timedelta(days=self.shift_days)

    @property
    def slack_ids(self) -> list[str]:
        return [self.slack_user_id, self.channel_id, *ids_in(self.text)]

    @property
    def link(self) -> str:
        """The message's address in Slack, which the sign-in there leads on to the workspace."""
        thread = f"?thread_ts={self.thread_ts}&cid={self.channel_id}" if self.thread_ts not in (None, self.ts) else ""
        return f"https://slack.com/archives/{self.channel_id}/p{self.ts.replace('.', '')}{thread}"


class Question(NamedTuple):
    """That somebody has asked whoever wrote a message about it."""

    by: str
    """The id of the one who asked."""
    name: str
    at: datetime
    is_answered: bool
    """Whether the sender has written there since."""

    @classmethod
    def of(cls, value: Any) -> "Question | None":
        """The question in the value of ``app.question_about``, its time in office time."""
        if not (found := _json(value)):
            return None
        at = datetime.fromisoformat(found["at"]).astimezone(office_zone())
        return cls(found["by"], found["name"] or "Somebody", at, found["is_answered"])


@dataclass(slots=True)
class ToReview(Seen):
    """A message that needs a look, with the reading and the reason."""

    review_id: str = ""
    reason: str = ""
    kind: str | None = None
    item_id: str | None = None
    opened_at: datetime | None = None
    received_at: datetime | None = None
    classification: dict[str, Any] | None = None
    confidence: float | None = None
    bundle: list[dict[str, Any]] | None = None
    asked_by: str = ""
    """The Slack id of whoever asked in Slack that it be read as a request."""
    brought_back_by: str = ""
    """The name of the admin who brought it back."""
    question: Question | None = None

    @property
    def slack_ids(self) -> list[str]:
        texts = [self.text, *(part["text"] for part in self.bundle or [])]
        return [
            self.slack_user_id,
            self.channel_id,
            self.asked_by,
            *(found for text in texts for found in ids_in(text)),
        ]

    @property
    def reading(self) -> Reading | None:
        """The reading; None for a message that was never read."""
        try:
            return Reading.from_json(self.classification or {})
        except ValueError:
            return None

    @property
    def said(self) -> str:
        """All that was said: the message and what was read together with it."""
        return "\n".join([self.text, *(part["text"] for part in self.bundle or [])])

    def parts(self) -> list[Seen]:
        """The other messages of its breath, oldest first; all are of one sender in one place."""
        return [
            Seen(
                part["message_id"],
                self.slack_user_id,
                self.channel_id,
                part["ts"],
                self.thread_ts,
                part["text"],
                part["edits"] or [],
                part["deleted_at"],
                part["files"] or [],
                self.shift_days,
                part["evidence"] or [],
            )
            for part in self.bundle or []
        ]

    def evidence_of(self, field: str) -> list[Evidence]:
        """The words behind one field of the reading."""
        return [item for item in self.reading.evidence if item.field == field] if self.reading else []

    def as_message(self) -> SlackMessage:
        """The row as far as making needs it; people of operations may not read the table."""
        return SlackMessage(
            pk=self.message_id,
            slack_user_id=self.slack_user_id,
            slack_channel_id=self.channel_id,
            slack_ts=self.ts,
            slack_thread_ts=self.thread_ts,
            message_text=self.text,
            metadata={"shift_days": self.shift_days},
        )


_SEEN_COLUMNS = (
    "message_id, slack_user_id, slack_channel_id, slack_ts, slack_thread_ts, message_text, edits, deleted_at, files, "
    "shift_days, evidence"
)
_REVIEW_COLUMNS = (
    f"{_SEEN_COLUMNS}, review_id, reason, kind, item_id, opened_at, received_at, reading, confidence, bundle, "
    "asked_by, brought_back_by, question"
)


def messages_behind(kind: str, item: str = "pk") -> Func:
    """An expression for a queryset of items: the messages that each was made from or is about, names included.

    `seen_from` reads its value. It is empty for whoever may not see the item.
    """
    return Func(Value(kind), F(item), function="app.messages_behind", output_field=JSONField())


MESSAGES_BEHIND = "app.messages_behind(%(kind)s, t.task_id)"
BEHIND_LISTING = "app.messages_behind('listing', l.listing_id)"
"""The same for `tasks.queries.task_with` and `listings.queries.listing_with`; the value is JSON as text."""


def seen_from(value: list[dict[str, Any]] | None) -> list[Seen]:
    """The messages in the value of `messages_behind`, oldest first."""
    return [
        Seen(
            row["message_id"],
            row["slack_user_id"],
            row["slack_channel_id"],
            row["slack_ts"],
            row["slack_thread_ts"],
            row["message_text"],
            row["edits"] or [],
            row["deleted_at"],
            row["files"] or [],
            row["shift_days"],
            row["evidence"] or [],
            row["role"],
            Directory(row["directory"] or {}),
        )
        for row in value or []
    ]


def changed_in_slack(items: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Of items by kind and id those whose messages were edited or deleted since, with the words for it; one statement.

    What the reader may not see is left out.
    """
    asked = set(items)
    if not asked:
        return {}
    kinds, keys = sorted({kind for kind, _ in asked}), sorted({key for _, key in asked})
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, item_id, is_deleted FROM app.changed_in_slack(%s, %s)", [kinds, keys])
        found = cursor.fetchall()
    return {(kind, key): words_of_change(is_deleted=is_deleted) for kind, key, is_deleted in found}


def words_of_change(*, is_deleted: bool) -> str:
    """What has happened in Slack to a message behind an item, for the dot on it."""
    return "deleted in Slack" if is_deleted else "edited in Slack"


def source_of(kind: str, item_id: str) -> str | None:
    """The id of the message that an item was made from; None for whoever may not see the item."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT message_id FROM app.message_behind(%s, %s) WHERE role = 'made'", [kind, item_id])
        row = cursor.fetchone()
    return row[0] if row else None


def messages_to_review() -> list[ToReview]:
    """The messages that need a look, the longest waiting first; none for whoever may not resolve them."""
    return _to_review("")


NUMBER_TO_REVIEW = "app.number_to_review()"
"""How many messages need a look, up to 1,001; 0 for whoever may not resolve them. SQL, asked beside other numbers."""


def message_to_review(message_id: str) -> ToReview | None:
    """One message that needs a look; None if it does not, or not to this person."""
    found = _to_review("WHERE message_id = %s", message_id)
    return found[0] if found else None


def _to_review(condition: str, *parameters: str) -> list[ToReview]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_REVIEW_COLUMNS} FROM app.messages_to_review() {condition}", parameters)  # noqa: S608
        rows = cursor.fetchall()
    return [
        ToReview(  # type: ignore[misc]  # _seen gives exactly the fields before review_id
            *_seen(row),
            review_id=row[11],
            reason=row[12],
            kind=row[13],
            item_id=row[14],
            opened_at=row[15],
            received_at=row[16],
            classification=_json(row[17]),
            confidence=float(row[18]) if row[18] is not None else None,
            bundle=_json(row[19]) or [],
            asked_by=row[20] or "",
            brought_back_by=row[21] or "",
            question=Question.of(row[22]),
        )
        for row in rows
    ]


class Resolver(NamedTuple):
    """Who has resolved a message that needed a look."""

    name: str
    resolution: str
    resolved_at: datetime


def resolver_of(message_id: str) -> Resolver | None:
    """Who has resolved a message last; None if nobody has, or not for this person to know."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, resolution, resolved_at FROM app.resolver_of(%s)", [message_id])
        row = cursor.fetchone()
    return Resolver(*row) if row else None


def seen_of(message: SlackMessage) -> Seen:
    """The same picture of a row that an admin reads straight from the table."""
    notes = message.notes
    return Seen(
        message.pk,
        message.slack_user_id,
        message.slack_channel_id,
        message.ts,
        message.slack_thread_ts,
        message.message_text,
        notes.get("edits") or [],
        notes.get("deleted_at"),
        notes.get("files") or [],
        notes.get("shift_days", 0),
        (message.classification or {}).get("evidence") or [],
    )


def _seen(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return (*row[:6], _json(row[6]) or [], row[7], _json(row[8]) or [], row[9], _json(row[10]) or [])


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


# ---- the table, for admins -------------------------------------------------------------------------------------------


def open_reviews() -> QuerySet[Review]:
    """For each row of a queryset of messages, the review that asks for a look; for admins."""
    return Review.objects.filter(message=OuterRef("pk"), resolved_at=None)


def every_message() -> QuerySet[SlackMessage]:
    """The whole table, for admins; with ``review_reason`` (why one needs a look), ``made_title`` and ``question``."""
    title = Coalesce(
        _title(Listing, "created_listing_id", "address_string"),
        _title(Activity, "created_task_id", "name"),
        _title(AgentTask, "created_task_id", "name"),
    )
    return SlackMessage.objects.annotate(
        review_reason=Subquery(open_reviews().values("reason")[:1]),
        made_title=title,
        question=Func(F("pk"), function="app.question_about", output_field=JSONField()),
    )


def _title(model: type[Listing | Activity | AgentTask], of: str, column: str) -> Subquery:
    """What is called ``column`` in the row that a message has created; that it has been removed is said."""
    removed = Case(When(deleted_at__isnull=False, then=Value(", removed")), default=Value(""))
    title = Concat(column, removed, output_field=TextField())
    return Subquery(model.all_objects.filter(pk=OuterRef(of)).values(title=title)[:1])


class _ToReview(BaseTable):
    """What a person of operations may know of the table, under the table's own name."""

    ROWS = """
        SELECT message_id, slack_user_id, slack_channel_id, slack_ts, slack_thread_ts, message_text,
            reading AS classification, coalesce(reading ->> 'message_type', 'unclassified') AS message_type,
            reading ->> 'task_key' AS task_key, reading ->> 'group_key' AS group_key, confidence,
            NULL::text AS created_listing_id, NULL::text AS created_task_id, NULL::text AS created_task_type,
            received_at, NULL::timestamptz AS processed_at, 'processed' AS processing_status,
            NULL::text AS error_message, reason AS review_reason, question,
            jsonb_build_object('edits', edits, 'deleted_at', deleted_at, 'files', files, 'shift_days', shift_days)
                AS metadata
        FROM app.messages_to_review()"""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return f"({self.ROWS}) {connection.ops.quote_name(self.table_alias)}", ()


class _ToReviewQuery(Query):
    base_table_class = _ToReview


def messages_needing_look() -> QuerySet[SlackMessage]:
    """The messages that need a look, for operations too: filtered and ordered like the table, which only admins read.

    It holds what `messages_to_review` does, with the same columns beside, and is read only.
    """
    rows: QuerySet[SlackMessage] = QuerySet(SlackMessage, query=_ToReviewQuery(SlackMessage))
    reason = RawSQL("slack_messages.review_reason", [], output_field=TextField())
    question = RawSQL("slack_messages.question", [], output_field=JSONField())
    return rows.annotate(review_reason=reason, made_title=Value(None, output_field=TextField()), question=question)


def messages_of_realtor(realtor_id: str) -> QuerySet[SlackMessage]:
    """Document, "Get Slack message history for a realtor": the last hundred, newest first; for admins."""
    slack_ids = Realtor.all_objects.filter(pk=realtor_id).values("slack_user_id")
    return SlackMessage.objects.filter(slack_user_id__in=slack_ids).order_by("-received_at")[:100]


def listings_near(reading: Reading | None, sender: Sender, about: str | None) -> list[Listing]:
    """Listings that a message is most likely about: what the proposal names, the address, the sender's newest."""
    from slackintake.making import listings_seen_at

    found: dict[str, Listing] = {}
    if about and (named := Listing.objects.filter(pk=about).first()):
        found[named.pk] = named
    if reading and reading.address:
        found |= {listing.pk: listing for listing in listings_seen_at(reading.address)[:3]}
    if sender.realtor_id:
        newest = Listing.objects.filter(realtor=sender.realtor_id).order_by("-created_at")[:3]
        found |= {listing.pk: listing for listing in newest}
    return list(found.values())[:5]


# ---- how the intake is -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Health:
    """Times and numbers of the intake; no content, so that anybody may ask."""

    last_event_at: datetime | None
    worker_seen_at: datetime | None
    oldest_due_at: datetime | None
    events_waiting: int
    messages_waiting: int
    replies_waiting: int
    events_failed: int
    messages_failed: int
    replies_failed: int


def intake_health() -> Health:
    """How the intake is; needs no principal."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM app.intake_health()")
        return Health(*cursor.fetchone())


def queue_keeps_up() -> bool:
    """Whether nothing has been due for more than five minutes."""
    oldest = intake_health().oldest_due_at
    return oldest is None or timezone.now() - oldest < OLDEST_WAITING


def worker_is_alive() -> bool:
    """Whether a worker has shown itself within the last minute."""
    seen = intake_health().worker_seen_at
    return seen is not None and timezone.now() - seen < LONGEST_SILENCE


def last_heartbeat() -> datetime | None:
    """When a worker last showed itself."""
    latest = Heartbeat.objects.order_by("-seen_at").first()
    return latest.seen_at if latest else None
