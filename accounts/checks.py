"""The guard against the one failure that would open everything: a web process connected as the owner."""

import sys

from django.conf import settings
from django.core.checks import Error, Tags, register
from django.db import OperationalError, connection

SIX_TABLES = ("staff", "realtors", "listings", "activities", "agent_tasks", "slack_messages")


def connection_fault() -> str | None:
    """Why this connection must not serve pages, or None: row level security has to bind it on all six tables."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone()[0]:
            return "its login is a superuser or bypasses row level security"
        cursor.execute(
            "SELECT to_regclass(t) IS NOT NULL AND row_security_active(t) FROM unnest(%s::text[]) t", [[*SIX_TABLES]]
        )
        if not all(active for (active,) in cursor.fetchall()):
            return "its login owns the tables (or the tables are not migrated yet)"
        cursor.execute(
            "SELECT pg_has_role(current_user, tableowner::name, 'MEMBER') FROM pg_tables "
            "WHERE schemaname = 'public' AND tablename = 'staff'"
        )
        if cursor.fetchone()[0]:
            return "its login is a member of the tables' owner"
    return None


def refuse_owner_connection() -> None:
    """Stop a web process whose connection would see everybody's rows, with one line that says what to do."""
    try:
        fault = connection_fault()
    except OperationalError as error:
        sys.exit(
            f"The database does not answer. Is it running, and is DATABASE_URL right? ({str(error).splitlines()[0]})"
        )
    if fault:
        connection.close()
        sys.exit(
            f"Refusing to serve pages: {fault}. Make a web login with `manage.py create_web_login NAME` "
            "(password from WEB_LOGIN_PASSWORD) and put it into DATABASE_URL; the owner's goes into OWNER_DATABASE_URL."
        )
    connection.close()


@register(Tags.database)
def check_web_connection(app_configs, databases, **kwargs):
    """``manage.py check --database default`` in a web process."""
    if settings.WEB_PROCESS and databases and (fault := connection_fault()):
        return [Error(f"The web process must not use this connection: {fault}.", id="accounts.E001")]
    return []
