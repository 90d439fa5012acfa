"""Time in words."""

from datetime import UTC, datetime, timedelta

import pytest

from common.clock import age_in_words

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(minutes=-1), "0 min"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(hours=23, minutes=59), "23 hours"),
        (timedelta(days=1), "1 day"),
        (timedelta(days=40), "40 days"),
    ],
)
def test_an_age_has_one_unit(ago, words):
    assert age_in_words(NOW - ago, NOW) == words
