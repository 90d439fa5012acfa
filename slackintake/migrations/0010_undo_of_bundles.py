from django.db import migrations

from common.sql import NamedSQL, function

UNDO_MESSAGE = function(
    "app.undo_change_of_slack_messages(change bigint)",
    "void",
    """
    DECLARE
        c changes;
    BEGIN
        SELECT * INTO STRICT c FROM changes WHERE change_id = change;
        -- Split off or joined: it belongs again to what it belonged to, and a look it needed only by itself is closed.
        IF c.before IS NOT NULL AND c.after ? 'metadata'
            AND (c.before -> 'metadata' ->> 'bundle') IS DISTINCT FROM (c.after -> 'metadata' ->> 'bundle') THEN
            UPDATE slack_messages SET metadata = CASE WHEN c.before -> 'metadata' ? 'bundle'
                THEN jsonb_set(metadata, '{bundle}', c.before -> 'metadata' -> 'bundle') ELSE metadata - 'bundle' END
                WHERE message_id = c.row_key;
            UPDATE slackintake_review SET resolved_at = now(), resolution = 'attached'
                WHERE message_id = c.row_key AND resolved_at IS NULL AND c.before -> 'metadata' ? 'bundle'
                AND review_id IN (SELECT row_key FROM changes r WHERE r.act_id = c.act_id
                    AND r.table_name = 'slackintake_review' AND r.before IS NULL);
        END IF;
        PERFORM app.undo_result_of_message(change);
    END
    """,
    attributes="VOLATILE SECURITY DEFINER",
    grant=False,
)


class Migration(migrations.Migration):
    dependencies = [("slackintake", "0009_link_slack_id")]

    operations = [
        NamedSQL(
            "Name what undoes the result of a message by what it does",
            "ALTER FUNCTION app.undo_change_of_slack_messages(bigint) RENAME TO undo_result_of_message",
            "ALTER FUNCTION app.undo_result_of_message(bigint) RENAME TO undo_change_of_slack_messages",
        ),
        UNDO_MESSAGE,
    ]
