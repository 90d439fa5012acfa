"""History as people read it: each deed with its columns before and after."""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.utils.html import format_html

from common.clock import office_zone
from common.queries import Entry

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(\+\d\d:\d\d|Z)")
ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")
LONGEST = 400

Names = Callable[[Iterable[str]], dict[str, str]]


@dataclass(frozen=True)
class Deed:
    """One act as it touched one row. ``columns`` are (name, before, after) in words."""

    act_id: str
    at: datetime
    who: str
    verb: str
    reason: str
    columns: list[tuple[str, str, str]]


def deeds(entries: list[Entry], key: str, names_of: Names) -> list[Deed]:
    """The history of the row ``key`` with people's names in the place of their ids, by one question."""
    ids = {entry.actor_id for entry in entries}
    for entry in entries:
        ids |= ids_in(entry.before) | ids_in(entry.after)
    names = names_of(ids)
    return [
        Deed(
            entry.act_id,
            entry.at,
            names.get(entry.actor_id, entry.actor_id),
            entry.verb,
            entry.reason or "",
            columns_of(entry.before, entry.after, key, names),
        )
        for entry in entries
    ]


def ids_in(values: dict[str, Any]) -> set[str]:
    """The values that may be somebody's id."""
    return {value for value in values.values() if isinstance(value, str) and ULID.fullmatch(value)}


def columns_of(before: dict, after: dict, key: str, names: dict[str, str]) -> list[tuple[str, str, str]]:
    """Each column of the row ``key`` that differs, in words; of a row that is new or gone, all that hold something."""
    columns = (
        (name, readable(before.get(name), names), readable(after.get(name), names))
        for name in sorted(before | after)
        if name != "updated_at" and key not in (before.get(name), after.get(name))
    )
    return [column for column in columns if column[1] != column[2]]


def readable(value: Any, names: dict[str, str]) -> str:
    """A stored value as a person reads it: names for ids, office time for moments, an empty string for nothing."""
    if value is None or value in ({}, []):
        return ""
    if isinstance(value, str):
        if value in names:
            return names[value]
        if MOMENT.fullmatch(value):
            return f"{datetime.fromisoformat(value).astimezone(office_zone()):%d %b %Y, %H:%M:%S}"
        text = value
    else:
        text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} …"


def pretty(column: str) -> Callable[[Any], str]:
    """A read-only field of the admin that shows a JSON column indented."""

    @admin.display(description=column.replace("_", " "))
    def field(row: Any) -> str:
        value = getattr(row, column)
        if value in (None, {}, []):
            return "–"
        return format_html('<pre class="json" tabindex="0">{}</pre>', json.dumps(value, indent=2, ensure_ascii=False))

    field.__name__ = column
    return field
