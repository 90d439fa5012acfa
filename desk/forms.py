"""Forms of the pages where several tables meet."""

from typing import Any

from django import forms

from common.conflicts import RemembersOpening
from listings.models import ListingType
from realtors.models import Realtor
from tasks.forms import DueField, OneRow


class RealtorField(OneRow):
    """A realtor by name; shown as the name, whatever the form was given."""

    def __init__(self, **kwargs: Any):
        super().__init__(model=Realtor, column="name", noun="realtor", **kwargs)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (self.prepare_value(initial) or "") != (data or "")


class ListingForm(RemembersOpening, forms.Form):
    """The facts of a listing. Initial values travel along, so a conflict is found per field."""

    address_string = forms.CharField(
        label="Address",
        max_length=300,
        show_hidden_initial=True,
        help_text="Street and number, unit, city",
    )
    type = forms.ChoiceField(choices=[("", "Not said"), *ListingType.choices], required=False, show_hidden_initial=True)
    due_date = DueField(
        label="Due", required=False, show_hidden_initial=True, help_text="fri 3pm, 27 nov, +3d, 3wd, or none"
    )
    realtor = RealtorField(required=False, show_hidden_initial=True, help_text="How the name begins")

    def clean_address_string(self) -> str:
        address = " ".join(self.cleaned_data["address_string"].split())
        if not any(character.isalpha() for character in address):
            raise forms.ValidationError("Add the street’s name, such as “2847 Pacific Ave, San Francisco”.")
        return address

    def clean_type(self) -> str | None:
        return self.cleaned_data["type"] or None


class ReasonForm(forms.Form):
    """Why something ends."""

    reason = forms.CharField(max_length=500, help_text="One line, for the history")


class NoteForm(forms.Form):
    """A remark under a listing or a task."""

    text = forms.CharField(label="Note", max_length=5000, widget=forms.Textarea(attrs={"rows": 2}))
