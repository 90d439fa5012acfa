"""The back room: Django's admin, for admins only, entered through the app's own login page."""

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied


class OpsAdminSite(AdminSite):
    site_header = "La-Paz Operations: back room"
    site_title = "La-Paz Operations"
    index_title = "Every table"
    enable_nav_sidebar = True

    def login(self, request, extra_context=None):
        """One login page for all; a person who is signed in without the right gets a plain "forbidden"."""
        if request.user.is_authenticated:
            raise PermissionDenied("The back room is for admins.")
        return redirect_to_login(request.get_full_path())
