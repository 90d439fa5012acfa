"""What the intake tidies up by the clock."""

from datetime import timedelta

from django.utils import timezone

from common.jobs import clock_job
from slackintake.models import Heartbeat, ReadingJob, SlackEvent
from slackintake.replies import let_go_of_expired

KEEP_EVENTS = timedelta(days=90)
"""Raw events are kept this long after they are done with: the messages hold what matters."""


@clock_job(every=timedelta(hours=1))
def prune() -> None:
    """Let go of old raw events, of finished bookkeeping, and of the heartbeats of workers long gone."""
    now = timezone.now()
    SlackEvent.objects.filter(finished_at__lt=now - KEEP_EVENTS, error=None).delete()
    ReadingJob.objects.filter(finished_at__lt=now - KEEP_EVENTS, error=None).delete()
    Heartbeat.objects.filter(seen_at__lt=now - timedelta(days=1)).delete()


@clock_job(every=timedelta(minutes=10))
def let_go_of_late_replies() -> None:
    """Nobody is answered a day later."""
    let_go_of_expired()
