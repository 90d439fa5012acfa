"""Form fields and widgets of the back room that refuse what the database would choke on."""

import json
import math
import re
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminSplitDateTime, ForeignKeyRawIdWidget
from django.core.exceptions import ValidationError

EARLIEST_YEAR, LATEST_YEAR = 1970, 2100
UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")


class LowerEmailField(forms.EmailField):
    """An e-mail address, stripped and lower-cased: the UNIQUE of the tables tells capitals apart, people do not."""

    def to_python(self, value: Any) -> Any:
        return (super().to_python(value) or "").lower()


class MomentWidget(AdminSplitDateTime):
    """Django's pair of fields, each with a name of its own for a screen reader."""

    def __init__(self, attrs: Any = None):
        super().__init__(attrs)
        for widget, name in zip(self.widgets, ("Date", "Time"), strict=True):
            widget.attrs["aria-label"] = name


class Moment(forms.SplitDateTimeField):
    """A date and time in office time, in a century that people plan in: others do not come back from the database."""

    widget = MomentWidget

    def clean(self, value: Any) -> Any:
        moment = super().clean(value)
        if moment is not None and not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
            raise ValidationError(f"Give a year from {EARLIEST_YEAR} to {LATEST_YEAR}.")
        return moment


class JsonObject(forms.JSONField):
    """A JSON object that PostgreSQL can store: no NUL, no half characters, no infinite numbers."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs | {"widget": forms.Textarea(attrs={"rows": 6, "class": "json"})})

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except (ValueError, RecursionError):
            raise ValidationError("It holds a number too long, or is nested too deep. Make it simpler.") from None

    def bound_data(self, data: Any, initial: Any) -> Any:
        return initial if self.disabled else data

    def clean(self, value: Any) -> Any:
        value = super().clean(value)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise ValidationError('Write a JSON object, in braces, such as {"lockbox": "4711"}.')
        if problem := next(_unstorable(value), ""):
            raise ValidationError(problem)
        return value

    def prepare_value(self, value: Any) -> Any:
        if value is None or isinstance(value, str):
            return value or ""
        return json.dumps(value, indent=2, ensure_ascii=False)


def _unstorable(value: Any):
    """Why the database would refuse this value, for each part of it that it would."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _unstorable(key)
            yield from _unstorable(part)
    elif isinstance(value, list):
        for part in value:
            yield from _unstorable(part)
    elif isinstance(value, str) and UNSTORABLE.search(value):
        yield "It holds a character that cannot be stored (NUL, or half of one). Take it out."
    elif isinstance(value, float) and not math.isfinite(value):
        yield "It holds a number without end (NaN or Infinity). Put an ordinary number."


class RawIdWidget(ForeignKeyRawIdWidget):
    """The id of another row, with the name of the row beside it even when that row has been removed."""

    def label_and_url_for_value(self, value: Any) -> tuple[str, str]:
        label, url = super().label_and_url_for_value(value)
        if not label and (row := self.rel.model._base_manager.filter(pk=value).first()):
            label = f"{row} (removed)"
        return label, url
