"""Saved views: a list's filters and order under a name, as tabs on the list itself."""

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from accounts.models import SavedView
from common.chips import PASSING
from common.columns import Columns
from common.history import Refused, act
from staff.models import Role, Staff
from staff.rights import Right, may

PAGES = {
    **{page: f"/{page}/" for page in ("inbox", "my", "listings", "realtors", "slack", "search")},
    **{f"team/{role}": f"/team/{role}/" for role in Role},
}
"""For each list that keeps views its address."""

LONGEST_NAME = 40

# Written out, as every list asks it.
_VIEW = Columns(SavedView, "v")
_VIEWS = f"SELECT {_VIEW} FROM accounts_saved_view v WHERE page = %s ORDER BY created_at, view_id"  # noqa: S608


def views_for(page: str, staff: Staff) -> list[SavedView]:
    """My views of this list and the shared ones, mine first, each in the order they were made; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_VIEWS, [page])
        return _mine_first(cursor.fetchall(), staff)


def views_beside(page: str) -> str:
    """The same for a statement that a list makes anyway; ``views_from`` reads the value."""
    return f"""(SELECT jsonb_agg(jsonb_build_array({_VIEW}) ORDER BY v.created_at, v.view_id)
        FROM accounts_saved_view v WHERE v.page = '{page}')"""  # noqa: S608 - our own names


def views_from(value: str | None, staff: Staff) -> list[SavedView]:
    """The views that ``views_beside`` found, as ``views_for`` gives them."""
    return _mine_first(json.loads(value or "[]"), staff)


def _mine_first(records: Iterable[Any], staff: Staff) -> list[SavedView]:
    return sorted(map(_VIEW.make, records), key=lambda view: view.staff_id != staff.pk)


def save_view(*, page: str, name: str, query: str, by: Staff, is_shared: bool = False) -> SavedView:
    """Keep a list under a name. Raises ``Refused`` for a name that is taken or a right that is missing.

    A list that this person may not open raises ``PermissionDenied``: there is none to go back to.
    """
    name = " ".join(name.split())
    if page not in PAGES:
        raise Refused("This list keeps no views.")
    if page == "slack" and not may(by, Right.REVIEW_MESSAGES):
        raise PermissionDenied("Slack messages are read by operations and admins, so you keep no view of them.")
    if not name or len(name) > LONGEST_NAME:
        raise Refused(f"Give the view a name of at most {LONGEST_NAME} letters.")
    if is_shared and not may(by, Right.SHARE_VIEWS):
        raise Refused("Only operations and admins share a view with everybody.")
    with act("saved a view"):
        try:
            with transaction.atomic():
                return SavedView.objects.create(
                    page=page, name=name, query=_kept(query), staff_id=by.pk, is_shared=is_shared
                )
        except IntegrityError:
            raise Refused(f"You have a view “{name}” on this list. Choose another name.") from None


def update_view(view: SavedView, *, query: str, by: Staff) -> None:
    """Keep what the list shows now under the view's name."""
    _own(view, by)
    with act("changed a view"):
        SavedView.objects.filter(pk=view.pk).update(query=_kept(query))


def open_with(view: SavedView | None, *, page: str, by: Staff) -> None:
    """Let the list open with this view, or (None) as it is by itself."""
    with act("changed a view"):
        SavedView.objects.filter(page=page, staff_id=by.pk, is_default=True).update(is_default=False)
        if view is not None:
            _own(view, by)
            SavedView.objects.filter(pk=view.pk).update(is_default=True)


def may_remove_view(view: SavedView, by: Staff) -> bool:
    """One's own view; a shared one also an admin."""
    return view.staff_id == by.pk or (view.is_shared and may(by, Right.MANAGE_TEMPLATES))


def remove_view(view: SavedView, *, by: Staff) -> None:
    """Take a view off its list; a shared one only its owner or an admin."""
    if not may_remove_view(view, by):
        _own(view, by)
    with act("removed a view"):
        SavedView.objects.filter(pk=view.pk).delete()


def _kept(query: str) -> str:
    """The filters, tab and order in an address; what belongs to one look at the list (a page of it, a file) is left."""
    return urlencode([(name, value) for name, value in parse_qsl(query) if name not in (*PASSING, "view")])[:2000]


def _own(view: SavedView, by: Staff) -> None:
    if view.staff_id != by.pk:
        raise Refused("This view is somebody else's. Save it under a name of your own first.")
