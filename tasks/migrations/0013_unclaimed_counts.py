"""What a team has left unclaimed is counted up to the number that a page prints, as everywhere else."""

from importlib import import_module

from django.db import migrations

from common.sql import NamedSQL, function

FORMER = import_module("tasks.migrations.0005_team_counts").UNCLAIMED_COUNTS

_LEFT = """SELECT FROM activities
            WHERE deleted_at IS NULL AND status = 'OPEN' AND assigned_staff_id IS NULL
                AND visibility_group = ANY (groups) AND app.staff_id() IS NOT NULL{which}
        UNION ALL
        SELECT FROM agent_tasks
            WHERE with_agent_tasks AND deleted_at IS NULL AND status = 'OPEN' AND assigned_staff_id IS NULL
                AND app.staff_id() IS NOT NULL{which}
        LIMIT 1001"""

UNCLAIMED_COUNTS = function(
    "app.unclaimed_counts(groups text[], with_agent_tasks boolean)",
    "TABLE (open bigint, late bigint)",
    f"""BEGIN
    RETURN QUERY SELECT (SELECT count(*) FROM ({_LEFT.format(which="")}) unclaimed),
        (SELECT count(*) FROM ({_LEFT.format(which=" AND due_date < now()")}) overdue);
    END""",
    attributes="STABLE SECURITY DEFINER",
)


def _again(sql: str) -> str:
    return sql.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)


class Migration(migrations.Migration):
    dependencies = [("tasks", "0012_duplicates_one_way")]

    operations = [
        NamedSQL("Count a team's unclaimed work up to a thousand", _again(UNCLAIMED_COUNTS.sql), _again(FORMER.sql))
    ]
