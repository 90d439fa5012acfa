import django.contrib.postgres.functions
import django.db.models.deletion
from django.db import migrations, models

import common.fields


class Migration(migrations.Migration):
    dependencies = [
        ("listings", "0002_policies"),
    ]

    operations = [
        migrations.CreateModel(
            name="Template",
            fields=[
                (
                    "group_key",
                    common.fields.TextColumn(
                        choices=[
                            ("SALE_LISTING", "Sale listing"),
                            ("LEASE_LISTING", "Lease listing"),
                            ("SALE_LEASE_LISTING", "Sale and lease listing"),
                            ("SOLD_SALE_LEASE_LISTING", "Sold or leased"),
                            ("RELIST_LISTING", "Relisting"),
                            ("RELIST_LISTING_DEAL_SALE_OR_LEASE", "Relisting after a deal fell through"),
                            ("BUY_OR_LEASED", "Bought or leased for a client"),
                            ("MARKETING_AGENDA_TEMPLATE", "Marketing agenda"),
                        ],
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("name", common.fields.TextColumn()),
            ],
            options={
                "db_table": "listings_template",
                "ordering": ["group_key"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "group_key__in",
                                [
                                    "SALE_LISTING",
                                    "LEASE_LISTING",
                                    "SALE_LEASE_LISTING",
                                    "SOLD_SALE_LEASE_LISTING",
                                    "RELIST_LISTING",
                                    "RELIST_LISTING_DEAL_SALE_OR_LEASE",
                                    "BUY_OR_LEASED",
                                    "MARKETING_AGENDA_TEMPLATE",
                                ],
                            )
                        ),
                        name="listings_template_key_check",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Acknowledgement",
            fields=[
                (
                    "acknowledgement_id",
                    common.fields.UlidKey(
                        default=common.fields.new_ulid, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("staff_id", common.fields.TextColumn()),
                (
                    "at",
                    models.DateTimeField(db_default=django.contrib.postgres.functions.TransactionNow(), editable=False),
                ),
                (
                    "listing",
                    models.ForeignKey(
                        db_column="listing_id",
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="acknowledgements",
                        to="listings.listing",
                    ),
                ),
            ],
            options={
                "db_table": "listings_acknowledgement",
                "indexes": [common.fields.Index(fields=["staff_id", "listing"], name="idx_listings_acknowledgement")],
                "constraints": [
                    models.UniqueConstraint(fields=("listing", "staff_id"), name="listings_acknowledgement_once"),
                    common.fields.ForeignKeyAction(
                        column="listing_id",
                        name="fk_listings_acknowledgement_listing",
                        on_delete="CASCADE",
                        to_column="listing_id",
                        to_table="listings",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="KeyDate",
            fields=[
                (
                    "key_date_id",
                    common.fields.UlidKey(
                        default=common.fields.new_ulid, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    common.fields.TextColumn(
                        choices=[
                            ("intake", "Intake day"),
                            ("photo", "Photo day"),
                            ("go_live", "Go-live"),
                            ("open_house", "Open house"),
                            ("closing", "Closing"),
                        ]
                    ),
                ),
                ("day", models.DateField()),
                (
                    "listing",
                    models.ForeignKey(
                        db_column="listing_id",
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="key_dates",
                        to="listings.listing",
                    ),
                ),
            ],
            options={
                "db_table": "listings_key_date",
                "constraints": [
                    models.UniqueConstraint(fields=("listing", "kind"), name="listings_key_date_once"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["intake", "photo", "go_live", "open_house", "closing"])),
                        name="listings_key_date_kind_check",
                    ),
                    common.fields.ForeignKeyAction(
                        column="listing_id",
                        name="fk_listings_key_date_listing",
                        on_delete="CASCADE",
                        to_column="listing_id",
                        to_table="listings",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TemplateLine",
            fields=[
                (
                    "line_id",
                    common.fields.UlidKey(
                        default=common.fields.new_ulid, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("position", models.IntegerField()),
                ("name", common.fields.TextColumn()),
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
                        default="BOTH",
                        verbose_name="seen by",
                    ),
                ),
                ("priority", models.IntegerField(default=5)),
                (
                    "key_date",
                    common.fields.TextColumn(
                        choices=[
                            ("intake", "Intake day"),
                            ("photo", "Photo day"),
                            ("go_live", "Go-live"),
                            ("open_house", "Open house"),
                            ("closing", "Closing"),
                        ],
                        default="intake",
                        verbose_name="counted from",
                    ),
                ),
                (
                    "offset_days",
                    models.IntegerField(
                        blank=True,
                        help_text="Working days after the key date; negative before it.",
                        null=True,
                        verbose_name="working days",
                    ),
                ),
                (
                    "template",
                    models.ForeignKey(
                        db_column="group_key",
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="listings.template",
                    ),
                ),
            ],
            options={
                "db_table": "listings_template_line",
                "ordering": ["template", "position", "line_id"],
                "indexes": [common.fields.Index(fields=["template", "position"], name="idx_listings_template_line")],
                "constraints": [
                    common.fields.ForeignKeyAction(
                        column="group_key",
                        name="fk_listings_template_line_template",
                        on_delete="CASCADE",
                        to_column="group_key",
                        to_table="listings_template",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("task_category__in", ["ADMIN", "MARKETING", "PHOTO", "STAGING", "INSPECTION", "OTHER"])
                        ),
                        name="listings_template_line_category_check",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("visibility_group__in", ["BOTH", "AGENT", "MARKETING"])),
                        name="listings_template_line_group_check",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("priority__gte", 0), ("priority__lte", 10)),
                        name="listings_template_line_priority_check",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("key_date__in", ["intake", "photo", "go_live", "open_house", "closing"])),
                        name="listings_template_line_key_date_check",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("offset_days__gte", -250), ("offset_days__lte", 250)),
                        name="listings_template_line_offset_check",
                    ),
                ],
            },
        ),
    ]
