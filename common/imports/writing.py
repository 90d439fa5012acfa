"""Writing many rows quickly: one statement for a batch, the values sent as one piece of JSON.

Quicker than bulk_create, which makes and unmakes a model instance for each row (bench/README.md), and it works under
row policies, which COPY does not.
"""

import json
from collections import defaultdict

from django.db import DataError, IntegrityError, connection, transaction

from .problems import refused
from .tables import CHANGED, NEW

BATCH = 5000


def write_rows(table, rows, progress):
    """Write the new and the changed rows of a ModelTable. Call it inside an act.

    Of a changed row every column of the file is written but those in `table.uncompared`. Raises FileRefused if somebody
    else has come between the comparison and the writing.
    """
    pending = [row for row in rows if row.state in (NEW, CHANGED)]
    # A listing to which only a note is added is no changed listing.
    own = [row for row in pending if row.state == NEW or row.changes.keys() - table.beside]
    done = 0
    try:
        with transaction.atomic():
            for (state, names), group in _alike(own).items():
                names = [name for name in names if name not in table.beside]
                statement = _insert(table, names) if state == NEW else _update(table, names)
                for start in range(0, len(group), BATCH):
                    batch = group[start : start + BATCH]
                    with connection.cursor() as cursor:
                        cursor.execute(statement, [_as_json(batch, names)])
                    done += len(batch)
                    progress("writing", done, len(own))
            table.after_writing(pending)
    except (IntegrityError, DataError) as error:
        raise refused(
            "Nothing was written: the database refused the rows, probably because somebody changed the same records "
            f"at this moment. Run the import again. ({str(error).splitlines()[0]})"
        ) from error


def _alike(rows):
    """The rows in groups that fit into one statement: the same state, the same columns."""
    groups = defaultdict(list)
    for row in rows:
        groups[row.state, tuple(row.values)].append(row)
    return groups


def _as_json(rows, names):
    # What JSON has no word for (times, decimals) goes as text, which PostgreSQL reads by the column's type.
    return json.dumps([{name: row.values[name] for name in names} for row in rows], default=str)


def _insert(table, names):
    name = connection.ops.quote_name(table.model._meta.db_table)
    columns = ", ".join(map(connection.ops.quote_name, names))
    return f"INSERT INTO {name} ({columns}) SELECT {columns} FROM json_populate_recordset(NULL::{name}, %s)"  # noqa: S608


def _update(table, names):
    quote = connection.ops.quote_name
    name, key = quote(table.model._meta.db_table), quote(table.key)
    columns = [quote(column) for column in names if column != table.key and column not in table.uncompared]
    new = ", ".join(f"new.{column}" for column in columns)
    return (
        f"UPDATE {name} AS old SET ({', '.join(columns)}) = ROW ({new}) "  # noqa: S608
        f"FROM json_populate_recordset(NULL::{name}, %s) AS new WHERE old.{key} = new.{key}"
    )
