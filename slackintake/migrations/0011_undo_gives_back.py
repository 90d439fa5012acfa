"""Undoing an undo gives a message back what it had made, and what the intake read together stays together."""

from importlib import import_module

from django.db import migrations

from common.sql import NamedSQL, function

WRITES = "VOLATILE SECURITY DEFINER"

DOORS = import_module("slackintake.migrations.0004_doors")
BUNDLES = import_module("slackintake.migrations.0010_undo_of_bundles")


def away(old: NamedSQL) -> NamedSQL:
    return NamedSQL(f"Take away what was: {old.name}", old.reverse_sql, old.sql)


# A message is never taken away and never unread. What a person did to it is as it was before: what it had made, whether
# it was set aside, what it was read with, how it was read. Of what the intake did only the result goes, and somebody is
# asked to look, once for all that was read together.
UNDO_MESSAGE = function(
    "app.undo_change_of_slack_messages(change bigint)",
    "void",
    """
    DECLARE
        c changes;
        m slack_messages;
        was slack_messages;
        was_made boolean;
        is_made boolean;
        by_person boolean;
        is_back boolean;
    BEGIN
        SELECT * INTO STRICT c FROM changes WHERE change_id = change;
        IF c.before IS NULL OR c.after IS NULL THEN RETURN; END IF;
        SELECT * INTO STRICT m FROM slack_messages WHERE message_id = c.row_key FOR UPDATE;
        was := jsonb_populate_record(m, c.before);
        is_made := num_nonnulls(c.after ->> 'created_listing_id', c.after ->> 'created_task_id') > 0;
        was_made := num_nonnulls(c.before ->> 'created_listing_id', c.before ->> 'created_task_id') > 0;
        by_person := NOT EXISTS (SELECT FROM acts a WHERE a.act_id = c.act_id AND a.actor_id = 'slack-intake');

        IF is_made OR was_made THEN
            IF m.created_listing_id IS DISTINCT FROM coalesce(c.after ->> 'created_listing_id', m.created_listing_id)
                OR m.created_task_id IS DISTINCT FROM coalesce(c.after ->> 'created_task_id', m.created_task_id)
                OR was_made AND num_nonnulls(m.created_listing_id, m.created_task_id) > 0 AND NOT is_made THEN
                -- Something else has been made of it meanwhile: both would stand.
                RAISE EXCEPTION USING ERRCODE = 'LP001', MESSAGE = 'changed since',
                    DETAIL = jsonb_build_array(jsonb_build_object('table', 'slack_messages', 'key', c.row_key))::text;
            END IF;
            m.created_listing_id := was.created_listing_id;
            m.created_task_id := was.created_task_id;
            m.created_task_type := was.created_task_type;
        END IF;
        is_back := was_made;
        IF by_person THEN
            IF (was.metadata ->> 'bundle') IS DISTINCT FROM (c.after -> 'metadata' ->> 'bundle')
                AND c.after ? 'metadata' THEN
                is_back := is_back OR was.metadata ? 'bundle';
                m.metadata := CASE WHEN was.metadata ? 'bundle'
                    THEN jsonb_set(m.metadata, '{bundle}', was.metadata -> 'bundle') ELSE m.metadata - 'bundle' END;
            END IF;
            m.classification := was.classification;
            m.message_type := was.message_type;
            m.task_key := was.task_key;
            m.group_key := was.group_key;
            m.confidence := was.confidence;
        END IF;
        IF by_person AND c.before ->> 'processing_status' = 'skipped' THEN
            is_back := true;
            m.processing_status := 'skipped';
            m.metadata := m.metadata || jsonb_build_object('reason', coalesce(was.metadata ->> 'reason', 'ignored'));
        ELSIF is_made OR was_made OR c.after ? 'processing_status' THEN
            m.processing_status := 'processed';
            m.processed_at := now();
            m.metadata := m.metadata - 'reason';
        END IF;
        UPDATE slack_messages SET created_listing_id = m.created_listing_id, created_task_id = m.created_task_id,
            created_task_type = m.created_task_type, processing_status = m.processing_status,
            processed_at = m.processed_at, metadata = m.metadata, classification = m.classification,
            message_type = m.message_type, task_key = m.task_key, group_key = m.group_key, confidence = m.confidence
            WHERE message_id = c.row_key;

        IF is_back THEN
            -- A look that was asked for only because of what is undone now.
            DELETE FROM slackintake_review WHERE message_id = c.row_key AND resolved_at IS NULL
                AND review_id IN (SELECT r.row_key FROM changes r WHERE r.act_id = c.act_id
                    AND r.table_name = 'slackintake_review' AND r.before IS NULL);
        ELSIF (is_made OR c.after ? 'processing_status') AND NOT m.metadata ? 'bundle' AND NOT EXISTS (
            -- Where a person resolved a review in the same act, that review is opened again instead.
            SELECT FROM changes r WHERE r.act_id = c.act_id AND r.table_name = 'slackintake_review'
            AND r.after ? 'resolved_at'
        ) THEN
            INSERT INTO slackintake_review (review_id, message_id, reason)
                VALUES (app.new_ulid(), c.row_key, 'undone') ON CONFLICT DO NOTHING;
        END IF;
    END
    """,
    attributes=WRITES,
    grant=False,
)

UNDO_REVIEW = function(
    "app.undo_change_of_slackintake_review(change bigint)",
    "void",
    """
    DECLARE
        c changes;
        was slackintake_review;
    BEGIN
        SELECT * INTO STRICT c FROM changes WHERE change_id = change;
        IF c.before IS NULL THEN
            -- Whether a look is needed any more depends on the message, whose own function says so.
            RETURN;
        END IF;
        IF c.after IS NULL THEN
            INSERT INTO slackintake_review SELECT * FROM jsonb_populate_record(NULL::slackintake_review, c.before)
                ON CONFLICT DO NOTHING;
            RETURN;
        END IF;
        SELECT * INTO was FROM slackintake_review WHERE review_id = c.row_key FOR UPDATE;
        IF NOT FOUND THEN RETURN; END IF;
        IF c.after ->> 'resolved_at' IS NOT NULL THEN
            UPDATE slackintake_review r SET resolved_at = NULL, resolved_by = NULL, resolution = NULL,
                corrected_reading = NULL,
                reason = CASE WHEN r.resolution IN ('made', 'read_again') THEN 'undone' ELSE r.reason END
                WHERE r.review_id = c.row_key AND NOT EXISTS (SELECT FROM slackintake_review o
                    WHERE o.message_id = r.message_id AND o.resolved_at IS NULL);
        ELSIF was.resolved_at IS NULL THEN
            -- Opened again, or given another reason, by what is undone now.
            was := jsonb_populate_record(was, c.before);
            UPDATE slackintake_review SET resolved_at = was.resolved_at, resolved_by = was.resolved_by,
                resolution = was.resolution, corrected_reading = was.corrected_reading, reason = was.reason,
                kind = was.kind, item_id = was.item_id WHERE review_id = c.row_key;
        END IF;
    END
    """,
    attributes=WRITES,
    grant=False,
)

UNDO_REPLY = function(
    "app.undo_change_of_slackintake_outbox(change bigint)",
    "void",
    """
    DECLARE
        c changes;
        reply jsonb;
        wanted text;
    BEGIN
        SELECT * INTO STRICT c FROM changes WHERE change_id = change;
        IF c.before IS NOT NULL AND c.after IS NOT NULL THEN RETURN; END IF;
        reply := coalesce(c.after, c.before);
        wanted := reply ->> 'action';
        IF c.before IS NULL THEN
            -- A reply that a worker may be sending just now counts as sent.
            DELETE FROM slackintake_outbox WHERE reply_id = c.row_key AND sent_at IS NULL AND attempts = 0;
            IF FOUND THEN RETURN; END IF;
            wanted := CASE wanted WHEN 'add' THEN 'remove' ELSE 'add' END;
        END IF;
        INSERT INTO slackintake_outbox (reply_id, message_id, kind, item_id, action, name)
            VALUES (app.new_ulid(), reply ->> 'message_id', reply ->> 'kind', reply ->> 'item_id', wanted,
                reply ->> 'name') ON CONFLICT DO NOTHING;
        NOTIFY slackintake;
    END
    """,
    attributes=WRITES,
    grant=False,
)


class Migration(migrations.Migration):
    dependencies = [("slackintake", "0010_undo_of_bundles")]

    operations = [
        away(BUNDLES.UNDO_MESSAGE),
        NamedSQL(
            "Take away what undid the result of a message",
            "DROP FUNCTION app.undo_result_of_message(bigint)",
            f"{DOORS.UNDO_MESSAGE.sql}; "
            "ALTER FUNCTION app.undo_change_of_slack_messages(bigint) RENAME TO undo_result_of_message",
        ),
        away(DOORS.UNDO_REVIEW),
        away(DOORS.UNDO_REPLY),
        UNDO_MESSAGE,
        UNDO_REVIEW,
        UNDO_REPLY,
    ]
