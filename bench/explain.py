"""The plans of the desk's statements as the web role with a principal: `python -m bench.explain --scale 1`.

The statements are those that the application itself makes: each question is asked once and listened to, then every
statement is explained on the same connection, where the row policies bind. As the owner the plans would be others.
"""

import argparse
import os
import re
from collections.abc import Callable
from typing import Any

import django

from bench.database import prepare

TIME = re.compile(r"Execution Time: ([\d.]+) ms")


def listen(ask: Callable[[], Any]) -> list[tuple[str, Any]]:
    """The statements, with their parameters, that a question makes."""
    from django.db import connection

    heard = []

    def note(execute, statement, parameters, many, context):
        heard.append((statement, parameters))
        return execute(statement, parameters, many, context)

    with connection.execute_wrapper(note):
        ask()
    return [(statement, parameters) for statement, parameters in heard if not statement.startswith(("SAVE", "RELEASE"))]


def explain(statement: str, parameters: Any) -> str:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {statement}", parameters)
        plan = "\n".join(line for (line,) in cursor.fetchall())
        transaction.set_rollback(True)
    return plan


def questions(staff: Any) -> dict[str, Callable[[], Any]]:
    """What the pages ask, by name."""
    from desk.listing_page import listing_page
    from desk.task_page import task_page
    from tasks import actions
    from tasks import queries as tasks
    from tasks.models import Activity

    after = None
    for _ in range(100):
        after = tasks.for_inbox(staff, after=after).next
    late = Activity.objects.filter(status="OPEN", assigned_staff=None).order_by("-due_date").exclude(due_date=None)
    waiting = late.select_related("listing", "assigned_staff").first()
    return {
        "inbox, first page": lambda: tasks.for_inbox(staff),
        "inbox, row 5,000": lambda: tasks.for_inbox(staff, after=after),
        "my tasks": lambda: tasks.for_my_tasks(staff),
        "counts": lambda: tasks.counts(staff),
        "activity": lambda: task_page("activity", waiting.pk, staff),
        "listing": lambda: listing_page(waiting.listing_id, staff),
        "claim": lambda: actions.claim(waiting, by=staff),
    }


def run(role: str, is_short: bool) -> None:
    from django.db import transaction

    from common.principal import acting_as
    from staff.models import Staff

    person = find_person(role)
    with acting_as("staff", person):
        print(who_asks())
        staff = Staff.objects.get(pk=person)
        for name, ask in questions(staff).items():
            with transaction.atomic():
                statements = listen(ask)
                transaction.set_rollback(True)
            for number, (statement, parameters) in enumerate(statements, start=1):
                plan = explain(statement, parameters)
                time = TIME.search(plan)
                print(f"\n=== {name}, statement {number} of {len(statements)}: {time and time[1]} ms")
                print(f"    {' '.join(statement.split())[:200]}")
                if name == "inbox, row 5,000":
                    bounds = sorted(set(re.findall(r"Index Cond: (\(due_date >= .*\))", plan)))
                    print(f"    Index Cond on due_date: {bounds or 'MISSING'}")
                if not is_short:
                    print(plan)


def who_asks() -> str:
    """As the owner every plan would be another, so say who it is."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, row_security_active('activities'), role FROM app.principal()")
        user, is_active, role = cursor.fetchone()
    return f"as the database login {user}, row security {'active' if is_active else 'NOT ACTIVE'}, principal: {role}"


def find_person(role: str) -> str:
    """As the owner: before there is a principal the web role sees nobody."""
    import psycopg

    with psycopg.connect(os.environ["OWNER_DATABASE_URL"]) as connection:
        statement = "SELECT staff_id FROM staff WHERE role = %s AND status = 'active' ORDER BY staff_id LIMIT 1"
        return connection.execute(statement, [role]).fetchone()[0]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--scale", default="1")
    parser.add_argument("--role", default="operations")
    parser.add_argument("--short", action="store_true", help="times only")
    options = parser.parse_args()
    cluster, env = prepare(options.scale)
    try:
        os.environ.update(env, DJANGO_SETTINGS_MODULE="laz_ops.settings", LAPAZ_PROCESS="web")
        django.setup()
        run(options.role, options.short)
    finally:
        cluster.stop()
