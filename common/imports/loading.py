"""Comparing the rows of a file with the database, and writing what is new or changed as one act."""

from collections import Counter
from dataclasses import dataclass, field

from django.db import transaction

from common.history import act
from common.soft_deletion import SoftDeleteModel

from .columns import Identifier
from .problems import Problem
from .tables import CHANGED, NEW, UNCHANGED, WRONG, Progress, Row, Rows, Table, silent
from .writing import write_rows


class Reference(Identifier):
    """The id of a row of another table; removed rows count. `also` names columns of that row to fetch as well."""

    def __init__(self, name, model, of, *, also=(), **options):
        super().__init__(name, of, **options)
        self.model = model
        self.also = also

    def find(self, ids):
        """The values of the columns in `also` of the rows that exist, by id."""
        rows = self.model.all_objects.filter(pk__in=ids).values("pk", *self.also)
        return {row.pop("pk"): row for row in rows}


class ModelTable(Table):
    """A table whose rows go into a model with soft deletion.

    `uncompared` are columns that the database keeps itself: they are stored with a new row, and neither compared nor
    written afterwards. `beside` are columns that the table does not have; `after_writing` takes them.
    """

    model: type[SoftDeleteModel]
    uncompared: tuple[str, ...] = ("updated_at",)
    beside: tuple[str, ...] = ()

    def stored(self, keys, *, lock):
        """The rows the database has under these keys, removed ones included: column to value, by key.

        `lock` keeps others from changing them until the transaction ends.
        """
        query = self.model.all_objects.filter(pk__in=keys).order_by("pk")
        if lock:
            query = query.select_for_update()
        names = {column.name for column in self.columns} - set(self.beside)
        return {row[self.key]: row for row in query.values(*names)}

    def check_in_database(self, rows: Rows, stored, found):
        """Report what only the database can tell, and complete values from it.

        `stored` as above; `found` has for each Reference column the rows that exist (Reference.find).
        """

    def after_writing(self, rows: list[Row]):
        """Write what goes with the new and changed rows: the columns in `beside`, and what hangs on the rows.

        Runs in the same act, when the rows themselves are written.
        """


@dataclass(slots=True)
class Outcome:
    """What an import did, or would do.

    `counts` has the rows by state (new, changed, unchanged, wrong). `is_written` says whether the new and changed ones
    are in the database. `rows` are all rows in the order of the file.
    """

    table: str
    counts: Counter
    rows: list[Row]
    problems: list[Problem] = field(default_factory=list)
    is_written: bool = False

    @property
    def wrong(self):
        return [problem for problem in self.problems if not problem.is_notice]

    @property
    def notices(self):
        return [problem for problem in self.problems if problem.is_notice]


def import_file(
    table: ModelTable,
    data: bytes,
    context,
    *,
    file_name: str,
    mapping=None,
    encoding=None,
    skip_bad=False,
    dry_run=False,
    progress: Progress = silent,
) -> Outcome:
    """Bring the rows of a file into the database, as one act in one transaction.

    With a wrong row nothing is written, unless `skip_bad` says to take the good ones; `dry_run` only compares.
    Running it again with the same file changes nothing. `mapping` and `encoding` as in Table.read.
    Raises FileRefused when the file as a whole cannot be taken; then nothing is written either.
    """
    rows = table.read(data, context, mapping=mapping, encoding=encoding, progress=progress)
    with transaction.atomic():
        compare(table, rows, lock=not dry_run, progress=progress)
        rows.problems.sort(key=lambda problem: problem.line or 0)
        counts = Counter(dict.fromkeys((NEW, CHANGED, UNCHANGED, WRONG), 0))
        counts.update(row.state for row in rows.rows)
        counts[WRONG] += rows.unreadable
        outcome = Outcome(table.name, counts, rows.rows, rows.problems)
        if dry_run or (counts[WRONG] and not skip_bad):
            return outcome
        if counts[NEW] or counts[CHANGED]:
            with act(verb="imported", source=f"import_{table.name}", reason=file_name):
                write_rows(table, rows.rows, progress)
        outcome.is_written = True
    return outcome


def compare(table: ModelTable, rows: Rows, *, lock=False, progress: Progress = silent):
    """Set the state of every row; report what is wrong in the light of the database. A fixed number of queries."""
    columns = [column for column in rows.columns if column]
    good = rows.good
    progress("comparing", 0, len(good))
    stored = table.stored([row.values[table.key] for row in good], lock=lock)
    found = {}
    for column in columns:
        if isinstance(column, Reference):
            found[column.name] = _report_unknown(column, rows)
        if column.name in table.unique:
            _report_taken(table, column, rows)
    table.check_in_database(rows, stored, found)
    # Also columns that the file does not have: check_in_database may have added a value.
    compared = [column for column in table.columns if column.name not in table.uncompared]
    for row in rows.good:
        former = stored.get(row.values[table.key])
        if former is None:
            row.state = NEW
            continue
        for column in compared:
            if column.name in row.values:
                old, new = former[column.name], row.values[column.name]
                if not column.same(old, new):
                    row.changes[column.name] = (column.shown(old), column.shown(new))
        row.state = CHANGED if row.changes else UNCHANGED
    progress("comparing", len(good), len(good))


def _report_unknown(column, rows):
    ids = {row.values.get(column.name) for row in rows.rows} - {None}
    found = column.find(ids) if ids else {}
    for row in rows.rows:
        identity = row.values.get(column.name)
        if identity is not None and identity not in found:
            rows.report(row, column.name, f"is the id of no {column.of} in the database.")
    return found


def _report_taken(table, column, rows):
    """Report values that another row of the database holds: UNIQUE counts removed rows too."""
    values = {row.values.get(column.name) for row in rows.rows} - {None}
    others = table.model.all_objects.filter(**{f"{column.name}__in": values})
    holders = {value: holder for value, *holder in others.values_list(column.name, "pk", "name", "deleted_at")}
    for row in rows.rows:
        key, name, deleted_at = holders.get(row.values.get(column.name), (None, "", None))
        if key is not None and key != row.values.get(table.key):
            removed = ", who has been removed" if deleted_at else ""
            rows.report(row, column.name, f"belongs to {name} already{removed} (id {key}).")
