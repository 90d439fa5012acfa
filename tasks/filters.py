"""What narrows a list of tasks. The address holds all of it (``?category=PHOTO&due=week``), so it can be copied.

django-filter reads and checks the address; the lists read two tables in one statement, which no queryset says, so each
filter also says its condition for each kind.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import django_filters

from common.chips import Chips
from common.clock import end_of_week, office_now, start_of_day
from common.searching import as_tsquery
from listings.models import Category, Listing, VisibilityGroup
from listings.search_query import Query
from realtors.models import Realtor
from staff.models import Staff
from tasks.lists import COUNT_CAP, TABLES, Selection
from tasks.models import Activity, TaskKey
from tasks.queries import WAITING

DUE = (("overdue", "Overdue"), ("today", "Due today"), ("week", "Due this week"), ("none", "No due date"))
PRIORITY = (("10", "Urgent"), ("8", "High or more"), ("5", "Normal or more"))


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
    person = django_filters.ModelChoiceFilter(label="With", queryset=Staff.objects.all())

    class Meta:
        model = Activity
        fields: tuple[str, ...] = ()


def _either(kind: str, activity: str | None, agent_task: str | None) -> str | None:
    return activity if kind == "activity" else agent_task


# The search knows an activity's place by its address alone. Not an OR, for which all open work would have to be read.
OF_REALTORS = """ UNION ALL SELECT a.task_id FROM activities a
    WHERE a.deleted_at IS NULL AND a.listing_id IN (SELECT app.listings_of_realtors(%(whole)s::tsquery))"""
CONDITIONS: dict[str, Callable[[str], str | None]] = {
    "q": lambda kind: (
        f"task_id IN (SELECT f.id FROM app.search_{TABLES[kind]}"  # noqa: S608
        f"(%(words)s::text[]::tsquery[], %(beginning)s, %(found_at_most)s) f{_either(kind, OF_REALTORS, '')})"
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
    "person": lambda kind: "assigned_staff_id = %(person)s",
}
DUE_CONDITIONS = {
    "overdue": f"due_date < %(now)s AND task_id <> ALL ({WAITING})",
    "today": "due_date >= %(now)s AND due_date < %(day_ends)s",
    "week": "due_date >= %(now)s AND due_date < %(week_ends)s",
    "none": "due_date IS NULL",
}
"""For each filter its condition by kind; None where a task of that kind never meets it. What waits is not late."""


class Narrowing(Chips):
    """The filters of one address, and what they do to a selection."""

    filters = TaskFilters
    says_itself = frozenset({"due"})

    def _read(self) -> dict[str, Any]:
        values = super()._read()
        if Query.parse(values.get("q", "")).is_empty:
            values.pop("q", None)
        return values

    def narrow(self, selection: Selection) -> Selection:
        """The tasks of the selection that meet every filter."""
        conditions: dict[str, list[str]] = {}
        for kind in selection.where:
            wanted = [self._condition(name, kind) for name in self.values]
            if None not in wanted:
                conditions[kind] = [condition for condition in wanted if condition]
        return selection.narrowed(conditions, self._parameters())

    def _condition(self, name: str, kind: str) -> str | None:
        return DUE_CONDITIONS[self.values["due"]].format(kind=kind) if name == "due" else CONDITIONS[name](kind)

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
                query = Query.parse(value)
                parameters["words"] = [as_tsquery(word) for word in query.words]
                parameters["whole"], parameters["beginning"] = query.whole, query.beginning
                parameters["found_at_most"] = COUNT_CAP
            elif name in {"realtor", "listing", "person"}:
                parameters[name] = value.pk
            elif name != "due":
                parameters[name] = list(value)
        return parameters
