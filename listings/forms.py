"""Forms of templates and of the key days a preview counts from."""

from typing import Any

from django import forms

from common.conflicts import RemembersOpening
from listings.models import KeyDateKind, TemplateLine


class TemplateLineForm(RemembersOpening, forms.ModelForm):
    """A line of a template. Initial values travel along, so a conflict is found per field."""

    class Meta:
        model = TemplateLine
        fields = ["name", "task_category", "visibility_group", "priority", "key_date", "offset_days"]
        labels = {
            "name": "Activity",
            "task_category": "Category",
            "visibility_group": "Seen by",
            "key_date": "Counted from",
            "offset_days": "Working days after it",
        }
        help_texts = {"offset_days": "Negative for days before it. Empty: no due date.", "priority": "0 to 10"}

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.show_hidden_initial = True

    def clean_priority(self) -> int:
        priority: int = self.cleaned_data["priority"]
        if not 0 <= priority <= 10:
            raise forms.ValidationError("Priority is a whole number from 0 to 10.")
        return priority

    def clean_offset_days(self) -> int | None:
        offset: int | None = self.cleaned_data["offset_days"]
        if offset is not None and not -250 <= offset <= 250:
            raise forms.ValidationError("Count at most 250 working days before or after the key date.")
        return offset


class KeyDatesForm(forms.Form):
    """The key days of an imagined listing; all may be left empty."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for value, label in KeyDateKind.choices:
            self.fields[value] = forms.DateField(
                label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            )
