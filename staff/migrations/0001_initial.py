import django.contrib.postgres.functions
import django.db.models.manager
from django.db import migrations, models

import common.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Staff",
            fields=[
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "staff_id",
                    common.fields.UlidKey(
                        default=common.fields.new_ulid, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("email", common.fields.TextColumn()),
                ("name", common.fields.TextColumn()),
                (
                    "role",
                    common.fields.TextColumn(
                        choices=[
                            ("admin", "Admin"),
                            ("operations", "Operations"),
                            ("marketing", "Marketing"),
                            ("support", "Support"),
                        ]
                    ),
                ),
                ("slack_user_id", common.fields.TextColumn(blank=True, null=True, verbose_name="Slack id")),
                ("phone", common.fields.TextColumn(blank=True, null=True)),
                (
                    "status",
                    common.fields.TextColumn(
                        choices=[("active", "Active"), ("inactive", "Inactive"), ("suspended", "Suspended")],
                        db_default="active",
                        default="active",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.contrib.postgres.functions.TransactionNow(), editable=False),
                ),
                (
                    "updated_at",
                    models.DateTimeField(db_default=django.contrib.postgres.functions.TransactionNow(), editable=False),
                ),
                ("metadata", models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), null=True)),
            ],
            options={
                "verbose_name": "staff",
                "verbose_name_plural": "staff",
                "db_table": "staff",
                "abstract": False,
                "base_manager_name": "all_objects",
                "indexes": [
                    common.fields.Index(
                        condition=models.Q(("deleted_at", None)), fields=["role"], name="idx_staff_role"
                    ),
                    common.fields.Index(
                        condition=models.Q(("deleted_at", None)), fields=["status"], name="idx_staff_status"
                    ),
                    common.fields.Index(
                        condition=models.Q(("deleted_at", None), ("slack_user_id__isnull", False)),
                        fields=["slack_user_id"],
                        name="idx_staff_slack",
                    ),
                    common.fields.Index(
                        condition=models.Q(("deleted_at", None)), fields=["email"], name="idx_staff_email"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("email",), name="staff_email_key"),
                    models.UniqueConstraint(fields=("slack_user_id",), name="staff_slack_user_id_key"),
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["admin", "operations", "marketing", "support"])),
                        name="staff_role_check",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["active", "inactive", "suspended"])),
                        name="staff_status_check",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("all_objects", django.db.models.manager.Manager()),
            ],
        ),
    ]
