"""Staff in the back room."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from common.admin_base import BackRoomForm, RemovableAdmin
from common.admin_fields import LowerEmailField
from staff import actions
from staff.models import Staff, StaffStatus

FACTS = ["name", "email", "role", "status", "slack_user_id", "phone", "metadata"]


class StaffForm(BackRoomForm):
    email = LowerEmailField(label="E-mail", max_length=254)


class ChangeStaffForm(StaffForm):
    """Asks besides what shall become of the open tasks of a person who is switched off."""

    release = forms.BooleanField(
        label="Release the open tasks", required=False, help_text="They go back to the inbox, for anybody to claim."
    )
    hand_over_to = forms.ModelChoiceField(
        Staff.objects.order_by("name"),
        label="Or hand them over to",
        empty_label="– nobody –",
        required=False,
        help_text="This person must be allowed to see them.",
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        release, receiver = values.get("release"), values.get("hand_over_to")
        if release and receiver:
            self.add_error("release", "Release the open tasks or hand them over, not both.")
        elif (release or receiver) and values.get("status") == StaffStatus.ACTIVE:
            name = "release" if release else "hand_over_to"
            self.add_error(name, "Open tasks move only when you also switch the person off above.")
        return values


@admin.register(Staff)
class StaffAdmin(RemovableAdmin):
    list_display = ["name", "email", "role", "status", "slack_user_id", "phone"]
    list_filter = ["role", "status"]
    search_fields = ["name", "email", "phone", "slack_user_id", "staff_id"]
    search_help_text = "Name, e-mail, phone, Slack id or id"
    ordering = ["name", "staff_id"]
    readonly_fields = ["staff_id", "created_at", "updated_at"]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None):
        fieldsets: list[Any] = [(None, {"fields": FACTS})]
        if obj is not None and self.has_change_permission(request, obj):
            switching_off = {"fields": ["release", "hand_over_to"], "description": SWITCHING_OFF}
            fieldsets.append(("When you switch this person off", switching_off))
        if obj is not None:
            fieldsets.append(("Record", {"fields": self.readonly_fields}))
        return fieldsets

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> type:
        can_change = obj is not None and self.has_change_permission(request, obj)
        return super().get_form(request, obj, change, form=ChangeStaffForm if can_change else StaffForm, **kwargs)

    def write(self, request: HttpRequest, obj: Staff, form: Any, change: bool) -> None:
        by = request.user.staff  # type: ignore[union-attr]
        if change:
            actions.change_staff(obj, by=by, **{name: form.cleaned_data[name] for name in form.changed_data})
        else:
            actions.add_staff(by=by, staff_id=obj.pk, **{name: form.cleaned_data[name] for name in FACTS})

    def reason(self, form: Any) -> str | None:
        if form.cleaned_data.get("release"):
            return "open tasks released"
        receiver = form.cleaned_data.get("hand_over_to")
        return f"open tasks handed over to {receiver}" if receiver else None

    def remove(self, request: HttpRequest, row: Staff, reason: str) -> None:
        actions.remove_staff(row, by=request.user.staff, reason=reason)  # type: ignore[union-attr]

    def restore(self, request: HttpRequest, row: Staff) -> None:
        actions.restore_staff(row, by=request.user.staff)  # type: ignore[union-attr]


SWITCHING_OFF = (
    "A person who is inactive or suspended cannot sign in, and running sessions end at the next request. "
    "Nothing moves in silence: open tasks stop the change until you say here what becomes of them."
)
