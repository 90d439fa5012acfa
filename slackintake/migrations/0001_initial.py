import django.contrib.postgres.functions
import django.db.models.deletion
from django.db import migrations, models

import common.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("listings", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="SlackMessage",
            fields=[
                (
                    "message_id",
                    common.fields.UlidKey(
                        default=common.fields.new_ulid, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("slack_user_id", common.fields.TextColumn()),
                ("slack_channel_id", common.fields.TextColumn()),
                ("slack_ts", common.fields.TextColumn()),
                ("slack_thread_ts", common.fields.TextColumn(blank=True, null=True)),
                ("message_text", models.TextField()),
                ("classification", models.JSONField()),
                ("message_type", common.fields.TextColumn()),
                ("task_key", common.fields.TextColumn(blank=True, null=True)),
                ("group_key", common.fields.TextColumn(blank=True, null=True)),
                ("confidence", models.DecimalField(blank=True, decimal_places=4, max_digits=5, null=True)),
                ("created_task_id", common.fields.TextColumn(blank=True, null=True)),
                (
                    "created_task_type",
                    common.fields.TextColumn(
                        blank=True, choices=[("listing_task", "Activity"), ("stray_task", "Agent task")], null=True
                    ),
                ),
                (
                    "received_at",
                    models.DateTimeField(db_default=django.contrib.postgres.functions.TransactionNow(), editable=False),
                ),
                ("processed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "processing_status",
                    common.fields.TextColumn(
                        choices=[
                            ("pending", "Pending"),
                            ("processed", "Processed"),
                            ("failed", "Failed"),
                            ("skipped", "Skipped"),
                        ],
                        db_default="pending",
                        default="pending",
                    ),
                ),
                ("error_message", models.TextField(blank=True, null=True)),
                ("metadata", models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), null=True)),
                (
                    "created_listing",
                    models.ForeignKey(
                        blank=True,
                        db_column="created_listing_id",
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="listings.listing",
                    ),
                ),
            ],
            options={
                "db_table": "slack_messages",
                "indexes": [
                    common.fields.Index(fields=["slack_user_id", "-received_at"], name="idx_slack_messages_slack_user"),
                    common.fields.Index(fields=["slack_channel_id", "-received_at"], name="idx_slack_messages_channel"),
                    common.fields.Index(fields=["slack_ts"], name="idx_slack_messages_ts"),
                    common.fields.Index(
                        condition=models.Q(("slack_thread_ts__isnull", False)),
                        fields=["slack_thread_ts"],
                        name="idx_slack_messages_thread",
                    ),
                    common.fields.Index(fields=["message_type"], name="idx_slack_messages_message_type"),
                    common.fields.Index(
                        condition=models.Q(("task_key__isnull", False)),
                        fields=["task_key"],
                        name="idx_slack_messages_task_key",
                    ),
                    common.fields.Index(fields=["processing_status", "-received_at"], name="idx_slack_messages_status"),
                    common.fields.Index(
                        condition=models.Q(("created_listing__isnull", False)),
                        fields=["created_listing"],
                        name="idx_slack_messages_created_listing",
                    ),
                    common.fields.Index(
                        condition=models.Q(("created_task_id__isnull", False)),
                        fields=["created_task_id", "created_task_type"],
                        name="idx_slack_messages_created_task",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("slack_ts",), name="slack_messages_slack_ts_key"),
                    models.CheckConstraint(
                        condition=models.Q(("confidence__gte", 0), ("confidence__lte", 1)),
                        name="slack_messages_confidence_check",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("created_task_type__in", ["listing_task", "stray_task"])),
                        name="slack_messages_created_task_type_check",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("processing_status__in", ["pending", "processed", "failed", "skipped"])),
                        name="slack_messages_processing_status_check",
                    ),
                    common.fields.ForeignKeyAction(
                        column="created_listing_id",
                        name="fk_slack_messages_listing",
                        on_delete="SET NULL",
                        to_column="listing_id",
                        to_table="listings",
                    ),
                ],
            },
        ),
    ]
