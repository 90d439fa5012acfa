"""Saving over a newer change: found field by field, shown with both values, decided by the person (product.md, D)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms

from common.history import Refused


class Conflict(Refused):
    """A save over a newer change: ``fields`` maps each field in question to (their value, my value)."""

    def __init__(self, fields: dict[str, tuple[Any, Any]]):
        self.fields = fields
        super().__init__("Somebody changed this while you were editing. Both values are shown.")


def to_save(now: Any, *, opened: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """What of ``wanted`` has to be written to the row as it is ``now``, locked by whoever asks.

    Fields somebody else has changed meanwhile are left alone, unless both changed the same one differently: then
    ``Conflict`` holds both values. ``opened`` maps the fields to the values the form was opened with.
    """
    mine = {name: value for name, value in wanted.items() if _shown(value) != _shown(opened.get(name))}
    changed = {name: value for name, value in mine.items() if _shown(getattr(now, name)) != _shown(value)}
    refuse_newer(now, opened=opened, wanted=changed)
    return changed


def refuse_newer(now: Any, *, opened: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Raise ``Conflict`` where a field holds ``now`` neither what it was ``opened`` with nor what is ``wanted``."""
    conflicts = {
        name: (getattr(now, name), value)
        for name, value in wanted.items()
        if _shown(getattr(now, name)) not in (_shown(opened.get(name)), _shown(value))
    }
    if conflicts:
        raise Conflict(conflicts)


def _shown(value: Any) -> Any:
    """A value as a form can tell it apart: moments to the minute, empty text like none."""
    if isinstance(value, datetime):
        return value.replace(second=0, microsecond=0)
    return None if value == "" else value


class RemembersOpening(forms.BaseForm):
    """A form whose fields (those with ``show_hidden_initial``) carry the values it was opened with."""

    def opened(self) -> dict[str, Any]:
        """The values with which the form was opened, as the person saw them."""
        values = {}
        for name, field in self.fields.items():
            if field.show_hidden_initial:
                raw = field.hidden_widget().value_from_datadict(self.data, self.files, self[name].html_initial_name)
                try:
                    values[name] = field.clean(raw)
                except forms.ValidationError:
                    values[name] = None
        return values

    def wanted(self) -> dict[str, Any]:
        """The values to save; what was not touched, or gave way to theirs, is as it was opened."""
        kept = self.data.get("keep", "").split()
        return {
            name: self.cleaned_data[name] if name in self.changed_data and name not in kept else value
            for name, value in self.opened().items()
        }

    def show_both(self, conflict: Conflict, who: str) -> dict[str, Any]:
        """What components/conflicts.html takes: both values of each field in question as the form prints them.

        From now on the form counts as opened with their values: to save mine once more is meant, unless a third
        person changes them meanwhile.
        """
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        lines = []
        for name, (theirs, mine) in conflict.fields.items():
            shown = self.fields[name].prepare_value(theirs)
            data[self[name].html_initial_name] = "" if shown is None else str(shown)
            values = {"theirs": self._printed(name, theirs), "mine": self._printed(name, mine)}
            lines.append({"label": self[name].label, "id": self[name].id_for_label, **values})
        self.data = data
        return {"who": who, "lines": lines, "names": " ".join(conflict.fields)}

    def _printed(self, name: str, value: Any) -> Any:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            choices: Any = field.choices
            return dict(choices).get(value or "", value)
        return field.prepare_value(value)
