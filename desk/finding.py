"""The filters that somebody means by what is typed: by their own words, by a name, an address or words of the task."""

from collections.abc import Container, Iterable

from common.chips import Chips, Choice
from desk.search import Hit, search
from listings.search_query import Query
from staff.models import Staff

LONGEST = 100
EACH = 5
BY_NAME = {
    "realtor": ("realtors", "Realtor is {}"),
    "person": ("people", "With {}"),
    "listing": ("listings", "Listing is {}"),
}
"""For each filter by a record: where that is searched, and what the filter says."""


def called_so(choices: Iterable[Choice], typed: str) -> list[Choice]:
    """The choices in which words begin with all that is typed; where there are none, those with one of the words."""
    words = typed.lower().split()
    has = [(choice, [f" {word}" in f" {choice.label.lower()}" for word in words]) for choice in choices]
    return [choice for choice, each in has if all(each)] or [choice for choice, each in has if any(each)]


def found_by(chips: Chips, typed: str, staff: Staff, *, unless: Container[str] = ()) -> list[Choice]:
    """The filters by what is found under this name, at most five of each, and by the words themselves; one statement.

    Only those that this list has, but for those named in ``unless``. Who has left and what is finished is not offered.
    """
    query = Query.parse(typed[:LONGEST])
    known = chips.filters.base_filters
    among = {name: group for name, (group, _) in BY_NAME.items() if name in known and name not in unless}
    found = {group.kind: group.hits for group in search(query, staff, among=tuple(among.values()), each=3 * EACH)}
    choices = [
        chips.choice(name, hit.id, BY_NAME[name][1].format(hit.name))
        for name, group in among.items()
        for hit in [hit for hit in found.get(group, []) if _is_there(hit)][:EACH]
    ]
    if "q" in known and not query.is_empty:
        choices.append(chips.choice("q", query.text, f"With the words “{query.text}”"))
    return choices


def _is_there(hit: Hit) -> bool:
    return not hit.is_past and not (hit.kind == "staff" and hit.words)
