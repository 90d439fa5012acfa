import django.contrib.postgres.fields
import django.contrib.postgres.functions
import django.contrib.postgres.indexes
import django.db.models.manager
from django.db import migrations, models

import common.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Realtor",
            fields=[
                ("deleted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "realtor_id",
                    common.fields.UlidKey(
                        default=common.fields.new_ulid, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("email", common.fields.TextColumn()),
                ("name", common.fields.TextColumn()),
                ("phone", common.fields.TextColumn(blank=True, null=True)),
                ("license_number", common.fields.TextColumn(blank=True, null=True)),
                ("brokerage", common.fields.TextColumn(blank=True, null=True)),
                ("slack_user_id", common.fields.TextColumn(blank=True, null=True, verbose_name="Slack id")),
                (
                    "territories",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=common.fields.TextColumn(), blank=True, null=True, size=None
                    ),
                ),
                (
                    "status",
                    common.fields.TextColumn(
                        choices=[
                            ("active", "Active"),
                            ("inactive", "Inactive"),
                            ("suspended", "Suspended"),
                            ("pending", "Pending"),
                        ],
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
                "db_table": "realtors",
                "abstract": False,
                "base_manager_name": "all_objects",
                "indexes": [
                    common.fields.Index(
                        condition=models.Q(("deleted_at", None)), fields=["status"], name="idx_realtors_status"
                    ),
                    common.fields.Index(
                        condition=models.Q(("deleted_at", None), ("slack_user_id__isnull", False)),
                        fields=["slack_user_id"],
                        name="idx_realtors_slack",
                    ),
                    common.fields.Index(
                        condition=models.Q(("deleted_at", None)), fields=["email"], name="idx_realtors_email"
                    ),
                    common.fields.Index(
                        condition=models.Q(("deleted_at", None), ("license_number__isnull", False)),
                        fields=["license_number"],
                        name="idx_realtors_license",
                    ),
                    common.fields.Index(
                        condition=models.Q(("brokerage__isnull", False), ("deleted_at", None)),
                        fields=["brokerage"],
                        name="idx_realtors_brokerage",
                    ),
                    django.contrib.postgres.indexes.GinIndex(fields=["territories"], name="idx_realtors_territories"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("email",), name="realtors_email_key"),
                    models.UniqueConstraint(fields=("license_number",), name="realtors_license_number_key"),
                    models.UniqueConstraint(fields=("slack_user_id",), name="realtors_slack_user_id_key"),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["active", "inactive", "suspended", "pending"])),
                        name="realtors_status_check",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("all_objects", django.db.models.manager.Manager()),
            ],
        ),
    ]
