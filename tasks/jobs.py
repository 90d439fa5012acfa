"""What work is done by the clock."""

from datetime import timedelta

from common.jobs import clock_job
from tasks.triage import wake_due


@clock_job(every=timedelta(minutes=1))
def wake_snoozed() -> None:
    """Bring back what was put off until now."""
    wake_due()
