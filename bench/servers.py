"""The two servers of a benchmark, what they and their database sessions cost, and a client that talks to them."""

import http.client
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from laz_ops.localdb import CHECKOUT, LocalDatabase


def cpu_of(pids: list[int]) -> float:
    """Seconds of processor time, user and system, that all threads of these processes have had."""
    total = 0
    for pid in pids:
        for thread in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            with suppress(OSError):  # the thread has just ended
                total += int(thread.read_text().split()[0])
    return total / 1e9


class Server:
    """gunicorn with one of the two configurations, on its own port, with its own name in the database."""

    def __init__(self, name: str, config: str, port: int, env: dict[str, str], cluster: LocalDatabase):
        self.name, self.port, self.cluster = name, port, cluster
        self.log = open(CHECKOUT / ".localdb" / f"bench-{name}.log", "wb")  # noqa: SIM115 - until close()
        command = [sys.executable, "-m", "gunicorn", "-c", config, "-b", f"127.0.0.1:{port}"]
        env = env | {"PGAPPNAME": f"bench-{name}"}
        self.process = subprocess.Popen(command, cwd=CHECKOUT, env=env, stdout=self.log, stderr=self.log)
        self._wait()

    def _wait(self) -> None:
        for _ in range(200):
            if self.process.poll() is not None:
                raise SystemExit(f"The server {self.name} has ended: see {self.log.name}")
            with suppress(OSError):
                Client(self.port).get("/login/")
                return
            time.sleep(0.1)
        raise SystemExit(f"The server {self.name} does not answer: see {self.log.name}")

    def close(self) -> None:
        self.process.terminate()
        self.process.wait()
        self.log.close()

    def workers(self) -> list[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in children.split()]

    def database_sessions(self) -> list[int]:
        answer = self.cluster.sql(f"SELECT pid FROM pg_stat_activity WHERE application_name = 'bench-{self.name}'")
        return [int(pid) for pid in answer.split()]

    def memory(self) -> list[tuple[float, float]]:
        """RSS and PSS (shared pages divided among those who share them) of each worker, in MB."""
        sizes = []
        for pid in self.workers():
            lines = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:])
            sizes.append(tuple(int(lines[key].split()[0]) / 1024 for key in ("Rss", "Pss")))
        return sizes


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float


@dataclass
class Client:
    """One browser: keeps its connection and its cookies, and follows no redirects."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    connection: http.client.HTTPConnection | None = None
    served: int = 0
    last: float = 0

    REQUESTS_PER_CONNECTION = 20  # then a new one, so that both processes of a server get their share
    IDLE_SECONDS = 2  # then a new one too, before the server may have closed it

    def get(self, path: str, headers: dict[str, str] | None = None) -> Answer:
        return self._ask("GET", path, None, headers or {})

    def post(self, path: str, data: dict[str, str] | None = None, headers: dict[str, str] | None = None) -> Answer:
        fields = (data or {}) | {"csrfmiddlewaretoken": self.cookies.get("csrftoken", "")}
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, urlencode(fields), kind | (headers or {}))

    def sign_in(self, username: str, password: str) -> None:
        self.get("/login/")
        answer = self.post("/login/", {"username": username, "password": password})
        if answer.status != 302:
            raise SystemExit(f"{username} could not sign in: {answer.status} {answer.body[:300]!r}")

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        is_stale = time.perf_counter() - self.last > self.IDLE_SECONDS
        if self.connection is None or is_stale or self.served >= self.REQUESTS_PER_CONNECTION:
            if self.connection:
                self.connection.close()
            self.connection, self.served = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30), 0
        if self.cookies:
            headers = headers | {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        started = time.perf_counter()
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        content = response.read()
        self.last = time.perf_counter()
        seconds = self.last - started
        self.served += 1
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Answer(response.status, dict(response.headers), content, seconds)


def desk(env: dict[str, str], cluster: LocalDatabase, port: int, **extra: str) -> Server:
    """The application as the Procfile starts it."""
    return Server("desk", "gunicorn.conf.py", port, env | {"WEB_CONCURRENCY": "2"} | extra, cluster)


def floor(env: dict[str, str], cluster: LocalDatabase, port: int) -> Server:
    """The floor, with its own tables and one login made first."""
    env = env | {"DJANGO_SETTINGS_MODULE": "bench.floor.settings"}
    cluster.sql("CREATE SCHEMA IF NOT EXISTS floor AUTHORIZATION ops_owner", env["DATABASE_NAME"])
    subprocess.run([sys.executable, "-m", "django", "migrate", "-v0"], cwd=CHECKOUT, env=env, check=True)
    make = "from django.contrib.auth.models import User as U; U.objects.filter(username='floor').exists() or "
    make += f"U.objects.create_user('floor', password='{FLOOR_PASSWORD}')"
    command = [sys.executable, "-m", "django", "shell", "-v0", "-c", make]
    subprocess.run(command, cwd=CHECKOUT, env=env, check=True, stdout=subprocess.DEVNULL)
    return Server("floor", "bench/floor/gunicorn.conf.py", port, env, cluster)


FLOOR_PASSWORD = "on-the-floor"
