"""The back room: Django's admin, for admins only, entered through the app's own login page."""

from collections.abc import Iterable
from functools import update_wrapper
from typing import Any
from urllib.parse import unquote

from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from common.admin_base import BackRoomSite

ORDER = ("staff", "realtors", "listings", "tasks", "slackintake", "desk", "accounts", "common", "admin")


class OpsAdminSite(BackRoomSite):
    site_header = "La-Paz Operations: back room"
    site_title = "La-Paz Operations"
    index_title = "Every table"
    site_url = "/inbox/"
    enable_nav_sidebar = True
    empty_value_display = "–"

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Admins come in, strangers go to the login page, everybody else gets a plain "forbidden"."""
        inner = super().admin_view(view, cacheable)

        def only_admins(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.user.is_authenticated and not self.has_permission(request):
                raise PermissionDenied("The back room is for admins.")
            _refuse_nul(request)
            return inner(request, *args, **kwargs)

        return update_wrapper(only_admins, inner)

    def login(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """There is one login page for all."""
        if request.user.is_authenticated:
            return redirect("admin:index")
        return redirect_to_login(request.GET.get("next") or "/admin/")

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        logout(request)
        return redirect("login")

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list:
        """The rooms in the order in which the house is described, not by the alphabet."""
        rooms = super().get_app_list(request, app_label)
        return sorted(rooms, key=lambda room: ORDER.index(room["app_label"]) if room["app_label"] in ORDER else 99)

    def names_of(self, ids: Iterable[str]) -> dict[str, str]:
        from staff.models import Staff

        wanted = set(ids)
        return dict(Staff.all_objects.filter(pk__in=wanted).values_list("staff_id", "name")) if wanted else {}


def _refuse_nul(request: HttpRequest) -> None:
    """PostgreSQL stores no NUL: asked for one, it would answer with an error that nobody has caught."""
    typed = [value for _, values in request.POST.lists() for value in values]
    if "\0" in unquote(request.get_full_path()) or any("\0" in value for value in typed):
        raise BadRequest("The request holds a NUL character.")
