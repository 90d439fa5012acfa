"""Realtors in the back room."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.postgres.forms import SimpleArrayField
from django.http import HttpRequest

from common.admin_base import BackRoomForm, RemovableAdmin
from common.admin_fields import LowerEmailField
from realtors import actions
from realtors.models import Realtor

FACTS = [
    "name",
    "email",
    "phone",
    "status",
    "brokerage",
    "license_number",
    "slack_user_id",
    "territories",
    "metadata",
]


class RealtorForm(BackRoomForm):
    email = LowerEmailField(label="E-mail", max_length=254)
    territories = SimpleArrayField(
        forms.CharField(max_length=100), required=False, help_text="Regions, separated by commas."
    )


@admin.register(Realtor)
class RealtorAdmin(RemovableAdmin):
    form = RealtorForm
    list_display = ["name", "email", "phone", "brokerage", "license_number", "slack_user_id", "status"]
    list_filter = ["status"]
    search_fields = ["name", "email", "phone", "license_number", "brokerage", "slack_user_id", "realtor_id"]
    search_help_text = "Name, e-mail, phone, license, brokerage, Slack id or id"
    ordering = ["name", "realtor_id"]
    readonly_fields = ["realtor_id", "created_at", "updated_at"]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None):
        fieldsets: list[Any] = [(None, {"fields": FACTS})]
        return fieldsets if obj is None else [*fieldsets, ("Record", {"fields": self.readonly_fields})]

    def write(self, request: HttpRequest, obj: Realtor, form: forms.ModelForm, change: bool) -> None:
        by = request.user.staff  # type: ignore[union-attr]
        if change:
            actions.change_realtor(obj, by=by, **{name: form.cleaned_data[name] for name in form.changed_data})
        else:
            actions.add_realtor(by=by, realtor_id=obj.pk, **{name: form.cleaned_data[name] for name in FACTS})

    def remove(self, request: HttpRequest, row: Realtor, reason: str) -> None:
        actions.remove_realtor(row, by=request.user.staff, reason=reason)  # type: ignore[union-attr]

    def restore(self, request: HttpRequest, row: Realtor) -> None:
        actions.restore_realtor(row, by=request.user.staff)  # type: ignore[union-attr]
