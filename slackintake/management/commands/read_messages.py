"""Read messages from a file and write what they ask for, without any database."""

import json
import os
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from slackintake.reading import read

LONGEST_LINE = 2_000_000  # characters; a longer line is no message and would only fill the memory


class BadLine(ValueError):
    """One line of the input is no message; the text says why."""


class Command(BaseCommand):
    help = "Reads one message {id, text, ts_iso} per line and writes {id, classification} per line. Needs no database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--input", required=True, help="messages, one JSON object {id, text, ts_iso} per line")
        parser.add_argument("--output", required=True, help="where the readings go; replaced when all lines were read")

    def handle(self, *args: Any, **options: Any) -> None:
        source, target = Path(options["input"]), Path(options["output"])
        office_tz = ZoneInfo(getattr(settings, "OFFICE_TIME_ZONE", settings.TIME_ZONE))
        unfinished = target.with_name(target.name + ".part")
        try:
            with source.open(encoding="utf-8") as messages, unfinished.open("w", encoding="utf-8") as readings:
                count = self.read_all(messages, readings, office_tz)
            os.replace(unfinished, target)
        except UnicodeDecodeError as error:
            raise CommandError(
                f"{source} is not UTF-8 text: {error.reason}. Save it as UTF-8 and try again."
            ) from error
        except OSError as error:
            raise CommandError(
                f"{error.filename or source}: {error.strerror}. Check the path and its rights."
            ) from error
        finally:
            unfinished.unlink(missing_ok=True)
        self.stderr.write(f"Read {count:,} messages into {target}.")

    def read_all(self, messages: Any, readings: Any, office_tz: ZoneInfo) -> int:
        """Read every line; a bad one ends the run with its number, and nothing is written."""
        count = 0
        for number, line in _lines(messages):
            try:
                identity, text, sent_at = _message(line)
            except BadLine as error:
                raise CommandError(f"Line {number}: {error} Nothing was written.") from error
            reading = read(text, sent_at, office_tz=office_tz)
            readings.write(_json_line({"id": identity, "classification": reading.to_json()}))
            count += 1
            if count % 1000 == 0:
                self.stderr.write(f"Read {count:,} messages …", ending="\r")
        return count


def _lines(messages: Any) -> Iterator[tuple[int, str]]:
    number = 0
    while line := messages.readline(LONGEST_LINE):
        number += 1
        if line.strip():
            yield number, line


def _message(line: str) -> tuple[str, str, datetime]:
    try:
        message = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadLine(f"this is not JSON ({error}).") from error
    if not isinstance(message, dict):
        raise BadLine("this is not a JSON object {id, text, ts_iso}.")
    for name in ("id", "text", "ts_iso"):
        if not isinstance(message.get(name), str):
            raise BadLine(f"“{name}” is missing or no text.")
    try:
        sent_at = datetime.fromisoformat(message["ts_iso"])
        sent_at.astimezone(ZoneInfo("UTC"))
    except (ValueError, OverflowError) as error:
        raise BadLine("“ts_iso” is no ISO date and time, such as 2026-01-26T09:00:00-05:00.") from error
    if sent_at.tzinfo is None:
        raise BadLine("“ts_iso” has no time zone; write it as 2026-01-26T09:00:00-05:00.")
    return message["id"], message["text"], sent_at


def _json_line(value: dict[str, Any]) -> str:
    """One line of JSON; a broken half of a character pair, which UTF-8 cannot hold, becomes a replacement mark."""
    line = json.dumps(value, ensure_ascii=False)
    return line.encode("utf-8", "replace").decode("utf-8") + "\n"
