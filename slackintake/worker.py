"""The worker: takes what is due from the queues, one piece at a time, until it is told to stop.

Any number may run at once; they share nothing but the tables. Killed at any point, a worker leaves nothing half done
(see `queue`). It is woken by PostgreSQL and looks by itself every second or two, in case a call was missed.
"""

import logging
import os
import random
import socket
import time
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection, connections, transaction
from django.db.models.functions import Now

from common.history import act
from common.principal import acting_as
from slackintake import replies
from slackintake.clock import run_due_jobs
from slackintake.models import Heartbeat, ProcessingStatus, ReadingJob, Reply, SlackEvent, SlackMessage, Work
from slackintake.queue import (
    CHANNEL,
    KILLED,
    MAX_ATTEMPTS,
    AnyWork,
    Overtaken,
    fail,
    finish,
    give_back,
    postpone,
    take,
)
from slackintake.receiving import receive
from slackintake.resolving import Wait, resolve

logger = logging.getLogger(__name__)

IDLE_SECONDS = 1.0
HEARTBEAT_SECONDS = 5.0
CLOCK_SECONDS = 5.0
RECONNECT_SECONDS = (0.2, 5.0)


class Worker:
    """One process's loop. `stop()` may be called from a signal handler."""

    def __init__(self) -> None:
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self._is_stopping = False
        self._next_beat = self._next_clock = self._next_reply = 0.0
        self._listener: _Listener | None = None

    def stop(self) -> None:
        """Let the loop end after the piece of work that is in hand."""
        self._is_stopping = True

    def run(self) -> None:
        """Work until stopped. While the database is away it waits and connects again."""
        while not self._is_stopping:
            self.when_connected(self._turn)
        self._disconnect()

    def when_connected(self, do: Callable[[], object]) -> None:
        """Do something with the database, again and again until it is there; give up only when stopped."""
        delay = RECONNECT_SECONDS[0]
        while not self._is_stopping:
            try:
                do()
            except (OperationalError, InterfaceError) as error:
                logger.warning("The database is away, trying again: %s", str(error).strip().partition("\n")[0])
                self._disconnect()
                time.sleep(delay * random.uniform(0.75, 1.25))  # noqa: S311  no secret
                delay = min(delay * 2, RECONNECT_SECONDS[1])
            else:
                return

    def _turn(self) -> None:
        if not self.work_once() and not self._is_stopping:
            self._wait()

    def work_once(self) -> bool:
        """Do one piece of each sort of work that is due; return whether there was any."""
        self._beat()
        did_something = self._do(SlackEvent, work_on_event)
        did_something |= self._do(ReadingJob, work_on_message)
        did_something |= self._reply()
        now = time.monotonic()
        if now >= self._next_clock:
            self._next_clock = now + CLOCK_SECONDS
            run_due_jobs()
        return did_something

    def work_until_idle(self) -> None:
        """Do all that is due now: for tests, and for `worker --once`."""
        while not self._is_stopping and self.work_once():
            pass

    def _do(self, queue: type[AnyWork], work_on: Callable[[AnyWork], None]) -> bool:
        work = take(queue)
        if work is None:
            return False
        if work.attempts > MAX_ATTEMPTS:
            _give_up(work, KILLED)
            return True
        try:
            work_on(work)
        except Overtaken:
            logger.info("Somebody else has %s by now.", work)
        except replies.RateLimited:
            raise
        except (OperationalError, InterfaceError):
            # The database went away: that says nothing about the work, which is due again when its lease ends.
            raise
        except Exception as error:
            logger.exception("Could not finish %s.", work)
            _note_failure(work, f"{type(error).__name__}: {error}")
        return True

    def _reply(self) -> bool:
        now = time.monotonic()
        if now < self._next_reply or not replies.can_send():
            return False
        try:
            did_something = self._do(Reply, replies.send)
        except replies.RateLimited as limit:
            self._next_reply = now + limit.seconds
            return True
        if did_something:
            self._next_reply = now + settings.SLACK_REPLY_PAUSE
        return did_something

    def _beat(self) -> None:
        now = time.monotonic()
        if now >= self._next_beat:
            self._next_beat = now + HEARTBEAT_SECONDS
            Heartbeat.objects.update_or_create(worker=self.name, defaults={"seen_at": Now()})

    def _wait(self) -> None:
        if self._listener is None:
            self._listener = _Listener()
            # What was due before we listened has not called us.
            return
        self._listener.wait(IDLE_SECONDS)

    def _disconnect(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        connection.close()


def work_on_event(event: SlackEvent) -> None:
    """Write what an event says into the messages."""
    with acting_as("system", "slack-intake"):
        finish(event, outcome=receive(event))


def work_on_message(job: ReadingJob) -> None:
    """Read a message and do what follows, or let it wait for its neighbours."""
    with acting_as("system", "slack-intake"):
        result = resolve(job)
        if isinstance(result, Wait):
            postpone(job, result.until)
        else:
            finish(job)


def _note_failure(work: Work, reason: str) -> None:
    try:
        with transaction.atomic():
            is_over = give_back(work, reason)
            if is_over:
                _mark_message(work, reason)
    except Overtaken:
        logger.info("Somebody else has %s by now.", work)


def _give_up(work: Work, reason: str) -> None:
    try:
        with transaction.atomic():
            fail(work, reason)
            _mark_message(work, reason)
    except Overtaken:
        logger.info("Somebody else has %s by now.", work)


def _mark_message(work: Work, reason: str) -> None:
    """A message that could not be read three times is failed, with its cause, for a person to see."""
    if isinstance(work, ReadingJob):
        with acting_as("system", "slack-intake"), act("failed", reason=reason[:500], source="slack"):
            SlackMessage.objects.filter(pk=work.pk, processing_status=ProcessingStatus.PENDING).update(
                processing_status=ProcessingStatus.FAILED, processed_at=Now(), error_message=reason
            )


class _Listener:
    """A connection of its own on which PostgreSQL calls us."""

    def __init__(self) -> None:
        self._connection = connections.create_connection("default")
        self._connection.ensure_connection()
        with self._connection.cursor() as cursor:
            cursor.execute(f"LISTEN {CHANNEL}")

    def wait(self, seconds: float) -> None:
        """Return when called, or after so many seconds."""
        try:
            for _call in self._connection.connection.notifies(timeout=seconds, stop_after=1):
                pass
        except DatabaseError:
            raise
        except Exception as error:
            # psycopg's own exceptions, which Django does not translate outside its cursors.
            raise OperationalError(str(error)) from error

    def close(self) -> None:
        self._connection.close()
