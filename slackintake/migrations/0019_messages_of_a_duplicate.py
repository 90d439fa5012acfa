"""A task that is merged into another takes its messages along: the one that stays is what the realtors asked for."""

from django.db import migrations

from common.sql import function

KEEP_MESSAGES = function(
    "app.keep_messages(from_kind text, from_item text, to_kind text, to_item text)",
    "integer",
    """
    DECLARE
        kept int;
    BEGIN
        -- Links are admins' to write by hand; whoever sees both items may say that they are one.
        IF app.staff_id() IS NULL OR NOT coalesce(app.sees_item(from_kind, from_item), false)
            OR NOT coalesce(app.sees_item(to_kind, to_item), false) THEN
            RETURN 0;
        END IF;
        -- What somebody has still to look at is asked about the one that stays.
        UPDATE slackintake_review SET kind = to_kind, item_id = to_item
            WHERE kind = from_kind AND item_id = from_item AND resolved_at IS NULL;
        INSERT INTO slackintake_link (link_id, message_id, kind, item_id, role)
            SELECT app.new_ulid(), b.message_id, to_kind, to_item, 'attached'
            FROM app.message_behind(from_kind, from_item) b
            WHERE b.role <> 'proposal'
                AND NOT EXISTS (SELECT FROM app.message_behind(to_kind, to_item) t WHERE t.message_id = b.message_id)
            ON CONFLICT DO NOTHING;
        GET DIAGNOSTICS kept = ROW_COUNT;
        RETURN kept;
    END
    """,
    attributes="VOLATILE SECURITY DEFINER",
)


class Migration(migrations.Migration):
    dependencies = [("slackintake", "0018_asked_about"), ("tasks", "0015_waiting_is_not_late")]

    operations = [KEEP_MESSAGES]
