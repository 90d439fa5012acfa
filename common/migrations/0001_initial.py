import django.contrib.postgres.functions
from django.db import migrations, models

import common.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Act",
            fields=[
                (
                    "act_id",
                    common.fields.UlidKey(
                        default=common.fields.new_ulid, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("verb", common.fields.TextColumn()),
                ("reason", models.TextField(blank=True, null=True)),
                ("source", common.fields.TextColumn(default="web")),
                ("undoes", common.fields.TextColumn(blank=True, null=True)),
                ("actor_kind", common.fields.TextColumn(default="", editable=False)),
                ("actor_id", common.fields.TextColumn(default="", editable=False)),
                (
                    "at",
                    models.DateTimeField(db_default=django.contrib.postgres.functions.TransactionNow(), editable=False),
                ),
                ("transaction_id", models.BigIntegerField(default=0, editable=False)),
            ],
            options={
                "db_table": "acts",
                "indexes": [
                    common.fields.Index(fields=["actor_id", "-at"], name="idx_acts_actor"),
                    common.fields.Index(
                        condition=models.Q(("undoes__isnull", False)), fields=["undoes"], name="idx_acts_undoes"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Change",
            fields=[
                ("change_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("act_id", common.fields.TextColumn()),
                ("table_name", common.fields.TextColumn()),
                ("row_key", common.fields.TextColumn()),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
            ],
            options={
                "db_table": "changes",
                "indexes": [
                    common.fields.Index(fields=["act_id"], name="idx_changes_act"),
                    common.fields.Index(fields=["table_name", "row_key", "change_id"], name="idx_changes_row"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ChangeCounter",
            fields=[
                ("counter_id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("value", models.BigIntegerField(default=0)),
            ],
            options={
                "db_table": "change_counter",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("counter_id", 1)), name="change_counter_one_row_check")
                ],
            },
        ),
    ]
