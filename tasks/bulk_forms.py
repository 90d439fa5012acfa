"""What a verb on a selection wants to know: one form for each, and what its page shows beside the fields."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.db.models.functions import Lower

from common.clock import due_in_full, office_now, office_zone
from common.history import Refused
from listings.queries import office_calendar
from staff.models import Staff, StaffStatus
from tasks import queries, triage
from tasks.bulk import Item
from tasks.due_choices import due_choices
from tasks.due_words import read_due, read_shift
from tasks.forms import DueField, PriorityField
from tasks.lists import KINDS, Selection, page_of
from tasks.models import Status
from tasks.rows import PRIORITY_LEVELS, Row, priority_in_words
from tasks.rules import realtor_of, speaks_against_merge
from tasks.triage_words import question_about, until_words

OFFERED = 20


class Plain(forms.Form):
    """For verbs that ask nothing."""

    template = "tasks/bulk_ask.html"

    def look_at(self, items: list[Item], staff: Staff, sent: Mapping[str, str]) -> dict[str, Any]:
        """What the verb goes by beside the fields, and the page shows; ``Refused`` for what does not fit."""
        return {}

    def describe(self, items: list[Item], staff: Staff) -> dict[str, Any]:
        """What the page that asks shows besides."""
        return {}

    def touched(self, items: list[Item]) -> list[Item]:
        """Those of the selection that the verb is done to."""
        return items

    def to(self) -> str:
        """What each row gets, in the words of the answer; empty where the verb says it all."""
        return ""


class AssignForm(Plain):
    assigned_staff = forms.ModelChoiceField(
        Staff.objects.filter(status=StaffStatus.ACTIVE).order_by("name"), label="Give to", empty_label="Choose a person"
    )
    reason = forms.CharField(
        max_length=500, required=False, help_text="Wanted where a task is a colleague's; kept in the history"
    )

    def to(self) -> str:
        return self.cleaned_data["assigned_staff"].name


class DueForm(Plain):
    template = "tasks/bulk_typed.html"
    due_date = forms.CharField(
        label="Due",
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="“fri 3pm” sets it; “+2d” or “-1wd” moves each one; “none” clears it",
    )

    def clean_due_date(self) -> Any:
        return _due_or_shift(self.cleaned_data["due_date"])

    def describe(self, items: list[Item], staff: Staff) -> dict[str, Any]:
        return {"typed": self["due_date"], "choices": due_choices(office_now().date(), office_calendar())}


def _due_or_shift(text: str) -> Any:
    """A moment, None for "none", or a ``Shift`` such as "+2d"."""
    is_working_day = office_calendar()
    try:
        return read_shift(text, is_working_day) or read_due(text, office_now(), is_working_day)
    except ValueError as error:
        raise forms.ValidationError(str(error)) from None


NOBODY = "nobody"


class ChangeForm(Plain):
    """Several things at once: what is left empty stays as it is, and clearing is a choice of its own."""

    template = "tasks/bulk_change.html"
    assigned_staff = forms.ChoiceField(label="Owner", required=False)
    due_date = forms.CharField(
        label="Due",
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="“fri 3pm” sets it; “+2d” moves each one by two days; “none” clears it",
    )
    priority = forms.TypedChoiceField(coerce=int, required=False)
    reason = forms.CharField(max_length=500, required=False, help_text="Wanted where a task is a colleague’s")

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        active = Staff.objects.filter(status=StaffStatus.ACTIVE).order_by(Lower("name"))
        self.people = {person.pk: person for person in active}
        names = [(key, person.name) for key, person in self.people.items()]
        priorities = [(n, f"{n} {priority_in_words(n)[1].removesuffix(' priority')}") for n in range(11)]
        self._offer("assigned_staff", [(NOBODY, "Nobody, give it back"), *names])
        self._offer("priority", priorities)

    def _offer(self, name: str, choices: list[tuple[Any, str]], now: str = "") -> None:
        field: Any = self.fields[name]
        field.choices = [("", f"Leave as it is{now}"), *choices]

    def clean_due_date(self) -> Any:
        """As of ``DueForm``; an empty text where it was left empty, since None clears."""
        text = self.cleaned_data["due_date"]
        return _due_or_shift(text) if text else ""

    def clean(self) -> dict[str, Any]:
        """With ``wanted``, what ``actions.change`` is to change: only what was not left empty."""
        data: dict[str, Any] = super().clean() or {}
        wanted = {name: data[name] for name in ("assigned_staff", "due_date", "priority") if data.get(name, "") != ""}
        if not self.errors and not wanted:
            raise forms.ValidationError("Nothing is to be changed. Choose an owner, a date or a priority.")
        if "assigned_staff" in wanted:
            wanted["assigned_staff"] = self.people.get(wanted["assigned_staff"])
        return data | {"wanted": wanted}

    def describe(self, items: list[Item], staff: Staff) -> dict[str, Any]:
        """How the selection stands: what each field would leave as it is, and what it is made up of."""
        tasks = queries.named_tasks(items, staff)
        owners = {task.assigned_staff.name if task.assigned_staff else "nobody yet" for task in tasks}
        priorities = {task.priority for task in tasks}
        dates = {due_in_full(task.due_date.astimezone(office_zone()), office_now()) for task in tasks if task.due_date}
        self._offer("assigned_staff", self._choices("assigned_staff"), _as_now(owners, "owners"))
        self._offer("priority", self._choices("priority"), _as_now(map(str, priorities), "priorities"))
        undated = sum(task.due_date is None for task in tasks)
        as_now = _as_now({*dates, "no date"} if undated else dates, "dates")
        self.fields["due_date"].widget.attrs["placeholder"] = f"Leave as it is{as_now}"
        in_it = [
            ("home", "Listing work", sum(task.kind == "activity" for task in tasks)),
            ("person", "Realtor work", sum(task.kind == "agent_task" for task in tasks)),
            ("people", "A colleague has it", sum(task.assigned_staff_id not in (None, staff.pk) for task in tasks)),
            ("check", "Closed, and stays as it is", sum(task.is_closed for task in tasks)),
        ]
        return {"in_it": [line for line in in_it if line[2]]}

    def _choices(self, name: str) -> list[tuple[Any, str]]:
        field: Any = self.fields[name]
        return list(field.choices)[1:]


def _as_now(values: Iterable[str], many: str) -> str:
    """Behind "Leave as it is": the one value that all have, or how many there are."""
    found = set(values)
    return f" ({found.pop()})" if len(found) == 1 else f" ({len(found)} {many})" if found else ""


class PriorityForm(Plain):
    template = "tasks/bulk_typed.html"
    priority = PriorityField(
        widget=forms.TextInput(attrs={"autocomplete": "off"}), help_text="0 to 10, 10 is the most urgent, or a word"
    )

    def describe(self, items: list[Item], staff: Staff) -> dict[str, Any]:
        choices = [
            {"value": value, "label": words, "hint": value, "tone": tone} for value, words, tone in PRIORITY_LEVELS
        ]
        return {"typed": self["priority"], "choices": choices}

    def to(self) -> str:
        return str(self.cleaned_data["priority"])


class SnoozeForm(Plain):
    """A time as typed, or the digit of a choice, which each task works out for itself (``triage.snooze_choices``)."""

    template = "tasks/bulk_snooze.html"
    until = DueField(label="Until", required=False)
    choice = forms.TypedChoiceField(choices=[(n, n) for n in range(1, 6)], coerce=int, required=False, empty_value=None)

    def describe(self, items: list[Item], staff: Staff) -> dict[str, Any]:
        fixed = {digit: (label, moment) for digit, label, moment in triage.snooze_choices(None)}
        fixed[triage.BEFORE_DUE] = (triage.BEFORE_DUE_WORDS, None)
        choices = [
            {"digit": digit, "label": label, "hint": until_words(moment) if moment else ""}
            for digit, (label, moment) in sorted(fixed.items())
        ]
        choices[triage.BEFORE_DUE - 1]["hint"] = "worked out for each"
        return {"choices": choices}

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not data.get("choice") and data.get("until") is None and "until" not in self.errors:
            self.add_error("until", "Write a day such as “mon 9am” or “+3d”, or choose one below.")
        return data


class ReasonForm(Plain):
    reason = forms.CharField(max_length=500, help_text="One line, for the history of each")


class StatusForm(Plain):
    status = forms.ChoiceField(choices=Status.choices, label="Becomes")
    reason = forms.CharField(
        max_length=500, required=False, help_text="Wanted for Failed, Cancelled and reopening; kept in the history"
    )

    def to(self) -> str:
        return Status(self.cleaned_data["status"]).label


class WaitForm(Plain):
    for_what = forms.CharField(label="What they wait for", max_length=200, help_text="floor plan, signed form, keys …")


class DeclineForm(Plain):
    template = "tasks/bulk_decline.html"
    reason = forms.CharField(max_length=500)

    def describe(self, items: list[Item], staff: Staff) -> dict[str, Any]:
        return {"reasons": triage.USUAL_REASONS}


class AskForm(Plain):
    """One question about all of them, which only one realtor can answer."""

    template = "tasks/bulk_question.html"
    realtor_id = forms.CharField(max_length=26)

    def look_at(self, items: list[Item], staff: Staff, sent: Mapping[str, str]) -> dict[str, Any]:
        tasks = queries.named_tasks(items, staff)
        realtors = {realtor.pk: realtor for task in tasks if (realtor := realtor_of(task))}
        if len(realtors) > 1:
            raise Refused(
                f"These are of {len(realtors)} realtors, and a question goes to one. Select one realtor's tasks."
            )
        if not realtors or any(realtor_of(task) is None for task in tasks):
            raise Refused("Not every listing among these has a realtor who could be asked.")
        (realtor,) = realtors.values()
        return {"realtor": realtor, "question": question_about(tasks, realtor)}


class DuplicateForm(Plain):
    """The one task that stays; it may be one of the selection."""

    template = "tasks/bulk_duplicate.html"
    of = forms.CharField(max_length=40)

    def look_at(self, items: list[Item], staff: Staff, sent: Mapping[str, str]) -> dict[str, Any]:
        chosen = Item.parse(sent.get("of", ""))
        if chosen is None:
            tasks = queries.named_tasks(items, staff)
            if not tasks:
                raise Refused("None of these is there any more.")
            words = sent.get("q", "")
            others = [] if words else _rows(items, staff) if len(items) > 1 else []
            shown = {Item(row.kind, row.id) for row in others}
            found = queries.candidates(tasks[0], words, staff)
            offered = [*others, *(row for row in found if Item(row.kind, row.id) not in shown)]
            return {"q": words, "candidates": sorted(offered, key=lambda row: row.is_closed)}
        stays = queries.task_of(*chosen, staff)
        if stays is None:
            raise Refused("The task that was to stay is not there any more. Choose another.")
        closing = queries.named_tasks([item for item in items if item != chosen], staff)
        warnings = dict.fromkeys(warning for task in closing for warning in speaks_against_merge(task, stays))
        return {"stays": stays, "of": str(chosen), "closing": closing, "warnings": list(warnings)}

    def touched(self, items: list[Item]) -> list[Item]:
        return [item for item in items if str(item) != self.cleaned_data["of"]]


def _rows(items: list[Item], staff: Staff) -> list[Row]:
    """The first of a selection as rows."""
    where = dict.fromkeys(KINDS, "task_id = ANY (%(chosen)s)")
    return page_of(Selection(where, {"chosen": [item.task_id for item in items]}), staff, size=OFFERED).rows
