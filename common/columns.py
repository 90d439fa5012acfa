"""Models from statements written by hand, for the few questions that are asked with every request."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection
from django.db.models import Model


class Columns:
    """The columns of one model in a statement (as text), and the model from its part of a record (``make``).

    ``without`` names fields to leave away, ``only`` those to take (``attname``); reading another one later costs a
    statement, as with ``defer()``.
    """

    def __init__(self, model: type[Model], alias: str, *, without: Sequence[str] = (), only: Sequence[str] = ()):
        fields = [
            field
            for field in model._meta.concrete_fields
            if field.name not in without and (not only or field.attname in only)
        ]
        self._model, self._alias = model, alias
        self._names = frozenset(field.attname for field in fields)
        self._columns = [field.column for field in fields]
        self._key = [field.primary_key for field in fields].index(True)
        # What the ORM does beyond the driver: JSON columns come as text.
        self._converters = [
            (index, field.from_db_value) for index, field in enumerate(fields) if hasattr(field, "from_db_value")
        ]

    def __str__(self) -> str:
        return ", ".join(f"{self._alias}.{column}" for column in self._columns)

    def __len__(self) -> int:
        return len(self._names)

    def make(self, values: Sequence[Any]) -> Any:
        """The model of these values, or None where an outer join found no row for it."""
        if values[self._key] is None:
            return None
        if self._converters:
            values = list(values)
            for index, convert in self._converters:
                values[index] = convert(values[index], None, connection)
        return self._model.from_db(connection.alias, self._names, values)


def models_in(record: Sequence[Any], *parts: Columns) -> Iterator[Any]:
    """The models whose columns stand one after the other in a record."""
    start = 0
    for part in parts:
        yield part.make(record[start : start + len(part)])
        start += len(part)
