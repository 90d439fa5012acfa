"""The base of the commands that import a file."""

import os
import tempfile
from argparse import ArgumentTypeError
from pathlib import Path

from django.core.management.base import CommandError
from django.utils import timezone

from common.clock import office_zone
from common.imports.columns import Context
from common.imports.loading import ModelTable, Outcome, import_file
from common.imports.problems import FileRefused
from common.imports.reading import ENCODINGS
from common.imports.report import write_report
from common.imports.tables import CHANGED, NEW, UNCHANGED, WRONG
from common.management.base import OwnerCommand
from common.progress import Progress

SOME_ROWS_WRONG, NOTHING_DONE = 1, 2
MOST_LINES_SHOWN = 40
MOST_DAYS = 36_500


def days(text: str) -> int:
    """A number of days for `--shift-days`."""
    try:
        number = int(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a whole number of days") from None
    if abs(number) > MOST_DAYS:
        raise ArgumentTypeError(f"{text} days are more than a hundred years")
    return number


class ImportCommand(OwnerCommand):
    """Import a CSV file into one table: all rows or none, unless told to skip the wrong ones.

    Ends with 0 when all is well, 1 when some rows are wrong and the good ones were taken (or would be, in a dry run),
    2 when nothing was done. Subclasses name the `table`.
    """

    table: type[ModelTable]

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="the CSV file")
        parser.add_argument("--dry-run", action="store_true", help="compare and report, write nothing")
        parser.add_argument("--skip-bad", action="store_true", help="take the good rows and leave the wrong ones")
        parser.add_argument("--report", type=Path, metavar="FILE", help="write everything there is to tell as CSV")
        parser.add_argument("--shift-days", type=days, default=0, metavar="N", help="move every time by N days")
        parser.add_argument("--encoding", choices=ENCODINGS, help="the encoding, where the file does not tell")

    def handle(self, *args, **options):
        file, report = Path(options["file"]), options["report"] and Path(options["report"])
        data = self._read(file)
        if report:
            self._check_report(report, file)
        try:
            # The transaction ends in here: whatever is said afterwards speaks of what is in the database for good.
            outcome = super().handle(**options | {"file": file, "data": data})
        except FileRefused as refusal:
            self._write_report(report, file, refusal.problems)
            raise CommandError(self._refusal(refusal, file), returncode=NOTHING_DONE) from None
        except KeyboardInterrupt:
            raise CommandError(f"{file.name}: stopped, nothing was written.", returncode=NOTHING_DONE) from None
        self._write_report(report, file, outcome.problems)
        self._tell(outcome, file, options)

    def handle_as_owner(self, *, file, data, **options):
        context = Context(office_zone(), timezone.now(), options["shift_days"])
        with Progress(self.stderr, file.name) as progress:
            return import_file(
                self.table(),
                data,
                context,
                file_name=file.name,
                encoding=options["encoding"],
                skip_bad=options["skip_bad"],
                dry_run=options["dry_run"],
                progress=progress.show,
            )

    def _read(self, file):
        try:
            return file.read_bytes()
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.", returncode=NOTHING_DONE) from None

    def _check_report(self, report, file):
        """Find out before the import, not after it, that the report has no place to go."""
        if report.resolve() == file.resolve():
            raise CommandError("The report would overwrite the file itself. Name another one.", returncode=NOTHING_DONE)
        if report.is_dir() or not os.access(report.parent, os.W_OK):
            raise CommandError(f"{report} cannot be written. Name another file.", returncode=NOTHING_DONE)

    def _write_report(self, report, file, problems):
        if not report:
            return
        try:
            with tempfile.NamedTemporaryFile(
                "w", dir=report.parent, encoding="utf-8-sig", newline="", delete=False
            ) as draft:
                write_report(draft, file.name, problems)
            os.replace(draft.name, report)
        except OSError as error:
            self.stderr.write(f"The report {report} could not be written: {error.strerror}.")

    def _refusal(self, refusal, file):
        lines = [f"{file.name}: {problem}" for problem in refusal.problems]
        if refusal.code == "encoding":
            lines.append("If the file is in Windows-1252, say so: --encoding windows-1252")
        return "\n".join([*lines, "Nothing was written."])

    def _tell(self, outcome: Outcome, file, options):
        if options["dry_run"] or options["verbosity"] > 1:
            self._tell_changes(outcome, file)
        self._tell_lines(self.stdout, "notice", [f"{file.name} {problem}" for problem in outcome.notices])
        self._tell_lines(self.stderr, "wrong", [f"{file.name} {problem}" for problem in outcome.wrong])
        counts = outcome.counts
        self.stdout.write(
            f"{file.name}: {counts[NEW]:,} new, {counts[CHANGED]:,} changed, {counts[UNCHANGED]:,} unchanged, "
            f"{counts[WRONG]:,} wrong; notices: {len(outcome.notices):,}."
            + (" Dry run: nothing was written." if options["dry_run"] else "")
        )
        if not counts[WRONG]:
            return
        if options["dry_run"]:
            raise CommandError("Some rows are wrong; they are named above.", returncode=SOME_ROWS_WRONG)
        if not outcome.is_written:
            raise CommandError(
                "Nothing was written, because rows are wrong. Mend them, or take the good ones with --skip-bad.",
                returncode=NOTHING_DONE,
            )
        if not (counts[NEW] or counts[CHANGED] or counts[UNCHANGED]):
            raise CommandError("Nothing was written: not one row is good.", returncode=NOTHING_DONE)
        raise CommandError(
            "The good rows are in; mend the wrong ones and import the file again.", returncode=SOME_ROWS_WRONG
        )

    def _tell_changes(self, outcome, file):
        lines = [
            f"{file.name} line {row.line}, {column}: “{old}” → “{new}”"
            for row in outcome.rows
            if row.state == CHANGED
            for column, (old, new) in row.changes.items()
        ]
        self._tell_lines(self.stdout, "change", lines)

    def _tell_lines(self, stream, kind, lines):
        for line in lines[:MOST_LINES_SHOWN]:
            stream.write(f"{kind}: {line}")
        if len(lines) > MOST_LINES_SHOWN:
            stream.write(f"{kind}: … and {len(lines) - MOST_LINES_SHOWN:,} more; --report FILE has all of them.")
