from django.db import migrations

from common.sql import function

# Realtors are edited by admins only; this one column may be filled once by operations, too. Returns what was refused,
# or how many messages of the sender will be read again.
LINK_SLACK_ID = function(
    "app.link_slack_id(of_slack_id text, to_realtor text, read_again boolean)",
    "jsonb",
    """
    DECLARE
        number int := 0;
    BEGIN
        IF NOT EXISTS (
            SELECT FROM app.principal() p WHERE p.kind = 'staff' AND p.role IN ('admin', 'operations')
        ) OR coalesce(of_slack_id, '') = '' THEN
            RETURN '{"refused": "nobody"}';
        END IF;
        IF EXISTS (SELECT FROM realtors r WHERE r.slack_user_id = of_slack_id)
            OR EXISTS (SELECT FROM staff s WHERE s.slack_user_id = of_slack_id) THEN
            RETURN '{"refused": "taken"}';
        END IF;
        UPDATE realtors r SET slack_user_id = of_slack_id
            WHERE r.realtor_id = to_realtor AND r.slack_user_id IS NULL AND r.deleted_at IS NULL;
        IF NOT FOUND THEN RETURN '{"refused": "linked"}'; END IF;
        IF read_again THEN
            INSERT INTO slackintake_job (message_id, purpose)
                SELECT m.message_id, 'again' FROM slackintake_review v
                JOIN slack_messages m ON m.message_id = v.message_id
                WHERE v.resolved_at IS NULL AND v.reason = 'unknown_sender' AND m.slack_user_id = of_slack_id
                ON CONFLICT (message_id) DO UPDATE SET purpose = 'again', due_at = now(), attempts = 0,
                    lease = slackintake_job.lease + 1, finished_at = NULL, error = NULL;
            GET DIAGNOSTICS number = ROW_COUNT;
            NOTIFY slackintake;
        END IF;
        RETURN jsonb_build_object('read_again', number);
    END
    """,
    attributes="VOLATILE SECURITY DEFINER",
)


class Migration(migrations.Migration):
    dependencies = [("slackintake", "0008_directory"), ("realtors", "__first__")]

    operations = [LINK_SLACK_ID]
