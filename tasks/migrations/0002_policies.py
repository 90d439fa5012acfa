"""Recording, policies, hand-over, and the listing's progress that follows from its activities."""

from django.db import migrations

from common.sql import NamedSQL, enable_rls, function, policy, record_changes, touch_updated_at

ADMIN = "(SELECT app.staff_role()) = 'admin'"
DESK = "(SELECT app.staff_role()) IN ('admin', 'operations')"
ANY_STAFF = "(SELECT app.staff_id()) IS NOT NULL"
IN_MY_GROUPS = "visibility_group = ANY ((SELECT app.visible_groups())::text[])"
MINE = "assigned_staff_id = (SELECT app.staff_id())"
# Removing and restoring are the admins': for others the row must be live before and after.
LIVE = f"(deleted_at IS NULL OR {ADMIN})"


def task_policies(table: str, *, view: str, work: str, insert: str) -> list[NamedSQL]:
    return [
        enable_rls(table),
        policy(table, "SELECT", f"{table}_view", view),
        policy(table, "INSERT", f"{table}_insert", check=f"({insert}) AND {LIVE}"),
        policy(table, "UPDATE", f"{table}_work", f"({work}) AND {LIVE}", f"({work}) AND {LIVE}"),
        policy(table, "DELETE", f"{table}_admin_delete", ADMIN),
        policy(
            "changes",
            "SELECT",
            f"changes_of_{table}",
            f"table_name = '{table}' AND {ANY_STAFF} AND EXISTS (SELECT FROM {table} t WHERE t.task_id = row_key)",
        ),
    ]


def note_policies(kind: str, table: str) -> list[NamedSQL]:
    # A realtor sees own agent tasks, but not what the team says about them.
    item = f"kind = '{kind}' AND {ANY_STAFF} AND EXISTS (SELECT FROM {table} t WHERE t.task_id = item_id)"
    return [
        policy("listings_note", "SELECT", f"notes_of_{table}", item),
        policy(
            "listings_note",
            "INSERT",
            f"notes_of_{table}_write",
            check=f"{item} AND author_staff_id = (SELECT app.staff_id())",
        ),
    ]


KEEP_PROGRESS = [
    function(
        "app.keep_listing_progress()",
        "trigger",
        """
        DECLARE
            listings_touched text[];
        BEGIN
            IF TG_OP = 'INSERT' THEN
                SELECT array_agg(DISTINCT listing_id) INTO listings_touched FROM new_rows;
            ELSIF TG_OP = 'DELETE' THEN
                SELECT array_agg(DISTINCT listing_id) INTO listings_touched FROM old_rows;
            ELSE
                SELECT array_agg(DISTINCT moved.listing_id) INTO listings_touched FROM (
                    SELECT unnest(ARRAY[o.listing_id, n.listing_id]) AS listing_id
                    FROM old_rows o JOIN new_rows n USING (task_id)
                    WHERE (o.listing_id, o.deleted_at IS NULL, o.status) IS DISTINCT FROM
                          (n.listing_id, n.deleted_at IS NULL, n.status)
                    -- Claiming and releasing change no count; without this every claim would queue at its listing.
                    AND NOT (o.listing_id = n.listing_id AND (o.deleted_at IS NULL) = (n.deleted_at IS NULL)
                        AND o.status IN ('OPEN', 'CLAIMED') AND n.status IN ('OPEN', 'CLAIMED'))
                ) moved;
            END IF;
            IF listings_touched IS NULL THEN RETURN NULL; END IF;

            -- Two people closing the last two activities must see each other's: lock first, count afterwards.
            PERFORM FROM listings WHERE listing_id = ANY (listings_touched) ORDER BY listing_id FOR NO KEY UPDATE;
            UPDATE listings l SET status = counted.status, progress = counted.progress
            FROM (
                SELECT id,
                    CASE WHEN count(a.task_id) = 0 THEN 'new'
                         WHEN count(a.task_id) = count(*) FILTER (WHERE a.status IN ('DONE', 'FAILED', 'CANCELLED'))
                            THEN 'completed'
                         WHEN bool_or(a.status IN ('IN_PROGRESS', 'DONE', 'FAILED', 'CANCELLED')) THEN 'in_progress'
                         ELSE 'new' END AS status,
                    round(100.0 * count(*) FILTER (WHERE a.status IN ('DONE', 'FAILED', 'CANCELLED'))
                        / greatest(count(a.task_id), 1), 2) AS progress
                FROM unnest(listings_touched) id
                LEFT JOIN activities a ON a.listing_id = id AND a.deleted_at IS NULL
                GROUP BY id
            ) counted
            WHERE l.listing_id = counted.id
                AND (l.status, l.progress) IS DISTINCT FROM (counted.status, counted.progress);
            RETURN NULL;
        END
        """,
        attributes="VOLATILE SECURITY DEFINER",
        grant=False,
    ),
    *[
        NamedSQL(
            f"Keep the listing's progress after {event} of activities",
            f"""CREATE TRIGGER keep_progress_after_{event.lower()} AFTER {event} ON activities REFERENCING {tables}
                FOR EACH STATEMENT EXECUTE FUNCTION app.keep_listing_progress()""",
            f"DROP TRIGGER keep_progress_after_{event.lower()} ON activities",
        )
        for event, tables in (
            ("INSERT", "NEW TABLE AS new_rows"),
            ("UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows"),
            ("DELETE", "OLD TABLE AS old_rows"),
        )
    ],
]

# Returns 'done', 'changed' (somebody else has it by now), or 'refused'. Rules: product.md, Rights.
HAND_OVER = function(
    "app.hand_over(kind text, task text, expected_staff text, new_staff text)",
    "text",
    """
    DECLARE
        me record;
        task_group text;
        owner text;
        receiver record;
    BEGIN
        SELECT * INTO me FROM app.principal() p WHERE p.kind = 'staff';
        IF NOT FOUND THEN RETURN 'refused'; END IF;
        IF kind = 'activity' THEN
            SELECT a.assigned_staff_id, a.visibility_group INTO owner, task_group FROM activities a
                WHERE a.task_id = task AND a.deleted_at IS NULL
                AND a.status IN ('OPEN', 'CLAIMED', 'IN_PROGRESS')
                AND (a.visibility_group = ANY (app.visible_groups()) OR a.assigned_staff_id = me.id) FOR UPDATE;
        ELSIF kind = 'agent_task' THEN
            SELECT t.assigned_staff_id INTO owner FROM agent_tasks t
                WHERE t.task_id = task AND t.deleted_at IS NULL
                AND t.status IN ('OPEN', 'CLAIMED', 'IN_PROGRESS')
                AND (me.role IN ('admin', 'operations') OR t.assigned_staff_id = me.id) FOR UPDATE;
        ELSE
            RETURN 'refused';
        END IF;
        IF NOT FOUND THEN RETURN 'refused'; END IF;
        IF owner IS DISTINCT FROM expected_staff THEN RETURN 'changed'; END IF;
        IF owner <> me.id AND me.role NOT IN ('admin', 'operations') THEN RETURN 'refused'; END IF;
        IF new_staff IS NOT NULL THEN
            SELECT s.role INTO receiver FROM staff s
                WHERE s.staff_id = new_staff AND s.status = 'active' AND s.deleted_at IS NULL;
            IF NOT FOUND THEN RETURN 'refused'; END IF;
            IF task_group = 'AGENT' AND receiver.role = 'marketing'
                OR task_group = 'MARKETING' AND receiver.role = 'support'
            THEN
                RETURN 'refused';
            END IF;
        END IF;
        EXECUTE format(
            'UPDATE %I SET assigned_staff_id = $1, status = CASE WHEN $1 IS NULL THEN ''OPEN'' ELSE ''CLAIMED'' END, '
            'claimed_at = CASE WHEN $1 IS NULL THEN NULL ELSE now() END WHERE task_id = $2',
            CASE kind WHEN 'activity' THEN 'activities' ELSE 'agent_tasks' END) USING new_staff, task;
        RETURN 'done';
    END
    """,
    attributes="VOLATILE SECURITY DEFINER",
)

# The same rule as the policies of the three tables, for functions that run as the owner, whom no policy binds.
SEES_ITEM = function(
    "app.sees_item(item_kind text, item text)",
    "boolean",
    """SELECT CASE item_kind
        WHEN 'activity' THEN EXISTS (
            SELECT FROM activities a WHERE a.task_id = item
            AND (a.visibility_group = ANY (app.visible_groups()) OR a.assigned_staff_id = app.staff_id()))
        WHEN 'agent_task' THEN EXISTS (
            SELECT FROM agent_tasks t WHERE t.task_id = item
            AND (app.staff_role() IN ('admin', 'operations') OR t.assigned_staff_id = app.staff_id()))
        WHEN 'listing' THEN app.staff_id() IS NOT NULL AND EXISTS (SELECT FROM listings l WHERE l.listing_id = item)
        ELSE false END""",
    attributes="STABLE SECURITY DEFINER",
    grant=False,
)

# Making a listing is not undone under the feet of those who work on it; what the same act made is gone by then.
IS_BUILT_UPON = function(
    "app.is_built_upon_in_listings(listing text)",
    "boolean",
    "SELECT EXISTS (SELECT FROM activities a WHERE a.listing_id = listing AND a.deleted_at IS NULL)",
    attributes="STABLE SECURITY DEFINER",
    grant=False,
)

# Numbers only, by group, of all activities of a listing: what I may not see still counts in its progress.
LISTING_COUNTS = function(
    "app.listing_counts(listing text)",
    "TABLE (visibility_group text, open bigint, closed bigint)",
    """SELECT a.visibility_group,
           count(*) FILTER (WHERE a.status IN ('OPEN', 'CLAIMED', 'IN_PROGRESS')),
           count(*) FILTER (WHERE a.status IN ('DONE', 'FAILED', 'CANCELLED'))
       FROM activities a
       WHERE a.listing_id = listing AND a.deleted_at IS NULL AND app.staff_id() IS NOT NULL
       GROUP BY a.visibility_group""",
    attributes="STABLE SECURITY DEFINER",
)


class Migration(migrations.Migration):
    dependencies = [("tasks", "0001_initial"), ("listings", "0002_policies")]

    operations = [
        touch_updated_at("activities"),
        touch_updated_at("agent_tasks"),
        *KEEP_PROGRESS,
        *record_changes("activities", "task_id"),
        *record_changes("agent_tasks", "task_id"),
        *task_policies(
            "activities",
            view=f"{IN_MY_GROUPS} OR {MINE}",
            work=f"{IN_MY_GROUPS} OR {MINE}",
            insert=IN_MY_GROUPS,
        ),
        *task_policies(
            "agent_tasks",
            view=f"{DESK} OR {MINE} OR realtor_id = (SELECT app.realtor_id())",
            work=f"{DESK} OR {MINE}",
            insert=f"{DESK} OR {MINE}",
        ),
        *note_policies("activity", "activities"),
        *note_policies("agent_task", "agent_tasks"),
        SEES_ITEM,
        HAND_OVER,
        IS_BUILT_UPON,
        LISTING_COUNTS,
    ]
