"""The first half of `./run`: which command, which Python, which environment."""

import importlib.machinery
import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from laz_ops.localdb import CHECKOUT


@pytest.fixture
def run() -> ModuleType:
    loader = importlib.machinery.SourceFileLoader("run", str(CHECKOUT / "run"))
    spec = importlib.util.spec_from_loader("run", loader)
    assert spec
    module = importlib.util.module_from_spec(spec)
    dont_write_bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    loader.exec_module(module)
    sys.dont_write_bytecode = dont_write_bytecode
    return module


def refusal_of(*arguments: str, **environment: str) -> str:
    """The one line with which `./run` ends instead of starting."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    ended = subprocess.run(
        [sys.executable, str(CHECKOUT / "run"), *arguments],
        env={**inherited, "LAPAZ_VENV": "/proc/nowhere/venv", **environment},
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert ended.returncode == 1
    assert ended.stdout == ""
    line = ended.stderr.strip()
    assert "\n" not in line
    return line


def test_it_refuses_an_unknown_command_and_says_what_was_meant():
    assert "./run manage migrate" in refusal_of("migrate")


def test_it_refuses_demo_mode_together_with_a_database_of_ones_own():
    assert "unset one of them" in refusal_of(LAPAZ_DEMO="1", DATABASE_URL="postgres://web@db/ops")


def test_it_says_what_to_do_where_the_environment_cannot_be_made():
    assert "set LAPAZ_VENV" in refusal_of()


def test_it_prints_its_help_without_setting_anything_up():
    helped = subprocess.run([sys.executable, str(CHECKOUT / "run"), "help"], capture_output=True, text=True)
    assert helped.returncode == 0
    assert "./run test" in helped.stdout


def test_it_names_the_line_that_installs_a_newer_python(run, monkeypatch):
    monkeypatch.setattr(run.sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(run.sys, "platform", "linux")
    monkeypatch.setattr(run.shutil, "which", lambda name: None)
    with pytest.raises(SystemExit, match=r"Python 3\.11 or newer is needed and this is 3\.9\. .*apt-get install"):
        run.require_python()


def test_it_goes_on_in_a_newer_python_that_the_machine_has(run, monkeypatch):
    started = []
    monkeypatch.setattr(run.sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(run.sys, "argv", ["run", "test", "-x"])
    monkeypatch.setattr(run.shutil, "which", lambda name: "/usr/bin/python3.12" if name == "python3.12" else None)
    monkeypatch.setattr(run.os, "execv", lambda program, arguments: started.append(arguments) or sys.exit())
    with pytest.raises(SystemExit):
        run.require_python()
    assert started == [["/usr/bin/python3.12", str(CHECKOUT / "run"), "test", "-x"]]


def test_it_names_the_line_that_installs_the_venv_module(run, monkeypatch, tmp_path):
    monkeypatch.setattr(run, "VENV", str(tmp_path / "venv"))
    monkeypatch.setattr(run.sys, "platform", "linux")
    monkeypatch.setattr(run, "has", lambda module: module == "venv")
    with pytest.raises(SystemExit, match=r"venv module is missing.*apt-get install python3\.\d+-venv"):
        run.make_environment()


@pytest.mark.parametrize(
    ("command", "database", "files"),
    [
        ("serve", "", ["requirements.txt", "requirements-local.txt"]),
        ("serve", "postgres://web@db/ops", ["requirements.txt"]),
        ("manage", "", ["requirements.txt", "requirements-local.txt"]),
        ("test", "", ["requirements.txt", "requirements-local.txt", "requirements-dev.txt"]),
        ("test", "postgres://web@db/ops", ["requirements.txt", "requirements-local.txt", "requirements-dev.txt"]),
    ],
)
def test_only_the_tests_pay_for_what_tests_need(run, monkeypatch, command, database, files):
    monkeypatch.delenv("OWNER_DATABASE_URL")
    monkeypatch.setenv("DATABASE_URL", database)
    assert run.requirements_for(command) == files


def test_it_installs_again_only_what_has_changed(run, monkeypatch, tmp_path):
    installed: list[list[str]] = []
    monkeypatch.setattr(run, "VENV", str(tmp_path / "venv"))
    monkeypatch.setattr(run, "CHECKOUT", str(tmp_path))
    monkeypatch.setattr(run, "works", lambda python: True)
    monkeypatch.setattr(run, "install_files", installed.append)
    (tmp_path / "venv").mkdir()
    requirements = {name: tmp_path / name for name in ("requirements.txt", "requirements-local.txt")}
    for path in requirements.values():
        path.write_text("django==5.2\n")
    run.install(list(requirements))
    run.install(list(requirements))
    requirements["requirements.txt"].write_text("django==5.2.1\n")
    run.install(list(requirements))
    assert installed == [["requirements.txt", "requirements-local.txt"], ["requirements.txt"]]


def test_every_locked_requirement_has_a_hash_and_no_address():
    for path in Path(CHECKOUT).glob("requirements*.txt"):
        text = path.read_text()
        pins = [line for line in text.splitlines() if line[:1].isalpha()]
        assert pins
        assert all(line.endswith("\\") for line in pins), path
        assert "://" not in text, path
