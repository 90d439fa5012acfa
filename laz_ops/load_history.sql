-- The history of the rows that `fill_load` has copied: acts of many people over the years, as a house that has run has.
-- The recording triggers, silent meanwhile, could not write it: they know one act, of today, of the one who loads.
-- It is put together from what the rows themselves say: what made them, who claimed them, when they were closed.

CREATE TEMPORARY TABLE deeds ON COMMIT DROP AS
WITH task AS (
    SELECT 'activities' AS table_name, task_id, status, assigned_staff_id AS owner, claimed_at, completed_at,
        created_at, deleted_at, deleted_by, inputs ->> 'slack_message' AS message_id, to_jsonb(a) AS whole
    FROM activities a
    UNION ALL
    SELECT 'agent_tasks', task_id, status, assigned_staff_id, claimed_at, completed_at,
        created_at, deleted_at, deleted_by, inputs ->> 'slack_message', to_jsonb(t)
    FROM agent_tasks t
),
somebody AS (SELECT min(staff_id) AS id FROM staff WHERE role = 'admin'),
deed (at, name, verb, source, actor_kind, actor_id, table_name, row_key, before, after) AS (
    SELECT created_at, 'imported ' || staff_id, 'imported', 'csv', 'system', 'command', 'staff', staff_id,
        NULL::jsonb, to_jsonb(s)
    FROM staff s
    UNION ALL
    SELECT created_at, 'imported ' || realtor_id, 'imported', 'csv', 'system', 'command', 'realtors', realtor_id,
        NULL, to_jsonb(r)
    FROM realtors r
    UNION ALL
    SELECT received_at, 'made ' || message_id, 'created', 'slack', 'system', 'slack-intake', 'slack_messages',
        message_id, NULL, to_jsonb(m)
    FROM slack_messages m WHERE created_listing_id IS NOT NULL OR created_task_id IS NOT NULL
    UNION ALL
    SELECT l.created_at, 'made ' || m.message_id, 'created', 'slack', 'system', 'slack-intake', 'listings',
        listing_id, NULL, to_jsonb(l)
    FROM listings l JOIN slack_messages m ON m.created_listing_id = l.listing_id
    UNION ALL
    SELECT created_at, 'made ' || message_id, 'created', 'slack', 'system', 'slack-intake', table_name, task_id,
        NULL, whole || '{"status": "OPEN", "assigned_staff_id": null, "claimed_at": null, "completed_at": null,
            "deleted_at": null, "deleted_by": null}'
    FROM task
    UNION ALL
    SELECT claimed_at, 'claimed ' || task_id, 'claimed', 'web', 'staff', owner, table_name, task_id,
        '{"status": "OPEN", "assigned_staff_id": null, "claimed_at": null}',
        jsonb_build_object('status', 'CLAIMED', 'assigned_staff_id', owner, 'claimed_at', claimed_at)
    FROM task WHERE claimed_at IS NOT NULL
    UNION ALL
    SELECT claimed_at + interval '1 minute', 'started ' || task_id, 'started', 'web', 'staff', owner, table_name,
        task_id, '{"status": "CLAIMED"}', '{"status": "IN_PROGRESS"}'
    FROM task WHERE status = 'IN_PROGRESS'
    UNION ALL
    SELECT completed_at, 'closed ' || task_id,
        CASE status WHEN 'DONE' THEN 'completed' WHEN 'FAILED' THEN 'failed' ELSE 'cancelled' END, 'web', 'staff',
        coalesce(owner, somebody.id), table_name, task_id,
        jsonb_build_object('status', CASE WHEN owner IS NULL THEN 'OPEN' ELSE 'CLAIMED' END, 'completed_at', NULL),
        jsonb_build_object('status', status, 'completed_at', completed_at)
    FROM task, somebody WHERE completed_at IS NOT NULL
    UNION ALL
    SELECT deleted_at, 'removed ' || task_id, 'removed', 'web', 'staff', deleted_by, table_name, task_id,
        '{"deleted_at": null, "deleted_by": null}',
        jsonb_build_object('deleted_at', deleted_at, 'deleted_by', deleted_by)
    FROM task WHERE deleted_at IS NOT NULL
    UNION ALL
    SELECT created_at, 'noted ' || note_id, 'noted', 'web', 'staff', author_staff_id, 'listings_note', note_id,
        NULL, to_jsonb(n)
    FROM listings_note n
)
-- The id follows from what was done, so it is the same every time; hexadecimal digits are letters of a ULID too.
SELECT at, '0' || upper(left(md5(name), 25)) AS act_id, verb, source, actor_kind, actor_id, table_name, row_key,
    before, after
FROM deed;

INSERT INTO acts (act_id, verb, source, actor_kind, actor_id, at, transaction_id)
SELECT DISTINCT ON (act_id) act_id, verb, source, actor_kind, actor_id, at, 0 FROM deeds ORDER BY act_id, at;

INSERT INTO changes (act_id, table_name, row_key, before, after)
SELECT act_id, table_name, row_key, before, after FROM deeds ORDER BY at, act_id;
