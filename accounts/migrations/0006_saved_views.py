import django.contrib.postgres.functions
from django.db import migrations, models

import common.fields


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_search"),
    ]

    operations = [
        migrations.CreateModel(
            name="SavedView",
            fields=[
                (
                    "view_id",
                    common.fields.UlidKey(
                        default=common.fields.new_ulid, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("staff_id", common.fields.TextColumn()),
                ("page", common.fields.TextColumn()),
                ("name", common.fields.TextColumn()),
                ("query", common.fields.TextColumn(blank=True, default="")),
                (
                    "is_shared",
                    models.BooleanField(db_default=False, default=False, verbose_name="shared with everybody"),
                ),
                (
                    "is_default",
                    models.BooleanField(db_default=False, default=False, verbose_name="opens with the list"),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.contrib.postgres.functions.TransactionNow(), editable=False),
                ),
            ],
            options={
                "db_table": "accounts_saved_view",
                "indexes": [common.fields.Index(fields=["page", "is_shared"], name="idx_accounts_saved_view_page")],
                "constraints": [
                    models.UniqueConstraint(fields=("staff_id", "page", "name"), name="accounts_saved_view_name_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("is_default", True)),
                        fields=("staff_id", "page"),
                        name="accounts_saved_view_one_default",
                    ),
                ],
            },
        ),
    ]
