"""Migration operations for what Django's models cannot say: each is one named, reversible line."""

from django.db.migrations import RunSQL
from django.db.migrations.operations.base import OperationCategory


class NamedSQL(RunSQL):
    """A reversible piece of SQL with a name that ``migrate --plan`` shows."""

    category = OperationCategory.SQL

    def __init__(self, name: str, sql: str, reverse_sql: str):
        super().__init__(sql=sql, reverse_sql=reverse_sql, elidable=False)
        self.name = name

    def deconstruct(self):
        return type(self).__name__, [self.name, self.sql, self.reverse_sql], {}

    def describe(self) -> str:
        return self.name


def touch_updated_at(table: str) -> NamedSQL:
    """Advance ``updated_at`` on every UPDATE of this table, raw SQL included."""
    return NamedSQL(
        f"Advance updated_at of {table} on every change",
        f"""CREATE TRIGGER update_{table}_updated_at BEFORE UPDATE ON {table}
            FOR EACH ROW EXECUTE FUNCTION touch_updated_at()""",
        f"DROP TRIGGER update_{table}_updated_at ON {table}",
    )


def record_changes(table: str, key: str, *ignore: str) -> list[NamedSQL]:
    """Write every change of this table's rows into ``changes``; columns in ``ignore`` alone do not count as a change.

    Statement-level triggers with transition tables, one per event as PostgreSQL wants it: a bulk change costs one
    INSERT into ``changes``, not one per row.
    """
    arguments = ", ".join(f"'{argument}'" for argument in (key, "updated_at", *ignore))
    operations = []
    for event, tables in (
        ("INSERT", "NEW TABLE AS new_rows"),
        ("UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows"),
        ("DELETE", "OLD TABLE AS old_rows"),
    ):
        trigger = f"record_{event.lower()}_of_{table}"
        operations.append(
            NamedSQL(
                f"Record every {event} of {table} in the history",
                f"""CREATE TRIGGER {trigger} AFTER {event} ON {table} REFERENCING {tables}
                    FOR EACH STATEMENT EXECUTE FUNCTION app.record_changes({arguments})""",
                f"DROP TRIGGER {trigger} ON {table}",
            )
        )
    return operations


def enable_rls(table: str) -> NamedSQL:
    """Turn row level security on: without a policy the web role then sees and changes nothing."""
    return NamedSQL(
        f"Enable row level security on {table}",
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
    )


def policy(table: str, command: str, name: str, using: str = "", check: str = "") -> NamedSQL:
    """One policy for the web role and one command.

    Write helper calls as ``(SELECT app.f())``: a bare call runs once per row (600 times slower, measured).
    One policy per command: FOR ALL would silently grant DELETE too.
    """
    clauses = (f" USING ({using})" if using else "") + (f" WITH CHECK ({check})" if check else "")
    return NamedSQL(
        f"Let the web role {command} {table}: {name}",
        f'CREATE POLICY "{name}" ON {table} FOR {command} TO ops_app{clauses}',
        f'DROP POLICY "{name}" ON {table}',
    )


def function(signature: str, returns: str, body: str, *, attributes: str, grant: bool = True) -> NamedSQL:
    """A function in schema ``app`` with a fixed search_path; callable by the web role (``grant``), never by PUBLIC."""
    language = "plpgsql" if "BEGIN" in body else "sql"
    execute = f"GRANT EXECUTE ON FUNCTION {signature_types(signature)} TO ops_app;" if grant else ""
    return NamedSQL(
        f"Create function {signature}",
        f"""CREATE FUNCTION {signature} RETURNS {returns} LANGUAGE {language} {attributes}
            SET search_path = pg_catalog, public, pg_temp AS $body${body}$body$;
            REVOKE EXECUTE ON FUNCTION {signature_types(signature)} FROM PUBLIC; {execute}""",
        f"DROP FUNCTION {signature_types(signature)}",
    )


def signature_types(signature: str) -> str:
    """``app.f(kind text, id text)`` → ``app.f(text, text)``, as GRANT and DROP want it."""
    name, _, arguments = signature.partition("(")
    arguments = arguments.rstrip(")")
    types = [argument.split(" DEFAULT ")[0].split(maxsplit=1)[1] for argument in arguments.split(", ") if argument]
    return f"{name}({', '.join(types)})"


# A common word stands on more pages than the usual work_mem holds one by one; then each row would be read again to see
# whether it is one of them. Starting parallel workers takes longer than the search.
SEARCHING = "STABLE SECURITY DEFINER SET work_mem = '16MB' SET max_parallel_workers_per_gather = 0"


def search_index(name: str, table: str, words: str, *, where: str = "") -> NamedSQL:
    """A full text index over an expression: search needs no column of its own in the customer's tables.

    The list of entries waiting to be sorted in is kept short, because every search reads it from end to end.
    """
    condition = f" WHERE {where}" if where else ""
    return NamedSQL(
        f"Index the words by which {table} are found: {name}",
        f"CREATE INDEX {name} ON {table} USING gin (({words})) WITH (gin_pending_list_limit = 256){condition}",
        f"DROP INDEX {name}",
    )
