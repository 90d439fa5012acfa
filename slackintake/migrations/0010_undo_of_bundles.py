from importlib import import_module

from django.db import migrations

from common.sql import NamedSQL, function

doors = import_module("slackintake.migrations.0004_doors")

BUNDLE = """
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
"""
BODY = (
    """
    DECLARE
        c changes;
    BEGIN
        SELECT * INTO STRICT c FROM changes WHERE change_id = change;
"""
    + BUNDLE
    + """
        IF c.before IS NULL OR c.after IS NULL OR NOT c.after ? 'processing_status'
            AND NOT c.after ?| ARRAY['created_listing_id', 'created_task_id'] THEN
            RETURN;
        END IF;
        UPDATE slack_messages SET
            created_listing_id = CASE WHEN c.after ? 'created_listing_id' THEN NULL ELSE created_listing_id END,
            created_task_id = CASE WHEN c.after ? 'created_task_id' THEN NULL ELSE created_task_id END,
            created_task_type = CASE WHEN c.after ? 'created_task_id' THEN NULL ELSE created_task_type END,
            processing_status = 'processed', processed_at = now(), metadata = metadata - 'reason'
            WHERE message_id = c.row_key;
        -- Where a person resolved a review in the same act, that review is opened again instead.
        IF NOT EXISTS (
            SELECT FROM changes r WHERE r.act_id = c.act_id AND r.table_name = 'slackintake_review'
            AND r.after ? 'resolved_at'
        ) THEN
            INSERT INTO slackintake_review (review_id, message_id, reason)
                VALUES (app.new_ulid(), c.row_key, 'undone') ON CONFLICT DO NOTHING;
        END IF;
    END
"""
)
UNDO_MESSAGE = function(
    "app.undo_change_of_slack_messages(change bigint)",
    "void",
    BODY,
    attributes=doors.WRITES,
    grant=False,
)


class Migration(migrations.Migration):
    dependencies = [("slackintake", "0009_link_slack_id")]

    operations = [
        NamedSQL(
            "Drop the undo that left bundles as they were", doors.UNDO_MESSAGE.reverse_sql, doors.UNDO_MESSAGE.sql
        ),
        UNDO_MESSAGE,
    ]
