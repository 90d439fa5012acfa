import django.contrib.postgres.functions
import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

import common.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("listings", "0001_initial"),
        ("realtors", "0001_initial"),
        ("staff", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Activity",
            fields=[
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "task_id",
                    common.fields.UlidKey(
                        default=common.fields.new_ulid, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", common.fields.TextColumn()),
                ("description", models.TextField(blank=True, null=True)),
                (
                    "status",
                    common.fields.TextColumn(
                        choices=[
                            ("OPEN", "Open"),
                            ("CLAIMED", "Claimed"),
                            ("IN_PROGRESS", "In progress"),
                            ("DONE", "Done"),
                            ("FAILED", "Failed"),
                            ("CANCELLED", "Cancelled"),
                        ],
                        db_default="OPEN",
                        default="OPEN",
                    ),
                ),
                ("priority", models.IntegerField(db_default=0, default=0)),
                ("due_date", models.DateTimeField(blank=True, null=True)),
                ("claimed_at", models.DateTimeField(blank=True, null=True)),
                ("completed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.contrib.postgres.functions.TransactionNow(), editable=False),
                ),
                (
                    "updated_at",
                    models.DateTimeField(db_default=django.contrib.postgres.functions.TransactionNow(), editable=False),
                ),
                ("deleted_by", common.fields.TextColumn(blank=True, editable=False, null=True)),
                ("inputs", models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), null=True)),
                ("outputs", models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), null=True)),
                (
                    "task_category",
                    common.fields.TextColumn(
                        choices=[
                            ("ADMIN", "Admin"),
                            ("MARKETING", "Marketing"),
                            ("PHOTO", "Photo"),
                            ("STAGING", "Staging"),
                            ("INSPECTION", "Inspection"),
                            ("OTHER", "Other"),
                        ],
                        verbose_name="category",
                    ),
                ),
                (
                    "visibility_group",
                    common.fields.TextColumn(
                        choices=[("BOTH", "Agents and marketing"), ("AGENT", "Agents"), ("MARKETING", "Marketing")],
                        db_default="BOTH",
                        default="BOTH",
                        verbose_name="seen by",
                    ),
                ),
                (
                    "assigned_staff",
                    models.ForeignKey(
                        blank=True,
                        db_column="assigned_staff_id",
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="staff.staff",
                    ),
                ),
                (
                    "listing",
                    models.ForeignKey(
                        db_column="listing_id",
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="activities",
                        to="listings.listing",
                    ),
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
                        related_name="activities",
                        to="realtors.realtor",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "activities",
                "db_table": "activities",
                "abstract": False,
                "base_manager_name": "all_objects",
                "indexes": [
                    common.fields.Index(
                        condition=models.Q(("deleted_at", None)), fields=["listing"], name="idx_activities_listing"
                    ),
                    common.fields.Index(
                        condition=models.Q(("deleted_at", None)), fields=["realtor"], name="idx_activities_realtor"
                    ),
                    common.fields.Index(
                        condition=models.Q(("deleted_at", None)),
                        fields=["assigned_staff", "due_date"],
                        name="idx_activities_assigned_staff",
                    ),
                    common.fields.Index(
                        condition=models.Q(("deleted_at", None)),
                        fields=["status", "-priority"],
                        name="idx_activities_status",
                    ),
                    common.fields.Index(
                        condition=models.Q(("deleted_at", None)),
                        fields=["task_category"],
                        name="idx_activities_category",
                    ),
                    common.fields.Index(
                        condition=models.Q(("deleted_at", None), models.Q(("status", "DONE"), _negated=True)),
                        fields=["due_date"],
                        name="idx_activities_due_date",
                    ),
                    common.fields.Index(
                        condition=models.Q(("deleted_at", None)),
                        fields=["listing", "status", "-priority"],
                        name="idx_activities_listing_status",
                    ),
                    common.fields.Index(
                        condition=models.Q(("deleted_at", None), ("assigned_staff", None), ("status", "OPEN")),
                        fields=["due_date", "-priority", "task_id"],
                        name="idx_activities_inbox",
                    ),
                    common.fields.Index(
                        condition=models.Q(("deleted_at", None), ("status__in", ["CLAIMED", "IN_PROGRESS"])),
                        fields=["assigned_staff", "due_date", "-priority", "task_id"],
                        name="idx_activities_my_tasks",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["OPEN", "CLAIMED", "IN_PROGRESS", "DONE", "FAILED", "CANCELLED"])
                        ),
                        name="activities_status_check",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("priority__gte", 0), ("priority__lte", 10)),
                        name="activities_priority_check",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("task_category__in", ["ADMIN", "MARKETING", "PHOTO", "STAGING", "INSPECTION", "OTHER"])
                        ),
                        name="activities_task_category_check",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("visibility_group__in", ["BOTH", "AGENT", "MARKETING"])),
                        name="activities_visibility_group_check",
                    ),
                    common.fields.ForeignKeyAction(
                        column="listing_id",
                        name="fk_activities_listing",
                        on_delete="CASCADE",
                        to_column="listing_id",
                        to_table="listings",
                    ),
                    common.fields.ForeignKeyAction(
                        column="realtor_id",
                        name="fk_activities_realtor",
                        on_delete="SET NULL",
                        to_column="realtor_id",
                        to_table="realtors",
                    ),
                    common.fields.ForeignKeyAction(
                        column="assigned_staff_id",
                        name="fk_activities_staff",
                        on_delete="SET NULL",
                        to_column="staff_id",
                        to_table="staff",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("all_objects", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="AgentTask",
            fields=[
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "task_id",
                    common.fields.UlidKey(
                        default=common.fields.new_ulid, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", common.fields.TextColumn()),
                ("description", models.TextField(blank=True, null=True)),
                (
                    "status",
                    common.fields.TextColumn(
                        choices=[
                            ("OPEN", "Open"),
                            ("CLAIMED", "Claimed"),
                            ("IN_PROGRESS", "In progress"),
                            ("DONE", "Done"),
                            ("FAILED", "Failed"),
                            ("CANCELLED", "Cancelled"),
                        ],
                        db_default="OPEN",
                        default="OPEN",
                    ),
                ),
                ("priority", models.IntegerField(db_default=0, default=0)),
                ("due_date", models.DateTimeField(blank=True, null=True)),
                ("claimed_at", models.DateTimeField(blank=True, null=True)),
                ("completed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.contrib.postgres.functions.TransactionNow(), editable=False),
                ),
                (
                    "updated_at",
                    models.DateTimeField(db_default=django.contrib.postgres.functions.TransactionNow(), editable=False),
                ),
                ("deleted_by", common.fields.TextColumn(blank=True, editable=False, null=True)),
                ("inputs", models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), null=True)),
                ("outputs", models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), null=True)),
                ("task_key", common.fields.TextColumn(verbose_name="kind of request")),
                (
                    "assigned_staff",
                    models.ForeignKey(
                        blank=True,
                        db_column="assigned_staff_id",
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="staff.staff",
                    ),
                ),
                (
                    "realtor",
                    models.ForeignKey(
                        db_column="realtor_id",
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="agent_tasks",
                        to="realtors.realtor",
                    ),
                ),
            ],
            options={
                "db_table": "agent_tasks",
                "abstract": False,
                "base_manager_name": "all_objects",
                "indexes": [
                    common.fields.Index(
                        condition=models.Q(("deleted_at", None)),
                        fields=["realtor", "-created_at"],
                        name="idx_agent_tasks_realtor",
                    ),
                    common.fields.Index(
                        condition=models.Q(("deleted_at", None)),
                        fields=["assigned_staff", "due_date"],
                        name="idx_agent_tasks_assigned_staff",
                    ),
                    common.fields.Index(
                        condition=models.Q(("deleted_at", None)),
                        fields=["status", "-priority"],
                        name="idx_agent_tasks_status",
                    ),
                    common.fields.Index(
                        condition=models.Q(("deleted_at", None)), fields=["task_key"], name="idx_agent_tasks_task_key"
                    ),
                    common.fields.Index(
                        condition=models.Q(("deleted_at", None), models.Q(("status", "DONE"), _negated=True)),
                        fields=["due_date"],
                        name="idx_agent_tasks_due_date",
                    ),
                    common.fields.Index(
                        condition=models.Q(("deleted_at", None)),
                        fields=["realtor", "status", "-priority"],
                        name="idx_agent_tasks_realtor_status",
                    ),
                    common.fields.Index(
                        condition=models.Q(("deleted_at", None), ("assigned_staff", None), ("status", "OPEN")),
                        fields=["due_date", "-priority", "task_id"],
                        name="idx_agent_tasks_inbox",
                    ),
                    common.fields.Index(
                        condition=models.Q(("deleted_at", None), ("status__in", ["CLAIMED", "IN_PROGRESS"])),
                        fields=["assigned_staff", "due_date", "-priority", "task_id"],
                        name="idx_agent_tasks_my_tasks",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["OPEN", "CLAIMED", "IN_PROGRESS", "DONE", "FAILED", "CANCELLED"])
                        ),
                        name="agent_tasks_status_check",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("priority__gte", 0), ("priority__lte", 10)),
                        name="agent_tasks_priority_check",
                    ),
                    common.fields.ForeignKeyAction(
                        column="realtor_id",
                        name="fk_agent_tasks_realtor",
                        on_delete="CASCADE",
                        to_column="realtor_id",
                        to_table="realtors",
                    ),
                    common.fields.ForeignKeyAction(
                        column="assigned_staff_id",
                        name="fk_agent_tasks_staff",
                        on_delete="SET NULL",
                        to_column="staff_id",
                        to_table="staff",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("all_objects", django.db.models.manager.Manager()),
            ],
        ),
    ]
