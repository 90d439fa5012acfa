"""The clock: runs each job of the house when it is due, in one worker at a time."""

import logging

from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from common.jobs import ClockJob, clock_jobs
from common.principal import acting_as
from slackintake.models import ClockRun

logger = logging.getLogger(__name__)


def run_due_jobs() -> int:
    """Run the jobs that are due; return how many. A job that fails is noted and tried again at its next time."""
    ran_at = dict(ClockRun.objects.values_list("job", "ran_at"))
    due = [job for job in clock_jobs() if job.name not in ran_at or ran_at[job.name] + job.every <= timezone.now()]
    return sum(run_job(job) for job in due)


def run_job(job: ClockJob) -> bool:
    """Run a job unless another worker has just done it or is doing it; return whether it ran."""
    try:
        with acting_as("system", "clock"):
            if not _lock(job):
                return False
            last = ClockRun.objects.filter(pk=job.name).first()
            if last and last.ran_at + job.every > timezone.now():
                return False
            job.run()
            _note(job, None)
    except Exception as error:
        logger.exception("The job %s failed.", job.name)
        with transaction.atomic():
            _note(job, f"{type(error).__name__}: {error}")
    return True


def _lock(job: ClockJob) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"clock {job.name}"])
        return cursor.fetchone()[0]


def _note(job: ClockJob, error: str | None) -> None:
    ClockRun.objects.update_or_create(job=job.name, defaults={"ran_at": Now(), "error": error})
