"""What an import has to tell, as a file for a spreadsheet."""

import csv
from collections.abc import Iterable
from typing import IO

from common.spreadsheets import harmless

from .problems import Problem

COLUMNS = ("file", "line", "column", "value", "reason", "kind")


def write_report(stream: IO[str], file_name: str, problems: Iterable[Problem]):
    """Write all problems and notices as CSV, one a line; what stood in the file is made harmless first."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for problem in problems:
        kind = "notice" if problem.is_notice else "wrong"
        writer.writerow(
            [
                harmless(file_name),
                problem.line or "",
                harmless(problem.column),
                harmless(problem.value.replace("\0", "\N{REPLACEMENT CHARACTER}")),
                problem.reason,
                kind,
            ]
        )
