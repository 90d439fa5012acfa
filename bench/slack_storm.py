"""A storm over the intake: `python -m bench.slack_storm`.

5,000 signed events from 16 senders at once, a fifth of them repeats, while workers are killed five times and the
database is restarted and killed. Afterwards every accepted event must be stored once, every message resolved once, and
there must be no twin of a listing, a task or a reply. Ends with 1 if anything is wrong.
"""

import argparse
import random
import sys
import threading
import time

from bench.slack_house import SENDERS, House, Sender, Talk

HARM = [
    (0.10, "kill -9 of a worker", House.kill_a_worker),
    (0.25, "kill -9 of a worker", House.kill_a_worker),
    (0.35, "restart of PostgreSQL", House.restart_database),
    (0.45, "kill -9 of a worker", House.kill_a_worker),
    (0.60, "kill -9 of a worker", House.kill_a_worker),
    (0.70, "kill -9 of PostgreSQL", House.kill_database),
    (0.85, "kill -9 of a worker", House.kill_a_worker),
]


class Storm:
    def __init__(self, house: House, events: int) -> None:
        self.house, self.events = house, events
        self.accepted: set[str] = set()
        self.posts = self.refused = 0
        self.lock = threading.Lock()

    def blow(self) -> None:
        start = int(time.time()) - 20 * 3600
        threads = [threading.Thread(target=self._send, args=(number, start)) for number in range(SENDERS)]
        for thread in threads:
            thread.start()
        for share, name, harm in HARM:
            while self.posts < share * self.events:
                time.sleep(0.02)
            print(f"{self.posts:6,} events: {name}", flush=True)
            harm(self.house)
        for thread in threads:
            thread.join()

    def _send(self, number: int, start: int) -> None:
        """A fifth of the posts are repeats of something this sender has sent before."""
        talk, sender, choose = Talk(number, start), Sender(self.house.port), random.Random(number)
        sent = 0
        for _ in range(self.events // SENDERS):
            is_repeat = sent > 0 and choose.random() < 0.2
            event = talk.event(choose.randrange(sent) if is_repeat else sent)
            sent += not is_repeat
            self._post_until_accepted(sender, event)

    def _post_until_accepted(self, sender: Sender, event: dict) -> None:
        """Slack tries again what was not answered with 200."""
        while True:
            status, _ = sender.post(event)
            if status == 200:
                with self.lock:
                    self.accepted.add(event["event_id"])
                    self.posts += 1
                return
            if status not in (0, 503):
                raise SystemExit(f"The door answered {status}.")
            with self.lock:
                self.refused += 1
            time.sleep(0.2)

    def wait_until_done(self, seconds: int) -> bool:
        deadline = time.monotonic() + seconds
        query = """SELECT (SELECT count(*) FROM slack_events WHERE finished_at IS NULL)
            + (SELECT count(*) FROM slackintake_job WHERE finished_at IS NULL)
            + (SELECT count(*) FROM slackintake_outbox WHERE finished_at IS NULL)"""
        while time.monotonic() < deadline:
            if self.house.number(query) == 0:
                return True
            time.sleep(0.5)
        return False


CHECKS = {
    "events stored twice": "SELECT count(*) - count(DISTINCT slack_event_id) FROM slack_events",
    "events failed": "SELECT count(*) FROM slack_events WHERE error IS NOT NULL",
    "events not finished": "SELECT count(*) FROM slack_events WHERE finished_at IS NULL",
    "messages stored twice": """SELECT count(*) - count(DISTINCT (slack_channel_id, split_part(slack_ts, '@', 1)))
        FROM slack_messages""",
    "events without their message": """SELECT count(*) FROM slack_events e WHERE NOT EXISTS (
        SELECT FROM slack_messages m WHERE m.slack_channel_id = e.body::jsonb #>> '{event,channel}'
        AND split_part(m.slack_ts, '@', 1) = e.body::jsonb #>> '{event,ts}')""",
    "messages pending or failed": """SELECT count(*) FROM slack_messages
        WHERE processing_status IN ('pending', 'failed')""",
    "messages processed without a result": """SELECT count(*) FROM slack_messages m
        WHERE processing_status = 'processed' AND created_listing_id IS NULL AND created_task_id IS NULL
        AND NOT EXISTS (SELECT FROM slackintake_review r WHERE r.message_id = m.message_id)
        AND NOT EXISTS (SELECT FROM slackintake_link k WHERE k.message_id = m.message_id)""",
    "messages with two results": """SELECT count(*) FROM slack_messages
        WHERE created_listing_id IS NOT NULL AND created_task_id IS NOT NULL""",
    "listings at an address that has one": "SELECT count(*) - count(DISTINCT address_string) FROM listings",
    "listings that no message made": """SELECT count(*) FROM listings l WHERE NOT EXISTS (
        SELECT FROM slack_messages m WHERE m.created_listing_id = l.listing_id)""",
    "listings without all their activities": """SELECT count(*) FROM listings l WHERE (
        SELECT count(*) FROM activities a WHERE a.listing_id = l.listing_id) <> (
        SELECT count(*) FROM listings_template_line WHERE group_key = 'SALE_LISTING')""",
    "tasks that no message made": """SELECT count(*) FROM agent_tasks t WHERE NOT EXISTS (
        SELECT FROM slack_messages m WHERE m.created_task_id = t.task_id)""",
    "messages with two tasks": """SELECT count(*) FROM (SELECT inputs ->> 'slack_message' FROM agent_tasks
        GROUP BY 1 HAVING count(*) > 1) twice""",
    "replies twice": "SELECT count(*) - count(DISTINCT (message_id, name)) FROM slackintake_outbox",
    "replies missing": """SELECT count(*) FROM slack_messages m WHERE (created_listing_id IS NOT NULL
        OR created_task_id IS NOT NULL) AND NOT EXISTS (SELECT FROM slackintake_outbox o
        WHERE o.message_id = m.message_id AND o.sent_at IS NOT NULL)""",
    "results without history": """SELECT count(*) FROM slack_messages m WHERE processing_status = 'processed'
        AND NOT EXISTS (SELECT FROM changes c WHERE c.table_name = 'slack_messages' AND c.row_key = m.message_id
        AND c.after ->> 'processing_status' = 'processed')""",
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=5_000)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--port", type=int, default=8151)
    options = parser.parse_args()
    house = House(options.port, options.workers, token="xoxb-bench")
    try:
        storm, started = Storm(house, options.events), time.monotonic()
        storm.blow()
        sent = time.monotonic() - started
        is_done = storm.wait_until_done(900)
        done = time.monotonic() - started
        stored = set(house.sql("SELECT slack_event_id FROM slack_events").split())
        faults = {
            "accepted events that are not stored": len(storm.accepted - stored),
            "not done in time": int(not is_done),
        }
        faults |= {name: house.number(query) for name, query in CHECKS.items()}
        visible = len(house.api.reactions)
        wanted = house.number("SELECT count(*) FROM slackintake_outbox")
        faults["reactions seen in Slack, too many or too few"] = abs(visible - wanted)
        print(f"\n{storm.posts:,} events accepted in {sent:.0f} s, {len(storm.accepted):,} of them different.")
        print(f"{storm.refused:,} tries were refused or broken off and made again. All resolved after {done:.0f} s.")
        for name, table in (("messages", "slack_messages"), ("listings", "listings"), ("activities", "activities"),
                            ("agent tasks", "agent_tasks"), ("replies", "slackintake_outbox")):  # fmt: skip
            print(f"{house.number(f'SELECT count(*) FROM {table}'):9,} {name}")
        again = sum(house.api.reactions.values()) - visible
        print(f"{again:9,} reactions were asked for again after a kill and found there already")
        print(f"Workers: {', '.join(f'{size:.0f} MB' for size in house.worker_memory())}")
        print()
        for name, number in faults.items():
            print(f"{number:9,} {name}")
    finally:
        house.close()
    return int(any(faults.values()))


if __name__ == "__main__":
    sys.exit(main())
