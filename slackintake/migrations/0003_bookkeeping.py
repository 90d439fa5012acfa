import django.contrib.postgres.functions
import django.db.models.deletion
from django.db import migrations, models

import common.fields


class Migration(migrations.Migration):
    dependencies = [
        ("listings", "0002_policies"),
        ("slackintake", "0002_policies"),
    ]

    operations = [
        migrations.CreateModel(
            name="ClockRun",
            fields=[
                ("job", common.fields.TextColumn(primary_key=True, serialize=False)),
                ("ran_at", models.DateTimeField()),
                ("error", models.TextField(blank=True, null=True)),
            ],
            options={
                "db_table": "slackintake_clock",
            },
        ),
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                ("worker", common.fields.TextColumn(primary_key=True, serialize=False)),
                (
                    "started_at",
                    models.DateTimeField(db_default=django.contrib.postgres.functions.TransactionNow(), editable=False),
                ),
                ("seen_at", models.DateTimeField(db_default=django.contrib.postgres.functions.TransactionNow())),
            ],
            options={
                "db_table": "slackintake_heartbeat",
            },
        ),
        migrations.CreateModel(
            name="Link",
            fields=[
                (
                    "link_id",
                    common.fields.UlidKey(
                        default=common.fields.new_ulid, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    common.fields.TextColumn(
                        choices=[("listing", "Listing"), ("activity", "Activity"), ("agent_task", "Agent task")]
                    ),
                ),
                ("item_id", common.fields.TextColumn()),
                (
                    "role",
                    common.fields.TextColumn(
                        choices=[
                            ("attached", "Attached"),
                            ("bundle", "Sent in one breath with the message"),
                            ("edit", "Edited later"),
                        ]
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.contrib.postgres.functions.TransactionNow(), editable=False),
                ),
            ],
            options={
                "db_table": "slackintake_link",
            },
        ),
        migrations.CreateModel(
            name="ReadingJob",
            fields=[
                ("due_at", models.DateTimeField(db_default=django.contrib.postgres.functions.TransactionNow())),
                ("attempts", models.SmallIntegerField(db_default=0, default=0)),
                ("lease", models.BigIntegerField(db_default=0, default=0, editable=False)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("error", models.TextField(blank=True, null=True)),
                (
                    "message",
                    models.OneToOneField(
                        db_column="message_id",
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="job",
                        serialize=False,
                        to="slackintake.slackmessage",
                    ),
                ),
                (
                    "purpose",
                    common.fields.TextColumn(
                        choices=[
                            ("new", "It is new"),
                            ("edited", "It was edited in Slack"),
                            ("asked", "A person asked for it in Slack"),
                            ("again", "An admin asked for it"),
                        ],
                        db_default="new",
                        default="new",
                    ),
                ),
            ],
            options={
                "db_table": "slackintake_job",
            },
        ),
        migrations.CreateModel(
            name="Reply",
            fields=[
                ("due_at", models.DateTimeField(db_default=django.contrib.postgres.functions.TransactionNow())),
                ("attempts", models.SmallIntegerField(db_default=0, default=0)),
                ("lease", models.BigIntegerField(db_default=0, default=0, editable=False)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("error", models.TextField(blank=True, null=True)),
                (
                    "reply_id",
                    common.fields.UlidKey(
                        default=common.fields.new_ulid, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    common.fields.TextColumn(
                        blank=True,
                        choices=[("listing", "Listing"), ("activity", "Activity"), ("agent_task", "Agent task")],
                        null=True,
                    ),
                ),
                ("item_id", common.fields.TextColumn(blank=True, null=True)),
                (
                    "action",
                    common.fields.TextColumn(
                        choices=[("add", "Add"), ("remove", "Remove")], db_default="add", default="add"
                    ),
                ),
                ("name", common.fields.TextColumn()),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.contrib.postgres.functions.TransactionNow(), editable=False),
                ),
            ],
            options={
                "verbose_name_plural": "replies",
                "db_table": "slackintake_outbox",
            },
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                (
                    "review_id",
                    common.fields.UlidKey(
                        default=common.fields.new_ulid, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "reason",
                    common.fields.TextColumn(
                        choices=[
                            ("proposal", "Adds to something that is already there"),
                            ("undone", "What was made of it was taken back"),
                            ("unsure", "The reading is not sure enough"),
                            ("info_request", "Something is missing"),
                            ("unknown_sender", "The sender is not in the directory"),
                            ("no_address", "A listing without an address"),
                        ]
                    ),
                ),
                (
                    "kind",
                    common.fields.TextColumn(
                        blank=True,
                        choices=[("listing", "Listing"), ("activity", "Activity"), ("agent_task", "Agent task")],
                        null=True,
                    ),
                ),
                ("item_id", common.fields.TextColumn(blank=True, null=True)),
                (
                    "opened_at",
                    models.DateTimeField(db_default=django.contrib.postgres.functions.TransactionNow(), editable=False),
                ),
                ("resolved_at", models.DateTimeField(blank=True, null=True)),
                ("resolved_by", common.fields.TextColumn(blank=True, null=True)),
                (
                    "resolution",
                    common.fields.TextColumn(
                        blank=True,
                        choices=[
                            ("made", "Made something of it"),
                            ("attached", "Attached"),
                            ("ignored", "Ignored"),
                            ("read_again", "Resolved by reading it again"),
                        ],
                        null=True,
                    ),
                ),
                ("corrected_reading", models.JSONField(blank=True, null=True)),
            ],
            options={
                "db_table": "slackintake_review",
            },
        ),
        migrations.CreateModel(
            name="SlackEvent",
            fields=[
                ("due_at", models.DateTimeField(db_default=django.contrib.postgres.functions.TransactionNow())),
                ("attempts", models.SmallIntegerField(db_default=0, default=0)),
                ("lease", models.BigIntegerField(db_default=0, default=0, editable=False)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("error", models.TextField(blank=True, null=True)),
                ("event_key", models.BigAutoField(primary_key=True, serialize=False)),
                ("slack_event_id", common.fields.TextColumn(blank=True, null=True)),
                (
                    "source",
                    common.fields.TextColumn(
                        choices=[("events", "Events API"), ("interactive", "Interactivity")], default="events"
                    ),
                ),
                ("event_type", common.fields.TextColumn()),
                ("body", models.TextField()),
                ("outcome", common.fields.TextColumn(blank=True, null=True)),
                (
                    "received_at",
                    models.DateTimeField(db_default=django.contrib.postgres.functions.TransactionNow(), editable=False),
                ),
            ],
            options={
                "db_table": "slack_events",
            },
        ),
        migrations.CreateModel(
            name="SlackName",
            fields=[
                ("slack_id", common.fields.TextColumn(primary_key=True, serialize=False)),
                ("name", common.fields.TextColumn()),
            ],
            options={
                "db_table": "slackintake_name",
            },
        ),
        migrations.AddConstraint(
            model_name="slackmessage",
            constraint=models.UniqueConstraint(
                models.F("slack_channel_id"),
                models.Func(
                    "slack_ts",
                    models.Value("@"),
                    models.Value(1),
                    function="split_part",
                    output_field=models.TextField(),
                ),
                name="slack_messages_channel_ts_key",
            ),
        ),
        migrations.AddField(
            model_name="link",
            name="message",
            field=models.ForeignKey(
                db_column="message_id",
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="links",
                to="slackintake.slackmessage",
            ),
        ),
        migrations.AddIndex(
            model_name="readingjob",
            index=common.fields.Index(
                condition=models.Q(("finished_at", None)), fields=["due_at"], name="idx_slackintake_job_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="readingjob",
            constraint=models.CheckConstraint(
                condition=models.Q(("purpose__in", ["new", "edited", "asked", "again"])),
                name="slackintake_job_purpose_check",
            ),
        ),
        migrations.AddConstraint(
            model_name="readingjob",
            constraint=common.fields.ForeignKeyAction(
                column="message_id",
                name="fk_slackintake_job_message",
                on_delete="CASCADE",
                to_column="message_id",
                to_table="slack_messages",
            ),
        ),
        migrations.AddField(
            model_name="reply",
            name="message",
            field=models.ForeignKey(
                blank=True,
                db_column="message_id",
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="replies",
                to="slackintake.slackmessage",
            ),
        ),
        migrations.AddField(
            model_name="review",
            name="message",
            field=models.ForeignKey(
                db_column="message_id",
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="reviews",
                to="slackintake.slackmessage",
            ),
        ),
        migrations.AddIndex(
            model_name="slackevent",
            index=common.fields.Index(
                condition=models.Q(("finished_at", None)), fields=["due_at"], name="idx_slack_events_due"
            ),
        ),
        migrations.AddIndex(
            model_name="slackevent",
            index=common.fields.Index(fields=["received_at"], name="idx_slack_events_received"),
        ),
        migrations.AddConstraint(
            model_name="slackevent",
            constraint=models.UniqueConstraint(fields=("slack_event_id",), name="slack_events_slack_event_id_key"),
        ),
        migrations.AddConstraint(
            model_name="slackevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("source__in", ["events", "interactive"])), name="slack_events_source_check"
            ),
        ),
        migrations.AddIndex(
            model_name="link",
            index=common.fields.Index(fields=["kind", "item_id"], name="idx_slackintake_link_item"),
        ),
        migrations.AddConstraint(
            model_name="link",
            constraint=models.UniqueConstraint(
                fields=("message", "kind", "item_id", "role"), name="slackintake_link_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="link",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["listing", "activity", "agent_task"])),
                name="slackintake_link_kind_check",
            ),
        ),
        migrations.AddConstraint(
            model_name="link",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", ["attached", "bundle", "edit"])), name="slackintake_link_role_check"
            ),
        ),
        migrations.AddConstraint(
            model_name="link",
            constraint=common.fields.ForeignKeyAction(
                column="message_id",
                name="fk_slackintake_link_message",
                on_delete="CASCADE",
                to_column="message_id",
                to_table="slack_messages",
            ),
        ),
        migrations.AddIndex(
            model_name="reply",
            index=common.fields.Index(
                condition=models.Q(("finished_at", None)), fields=["due_at"], name="idx_slackintake_outbox_due"
            ),
        ),
        migrations.AddIndex(
            model_name="reply",
            index=common.fields.Index(fields=["message"], name="idx_slackintake_outbox_message"),
        ),
        migrations.AddConstraint(
            model_name="reply",
            constraint=models.CheckConstraint(
                condition=models.Q(("action__in", ["add", "remove"])), name="slackintake_outbox_action_check"
            ),
        ),
        migrations.AddConstraint(
            model_name="reply",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["listing", "activity", "agent_task"])),
                name="slackintake_outbox_kind_check",
            ),
        ),
        migrations.AddConstraint(
            model_name="reply",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("message__isnull", False),
                    models.Q(("item_id__isnull", False), ("kind__isnull", False)),
                    _connector="OR",
                ),
                name="slackintake_outbox_names_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="reply",
            constraint=models.UniqueConstraint(
                condition=models.Q(("finished_at", None)),
                fields=("message", "kind", "item_id", "action", "name"),
                name="slackintake_outbox_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="reply",
            constraint=common.fields.ForeignKeyAction(
                column="message_id",
                name="fk_slackintake_outbox_message",
                on_delete="CASCADE",
                to_column="message_id",
                to_table="slack_messages",
            ),
        ),
        migrations.AddIndex(
            model_name="review",
            index=common.fields.Index(fields=["message"], name="idx_slackintake_review_message"),
        ),
        migrations.AddIndex(
            model_name="review",
            index=common.fields.Index(
                condition=models.Q(("resolved_at", None)), fields=["opened_at"], name="idx_slackintake_review_open"
            ),
        ),
        migrations.AddIndex(
            model_name="review",
            index=common.fields.Index(
                condition=models.Q(("resolved_at", None)),
                fields=["kind", "item_id"],
                name="idx_slackintake_review_item",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.UniqueConstraint(
                condition=models.Q(("resolved_at", None)), fields=("message",), name="slackintake_review_one_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reason__in", ["proposal", "undone", "unsure", "info_request", "unknown_sender", "no_address"])
                ),
                name="slackintake_review_reason_check",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["listing", "activity", "agent_task"])),
                name="slackintake_review_kind_check",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(("resolution__in", ["made", "attached", "ignored", "read_again"])),
                name="slackintake_review_resolution_check",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("resolution", None), ("resolved_at", None)),
                    models.Q(("resolution__isnull", False), ("resolved_at__isnull", False)),
                    _connector="OR",
                ),
                name="slackintake_review_both_or_neither",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=common.fields.ForeignKeyAction(
                column="message_id",
                name="fk_slackintake_review_message",
                on_delete="CASCADE",
                to_column="message_id",
                to_table="slack_messages",
            ),
        ),
    ]
