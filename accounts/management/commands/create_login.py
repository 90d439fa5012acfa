"""Give a staff member a login."""

import os

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from accounts.actions import create_login
from common.history import Refused
from common.management.base import OwnerCommand


class Command(OwnerCommand):
    help = "Give an existing staff member a login, or a new password; password from LOGIN_PASSWORD."

    def add_arguments(self, parser):
        parser.add_argument("email")

    def handle_as_owner(self, *args, email, **options):
        password = os.environ.get("LOGIN_PASSWORD", "")
        try:
            validate_password(password)
            login = create_login(email, password)
        except ValidationError as error:
            raise CommandError(f"LOGIN_PASSWORD: {' '.join(error.messages)}") from None
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"{login.staff.name} may now sign in as {login.staff.email}.")
