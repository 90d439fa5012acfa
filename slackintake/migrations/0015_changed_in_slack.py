from django.db import migrations

from common.sql import function

# For the dots of a whole page at once. Only what was changed is asked whether its reader may see it: that is little.
CHANGED_IN_SLACK = function(
    "app.changed_in_slack(kinds text[], items text[])",
    "TABLE (kind text, item_id text, is_deleted boolean)",
    """
    SELECT behind.kind, behind.item, bool_or(m.metadata ? 'deleted_at') FROM (
        SELECT 'listing' AS kind, s.created_listing_id AS item, s.message_id AS message FROM slack_messages s
            WHERE s.created_listing_id = ANY (items)
        UNION ALL
        SELECT CASE s.created_task_type WHEN 'listing_task' THEN 'activity' ELSE 'agent_task' END, s.created_task_id,
            s.message_id FROM slack_messages s WHERE s.created_task_id = ANY (items)
        UNION ALL
        -- An activity from a template came with its listing's message, which its inputs name.
        SELECT 'activity', a.task_id, a.inputs ->> 'slack_message' FROM activities a
            WHERE a.task_id = ANY (items) AND a.inputs ? 'slack_message'
        UNION ALL
        SELECT k.kind, k.item_id, k.message_id FROM slackintake_link k
            WHERE k.kind = ANY (kinds) AND k.item_id = ANY (items)
    ) behind JOIN slack_messages m ON m.message_id = behind.message
    WHERE m.metadata ?| ARRAY['edits', 'deleted_at'] AND behind.kind = ANY (kinds)
        AND app.sees_item(behind.kind, behind.item)
    GROUP BY behind.kind, behind.item
    """,
    attributes="STABLE SECURITY DEFINER",
)


class Migration(migrations.Migration):
    dependencies = [("slackintake", "0014_look_says_who_asked")]

    operations = [CHANGED_IN_SLACK]
