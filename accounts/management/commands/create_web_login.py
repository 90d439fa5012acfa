"""Make the database login that web processes use."""

import os

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from psycopg import sql


class Command(BaseCommand):
    help = "Make (or give a new password to) a login of the web role ops_app; password from WEB_LOGIN_PASSWORD."

    def add_arguments(self, parser):
        parser.add_argument("name", help="name of the login, for DATABASE_URL")

    def handle(self, *args, name, **options):
        password = os.environ.get("WEB_LOGIN_PASSWORD", "")
        if len(password) < 12:
            raise CommandError("Set WEB_LOGIN_PASSWORD to a password of 12 characters or more.")
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = %s", [name])
            existing = cursor.fetchone()
            if existing and existing[0]:
                raise CommandError(f"{name} is a superuser or bypasses row level security. Choose another name.")
            login, verb = sql.Identifier(name), sql.SQL("ALTER" if existing else "CREATE")
            statement = sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD {}")
            if existing:
                statement = sql.SQL("{} ROLE {} LOGIN PASSWORD {}")
            cursor.execute(statement.format(verb, login, sql.Literal(password)).as_string(cursor.connection))
            cursor.execute(sql.SQL("GRANT ops_app TO {}").format(login).as_string(cursor.connection))
        self.stdout.write(f"{name} may now serve pages: use it in DATABASE_URL.")
