"""What one's own acts were done to, so that they can be told in words after the rows are out of one's sight."""

from django.db import migrations

from common.sql import function

# Only own acts, and of each row no more than its key, who or what it was given to and, of a message, the words that its
# reader had before them. What hangs on an item (a snooze, a mark, a note, a look) stands for that item.
ROWS_OF_MY_ACTS = function(
    "app.rows_of_my_acts(act_ids text[])",
    "TABLE (act_id text, table_name text, row_key text, given jsonb, message_text text)",
    """
    WITH touched AS (
        SELECT c.act_id, c.table_name, c.row_key, c.change_id, c.after,
            coalesce(c.after, c.before) || coalesce(CASE c.table_name
                WHEN 'tasks_snooze' THEN (SELECT to_jsonb(s) FROM tasks_snooze s WHERE s.snooze_id = c.row_key)
                WHEN 'tasks_waiting' THEN (SELECT to_jsonb(w) FROM tasks_waiting w WHERE w.waiting_id = c.row_key)
                WHEN 'listings_key_date' THEN (SELECT to_jsonb(d) FROM listings_key_date d
                    WHERE d.key_date_id = c.row_key)
                WHEN 'slackintake_review' THEN (SELECT to_jsonb(r) FROM slackintake_review r
                    WHERE r.review_id = c.row_key)
            END, '{}') AS v
        FROM changes c JOIN acts a ON a.act_id = c.act_id
        WHERE c.act_id = ANY (act_ids) AND a.actor_kind = 'staff' AND a.actor_id = app.staff_id()
            -- Notes that move along with something are not what the act was about.
            AND NOT (c.table_name = 'listings_note' AND c.before IS NOT NULL)
    ), named AS (
        SELECT t.act_id, t.change_id, t.after, CASE
            WHEN t.table_name IN ('tasks_snooze', 'tasks_waiting', 'listings_note', 'task_links')
                THEN CASE coalesce(t.v ->> 'kind', t.v ->> 'from_kind')
                    WHEN 'activity' THEN 'activities' WHEN 'agent_task' THEN 'agent_tasks' ELSE 'listings' END
            WHEN t.table_name IN ('listings_acknowledgement', 'listings_key_date') THEN 'listings'
            WHEN t.table_name = 'slackintake_review' THEN 'slack_messages'
            ELSE t.table_name
        END AS table_name, CASE
            WHEN t.table_name IN ('tasks_snooze', 'tasks_waiting', 'listings_note') THEN t.v ->> 'item_id'
            WHEN t.table_name = 'task_links' THEN t.v ->> 'from_id'
            WHEN t.table_name IN ('listings_acknowledgement', 'listings_key_date') THEN t.v ->> 'listing_id'
            WHEN t.table_name = 'slackintake_review' THEN t.v ->> 'message_id'
            ELSE t.row_key
        END AS row_key
        FROM touched t
    )
    SELECT n.act_id, n.table_name, n.row_key,
        (SELECT jsonb_object_agg(e.key, e.value) FROM jsonb_each(n.after) e
            WHERE e.key IN ('assigned_staff_id', 'status', 'priority')),
        (SELECT left(m.message_text, 500) FROM slack_messages m WHERE n.table_name = 'slack_messages'
            AND m.message_id = n.row_key AND app.staff_role() IN ('admin', 'operations'))
    FROM named n WHERE n.row_key IS NOT NULL ORDER BY n.change_id
    """,
    attributes="STABLE SECURITY DEFINER",
)


class Migration(migrations.Migration):
    dependencies = [
        ("slackintake", "0016_asked_for_besides"),
        ("tasks", "0008_progress_of_listings"),
        ("listings", "0006_find_listings"),
    ]

    operations = [ROWS_OF_MY_ACTS]
