"""The number beside a team in the side column, for everybody: how much its people have."""

from django.db import migrations

from common.sql import function

_HELD = """assigned_staff_id = ANY (ARRAY(
            SELECT s.staff_id FROM staff s WHERE s.role = team AND s.status = 'active' AND s.deleted_at IS NULL))
        AND deleted_at IS NULL AND status IN ('CLAIMED', 'IN_PROGRESS')"""

# Every list asks on each load: no more is read than is counted, from the index of one's own work alone, and the plan is
# kept for the session, as that of a function in SQL would not be.
NUMBER_WITH_TEAM = function(
    "app.number_with_team(team text)",
    "integer",
    f"""BEGIN
    RETURN (SELECT count(*) FROM (
        SELECT FROM activities WHERE {_HELD} AND app.staff_id() IS NOT NULL
        UNION ALL
        SELECT FROM agent_tasks WHERE {_HELD} AND app.staff_id() IS NOT NULL
        LIMIT 1001
    ) held);
    END""",
    attributes="STABLE SECURITY DEFINER",
)


class Migration(migrations.Migration):
    dependencies = [("tasks", "0009_no_live_activity_of_a_removed_listing")]

    operations = [NUMBER_WITH_TEAM]
