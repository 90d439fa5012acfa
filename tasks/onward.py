"""Where a person goes after an action on a task's own page: to the next one, nowhere, or back to the list."""

from urllib.parse import urlsplit

from accounts.models import AfterAction
from accounts.requests import Request
from common.http import first_of_ours
from tasks.models import CLOSED
from tasks.rows import Row


def belongs(row: Row, address: str, me: str, leaves: tuple[str, ...] = ()) -> bool:
    """Whether the list at this address still holds the row: the inbox what nobody has, my tasks what I have.

    ``leaves`` names the lists (beginnings of their addresses) that the row leaves whatever its status says.
    """
    if address.startswith(leaves):
        return False
    if address.startswith("/inbox/"):
        return row.status == "OPEN"
    if address.startswith("/my/"):
        return row.owner_id == me and row.status not in CLOSED
    return True


def onward(request: Request, href: str, row: Row | None, *, came_from: str, leaves: tuple[str, ...]) -> str:
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
    if row is not None and belongs(row, place, request.user.pk, leaves):
        return ""
    return _ours(request, request.POST.get("next", "")) or place


def _ours(request: Request, address: str) -> str:
    return first_of_ours(request, address) if address.startswith("/") else ""
