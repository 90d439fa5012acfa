"""A message that needs a look says who asked for that, and shows each message of its breath with all that is known."""

from importlib import import_module

from django.db import migrations

from common.sql import NamedSQL, function

DOORS = import_module("slackintake.migrations.0004_doors")
MESSAGES_TO_REVIEW = function(
    "app.messages_to_review()",
    """TABLE (message_id text, slack_user_id text, slack_channel_id text, slack_ts text, slack_thread_ts text,
        message_text text, edits jsonb, deleted_at text, files jsonb, shift_days int, evidence jsonb,
        review_id text, reason text, kind text, item_id text, opened_at timestamptz, received_at timestamptz,
        reading jsonb, confidence numeric, bundle jsonb, asked_by text, brought_back_by text)""",
    f"""
    SELECT {DOORS.SEEN_MESSAGE}, r.review_id, r.reason, r.kind, r.item_id, r.opened_at, m.received_at,
        m.classification, m.confidence,
        (SELECT jsonb_agg(jsonb_build_object(
                'message_id', b.message_id, 'ts', split_part(b.slack_ts, '@', 1), 'text', b.message_text,
                'edits', b.metadata -> 'edits', 'deleted_at', b.metadata ->> 'deleted_at',
                'files', b.metadata -> 'files', 'evidence', b.classification -> 'evidence')
                ORDER BY split_part(b.slack_ts, '@', 1))
            FROM slack_messages b WHERE b.metadata ->> 'bundle' = m.message_id),
        m.metadata ->> 'asked_by',
        (SELECT s.name FROM staff s WHERE s.staff_id = m.metadata ->> 'brought_back_by')
    FROM slackintake_review r JOIN slack_messages m ON m.message_id = r.message_id
    WHERE r.resolved_at IS NULL AND app.staff_role() IN ('admin', 'operations')
    ORDER BY r.opened_at, r.review_id
    LIMIT 1001
    """,
    attributes=DOORS.READS,
)


class Migration(migrations.Migration):
    dependencies = [("slackintake", "0013_changes_by_edits")]

    operations = [
        NamedSQL(
            "Drop the function that does not say who asked",
            DOORS.MESSAGES_TO_REVIEW.reverse_sql,
            DOORS.MESSAGES_TO_REVIEW.sql,
        ),
        MESSAGES_TO_REVIEW,
    ]
