"""A verb on the open activities of many listings: ask what it wants to know, do it as one act, answer for each listing.

Which activities they are is fixed when it is asked: what comes in while somebody thinks is not touched.
"""

from collections import defaultdict
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.requests import Request
from common.history import Refused, last_act
from listings.models import Listing
from listings.queries import office_calendar
from staff.models import Staff
from tasks.bulk import LIMIT, Item, Outcome, for_each
from tasks.bulk_forms import AssignForm, Plain, PriorityForm
from tasks.bulk_views import VERBS, came_from, posted_from, remember_list
from tasks.due_words import read_shift
from tasks.models import WORKABLE
from tasks.queries import visible_activities


class ShiftForm(Plain):
    """By how much due dates move; without a sign it is forward."""

    due_date = forms.CharField(
        label="Move each due date by",
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="“+3d” days, “3wd” working days, “1w” weeks; “-2d” brings them forward",
    )

    def clean_due_date(self):
        text = self.cleaned_data["due_date"].strip()
        shift = read_shift(text, office_calendar(), signed=False)
        if shift is None:
            raise forms.ValidationError("Write a number of days such as “+3d”, “3wd” for working days, or “-1w”.")
        return shift


LISTING_VERBS: dict[str, tuple[str, type[Plain]]] = {
    "assign": ("Assign", AssignForm),
    "due": ("Move the due dates of", ShiftForm),
    "priority": ("Change the priority of", PriorityForm),
}
"""Verb of the request: its words, and what it asks. What it does to each activity is the task lists' own."""


@dataclass(frozen=True)
class Told:
    """What became of one listing's open activities."""

    listing: Listing
    changed: int
    left: list[tuple[str, str]]

    @property
    def words(self) -> str:
        if not self.changed and not self.left:
            return "It has no open activity that you see."
        return f"{self.changed} changed" if self.changed else "Left as it was"


@posted_from("/listings/")
def listing_bulk(request: Request) -> HttpResponse:
    """Do one verb to every open activity, of those this person sees, of the listings that are selected."""
    staff, verb, back = request.user.staff, request.POST.get("verb", ""), came_from(request, "/listings/")
    listings = _selected(request)
    if verb not in LISTING_VERBS or not listings:
        messages.error(request, "Nothing is selected. Tick the rows first, or press X on them.")
        return redirect(back)
    words, form_class = LISTING_VERBS[verb]
    asked = request.POST.get("asked") == "yes"
    items = _fixed(request) if asked else _open_activities(listings, staff)
    form = form_class(request.POST if asked else None)
    try:
        if not items:
            raise Refused("None of these listings has an open activity that you see.")
        if len(items) > LIMIT:
            raise Refused(f"They have more than {LIMIT:,} open activities, too many at once. Select fewer listings.")
        if form.is_valid():
            return _done(request, verb, items, form, listings, back)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(back)
    context = {
        "form": form,
        "heading": f"{words} {_number(len(items), 'open activity', 'open activities')} of {_listings(len(listings))}",
        "nav": "listings",
        "verb": verb,
        "listings": ",".join(listings),
        "items": ",".join(map(str, items)),
        "back_href": back,
    }
    return render(request, "desk/listing_bulk_ask.html", context, status=422 if form.errors else 200)


def _selected(request: Request) -> list[str]:
    """The ids of the listings in the request ("listing:01J…"), each once."""
    listed = request.POST.get("listings") or request.POST.get("items", "")
    named = listed.split(",") if listed else request.POST.getlist("item")
    ids = (text.removeprefix("listing:") for text in named)
    return list(dict.fromkeys(key for key in ids if len(key) == 26 and key.isalnum()))


def _fixed(request: Request) -> list[Item]:
    """The activities that the page which asked has named."""
    named = (Item.parse(text) for text in request.POST.get("items", "").split(","))
    return [item for item in named if item is not None and item.kind == "activity"]


def _open_activities(listings: list[str], staff: Staff) -> list[Item]:
    found = visible_activities(staff).filter(listing__in=listings, status__in=WORKABLE).order_by("pk")
    return [Item("activity", key) for key in found.values_list("pk", flat=True)[: LIMIT + 1]]


def _done(request: Request, verb: str, items: list[Item], form: Plain, listings: list[str], back: str) -> HttpResponse:
    """The act, and the answer: one sentence where all went well, else a page that tells it listing by listing."""
    staff = request.user.staff
    _, said, _, do = VERBS[verb]
    # Read before the act: what is handed over may be out of sight after it.
    of = dict(visible_activities(staff).filter(pk__in=[item.task_id for item in items]).values_list("pk", "listing"))
    data = form.cleaned_data
    outcome = for_each(items, lambda task: do(task, staff, data), verb=said, by=staff, reason=data.get("reason"))
    told = _told(outcome, of, listings)
    heading = f"{outcome.told('task', form.to())}, on {_listings(len(listings))}"
    messages.add_message(
        request,
        messages.SUCCESS if outcome.changed else messages.ERROR,
        heading,
        extra_tags=(last_act() or "") if outcome.changed else "",
    )
    if not outcome.missing and all(row.changed and not row.left for row in told):
        return redirect(back)
    remember_list(request, back)
    context = {"heading": heading, "nav": "listings", "told": told, "back_href": back}
    return render(request, "desk/listing_bulk_told.html", context)


def _told(outcome: Outcome, of: dict[str, str], listings: list[str]) -> list[Told]:
    changed: dict[str, int] = defaultdict(int)
    left: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for task in outcome.changed:
        changed[of[task.pk]] += 1
    for refused in outcome.left:
        left[of[refused.row.pk]].append((refused.name, refused.why))
    there = Listing.objects.in_bulk(listings)
    return [Told(there[key], changed[key], left[key]) for key in listings if key in there]


def _number(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def _listings(number: int) -> str:
    return _number(number, "listing", "listings")
