"""From the text of a cell to a value, or to a reason."""

from datetime import UTC, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.imports.columns import (
    Choice,
    Context,
    Email,
    Identifier,
    Json,
    Number,
    Phone,
    Text,
    TextList,
    Timestamp,
    WholeNumber,
)
from common.imports.problems import Wrong

ZONE = ZoneInfo("America/Toronto")
NOW = datetime(2026, 1, 26, 14, 0, tzinfo=UTC)
DUE = Timestamp("due_date", day_means=time(17), may_be_future=True)
CREATED = Timestamp("created_at")
COLUMNS = (
    Text("text", longest=50),
    Phone("phone"),
    Email("email"),
    Identifier("id", of="realtor"),
    Choice("choice", ("OPEN", "DONE")),
    WholeNumber("whole", 0, 10),
    Number("number", 0, 100),
    Json("json"),
    TextList("list"),
    DUE,
    CREATED,
)


def read(column, text, **options):
    """The value and the notices."""
    context = Context(ZONE, NOW, **options)
    return column.read(text, context), context.notices


def reason(column, text, **options):
    with pytest.raises(Wrong) as wrong:
        read(column, text, **options)
    return str(wrong.value)


class TestText:
    def test_it_is_never_cut(self):
        assert reason(Text("name"), "N" * 10_000) == "has 10,000 characters; at most 200 are possible."

    def test_it_keeps_markup_and_formulas_as_they_are(self):
        for text in ("<script>alert(1)</script>", '=HYPERLINK("http://example.com","click")', "Zoë O’Hara 🏠"):
            assert read(Text("name"), text) == (text, [])

    def test_it_refuses_what_the_database_or_a_screen_cannot_hold(self):
        assert reason(Text("name"), "Zo\0e") == "holds a control character (U+0000)."
        assert reason(Text("name"), "Zo\x1be") == "holds a control character (U+001B)."
        assert reason(Text("name"), "\u200b\u202e") == "holds nothing but invisible characters."

    def test_it_keeps_a_direction_override_with_a_notice(self):
        value, notices = read(Text("name"), "Ro\u202ebert")
        assert value == "Ro\u202ebert"
        assert "invisible characters" in notices[0]

    def test_it_has_one_kind_of_line_end(self):
        assert read(Text("note"), "a\r\nb\rc\nd") == ("a\nb\nc\nd", [])


class TestPeople:
    def test_an_email_is_lower_cased(self):
        assert read(Email("email"), "ELENA@Realty.Example") == ("elena@realty.example", [])

    @pytest.mark.parametrize("text", ["not-an-email", "a@b@c.com", "a@b", "a b@c.com", "a@c.com\0", "@c.com"])
    def test_a_bad_email_is_refused(self, text):
        assert reason(Email("email"), text) == "is not an e-mail address."

    def test_a_long_email_is_refused(self):
        assert "at most 254" in reason(Email("email"), "a" * 250 + "@b.com")

    def test_a_phone_that_is_words_is_kept_with_a_notice(self):
        value, notices = read(Phone("phone"), "call the office")
        assert value == "call the office"
        assert notices == ["does not look like a telephone number; kept as it is."]

    def test_a_phone_is_kept_as_written(self):
        assert read(Phone("phone"), "+1 (416) 555-0100 x7") == ("+1 (416) 555-0100 x7", [])


class TestIds:
    def test_an_id_is_a_ulid(self):
        assert read(Identifier("id", of="realtor"), "01KFABCDEFGHJKMNPQRSTVWXYZ")[0] == "01KFABCDEFGHJKMNPQRSTVWXYZ"

    def test_small_letters_are_put_right(self):
        value, notices = read(Identifier("id", of="realtor"), "01kfabcdefghjkmnpqrstvwxyz")
        assert value == "01KFABCDEFGHJKMNPQRSTVWXYZ"
        assert len(notices) == 1

    @pytest.mark.parametrize("text", ["maria", "81KFABCDEFGHJKMNPQRSTVWXYZ", "01KFABCDEFGHIJKLMNOPQRSTUV", "0" * 27])
    def test_anything_else_is_refused(self, text):
        assert reason(Identifier("id", of="realtor"), text).startswith("is not the id of a realtor")


class TestChoices:
    def test_the_word_itself_is_taken(self):
        assert read(Choice("status", ("OPEN", "DONE")), "DONE") == ("DONE", [])

    def test_capitals_are_put_right_with_a_notice(self):
        assert read(Choice("status", ("OPEN", "DONE")), "done") == ("DONE", ["was read as “DONE”."])

    def test_another_word_is_refused_and_the_right_ones_named(self):
        assert reason(Choice("role", ("admin", "support")), "manager") == "is not one of admin, support."


class TestNumbers:
    @pytest.mark.parametrize(("text", "value"), [("0", 0), ("10", 10), ("+5", 5), ("007", 7)])
    def test_a_priority_is_a_whole_number(self, text, value):
        assert read(WholeNumber("priority", 0, 10), text) == (value, [])

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("90", "is outside 0 to 10."),
            ("-1", "is outside 0 to 10."),
            ("high", "is not a whole number from 0 to 10."),
            ("7.5", "is not a whole number from 0 to 10."),
            ("1e1", "is not a whole number from 0 to 10."),
            ("٣", "is not a whole number from 0 to 10."),
            ("9" * 5000, "is not a whole number from 0 to 10."),
        ],
    )
    def test_any_other_priority_is_refused(self, text, why):
        assert reason(WholeNumber("priority", 0, 10), text) == why

    @pytest.mark.parametrize("text", ["55", "55.0", "55.00"])
    def test_progress_has_two_decimals(self, text):
        assert read(Number("progress", 0, 100), text) == (Decimal("55.00"), [])

    def test_a_decimal_comma_is_read_with_a_notice(self):
        assert read(Number("progress", 0, 100), "12,5") == (Decimal("12.50"), ["was read as 12.5."])

    @pytest.mark.parametrize("text", ["140", "-0.01", "NaN", "Infinity", "1e2", "1.234", "1,234.5", "half"])
    def test_any_other_progress_is_refused(self, text):
        assert reason(Number("progress", 0, 100), text)


class TestJson:
    def test_an_object_is_taken(self):
        assert read(Json("inputs"), '{"files": [1, 2.5, "Zoë", null]}')[0] == {"files": [1, 2.5, "Zoë", None]}

    @pytest.mark.parametrize(
        "text",
        [
            "{'single': 'quotes'}",
            "[1]",
            "12",
            '{"a": NaN}',
            '{"a": 1e999}',
            '{"a": "\\u0000"}',
            '{"a\\u0000": 1}',
            '{"a": "\\ud800"}',
            '{"a": ' + "[" * 20_000 + "]" * 20_000 + "}",
            '{"a": "' + "x" * 100_001 + '"}',
            "{" + '"a": ' + "9" * 6000 + "}",
        ],
    )
    def test_what_the_database_could_not_store_is_refused(self, text):
        assert reason(Json("inputs"), text)

    def test_a_backslash_before_u0000_is_text(self):
        assert read(Json("inputs"), r'{"a": "\\u0000"}')[0] == {"a": r"\u0000"}

    def test_one_and_true_are_not_the_same(self):
        column = Json("inputs")
        assert column.same({"a": 1, "b": 2}, {"b": 2, "a": 1})
        assert not column.same({"a": 1}, {"a": True})
        assert not column.same({"a": ["True"]}, {"a": [True]})

    def test_the_database_may_write_a_number_in_another_way(self):
        assert Json("inputs").same({"a": 10**25}, {"a": 1e25})


def test_a_list_is_joined_with_bars():
    column = TextList("territories")
    assert read(column, " The Beaches | |Etobicoke|The Beaches") == (["The Beaches", "Etobicoke"], [])
    assert read(column, "|") == (None, [])
    assert reason(column, "x" * 101) == "has 101 characters; at most 100 are possible."
    assert (
        reason(column, "|".join(str(number) for number in range(101))) == "has 101 entries; at most 100 are possible."
    )
    assert column.shown(["a", "b"]) == "a|b"


class TestTimes:
    @pytest.mark.parametrize(
        "text",
        ["2026-01-15T22:00:00Z", "2026-01-15T17:00:00-05:00", "2026-01-15 17:00-0500", "2026-01-15T22:00:00.000000Z"],
    )
    def test_a_time_with_an_offset_is_kept_in_utc(self, text):
        assert read(DUE, text) == (datetime(2026, 1, 15, 22, tzinfo=UTC), [])

    def test_a_day_alone_is_five_in_the_afternoon(self):
        value, notices = read(DUE, "2026-01-15")
        assert value == datetime(2026, 1, 15, 22, tzinfo=UTC)
        assert notices == ["has no time of day; taken as 17:00 in America/Toronto."]

    def test_a_day_alone_that_is_no_due_date_is_its_beginning(self):
        assert read(CREATED, "2026-01-15")[0] == datetime(2026, 1, 15, 5, tzinfo=UTC)

    def test_a_time_without_an_offset_is_office_time(self):
        value, notices = read(DUE, "2026-07-01T09:30")
        assert value == datetime(2026, 7, 1, 13, 30, tzinfo=UTC)
        assert notices == ["has no offset; taken as time in America/Toronto."]

    def test_of_the_hour_that_occurs_twice_the_first_is_taken(self):
        value, notices = read(DUE, "2026-11-01T01:30:00")
        assert value == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
        assert "occurs twice" in notices[0]
        assert "the first was taken" in notices[0]

    def test_the_hour_that_clocks_skip_is_refused(self):
        assert "does not exist" in reason(DUE, "2026-03-08T02:30:00")

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("03/04/2026", "can be read in two ways; write 2026-03-04 or 2026-04-03."),
            ("25/12/2026", "must be written as year-month-day, like 2026-01-31."),
            ("4.4.2026", "must be written as year-month-day, like 2026-01-31."),
            ("2026-02-30T17:00:00Z", "names a day that no calendar has."),
            ("2026-02-30", "names a day that no calendar has."),
            ("2026-01-15T25:00:00Z", "names a time that no clock shows."),
            ("2026-01-15T10:00:00+25:00", "names a time that no clock shows."),
            ("tomorrow", "is no date or time; write it like 2026-01-31T17:00:00-05:00."),
            ("2026-W05-1", "is no date or time; write it like 2026-01-31T17:00:00-05:00."),
            (
                "45993",
                "is a spreadsheet's number for a day (perhaps 2025-12-02); write the date like 2026-01-31.",
            ),
            ("1066-10-14", "is outside the years 1970 to 2100."),
            ("0001-01-01T00:00:00+10:00", "is outside the years 1970 to 2100."),
            ("9999-12-31T23:59:59-10:00", "is outside the years 1970 to 2100."),
        ],
    )
    def test_what_is_no_time_is_refused_in_words(self, text, why):
        assert reason(DUE, text) == why

    def test_only_a_due_date_may_lie_in_the_future(self):
        assert reason(CREATED, "2031-01-01T00:00:00Z") == "lies in the future."
        assert read(DUE, "2031-01-01T00:00:00Z")[0].year == 2031

    def test_shifting_keeps_the_time_of_day_of_the_office(self):
        winter = "2026-01-15T22:00:00Z"
        assert read(DUE, winter, shift_days=180)[0] == datetime(2026, 7, 14, 21, tzinfo=UTC)
        assert read(DUE, winter, shift_days=-365)[0] == datetime(2025, 1, 15, 22, tzinfo=UTC)

    def test_a_shift_out_of_the_calendar_is_refused(self):
        assert reason(DUE, "2026-01-15T22:00:00Z", shift_days=36_500) == "is outside the years 1970 to 2100."


@given(st.sampled_from(COLUMNS), st.text(min_size=1), st.integers(-36_500, 36_500))
def test_any_text_gives_a_value_or_a_reason(column, text, shift_days):
    context = Context(ZONE, NOW, shift_days)
    try:
        told = column.shown(column.read(text, context)) + "."
    except Wrong as wrong:
        told = str(wrong)
    assert told.endswith(".")


@given(st.datetimes(datetime(1971, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_a_time_that_was_shown_is_read_as_it_was(moment):
    assert read(DUE, DUE.shown(moment)) == (moment, [])
