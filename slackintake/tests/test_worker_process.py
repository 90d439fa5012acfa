"""The worker as a process of its own: it is woken, told to stop, and killed."""

import os
import signal
import subprocess
import sys
import time
from urllib.parse import quote, urlencode

import pytest
from django.conf import settings as django_settings
from django.db import connection

from listings.models import Listing
from slackintake.models import Heartbeat, ReadingJob, SlackEvent, SlackMessage
from slackintake.queue import CHANNEL
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

TEXT = "New sale listing at {} Harbour St, photos by Friday"


def database_url():
    """The address of the database that this test writes to."""
    parameters = connection.get_connection_params()
    login = quote(parameters.get("user", ""), safe="")
    if parameters.get("password"):
        login += ":" + quote(parameters["password"], safe="")
    more = urlencode({key: parameters[key] for key in ("host", "port") if parameters.get(key)})
    return f"postgres://{login}@/{quote(parameters['dbname'])}?{more}"


@pytest.fixture
def start_worker():
    started = []

    def start(*arguments):
        environment = os.environ | {"DATABASE_URL": database_url(), "OWNER_DATABASE_URL": database_url()}
        process = subprocess.Popen(
            [sys.executable, "manage.py", "worker", *arguments],
            cwd=django_settings.BASE_DIR,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def wait_for(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


def notify():
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {CHANNEL}")


def test_it_is_woken_and_ends_when_it_is_told_to(start_worker, slack, maria):
    worker = start_worker()
    assert wait_for(Heartbeat.objects.exists)
    slack.say(TEXT.format(88), ts="1769430600.000100")
    notify()
    assert wait_for(Listing.objects.exists)
    worker.send_signal(signal.SIGTERM)
    said, _ = worker.communicate(timeout=15)
    assert worker.returncode == 0, said
    assert "has stopped" in said


def test_once_does_what_is_due_and_ends(start_worker, slack, maria):
    slack.say(TEXT.format(88), ts="1769430600.000100")
    worker = start_worker("--once")
    said, _ = worker.communicate(timeout=30)
    assert worker.returncode == 0, said
    assert Listing.objects.count() == 1


def test_several_workers_killed_at_any_point_make_everything_once(start_worker, slack, maria):
    for number in range(2, 12):
        factories.realtor(slack_user_id=f"U{number}")
    for number in range(1, 31):
        slack.say(TEXT.format(number), by=f"U{number % 11 + 1}", channel=f"C{number % 3}")
    for _ in range(3):
        workers = [start_worker(), start_worker()]
        before = Listing.objects.count()
        wait_for(lambda before=before: Listing.objects.count() > before + 2)
        for worker in workers:
            worker.kill()
        # The leases of the dead run out at once instead of in half a minute.
        SlackEvent.objects.filter(finished_at=None).update(due_at="2026-01-01T00:00Z", attempts=0)
        ReadingJob.objects.filter(finished_at=None).update(due_at="2026-01-01T00:00Z", attempts=0)
    last = start_worker("--once")
    said, _ = last.communicate(timeout=60)
    assert last.returncode == 0, said
    assert Listing.all_objects.count() == 30
    assert SlackMessage.objects.filter(created_listing__isnull=False).count() == 30
    assert {listing.activities.count() for listing in Listing.objects.all()} == {14}


def test_it_refuses_to_work_as_the_web_role(start_worker, web_login, settings):
    parameters = connection.get_connection_params()
    more = urlencode({key: parameters[key] for key in ("host", "port") if parameters.get(key)})
    url = f"postgres://ops_test_web:tests@/{parameters['dbname']}?{more}"
    environment = os.environ | {"DATABASE_URL": url, "OWNER_DATABASE_URL": url}
    done = subprocess.run(
        [sys.executable, "manage.py", "worker", "--once"],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert "needs the owner's connection" in done.stderr
