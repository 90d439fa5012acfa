"""`manage.py read_messages`: a file of messages in, a file of readings out, and no database."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from slackintake.reading import schema_faults

ROOT = Path(__file__).resolve().parents[3]
MESSAGE = {
    "id": "M1",
    "text": "New sale listing at 123 Main St, photos by Friday",
    "ts_iso": "2026-01-12T09:15:00-05:00",
}


def written(folder: Path, *lines: object) -> tuple[Path, Path]:
    source = folder / "messages.jsonl"
    source.write_text(
        "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), encoding="utf-8"
    )
    return source, folder / "readings.jsonl"


def test_it_writes_one_reading_per_message(tmp_path):
    source, target = written(tmp_path, MESSAGE, "", {**MESSAGE, "id": "M2", "text": "thanks!", "other": 1})
    call_command("read_messages", input=source, output=target)

    readings = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert [reading["id"] for reading in readings] == ["M1", "M2"]
    assert all(schema_faults(reading["classification"]) == [] for reading in readings)
    assert readings[0]["classification"]["due_date"] == "2026-01-16T17:00"


def test_half_a_character_pair_in_a_name_is_still_written_as_utf_8(tmp_path):
    source, target = written(tmp_path, json.dumps({**MESSAGE, "id": "\ud800"}))
    call_command("read_messages", input=source, output=target)
    assert json.loads(target.read_text(encoding="utf-8"))["id"] == "?"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "this is not JSON"),
        ("[" * 100_000, "this is not JSON"),
        ("[]", "this is not a JSON object"),
        ({"id": 1, "text": "", "ts_iso": ""}, "“id” is missing or no text"),
        ({"id": "1", "ts_iso": "2026-01-12T09:15:00-05:00"}, "“text” is missing or no text"),
        ({**MESSAGE, "ts_iso": "yesterday"}, "is no ISO date and time"),
        ({**MESSAGE, "ts_iso": "2026-01-12T09:15:00"}, "has no time zone"),
        ({**MESSAGE, "ts_iso": "0001-01-01T00:00:00+14:00"}, "is no ISO date and time"),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_written(tmp_path, line, why):
    source, target = written(tmp_path, MESSAGE, line)
    target.write_text("kept")
    with pytest.raises(CommandError, match=f"Line 2: .*{why}"):
        call_command("read_messages", input=source, output=target)
    assert target.read_text() == "kept"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["messages.jsonl", "readings.jsonl"]


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(CommandError, match=r"nowhere\.jsonl: No such file"):
        call_command("read_messages", input=tmp_path / "nowhere.jsonl", output=tmp_path / "out.jsonl")


def test_a_file_that_is_no_text_is_named(tmp_path):
    source, target = written(tmp_path)
    source.write_bytes(b"\xff\xfe{}")
    with pytest.raises(CommandError, match="is not UTF-8 text"):
        call_command("read_messages", input=source, output=target)


def test_it_needs_no_database(tmp_path):
    source, target = written(tmp_path, MESSAGE)
    environment = {name: value for name, value in os.environ.items() if "DATABASE" not in name and name != "LAPAZ_DEMO"}
    environment["DATABASE_URL"] = "postgresql://nobody@127.0.0.1:1/nowhere"
    done = subprocess.run(
        [sys.executable, "manage.py", "read_messages", "--input", source, "--output", target],
        cwd=ROOT,
        env=environment | {"SECRET_KEY": "x" * 50, "PRINCIPAL_KEY": "y" * 50, "SLACK_SIGNING_SECRET": "z" * 32},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Read 1 messages" in done.stderr
    assert json.loads(target.read_text(encoding="utf-8"))["id"] == "M1"
