from django.db import migrations, models

import common.fields


class Migration(migrations.Migration):
    dependencies = [
        ("slackintake", "0005_search"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="readingjob",
            index=common.fields.Index(
                condition=models.Q(("error__isnull", False), ("finished_at__isnull", False)),
                fields=["finished_at"],
                name="idx_slackintake_job_failed",
            ),
        ),
        migrations.AddIndex(
            model_name="reply",
            index=common.fields.Index(
                condition=models.Q(("error__isnull", False), ("finished_at__isnull", False)),
                fields=["finished_at"],
                name="idx_slackintake_outbox_failed",
            ),
        ),
        migrations.AddIndex(
            model_name="slackevent",
            index=common.fields.Index(
                condition=models.Q(("error__isnull", False), ("finished_at__isnull", False)),
                fields=["finished_at"],
                name="idx_slack_events_failed",
            ),
        ),
    ]
