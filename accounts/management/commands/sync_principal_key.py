"""Write the signing keys of ``PRINCIPAL_KEY`` into the database; part of every release, after migrate."""

import hashlib

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection, transaction

BLOCK = 64  # bytes of a SHA-256 block (RFC 2104)


def pads(key: str) -> tuple[bytes, bytes]:
    """The inner and outer pad of HMAC-SHA256 for this key."""
    secret = key.encode()
    if len(secret) > BLOCK:
        secret = hashlib.sha256(secret).digest()
    secret = secret.ljust(BLOCK, b"\0")
    return bytes(byte ^ 0x36 for byte in secret), bytes(byte ^ 0x5C for byte in secret)


class Command(BaseCommand):
    help = "Write the keys of PRINCIPAL_KEY into the database; keys no longer listed are accepted no more."

    def handle(self, *args, **options):
        rows = [(hashlib.sha256(key.encode()).hexdigest()[:16], *pads(key)) for key in settings.PRINCIPAL_KEYS]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM app.principal_key WHERE fingerprint <> ALL (%s)",
                [[fingerprint for fingerprint, *_ in rows]],
            )
            cursor.executemany("INSERT INTO app.principal_key VALUES (%s, %s, %s) ON CONFLICT DO NOTHING", rows)
        self.stdout.write(f"{len(rows)} signing {'key' if len(rows) == 1 else 'keys'} in force.")
