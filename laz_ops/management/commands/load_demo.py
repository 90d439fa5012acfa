from datetime import date, timedelta
from io import StringIO

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts.actions import create_demo_logins
from common.clock import office_now
from common.history import Refused
from common.management.base import OwnerCommand
from laz_ops.demo_messages import say_messages
from staff.models import Staff

FOLDER = settings.BASE_DIR / "demo"
TABLES = ("staff", "realtors", "listings", "activities", "agent_tasks")
WRITTEN_ON = date(2026, 1, 26)
"""The day that is "today" in the demo data."""
DAYS_OF_REQUESTS = 3
"""So many days of the demo's Slack messages are read as requests; what is older is history."""


class Command(OwnerCommand):
    help = (
        "Load the demo data into an empty database, moved in time so that it plays today, and make the demo logins. "
        "All or nothing; where there are people already it only makes the logins that are missing."
    )

    def handle_as_owner(self, *args, **options):
        if not settings.DEMO:
            raise CommandError("Demo data is for the local database that ./run starts, and this is another one.")
        if Staff.all_objects.exists():
            self.stdout.write("The database has people already, so no demo data is loaded.")
        else:
            self._load()
        try:
            people = create_demo_logins()
        except Refused as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(f"Demo logins made: {len(people)}.")

    def _load(self):
        """Import the files through their commands; the transaction around them makes them one."""
        shift_days, steps = (office_now().date() - WRITTEN_ON).days, len(TABLES) + 2
        for number, table in enumerate(TABLES, start=1):
            said = StringIO()
            call_command(
                f"import_{table}", FOLDER / f"{table}.csv", shift_days=shift_days, stdout=said, stderr=self.stderr
            )
            summary = said.getvalue().splitlines()[-1]
            self.stdout.write(f"Demo data {number} of {steps}: {summary}")
        said = StringIO()
        call_command(
            "import_slack_export",
            FOLDER / "slack_export_sample.zip",
            requests_since=WRITTEN_ON - timedelta(days=DAYS_OF_REQUESTS),
            shift_days=shift_days,
            stdout=said,
            stderr=self.stderr,
        )
        self.stdout.write(f"Demo data {len(TABLES) + 1} of {steps}: {said.getvalue().splitlines()[-1]}")
        number = say_messages(FOLDER / "slack_messages.json", now=office_now())
        self.stdout.write(f"Demo data {steps} of {steps}: {number} messages of today came in through Slack's door.")
