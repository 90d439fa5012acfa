"""`manage.py import_slack_export PATH`: the messages of a workspace export, as history or as requests."""

import argparse
import sys
from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from common.progress import Progress
from slackintake.export import NotAnExport
from slackintake.imports import Report, import_export
from slackintake.models import SkipReason

NOTHING_DONE, SOME_WRONG = 2, 1


class Command(BaseCommand):
    help = (
        "Import a Slack export, ZIP or folder. Its messages are history unless --requests-since says from which day on "
        "they shall be read as requests. It can be broken off and started again, and adds nothing twice."
    )

    def add_arguments(self, parser):
        parser.add_argument("path", help="the ZIP file that Slack made, or the folder it unpacks to")
        parser.add_argument("--requests-since", type=_day, metavar="DATE", help="read messages from this day on")
        parser.add_argument(
            "--shift-days", type=int, default=0, metavar="N", help="demo data: move every date read by N days"
        )
        parser.add_argument("--dry-run", action="store_true", help="only say what would be new")

    def handle(self, *, path, requests_since, shift_days, dry_run, **options):
        with connection.cursor() as cursor:
            cursor.execute("SELECT row_security_active('staff')")
            if cursor.fetchone()[0]:
                raise CommandError("This command needs the owner's connection. Set OWNER_DATABASE_URL.")
        try:
            with Progress(self.stderr, "Slack export", "bytes") as progress:
                report = import_export(
                    path,
                    requests_since=requests_since,
                    shift_days=shift_days,
                    dry_run=dry_run,
                    show=lambda done, total: progress.show("reading", done, total),
                )
        except NotAnExport as refusal:
            raise CommandError(str(refusal), returncode=NOTHING_DONE) from None
        for line in lines_of(report, dry_run=dry_run):
            self.stdout.write(line)
        if report.wrong:
            sys.exit(SOME_WRONG)


def lines_of(report: Report, *, dry_run: bool) -> list[str]:
    """The report in words: what was left out, then the counts."""
    lines = [f"Left out: {problem}" for problem in report.problems]
    if report.wrong > len(report.problems):
        lines.append(f"Left out: {report.wrong - len(report.problems):,} more of the same kind.")
    skipped = ", ".join(
        f"{number:,} {SkipReason(reason).label.lower()}" for reason, number in sorted(report.skipped.items())
    )
    lines.append(
        f"{report.read:,} messages in {len(report.channels):,} channels: {report.new:,} "
        f"{'would be new' if dry_run else 'new'}, {report.already_here:,} here already"
        + (f" ({report.changed:,} of them brought up to date)" if report.changed else "")
        + f". To be read as requests: {report.requests:,}."
        + (f" Not to be read: {skipped}." if skipped else "")
        + (" Nothing was written." if dry_run else "")
    )
    return lines


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no day. Write it as 2026-01-23.") from None
