from django.db import migrations

from common.sql import function

# Counted without fetching: the inbox asks on every load.
NUMBER_TO_REVIEW = function(
    "app.number_to_review()",
    "integer",
    """SELECT count(*)::int FROM (
        SELECT FROM slackintake_review WHERE resolved_at IS NULL AND app.staff_role() IN ('admin', 'operations')
        LIMIT 1001
    ) waiting""",
    attributes="STABLE SECURITY DEFINER",
)


class Migration(migrations.Migration):
    dependencies = [("slackintake", "0006_failed_work")]

    operations = [NUMBER_TO_REVIEW]
