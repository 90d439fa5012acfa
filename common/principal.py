"""Who is acting: a signed setting of the current transaction that every row policy asks for.

The setting is ``kind:id:expiry:hmac``. An injected statement can set it but cannot sign it, so it cannot become
somebody else (docs/security.md). It ends with the transaction; without it the web role sees no rows.
"""

import hashlib
import hmac
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

from django.conf import settings
from django.db import connection, transaction

KINDS = ("staff", "realtor", "system")
SYSTEM_IDENTITIES = ("slack-intake", "command", "clock")
OWNER_IDENTITIES = ("command", "clock")  # these act on the owner's connection
WEB_ROLE = "ops_app"
LIFETIME = 300  # seconds, judged at the start of a transaction, so a long import does not lose its principal half-way


class Principal(NamedTuple):
    """The one who is acting: a staff member, a realtor, or one of the closed list of system identities."""

    kind: str
    id: str


_current: ContextVar[Principal | None] = ContextVar("principal", default=None)


def current_principal() -> Principal | None:
    return _current.get()


def current_staff_id() -> str | None:
    """The ULID of the staff member who is acting; None for the system and for nobody."""
    principal = _current.get()
    return principal.id if principal and principal.kind == "staff" else None


def sign(kind: str, identity: str, *, expires_at: int | None = None) -> str:
    """The setting's text for a principal, signed with the first key of ``PRINCIPAL_KEYS``."""
    expiry = int(time.time()) + LIFETIME if expires_at is None else expires_at
    message = f"{kind}:{identity}:{expiry}"
    digest = hmac.new(settings.PRINCIPAL_KEYS[0].encode(), message.encode(), hashlib.sha256).hexdigest()
    return f"{message}:{digest}"


@contextmanager
def acting_as(kind: str | None, identity: str = "", *, as_web_role: bool = False) -> Iterator[None]:
    """Own one transaction in which every statement runs as this principal; ``None`` is nobody.

    Nested inside another transaction it opens a savepoint and restores the former principal afterwards.
    On the owner's connection no policy binds: with ``as_web_role`` (commands and the worker, where they do something
    for a person) or ``settings.RLS_SET_ROLE`` (tests) it also takes on the web role.
    """
    if kind is not None and (kind not in KINDS or (kind == "system" and identity not in SYSTEM_IDENTITIES)):
        raise ValueError(f"Unknown principal: {kind} {identity}")
    role = WEB_ROLE if as_web_role else "" if identity in OWNER_IDENTITIES else settings.RLS_SET_ROLE
    nested = connection.in_atomic_block
    wanted = {"app.principal": sign(kind, identity) if kind else ""}
    if role or settings.RLS_SET_ROLE:
        wanted["role"] = role or "none"
    if nested:
        wanted["app.act"] = ""  # what this principal does is no part of the former one's act
    token = _current.set(Principal(kind, identity) if kind else None)
    try:
        with transaction.atomic():
            former = _read(wanted) if nested else None
            _write(wanted)
            yield
            # After an error PostgreSQL puts the settings back itself, with the savepoint or the transaction.
            if former is not None and not connection.needs_rollback:
                _write(former)
    finally:
        _current.reset(token)


def _read(names: Iterable[str]) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, coalesce(current_setting(name, true), '') FROM unnest(%s::text[]) name", [[*names]]
        )
        return dict(cursor.fetchall())


def _write(values: dict[str, str]) -> None:
    """Set these until the end of the transaction."""
    calls = ", ".join(["set_config(%s, %s, true)"] * len(values))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {calls}", [part for pair in values.items() for part in pair])
