"""`manage.py worker`: does what Slack, people and the clock have left to be done."""

import signal

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from slackintake.worker import Worker


class Command(BaseCommand):
    help = "Read messages from Slack, answer there, and run the jobs of the clock. Several may run at once."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="do what is due now, then end")

    def handle(self, *, once: bool, **options):
        worker = Worker()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: worker.stop())
        worker.when_connected(_require_owner)
        if once:
            worker.work_until_idle()
        else:
            self.stdout.write(f"Worker {worker.name} is at work.")
            self.stdout.flush()
            worker.run()
            self.stdout.write(f"Worker {worker.name} has stopped.")


def _require_owner() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_security_active('staff')")
        if cursor.fetchone()[0]:
            raise CommandError(
                "The worker needs the owner's connection, but it is connected as the web role. "
                "Set OWNER_DATABASE_URL to the owner's address."
            )
