"""The kinds of columns: how the text of a cell becomes a value, or a reason why it cannot.

A column's `read(text, context)` gets the stripped, non-empty text of a cell. It returns the value, raises Wrong with a
reason in words, and puts what it had to interpret into `context.notices`.
"""

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from .problems import Wrong, shortened

# In `Column.empty`: an empty cell leaves the matter to the database's default, or to what the row has already.
LEAVE = object()

UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
SUSPECT = re.compile(UNSTORABLE.pattern[:-1] + INVISIBLE.pattern[1:])
EARLIEST_YEAR, LATEST_YEAR = 1970, 2100


@dataclass(slots=True)
class Context:
    """What reading a cell may depend on besides its text.

    `zone` is the office's time zone, `now` the time against which "in the future" is judged, `shift_days` the number
    of days by which every time is moved.
    """

    zone: ZoneInfo
    now: datetime
    shift_days: int = 0
    notices: list[str] = field(default_factory=list)


class Column:
    """One column of a file.

    It bears the name of the table's column. A `required` column must stand in the header and its cells may not be
    empty; `empty` is the value of an empty cell otherwise.
    """

    def __init__(self, name, *, required=False, empty=None):
        self.name = name
        self.required = required
        self.empty = empty

    def read(self, text, context):
        raise NotImplementedError

    def same(self, old, new):
        """Whether the database's value and the file's mean the same."""
        return old == new

    def shown(self, value):
        """The value as a person reads it in a report."""
        return "" if value is None else str(value)


class Text(Column):
    """Free text of at most `longest` characters. Line ends become \\n."""

    def __init__(self, name, longest=200, **options):
        super().__init__(name, **options)
        self.longest = longest

    def read(self, text, context):
        if len(text) > self.longest:
            raise Wrong(f"has {len(text):,} characters; at most {self.longest:,} are possible.")
        if SUSPECT.search(text):
            self._judge_suspect(text, context)
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        return text

    def _judge_suspect(self, text, context):
        if unstorable := UNSTORABLE.search(text):
            raise Wrong(f"holds a control character (U+{ord(unstorable[0]):04X}).")
        if not INVISIBLE.sub("", text).strip():
            raise Wrong("holds nothing but invisible characters.")
        context.notices.append(
            "holds invisible characters that can change the direction of the text; kept as they are."
        )


class Phone(Text):
    """A telephone number as people write it. One without digits is kept, with a notice: it may still help somebody."""

    def __init__(self, name, longest=40, **options):
        super().__init__(name, longest, **options)

    def read(self, text, context):
        text = super().read(text, context)
        if sum(character.isdigit() for character in text) < 7:
            context.notices.append("does not look like a telephone number; kept as it is.")
        return text


class Email(Column):
    """An e-mail address, lower-cased."""

    longest = 254
    validate = staticmethod(EmailValidator())

    def read(self, text, context):
        if len(text) > self.longest:
            raise Wrong(f"has {len(text):,} characters; at most {self.longest} are possible.")
        try:
            self.validate(text)
        except ValidationError:
            raise Wrong("is not an e-mail address.") from None
        return text.lower()


class Identifier(Column):
    """A ULID: 26 letters and digits. `of` says whose it is; `other` marks a reference to another table."""

    shape = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")

    def __init__(self, name, of, **options):
        super().__init__(name, **options)
        self.of = of

    def read(self, text, context):
        if self.shape.fullmatch(text):
            return text
        if self.shape.fullmatch(text.upper()):
            context.notices.append("was written in small letters; read in capitals.")
            return text.upper()
        raise Wrong(f"is not the id of a {self.of}: an id has 26 letters and digits (a ULID).")


class Choice(Column):
    """One of a closed list of words. Capitals and blanks that differ are put right with a notice."""

    def __init__(self, name, choices, **options):
        super().__init__(name, **options)
        self.choices = tuple(choices)
        self._exact = {choice: choice for choice in self.choices}
        self._by_folded = {choice.casefold(): choice for choice in self.choices}

    def read(self, text, context):
        if text in self._exact:
            return self._exact[text]
        if choice := self._by_folded.get(text.casefold()):
            context.notices.append(f"was read as “{choice}”.")
            return choice
        raise Wrong(f"is not one of {', '.join(self.choices)}.")


class WholeNumber(Column):
    """A whole number from `least` to `most`."""

    shape = re.compile(r"[+-]?[0-9]{1,18}")

    def __init__(self, name, least, most, **options):
        super().__init__(name, **options)
        self.least, self.most = least, most

    def read(self, text, context):
        if not self.shape.fullmatch(text):
            raise Wrong(f"is not a whole number from {self.least} to {self.most}.")
        number = int(text)
        if not self.least <= number <= self.most:
            raise Wrong(f"is outside {self.least} to {self.most}.")
        return number


class Number(Column):
    """A number from `least` to `most` with at most two decimals. A decimal comma is put right with a notice."""

    shape = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]*)?")

    def __init__(self, name, least, most, **options):
        super().__init__(name, **options)
        self.least, self.most = least, most

    def read(self, text, context):
        if "," in text and "." not in text:
            text = text.replace(",", ".")
            context.notices.append(f"was read as {shortened(text)}.")
        if not self.shape.fullmatch(text):
            raise Wrong(f"is not a number from {self.least} to {self.most}.")
        number = Decimal(text)
        if not self.least <= number <= self.most:
            raise Wrong(f"is outside {self.least} to {self.most}.")
        if number != round(number, 2):
            raise Wrong("has more than two decimals.")
        return round(number, 2)


class Json(Column):
    """A JSON object, in braces."""

    longest = 100_000

    def read(self, text, context):
        if text == "{}":
            return {}
        if len(text) > self.longest:
            raise Wrong(f"has {len(text):,} characters; at most {self.longest:,} are possible.")
        try:
            value = json.loads(text, parse_constant=_no_constant)
            json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            raise Wrong('is not JSON; write {"key": "value"} with straight double quotes.') from None
        if not isinstance(value, dict):
            raise Wrong('is no JSON object; write {"key": "value"}.')
        if _holds_nul(value):
            raise Wrong("holds a NUL character, which the database cannot store.")
        return value

    def same(self, old, new):
        return _comparable(old) == _comparable(new)

    def shown(self, value):
        return "" if value is None else _canonical(value)


def _no_constant(name):
    raise ValueError(f"{name} is no JSON")


def _holds_nul(value):
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(_holds_nul(part) for item in value.items() for part in item)
    return isinstance(value, list) and any(_holds_nul(part) for part in value)


def _comparable(value):
    """The value such that 1 and True differ, as for Python they do not, and 1e20 and 100000000000000000000 do not."""
    if isinstance(value, dict):
        return {key: _comparable(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_comparable(part) for part in value]
    if isinstance(value, bool):
        return (value,)
    return float(value) if isinstance(value, int) and abs(value) < 10**308 else value


def _canonical(value):
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


class TextList(Column):
    """Several short texts joined with `|`."""

    item = Text("item", longest=100)
    most = 100

    def read(self, text, context):
        items = []
        for part in text.split("|"):
            part = part.strip()
            if part and (part := self.item.read(part, context)) not in items:
                items.append(part)
        if len(items) > self.most:
            raise Wrong(f"has {len(items)} entries; at most {self.most} are possible.")
        return items or None

    def shown(self, value):
        return "|".join(value or ())


class Timestamp(Column):
    """A moment in time, kept in UTC.

    ISO 8601 (`2026-01-31T22:00:00Z`, `2026-01-31 17:00-05:00`). Without an offset it is office time; in the hour that
    occurs twice when clocks go back the first is meant, and one that clocks skip is refused. A day alone means
    `day_means` in office time. All three give a notice. Shifting keeps the office's time of day.
    """

    shape = re.compile(
        r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})"
        r"(?:[T ](?P<time>[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)(?P<offset>Z|[+-][0-9]{2}:?[0-9]{2})?)?"
    )
    example = "2026-01-31T17:00:00-05:00"

    def __init__(self, name, *, day_means=time(0), may_be_future=False, **options):
        super().__init__(name, **options)
        self.day_means = day_means
        self.may_be_future = may_be_future

    def read(self, text, context):
        match = self.shape.fullmatch(text)
        if not match:
            raise Wrong(self._why_no_time(text))
        day, clock, offset = match.groups()
        try:
            date.fromisoformat(day)
        except ValueError:
            raise Wrong("names a day that no calendar has.") from None
        try:
            if offset:
                moment = datetime.fromisoformat(text).astimezone(UTC)
            else:
                moment = self._office_time(date.fromisoformat(day), clock, context)
            if context.shift_days:
                moment = shifted(moment, context.shift_days, context.zone)
        except ValueError:
            raise Wrong("names a time that no clock shows.") from None
        except OverflowError:
            raise Wrong(self._outside_years()) from None
        if not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
            raise Wrong(self._outside_years())
        if not self.may_be_future and moment > context.now + timedelta(days=1):
            raise Wrong("lies in the future.")
        return moment

    def _office_time(self, day, clock, context):
        moment = datetime.combine(day, time.fromisoformat(clock) if clock else self.day_means, context.zone)
        if moment.astimezone(UTC).astimezone(context.zone) != moment:
            raise Wrong(f"does not exist in {context.zone.key}: clocks are put forward over that hour.")
        if not clock:
            context.notices.append(f"has no time of day; taken as {self.day_means:%H:%M} in {context.zone.key}.")
        elif moment.utcoffset() != moment.replace(fold=1).utcoffset():
            context.notices.append(
                f"has no offset and occurs twice in {context.zone.key}, as clocks go back; the first was taken."
            )
        else:
            context.notices.append(f"has no offset; taken as time in {context.zone.key}.")
        return moment.astimezone(UTC)

    def _outside_years(self):
        return f"is outside the years {EARLIEST_YEAR} to {LATEST_YEAR}."

    def _why_no_time(self, text):
        if re.fullmatch(r"[0-9]{5}(\.[0-9]+)?", text):
            meant = date(1899, 12, 30) + timedelta(days=int(text[:5]))
            return f"is a spreadsheet's number for a day (perhaps {meant}); write the date like 2026-01-31."
        if numbers := re.match(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})", text):
            first, second, year = (int(number) for number in numbers.groups())
            if first != second and first <= 12 and second <= 12:
                return f"can be read in two ways; write {year}-{first:02}-{second:02} or {year}-{second:02}-{first:02}."
            return "must be written as year-month-day, like 2026-01-31."
        return f"is no date or time; write it like {self.example}."

    def shown(self, value):
        return "" if value is None else value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def shifted(moment, days, zone):
    """The moment moved by whole days with the time of day of `zone` kept, so that 17:00 stays 17:00 in summer."""
    return (moment.astimezone(zone) + timedelta(days=days)).astimezone(UTC)
