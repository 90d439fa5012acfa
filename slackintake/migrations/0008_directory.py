"""Names with the messages, so that a page gets them in the statement that asks for the item itself."""

from django.db import migrations

from common.sql import function

READS = "STABLE SECURITY DEFINER"

# The directory wins over the name that Slack shows. Any member of staff may read names in all three tables.
DIRECTORY = function(
    "app.slack_directory(ids text[])",
    "jsonb",
    """SELECT jsonb_object_agg(slack_id, entry) FROM (
        SELECT DISTINCT ON (slack_id) slack_id,
            jsonb_build_object('name', name, 'realtor', realtor, 'staff', staff, 'brokerage', brokerage) AS entry
        FROM (
            SELECT slack_user_id AS slack_id, name, realtor_id AS realtor, NULL AS staff, brokerage, 1 AS rank
                FROM realtors WHERE slack_user_id = ANY (ids)
            UNION ALL
            SELECT slack_user_id, name, NULL, staff_id, NULL, 2 FROM staff WHERE slack_user_id = ANY (ids)
            UNION ALL
            SELECT slack_id, name, NULL, NULL, NULL, 3 FROM slackintake_name WHERE slack_id = ANY (ids)
        ) named WHERE app.staff_id() IS NOT NULL ORDER BY slack_id, rank
    ) once""",
    attributes=READS,
)

MESSAGES_BEHIND = function(
    "app.messages_behind(of_kind text, of_item text)",
    "jsonb",
    """SELECT jsonb_agg(to_jsonb(m) || jsonb_build_object('directory', app.slack_directory(
            ARRAY[m.slack_user_id, m.slack_channel_id]
            || ARRAY(SELECT found[1] FROM regexp_matches(m.message_text, '<[@#]([A-Z0-9]{2,30})', 'g') found)
        )) ORDER BY m.slack_ts)
        FROM app.message_behind(of_kind, of_item) m""",
    attributes=READS,
)


class Migration(migrations.Migration):
    dependencies = [("slackintake", "0007_number_to_review")]

    operations = [DIRECTORY, MESSAGES_BEHIND]
