import django.contrib.postgres.functions
from django.db import migrations, models

import common.fields


class Migration(migrations.Migration):
    dependencies = [
        ("tasks", "0002_policies"),
    ]

    operations = [
        migrations.CreateModel(
            name="Snooze",
            fields=[
                (
                    "snooze_id",
                    common.fields.UlidKey(
                        default=common.fields.new_ulid, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    common.fields.TextColumn(
                        choices=[
                            ("activity", "Activity"),
                            ("agent_task", "Agent task"),
                            ("listing", "Listing"),
                            ("message", "Slack message"),
                        ]
                    ),
                ),
                ("item_id", common.fields.TextColumn()),
                ("staff_id", common.fields.TextColumn()),
                ("until", models.DateTimeField(blank=True, null=True)),
                ("woken_at", models.DateTimeField(blank=True, null=True)),
                ("wake_reason", common.fields.TextColumn(blank=True, null=True)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.contrib.postgres.functions.TransactionNow(), editable=False),
                ),
            ],
            options={
                "db_table": "tasks_snooze",
                "indexes": [
                    common.fields.Index(fields=["kind", "item_id"], name="idx_tasks_snooze_item"),
                    common.fields.Index(
                        condition=models.Q(("until__isnull", False), ("woken_at", None)),
                        fields=["until"],
                        name="idx_tasks_snooze_due",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("staff_id", "kind", "item_id"), name="tasks_snooze_once"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["activity", "agent_task", "listing", "message"])),
                        name="tasks_snooze_kind_check",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TaskLink",
            fields=[
                (
                    "link_id",
                    common.fields.UlidKey(
                        default=common.fields.new_ulid, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "relation",
                    common.fields.TextColumn(choices=[("duplicate_of", "Duplicate of"), ("belongs_to", "Belongs to")]),
                ),
                (
                    "from_kind",
                    common.fields.TextColumn(
                        choices=[
                            ("activity", "Activity"),
                            ("agent_task", "Agent task"),
                            ("listing", "Listing"),
                            ("message", "Slack message"),
                        ]
                    ),
                ),
                ("from_id", common.fields.TextColumn()),
                (
                    "to_kind",
                    common.fields.TextColumn(
                        choices=[
                            ("activity", "Activity"),
                            ("agent_task", "Agent task"),
                            ("listing", "Listing"),
                            ("message", "Slack message"),
                        ]
                    ),
                ),
                ("to_id", common.fields.TextColumn()),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.contrib.postgres.functions.TransactionNow(), editable=False),
                ),
            ],
            options={
                "db_table": "task_links",
                "indexes": [common.fields.Index(fields=["to_kind", "to_id"], name="idx_task_links_to")],
                "constraints": [
                    models.UniqueConstraint(fields=("from_kind", "from_id", "relation"), name="task_links_once"),
                    models.CheckConstraint(
                        condition=models.Q(("relation__in", ["duplicate_of", "belongs_to"])),
                        name="task_links_relation_check",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("from_kind__in", ["activity", "agent_task", "listing", "message"]),
                            ("to_kind__in", ["activity", "agent_task", "listing", "message"]),
                        ),
                        name="task_links_kind_check",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Waiting",
            fields=[
                (
                    "waiting_id",
                    common.fields.UlidKey(
                        default=common.fields.new_ulid, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    common.fields.TextColumn(
                        choices=[
                            ("activity", "Activity"),
                            ("agent_task", "Agent task"),
                            ("listing", "Listing"),
                            ("message", "Slack message"),
                        ]
                    ),
                ),
                ("item_id", common.fields.TextColumn()),
                ("for_what", common.fields.TextColumn()),
                (
                    "since",
                    models.DateTimeField(db_default=django.contrib.postgres.functions.TransactionNow(), editable=False),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("end_reason", common.fields.TextColumn(blank=True, null=True)),
            ],
            options={
                "verbose_name_plural": "waiting",
                "db_table": "tasks_waiting",
                "indexes": [common.fields.Index(fields=["kind", "item_id", "since"], name="idx_tasks_waiting_item")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("kind", "item_id"),
                        name="tasks_waiting_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["activity", "agent_task", "listing", "message"])),
                        name="tasks_waiting_kind_check",
                    ),
                ],
            },
        ),
    ]
