"""Forms of tasks. They judge the shape of what was typed; whether it may be done is decided by ``actions``."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.safestring import SafeString, mark_safe

from common.clock import due_in_full, office_now, office_zone
from common.conflicts import RemembersOpening
from listings.models import Listing
from listings.queries import office_calendar
from realtors.models import Realtor
from staff.models import Staff
from staff.rights import visible_groups
from tasks.due_words import read_due
from tasks.models import Category, TaskKey, VisibilityGroup
from tasks.rows import PRIORITY_LEVELS, priority_in_words


class DueField(forms.CharField):
    """A due date as people type it ("fri 3pm", "3wd", "none"); its value is a moment or None."""

    def prepare_value(self, value: Any) -> Any:
        return f"{value.astimezone(office_zone()):%Y-%m-%d %H:%M}" if isinstance(value, datetime) else value

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        try:
            return read_due(text, office_now(), office_calendar()) if text else None
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.prepare_value(initial) != data


class PriorityField(forms.IntegerField):
    """A priority as a number, a level or its beginning; whatever else is typed is answered with what it can be."""

    words = "Write a number from 0 to 10, or None, Low, Normal, High or Urgent."
    default_error_messages = {"invalid": words}

    def __init__(self, **options: Any):
        super().__init__(min_value=0, max_value=10, **options)
        for validator in self.validators:
            validator.message = self.words  # type: ignore[attr-defined]

    def to_python(self, value: Any) -> Any:
        typed = str(value or "").strip().lower()
        begun = [level for level, label, _ in PRIORITY_LEVELS if typed and label.lower().startswith(typed)]
        return begun[0] if len(begun) == 1 else super().to_python(value)


class OneRow(forms.CharField):
    """A row named in words by the person: an id, or the beginning of its name, as long as only one begins so."""

    def __init__(self, *, model: Any, column: str, noun: str, **kwargs: Any):
        self.model, self.column, self.noun = model, column, noun
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        """A row is shown by its name; the form that was opened from its page has it filled in."""
        return getattr(value, self.column) if isinstance(value, self.model) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        rows = self.model.objects.all()
        exact = rows.filter(pk=text).first() or rows.filter(**{f"{self.column}__iexact": text}).first()
        if exact:
            return exact
        near = list(rows.filter(**{f"{self.column}__istartswith": text}).order_by(self.column)[:4])
        if len(near) == 1:
            return near[0]
        if not near:
            raise forms.ValidationError(f"There is no {self.noun} “{text}”. Write how its name begins.")
        names = ", ".join(str(row) for row in near[:3]) + (" and more" if len(near) > 3 else "")
        raise forms.ValidationError(f"More than one {self.noun} begins so: {names}. Write more of it.")


class TaskForm(RemembersOpening, forms.Form):
    """What an activity and an agent task share. Initial values travel along, so a conflict is found per field."""

    name = forms.CharField(label="What is to be done", max_length=200, show_hidden_initial=True)
    description = forms.CharField(
        required=False,
        max_length=10_000,
        empty_value=None,
        show_hidden_initial=True,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    priority = PriorityField(initial=0, show_hidden_initial=True)
    due_date = DueField(
        label="Due",
        required=False,
        show_hidden_initial=True,
        help_text="fri 3pm, 27 nov, +3d, 3wd for working days; without an hour 17:00",
    )


class ActivityForm(TaskForm):
    task_category = forms.ChoiceField(label="Category", choices=Category.choices, show_hidden_initial=True)
    visibility_group = forms.ChoiceField(label="Seen by", choices=VisibilityGroup.choices, show_hidden_initial=True)
    field_order = ["listing", "name", "task_category", "visibility_group", "due_date", "priority", "description"]

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any):
        super().__init__(*args, **kwargs)
        groups = visible_groups(staff)
        self.fields["visibility_group"].choices = [  # type: ignore[attr-defined]
            (value, label)
            for value, label in VisibilityGroup.choices
            if value in groups or value == self.initial.get("visibility_group")
        ]


class NewActivityForm(ActivityForm):
    listing = OneRow(model=Listing, column="address_string", noun="listing", help_text="how its address begins")


class AgentTaskForm(TaskForm):
    task_key = forms.ChoiceField(label="Kind of request", choices=TaskKey.choices, show_hidden_initial=True)
    field_order = ["realtor", "name", "task_key", "due_date", "priority", "description"]

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any):
        super().__init__(*args, **kwargs)
        # Imported rows may hold a key of an older list; editing must not force another one on them.
        known = self.initial.get("task_key")
        if known and known not in TaskKey.values:
            self.fields["task_key"].choices = [*TaskKey.choices, (known, known)]  # type: ignore[attr-defined]


class NewAgentTaskForm(AgentTaskForm):
    realtor = OneRow(model=Realtor, column="name", noun="realtor", help_text="how the name begins")


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=500, help_text="One line, for the history")


class CompleteForm(forms.Form):
    outputs = forms.CharField(
        label="What came of it",
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    reason = forms.CharField(max_length=500, required=False)


class ReopenForm(ReasonForm):
    for_me = forms.BooleanField(label="Claimed by me at once", required=False)


class AssignForm(forms.Form):
    assigned_staff = forms.ModelChoiceField(Staff.objects.all())
    reason = forms.CharField(max_length=500, required=False)


class PickerForm(RemembersOpening, forms.Form):
    """One field that is chosen at once; whoever did not see the picker sends it without what it was opened with."""

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options | {"auto_id": False})  # a picker prints ``as_opened`` in more than one form

    def as_opened(self) -> SafeString:
        """What each form of the picker sends along: the value it was opened with, not to be seen."""
        return mark_safe("".join(self[name].as_hidden(only_initial=True) for name in self.fields))  # noqa: S308

    def opened(self) -> dict[str, Any]:
        return {name: value for name, value in super().opened().items() if self[name].html_initial_name in self.data}


class DueForm(PickerForm):
    due_date = DueField(label="Due", required=False, show_hidden_initial=True)

    def _printed(self, name: str, value: Any) -> str:
        return due_in_full(value.astimezone(office_zone()), office_now()) if value else "No due date"


class PriorityForm(PickerForm):
    priority = PriorityField(show_hidden_initial=True)

    def _printed(self, name: str, value: Any) -> str:
        return f"{value} {priority_in_words(value)[1].removesuffix(' priority')}"
