import argparse
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.db import connection

from accounts.actions import DEMO_PASSWORD, create_logins
from common.clock import office_now, start_of_day
from common.management.base import OwnerCommand
from common.progress import Progress
from laz_ops.load_rows import COLUMNS, Load
from staff.models import Role

SIX_TABLES = ("staff", "realtors", "listings", "activities", "agent_tasks", "slack_messages")
# What TRUNCATE … CASCADE does not reach, because it names its rows without foreign keys.
BESIDE = ("listings_note", "accounts_session", "acts", "changes")
LARGEST_SCALE = 100
HISTORY = settings.BASE_DIR / "laz_ops" / "load_history.sql"


def scale(text: str) -> float:
    number = float(text)
    if not 0 < number <= LARGEST_SCALE:
        raise argparse.ArgumentTypeError(f"{text} is not above 0 and up to {LARGEST_SCALE}")
    return number


class Command(OwnerCommand):
    help = (
        "Fill an empty database with invented rows and make logins for its people. Scale 1 is the upper expected load "
        "(100,000 activities); 10 has ten times the tasks and messages. The same scale and day give the same rows. "
        "All or nothing: broken off, it leaves the database as it was."
    )

    def add_arguments(self, parser):
        parser.add_argument("--scale", type=scale, default=1, metavar="N", help="1 unless given; 0.01 is a taste")
        parser.add_argument("--today", type=date.fromisoformat, metavar="YYYY-MM-DD", help="the day it plays on")
        parser.add_argument("--password", help="of all logins; needed outside demo mode")
        parser.add_argument("--empty", action="store_true", help="empty the database first (demo mode only)")

    def handle(self, *args, **options):
        started = time.monotonic()
        options["password"] = self._password(options["password"])
        if options["empty"] and not settings.DEMO:
            raise CommandError("--empty is for the local database that ./run starts. Make a new, empty database here.")
        super().handle(*args, **options)
        # After the commit, as VACUUM must be: from now on plans are those of a house that has run for a while.
        with connection.cursor() as cursor:
            cursor.execute(f"VACUUM (ANALYZE) {', '.join([*COLUMNS, 'acts', 'changes'])}")
        self.stdout.write(f"Filled in {time.monotonic() - started:.0f} s. The password of all: {options['password']}")

    def handle_as_owner(self, **options):
        today = options["today"] or office_now().date()
        load = Load(options["scale"], start_of_day(today))
        self._make_room(options["empty"])
        with self._recording_silent():
            for table in COLUMNS:
                self._copy(table, load)
            self.stderr.write("history: writing", style_func=str)
            self._run(HISTORY.read_text())
        people = create_logins(options["password"])
        self.stdout.write(f"{len(people)} people may sign in. One of each role:")
        for role in Role:
            first = next(person for person in people if person.role == role)
            self.stdout.write(f"  {role.label:<10}  {first.email}")

    def _password(self, password: str | None) -> str:
        if settings.DEMO:
            return password or DEMO_PASSWORD
        if password is None or password == DEMO_PASSWORD:
            raise CommandError("Outside demo mode name a password of your own for the logins: --password PASSWORD")
        try:
            validate_password(password)
        except ValidationError as error:
            raise CommandError(f"--password: {' '.join(error.messages)}") from None
        return password

    def _make_room(self, is_emptied: bool) -> None:
        with connection.cursor() as cursor:
            if is_emptied:
                cursor.execute(f"TRUNCATE {', '.join([*SIX_TABLES, *BESIDE])} RESTART IDENTITY CASCADE")
            for table in SIX_TABLES:
                cursor.execute(f"SELECT EXISTS (SELECT FROM {table})")  # noqa: S608 - our own names
                if cursor.fetchone()[0]:
                    hint = " Add --empty to throw that away." if settings.DEMO else ""
                    raise CommandError(f"The table {table} holds rows already, and nothing was done.{hint}")

    @contextmanager
    def _recording_silent(self) -> Iterator[None]:
        """Within this transaction nothing is recorded, and acts may be written that have been done long ago."""
        silent = [*((table, f"record_insert_of_{table}") for table in COLUMNS), ("acts", "USER")]
        self._run("; ".join(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}" for table, trigger in silent))
        yield
        self._run("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks still to come cannot be altered
        self._run("; ".join(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}" for table, trigger in silent))

    def _run(self, statements: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statements)

    def _copy(self, table: str, load: Load) -> None:
        """One COPY, so that the trigger that keeps the listings' progress runs once."""
        total = load.counts.get(table, 0)
        statement = f"COPY {table} ({COLUMNS[table]}) FROM STDIN"
        with Progress(self.stderr, table) as progress, connection.cursor() as cursor, cursor.copy(statement) as copy:
            for number, row in enumerate(load.rows(table), start=1):
                copy.write_row(row)
                if number % 1000 == 0:
                    progress.show("writing", number, max(total, number))
