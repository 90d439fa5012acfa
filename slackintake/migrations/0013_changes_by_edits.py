"""An edit of a message of which something was made changes that; the message stays with what it made first."""

from importlib import import_module

from django.db import migrations, models
from django.db.models import Q

import common.fields
from common.sql import NamedSQL, function

RESOLUTIONS = ["made", "changed", "attached", "ignored", "read_again"]
FORMER = import_module("slackintake.migrations.0004_doors").RESOLVE_MESSAGE


def one_of(values: list[str]) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(resolution__in=values), name="slackintake_review_resolution_check")


# Returns 'done', 'refused', or 'already' when somebody else was faster (who it was tells app.resolver_of).
RESOLVE_MESSAGE = function(
    "app.resolve_message(message text, how text, to_kind text, to_item text, corrected jsonb)",
    "text",
    """
    DECLARE
        me record;
        open_review text;
        is_behind boolean;
    BEGIN
        SELECT * INTO me FROM app.principal() p WHERE p.kind = 'staff' AND p.role IN ('admin', 'operations');
        IF NOT FOUND OR how NOT IN ('made', 'changed', 'attached', 'ignored') THEN RETURN 'refused'; END IF;
        IF how <> 'ignored' AND NOT coalesce(app.sees_item(to_kind, to_item), false) THEN RETURN 'refused'; END IF;
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
            IF NOT FOUND THEN
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
        IF how IN ('made', 'attached') THEN
            INSERT INTO slackintake_link (link_id, message_id, kind, item_id, role)
                SELECT app.new_ulid(), b.message_id, to_kind, to_item, 'bundle' FROM slack_messages b
                WHERE b.metadata ->> 'bundle' = message ON CONFLICT DO NOTHING;
        END IF;
        RETURN 'done';
    END
    """,
    attributes="VOLATILE SECURITY DEFINER",
)


class Migration(migrations.Migration):
    dependencies = [("slackintake", "0012_reasons_of_looks")]

    operations = [
        migrations.AlterField(
            model_name="review",
            name="resolution",
            field=common.fields.TextColumn(
                blank=True,
                choices=[
                    ("made", "Made something of it"),
                    ("changed", "Changed what it made"),
                    ("attached", "Attached"),
                    ("ignored", "Ignored"),
                    ("read_again", "Resolved by reading it again"),
                ],
                null=True,
            ),
        ),
        migrations.RemoveConstraint(model_name="review", name="slackintake_review_resolution_check"),
        migrations.AddConstraint(model_name="review", constraint=one_of(RESOLUTIONS)),
        NamedSQL("Drop the function that let a message make twice", FORMER.reverse_sql, FORMER.sql),
        RESOLVE_MESSAGE,
    ]
