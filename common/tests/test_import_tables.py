"""From the records of a file to checked rows: the header, ragged rows, repeated values."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from common.imports.columns import LEAVE, Choice, Context, Text, Timestamp, WholeNumber
from common.imports.problems import FileRefused
from common.imports.tables import Table, out_of_order

NOW = datetime(2026, 1, 26, 14, 0, tzinfo=UTC)


class Pets(Table):
    name = "pets"
    key = "id"
    unique = ("name",)
    columns = (
        Text("id", required=True),
        Text("name", required=True),
        Choice("kind", ("cat", "dog")),
        WholeNumber("lives", 0, 9, empty=1),
        Timestamp("born_at", empty=LEAVE),
        Timestamp("left_at"),
    )

    def check(self, values):
        return out_of_order(values, ("born_at", "left_at"))


def read(text, **options):
    return Pets().read(text.encode(), Context(ZoneInfo("America/Toronto"), NOW), **options)


def told(rows):
    return [(problem.line, problem.column, problem.value, problem.reason) for problem in rows.problems]


def refusal(text, **options):
    with pytest.raises(FileRefused) as refused:
        read(text, **options)
    return [str(problem) for problem in refused.value.problems]


def test_cells_become_values():
    rows = read("id,name,kind,lives,born_at,left_at\n1, Tom ,cat,9,2026-01-02T03:04:05Z,\n2,Rex,,,,\n")
    assert [row.values for row in rows.rows] == [
        {
            "id": "1",
            "name": "Tom",
            "kind": "cat",
            "lives": 9,
            "born_at": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
            "left_at": None,
        },
        {"id": "2", "name": "Rex", "kind": None, "lives": 1, "left_at": None},
    ]
    assert not rows.problems


def test_a_column_that_is_not_required_may_be_absent():
    assert read("name,id\nTom,1\n").rows[0].values == {"name": "Tom", "id": "1"}


def test_the_header_is_read_in_any_capitals():
    assert read(' ID ,"Name"\n1,Tom\n').rows[0].values == {"id": "1", "name": "Tom"}


def test_missing_unknown_repeated_and_nameless_columns_are_named_together():
    assert refusal("id,naam,kind,kind,\n1,Tom,cat,dog,\n") == [
        "line 1, naam: the column “naam” is not known.",
        "line 1, kind: the column “kind” stands twice in the header.",
        "line 1: column 5 has no name.",
        "line 1, name: the column “name” is missing.",
        "The columns of pets are: id, name, kind, lives, born_at, left_at.",
    ]


def test_columns_can_be_mapped_and_passed_over():
    rows = read("id;Called;Colour\n1;Tom;grey\n", mapping={"Called": "name", "Colour": None})
    assert rows.rows[0].values == {"id": "1", "name": "Tom"}


def test_a_header_alone_is_refused():
    assert refusal("id,name\n") == ["The file has a header but no rows."]


def test_a_row_with_too_few_or_too_many_fields_is_wrong_as_a_whole():
    rows = read("id,name,kind\n1,Tom\n2,Rex,dog,,extra\n3,Ada,cat\n")
    assert told(rows) == [
        (2, "", "", "the line has 2 fields, 1 too few; the header has 3."),
        (3, "", "", "the line has 5 fields, 2 too many; the header has 3."),
    ]
    assert [row.values["id"] for row in rows.good] == ["3"]


def test_every_wrong_cell_of_a_row_is_told():
    rows = read("id,name,kind,lives\n1,,cow,12\n")
    assert told(rows) == [
        (2, "name", "", "is empty."),
        (2, "kind", "cow", "is not one of cat, dog."),
        (2, "lives", "12", "is outside 0 to 9."),
    ]
    assert not rows.good


def test_what_was_put_right_is_a_notice_and_keeps_the_row():
    rows = read("id,name,kind\n1,Tom,Cat \n")
    assert told(rows) == [(2, "kind", "Cat ", "was read as “cat”.")]
    assert rows.problems[0].is_notice
    assert rows.good[0].values["kind"] == "cat"


def test_a_repeated_value_is_told_with_the_line_it_repeats():
    rows = read("id,name\n1,Tom\n2,Rex\n1,Ada\n3,Tom\n4,\n4,Eva\n")
    assert told(rows) == [
        (4, "id", "1", "repeats line 2."),
        (5, "name", "Tom", "repeats line 2."),
        (6, "name", "", "is empty."),
        (7, "id", "4", "repeats line 6."),
    ]


def test_times_of_a_row_must_be_in_order():
    rows = read("id,name,born_at,left_at\n1,Tom,2026-01-02T00:00:00Z,2026-01-01T00:00:00Z\n")
    assert told(rows) == [(2, "left_at", "2026-01-01T00:00:00Z", "lies before born_at.")]


def test_a_row_with_a_broken_quote_counts_and_is_told():
    rows = read('id,name\n1,"Tom\n2,Rex\n')
    assert rows.unreadable == 1
    assert [row.values["id"] for row in rows.good] == ["2"]
    assert rows.problems[0].line == 2
