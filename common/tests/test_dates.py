"""Dates as people write them. Monday 12 January 2026, 09:15 in Toronto, unless a test says otherwise."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.dates import find_dates

OFFICE = ZoneInfo("America/Toronto")
NOW = datetime(2026, 1, 12, 9, 15, tzinfo=OFFICE)


def one(text: str, now: datetime = NOW) -> str | None:
    """The only moment the text names, as it is stored; None when it names no single one."""
    mentions = find_dates(text, now)
    assert len(mentions) == 1, mentions
    moment = mentions[0].at()
    return moment and moment.strftime("%Y-%m-%dT%H:%M")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("by Friday", "2026-01-16T17:00"),
        ("this coming Fri", "2026-01-16T17:00"),
        ("by Wed noon", "2026-01-14T12:00"),
        ("noon Thurs", "2026-01-15T12:00"),
        ("tmrw 10am", "2026-01-13T10:00"),
        ("today before 3pm", "2026-01-12T15:00"),
        ("today by 2", "2026-01-12T14:00"),
        ("by 6pm Wed", "2026-01-14T18:00"),
        ("Wed at half past 4", "2026-01-14T16:30"),
        ("quarter to 5 on Tuesday", "2026-01-13T16:45"),
        ("EOD", "2026-01-12T17:00"),
        ("EOD Wed", "2026-01-14T17:00"),
        ("close of business Thursday", "2026-01-15T17:00"),
        ("by end of week", "2026-01-16T17:00"),
        ("EOM", "2026-01-31T17:00"),
        ("by year end", "2026-12-31T17:00"),
        ("in two weeks", "2026-01-26T17:00"),
        ("in 3 business days", "2026-01-15T17:00"),
        ("w/in 48h", "2026-01-14T09:15"),
        ("within the hour", "2026-01-12T10:15"),
        ("a week from Friday", "2026-01-23T17:00"),
        ("Tuesday of next week", "2026-01-20T17:00"),
        ("the day after tomorrow", "2026-01-14T17:00"),
        ("the day before closing (closing Apr 24)", "2026-04-23T17:00"),
        ("Jan 21", "2026-01-21T17:00"),
        ("21st of January", "2026-01-21T17:00"),
        ("Feb. 10 (Tuesday)", "2026-02-10T17:00"),
        ("Sat Aug 1 at 9am", "2026-08-01T09:00"),
        ("cond exp Jan 19 11:59pm", "2026-01-19T23:59"),
        ("by the 15th", "2026-01-15T17:00"),
        ("by the 5th", "2026-02-05T17:00"),
        ("the first of March", "2026-03-01T17:00"),
        ("COE 4/30", "2026-04-30T17:00"),
        ("on 15/2", "2026-02-15T17:00"),
        ("2026-03-01", "2026-03-01T17:00"),
        ("Nov 12, 2-4pm", "2026-11-12T14:00"),
        ("Thurs 11-1", "2026-01-15T11:00"),
        ("thursday after 5", "2026-01-15T17:00"),
        ("by New Year's Eve", None),
        ("le 1er mars à 10h", "2026-03-01T10:00"),
        ("demain avant 16h", "2026-01-13T16:00"),
        ("vendredi midi", "2026-01-16T12:00"),
        ("el 27 de marzo", "2026-03-27T17:00"),
        ("el viernes a las 3 de la tarde", "2026-01-16T15:00"),
        ("mañana por la mañana", "2026-01-13T17:00"),
        ("before 3pm", "2026-01-12T15:00"),
    ],
)
def test_it_works_out_a_date(text, expected):
    assert one(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Oct 28-30",
        "Sat & Sun 2-4",
        "Mon or Tues",
        "du lundi au dimanche",
        "Tues after 2 or Thurs before 11",
        "the week of March 9",
        "next week",
        "this weekend",
    ],
)
def test_it_chooses_no_day_out_of_several(text):
    assert one(text) is None


@pytest.mark.parametrize("text", ["Wed Mar 3", "Thursday the 20th", "Feb 10 (Friday)", "tomorrow (Friday)"])
def test_it_believes_neither_a_weekday_nor_a_date_that_contradict_each_other(text):
    assert one(text) is None
    assert "is not the weekday that was written" in find_dates(text, NOW)[0].problem


@pytest.mark.parametrize("text", ["yesterday", "last Friday", "March 4, 2025", "Jan 5", "Feb 30", "today at 9am"])
def test_it_has_no_value_for_what_is_past_or_does_not_exist(text):
    assert one(text) is None
    assert find_dates(text, NOW)[0].problem


@pytest.mark.parametrize(
    "text",
    [
        "24/7",
        "80/20 split",
        "the 2nd floor",
        "the sun deck",
        "mon acheteur",
        "he sat down",
        "3 bed 2 bath",
        "1.675 firm",
        "May I?",
    ],
)
def test_it_finds_no_date_where_there_is_none(text):
    assert find_dates(text, NOW) == []


def test_a_weekday_is_today_when_today_is_that_weekday_and_next_is_a_week_later():
    assert one("by Monday") == "2026-01-12T17:00"
    assert one("next Monday") == "2026-01-19T17:00"
    assert one("next Wednesday") == "2026-01-14T17:00"


def test_an_hour_that_has_passed_asks_instead_of_guessing():
    mention = find_dates("today by 3pm", NOW.replace(hour=16))[0]
    assert mention.at() is None
    assert mention.problem == "15:00 had already passed when this was sent"


def test_waiting_hours_across_the_clock_changes_are_real_hours():
    before_spring = datetime(2026, 3, 8, 0, 30, tzinfo=OFFICE)
    before_autumn = datetime(2025, 11, 2, 0, 30, tzinfo=OFFICE)
    assert one("in 3 hours", before_spring) == "2026-03-08T04:30"
    assert one("in 3 hours", before_autumn) == "2025-11-02T02:30"


def test_days_across_the_clock_changes_keep_the_office_hour():
    assert one("Monday 9am", datetime(2026, 3, 6, 16, 30, tzinfo=OFFICE)) == "2026-03-09T09:00"
    assert one("tomorrow 9am", datetime(2025, 11, 1, 23, 30, tzinfo=OFFICE)) == "2025-11-02T09:00"


def test_the_year_turns_where_it_must():
    christmas = datetime(2025, 12, 23, 10, 0, tzinfo=OFFICE)
    assert one("Jan 6", christmas) == "2026-01-06T17:00"
    assert one("by the 5th", christmas) == "2026-01-05T17:00"
    assert one("by New Year's Eve", christmas) == "2025-12-31T17:00"
    assert one("in 2 weeks", christmas) == "2026-01-06T17:00"


moments = st.datetimes(datetime(2020, 1, 1), datetime(2035, 12, 1), timezones=st.just(OFFICE))  # noqa: DTZ001
hours = st.integers(0, 23)


@given(moments, st.integers(0, 300), hours)
def test_a_written_date_is_read_back_as_itself(now, ahead, hour):
    day = now.date() + timedelta(days=ahead)
    if day == now.date() and hour <= now.hour:
        return
    for written in (
        f"{day:%b} {day.day}",
        f"{day:%A}, {day:%B} {day.day}, {day.year}",
        f"{day.day} {day:%B}",
        f"{day:%Y-%m-%d}",
    ):
        assert one(f"{written} {hour:02}:00", now) == f"{day:%Y-%m-%d}T{hour:02}:00"


@given(moments, st.sampled_from(["mon", "Tuesday", "weds", "thurs", "vendredi", "sábado", "domingo"]))
def test_a_weekday_is_the_next_such_day_on_or_after_the_message(now, weekday):
    mention = find_dates(f"by {weekday}", now)[0]
    if mention.day is None:
        assert "passed" in mention.problem
    else:
        assert 0 <= (mention.day - now.date()).days <= 6


@given(moments, st.text(max_size=200))
def test_no_text_breaks_it_and_every_mention_lies_in_the_text(now, text):
    place = 0
    for mention in find_dates(text, now):
        assert place <= mention.start < mention.end <= len(text)
        place = mention.end
        assert (mention.day is None) == bool(mention.problem)
        assert mention.day is None or mention.day >= now.date()


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("photos Friday or Saturday", ["2026-01-16", "2026-01-17"]),
        ("between Feb 1 and Feb 3", ["2026-02-01", "2026-02-03"]),
        ("Feb 5-7", ["2026-02-05", "2026-02-07"]),
        ("le 5-7 mars", ["2026-03-05", "2026-03-07"]),
        ("the 20th or the 21st", ["2026-01-20", "2026-01-21"]),
        ("Friday Jan 17", ["2026-01-16", "2026-01-17"]),
        ("tomorrow (Thursday)", ["2026-01-13", "2026-01-15"]),
        ("by Jan 5", []),
    ],
)
def test_a_date_that_is_not_one_day_names_the_days_it_may_mean(text, days):
    mention = find_dates(text, NOW)[0]
    assert mention.day is None
    assert [str(day) for day in mention.choices] == days


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("first Monday of February", "2026-02-02 17:00"),
        ("the last Friday in January, 2pm", "2026-01-30 14:00"),
        ("1st Monday of January", "2027-01-04 17:00"),
        ("11:59 Tues night", "2026-01-13 23:59"),
        ("reservar la sala el miércoles a las 11 para mi cliente", "2026-01-14 11:00"),
        ("they sign at title 2/8 2pm", "2026-02-08 14:00"),
        ("the family moves in 4/1", "2026-04-01 17:00"),
    ],
)
def test_days_by_their_number_and_hours_beside_them(text, at):
    assert [f"{mention.at():%Y-%m-%d %H:%M}" for mention in find_dates(text, NOW)] == [at]


def test_the_stated_hour_holds_for_each_day_it_may_mean():
    mention = find_dates("Tuesday 3pm or Wednesday", NOW)[0]
    assert [str(moment) for moment in mention.choices_at()] == ["2026-01-13 15:00:00", "2026-01-14 15:00:00"]
