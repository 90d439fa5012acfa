import django.contrib.postgres.functions
import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

import common.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("realtors", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="OfficeDay",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("name", common.fields.TextColumn()),
                ("is_working_day", models.BooleanField(db_default=False, default=False)),
            ],
            options={
                "db_table": "listings_office_day",
                "ordering": ["day"],
            },
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                (
                    "note_id",
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
                ("text", models.TextField()),
                ("author_staff_id", common.fields.TextColumn(blank=True, null=True)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.contrib.postgres.functions.TransactionNow(), editable=False),
                ),
                ("edited_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "db_table": "listings_note",
                "indexes": [
                    common.fields.Index(fields=["kind", "item_id", "created_at"], name="idx_listings_note_item")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["listing", "activity", "agent_task"])),
                        name="listings_note_kind_check",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Weekday",
            fields=[
                ("weekday", models.SmallIntegerField(primary_key=True, serialize=False)),
                ("is_working_day", models.BooleanField()),
            ],
            options={
                "db_table": "listings_weekday",
                "ordering": ["weekday"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("weekday__gte", 0), ("weekday__lte", 6)),
                        name="listings_weekday_weekday_check",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Listing",
            fields=[
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "listing_id",
                    common.fields.UlidKey(
                        default=common.fields.new_ulid, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("address_string", common.fields.TextColumn(verbose_name="address")),
                (
                    "status",
                    common.fields.TextColumn(
                        choices=[("new", "New"), ("in_progress", "In progress"), ("completed", "Completed")],
                        db_default="new",
                        default="new",
                        editable=False,
                    ),
                ),
                ("assignee", common.fields.TextColumn(blank=True, editable=False, null=True)),
                ("agent_id", common.fields.TextColumn(blank=True, editable=False, null=True)),
                ("due_date", models.DateTimeField(blank=True, null=True)),
                (
                    "progress",
                    models.DecimalField(blank=True, decimal_places=2, editable=False, max_digits=5, null=True),
                ),
                (
                    "type",
                    common.fields.TextColumn(blank=True, choices=[("SALE", "Sale"), ("LEASE", "Lease")], null=True),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.contrib.postgres.functions.TransactionNow(), editable=False),
                ),
                (
                    "updated_at",
                    models.DateTimeField(db_default=django.contrib.postgres.functions.TransactionNow(), editable=False),
                ),
                (
                    "realtor",
                    models.ForeignKey(
                        blank=True,
                        db_column="realtor_id",
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="listings",
                        to="realtors.realtor",
                    ),
                ),
            ],
            options={
                "db_table": "listings",
                "abstract": False,
                "base_manager_name": "all_objects",
                "indexes": [
                    common.fields.Index(
                        condition=models.Q(("deleted_at", None)), fields=["status"], name="idx_listings_status"
                    ),
                    common.fields.Index(
                        condition=models.Q(("deleted_at", None)), fields=["assignee"], name="idx_listings_assignee"
                    ),
                    common.fields.Index(
                        condition=models.Q(("deleted_at", None)), fields=["agent_id"], name="idx_listings_agent"
                    ),
                    common.fields.Index(
                        condition=models.Q(("deleted_at", None)), fields=["created_at"], name="idx_listings_created"
                    ),
                    common.fields.Index(
                        condition=models.Q(("deleted_at", None)), fields=["due_date"], name="idx_listings_due_date"
                    ),
                    common.fields.Index(
                        condition=models.Q(("deleted_at", None)), fields=["address_string"], name="idx_listings_address"
                    ),
                    common.fields.Index(
                        condition=models.Q(("deleted_at", None)), fields=["realtor"], name="idx_listings_realtor"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["new", "in_progress", "completed"])),
                        name="listings_status_check",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("progress__gte", 0), ("progress__lte", 100)), name="listings_progress_check"
                    ),
                    common.fields.ForeignKeyAction(
                        column="realtor_id",
                        name="fk_listings_realtor",
                        on_delete="SET NULL",
                        to_column="realtor_id",
                        to_table="realtors",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("all_objects", django.db.models.manager.Manager()),
            ],
        ),
    ]
