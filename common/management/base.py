"""The base of every management command that reads or writes rows."""

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from common.principal import acting_as


class OwnerCommand(BaseCommand):
    """Runs as the owner under the identity ``command``.

    Under the web role row policies would hide rows, and the command would report 0 instead of failing.
    """

    def handle(self, *args, **options):
        with connection.cursor() as cursor:
            cursor.execute("SELECT row_security_active('staff')")
            if cursor.fetchone()[0]:
                raise CommandError(
                    "This command needs the owner's connection, but it is connected as the web role. "
                    "Set OWNER_DATABASE_URL to the owner's address."
                )
        with acting_as("system", "command"):
            return self.handle_as_owner(*args, **options)

    def handle_as_owner(self, *args, **options):
        """What the command does; the transaction around it is open and belongs to the identity ``command``."""
        raise NotImplementedError
