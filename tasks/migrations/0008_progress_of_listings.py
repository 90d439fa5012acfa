"""What a list of listings says of each: how much of its work is done, and what is due next."""

from django.db import migrations, models

import common.fields
from common.sql import function

# Numbers only: what I may not see still counts in a listing's progress.
PROGRESS_OF_LISTINGS = function(
    "app.progress_of_listings(listings text[])",
    "TABLE (listing_id text, closed bigint, live bigint)",
    """SELECT a.listing_id, count(*) FILTER (WHERE a.status IN ('DONE', 'FAILED', 'CANCELLED')), count(*)
       FROM activities a
       WHERE a.listing_id = ANY (listings) AND a.deleted_at IS NULL AND app.staff_id() IS NOT NULL
       GROUP BY a.listing_id""",
    attributes="STABLE SECURITY DEFINER",
)


class Migration(migrations.Migration):
    dependencies = [("tasks", "0007_claim")]

    operations = [
        migrations.AddIndex(
            model_name="activity",
            index=common.fields.Index(
                condition=models.Q(("deleted_at", None), ("status__in", ["OPEN", "CLAIMED", "IN_PROGRESS"])),
                fields=["listing", "due_date", "task_id"],
                include=["visibility_group", "assigned_staff"],
                name="idx_activities_next_due",
            ),
        ),
        PROGRESS_OF_LISTINGS,
    ]
