"""What waits on its realtor is not late in a team's numbers either, as long as its clock stands."""

from importlib import import_module

from django.db import migrations

from common.sql import NamedSQL, function

FORMER = import_module("tasks.migrations.0013_unclaimed_counts").UNCLAIMED_COUNTS
FORMER_OF_TEAM = import_module("tasks.migrations.0005_team_counts").TEAM_COUNTS

_LEFT = """SELECT FROM activities t
            WHERE t.deleted_at IS NULL AND t.status = 'OPEN' AND t.assigned_staff_id IS NULL
                AND t.visibility_group = ANY (groups) AND app.staff_id() IS NOT NULL{late_activity}
        UNION ALL
        SELECT FROM agent_tasks t
            WHERE with_agent_tasks AND t.deleted_at IS NULL AND t.status = 'OPEN' AND t.assigned_staff_id IS NULL
                AND app.staff_id() IS NOT NULL{late_agent_task}
        LIMIT 1001"""


def _waiting(kind: str) -> str:
    return f"tasks_waiting w WHERE w.kind = '{kind}' AND w.item_id = t.task_id AND w.ended_at IS NULL"


_LATE = {
    f"late_{kind}": f" AND t.due_date < now() AND NOT EXISTS (SELECT FROM {_waiting(kind)})"
    for kind in ("activity", "agent_task")
}

UNCLAIMED_COUNTS = function(
    "app.unclaimed_counts(groups text[], with_agent_tasks boolean)",
    "TABLE (open bigint, late bigint)",
    f"""BEGIN
    RETURN QUERY SELECT (SELECT count(*) FROM ({_LEFT.format_map(dict.fromkeys(_LATE, ""))}) unclaimed),
        (SELECT count(*) FROM ({_LEFT.format_map(_LATE)}) overdue);
    END""",
    attributes="STABLE SECURITY DEFINER",
)

TEAM_COUNTS = function(
    "app.team_counts(team text, week_ends timestamptz)",
    "TABLE (staff_id text, open bigint, late bigint, this_week bigint)",
    f"""WITH people AS (
           SELECT s.staff_id FROM staff s WHERE s.role = team AND s.deleted_at IS NULL AND app.staff_id() IS NOT NULL
       ), held AS (
           SELECT t.assigned_staff_id, t.due_date, EXISTS (SELECT FROM {_waiting("activity")}) AS waits
           FROM activities t JOIN people p ON p.staff_id = t.assigned_staff_id
           WHERE t.deleted_at IS NULL AND t.status IN ('CLAIMED', 'IN_PROGRESS')
           UNION ALL
           SELECT t.assigned_staff_id, t.due_date, EXISTS (SELECT FROM {_waiting("agent_task")})
           FROM agent_tasks t JOIN people p ON p.staff_id = t.assigned_staff_id
           WHERE t.deleted_at IS NULL AND t.status IN ('CLAIMED', 'IN_PROGRESS')
       )
       SELECT p.staff_id, count(h.assigned_staff_id),
           count(*) FILTER (WHERE h.due_date < now() AND NOT h.waits),
           count(*) FILTER (WHERE h.due_date >= now() AND h.due_date <= week_ends)
       FROM people p LEFT JOIN held h ON h.assigned_staff_id = p.staff_id
       GROUP BY p.staff_id""",
    attributes="STABLE SECURITY DEFINER",
)


def _again(sql: str) -> str:
    return sql.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)


class Migration(migrations.Migration):
    dependencies = [("tasks", "0014_lists_of_a_team")]

    operations = [
        NamedSQL("Call no unclaimed work late whose clock stands", _again(UNCLAIMED_COUNTS.sql), _again(FORMER.sql)),
        NamedSQL("Call nobody's work late whose clock stands", _again(TEAM_COUNTS.sql), _again(FORMER_OF_TEAM.sql)),
    ]
