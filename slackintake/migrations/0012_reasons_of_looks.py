from django.db import migrations, models

import common.fields


class Migration(migrations.Migration):
    dependencies = [
        ("slackintake", "0011_undo_gives_back"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="review",
            name="slackintake_review_reason_check",
        ),
        migrations.AlterField(
            model_name="review",
            name="reason",
            field=common.fields.TextColumn(
                choices=[
                    ("proposal", "Adds to something that is already there"),
                    ("undone", "What was made of it was taken back"),
                    ("unsure", "The reading is not sure enough"),
                    ("info_request", "Something is missing"),
                    ("unknown_sender", "The sender is not in the directory"),
                    ("no_realtor", "A colleague wrote it and names no realtor"),
                    ("no_address", "A listing without an address"),
                    ("to_decide", "A person decides"),
                ]
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "reason__in",
                        [
                            "proposal",
                            "undone",
                            "unsure",
                            "info_request",
                            "unknown_sender",
                            "no_realtor",
                            "no_address",
                            "to_decide",
                        ],
                    )
                ),
                name="slackintake_review_reason_check",
            ),
        ),
    ]
