import pytest
from django.db.models.functions import Now

from slackintake import queue, worker
from slackintake.models import ReadingJob, SlackEvent, SlackMessage

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _as_owner(settings):
    settings.RLS_SET_ROLE = ""


def event(**values):
    return SlackEvent.objects.create(event_type="message", body='{"type":"app_rate_limited"}', **values)


def make_due_now():
    SlackEvent.objects.filter(finished_at=None).update(due_at=Now())
    ReadingJob.objects.filter(finished_at=None).update(due_at=Now())


def test_it_gives_each_row_to_one_worker():
    first, second = event(), event()
    taken = [queue.take(SlackEvent), queue.take(SlackEvent), queue.take(SlackEvent)]
    assert [row and row.pk for row in taken] == [first.pk, second.pk, None]


def test_it_gives_the_row_again_when_the_lease_runs_out():
    event()
    first = queue.take(SlackEvent)
    make_due_now()
    second = queue.take(SlackEvent)
    assert (first.attempts, second.attempts) == (1, 2)


def test_only_the_last_lease_may_finish():
    event()
    first = queue.take(SlackEvent)
    make_due_now()
    second = queue.take(SlackEvent)
    with pytest.raises(queue.Overtaken):
        queue.finish(first)
    queue.finish(second, outcome="done")
    assert SlackEvent.objects.get().outcome == "done"
    with pytest.raises(queue.Overtaken):
        queue.finish(second)


def test_a_row_made_due_again_overtakes_who_works_on_it():
    row = event()
    lease = queue.take(SlackEvent)
    queue.make_due(SlackEvent, pk=row.pk)
    with pytest.raises(queue.Overtaken):
        queue.finish(lease)


def test_delays_grow_and_differ():
    delays = []
    for _ in range(30):
        event()
        row = queue.take(SlackEvent)
        queue.give_back(row, "x")
        row.refresh_from_db()
        delays.append((row.due_at - row.received_at).total_seconds())
    assert len(set(delays)) > 20
    assert all(1 < delay < 10 for delay in delays)


def test_what_fails_three_times_is_failed_with_its_cause(monkeypatch):
    def broken(_event):
        raise ValueError("no such thing")

    event()
    monkeypatch.setattr(worker, "receive", broken)
    for _ in range(5):
        worker.Worker().work_once()
        make_due_now()
    row = SlackEvent.objects.get()
    assert row.has_failed
    assert (row.attempts, row.error) == (3, "ValueError: no such thing")


def test_what_kills_its_worker_three_times_is_failed(slack, maria):
    slack.say("New sale listing at 88 Harbour St")
    worker.work_on_event(queue.take(SlackEvent))
    for _ in range(3):
        assert queue.take(ReadingJob)
        make_due_now()
    worker.Worker().work_once()
    message = SlackMessage.objects.get()
    assert (message.processing_status, message.error_message) == ("failed", queue.KILLED)
    assert message.job.has_failed


def test_a_message_that_cannot_be_read_is_failed_with_its_cause(slack, maria, monkeypatch):
    def broken(*_args, **_more):
        raise ValueError("no words")

    monkeypatch.setattr("slackintake.readings.read", broken)
    slack.say("New sale listing at 88 Harbour St")
    for _ in range(4):
        worker.Worker().work_until_idle()
        make_due_now()
    assert SlackMessage.objects.get().error_message == "ValueError: no words"
