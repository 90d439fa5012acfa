"""`./run` as a newcomer meets it: from a copy of the checkout to a signed-in page, and nothing left afterwards.

It takes some seconds and a browser, so it runs with the browser tests.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest

from laz_ops.devserver import DEMO_PASSWORD
from laz_ops.localdb import CHECKOUT, LocalDatabase

pytestmark = pytest.mark.browser

SECONDS = 90


class Start:
    """One running `./run` (its second half: the environment is the tests' own)."""

    def __init__(self, checkout, port):
        mine = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "laz_ops.devserver", "serve"],
            cwd=checkout,
            env={**mine, "PYTHONPATH": str(checkout), "PORT": str(port)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self) -> None:
        for line in self.process.stdout:
            self.lines.append(line)

    def wait_for(self, text: str) -> str:
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            for line in self.lines:
                if text in line:
                    return line
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise AssertionError(f"'{text}' did not come:\n{''.join(self.lines)}")

    def wait_for_its_end(self) -> int:
        code = self.process.wait(timeout=30)
        self.reader.join(timeout=30)
        self.process.stdout.close()
        return code


@pytest.fixture
def checkout(tmp_path):
    """A copy with a database of its own, which is removed afterwards."""
    copy = tmp_path / "checkout"
    unneeded = shutil.ignore_patterns(".*", "__pycache__", "staticfiles", "tests")
    shutil.copytree(CHECKOUT, copy, ignore=unneeded)
    yield copy
    database = LocalDatabase("demo", {}, copy)
    database.stop(even_if_in_use=True)
    shutil.rmtree(database.folder, ignore_errors=True)
    shutil.rmtree(database.socket_folder, ignore_errors=True)


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def begin(checkout, port):
    """Starts the copy, as often as a test asks; what still runs at the end is ended."""
    starts: list[Start] = []

    def start() -> Start:
        starts.append(Start(checkout, port))
        return starts[-1]

    yield start
    for one in starts:
        if one.process.returncode is None:
            one.process.terminate()
            one.wait_for_its_end()


def processes_of(checkout) -> list[str]:
    """The command lines that name the copy's folder or its cluster's."""
    listed = subprocess.run(["ps", "-eww", "-o", "args"], capture_output=True, text=True, check=True).stdout  # noqa: S607
    folders = (str(checkout), str(LocalDatabase("demo", {}, checkout).folder))
    return [line for line in listed.splitlines() if any(folder in line for folder in folders)]


def wait_until_none_is_left(checkout) -> list[str]:
    deadline = time.monotonic() + 20
    while (left := processes_of(checkout)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return left


def test_a_newcomer_signs_in_and_leaves_no_process_behind(begin, checkout, port, page):
    start = begin()
    login = start.wait_for("operations").strip("│ \n").split()[-1]
    start.wait_for("Ctrl-C ends everything")
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"http://127.0.0.1:{port}/")
    page.fill("[name=username]", login)
    page.fill("[name=password]", DEMO_PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/inbox/")
    assert page.get_by_role("heading", level=1).count() == 1
    assert complaints == []

    start.process.send_signal(signal.SIGINT)
    assert start.wait_for_its_end() == 0
    assert wait_until_none_is_left(checkout) == []

    again = begin()
    again.wait_for("Ctrl-C ends everything")
    assert not any("demo data" in line for line in again.lines)
    again.process.send_signal(signal.SIGTERM)
    assert again.wait_for_its_end() == 0


def test_a_killed_start_leaves_no_process_behind_either(begin, checkout):
    start = begin()
    start.wait_for("Ctrl-C ends everything")
    assert len(processes_of(checkout)) > 1
    start.process.kill()
    start.wait_for_its_end()
    assert wait_until_none_is_left(checkout) == []


def test_a_dead_web_server_ends_everything_in_one_line(begin, checkout):
    start = begin()
    start.wait_for("Ctrl-C ends everything")
    listed = subprocess.run(["ps", "-eww", "-o", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout  # noqa: S607
    rows = [line.split(None, 2) for line in listed.splitlines()]
    pid = next(int(pid) for pid, parent, args in rows if parent == str(start.process.pid) and "gunicorn" in args)
    os.kill(pid, signal.SIGKILL)
    start.wait_for("The web server has ended (SIGKILL); everything else ends too.")
    assert start.wait_for_its_end() == 1
    assert wait_until_none_is_left(checkout) == []
