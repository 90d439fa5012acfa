"""Where a person goes after an action on a task's own page: to the next one, nowhere, or back to the list."""

from urllib.parse import parse_qs, urlsplit

from accounts.models import AfterAction
from accounts.requests import Request
from common.http import first_of_ours
from staff.models import Role
from tasks.models import CLOSED, Status
from tasks.rows import Row

FOLDS = {"snoozed", "waiting"}
"""The tabs of the inbox and of my tasks that hold what cannot be worked on now."""
TEAMS = {f"/team/{role}/": role for role in Role}


def belongs(row: Row, address: str, me: str) -> bool:
    """Whether the list at this address still holds the row: the inbox what nobody has, my tasks what I have.

    What is snoozed or waits stands in its own tab, and in no other. A team's page holds what nobody has, put off or
    not, or what its people have.
    """
    place = urlsplit(address)
    tab = parse_qs(place.query).get("tab", [""])[-1]
    if team := TEAMS.get(place.path):
        return row.owner_tone == team and row.status not in CLOSED if tab == "held" else row.status == Status.OPEN
    if place.path not in {"/inbox/", "/my/"}:
        return True
    if place.path == "/my/" and tab == "done":
        return row.owner_id == me and row.status == Status.DONE
    is_held = row.status == Status.OPEN if place.path == "/inbox/" else row.owner_id == me and row.status not in CLOSED
    return is_held and (tab in row.folds if tab in FOLDS else not row.folds)


def onward(request: Request, href: str, row: Row | None, *, came_from: str) -> str:
    """The address to go to after an action on the page at ``href``; empty to stay, or where one did not act there.

    Scripts know the list one came from and send it with what follows there (``list``, ``next``). Without them it is
    ``came_from``, and what follows is the first of that list.
    """
    if not urlsplit(first_of_ours(request, request.META.get("HTTP_REFERER", ""))).path.startswith(href):
        return ""
    preferences = getattr(request.user.staff, "preferences", None)
    wish = preferences.after_action if preferences else AfterAction.NEXT
    place = _ours(request, request.POST.get("list", came_from))
    if wish == AfterAction.STAY or not place:
        return ""
    if wish == AfterAction.LIST:
        return place
    if row is not None and belongs(row, place, request.user.pk):
        return ""
    return _ours(request, request.POST.get("next", "")) or place


def _ours(request: Request, address: str) -> str:
    return first_of_ours(request, address) if address.startswith("/") else ""
