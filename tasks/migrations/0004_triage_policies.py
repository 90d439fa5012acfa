"""Policies of snoozes, waiting marks and links, and the moving of notes to the item that stays."""

from django.db import migrations

from common.sql import enable_rls, function, policy, record_changes

ADMIN = "(SELECT app.staff_role()) = 'admin'"
ANY_STAFF = "(SELECT app.staff_id()) IS NOT NULL"
MINE = "staff_id = (SELECT app.staff_id())"


def item_seen(kind: str, item: str) -> str:
    """Whether the reader sees the item; the subqueries obey the policies of the tables they read."""
    return (
        f"CASE {kind} WHEN 'activity' THEN EXISTS (SELECT FROM activities t WHERE t.task_id = {item}) "
        f"WHEN 'agent_task' THEN EXISTS (SELECT FROM agent_tasks t WHERE t.task_id = {item}) "
        f"ELSE {ANY_STAFF} END"
    )


MOVE_NOTES = function(
    "app.move_notes(from_kind text, from_id text, to_kind text, to_id text)",
    "integer",
    """
    DECLARE
        moved int;
    BEGIN
        -- Notes of colleagues move too, which no policy allows; so both items must be in the mover's sight.
        IF app.staff_id() IS NULL OR NOT app.sees_item(from_kind, from_id) OR NOT app.sees_item(to_kind, to_id) THEN
            RETURN 0;
        END IF;
        UPDATE listings_note SET kind = to_kind, item_id = to_id WHERE kind = from_kind AND item_id = from_id;
        GET DIAGNOSTICS moved = ROW_COUNT;
        RETURN moved;
    END
    """,
    attributes="VOLATILE SECURITY DEFINER",
)

# Ids alone, so that a list can leave out what waits in one step; the words need the policy of the item.
WAITING_ITEMS = function(
    "app.waiting_items(item_kind text)",
    "text[]",
    """SELECT coalesce(array_agg(w.item_id), '{}') FROM tasks_waiting w
       WHERE w.kind = item_kind AND w.ended_at IS NULL AND app.staff_id() IS NOT NULL""",
    attributes="STABLE SECURITY DEFINER",
)


def changes_of(table: str, key: str) -> list:
    """History of a side table is read by whoever may read the row itself."""
    seen = f"table_name = '{table}' AND EXISTS (SELECT FROM {table} t WHERE t.{key} = row_key)"
    return [*record_changes(table, key), policy("changes", "SELECT", f"changes_of_{table}", seen)]


class Migration(migrations.Migration):
    dependencies = [("tasks", "0003_triage")]

    operations = [
        MOVE_NOTES,
        WAITING_ITEMS,
        *changes_of("tasks_snooze", "snooze_id"),
        enable_rls("tasks_snooze"),
        policy("tasks_snooze", "SELECT", "snoozes_own", f"{MINE} OR {ADMIN}"),
        policy("tasks_snooze", "INSERT", "snoozes_own_insert", check=MINE),
        policy("tasks_snooze", "UPDATE", "snoozes_own_update", MINE, MINE),
        policy("tasks_snooze", "DELETE", "snoozes_own_delete", MINE),
        *changes_of("tasks_waiting", "waiting_id"),
        enable_rls("tasks_waiting"),
        policy("tasks_waiting", "SELECT", "waiting_view", item_seen("kind", "item_id")),
        policy("tasks_waiting", "INSERT", "waiting_begin", check=item_seen("kind", "item_id")),
        policy("tasks_waiting", "UPDATE", "waiting_end", item_seen("kind", "item_id"), item_seen("kind", "item_id")),
        policy("tasks_waiting", "DELETE", "waiting_admin_delete", ADMIN),
        *changes_of("task_links", "link_id"),
        enable_rls("task_links"),
        policy("task_links", "SELECT", "links_view", item_seen("from_kind", "from_id")),
        policy(
            "task_links",
            "INSERT",
            "links_make",
            check=f"({item_seen('from_kind', 'from_id')}) AND ({item_seen('to_kind', 'to_id')})",
        ),
        policy("task_links", "DELETE", "links_remove", item_seen("from_kind", "from_id")),
    ]
