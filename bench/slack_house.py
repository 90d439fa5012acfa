"""Web server, workers, database and a stand-in for Slack, for the benchmarks of the intake."""

import hashlib
import hmac
import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

from laz_ops.localdb import CHECKOUT, SETTINGS, LocalDatabase, LocalDatabaseError

SECRET = "bench-signing-secret"
DATABASE = "slack"
SENDERS = 16


class SlackApi:
    """Counts the reactions it is asked for, as Slack would see them."""

    def __init__(self) -> None:
        self.reactions: Counter[tuple[str, str, str]] = Counter()
        lock, reactions = threading.Lock(), self.reactions

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                fields = parse_qs(self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode())
                key = (fields["channel"][0], fields["timestamp"][0], fields["name"][0])
                with lock:
                    is_new = key not in reactions
                    reactions[key] += 1
                answer = json.dumps({"ok": True} if is_new else {"ok": False, "error": "already_reacted"}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/api/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class House:
    """A database of its own, two web processes and some workers, each of which can be killed."""

    def __init__(self, port: int, workers: int, *, token: str = "") -> None:
        self.port, self.number_of_workers = port, workers
        self.cluster, self.api = LocalDatabase("storm", SETTINGS), SlackApi()
        self.cluster.start()
        with suppress(LocalDatabaseError):  # there is none yet
            self.cluster.sql(f"DROP DATABASE {DATABASE} WITH (FORCE)", "postgres")
        self.cluster.sql(f"CREATE DATABASE {DATABASE} OWNER ops_owner", "postgres")
        self.env = {key: value for key, value in os.environ.items() if not key.startswith("LAPAZ_")} | {
            "DATABASE_URL": self.cluster.url("web", DATABASE),
            "OWNER_DATABASE_URL": self.cluster.url("owner", DATABASE),
            "SECRET_KEY": "benchmarks-secret-key-that-is-long-enough-for-djangos-own-checks",
            "PRINCIPAL_KEY": "benchmarks-principal-key-that-is-long-enough-to-sign-with",
            "SLACK_SIGNING_SECRET": SECRET,
            "SLACK_BOT_TOKEN": token,
            "SLACK_API_URL": self.api.url,
            "SLACK_REPLY_PAUSE": "0",
            "ALLOWED_HOSTS": "127.0.0.1",
            "WEB_CONCURRENCY": "2",
        }
        self.manage("migrate", "--no-input", "--verbosity", "0")
        self.cluster.sql("GRANT ops_app TO ops_web", "postgres")
        self.manage("sync_principal_key", "--verbosity", "0")
        for number in range(SENDERS):
            self.sql(
                "INSERT INTO realtors (realtor_id, email, name, slack_user_id) VALUES "
                f"('01J0000000000000000000R{number:03}', 'r{number}@x.example', 'Realtor {number}', 'U{number:02}')"
            )
        log = CHECKOUT / ".localdb"
        self.web_log, self.worker_log = open(log / "storm-web.log", "wb"), open(log / "storm-worker.log", "wb")  # noqa: SIM115
        command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "-b", f"127.0.0.1:{port}"]
        self.web = subprocess.Popen(command, cwd=CHECKOUT, env=self.env, stdout=self.web_log, stderr=self.web_log)
        self.workers: list[subprocess.Popen[bytes]] = []
        self.is_open = True
        for _ in range(workers):
            self._start_worker()
        threading.Thread(target=self._keep_workers, daemon=True).start()
        self._wait_for_web()

    def manage(self, *arguments: str) -> None:
        subprocess.run([sys.executable, "manage.py", *arguments], env=self.env, cwd=CHECKOUT, check=True)

    def sql(self, statement: str) -> str:
        return self.cluster.sql(statement, DATABASE)

    def number(self, statement: str) -> int:
        return int(self.sql(statement))

    def _start_worker(self) -> None:
        command = [sys.executable, "manage.py", "worker"]
        self.workers.append(
            subprocess.Popen(command, cwd=CHECKOUT, env=self.env, stdout=self.worker_log, stderr=self.worker_log)
        )

    def _keep_workers(self) -> None:
        """What a process manager does: start again what has ended."""
        while self.is_open:
            for worker in list(self.workers):
                if worker.poll() is not None:
                    self.workers.remove(worker)
                    self._start_worker()
            time.sleep(0.1)

    def _wait_for_web(self) -> None:
        for _ in range(300):
            with suppress(OSError):
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
                connection.request("GET", "/healthz")
                if connection.getresponse().status == 200:
                    return
            time.sleep(0.1)
        raise SystemExit("The web server did not start.")

    # Harm

    def kill_a_worker(self) -> None:
        """kill -9 at whatever point a worker is."""
        if self.workers:
            random.choice(self.workers).send_signal(signal.SIGKILL)

    def restart_database(self) -> None:
        self.cluster.stop(even_if_in_use=True)
        self.cluster.start()

    def kill_database(self) -> None:
        """kill -9 of the postmaster and of all that it started, then start it again."""
        pid = int((self.cluster.folder / "data" / "postmaster.pid").read_text().split("\n")[0])
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for victim in [pid, *map(int, children)]:
            with suppress(ProcessLookupError):
                os.kill(victim, signal.SIGKILL)
        time.sleep(0.3)
        self.cluster.start()

    def worker_memory(self) -> list[float]:
        """RSS of each worker in MB."""
        sizes = []
        for worker in self.workers:
            with suppress(OSError):
                status = Path(f"/proc/{worker.pid}/status").read_text()
                sizes.append(int(status.partition("VmRSS:")[2].split()[0]) / 1024)
        return sizes

    def close(self) -> None:
        self.is_open = False
        time.sleep(0.3)
        for process in [self.web, *self.workers]:
            process.terminate()
        for process in [self.web, *self.workers]:
            with suppress(subprocess.TimeoutExpired):
                process.wait(15)
        self.cluster.stop(even_if_in_use=True)


class Sender:
    """Slack, as far as the door sees it: one connection, signed posts."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.connection: http.client.HTTPConnection | None = None

    def post(self, event: dict[str, object]) -> tuple[int, float]:
        """Status and seconds of one try; 0 where no answer came."""
        body = json.dumps(event).encode()
        timestamp = str(int(time.time()))
        digest = hmac.new(SECRET.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": f"v0={digest}",
        }
        started = time.perf_counter()
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            self.connection.request("POST", "/slack/events", body, headers)
            response = self.connection.getresponse()
            response.read()
            status = response.status
            if response.will_close:
                self._forget()
        except (OSError, http.client.HTTPException):
            self._forget()
            status = 0
        return status, time.perf_counter() - started

    def _forget(self) -> None:
        if self.connection:
            self.connection.close()
        self.connection = None


class Talk:
    """What one realtor writes, as events of the Events API; the same number gives the same message."""

    def __init__(self, sender: int, start: int) -> None:
        self.sender, self.start, self.random = sender, start, random.Random(sender)

    def event(self, number: int) -> dict[str, object]:
        # Three minutes apart, so that each stands for itself and is no addition to the one before.
        ts = f"{self.start + number * 180}.{self.sender:06}"
        kind = number % 10
        text = {
            0: "thanks so much team!",
            1: "can you please order business cards for me by Thursday noon?",
            2: "please book a cleaner for me before Friday",
        }.get(kind, f"New sale listing at {number + 1} {STREETS[self.sender]} St, photos by Friday")
        event: dict[str, object] = {
            "type": "message", "channel": f"C{self.sender % 4}", "user": f"U{self.sender:02}", "ts": ts, "text": text,
        }  # fmt: skip
        if kind == 9:
            event |= {"bot_id": "B1"}
        return {"type": "event_callback", "event_id": f"Ev{self.sender:02}{number:06}", "event": event}


STREETS = [
    "Harbour", "Sumach", "Logan", "Jones", "Grenville", "Brunswick", "Palmerston", "Euclid", "Manning", "Clinton",
    "Montrose", "Beatrice", "Gladstone", "Dovercourt", "Concord", "Ossington",
]  # fmt: skip
