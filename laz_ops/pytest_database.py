"""A pytest plugin that gives the tests their database and their settings. Load it with `-p laz_ops.pytest_database`.

pytest-django reads Django's settings before any conftest is read, so the environment is set when this module is
imported. The tests run on a PostgreSQL of their own, which is started with the session and stopped with it, or on the
server that TEST_DATABASE_URL names (its login needs CREATEDB and CREATEROLE).

The name of the local test database carries a hash of everything that the migrations are made of. The database is kept
from run to run, which saves the migrations, and a changed migration gets a new one; what no migration needs any more
is dropped.
"""

import ast
import fcntl
import hashlib
import importlib.metadata
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from laz_ops.localdb import CHECKOUT, LocalDatabase

PREFIX = "lapaz"
SLOTS = 20

# What the settings must have, fixed, so that no test depends on whose machine it runs on.
ENVIRONMENT = {
    "SECRET_KEY": "tests-secret-key-that-is-long-enough-for-djangos-own-deployment-check",
    "PRINCIPAL_KEY": "tests-principal-key-that-is-long-enough-to-sign-with",
    "SLACK_SIGNING_SECRET": "tests-signing-secret",
    "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
    "BASE_URL": "http://testserver",
    "OFFICE_TIME_ZONE": "America/Toronto",
}
# What the person at the keyboard may have set for a server of their own.
UNSET = (
    "LAPAZ_DEMO",
    "LAPAZ_PROCESS",
    "DEBUG",
    "CSRF_TRUSTED_ORIGINS",
    "EMAIL_URL",
    "METRICS_TOKEN",
    "SLACK_BOT_TOKEN",
    "WEB_CONCURRENCY",
    "WEB_LOGIN_PASSWORD",
)


class _TestDatabase:
    """The cluster and the name of the database for one session of pytest."""

    def __init__(self) -> None:
        self.cluster = LocalDatabase.test()
        self.slot, self._slot_file = _free_slot(CHECKOUT / ".localdb" / "test-slots")
        self.name = f"{PREFIX}_{migrations_digest(CHECKOUT)}_{self.slot}"
        self._unclean = CHECKOUT / ".localdb" / "test-slots" / f"{self.slot}.running"

    def start(self) -> None:
        self.cluster.start()
        self._drop_what_is_not_needed()
        self._unclean.touch()

    def stop(self, orderly: bool) -> None:
        if orderly:
            self._unclean.unlink(missing_ok=True)
        self.cluster.stop()
        os.close(self._slot_file)

    def _drop_what_is_not_needed(self) -> None:
        """Drops this slot's databases of other migrations, and its present one where the last run was killed: a
        transaction test that did not reach its end leaves rows behind."""
        pattern = rf"^test_{PREFIX}_[0-9a-f]+_{self.slot}(_gw\d+)?$"
        names = self.cluster.sql(f"SELECT datname FROM pg_database WHERE datname ~ '{pattern}'").split()  # noqa: S608
        current = f"test_{self.name}"
        for name in names:
            is_current = name == current or name.startswith(f"{current}_gw")
            if not is_current or self._unclean.exists():
                self.cluster.sql(f'DROP DATABASE "{name}" WITH (FORCE)')


def _free_slot(folder: Path) -> tuple[int, int]:
    """A number that no other session of pytest in this checkout has, and the open file that holds it."""
    folder.parent.mkdir(mode=0o700, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    for slot in range(SLOTS):
        descriptor = os.open(folder / str(slot), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
        else:
            return slot, descriptor
    raise pytest.UsageError(f"{SLOTS} test runs are going on in this checkout: wait for one of them to end.")


def migrations_digest(checkout: Path) -> str:
    """A short hash of all migrations, of the modules of this checkout that they import, and of Django's version."""
    pending = [path for path in sorted(checkout.glob("*/migrations/*")) if path.suffix in {".py", ".sql"}]
    digest = hashlib.sha256(importlib.metadata.version("django").encode())
    seen: set[Path] = set()
    while pending:
        path = pending.pop(0)
        if path in seen:
            continue
        seen.add(path)
        source = path.read_bytes()
        digest.update(str(path.relative_to(checkout)).encode() + b"\0" + source + b"\0")
        if path.suffix == ".py":
            pending.extend(_imported_files(ast.parse(source), checkout))
    return digest.hexdigest()[:10]


def _imported_files(tree: ast.Module, checkout: Path) -> Iterator[Path]:
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        for name in names:
            path = checkout.joinpath(*name.split("."))
            for candidate in (path.with_suffix(".py"), path / "__init__.py"):
                if candidate.is_file():
                    yield candidate


def _prepare_environment() -> _TestDatabase | None:
    """Sets what the settings read. Returns the local database, or None where there is another or where this is a
    process of xdist, which inherits everything from its controller."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        return None
    for name in UNSET:
        os.environ.pop(name, None)
    os.environ.update(ENVIRONMENT)
    url = os.environ.get("TEST_DATABASE_URL")
    database = None
    if not url:
        database = _TestDatabase()
        url = database.cluster.url("owner", database.name)
    os.environ["DATABASE_URL"] = os.environ["OWNER_DATABASE_URL"] = url
    return database


_database = _prepare_environment()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    if os.environ.get("TEST_DATABASE_URL"):
        # Its schema may be of any age, and it is not ours to keep databases on.
        config.option.create_db = True
        config.option.reuse_db = False


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    if _database is not None and not session.config.option.collectonly:
        _database.start()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int | pytest.ExitCode) -> None:
    if _database is not None and not session.config.option.collectonly:
        _database.stop(orderly=exitstatus != pytest.ExitCode.INTERNAL_ERROR)
