"""What narrows a list of tasks. The address holds all of it (``?category=PHOTO&due=week``), so it can be copied.

django-filter reads and checks the address; the lists read two tables in one statement, which no queryset says, so each
filter also says its condition for each kind.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

import django_filters
from django.http import QueryDict

from common.clock import end_of_week, office_now, start_of_day
from common.searching import Term, as_tsquery, compact, words_of
from listings.models import Category, Listing, VisibilityGroup
from realtors.models import Realtor
from tasks.lists import COUNT_CAP, TABLES, Selection
from tasks.models import Activity, TaskKey

DUE = (("overdue", "Overdue"), ("today", "Due today"), ("week", "Due this week"), ("none", "No due date"))
PRIORITY = (("10", "Urgent"), ("8", "High or more"), ("5", "Normal or more"))

PASSING = ("after", "peek", "select", "state", "finder", "export", "items")
"""What in an address belongs to one look at the list and not to the list."""


class TaskFilters(django_filters.FilterSet):
    """The filters of the inbox, my tasks and team lists."""

    q = django_filters.CharFilter(label="Words", max_length=100)
    due = django_filters.ChoiceFilter(label="Due", choices=DUE)
    priority = django_filters.ChoiceFilter(label="Priority", choices=PRIORITY)
    category = django_filters.MultipleChoiceFilter(label="Category", choices=Category.choices)
    group = django_filters.MultipleChoiceFilter(label="Seen by", choices=VisibilityGroup.choices)
    key = django_filters.MultipleChoiceFilter(label="Kind of request", choices=TaskKey.choices)
    realtor = django_filters.ModelChoiceFilter(label="Realtor", queryset=Realtor.objects.all())
    listing = django_filters.ModelChoiceFilter(label="Listing", queryset=Listing.objects.all())

    class Meta:
        model = Activity
        fields: tuple[str, ...] = ()


def _either(kind: str, activity: str | None, agent_task: str | None) -> str | None:
    return activity if kind == "activity" else agent_task


CONDITIONS: dict[str, Callable[[str], str | None]] = {
    "q": lambda kind: (
        f"task_id IN (SELECT f.id FROM app.search_{TABLES[kind]}"  # noqa: S608
        "(%(words)s::text[]::tsquery[], %(beginning)s, %(found_at_most)s) f)"
    ),
    "category": lambda kind: _either(kind, "task_category = ANY (%(category)s)", None),
    "key": lambda kind: _either(kind, None, "task_key = ANY (%(key)s)"),
    "group": lambda kind: _either(kind, "visibility_group = ANY (%(group)s)", None),
    "priority": lambda kind: "priority >= %(priority_from)s",
    "realtor": lambda kind: _either(
        kind,
        "listing_id IN (SELECT l.listing_id FROM listings l WHERE l.realtor_id = %(realtor)s AND l.deleted_at IS NULL)",
        "realtor_id = %(realtor)s",
    ),
    "listing": lambda kind: _either(kind, "listing_id = %(listing)s", None),
}
DUE_CONDITIONS = {
    "overdue": "due_date < %(now)s",
    "today": "due_date >= %(now)s AND due_date < %(day_ends)s",
    "week": "due_date >= %(now)s AND due_date < %(week_ends)s",
    "none": "due_date IS NULL",
}
"""For each filter its condition by kind; None where a task of that kind never meets it."""


@dataclass(frozen=True)
class Chip:
    """One filter in force: what it says, and the address without it."""

    label: str
    href: str


@dataclass(frozen=True)
class Choice:
    """A filter that could be added: what it says, and the address with it."""

    label: str
    href: str


class Narrowing:
    """The filters of one address: what they say, what they do to a selection, and how each is taken off again."""

    def __init__(self, query: QueryDict):
        self._query = query
        # Most lists are asked for without a filter, and the form is dear to make.
        self.values = self._read() if any(name in query for name in TaskFilters.base_filters) else {}

    @cached_property
    def _form(self) -> Any:
        return TaskFilters(self._query, queryset=Activity.objects.none()).form

    def _read(self) -> dict[str, Any]:
        # A value that no filter knows is left out rather than refused: an old address still shows a list.
        self._form.is_valid()
        cleaned = self._form.cleaned_data
        values = {name: value for name, value in cleaned.items() if value not in (None, "", [])}
        if not words_of(values.get("q", "")):
            values.pop("q", None)
        return values

    def __bool__(self) -> bool:
        return bool(self.values)

    def narrow(self, selection: Selection) -> Selection:
        """The tasks of the selection that meet every filter."""
        conditions: dict[str, list[str]] = {}
        for kind in selection.where:
            wanted = [self._condition(name, kind) for name in self.values]
            if None not in wanted:
                conditions[kind] = [condition for condition in wanted if condition]
        return selection.narrowed(conditions, self._parameters())

    def _condition(self, name: str, kind: str) -> str | None:
        return DUE_CONDITIONS[self.values["due"]] if name == "due" else CONDITIONS[name](kind)

    def _parameters(self) -> dict[str, Any]:
        now = office_now()
        parameters: dict[str, Any] = {
            "now": now,
            "day_ends": start_of_day(now.date() + timedelta(days=1)),
            "week_ends": start_of_day(end_of_week(now.date()) + timedelta(days=1)),
        }
        for name, value in self.values.items():
            if name == "priority":
                parameters["priority_from"] = int(value)
            elif name == "q":
                parameters["words"] = [as_tsquery((Term(word),)) for word in words_of(value)]
                parameters["beginning"] = compact(value)
                parameters["found_at_most"] = COUNT_CAP
            elif name in {"realtor", "listing"}:
                parameters[name] = value.pk
            elif name != "due":
                parameters[name] = list(value)
        return parameters

    # ---- addresses

    def _bare(self) -> QueryDict:
        query = self._query.copy()
        for name in PASSING:
            query.pop(name, None)
        return query

    def chips(self) -> list[Chip]:
        """The filters in force, each with the address that takes it off."""
        return [
            Chip(self._words(name, one), self._without(name, one))
            for name, value in self.values.items()
            for one in (value if isinstance(value, list) else [value])
        ]

    def choices(self) -> list[Choice]:
        """The filters that could be added, each with the address that adds it; what is in force is left out."""
        return [
            Choice(label, self._with(name, value))
            for name, field in self._form.fields.items()
            if hasattr(field, "choices") and name not in {"realtor", "listing"}
            for value, label in ((value, self._words(name, value)) for value, _ in field.choices if value)
            if str(value) not in self._query.getlist(name)
        ]

    @property
    def cleared(self) -> str:
        """The address without any filter; tab, order and view stay."""
        query = self._bare()
        for name in TaskFilters.base_filters:
            query.pop(name, None)
        return f"?{query.urlencode()}"

    def _words(self, name: str, value: Any) -> str:
        if name == "q":
            return f"“{value}”"
        if name in {"realtor", "listing"}:
            return str(value)
        label = dict(self._form.fields[name].choices)[value]
        if name == "due":
            return str(label)
        return f"{self._form.fields[name].label} is {label}"

    def _without(self, name: str, value: Any) -> str:
        query = self._bare()
        gone = str(getattr(value, "pk", value))
        query.setlist(name, [other for other in query.getlist(name) if other != gone])
        return f"?{query.urlencode()}"

    def _with(self, name: str, value: Any) -> str:
        query = self._bare()
        if name in {"due", "priority"}:
            query[name] = str(value)
        else:
            query.appendlist(name, str(value))
        return f"?{query.urlencode()}"

    def as_query(self) -> str:
        """The filters alone as they stand in an address, in a fixed order: what a saved view keeps."""
        pairs = []
        for name in sorted(self.values):
            value = self.values[name]
            pairs += [(name, str(getattr(one, "pk", one))) for one in (value if isinstance(value, list) else [value])]
        return urlencode(pairs)
