"""Claiming in one statement: act, conditional UPDATE and the end of the act."""

from django.db import migrations

from common.sql import function

# Runs with the rights of whoever calls it, so the row policies decide as for a plain UPDATE.
# Without new_act it joins the act that is being done.
CLAIM = function(
    "app.claim(kind text, task text, new_staff text, new_act text)",
    "boolean",
    """
    DECLARE
        won int;
    BEGIN
        IF new_act IS NOT NULL THEN
            PERFORM app.open_act(new_act, 'claimed', NULL, 'web');
        END IF;
        EXECUTE format(
            'UPDATE %I SET status = ''CLAIMED'', assigned_staff_id = $1, claimed_at = statement_timestamp() '
            'WHERE task_id = $2 AND status = ''OPEN'' AND assigned_staff_id IS NULL AND deleted_at IS NULL',
            CASE kind WHEN 'activity' THEN 'activities' WHEN 'agent_task' THEN 'agent_tasks' END)
            USING new_staff, task;
        GET DIAGNOSTICS won = ROW_COUNT;
        IF won = 0 THEN
            -- Takes back the act too: nothing has been done.
            RAISE EXCEPTION USING ERRCODE = 'LP002', MESSAGE = 'not claimed';
        END IF;
        IF new_act IS NOT NULL THEN
            PERFORM set_config('app.act', '', true);
        END IF;
        RETURN true;
    EXCEPTION
        WHEN SQLSTATE 'LP002' THEN
            RETURN false;
    END
    """,
    attributes="VOLATILE",
)


class Migration(migrations.Migration):
    dependencies = [("tasks", "0006_search")]

    operations = [CLAIM]
