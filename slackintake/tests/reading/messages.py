"""A short way to read a message in tests."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from slackintake.reading import Reading, read

OFFICE = ZoneInfo("America/Toronto")
MONDAY = datetime(2026, 1, 12, 9, 15, tzinfo=OFFICE)


def reading_of(text: str, sent_at: datetime = MONDAY, **options) -> Reading:
    return read(text, sent_at, office_tz=OFFICE, **options)


def examples() -> Iterator[tuple[tuple[str, ...], str]]:
    """The invented messages with the labels that are right for each."""
    labels: tuple[str, ...] = ()
    for line in Path(__file__).with_name("examples.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            labels = (line.strip("[]"),)
        elif line and not line.startswith("#"):
            text, _, other = line.rpartition(" or ") if re.search(r" or [A-Z_]+$", line) else (line, "", "")
            yield (*labels, other) if other else labels, text.replace("\\n", "\n")
