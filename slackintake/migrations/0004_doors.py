"""Recording and policies of the bookkeeping, and the few functions through which people reach messages."""

from django.db import migrations

from common.sql import NamedSQL, enable_rls, function, policy, record_changes

ADMIN = "(SELECT app.staff_role()) = 'admin'"
DESK = "(SELECT app.staff_role()) IN ('admin', 'operations')"
ANY_STAFF = "(SELECT app.staff_id()) IS NOT NULL"
DOOR = "(SELECT app.system_id()) = 'slack-intake'"

READS = "STABLE SECURITY DEFINER"
WRITES = "VOLATILE SECURITY DEFINER"

# The worker's bookkeeping (when due, how often tried) is no change that history should know of.
BOOKKEEPING = ("due_at", "attempts", "lease", "finished_at", "error", "sent_at")

RECORDING = [
    *record_changes("slackintake_review", "review_id"),
    *record_changes("slackintake_link", "link_id"),
    *record_changes("slackintake_outbox", "reply_id", *BOOKKEEPING),
]

ITEM_IS_VISIBLE = """
    (kind = 'listing' AND EXISTS (SELECT FROM listings i WHERE i.listing_id = item_id))
    OR (kind = 'activity' AND EXISTS (SELECT FROM activities i WHERE i.task_id = item_id))
    OR (kind = 'agent_task' AND EXISTS (SELECT FROM agent_tasks i WHERE i.task_id = item_id))
"""

POLICIES = [
    enable_rls("slack_events"),
    policy("slack_events", "SELECT", "slack_events_view", f"{ADMIN} OR {DOOR}"),
    policy("slack_events", "INSERT", "slack_events_door", check=DOOR),
    enable_rls("slackintake_job"),
    policy("slackintake_job", "SELECT", "jobs_admin_view", ADMIN),
    policy("slackintake_job", "INSERT", "jobs_admin_insert", check=ADMIN),
    policy("slackintake_job", "UPDATE", "jobs_admin_update", ADMIN, ADMIN),
    enable_rls("slackintake_review"),
    policy("slackintake_review", "SELECT", "reviews_admin_view", ADMIN),
    policy("slackintake_review", "INSERT", "reviews_admin_insert", check=ADMIN),
    policy("slackintake_review", "UPDATE", "reviews_admin_update", ADMIN, ADMIN),
    enable_rls("slackintake_link"),
    policy("slackintake_link", "SELECT", "links_of_visible_items", f"{ANY_STAFF} AND ({ITEM_IS_VISIBLE})"),
    policy("slackintake_link", "INSERT", "links_admin_insert", check=ADMIN),
    policy("slackintake_link", "DELETE", "links_admin_delete", ADMIN),
    enable_rls("slackintake_outbox"),
    policy("slackintake_outbox", "SELECT", "replies_admin_view", ADMIN),
    policy("slackintake_outbox", "INSERT", "replies_admin_insert", check=ADMIN),
    policy("slackintake_outbox", "UPDATE", "replies_admin_update", ADMIN, ADMIN),
    enable_rls("slackintake_name"),
    policy("slackintake_name", "SELECT", "names_view", ANY_STAFF),
    enable_rls("slackintake_heartbeat"),
    policy("slackintake_heartbeat", "SELECT", "heartbeats_view", DESK),
    enable_rls("slackintake_clock"),
    policy("slackintake_clock", "SELECT", "clock_view", DESK),
]

# What a person who may see an item may know of a message about it. Nothing else of the row leaves this function.
SEEN_MESSAGE = """
    m.message_id, m.slack_user_id, m.slack_channel_id, split_part(m.slack_ts, '@', 1), m.slack_thread_ts,
    m.message_text, m.metadata -> 'edits', m.metadata ->> 'deleted_at', m.metadata -> 'files',
    coalesce((m.metadata ->> 'shift_days')::int, 0), m.classification -> 'evidence'
"""

MESSAGE_BEHIND = function(
    "app.message_behind(of_kind text, of_item text)",
    """TABLE (message_id text, slack_user_id text, slack_channel_id text, slack_ts text, slack_thread_ts text,
        message_text text, edits jsonb, deleted_at text, files jsonb, shift_days int, evidence jsonb, role text)""",
    f"""
    WITH found AS (
        SELECT s.message_id AS id, 'made' AS role, 1 AS rank FROM slack_messages s
            WHERE of_kind = 'listing' AND s.created_listing_id = of_item
        UNION ALL
        SELECT s.message_id, 'made', 1 FROM slack_messages s
            WHERE s.created_task_id = of_item AND s.created_task_type = CASE of_kind
                WHEN 'activity' THEN 'listing_task' WHEN 'agent_task' THEN 'stray_task' END
        UNION ALL
        -- An activity from a template came with its listing's message, which its inputs name.
        SELECT a.inputs ->> 'slack_message', 'made', 2 FROM activities a
            WHERE of_kind = 'activity' AND a.task_id = of_item AND a.inputs ? 'slack_message'
        UNION ALL
        SELECT k.message_id, k.role, 3 FROM slackintake_link k WHERE k.kind = of_kind AND k.item_id = of_item
        UNION ALL
        SELECT r.message_id, 'proposal', 4 FROM slackintake_review r
            WHERE r.kind = of_kind AND r.item_id = of_item AND r.resolved_at IS NULL
            AND app.staff_role() IN ('admin', 'operations')
    ), once AS (
        SELECT DISTINCT ON (id) id, role FROM found WHERE app.sees_item(of_kind, of_item) ORDER BY id, rank
    )
    SELECT {SEEN_MESSAGE}, once.role FROM once JOIN slack_messages m ON m.message_id = once.id
    ORDER BY split_part(m.slack_ts, '@', 1)
    """,
    attributes=READS,
)

MESSAGES_TO_REVIEW = function(
    "app.messages_to_review()",
    """TABLE (message_id text, slack_user_id text, slack_channel_id text, slack_ts text, slack_thread_ts text,
        message_text text, edits jsonb, deleted_at text, files jsonb, shift_days int, evidence jsonb,
        review_id text, reason text, kind text, item_id text, opened_at timestamptz, received_at timestamptz,
        reading jsonb, confidence numeric, bundle jsonb)""",
    f"""
    SELECT {SEEN_MESSAGE}, r.review_id, r.reason, r.kind, r.item_id, r.opened_at, m.received_at,
        m.classification, m.confidence,
        (SELECT jsonb_agg(jsonb_build_object('ts', split_part(b.slack_ts, '@', 1), 'text', b.message_text)
                ORDER BY split_part(b.slack_ts, '@', 1))
            FROM slack_messages b WHERE b.metadata ->> 'bundle' = m.message_id)
    FROM slackintake_review r JOIN slack_messages m ON m.message_id = r.message_id
    WHERE r.resolved_at IS NULL AND app.staff_role() IN ('admin', 'operations')
    ORDER BY r.opened_at, r.review_id
    LIMIT 1001
    """,
    attributes=READS,
)

# Returns 'done', 'refused', or 'already' when somebody else was faster (who it was tells app.resolver_of).
RESOLVE_MESSAGE = function(
    "app.resolve_message(message text, how text, to_kind text, to_item text, corrected jsonb)",
    "text",
    """
    DECLARE
        me record;
        open_review text;
    BEGIN
        SELECT * INTO me FROM app.principal() p WHERE p.kind = 'staff' AND p.role IN ('admin', 'operations');
        IF NOT FOUND OR how NOT IN ('made', 'attached', 'ignored') THEN RETURN 'refused'; END IF;
        IF how <> 'ignored' AND NOT coalesce(app.sees_item(to_kind, to_item), false) THEN RETURN 'refused'; END IF;
        UPDATE slackintake_review r
            SET resolved_at = now(), resolved_by = me.id, resolution = how, corrected_reading = corrected
            WHERE r.message_id = message AND r.resolved_at IS NULL RETURNING r.review_id INTO open_review;
        IF open_review IS NULL THEN RETURN 'already'; END IF;

        IF how = 'made' THEN
            UPDATE slack_messages m SET
                created_listing_id = CASE WHEN to_kind = 'listing' THEN to_item ELSE m.created_listing_id END,
                created_task_id = CASE WHEN to_kind <> 'listing' THEN to_item ELSE m.created_task_id END,
                created_task_type = CASE to_kind WHEN 'activity' THEN 'listing_task'
                    WHEN 'agent_task' THEN 'stray_task' ELSE m.created_task_type END,
                processing_status = 'processed', processed_at = now()
                WHERE m.message_id = message;
            INSERT INTO slackintake_outbox (reply_id, message_id, action, name)
                VALUES (app.new_ulid(), message, 'add', 'eyes') ON CONFLICT DO NOTHING;
            NOTIFY slackintake;
        ELSIF how = 'attached' THEN
            INSERT INTO slackintake_link (link_id, message_id, kind, item_id, role)
                VALUES (app.new_ulid(), message, to_kind, to_item, 'attached') ON CONFLICT DO NOTHING;
        ELSE
            UPDATE slack_messages m SET processing_status = 'skipped', processed_at = now(),
                metadata = coalesce(m.metadata, '{}') || '{"reason": "ignored"}'
                WHERE m.message_id = message AND m.created_listing_id IS NULL AND m.created_task_id IS NULL
                AND NOT EXISTS (SELECT FROM slackintake_link k WHERE k.message_id = message);
        END IF;
        IF how <> 'ignored' THEN
            INSERT INTO slackintake_link (link_id, message_id, kind, item_id, role)
                SELECT app.new_ulid(), b.message_id, to_kind, to_item, 'bundle' FROM slack_messages b
                WHERE b.metadata ->> 'bundle' = message ON CONFLICT DO NOTHING;
        END IF;
        RETURN 'done';
    END
    """,
    attributes=WRITES,
)

RESOLVER_OF = function(
    "app.resolver_of(message text)",
    "TABLE (name text, resolution text, resolved_at timestamptz)",
    """SELECT coalesce(s.name, 'The intake'), r.resolution, r.resolved_at
       FROM slackintake_review r LEFT JOIN staff s ON s.staff_id = r.resolved_by
       WHERE r.message_id = message AND r.resolved_at IS NOT NULL AND app.staff_role() IN ('admin', 'operations')
       ORDER BY r.resolved_at DESC LIMIT 1""",
    attributes=READS,
)

# The row names the item; which message stands behind it is looked up by the worker, who may know.
QUEUE_REACTION = function(
    "app.queue_reaction(of_kind text, of_item text, reaction text)",
    "boolean",
    """
    BEGIN
        IF NOT coalesce(app.sees_item(of_kind, of_item), false) OR reaction !~ '^[a-z0-9_+-]{1,60}$' THEN
            RETURN false;
        END IF;
        IF NOT EXISTS (
            SELECT FROM slack_messages m WHERE of_kind = 'listing' AND m.created_listing_id = of_item
            UNION ALL
            SELECT FROM slack_messages m WHERE m.created_task_id = of_item AND m.created_task_type = CASE of_kind
                WHEN 'activity' THEN 'listing_task' WHEN 'agent_task' THEN 'stray_task' END
        ) THEN
            RETURN false;
        END IF;
        INSERT INTO slackintake_outbox (reply_id, kind, item_id, action, name)
            VALUES (app.new_ulid(), of_kind, of_item, 'add', reaction) ON CONFLICT DO NOTHING;
        NOTIFY slackintake;
        RETURN true;
    END
    """,
    attributes=WRITES,
)

# Numbers for the machines' health page, which has no principal.
INTAKE_HEALTH = function(
    "app.intake_health()",
    """TABLE (last_event_at timestamptz, worker_seen_at timestamptz, oldest_due_at timestamptz,
        events_waiting bigint, messages_waiting bigint, replies_waiting bigint,
        events_failed bigint, messages_failed bigint, replies_failed bigint)""",
    """SELECT
        (SELECT max(received_at) FROM slack_events),
        (SELECT max(seen_at) FROM slackintake_heartbeat),
        (SELECT min(due_at) FROM (
            SELECT due_at FROM slack_events WHERE finished_at IS NULL
            UNION ALL SELECT due_at FROM slackintake_job WHERE finished_at IS NULL) due WHERE due_at <= now()),
        (SELECT count(*) FROM slack_events WHERE finished_at IS NULL),
        (SELECT count(*) FROM slackintake_job WHERE finished_at IS NULL),
        (SELECT count(*) FROM slackintake_outbox WHERE finished_at IS NULL),
        (SELECT count(*) FROM slack_events WHERE finished_at IS NOT NULL AND error IS NOT NULL),
        (SELECT count(*) FROM slackintake_job WHERE finished_at IS NOT NULL AND error IS NOT NULL),
        (SELECT count(*) FROM slackintake_outbox WHERE finished_at IS NOT NULL AND error IS NOT NULL)""",
    attributes=READS,
)

# A message is never taken away and never unread: what was made of it goes, and somebody is asked to look.
UNDO_MESSAGE = function(
    "app.undo_change_of_slack_messages(change bigint)",
    "void",
    """
    DECLARE
        c changes;
    BEGIN
        SELECT * INTO STRICT c FROM changes WHERE change_id = change;
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
    BEGIN
        SELECT * INTO STRICT c FROM changes WHERE change_id = change;
        IF c.before IS NULL THEN
            -- A review opened by a reading stays: the message has not become clearer by undoing.
            RETURN;
        END IF;
        UPDATE slackintake_review r SET resolved_at = NULL, resolved_by = NULL, resolution = NULL,
            corrected_reading = NULL,
            reason = CASE WHEN r.resolution IN ('made', 'read_again') THEN 'undone' ELSE r.reason END
            WHERE r.review_id = c.row_key AND c.after ? 'resolved_at'
            AND NOT EXISTS (SELECT FROM slackintake_review o
                WHERE o.message_id = r.message_id AND o.resolved_at IS NULL);
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
    BEGIN
        SELECT * INTO STRICT c FROM changes WHERE change_id = change;
        IF c.before IS NOT NULL OR c.after IS NULL THEN RETURN; END IF;
        -- A reply that a worker may be sending just now counts as sent.
        DELETE FROM slackintake_outbox WHERE reply_id = c.row_key AND sent_at IS NULL AND attempts = 0;
        IF NOT FOUND AND c.after ->> 'action' = 'add' THEN
            INSERT INTO slackintake_outbox (reply_id, message_id, kind, item_id, action, name)
                VALUES (app.new_ulid(), c.after ->> 'message_id', c.after ->> 'kind', c.after ->> 'item_id',
                    'remove', c.after ->> 'name') ON CONFLICT DO NOTHING;
            NOTIFY slackintake;
        END IF;
    END
    """,
    attributes=WRITES,
    grant=False,
)

BUNDLE_INDEX = NamedSQL(
    "Index the messages that were read together with another one",
    "CREATE INDEX idx_slack_messages_bundle ON slack_messages ((metadata ->> 'bundle')) "
    "WHERE (metadata ->> 'bundle') IS NOT NULL",
    "DROP INDEX idx_slack_messages_bundle",
)


class Migration(migrations.Migration):
    dependencies = [("slackintake", "0003_bookkeeping"), ("tasks", "0002_policies")]

    operations = [
        BUNDLE_INDEX,
        *RECORDING,
        *POLICIES,
        MESSAGE_BEHIND,
        MESSAGES_TO_REVIEW,
        RESOLVE_MESSAGE,
        RESOLVER_OF,
        QUEUE_REACTION,
        INTAKE_HEALTH,
        UNDO_MESSAGE,
        UNDO_REVIEW,
        UNDO_REPLY,
    ]
