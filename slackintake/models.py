"""What came in from Slack and what became of it (document, table 5)."""

from django.db import models
from django.db.models import Q

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
