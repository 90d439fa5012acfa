"""The second half of `./run`: ports, children and their end."""

import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from laz_ops import devserver
from laz_ops.devserver import CannotStart, Child, box, end_all, listen, wanted_port


@pytest.fixture
def taken_port():
    with socket.socket() as holder:
        holder.bind((devserver.ADDRESS, 0))
        holder.listen()
        yield holder.getsockname()[1]


def test_it_serves_on_port_8000_unless_told_otherwise(monkeypatch):
    monkeypatch.delenv("PORT", raising=False)
    assert wanted_port() == 8000
    monkeypatch.setenv("PORT", "8123")
    assert wanted_port() == 8123


@pytest.mark.parametrize("text", ["no", "0", "65536", "-1", "80 80", "²"])
def test_it_refuses_a_port_that_is_none(monkeypatch, text):
    monkeypatch.setenv("PORT", text)
    with pytest.raises(CannotStart, match="which is no port"):
        wanted_port()


def test_it_takes_the_next_free_port_and_says_so(taken_port, capsys):
    listener, port = listen(taken_port)
    listener.close()
    assert port > taken_port
    assert f"Port {taken_port} is taken; this is port {port}." in capsys.readouterr().out


def test_it_gives_up_in_one_line_where_every_port_is_taken(taken_port, monkeypatch):
    monkeypatch.setattr(devserver, "PORTS_TO_TRY", 1)
    with pytest.raises(CannotStart, match="all taken: set PORT to a free one"):
        listen(taken_port)


def test_it_serves_this_machine_only():
    listener, _ = listen(20000)
    with listener:
        assert listener.getsockname()[0] == "127.0.0.1"


def test_each_line_of_a_child_bears_its_name(capsys):
    child = Child("worker", [sys.executable, "-c", "print('first'); print('second')"], dict(os.environ), None)
    child.process.wait()
    child.reader.join()
    child.process.stdout.close()
    assert capsys.readouterr().out == "worker | first\nworker | second\n"


def test_a_child_that_ignores_the_request_to_end_is_ended(monkeypatch, capsys):
    monkeypatch.setattr(devserver, "TERM_SECONDS", 0.2)
    deaf = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    )
    child = Child("web", [sys.executable, "-c", deaf], dict(os.environ), None)
    while "deaf" not in capsys.readouterr().out:
        time.sleep(0.01)
    end_all([child.process])
    child.reader.join()
    child.process.stdout.close()
    assert child.process.returncode == -signal.SIGKILL


def test_the_guard_ends_the_children_of_a_runner_that_was_killed():
    sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
    guard = subprocess.Popen(
        [sys.executable, "-m", "laz_ops.devserver", "guard"], stdin=subprocess.PIPE, text=True, cwd=devserver.CHECKOUT
    )
    guard.stdin.write(f"{sleeper.pid}\n")
    guard.stdin.close()  # as the system does with the pipe of a killed process
    assert sleeper.wait(timeout=10) == -signal.SIGTERM
    assert guard.wait(timeout=10) == 0


def test_the_guard_leaves_the_children_of_an_orderly_runner_alone():
    sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
    guard = subprocess.run(
        [sys.executable, "-m", "laz_ops.devserver", "guard"],
        input=f"{sleeper.pid}\ndone\n",
        text=True,
        cwd=devserver.CHECKOUT,
        timeout=10,
    )
    assert guard.returncode == 0
    assert sleeper.poll() is None
    sleeper.kill()
    sleeper.wait()


def test_the_box_holds_every_line():
    lines = box(["La-Paz", "", "http://127.0.0.1:8000/"]).splitlines()
    assert len({len(line) for line in lines}) == 1
    assert "http://127.0.0.1:8000/" in lines[3]
