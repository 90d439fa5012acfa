"""From the bytes of a CSV file to its records, each with the line on which it begins."""

import csv
import io
import re
from dataclasses import dataclass, field

from .problems import FileRefused, Problem, refused

ENCODINGS = ("utf-8", "windows-1252")
SEPARATORS = (",", ";", "\t", "|")
LARGEST_FILE = 200 * 1024 * 1024
# Enough for any hand-made file; more means that the file is not what it seems, and each one costs a fresh start.
MOST_BROKEN_RECORDS = 100
MOST_LINES_NAMED = 20

SIGNATURES = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or an Excel workbook (.xlsx)"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls)"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"SQLite format 3", "an SQLite database"),
)
CONTROL_BYTES = bytes(set(range(32)) - set(b"\t\n\r\x0c"))
LINE_END = re.compile(rb"\r\n|\n|\r")
SAVE_AS_UTF8 = "Save it as “CSV UTF-8” and try again."


@dataclass(slots=True)
class Record:
    """One record of the file: the line on which it begins, and its fields as text."""

    line: int
    fields: list[str]


@dataclass(slots=True)
class Sheet:
    """A file that could be read: its header, its records, and what was wrong with its form.

    Records whose quotes do not close are in `broken`, not in `records`.
    """

    header: Record
    records: list[Record]
    separator: str
    encoding: str
    broken: list[Problem] = field(default_factory=list)
    notices: list[Problem] = field(default_factory=list)


def read_sheet(data, known_columns=(), encoding=None):
    """Read the bytes of a CSV file.

    `known_columns` are the names a header may hold: the separator that yields most of them is taken.
    `encoding` is one of ENCODINGS, or None to find out. Raises FileRefused when nothing can be made of the file.
    """
    text, encoding, notices = decode(data, encoding)
    lines = io.StringIO(text, newline="").readlines()
    first = next((index for index, line in enumerate(lines) if line.strip()), None)
    if first is None:
        raise refused("The file is empty.")
    separator = find_separator(lines[first], known_columns)
    records, broken = split_records(lines, separator)
    if broken and broken[0].line == first + 1:
        raise FileRefused(broken[0])
    if not records:
        raise refused("The file has no header.")
    header, *records = records
    return Sheet(header, records, separator, encoding, broken, notices)


def decode(data, encoding=None):
    """The text of the bytes, the encoding found, and notices. Raises FileRefused when they are no text."""
    if len(data) > LARGEST_FILE:
        raise refused(f"The file is larger than {LARGEST_FILE // 2**20} MB. Split it and import the parts.")
    if not data.strip():
        raise refused("The file is empty.")
    for signature, kind in SIGNATURES:
        if data.startswith(signature):
            raise refused(f"The file is {kind}, not a CSV file.")
    if data.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        raise refused(f"The file is in UTF-32. {SAVE_AS_UTF8}")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        notice = Problem(None, "", "", "The file is in UTF-16 (“Unicode text”) and was read as such.", is_notice=True)
        return _decode_utf16(data), "utf-16", [notice]
    if data.count(b"\0") > len(data) // 5:
        raise refused(f"The file looks like UTF-16 without its mark, or is not a text file. {SAVE_AS_UTF8}")
    if len(data) - len(data.translate(None, CONTROL_BYTES)) > max(10, len(data) // 20):
        raise refused("The file is not a CSV file: it is full of control characters.")
    if encoding == "windows-1252" and not data.startswith(b"\xef\xbb\xbf"):
        return _decode_windows_1252(data), "windows-1252", []
    try:
        return data.decode("utf-8-sig"), "utf-8", []
    except UnicodeDecodeError:
        raise FileRefused(*_lines_not_utf8(data), code="encoding") from None


def _decode_utf16(data):
    try:
        return data.decode("utf-16")
    except UnicodeDecodeError:
        raise refused(f"The file says that it is in UTF-16, but it is damaged. {SAVE_AS_UTF8}") from None


def _decode_windows_1252(data):
    if not data.isascii() and not _lines_not_utf8(data):
        raise refused("The file is in UTF-8; read as Windows-1252 its accents would be spoilt. Import it as UTF-8.")
    try:
        return data.decode("windows-1252")
    except UnicodeDecodeError as error:
        line = len(LINE_END.findall(data, 0, error.start)) + 1
        byte = f"0x{data[error.start]:02X}"
        raise refused(f"Byte {byte} is no character of Windows-1252. {SAVE_AS_UTF8}", line=line) from None


def _lines_not_utf8(data):
    """A problem for each line that is not UTF-8. No byte of a longer UTF-8 character looks like a line end."""
    problems: list[Problem] = []
    for number, line in enumerate(LINE_END.split(data), start=1):
        try:
            line.decode()
        except UnicodeDecodeError as error:
            if len(problems) == MOST_LINES_NAMED:
                problems.append(Problem(None, "", "", "More lines follow that are not UTF-8."))
                break
            byte = line[error.start]
            guess = bytes([byte]).decode("windows-1252", errors="ignore")
            hint = f" (in Windows-1252 it would be “{guess}”)" if guess else ""
            problems.append(Problem(number, "", "", f"byte 0x{byte:02X} is not UTF-8{hint}. {SAVE_AS_UTF8}"))
    return problems


def find_separator(header_line, known_columns):
    """The separator under which the header holds most known names; the comma if none does better."""
    known = {name.lower() for name in known_columns}

    def names_found(separator):
        try:
            fields = next(csv.reader([header_line], delimiter=separator), [])
        except csv.Error:
            return 0
        return sum(name.strip().lower() in known for name in fields)

    return max(SEPARATORS, key=names_found)


def split_records(lines, separator):
    """The records of the lines, and a problem for each record whose quotes are not in order.

    After such a record reading goes on at the line after the one where its quote opens: one forgotten quote must not
    swallow the rows below it. Lines that hold nothing are left out.
    """
    records: list[Record] = []
    broken: list[Problem] = []
    start = 0
    while start < len(lines):
        reader = csv.reader(_lines_from(lines, start), delimiter=separator, strict=True)
        begin = start
        try:
            for fields in reader:
                if any(fields) and any(text.strip() for text in fields):
                    records.append(Record(begin + 1, fields))
                begin = start + reader.line_num
            return records, broken
        except csv.Error as error:
            end = start + reader.line_num
            opened = _line_of_open_quote(lines, begin, end)
            broken.append(Problem(opened + 1, "", "", _quote_reason(str(error), opened + 1, end)))
            if len(broken) > MOST_BROKEN_RECORDS:
                raise FileRefused(*broken[:MOST_LINES_NAMED]) from None
            start = opened + 1
    return records, broken


def _lines_from(lines, start):
    return (lines[index] for index in range(start, len(lines)))


def _line_of_open_quote(lines, begin, end):
    """The index of the line on which the quote opened that is still open before the last of lines[begin:end].

    Single quotes open and close in turn; doubled ones stand for themselves.
    """
    opened, is_open = begin, False
    for index in range(begin, end - 1):
        quotes = lines[index].replace('""', "").count('"')
        if quotes > is_open:
            opened = index
        is_open ^= quotes % 2 == 1
    return opened if is_open else end - 1


def _quote_reason(error, opened, end):
    if "field larger" in error or "unexpected end" in error:
        return "a quote opens on this line and is never closed."
    if "expected after" in error and opened == end:
        return "a quote inside a quoted field must be doubled, or the field is not closed before the next separator."
    if "expected after" in error:
        return f"a quote opens on this line and is not closed before line {end}."
    return f"the line cannot be split into fields ({error})."
