"""A short way to read a message in tests."""

from datetime import datetime
from zoneinfo import ZoneInfo

from slackintake.reading import Reading, read

OFFICE = ZoneInfo("America/Toronto")
MONDAY = datetime(2026, 1, 12, 9, 15, tzinfo=OFFICE)


def reading_of(text: str, sent_at: datetime = MONDAY, **options) -> Reading:
    return read(text, sent_at, office_tz=OFFICE, **options)
