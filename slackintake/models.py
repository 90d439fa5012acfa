"""What came in from Slack and what became of it: the messages (document, table 5) and the bookkeeping beside them."""

from django.db import models
from django.db.models import Func, Q, Value

from common.fields import ForeignKeyAction, Index, TextColumn, UlidKey, json_object, timestamp
from listings.models import Listing


class ProcessingStatus(models.TextChoices):
    PENDING = "pending", "Pending"
    PROCESSED = "processed", "Processed"
    FAILED = "failed", "Failed"
    SKIPPED = "skipped", "Skipped"


class CreatedTaskType(models.TextChoices):
    """The stored words of the document's CHECK; on screen they are an activity and an agent task."""

    LISTING_TASK = "listing_task", "Activity"
    STRAY_TASK = "stray_task", "Agent task"


class SlackMessage(models.Model):
    """One message. It has no ``deleted_at``: messages are never removed, only greyed out (product.md, A)."""

    message_id = UlidKey()
    slack_user_id = TextColumn()
    slack_channel_id = TextColumn()
    slack_ts = TextColumn()
    slack_thread_ts = TextColumn(null=True, blank=True)
    message_text = models.TextField()
    classification = models.JSONField()
    message_type = TextColumn()
    task_key = TextColumn(null=True, blank=True)
    group_key = TextColumn(null=True, blank=True)
    confidence = models.DecimalField(max_digits=5, decimal_places=4, null=True, blank=True)
    created_listing = models.ForeignKey(
        Listing,
        models.SET_NULL,
        null=True,
        blank=True,
        db_column="created_listing_id",
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    created_task_id = TextColumn(null=True, blank=True)
    created_task_type = TextColumn(choices=CreatedTaskType.choices, null=True, blank=True)
    received_at = timestamp(editable=False)
    processed_at = models.DateTimeField(null=True, blank=True)
    processing_status = TextColumn(
        choices=ProcessingStatus.choices, default=ProcessingStatus.PENDING, db_default="pending"
    )
    error_message = models.TextField(null=True, blank=True)
    metadata = json_object()

    class Meta:
        db_table = "slack_messages"
        constraints = [
            models.UniqueConstraint(fields=["slack_ts"], name="slack_messages_slack_ts_key"),
            # Slack's own key of a message: a ts is unique in its channel only, and ours may carry a suffix.
            models.UniqueConstraint(
                "slack_channel_id",
                Func("slack_ts", Value("@"), Value(1), function="split_part", output_field=models.TextField()),
                name="slack_messages_channel_ts_key",
            ),
            models.CheckConstraint(
                condition=Q(confidence__gte=0, confidence__lte=1), name="slack_messages_confidence_check"
            ),
            models.CheckConstraint(
                condition=Q(created_task_type__in=CreatedTaskType.values),
                name="slack_messages_created_task_type_check",
            ),
            models.CheckConstraint(
                condition=Q(processing_status__in=ProcessingStatus.values),
                name="slack_messages_processing_status_check",
            ),
            ForeignKeyAction(
                name="fk_slack_messages_listing",
                column="created_listing_id",
                to_table="listings",
                to_column="listing_id",
                on_delete="SET NULL",
            ),
        ]
        indexes = [
            Index(fields=["slack_user_id", "-received_at"], name="idx_slack_messages_slack_user"),
            Index(fields=["slack_channel_id", "-received_at"], name="idx_slack_messages_channel"),
            Index(fields=["slack_ts"], name="idx_slack_messages_ts"),
            Index(
                fields=["slack_thread_ts"],
                name="idx_slack_messages_thread",
                condition=Q(slack_thread_ts__isnull=False),
            ),
            Index(fields=["message_type"], name="idx_slack_messages_message_type"),
            Index(fields=["task_key"], name="idx_slack_messages_task_key", condition=Q(task_key__isnull=False)),
            Index(fields=["processing_status", "-received_at"], name="idx_slack_messages_status"),
            Index(
                fields=["created_listing"],
                name="idx_slack_messages_created_listing",
                condition=Q(created_listing__isnull=False),
            ),
            Index(
                fields=["created_task_id", "created_task_type"],
                name="idx_slack_messages_created_task",
                condition=Q(created_task_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.message_text[:60]

    def get_absolute_url(self) -> str:
        return f"/slack/{self.pk}/"

    @property
    def ts(self) -> str:
        """Slack's own ts: where two channels share one, the later row carries its channel behind an ``@``."""
        return self.slack_ts.partition("@")[0]

    @property
    def notes(self) -> dict:
        return self.metadata or {}


class SkipReason(models.TextChoices):
    """Why a message was not read, or not acted on; in ``metadata.reason``. The last three are the *Ignored* list."""

    HISTORY = "history", "Imported as history"
    BOT = "bot", "From a bot"
    SYSTEM = "system", "From Slack itself"
    CHATTER = "chatter", "No request"
    IGNORED = "ignored", "Ignored"
    DELETED = "deleted", "Deleted in Slack"


def _to_message(name: str) -> ForeignKeyAction:
    return ForeignKeyAction(
        name=name, column="message_id", to_table="slack_messages", to_column="message_id", on_delete="CASCADE"
    )


class Work(models.Model):
    """Something the worker has to do once, however often a worker dies over it.

    A worker takes what is due by moving ``due_at`` ahead (its lease), counting ``attempts`` and drawing a new ``lease``
    number. It may finish only under that number, so a worker that was thought dead cannot do the work again.
    """

    due_at = timestamp()
    attempts = models.SmallIntegerField(default=0, db_default=0)
    lease = models.BigIntegerField(default=0, db_default=0, editable=False)
    finished_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def has_failed(self) -> bool:
        return self.finished_at is not None and self.error is not None


_UNFINISHED = Q(finished_at=None)
# Few rows, counted by the health page on every call.
_FAILED = Q(finished_at__isnull=False, error__isnull=False)


class EventSource(models.TextChoices):
    EVENTS = "events", "Events API"
    INTERACTIVE = "interactive", "Interactivity"


class SlackEvent(Work):
    """One request of Slack's as it came, stored before anything else is done with it."""

    event_key = models.BigAutoField(primary_key=True)
    slack_event_id = TextColumn(null=True, blank=True)
    source = TextColumn(choices=EventSource.choices, default=EventSource.EVENTS)
    event_type = TextColumn()
    body = models.TextField()
    """The raw text without credentials. Not jsonb: that refuses NUL, lone surrogates and numbers beyond a double."""
    outcome = TextColumn(null=True, blank=True)
    received_at = timestamp(editable=False)

    class Meta:
        db_table = "slack_events"
        constraints = [
            models.UniqueConstraint(fields=["slack_event_id"], name="slack_events_slack_event_id_key"),
            models.CheckConstraint(condition=Q(source__in=EventSource.values), name="slack_events_source_check"),
        ]
        indexes = [
            # What the worker has to do next.
            Index(fields=["due_at"], name="idx_slack_events_due", condition=_UNFINISHED),
            # Pruning, and "when did the last event arrive" of the health page.
            Index(fields=["received_at"], name="idx_slack_events_received"),
            Index(fields=["finished_at"], name="idx_slack_events_failed", condition=_FAILED),
        ]

    def __str__(self) -> str:
        return f"{self.event_type} {self.slack_event_id or self.event_key}"


class Purpose(models.TextChoices):
    """Why a message is to be read."""

    NEW = "new", "It is new"
    EDITED = "edited", "It was edited in Slack"
    ASKED = "asked", "A person asked for it in Slack"
    AGAIN = "again", "An admin asked for it"


class ReadingJob(Work):
    """A message to be read. One row a message: an edit or a wish to read again makes the same row due once more."""

    message = models.OneToOneField(
        SlackMessage,
        models.CASCADE,
        primary_key=True,
        db_column="message_id",
        db_constraint=False,
        related_name="job",
    )
    purpose = TextColumn(choices=Purpose.choices, default=Purpose.NEW, db_default="new")

    class Meta:
        db_table = "slackintake_job"
        constraints = [
            models.CheckConstraint(condition=Q(purpose__in=Purpose.values), name="slackintake_job_purpose_check"),
            _to_message("fk_slackintake_job_message"),
        ]
        indexes = [
            Index(fields=["due_at"], name="idx_slackintake_job_due", condition=_UNFINISHED),
            Index(fields=["finished_at"], name="idx_slackintake_job_failed", condition=_FAILED),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} {self.purpose}"


class ReviewReason(models.TextChoices):
    """Why a message needs a look."""

    PROPOSAL = "proposal", "Adds to something that is already there"
    UNDONE = "undone", "What was made of it was taken back"
    UNSURE = "unsure", "The reading is not sure enough"
    INFO_REQUEST = "info_request", "Something is missing"
    UNKNOWN_SENDER = "unknown_sender", "The sender is not in the directory"
    NO_REALTOR = "no_realtor", "A colleague wrote it and names no realtor"
    NO_ADDRESS = "no_address", "A listing without an address"
    TO_DECIDE = "to_decide", "A person decides"


class ItemKind(models.TextChoices):
    """What a message can be about."""

    LISTING = "listing", "Listing"
    ACTIVITY = "activity", "Activity"
    AGENT_TASK = "agent_task", "Agent task"


class Resolution(models.TextChoices):
    """How a message that needed a look was resolved."""

    MADE = "made", "Made something of it"
    CHANGED = "changed", "Changed what it made"
    ATTACHED = "attached", "Attached"
    IGNORED = "ignored", "Ignored"
    READ_AGAIN = "read_again", "Resolved by reading it again"


class Review(models.Model):
    """A message that needs a look, or needed one. Open while ``resolved_at`` is empty; one open row a message."""

    review_id = UlidKey()
    message = models.ForeignKey(
        SlackMessage,
        models.CASCADE,
        db_column="message_id",
        db_constraint=False,
        db_index=False,
        related_name="reviews",
    )
    reason = TextColumn(choices=ReviewReason.choices)
    kind = TextColumn(choices=ItemKind.choices, null=True, blank=True)
    item_id = TextColumn(null=True, blank=True)
    """What a proposal is about."""
    opened_at = timestamp(editable=False)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = TextColumn(null=True, blank=True)
    resolution = TextColumn(choices=Resolution.choices, null=True, blank=True)
    corrected_reading = models.JSONField(null=True, blank=True)
    """The reading as a person corrected it; the first one stays in the message's ``classification``."""
    question_at = models.DateTimeField(null=True, blank=True)
    question_by = TextColumn(null=True, blank=True)
    """Who has asked whoever wrote it about it last, and when. Whether they answered the messages tell."""

    class Meta:
        db_table = "slackintake_review"
        constraints = [
            models.UniqueConstraint(
                fields=["message"], name="slackintake_review_one_open", condition=Q(resolved_at=None)
            ),
            models.CheckConstraint(condition=Q(reason__in=ReviewReason.values), name="slackintake_review_reason_check"),
            models.CheckConstraint(condition=Q(kind__in=ItemKind.values), name="slackintake_review_kind_check"),
            models.CheckConstraint(
                condition=Q(resolution__in=Resolution.values), name="slackintake_review_resolution_check"
            ),
            models.CheckConstraint(
                condition=Q(resolved_at=None, resolution=None) | Q(resolved_at__isnull=False, resolution__isnull=False),
                name="slackintake_review_both_or_neither",
            ),
            models.CheckConstraint(
                condition=Q(question_at=None, question_by=None)
                | Q(question_at__isnull=False, question_by__isnull=False),
                name="slackintake_review_question_whole",
            ),
            _to_message("fk_slackintake_review_message"),
        ]
        indexes = [
            Index(fields=["message"], name="idx_slackintake_review_message"),
            Index(fields=["opened_at"], name="idx_slackintake_review_open", condition=Q(resolved_at=None)),
            Index(fields=["kind", "item_id"], name="idx_slackintake_review_item", condition=Q(resolved_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} {self.reason}"


class LinkRole(models.TextChoices):
    ATTACHED = "attached", "Attached"
    BUNDLE = "bundle", "Sent in one breath with the message"
    EDIT = "edit", "Edited later"
    BESIDES = "besides", "Asks for it besides"


class Link(models.Model):
    """A message that belongs to an item beside the one the item was made from."""

    link_id = UlidKey()
    message = models.ForeignKey(
        SlackMessage,
        models.CASCADE,
        db_column="message_id",
        db_constraint=False,
        db_index=False,
        related_name="links",
    )
    kind = TextColumn(choices=ItemKind.choices)
    item_id = TextColumn()
    role = TextColumn(choices=LinkRole.choices)
    created_at = timestamp(editable=False)

    class Meta:
        db_table = "slackintake_link"
        constraints = [
            models.UniqueConstraint(fields=["message", "kind", "item_id", "role"], name="slackintake_link_key"),
            models.CheckConstraint(condition=Q(kind__in=ItemKind.values), name="slackintake_link_kind_check"),
            models.CheckConstraint(condition=Q(role__in=LinkRole.values), name="slackintake_link_role_check"),
            _to_message("fk_slackintake_link_message"),
        ]
        indexes = [Index(fields=["kind", "item_id"], name="idx_slackintake_link_item")]

    def __str__(self) -> str:
        return f"{self.message_id} {self.role} {self.kind} {self.item_id}"


class ReplyAction(models.TextChoices):
    ADD = "add", "Add"
    REMOVE = "remove", "Remove"


class Reply(Work):
    """A reaction to be put on a message in Slack, or to be taken off it. Named by message, or by item."""

    reply_id = UlidKey()
    message = models.ForeignKey(
        SlackMessage,
        models.CASCADE,
        null=True,
        blank=True,
        db_column="message_id",
        db_constraint=False,
        db_index=False,
        related_name="replies",
    )
    kind = TextColumn(choices=ItemKind.choices, null=True, blank=True)
    item_id = TextColumn(null=True, blank=True)
    action = TextColumn(choices=ReplyAction.choices, default=ReplyAction.ADD, db_default="add")
    name = TextColumn()
    """The emoji's name in Slack, without colons."""
    sent_at = models.DateTimeField(null=True, blank=True)
    created_at = timestamp(editable=False)

    class Meta:
        db_table = "slackintake_outbox"
        verbose_name_plural = "replies"
        constraints = [
            models.CheckConstraint(condition=Q(action__in=ReplyAction.values), name="slackintake_outbox_action_check"),
            models.CheckConstraint(condition=Q(kind__in=ItemKind.values), name="slackintake_outbox_kind_check"),
            models.CheckConstraint(
                condition=Q(message__isnull=False) | Q(kind__isnull=False, item_id__isnull=False),
                name="slackintake_outbox_names_something",
            ),
            # The same reply twice would be noise in the channel.
            models.UniqueConstraint(
                fields=["message", "kind", "item_id", "action", "name"],
                name="slackintake_outbox_once",
                condition=_UNFINISHED,
                nulls_distinct=False,
            ),
            _to_message("fk_slackintake_outbox_message"),
        ]
        indexes = [
            Index(fields=["due_at"], name="idx_slackintake_outbox_due", condition=_UNFINISHED),
            Index(fields=["message"], name="idx_slackintake_outbox_message"),
            Index(fields=["finished_at"], name="idx_slackintake_outbox_failed", condition=_FAILED),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.name}"


class SlackName(models.Model):
    """The name that Slack shows for a channel or a person, as an export told it."""

    slack_id = TextColumn(primary_key=True)
    name = TextColumn()

    class Meta:
        db_table = "slackintake_name"

    def __str__(self) -> str:
        return self.name


class Heartbeat(models.Model):
    """When each worker was last alive."""

    worker = TextColumn(primary_key=True)
    started_at = timestamp(editable=False)
    seen_at = timestamp()

    class Meta:
        db_table = "slackintake_heartbeat"

    def __str__(self) -> str:
        return self.worker


class ClockRun(models.Model):
    """When each job of the clock last ran, whichever worker did it."""

    job = TextColumn(primary_key=True)
    ran_at = models.DateTimeField()
    error = models.TextField(null=True, blank=True)

    class Meta:
        db_table = "slackintake_clock"

    def __str__(self) -> str:
        return self.job
