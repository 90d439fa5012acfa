"""Logins, sessions and preferences in the back room."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import SetPasswordForm, SetPasswordMixin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from accounts import actions
from accounts.models import Preferences, Session, SignInAttempt, User
from accounts.sessions import digest
from common.admin_base import BackRoomAdmin, BackRoomForm, Button, ReadOnlyAdmin
from common.history import Refused
from staff.admin import StaffAdmin
from staff.models import Staff


def _by_and_keep(request: HttpRequest) -> dict[str, Any]:
    """Who acts, and the session in which: it stays when an admin's own sessions end."""
    return {"by": request.user.staff, "keep": digest(request.session.session_key)}  # type: ignore[union-attr]


sensitive = sensitive_post_parameters("new_password1", "new_password2")


class NewLoginForm(SetPasswordMixin, BackRoomForm):
    """A login for a person who has none yet."""

    new_password1, new_password2 = SetPasswordMixin.create_password_fields("New password", "The same again")

    def clean(self) -> dict[str, Any]:
        self.validate_passwords("new_password1", "new_password2")
        self.validate_password_for_user(None, "new_password2")
        return super().clean()


@admin.register(User)
class UserAdmin(BackRoomAdmin):
    """The login of a person. Name, e-mail, role and status are the person's in ``staff``."""

    list_display = ["name", "email", "role", "status", "last_login"]
    list_filter = ["staff__role", "staff__status"]
    list_select_related = ["staff"]
    search_fields = ["staff__name", "staff__email", "staff__staff_id"]
    search_help_text = "Name, e-mail or id"
    ordering = ["staff__name", "pk"]
    raw_id_fields = ["staff"]
    actions = ["end_sessions_of_selected"]
    form = NewLoginForm

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return super().get_queryset(request).select_related("staff")

    @admin.display(description="name", ordering="staff__name")
    def name(self, login: User) -> str:
        return login.staff.name

    @admin.display(description="e-mail", ordering="staff__email")
    def email(self, login: User) -> str:
        return login.staff.email

    @admin.display(description="role", ordering="staff__role")
    def role(self, login: User) -> str:
        return login.staff.get_role_display()

    @admin.display(description="status", ordering="staff__status")
    def status(self, login: User) -> str:
        return "Removed" if login.staff.deleted_at else login.staff.get_status_display()

    @admin.display(description="signed in now")
    def sessions(self, login: User) -> str:
        number = Session.objects.filter(staff_id=login.pk).count()
        return f"{number} session{'' if number == 1 else 's'}"

    def get_fieldsets(self, request: HttpRequest, obj: Any = None):
        if obj is None:
            return [(None, {"fields": ["staff", "new_password1", "new_password2"]})]
        return [(None, {"fields": ["staff", "email", "role", "status", "last_login", "sessions"]})]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # One login has no field to type in: it changes by its buttons and by the form for a new password.
        return obj is None and super().has_change_permission(request)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [] if obj is None else ["staff", "email", "role", "status", "last_login", "sessions"]

    @method_decorator(sensitive)
    def add_view(self, request: HttpRequest, form_url: str = "", extra_context=None) -> HttpResponse:
        return super().add_view(request, form_url, extra_context)

    def write(self, request: HttpRequest, obj: User, form: forms.ModelForm, change: bool) -> None:
        actions.set_password(obj.staff, form.cleaned_data["new_password1"], **_by_and_keep(request))

    # ---- a new password ----------------------------------------------------------------------------------------------

    def get_urls(self):
        password = self.admin_site.admin_view(self.password_view)
        return [path("<path:object_id>/password/", password, name="accounts_user_password"), *super().get_urls()]

    @method_decorator(sensitive)
    def password_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Set a new password for a person, or the first one; the person's sessions end with it."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        person = Staff.objects.filter(pk=unquote(object_id)).first()
        if person is None:
            raise Http404("No such person.")
        login = User.objects.filter(pk=person.pk).first() or User(staff=person)
        form = SetPasswordForm(login, request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                password = form.cleaned_data["new_password1"]
                login = actions.set_password(person, password, **_by_and_keep(request))
            except Refused as refusal:
                form.add_error("new_password1", str(refusal))
            else:
                if login.pk == request.user.pk:
                    update_session_auth_hash(request, login)
                self.log_change(request, login, "Set a new password.")
                said = f"New password: {person.name}. Running sessions have ended."
                self.message_user(request, said, messages.SUCCESS)
                return redirect("admin:accounts_user_change", person.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Set a password for {person.name}",
            "subtitle": None,
            "form": form,
            "person": person,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/accounts/user/password.html", context)

    # ---- sessions ----------------------------------------------------------------------------------------------------

    def buttons(self, request: HttpRequest, obj: User) -> list[Button]:
        return [Button("end_sessions", "End sessions", self._end_sessions)]

    def _end_sessions(self, request: HttpRequest, login: User) -> str:
        number = actions.end_sessions(login.staff, **_by_and_keep(request))
        return f"Ended: {number} session{'' if number == 1 else 's'} of {login.staff.name}"

    @admin.action(description="End sessions")
    def end_sessions_of_selected(self, request: HttpRequest, rows: models.QuerySet) -> None:
        asked = _by_and_keep(request)
        self.each(request, rows, "ended sessions", lambda row: actions.end_sessions(row.staff, **asked))


def set_password_tool(row: Staff | User) -> tuple[str, str] | None:
    """The way to the form for a new password, from the person and from the login."""
    person = row.staff if isinstance(row, User) else row
    if person.deleted_at is not None:
        return None
    return "Set a password", reverse("admin:accounts_user_password", args=[person.pk])


StaffAdmin.tools.append(set_password_tool)
UserAdmin.tools.append(set_password_tool)


@admin.register(Session)
class SessionAdmin(ReadOnlyAdmin):
    """Signed-in browsers. The key is a digest of the cookie; neither it nor what it stores is shown."""

    list_display = ["person", "user_agent", "created_at", "expire_date"]
    search_fields = ["person_name", "user_agent"]
    search_help_text = "Person or browser"
    ordering = ["-created_at", "pk"]
    fields = ["person", "user_agent", "created_at", "expire_date"]
    actions = ["end_selected"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        name = Subquery(Staff.all_objects.filter(pk=OuterRef("staff_id")).values("name"))
        return super().get_queryset(request).annotate(person_name=name).defer("session_data")

    @admin.display(description="person", ordering="person_name")
    def person(self, session: Any) -> str:
        return session.person_name or "nobody yet"

    @admin.action(description="End")
    def end_selected(self, request: HttpRequest, rows: models.QuerySet) -> None:
        own = digest(request.session.session_key)

        def end(session: Session) -> None:
            if session.pk == own:
                raise Refused("This is the session you are working in: log out instead.")
            Session.objects.filter(pk=session.pk).delete()

        self.each(request, rows, "ended", end)


@admin.register(Preferences)
class PreferencesAdmin(ReadOnlyAdmin):
    """How people like to work; each changes that for oneself only."""

    list_display = ["staff", "theme", "start_page", "after_action", "single_keys"]
    list_filter = ["theme"]
    list_select_related = ["staff"]
    search_fields = ["staff__name", "staff__email"]
    search_help_text = "Name or e-mail"


@admin.register(SignInAttempt)
class SignInAttemptAdmin(ReadOnlyAdmin):
    list_display = ["email", "address", "at"]
    search_fields = ["email", "address"]
    search_help_text = "E-mail or network address"
