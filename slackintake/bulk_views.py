"""A verb on selected messages over HTTP: say what would change where that is not plain, do it, answer for every row."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from accounts.requests import Request
from common.history import Refused, last_act
from slackintake.bulk import foresee, ignore_all, read_all_again
from staff.rights import Right, may
from tasks.bulk_views import came_from, posted_from, told

KIND = "message"
"""What selections and sentences call a message: ``message:01J…``."""


@posted_from("/slack/")
def bulk(request: Request) -> HttpResponse:
    """Ignore or read again the rows that are ticked, or those fixed when "all that match" was pressed."""
    if not may(request.user.staff, Right.REVIEW_MESSAGES):
        raise Http404
    verb, back = request.POST.get("verb"), came_from(request, "/slack/")
    listed = request.POST.get("items", "")
    ids = [pk for text in (listed.split(",") if listed else request.POST.getlist("item")) if (pk := _key(text))]
    if verb not in ("ignore", "read-again") or not ids:
        messages.error(request, "Nothing is selected. Tick the rows first, or press X on them.")
        return redirect(back)
    try:
        return _ignore(request, ids, back) if verb == "ignore" else _read_again(request, ids, back)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(back)


def _key(text: str) -> str:
    kind, _, pk = text.partition(":")
    return pk if kind == KIND and len(pk) == 26 and pk.isalnum() else ""


def _ignore(request: Request, ids: list[str], back: str) -> HttpResponse:
    outcome = ignore_all(ids, by=request.user.staff)
    return told(request, outcome, outcome.told(KIND), back, act_id=last_act())


def _read_again(request: Request, ids: list[str], back: str) -> HttpResponse:
    staff = request.user.staff
    if not may(staff, Right.VIEW_MESSAGES):
        raise PermissionDenied("Only admins have messages read again.")
    if request.POST.get("asked") == "yes":
        # There is nothing to undo: the worker's own acts, if any follow, are undone one by one.
        outcome = read_all_again(ids, by=staff)
        return told(request, outcome, outcome.told(KIND), back)
    number = len(set(ids))
    context = {
        "nav": "slack",
        "heading": f"Read {number:,} {'message' if number == 1 else 'messages'} again",
        "forecast": foresee(ids, by=staff),
        "items": ",".join(f"{KIND}:{pk}" for pk in dict.fromkeys(ids)),
        "back_href": back,
    }
    return render(request, "slackintake/read_again.html", context)
