import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from common.history import undo
from common.principal import acting_as
from slackintake import replies
from slackintake.models import Reply, SlackMessage
from slackintake.worker import Worker
from tasks.actions import complete
from tasks.models import Activity, AgentTask
from tests import factories

pytestmark = pytest.mark.django_db


class SlackApi:
    """A stand-in for Slack's Web API on this machine; `answers` are given one after another, then `ok`."""

    def __init__(self):
        self.calls, self.answers = [], []
        api = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                fields = {key: values[0] for key, values in parse_qs(body).items()}
                api.calls.append((self.path.rpartition("/")[2], fields))
                status, payload, headers = api.answers.pop(0) if api.answers else (200, {"ok": True}, {})
                content = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_args):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/api/"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def refuse(self, error, status=200, **headers):
        self.answers.append((status, {"ok": False, "error": error}, headers))

    def close(self):
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def api(settings):
    api = SlackApi()
    settings.SLACK_API_URL, settings.SLACK_BOT_TOKEN = api.url, "xoxb-test"
    yield api
    api.close()


@pytest.fixture
def message(slack, maria, settings):
    settings.SLACK_REPLY_PAUSE = 0
    token, settings.SLACK_BOT_TOKEN = settings.SLACK_BOT_TOKEN, ""
    ts = slack.say("can you please order business cards for me by Thursday noon?", ts="1769430600.000100")
    slack.work()
    settings.SLACK_BOT_TOKEN = token
    return slack.message(ts)


def reply():
    return Reply.objects.get()


def test_it_puts_eyes_on_the_message_something_was_made_of(api, message, slack):
    slack.work()
    assert api.calls == [("reactions.add", {"channel": "C1", "timestamp": "1769430600.000100", "name": "eyes"})]
    assert reply().sent_at
    assert not reply().has_failed


def test_it_names_the_message_by_slacks_own_ts(api, message, slack):
    SlackMessage.objects.update(slack_ts="1769430600.000100@C1")
    slack.work()
    assert api.calls[0][1]["timestamp"] == "1769430600.000100"


def test_it_sends_nothing_without_a_token(api, message, slack, settings):
    settings.SLACK_BOT_TOKEN = ""
    slack.work()
    assert api.calls == []
    assert reply().finished_at is None


def test_it_sends_each_reply_once(api, message, slack):
    slack.work()
    slack.work()
    assert len(api.calls) == 1


def test_a_reaction_that_is_there_already_is_a_success(api, message, slack):
    api.refuse("already_reacted")
    slack.work()
    assert reply().sent_at


@pytest.mark.parametrize("error", ["message_not_found", "channel_not_found", "invalid_auth", "something_new"])
def test_a_refusal_is_shown_and_not_tried_again(api, message, slack, error):
    api.refuse(error)
    slack.work()
    slack.work()
    assert len(api.calls) == 1
    assert reply().has_failed
    assert reply().error


def test_it_is_silent_as_long_as_slack_wants(api, message, slack):
    api.refuse("ratelimited", status=429, **{"Retry-After": "30"})
    slack.work()
    waiting = reply()
    assert waiting.finished_at is None
    assert 25 < (waiting.due_at - waiting.created_at).total_seconds() < 60
    assert waiting.attempts == 0


@pytest.mark.parametrize(
    "answer",
    [
        (500, {"ok": False, "error": "internal_error"}, {}),
        (502, b"<html>bad gateway</html>", {}),
        (200, b"no json", {}),
    ],
)
def test_it_tries_again_when_slack_has_a_problem_and_gives_up_after_three_times(api, message, slack, answer):
    api.answers = [answer] * 5
    for _ in range(5):
        slack.work()
        Reply.objects.filter(finished_at=None).update(due_at="2026-01-01T00:00Z")
    assert len(api.calls) == 3
    assert reply().has_failed


def test_it_tries_again_when_there_is_no_network(message, slack, settings):
    settings.SLACK_API_URL, settings.SLACK_BOT_TOKEN = "http://127.0.0.1:9/api/", "xoxb-test"
    slack.work()
    assert reply().finished_at is None
    assert "could not be reached" in reply().error


def test_it_lets_go_of_replies_that_are_a_day_late(message):
    Reply.objects.update(created_at="2026-01-01T00:00Z")
    assert replies.let_go_of_expired() == 1
    assert reply().has_failed


def test_it_says_in_slack_that_a_task_is_done(api, message, slack):
    slack.work()
    person, task = factories.staff("operations"), AgentTask.objects.get()
    with acting_as("staff", person.pk):
        complete(task, by=person)
    slack.work()
    assert [call[1]["name"] for call in api.calls] == ["eyes", "white_check_mark"]
    assert api.calls[1][1]["timestamp"] == "1769430600.000100"


def test_it_says_in_slack_that_a_listing_is_done_with_its_last_activity(slack, maria):
    slack.say("New sale listing at 88 Harbour St, photos by Friday", ts="1769430600.000100")
    slack.work()
    admin = factories.staff("admin")
    activities = list(Activity.objects.all())
    for activity in activities:
        assert ("add", "white_check_mark") not in slack.reactions()
        with acting_as("staff", admin.pk):
            complete(activity, by=admin)
    done = Reply.objects.get(name="white_check_mark")
    assert (done.kind, replies.messages_of(done)) == ("listing", list(SlackMessage.objects.all()))


def test_work_that_no_message_asked_for_is_answered_nowhere(slack):
    person, task = factories.staff("operations"), factories.agent_task()
    with acting_as("staff", person.pk):
        complete(task, by=person)
    assert slack.reactions() == []


def complete_by(person, task):
    from common.history import last_act

    with acting_as("staff", person.pk):
        complete(task, by=person)
        return last_act()


def test_undoing_takes_a_reply_back_before_it_is_sent(message, slack):
    person, task = factories.staff("operations"), AgentTask.objects.get()
    act_id = complete_by(person, task)
    assert ("add", "white_check_mark") in slack.reactions()
    with acting_as("staff", person.pk):
        undo(act_id)
    assert ("add", "white_check_mark") not in slack.reactions()


def test_undoing_removes_a_reaction_that_was_sent(api, message, slack):
    person, task = factories.staff("operations"), AgentTask.objects.get()
    act_id = complete_by(person, task)
    slack.work()
    with acting_as("staff", person.pk):
        undo(act_id)
    slack.work()
    assert [(method, fields["name"]) for method, fields in api.calls][-1] == ("reactions.remove", "white_check_mark")


def test_a_worker_that_is_too_slow_leaves_the_row_to_its_successor(api, message, slack, settings):
    settings.RLS_SET_ROLE = ""
    from slackintake.queue import Overtaken, finish, take

    slow = take(Reply)
    Reply.objects.update(due_at="2026-01-01T00:00Z")
    quick = take(Reply)
    finish(quick)
    with pytest.raises(Overtaken):
        finish(slow)
    assert Worker().work_once() is False
