"""What the list of realtors says of each, in numbers. It asks several rooms at once, so it stands in the one above."""

from django.db import migrations

from common.sql import function

# Numbers and a time only: what I may not see counts all the same.
NUMBERS_OF_REALTORS = function(
    "app.numbers_of_realtors(realtors text[])",
    "TABLE (realtor_id text, open_listings bigint, open_tasks bigint, last_message_at timestamptz)",
    """SELECT r.realtor_id,
           (SELECT count(*) FROM listings l
            WHERE l.realtor_id = r.realtor_id AND l.deleted_at IS NULL AND l.status <> 'completed'),
           (SELECT count(*) FROM listings l JOIN activities a ON a.listing_id = l.listing_id
            WHERE l.realtor_id = r.realtor_id AND l.deleted_at IS NULL AND l.status <> 'completed'
                AND a.deleted_at IS NULL AND a.status IN ('OPEN', 'CLAIMED', 'IN_PROGRESS'))
           + (SELECT count(*) FROM agent_tasks t
              WHERE t.realtor_id = r.realtor_id AND t.deleted_at IS NULL
                AND t.status IN ('OPEN', 'CLAIMED', 'IN_PROGRESS')),
           (SELECT max(m.received_at) FROM slack_messages m WHERE m.slack_user_id = r.slack_user_id)
       FROM realtors r
       WHERE r.realtor_id = ANY (realtors) AND app.staff_id() IS NOT NULL""",
    attributes="STABLE SECURITY DEFINER",
)


class Migration(migrations.Migration):
    initial = True

    dependencies = [("tasks", "0008_progress_of_listings"), ("slackintake", "0010_undo_of_bundles")]

    operations = [NUMBERS_OF_REALTORS]
