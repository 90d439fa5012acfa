"""Columns and constraints that Django's own cannot say the way the customer's document does."""

from typing import Any

from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.db.models import JSONField, Value
from django.forms import TextInput
from ulid import ULID


def new_ulid() -> str:
    """A fresh ULID: 26 characters of Crockford base 32 that sort by the time they were made."""
    return str(ULID())


class TextColumn(models.TextField):
    """PostgreSQL ``text`` for one line of text, without the ``*_like`` twin index of Django's TextField.

    A nullable column stores an empty form field as NULL: '' would collide with the next '' under UNIQUE.
    """

    def db_type(self, connection) -> str:
        # Django compares with lower-case "text" when it decides on the text_pattern_ops twin.
        return "TEXT"

    def formfield(self, **kwargs):
        if not self.choices:
            kwargs = {"widget": TextInput} | kwargs
            if self.null:
                kwargs = {"empty_value": None} | kwargs
        return super().formfield(**kwargs)


class UlidKey(TextColumn):
    """The ULID primary key every table of the document has."""

    def __init__(self, **kwargs: Any) -> None:
        defaults: dict[str, Any] = {"primary_key": True, "default": new_ulid, "editable": False}
        super().__init__(**(defaults | kwargs))

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        kwargs.setdefault("primary_key", True)
        kwargs["editable"] = False
        return name, path, args, kwargs


def timestamp(**kwargs) -> models.DateTimeField:
    """A timestamp the database fills with the start of the transaction, as the document's NOW() does."""
    return models.DateTimeField(db_default=TransactionNow(), **kwargs)


def json_object() -> JSONField:
    """The document's ``JSONB DEFAULT '{}'``: nullable, so read it as ``value or {}``."""
    return JSONField(null=True, blank=True, db_default=Value({}, JSONField()))


class Index(models.Index):
    """An index that may bear the document's longer names (PostgreSQL allows 63 characters, Django 30)."""

    max_name_length = 63


class ForeignKeyAction(models.BaseConstraint):
    """A foreign key whose ON DELETE is done by the database, under the name the document gives it.

    Use beside ``ForeignKey(..., db_constraint=False, db_index=False)``: Django 5.2 has ON DELETE in Python only.
    """

    def __init__(self, *, name: str, column: str, to_table: str, to_column: str, on_delete: str):
        super().__init__(name=name)
        if on_delete not in {"CASCADE", "SET NULL"}:
            raise ValueError(f"Unknown ON DELETE action: {on_delete}")
        self.column, self.to_table, self.to_column, self.on_delete = column, to_table, to_column, on_delete

    def create_sql(self, model, schema_editor) -> str:
        quote = schema_editor.quote_name
        return (
            f"ALTER TABLE {quote(model._meta.db_table)} ADD CONSTRAINT {quote(self.name)} "
            f"FOREIGN KEY ({quote(self.column)}) REFERENCES {quote(self.to_table)} ({quote(self.to_column)}) "
            f"ON DELETE {self.on_delete}"
        )

    def constraint_sql(self, model, schema_editor):
        # Inside CREATE TABLE the other table may not exist yet, so the key is added afterwards.
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))

    def remove_sql(self, model, schema_editor) -> str:
        quote = schema_editor.quote_name
        return f"ALTER TABLE {quote(model._meta.db_table)} DROP CONSTRAINT IF EXISTS {quote(self.name)}"

    def validate(self, model, instance, exclude=None, using=None) -> None:
        """Nothing to do: the ForeignKey field itself checks that the row it points to exists."""

    def deconstruct(self):
        path, args, kwargs = super().deconstruct()
        kwargs |= {
            "column": self.column,
            "to_table": self.to_table,
            "to_column": self.to_column,
            "on_delete": self.on_delete,
        }
        return path, args, kwargs

    def __eq__(self, other) -> bool:
        return isinstance(other, ForeignKeyAction) and self.deconstruct() == other.deconstruct()

    __hash__ = None  # type: ignore[assignment]
