"""From the bytes of a file to its records."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.imports.problems import FileRefused
from common.imports.reading import read_sheet

HEADER = "id,name,note\n"


def reasons(problems):
    return [(problem.line, problem.reason) for problem in problems]


def refusal(data, **options):
    with pytest.raises(FileRefused) as refused:
        read_sheet(data, ("id", "name", "note"), **options)
    return refused.value


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "The file is empty."),
        (b" \n\r\n", "The file is empty."),
        (b"\xef\xbb\xbf", "The file is empty."),
        (b",,\n", "The file has no header."),
        (b"\x89PNG\r\n\x1a\n", "The file is a PNG picture, not a CSV file."),
        (b"PK\x03\x04rest", "The file is a ZIP archive or an Excel workbook (.xlsx), not a CSV file."),
        (bytes(range(1, 32)) * 3, "The file is not a CSV file: it is full of control characters."),
        ("id,name\n".encode("utf-32"), "The file is in UTF-32. Save it as “CSV UTF-8” and try again."),
        (
            "id,name\n1,Zoë\n".encode("utf-16-le"),
            "The file looks like UTF-16 without its mark, or is not a text file. Save it as “CSV UTF-8” and try again.",
        ),
        (
            "id,name\n".encode("utf-16") + b"x",
            "The file says that it is in UTF-16, but it is damaged. Save it as “CSV UTF-8” and try again.",
        ),
    ],
)
def test_it_refuses_what_is_no_csv_file(data, reason):
    assert [str(problem) for problem in refusal(data).problems] == [reason]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_it_finds_separator_line_ends_and_encoding(separator, line_end, encoding):
    text = f"id{separator}name{separator}note{line_end}1{separator}Zoë, O’Hara{line_end}"
    text = text.replace("Zoë, O’Hara", '"Zoë, O’Hara"') + line_end
    sheet = read_sheet(text.encode(encoding), ("id", "name", "note"))
    assert sheet.header.fields == ["id", "name", "note"]
    assert [(record.line, record.fields) for record in sheet.records] == [(2, ["1", "Zoë, O’Hara"])]


def test_it_names_every_line_that_is_not_utf8():
    data = HEADER.encode() + b"1,Chlo\xe9,\r\n2,good,\r3,O\x92Hanlon,\n"
    refused = refusal(data)
    assert [problem.line for problem in refused.problems] == [2, 4]
    assert "0xE9" in refused.problems[0].reason
    assert "“é”" in refused.problems[0].reason
    assert refused.code == "encoding"


def test_it_names_at_most_twenty_lines_that_are_not_utf8():
    refused = refusal(HEADER.encode() + b"1,\xe9,\n" * 500)
    assert len(refused.problems) == 21
    assert refused.problems[-1].reason == "More lines follow that are not UTF-8."


def test_it_reads_windows_1252_when_told_to():
    sheet = read_sheet(HEADER.encode() + b"1,Chlo\xe9,O\x92H\n", ("id",), encoding="windows-1252")
    assert sheet.records[0].fields == ["1", "Chloé", "O’H"]


def test_it_does_not_spoil_utf8_by_reading_it_as_windows_1252():
    refused = refusal(HEADER.encode() + "1,Chloé,\n".encode(), encoding="windows-1252")
    assert "is in UTF-8" in refused.problems[0].reason


def test_it_names_the_line_of_a_byte_that_windows_1252_does_not_have():
    refused = refusal(HEADER.encode() + b"1,\xe9,\n2,\x81,\n", encoding="windows-1252")
    assert refused.problems[0].line == 3


def test_a_record_has_the_number_of_the_line_on_which_it_begins():
    text = HEADER + '1,"a\nb",x\n\n  \n2,"c\r\nd",y\n,,\n3,z,\n'
    sheet = read_sheet(text.encode())
    assert [(record.line, record.fields[0]) for record in sheet.records] == [(2, "1"), (6, "2"), (9, "3")]


@pytest.mark.parametrize(
    ("body", "line", "reason", "read"),
    [
        ('1,a,b\n2,"never closed,b\n', 3, "a quote opens on this line and is never closed.", ["1"]),
        ('1,"never closed\n2,b,c\n3,d,e\n', 2, "a quote opens on this line and is never closed.", ["2", "3"]),
        (
            '1,"open,b\n2,"closed",c\n3,d,e\n',
            2,
            "a quote opens on this line and is not closed before line 3.",
            ["2", "3"],
        ),
        (
            '1,"two\nlines","open\n2,b,c\n3,"x",e\n',
            3,
            "a quote opens on this line and is not closed before line 5.",
            ["2", "3"],
        ),
        (
            '1,"a "quoted" word",b\n2,c,d\n',
            2,
            "a quote inside a quoted field must be doubled, or the field is not closed before the next separator.",
            ["2"],
        ),
        ('1,a,b\n2,"' + "x" * 140_000 + "\n3,c,d\n", 3, "a quote opens on this line and is never closed.", ["1", "3"]),
    ],
)
def test_a_quote_that_does_not_close_is_told_and_swallows_no_other_row(body, line, reason, read):
    sheet = read_sheet((HEADER + body).encode())
    assert reasons(sheet.broken) == [(line, reason)]
    assert [record.fields[0] for record in sheet.records] == read


def test_a_broken_header_refuses_the_file():
    assert refusal(b'id,"name\n1,a\n').problems[0].line == 1


def test_a_file_full_of_broken_quotes_is_refused():
    assert len(refusal(HEADER.encode() + b'1,"a"b"\n' * 200).problems) == 20


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data):
    try:
        sheet = read_sheet(data, ("id", "name"))
    except FileRefused as refused:
        told = refused.problems
    else:
        told = sheet.header.fields
    assert told


CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


@given(
    st.lists(st.tuples(st.integers(0, 9).map(str), CELL, CELL), min_size=1, max_size=6),
    st.sampled_from([",", ";", "\t"]),
)
def test_what_a_csv_writer_wrote_is_read_as_it_was(rows, separator):
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=separator)
    writer.writerow(["id", "name", "note"])
    writer.writerows(rows)
    data = buffer.getvalue().encode("utf-8-sig")
    try:
        sheet = read_sheet(data, ("id", "name", "note"))
    except FileRefused as refused:
        assert "control characters" in str(refused)  # noqa: PT017 - many control characters are a reason to refuse
        return
    assert not sheet.broken
    assert [tuple(record.fields) for record in sheet.records] == rows
    assert sheet.records[0].line == 2
