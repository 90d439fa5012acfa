"""Work that survives its workers: taking, finishing and giving back the rows of the queues.

A queue is a table of `Work`. What may be forgotten is never in memory: a worker takes one row by a lease in the
table, does everything in one transaction, and finishes the row in the same transaction. If it dies before the commit,
nothing has happened, and the row is due again when the lease runs out.
"""

import random
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import connection, models, transaction
from django.db.models.functions import Now

from slackintake.models import Work

CHANNEL = "slackintake"
"""The name under which PostgreSQL tells the workers that there is something to do."""

LEASE = timedelta(seconds=30)
MAX_ATTEMPTS = 3
FIRST_DELAY_SECONDS = 2.0
KILLED = "The worker died three times over this. Look into its log before you let it run again."

AnyWork = TypeVar("AnyWork", bound=Work)


class Overtaken(Exception):
    """The lease ran out and another worker has the row, or it was made due again: nothing of this try may stay."""


def wake_workers() -> None:
    """Tell the workers that something is due, once the running transaction is committed.

    Not in the transaction itself: commits that notify stand in one queue, and each, Slack's door included, would wait
    for the disk of those before it. Where the call gets lost, the workers look by themselves a second later.
    """
    transaction.on_commit(_notify, robust=True)


def _notify() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {CHANNEL}")


def take(queue: type[AnyWork]) -> AnyWork | None:
    """Lease the row that has been due longest; None if none is due. Call it outside a transaction.

    The try is counted and committed before any work begins, so that even what kills its worker is counted.
    """
    table, key = queue._meta.db_table, queue._meta.pk.column
    rows = queue._default_manager.raw(
        f"""UPDATE {table} SET due_at = statement_timestamp() + %s, attempts = attempts + 1, lease = lease + 1
            WHERE {key} = (
                SELECT {key} FROM {table} WHERE finished_at IS NULL AND due_at <= statement_timestamp()
                ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED
            ) RETURNING *""",  # noqa: S608  names of our own tables
        [LEASE],
    )
    return next(iter(rows), None)


def finish(work: Work, **result: object) -> None:
    """Mark the row as done, inside the transaction that does it. Raises Overtaken if this lease is no longer valid."""
    _write(work, finished_at=Now(), error=None, **result)


def postpone(work: Work, until: datetime | models.Expression) -> None:
    """Let the row be due later, without counting this try. Raises Overtaken if this lease is no longer valid."""
    _write(work, due_at=until, attempts=0)


def give_back(work: Work, reason: str) -> bool:
    """Note why the try failed and let the row be due again later; return True if it was the last try.

    After the third try the row is finished and failed. The delay doubles each time and is never the same for two rows,
    so that a hundred rows which failed together do not come back together.
    """
    if work.attempts >= MAX_ATTEMPTS:
        fail(work, reason)
        return True
    seconds = FIRST_DELAY_SECONDS * 4 ** (work.attempts - 1) * random.uniform(0.75, 1.5)  # noqa: S311  no secret
    _write(work, due_at=Now() + timedelta(seconds=seconds), error=reason)
    return False


def fail(work: Work, reason: str) -> None:
    """Finish the row as failed. Raises Overtaken if this lease is no longer valid."""
    _write(work, finished_at=Now(), error=reason)


def make_due(queue: type[Work], *, at: models.Expression | None = None, **which: object) -> int:
    """Let rows be done once more, however they ended; whoever works on them now is overtaken. Return how many."""
    return queue._default_manager.filter(**which).update(
        due_at=at or Now(), attempts=0, lease=models.F("lease") + 1, finished_at=None, error=None
    )


def _write(work: Work, **values: object) -> None:
    written = type(work)._default_manager.filter(pk=work.pk, lease=work.lease, finished_at=None).update(**values)
    if not written:
        raise Overtaken
