"""The filters of a list as they stand in its address: read, said as chips, taken off and put on.

django-filter reads and checks the address; what the filters do to the rows is the list's own affair.
"""

from collections.abc import Container
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, ClassVar
from urllib.parse import urlencode

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import QueryDict

PASSING = ("after", "peek", "select", "state", "finder", "find", "export", "items")
"""What in an address belongs to one look at the list and not to the list."""


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


@lru_cache(maxsize=256)
def _only(filters: type[django_filters.FilterSet], names: frozenset[str]) -> type[django_filters.FilterSet]:
    """The filters of these names alone: each one more costs a copy and a field of the form with every request."""
    return type(filters.__name__, (filters,), dict.fromkeys(filters.base_filters.keys() - names))


class Chips:
    """The filters of one address: what they say, and how each is taken off again.

    ``says_itself`` names the filters whose values need no "Priority is" before them, ``typed`` those whose value is
    written rather than chosen.
    """

    filters: ClassVar[type[django_filters.FilterSet]]
    says_itself: ClassVar[frozenset[str]] = frozenset()
    typed: ClassVar[tuple[str, ...]] = ()

    def __init__(self, query: QueryDict):
        self._query = query
        # Most lists are asked for without a filter, and the form is dear to make.
        self.values = self._read() if any(name in query for name in self.filters.base_filters) else {}

    @cached_property
    def _form(self) -> Any:
        """A field for each filter there is."""
        return self._bound(self.filters).form

    @cached_property
    def _asked(self) -> Any:
        """The filters in the address, each with its field."""
        names = frozenset(self.filters.base_filters.keys() & self._query.keys())
        return self._bound(_only(self.filters, names))  # type: ignore[arg-type]  # mypy knows no hash of a class

    def _bound(self, filters: type[django_filters.FilterSet]) -> django_filters.FilterSet:
        return filters(self._query, queryset=filters._meta.model._default_manager.none())

    def _read(self) -> dict[str, Any]:
        # A value that no filter knows is left out rather than refused: an old address still shows a list.
        self._asked.is_valid()
        return {name: value for name, value in self._asked.form.cleaned_data.items() if value not in (None, "", [])}

    def __bool__(self) -> bool:
        return bool(self.values)

    def narrowed(self, rows: QuerySet[Any], *, unless: Container[str] = ()) -> QuerySet[Any]:
        """The rows that meet these filters, but for those named in ``unless``."""
        for name, value in self.values.items():
            if name not in unless:
                rows = self._asked.filters[name].filter(rows, value)
        return rows

    def _bare(self) -> QueryDict:
        query = self._query.copy()
        for name in [*PASSING, *(name for name in query if not any(query.getlist(name)))]:
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
            if hasattr(field, "choices") and not isinstance(field, forms.ModelChoiceField)
            for value, label in ((value, self._words(name, value)) for value, _ in field.choices if value)
            if str(value) not in self._query.getlist(name)
        ]

    def choice(self, name: str, value: Any, label: str) -> Choice:
        """A filter by this value, which says ``label``."""
        return Choice(label, self._with(name, value))

    def fields(self) -> list[forms.BoundField]:
        """The fields of the filters that are typed."""
        return [self._form[name] for name in self.typed]

    def kept(self) -> list[tuple[str, str]]:
        """Name and value of all in the address that a form with these fields leaves as it is."""
        query = self._bare()
        return [(name, value) for name in query if name not in self.typed for value in query.getlist(name)]

    @property
    def cleared(self) -> str:
        """The address without any filter; tab, order and view stay."""
        query = self._bare()
        for name in self.filters.base_filters:
            query.pop(name, None)
        return f"?{query.urlencode()}"

    def _words(self, name: str, value: Any) -> str:
        field = (self._asked.form if name in self._asked.filters else self._form).fields[name]
        if isinstance(field, forms.ModelChoiceField):
            return str(value)
        if not hasattr(field, "choices"):
            return f"“{value}”"
        label = str(dict(field.choices)[value])
        return label if name in self.says_itself else f"{field.label} is {label}"

    def _without(self, name: str, value: Any) -> str:
        query = self._bare()
        gone = str(getattr(value, "pk", value))
        query.setlist(name, [other for other in query.getlist(name) if other != gone])
        return f"?{query.urlencode()}"

    def _with(self, name: str, value: Any) -> str:
        query = self._bare()
        if isinstance(self._form.fields[name], forms.MultipleChoiceField):
            query.appendlist(name, str(value))
        else:
            query[name] = str(value)
        return f"?{query.urlencode()}"

    def as_query(self) -> str:
        """The filters alone as they stand in an address, in a fixed order: what a saved view keeps."""
        pairs = []
        for name in sorted(self.values):
            value = self.values[name]
            pairs += [(name, str(getattr(one, "pk", one))) for one in (value if isinstance(value, list) else [value])]
        return urlencode(pairs)
