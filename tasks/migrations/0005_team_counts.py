"""Numbers of a team for everybody: who has how much, without saying what."""

from django.db import migrations

from common.sql import function

TEAM_COUNTS = function(
    "app.team_counts(team text, week_ends timestamptz)",
    "TABLE (staff_id text, open bigint, late bigint, this_week bigint)",
    """WITH people AS (
           SELECT s.staff_id FROM staff s WHERE s.role = team AND s.deleted_at IS NULL AND app.staff_id() IS NOT NULL
       ), held AS (
           SELECT a.assigned_staff_id, a.due_date FROM activities a JOIN people p ON p.staff_id = a.assigned_staff_id
           WHERE a.deleted_at IS NULL AND a.status IN ('CLAIMED', 'IN_PROGRESS')
           UNION ALL
           SELECT t.assigned_staff_id, t.due_date FROM agent_tasks t JOIN people p ON p.staff_id = t.assigned_staff_id
           WHERE t.deleted_at IS NULL AND t.status IN ('CLAIMED', 'IN_PROGRESS')
       )
       SELECT p.staff_id, count(h.assigned_staff_id),
           count(*) FILTER (WHERE h.due_date < now()),
           count(*) FILTER (WHERE h.due_date >= now() AND h.due_date <= week_ends)
       FROM people p LEFT JOIN held h ON h.assigned_staff_id = p.staff_id
       GROUP BY p.staff_id""",
    attributes="STABLE SECURITY DEFINER",
)

# Of the groups named; the caller subtracts what it can list.
UNCLAIMED_COUNTS = function(
    "app.unclaimed_counts(groups text[], with_agent_tasks boolean)",
    "TABLE (open bigint, late bigint)",
    """WITH waiting AS (
           SELECT a.due_date FROM activities a
           WHERE a.deleted_at IS NULL AND a.status = 'OPEN' AND a.assigned_staff_id IS NULL
               AND a.visibility_group = ANY (groups) AND app.staff_id() IS NOT NULL
           UNION ALL
           SELECT t.due_date FROM agent_tasks t
           WHERE with_agent_tasks AND t.deleted_at IS NULL AND t.status = 'OPEN' AND t.assigned_staff_id IS NULL
               AND app.staff_id() IS NOT NULL
       )
       SELECT count(*), count(*) FILTER (WHERE due_date < now()) FROM waiting""",
    attributes="STABLE SECURITY DEFINER",
)


class Migration(migrations.Migration):
    dependencies = [("tasks", "0004_triage_policies")]

    operations = [TEAM_COUNTS, UNCLAIMED_COUNTS]
