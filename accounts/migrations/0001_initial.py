import django.contrib.postgres.functions
import django.db.models.deletion
from django.db import migrations, models

import common.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("staff", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
                (
                    "staff",
                    models.OneToOneField(
                        db_column="staff_id",
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="login",
                        serialize=False,
                        to="staff.staff",
                    ),
                ),
                ("last_login", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "db_table": "accounts_user",
                "constraints": [
                    common.fields.ForeignKeyAction(
                        column="staff_id",
                        name="fk_accounts_user_staff",
                        on_delete="CASCADE",
                        to_column="staff_id",
                        to_table="staff",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Preferences",
            fields=[
                (
                    "staff",
                    models.OneToOneField(
                        db_column="staff_id",
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="preferences",
                        serialize=False,
                        to="staff.staff",
                    ),
                ),
                (
                    "theme",
                    common.fields.TextColumn(
                        choices=[("system", "As the system"), ("light", "Light"), ("dark", "Dark")],
                        db_default="system",
                        default="system",
                    ),
                ),
                ("start_page", common.fields.TextColumn(db_default="/inbox/", default="/inbox/")),
                (
                    "after_action",
                    common.fields.TextColumn(
                        choices=[
                            ("next", "Go to the next item"),
                            ("stay", "Stay on the item"),
                            ("list", "Back to the list"),
                        ],
                        db_default="next",
                        default="next",
                    ),
                ),
                (
                    "single_keys",
                    models.BooleanField(db_default=True, default=True, verbose_name="single letters as keys"),
                ),
            ],
            options={
                "verbose_name_plural": "preferences",
                "db_table": "accounts_preferences",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("theme__in", ["system", "light", "dark"])),
                        name="accounts_preferences_theme_check",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("after_action__in", ["next", "stay", "list"])),
                        name="accounts_preferences_after_action_check",
                    ),
                    common.fields.ForeignKeyAction(
                        column="staff_id",
                        name="fk_accounts_preferences_staff",
                        on_delete="CASCADE",
                        to_column="staff_id",
                        to_table="staff",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                (
                    "session_key",
                    models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="session key"),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                ("staff_id", common.fields.TextColumn(blank=True, null=True)),
                ("user_agent", common.fields.TextColumn(blank=True, db_default="", default="")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.contrib.postgres.functions.TransactionNow(), editable=False),
                ),
            ],
            options={
                "verbose_name": "session",
                "verbose_name_plural": "sessions",
                "db_table": "accounts_session",
                "abstract": False,
                "indexes": [common.fields.Index(fields=["staff_id"], name="idx_accounts_session_staff")],
            },
        ),
        migrations.CreateModel(
            name="SignInAttempt",
            fields=[
                ("attempt_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("email", common.fields.TextColumn()),
                ("address", common.fields.TextColumn()),
                (
                    "at",
                    models.DateTimeField(db_default=django.contrib.postgres.functions.TransactionNow(), editable=False),
                ),
            ],
            options={
                "db_table": "accounts_sign_in_attempt",
                "indexes": [
                    common.fields.Index(fields=["email", "at"], name="idx_sign_in_attempt_email"),
                    common.fields.Index(fields=["address", "at"], name="idx_sign_in_attempt_address"),
                ],
            },
        ),
    ]
