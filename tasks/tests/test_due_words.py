"""Seen from Tuesday 24 November 2026, 10:00 in Toronto."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.due_words import Shift, on_weekdays, read_due, read_shift

TORONTO = ZoneInfo("America/Toronto")
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=TORONTO)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("today", "2026-11-24 17:00"),
        ("tomorrow 9am", "2026-11-25 09:00"),
        ("3pm", "2026-11-24 15:00"),
        ("9:30", "2026-11-25 09:30"),
        ("noon", "2026-11-24 12:00"),
        ("fri", "2026-11-27 17:00"),
        ("fri 3pm", "2026-11-27 15:00"),
        ("Friday at 3:30 PM", "2026-11-27 15:30"),
        ("thurs", "2026-11-26 17:00"),
        ("tue", "2026-11-24 17:00"),
        ("tue 9am", "2026-12-01 09:00"),
        ("next friday", "2026-12-04 17:00"),
        ("+3d", "2026-11-27 17:00"),
        ("in 2 weeks", "2026-12-08 17:00"),
        ("3wd", "2026-11-27 17:00"),
        ("5 working days", "2026-12-01 17:00"),
        ("27 nov", "2026-11-27 17:00"),
        ("Nov 27th noon", "2026-11-27 12:00"),
        ("2 jan", "2027-01-02 17:00"),
        ("1 december 2027 8am", "2027-12-01 08:00"),
        ("29 feb", "2028-02-29 17:00"),
        ("2026-11-27", "2026-11-27 17:00"),
        ("2026-11-27 15:00", "2026-11-27 15:00"),
        ("2026-11-27T15:00", "2026-11-27 15:00"),
        ("  12am ", "2026-11-25 00:00"),
    ],
)
def test_it_reads(typed, meant):
    assert f"{read_due(typed, NOW):%Y-%m-%d %H:%M}" == meant


@pytest.mark.parametrize("typed", ["", "none", "No date", "  "])
def test_it_takes_the_date_away(typed):
    assert read_due(typed, NOW) is None


def test_working_days_skip_what_the_calendar_says():
    holidays = {date(2026, 11, 26)}
    due = read_due("3wd", NOW, lambda day: day.weekday() < 5 and day not in holidays)
    assert due.date() == date(2026, 11, 30)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("31 nov", "November has 30 days. Did you mean 1 December?"),
        ("2026-02-30", "February has 28 days. Did you mean 2 March?"),
        ("13pm", "There is no 13 pm. Did you mean 13:00?"),
        ("25:00", "A day has 24 hours"),
        ("soonish", "Write a day such as"),
        ("5 grommet", "There is no month “grommet”"),
        ("2026-13-01", "A year has 12 months"),
        ("9999d", "more than ten years ahead"),
        ("0001-01-01", "Is the year 1 right?"),
    ],
)
def test_it_says_what_is_wrong(typed, says):
    with pytest.raises(ValueError, match=says.replace("?", r"\?")):
        read_due(typed, NOW)


@given(st.text(max_size=40))
def test_it_never_fails_otherwise(typed):
    try:
        due = read_due(typed, NOW)
    except ValueError:
        return
    assert due is None or due.tzinfo is TORONTO


def test_words_never_mean_a_moment_that_has_passed():
    late = NOW.replace(hour=18)
    for typed in ("tue", "5pm", "24 nov"):
        assert read_due(typed, late) > late


@pytest.mark.parametrize(
    ("typed", "days", "only_working"),
    [("+2d", 2, False), (" -1wd ", -1, True), ("+1w", 7, False), ("- 3 D", -3, False)],
)
def test_a_shift_is_a_sign_a_number_and_a_unit(typed, days, only_working):
    shift = read_shift(typed, on_weekdays)
    assert shift == Shift(days, on_weekdays if only_working else None)


def test_anything_else_is_no_shift_and_without_a_sign_only_where_it_may_lack():
    assert [read_shift(typed, on_weekdays) for typed in ("fri", "+", "2d", "+2 months", "")] == [None] * 5
    assert read_shift("2d", on_weekdays, signed=False) == Shift(2)
