"""What a table's file must look like, and its records as checked rows. Knows no database."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from .columns import LEAVE, Column
from .problems import FileRefused, Problem, Wrong
from .reading import read_sheet

NEW, CHANGED, UNCHANGED, WRONG = "new", "changed", "unchanged", "wrong"

STEP = 500
"""After so many rows the progress is told."""

Progress = Callable[[str, int, int], None]
"""Called with the phase ("reading", "comparing", "writing"), the rows done and the rows there are."""


def silent(phase: str, done: int, total: int):
    """The Progress of those who need not know."""


@dataclass(slots=True)
class Row:
    """One record: the line on which it begins, its fields as they stand, and the values that could be read.

    `values` is keyed by column. A column that is absent is left as the database has it. The comparison with the
    database sets `state`, and for a changed row `changes`: column to old and new value, as text.
    """

    line: int
    fields: list[str]
    values: dict
    state: str = ""
    changes: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def is_wrong(self):
        return self.state == WRONG


@dataclass(slots=True)
class Rows:
    """The rows of a file with everything there is to tell about them.

    `columns` are those of the file in their order; None is one that is passed over. `unreadable` counts the records
    that could not be split into fields.
    """

    columns: list[Column | None]
    separator: str
    encoding: str
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unreadable: int = 0

    def report(self, row, column_name, reason, *, is_notice=False):
        """Tell something about a cell of a row; without `is_notice` the row is wrong from now on."""
        if not is_notice:
            row.state = WRONG
        self.problems.append(Problem(row.line, column_name, self.cell(row, column_name), reason, is_notice))

    def cell(self, row, column_name):
        """The text of a row's cell as it stands in the file, empty where there is none."""
        for column, text in zip(self.columns, row.fields, strict=False):
            if column and column.name == column_name:
                return text
        return ""

    @property
    def good(self):
        return [row for row in self.rows if not row.is_wrong]


class Table:
    """The form of one table's files. Subclasses say what the columns are and what must hold between them.

    Of the columns `key` and `unique` no value may occur twice in a file.
    """

    name: str
    columns: tuple[Column, ...]
    key: str
    unique: tuple[str, ...] = ()

    def check(self, values) -> Iterator[tuple[str, str, bool]]:
        """What is wrong between the cells of one row: column, reason, and whether it is but a notice."""
        return iter(())

    def read(self, data, context, *, mapping=None, encoding=None, progress: Progress = silent):
        """The bytes of a file as Rows.

        `mapping` renames the file's columns (name in the file: name here, None to pass it over); `encoding` as in
        `reading.read_sheet`. Raises FileRefused when the file as a whole cannot be taken.
        """
        known = {column.name: column for column in self.columns}
        sheet = read_sheet(data, {*known, *(mapping or ())}, encoding)
        columns = self._columns_of(sheet.header, known, mapping or {})
        if not sheet.records and not sheet.broken:
            raise FileRefused(Problem(None, "", "", "The file has a header but no rows."))
        rows = Rows(columns, sheet.separator, sheet.encoding, problems=[*sheet.notices, *sheet.broken])
        rows.unreadable = len(sheet.broken)
        self._read_records(sheet.records, rows, context, progress)
        self._find_repeated(rows)
        rows.problems.sort(key=lambda problem: problem.line or 0)
        return rows

    def _columns_of(self, header, known, mapping):
        problems, columns = [], []
        for number, written in enumerate(header.fields, start=1):
            name = mapping.get(written.strip(), written.strip().lower())
            column = known.get(name) if name else None
            if column is None and name is not None:
                what = f"the column “{written.strip()}” is not known" if name else f"column {number} has no name"
                problems.append(Problem(header.line, name, "", f"{what}."))
            elif column is not None and column in columns:
                problems.append(Problem(header.line, name, "", f"the column “{name}” stands twice in the header."))
            columns.append(column)
        problems.extend(
            Problem(header.line, column.name, "", f"the column “{column.name}” is missing.")
            for column in self.columns
            if column.required and column not in columns
        )
        if problems:
            names = ", ".join(known)
            problems.append(Problem(None, "", "", f"The columns of {self.name} are: {names}."))
            raise FileRefused(*problems)
        return columns

    def _read_records(self, records, rows, context, progress):
        width = len(rows.columns)
        for number, record in enumerate(records, start=1):
            if number % STEP == 0 or number == len(records):
                progress("reading", number, len(records))
            row = Row(record.line, record.fields, {})
            rows.rows.append(row)
            if len(record.fields) == width:
                self._read_cells(row, rows, context)
            else:
                rows.report(row, "", _ragged(len(record.fields), width))
            if not row.is_wrong:
                for column_name, reason, is_notice in self.check(row.values):
                    rows.report(row, column_name, reason, is_notice=is_notice)

    def _read_cells(self, row, rows, context):
        values = row.values
        notices = context.notices
        for column, text in zip(rows.columns, row.fields, strict=True):
            if column is None:
                continue
            text = text.strip()
            if not text:
                if column.required:
                    rows.report(row, column.name, "is empty.")
                elif column.empty is not LEAVE:
                    values[column.name] = column.empty
                continue
            try:
                values[column.name] = column.read(text, context)
            except Wrong as wrong:
                rows.report(row, column.name, str(wrong))
                notices.clear()
            while notices:
                rows.report(row, column.name, notices.pop(0), is_notice=True)

    def _find_repeated(self, rows):
        """Report every value of a unique column that stood on an earlier line."""
        for name in (self.key, *self.unique):
            first_lines: dict[object, int] = {}
            for row in rows.rows:
                value = row.values.get(name)
                if value is None:
                    continue
                line = first_lines.setdefault(value, row.line)
                if line != row.line:
                    rows.report(row, name, f"repeats line {line}.")


def _ragged(found, expected):
    if found < expected:
        return f"the line has {found} fields, {expected - found} too few; the header has {expected}."
    return f"the line has {found} fields, {found - expected} too many; the header has {expected}."


def out_of_order(values, *pairs):
    """What Table.check yields for each pair of times (earlier, later) of a row that stand the wrong way round."""
    for earlier, later in pairs:
        first, second = values.get(earlier), values.get(later)
        if first and second and second < first:
            yield later, f"lies before {earlier}.", False
