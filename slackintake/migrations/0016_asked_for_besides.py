"""What a message asks for besides is made by a person; each item made of it has a link back to the message."""

from importlib import import_module

from django.db import migrations, models
from django.db.models import Q

import common.fields
from common.sql import NamedSQL, function

ROLES = ["attached", "bundle", "edit", "besides"]
FORMER_UNDO = import_module("slackintake.migrations.0011_undo_gives_back").UNDO_MESSAGE
FORMER = import_module("slackintake.migrations.0013_changes_by_edits").RESOLVE_MESSAGE


# Returns 'done', 'refused', or 'already' when somebody else was faster (who it was tells app.resolver_of).
RESOLVE_MESSAGE = function(
    "app.resolve_message(message text, how text, to_kind text, to_item text, corrected jsonb, besides jsonb)",
    "text",
    """
    DECLARE
        me record;
        open_review text;
        is_behind boolean;
        is_besides boolean;
    BEGIN
        SELECT * INTO me FROM app.principal() p WHERE p.kind = 'staff' AND p.role IN ('admin', 'operations');
        IF NOT FOUND OR how NOT IN ('made', 'changed', 'attached', 'ignored') THEN RETURN 'refused'; END IF;
        IF how <> 'ignored' AND NOT coalesce(app.sees_item(to_kind, to_item), false) THEN RETURN 'refused'; END IF;
        IF EXISTS (SELECT FROM jsonb_to_recordset(besides) AS b(kind text, item text)
            WHERE NOT coalesce(app.sees_item(b.kind, b.item), false)) THEN RETURN 'refused'; END IF;
        is_besides := besides @> jsonb_build_array(jsonb_build_object('kind', to_kind, 'item', to_item));
        is_behind := EXISTS (SELECT FROM app.message_behind(to_kind, to_item) b
            WHERE b.message_id = message AND b.role IN ('made', 'bundle'));
        IF how = 'changed' AND NOT is_behind THEN RETURN 'refused'; END IF;
        UPDATE slackintake_review r
            SET resolved_at = now(), resolved_by = me.id, resolution = how, corrected_reading = corrected
            WHERE r.message_id = message AND r.resolved_at IS NULL RETURNING r.review_id INTO open_review;
        IF open_review IS NULL THEN RETURN 'already'; END IF;

        IF how = 'made' THEN
            -- What it made first keeps its source; what is made of it later is told by a link.
            UPDATE slack_messages m SET
                created_listing_id = CASE WHEN to_kind = 'listing' THEN to_item END,
                created_task_id = CASE WHEN to_kind <> 'listing' THEN to_item END,
                created_task_type = CASE to_kind WHEN 'activity' THEN 'listing_task'
                    WHEN 'agent_task' THEN 'stray_task' END,
                processing_status = 'processed', processed_at = now()
                WHERE m.message_id = message AND m.created_listing_id IS NULL AND m.created_task_id IS NULL;
            IF NOT FOUND AND NOT is_besides THEN
                INSERT INTO slackintake_link (link_id, message_id, kind, item_id, role)
                    VALUES (app.new_ulid(), message, to_kind, to_item, 'edit') ON CONFLICT DO NOTHING;
            END IF;
            INSERT INTO slackintake_outbox (reply_id, message_id, action, name)
                VALUES (app.new_ulid(), message, 'add', 'eyes') ON CONFLICT DO NOTHING;
            NOTIFY slackintake;
        ELSIF how = 'attached' AND NOT is_behind THEN
            INSERT INTO slackintake_link (link_id, message_id, kind, item_id, role)
                VALUES (app.new_ulid(), message, to_kind, to_item, 'attached') ON CONFLICT DO NOTHING;
        ELSIF how = 'ignored' THEN
            UPDATE slack_messages m SET processing_status = 'skipped', processed_at = now(),
                metadata = coalesce(m.metadata, '{}') || '{"reason": "ignored"}'
                WHERE m.message_id = message AND m.created_listing_id IS NULL AND m.created_task_id IS NULL
                AND NOT EXISTS (SELECT FROM slackintake_link k WHERE k.message_id = message);
        END IF;
        INSERT INTO slackintake_link (link_id, message_id, kind, item_id, role)
            SELECT app.new_ulid(), message, b.kind, b.item, 'besides'
            FROM jsonb_to_recordset(besides) AS b(kind text, item text) ON CONFLICT DO NOTHING;
        IF how IN ('made', 'attached') AND NOT is_besides THEN
            INSERT INTO slackintake_link (link_id, message_id, kind, item_id, role)
                SELECT app.new_ulid(), b.message_id, to_kind, to_item, 'bundle' FROM slack_messages b
                WHERE b.metadata ->> 'bundle' = message ON CONFLICT DO NOTHING;
        END IF;
        RETURN 'done';
    END
    """,
    attributes="VOLATILE SECURITY DEFINER",
)


def anew(sql: str) -> str:
    return sql.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)


# A look at what is asked for besides becomes one at the whole message when what was made first is taken back. It was
# opened in the same act, and resolved nothing.
_UNDO = FORMER_UNDO.sql.replace("AND r.after ? 'resolved_at'", "AND r.after ->> 'resolved_at' IS NOT NULL").replace(
    "VALUES (app.new_ulid(), c.row_key, 'undone') ON CONFLICT DO NOTHING;",
    """VALUES (app.new_ulid(), c.row_key, 'undone') ON CONFLICT (message_id) WHERE resolved_at IS NULL
                DO UPDATE SET reason = 'undone', kind = NULL, item_id = NULL WHERE slackintake_review.item_id
                IN (c.after ->> 'created_listing_id', c.after ->> 'created_task_id');""",
)
UNDO_MESSAGE = NamedSQL(
    "Ask about the whole message when what it made first is taken back", anew(_UNDO), anew(FORMER_UNDO.sql)
)


class Migration(migrations.Migration):
    dependencies = [("slackintake", "0015_changed_in_slack")]

    operations = [
        migrations.AlterField(
            model_name="link",
            name="role",
            field=common.fields.TextColumn(
                choices=[
                    ("attached", "Attached"),
                    ("bundle", "Sent in one breath with the message"),
                    ("edit", "Edited later"),
                    ("besides", "Asks for it besides"),
                ]
            ),
        ),
        migrations.RemoveConstraint(model_name="link", name="slackintake_link_role_check"),
        migrations.AddConstraint(
            model_name="link",
            constraint=models.CheckConstraint(condition=Q(role__in=ROLES), name="slackintake_link_role_check"),
        ),
        NamedSQL("Drop the function that knew of one item only", FORMER.reverse_sql, FORMER.sql),
        RESOLVE_MESSAGE,
        UNDO_MESSAGE,
    ]
