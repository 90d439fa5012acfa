"""The second half of `./run`: it prepares the database, starts web server and worker, and ends all of them together.

It holds everything that it starts. Ctrl-C, SIGTERM or a closed terminal ends the children and then the database; a
guard process does the same where this one is killed outright.
"""

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

from laz_ops.localdb import CHECKOUT, LocalDatabase, LocalDatabaseError

ADDRESS = "127.0.0.1"
FIRST_PORT = 8000
PORTS_TO_TRY = 50
DEMO_PASSWORD = "demo-lapaz"  # noqa: S105 - printed on purpose: it opens the local demo data only
WORKER_COMMAND = CHECKOUT / "slackintake" / "management" / "commands" / "worker.py"

READY_SECONDS = 60
TERM_SECONDS = 10
RESTART_SECONDS = 3

DEMO_LOGINS_SQL = """
SELECT DISTINCT ON (role) role || E'\\t' || email FROM staff
 WHERE status = 'active' AND deleted_at IS NULL
 ORDER BY role, staff_id
"""

COLOURS = {"setup": "36", "web": "32", "worker": "35"}


class StopRequested(BaseException):
    """Somebody asked the whole to end. Not an Exception, so that no handler on the way swallows it."""


class CannotStart(Exception):
    """What keeps the whole from starting, in one line for a person."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs `serve` or `manage ARGUMENTS…` and returns the exit code."""
    command, *rest = sys.argv[1:] if arguments is None else arguments
    if command == "guard":
        return guard()
    try:
        return serve() if command == "serve" else manage(rest)
    except (CannotStart, LocalDatabaseError) as reason:
        print(reason, file=sys.stderr)
        return 1


# ./run manage


def manage(arguments: list[str]) -> int:
    """Runs manage.py, with the local database where DATABASE_URL names no other. Returns manage.py's exit code."""
    command = [sys.executable, str(CHECKOUT / "manage.py"), *arguments]
    if not _is_demo():
        os.execv(command[0], command)
    database = LocalDatabase.demo()
    started = database.start()
    try:
        # Ctrl-C reaches the command itself, which may want to tidy up; we wait for it.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        child = subprocess.Popen(command, env=_demo_environment(database), preexec_fn=_listen_to_ctrl_c)
        signal.signal(signal.SIGTERM, lambda number, frame: child.send_signal(number))
        code = child.wait()
        return code if code >= 0 else 128 - code
    finally:
        if started:
            database.stop()


def _listen_to_ctrl_c() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)


# ./run


def serve() -> int:
    """Starts everything and stays until it is asked to end or the web server has ended. Returns the exit code."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _request_stop)
    house = House()
    try:
        house.open()
        return house.watch()
    except StopRequested:
        return 0
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        house.close()


def _request_stop(number: int, frame: FrameType | None) -> NoReturn:
    raise StopRequested


class House:
    """The database, web server and worker of one `./run`."""

    def __init__(self) -> None:
        self.database = LocalDatabase.demo() if _is_demo() else None
        self.environment = _demo_environment(self.database) if self.database else dict(os.environ)
        self.environment["PYTHONUNBUFFERED"] = "1"
        self.children: dict[str, Child] = {}
        self.guard: subprocess.Popen[str] | None = None

    def open(self) -> None:
        """Prepares the database and starts the children; prints where to sign in. Raises CannotStart."""
        listener, port = listen(wanted_port())
        self.guard = _start_guard()
        with _alone():
            if self.database:
                self.database.start()
                say(f"The local database is running (its log: {_short(self.database.log)}).")
            self._migrate()
            if self.database:
                self._load_demo_data()
        self._start_web(listener)
        listener.close()
        if WORKER_COMMAND.exists():
            self._start_worker()
        self._wait_until_ready(port)
        print(box(self._welcome(port)), flush=True)

    def watch(self) -> int:
        """Waits. A worker that has ended is started again; the end of the web server is the end of all."""
        while True:
            time.sleep(0.2)
            for name, child in list(self.children.items()):
                code = child.process.poll()
                if code is None:
                    continue
                if name != "worker":
                    say(f"The {name} server has ended ({_how(code)}); everything else ends too.")
                    return 1
                say(f"The worker has ended ({_how(code)}); it starts again in {RESTART_SECONDS} seconds.")
                time.sleep(RESTART_SECONDS)
                self._start_worker()

    def close(self) -> None:
        """Ends the children, then the database, unless another `./run` of this checkout uses that."""
        if self.children:
            say("Ending.")
        end_all([child.process for child in self.children.values()])
        for child in self.children.values():
            child.reader.join(timeout=1)
        if self.database and not self.database.stop():
            say("The local database stays: another start of this checkout uses it.")
        if self.guard and self.guard.stdin:
            with contextlib.suppress(BrokenPipeError):
                self.guard.stdin.write("done\n")
                self.guard.stdin.close()
            self.guard.wait()

    def _migrate(self) -> None:
        self._manage("migrate", "--no-input", "--verbosity", "0")
        if self.database:
            # The group role is made by the migration; the login is the wrapper's.
            self.database.sql("GRANT ops_app TO ops_web")
        self._manage("sync_principal_key")
        say("The tables are up to date.")

    def _load_demo_data(self) -> None:
        """Loads the demo data into an empty database; the command does so in one transaction or not at all."""
        assert self.database  # noqa: S101 - demo data goes into the local database only
        if self.database.sql("SELECT EXISTS (SELECT FROM staff)") == "f":
            say("Loading the demo data (the first start only).")
            self._manage("load_demo")

    def _manage(self, *arguments: str) -> None:
        command = [sys.executable, str(CHECKOUT / "manage.py"), *arguments]
        child = Child("setup", command, self.environment, self.guard)
        try:
            code = child.process.wait()
        except StopRequested:
            end_all([child.process])
            raise
        child.reader.join()
        if code:
            raise CannotStart(f"'manage.py {arguments[0]}' failed ({_how(code)}); the reason stands above.")

    def _start_web(self, listener: socket.socket) -> None:
        # gunicorn gets the open socket: between choosing a free port and using it nobody can take it.
        handle = listener.fileno()
        command = [sys.executable, "-m", "gunicorn", "--config", str(CHECKOUT / "gunicorn.conf.py")]
        command += ["--chdir", str(CHECKOUT), "--bind", f"fd://{handle}", "laz_ops.wsgi"]
        self.children["web"] = Child("web", command, self.environment, self.guard, pass_fds=(handle,))

    def _start_worker(self) -> None:
        command = [sys.executable, str(CHECKOUT / "manage.py"), "worker"]
        self.children["worker"] = Child("worker", command, self.environment, self.guard)

    def _wait_until_ready(self, port: int) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            code = self.children["web"].process.poll()
            if code is not None:
                self.children["web"].reader.join(timeout=1)
                raise CannotStart(f"The web server did not start ({_how(code)}); the reason stands above.")
            with contextlib.suppress(OSError), urllib.request.urlopen(f"http://{ADDRESS}:{port}/healthz", timeout=5):
                return
            time.sleep(0.05)
        raise CannotStart(f"The web server did not answer within {READY_SECONDS} seconds.")

    def _welcome(self, port: int) -> list[str]:
        lines = ["La-Paz Operations Center", f"http://{ADDRESS}:{port}/"]
        if self.database:
            logins = [line.split("\t") for line in self.database.sql(DEMO_LOGINS_SQL).splitlines()]
            lines += ["", f"Sign in with the password {DEMO_PASSWORD} as"]
            lines += [f"  {role:<12}{email}" for role, email in logins]
        return [*lines, "", "Ctrl-C ends everything."]


class Child:
    """A program with its output on ours, a line at a time, each with the child's name before it."""

    def __init__(
        self,
        name: str,
        command: list[str],
        environment: dict[str, str],
        guard: "subprocess.Popen[str] | None",
        pass_fds: tuple[int, ...] = (),
    ) -> None:
        # A session of its own: Ctrl-C reaches only us, and we end the children in the right order.
        self.process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=pass_fds,
            text=True,
            errors="replace",
        )
        if guard and guard.stdin:
            with contextlib.suppress(BrokenPipeError):
                guard.stdin.write(f"{self.process.pid}\n")
                guard.stdin.flush()
        self.reader = threading.Thread(target=self._read, args=(name,), daemon=True)
        self.reader.start()

    def _read(self, name: str) -> None:
        assert self.process.stdout  # noqa: S101
        for line in self.process.stdout:
            say(line.rstrip("\n"), name)


# The guard


def _start_guard() -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "laz_ops.devserver", "guard"], stdin=subprocess.PIPE, text=True, start_new_session=True
    )


def guard() -> int:
    """Reads the children's pids from standard input. When it closes without "done", the runner was killed: ends the
    children and the local database in its place."""
    pids = []
    for line in sys.stdin:
        if line == "done\n":
            return 0
        pids.append(int(line))
    for pid in pids:
        _signal_group(pid, signal.SIGTERM)
    deadline = time.monotonic() + TERM_SECONDS
    while time.monotonic() < deadline and any(_signal_group(pid, 0) for pid in pids):
        time.sleep(0.1)
    for pid in pids:
        _signal_group(pid, signal.SIGKILL)
    if _is_demo():
        LocalDatabase.demo().stop()
    return 0


# Ends


def end_all(processes: "list[subprocess.Popen[str]]") -> None:
    """Asks each process to end, and ends its whole group where it takes longer than TERM_SECONDS."""
    for process in processes:
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + TERM_SECONDS
    for process in processes:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=max(0.0, deadline - time.monotonic()))
        _signal_group(process.pid, signal.SIGKILL)
        process.wait()


def _signal_group(pid: int, number: int) -> bool:
    """Whether the process group that the pid leads was there to be signalled."""
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


# Ports


def wanted_port() -> int:
    """PORT, or 8000. Raises CannotStart where PORT is no port."""
    text = os.environ.get("PORT") or str(FIRST_PORT)
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise CannotStart(f"PORT is '{text}', which is no port: give a number from 1 to 65535.")
    return int(text)


def listen(wanted: int) -> tuple[socket.socket, int]:
    """An open socket on the wanted port, or on the next free one, and its number. Raises CannotStart."""
    for port in range(wanted, min(wanted + PORTS_TO_TRY, 65536)):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((ADDRESS, port))
            listener.listen(128)
        except PermissionError:
            listener.close()
            raise CannotStart(f"Port {port} needs root on this machine: set PORT to a number above 1023.") from None
        except OSError:
            listener.close()
            continue
        if port != wanted:
            say(f"Port {wanted} is taken; this is port {port}.")
        return listener, port
    raise CannotStart(f"The ports {wanted} to {port} are all taken: set PORT to a free one.")


# Words


def say(text: str, name: str = "setup") -> None:
    """Prints one line with the name of who says it, in colour on a terminal."""
    mark = f"{name:<7}|"
    if sys.stdout.isatty():
        mark = f"\033[{COLOURS[name]}m{mark}\033[0m"
    # One write per line: the children's readers and we print at the same time.
    sys.stdout.write(f"{mark} {text}\n")
    sys.stdout.flush()


def box(lines: list[str]) -> str:
    """The lines in a frame, drawn with plain signs where the terminal knows no others."""
    width = max(len(line) for line in lines)
    encoding = (sys.stdout.encoding or "").lower()
    across, down, corners = ("─", "│", "┌┐└┘") if encoding.startswith("utf") else ("-", "|", "++++")
    top = f"{corners[0]}{across * (width + 4)}{corners[1]}"
    bottom = f"{corners[2]}{across * (width + 4)}{corners[3]}"
    return "\n".join([top, *(f"{down}  {line:<{width}}  {down}" for line in lines), bottom])


def _how(code: int) -> str:
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name


def _short(path: Path) -> str:
    return str(path.relative_to(CHECKOUT)) if path.is_relative_to(CHECKOUT) else str(path)


# Environment


def _is_demo() -> bool:
    return not (os.environ.get("DATABASE_URL") or os.environ.get("OWNER_DATABASE_URL"))


def _demo_environment(database: LocalDatabase) -> dict[str, str]:
    """The environment of the children in demo mode. PGHOST and PATH make `manage.py dbshell` find database and psql."""
    path = f"{database.program('psql').parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return {**os.environ, "LAPAZ_DEMO": "1", "PGHOST": str(database.socket_folder), "PATH": path}


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Lets one start of this checkout prepare the database at a time."""
    folder = CHECKOUT / ".localdb"
    folder.mkdir(mode=0o700, exist_ok=True)
    with open(folder / "setup.lock", "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another start of this checkout is preparing the database; waiting for it.")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    sys.exit(main())
