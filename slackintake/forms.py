"""Forms for what a person makes of a message. They judge shape; whether it may be done is decided by `actions`."""

from collections.abc import Sequence
from typing import Any

from django import forms

from common.conflicts import RemembersOpening
from listings.models import GroupKey, Listing, ListingType
from realtors.models import Realtor
from slackintake.changing import Change
from slackintake.reading import GROUP, STRAY
from tasks.forms import DueField, OneRow
from tasks.models import Category, TaskKey

WHAT = [
    ("", "Choose…"),
    ("Make a listing", [(f"{GROUP}:{key}", label) for key, label in GroupKey.choices]),
    ("Make a task", [(f"{STRAY}:{key}", label) for key, label in TaskKey.choices]),
]


class MakeForm(forms.Form):
    """A listing or a task, with every field of the reading to be corrected."""

    what = forms.ChoiceField(label="Type", choices=WHAT)
    address = forms.CharField(required=False, max_length=300)
    listing_type = forms.ChoiceField(
        label="Sale or lease", required=False, choices=[("", "Not said"), *ListingType.choices]
    )
    title = forms.CharField(label="What is to be done", required=False, max_length=80)
    due_date = DueField(label="Due", required=False, help_text="Such as fri 3pm, 27 nov, +3d, 3wd, or none")
    due_choice = forms.ChoiceField(label="Which day", required=False, widget=forms.RadioSelect)
    name = forms.CharField(label="Named", required=False, max_length=100)
    realtor = OneRow(model=Realtor, column="name", noun="realtor", required=False, help_text="How the name begins")
    listing = OneRow(
        model=Listing,
        column="address_string",
        noun="listing",
        required=False,
        label="On the listing",
        help_text="For a task: how its address begins",
    )

    def __init__(self, *args: Any, due_choices: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        """`due_choices` are the moments that the message may mean, as the due date is typed and in words."""
        super().__init__(*args, **kwargs)
        self.fields["due_choice"].choices = due_choices  # type: ignore[attr-defined]

    @property
    def makes_listing(self) -> bool:
        return str(self.cleaned_data["what"]).startswith(f"{GROUP}:")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        kind, _, key = str(values.get("what", "")).partition(":")
        values["key"] = key
        if values.get("due_choice") and not values.get("due_date") and "due_date" not in self.errors:
            values["due_date"] = self.fields["due_date"].clean(values["due_choice"])
        if kind == GROUP and "realtor" not in self.errors and not values.get("realtor"):
            self.add_error("realtor", "A listing needs its realtor.")
        if kind == GROUP and not values.get("address"):
            self.add_error("address", "A listing needs an address.")
        if kind == STRAY and not values.get("title"):
            self.add_error("title", "Say in a few words what is to be done.")
        nobody = not values.get("realtor") and not values.get("listing")
        if kind == STRAY and nobody and not {"realtor", "listing"} & self.errors.keys():
            self.add_error("realtor", "Say for which realtor the task is, or on which listing.")
        return values


class ChangeForm(RemembersOpening, forms.Form):
    """What an edit changes in what its message made. It is shown as if it had been typed into the item's own form."""

    name = forms.CharField(label="What is to be done", max_length=200, show_hidden_initial=True)
    address_string = forms.CharField(label="Address", max_length=300, show_hidden_initial=True)
    address = forms.CharField(required=False, max_length=300, show_hidden_initial=True)
    listing = OneRow(model=Listing, column="address_string", noun="listing", show_hidden_initial=True)
    task_key = forms.ChoiceField(label="Type", choices=TaskKey.choices, show_hidden_initial=True)
    task_category = forms.ChoiceField(label="Type", choices=Category.choices, show_hidden_initial=True)
    type = forms.ChoiceField(
        label="Sale or lease",
        required=False,
        choices=[("", "Not said"), *ListingType.choices],
        show_hidden_initial=True,
    )
    due_date = DueField(
        label="Due", required=False, show_hidden_initial=True, help_text="Such as fri 3pm, +3d, 3wd, or none"
    )
    reopen = forms.BooleanField(label="Open it again", required=False)
    edits = forms.IntegerField(required=False, widget=forms.HiddenInput)
    """How many edits the person saw: a later one is not taken unseen."""

    def __init__(self, change: Change, edits: int, data: Any = None):
        self.change, self.seen = change, edits
        super().__init__(self._shown(edits) if data is None else data)
        for name in set(self.fields) - set(change.now) - {"edits"}:
            del self.fields[name]
        self.fields["due_date"].label = change.due_label
        known = change.now.get("task_key")
        if known and known not in TaskKey.values:
            self.fields["task_key"].choices = [*TaskKey.choices, (known, known)]  # type: ignore[attr-defined]

    def _shown(self, edits: int) -> dict[str, Any]:
        values: dict[str, Any] = {"edits": edits}
        for name in self.change.now:
            field = self.base_fields[name]
            values[name] = _as_typed(field, self.change.new[name])
            now = self.change.now[name]
            values[f"initial-{name}"] = now.pk if isinstance(now, Listing) else _as_typed(field, now)
        return values

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("edits") not in (None, self.seen):
            raise forms.ValidationError("The message has been edited once more. Look at it again.")
        here = self.change.now.get("listing")
        if here is not None and self.data.get("listing") == str(here):
            values["listing"] = here  # two listings of the same words are told apart by where the activity is
        return values

    def clean_type(self) -> str | None:
        return self.cleaned_data["type"] or None

    def opened(self) -> dict[str, Any]:
        """The values that the person saw; those that did not come along are as they stand."""
        sent = {name for name in self.change.now if self[name].html_initial_name in self.data}
        return self.change.now | {name: value for name, value in super().opened().items() if name in sent}

    def wanted(self) -> dict[str, Any]:
        """The values to save; what gave way to theirs is as it was opened."""
        kept = self.data.get("keep", "").split()
        seen = self.opened()
        return {name: seen[name] if name in kept else self.cleaned_data[name] for name in self.change.now}


def _as_typed(field: forms.Field, value: Any) -> Any:
    typed = field.prepare_value(value)
    return "" if typed is None else typed


class BesidesForm(forms.Form):
    """Which of the things that a message asks for besides are to be made, by their place in the reading."""

    besides = forms.TypedMultipleChoiceField(coerce=int, required=False)
    edits = forms.IntegerField(required=False)
    """How many edits the person saw: after a later one the message may ask for something else."""

    def __init__(self, *args: Any, number: int, edits: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["besides"].choices = [(place, place) for place in range(number)]  # type: ignore[attr-defined]
        self.seen = edits

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("edits") not in (None, self.seen):
            raise forms.ValidationError("The message has been edited once more. Look at it again.")
        return values


class LinkForm(forms.Form):
    """Who a sender is that nobody knows yet."""

    realtor = OneRow(model=Realtor, column="name", noun="realtor", help_text="How the name begins")
    again = forms.BooleanField(required=False, initial=True)


class AttachForm(forms.Form):
    """Something that is there already: one of those that come to mind, or a listing by its address."""

    item = forms.ChoiceField(required=False, widget=forms.RadioSelect)
    other = OneRow(
        model=Listing,
        column="address_string",
        noun="listing",
        required=False,
        label="Another listing",
        help_text="How its address begins",
    )

    def __init__(self, *args: Any, items: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].choices = items  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("other"):
            values["kind"], values["item_id"] = "listing", values["other"].pk
        elif values.get("item"):
            values["kind"], _, values["item_id"] = values["item"].partition(":")
        elif not self.errors:
            raise forms.ValidationError("Choose what the message belongs to.")
        return values
