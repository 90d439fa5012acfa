"""The verbs of a listing over HTTP, and notes: ask, act, answer."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import Request
from common.conflicts import Conflict
from common.history import Refused, last_act
from common.http import after_action, back
from desk.forms import ListingForm, NoteForm, ReasonForm
from listings import actions
from listings.models import Listing
from listings.queries import last_editor
from realtors.models import Realtor
from staff.rights import Right, may
from tasks import actions as task_actions
from tasks import queries as tasks


def get_listing(request: Request, pk: str) -> Listing:
    """The listing, or 404. Removed ones are there for those who can restore them."""
    listings = Listing.all_objects if may(request.user.staff, Right.REMOVE_LISTINGS) else Listing.objects
    listing = listings.select_related("realtor").filter(pk=pk).first()
    if listing is None:
        raise Http404("No such listing.")
    return listing


def require(request: Request, right: Right) -> None:
    """Refuse a page that this person could not use."""
    if not may(request.user.staff, right):
        raise PermissionDenied("Operations and admins keep the listings. Ask one of them for a change.")


def _done(listing: Listing, said: str, request: Request) -> HttpResponse:
    messages.success(request, f"{said}: {listing.address_string}", extra_tags=last_act() or "")
    return redirect(listing.get_absolute_url())


@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """A new listing; ``?realtor=`` fills in whose it is."""
    require(request, Right.EDIT_LISTINGS)
    realtor = Realtor.objects.filter(pk=request.GET.get("realtor", "")).first()
    form = ListingForm(request.POST if request.method == "POST" else None, initial={"realtor": realtor})
    if request.method == "POST" and form.is_valid():
        try:
            return _done(actions.create_listing(by=request.user.staff, **form.cleaned_data), "Made", request)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return _form(request, form, "New listing", "Make it", "/listings/")


@require_http_methods(["GET", "POST"])
def edit(request: Request, pk: str) -> HttpResponse:
    """Change the facts of a listing; what somebody else changed meanwhile is shown beside mine, field by field."""
    require(request, Right.EDIT_LISTINGS)
    listing = get_listing(request, pk)
    initial = {name: getattr(listing, name) for name in ListingForm.base_fields}
    form = ListingForm(request.POST if request.method == "POST" else None, initial=initial)
    both = None
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_listing(listing, by=request.user.staff, opened=form.opened(), **form.wanted())
            return _done(listing, "Saved", request)
        except Conflict as conflict:
            both = form.show_both(conflict, last_editor(listing))
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return _form(request, form, f"Edit: {listing.address_string}", "Save", listing.get_absolute_url(), both)


def _form(
    request: Request, form: ListingForm, heading: str, button: str, back_href: str, both: dict[str, Any] | None = None
) -> HttpResponse:
    context = {
        "form": form,
        "heading": heading,
        "button": button,
        "back_href": back_href,
        "nav": "listings",
        "both": both,
    }
    return render(request, "tasks/form.html", context, status=409 if both else 422 if form.errors else 200)


Ending = Callable[[Listing, Any, str], Any]

ENDINGS: dict[str, tuple[Right, str, str, Ending]] = {
    "cancel": (
        Right.EDIT_LISTINGS,
        "Cancel the listing",
        "Cancelled",
        lambda listing, staff, reason: task_actions.cancel_listing(listing, by=staff, reason=reason),
    ),
    "remove": (
        Right.REMOVE_LISTINGS,
        "Remove the listing",
        "Removed",
        lambda listing, staff, reason: actions.remove_listing(listing, by=staff, reason=reason),
    ),
}


@require_http_methods(["GET", "POST"])
def end(request: Request, pk: str, verb: str) -> HttpResponse:
    """Cancel (closes its open activities) or remove a listing, with one line of reason; each is one act."""
    right, heading, said, do = ENDINGS[verb]
    require(request, right)
    listing = get_listing(request, pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            do(listing, request.user.staff, form.cleaned_data["reason"])
            return _done(listing, said, request)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    context = {"listing": listing, "form": form, "heading": heading, "nav": "listings"}
    return render(request, "desk/listing_end.html", context, status=422 if form.errors else 200)


@require_POST
def restore(request: Request, pk: str) -> HttpResponse:
    """Bring a removed listing back with the activities that went with it."""
    require(request, Right.REMOVE_LISTINGS)
    listing = get_listing(request, pk)
    try:
        actions.restore_listing(listing, by=request.user.staff)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(listing.get_absolute_url())
    return _done(listing, "Restored", request)


@require_POST
def acknowledge(request: Request, pk: str) -> HttpResponse:
    """Take note of a listing: its row leaves my inbox."""
    listing = get_listing(request, pk)
    act_id, status = None, 200
    try:
        actions.acknowledge(listing, by=request.user.staff)
        said, act_id = f"Acknowledged: {listing.address_string}", last_act()
    except Refused as refusal:
        said, status = f"{refusal} {listing.address_string}", 409
    return after_action(
        request, said=said, act_id=act_id, fallback=listing.get_absolute_url(), trigger="desk:left", status=status
    )


@require_POST
def note(request: Request, kind: str, pk: str) -> HttpResponse:
    """Write a note under a listing or a task that I may see; the way leads back to the notes."""
    staff = request.user.staff
    item: Any = get_listing(request, pk) if kind == "listing" else tasks.task_of(kind, pk, staff)
    if item is None:
        raise Http404("No such task.")
    form = NoteForm(request.POST)
    try:
        if not form.is_valid():
            raise Refused(f"The note was not saved: {form.errors['text'].as_text().removeprefix('* ')}")
        actions.write_note(kind=kind, item_id=pk, text=form.cleaned_data["text"], by=staff)
        messages.success(request, f"Noted: {item}", extra_tags=last_act() or "")
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(back(request, item.get_absolute_url())["Location"] + "#notes")
