"""Listings, their notes and templates, and the office calendar in the back room."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from common.admin_base import BackRoomAdmin, ReadOnlyAdmin, RemovableAdmin
from listings import actions
from listings.models import (
    Acknowledgement,
    KeyDate,
    Listing,
    Note,
    OfficeDay,
    Template,
    TemplateLine,
    Weekday,
)

LIMITS = {"priority": (0, 10), "offset_days": (-250, 250), "position": (0, 1000)}
FACTS = ["address_string", "realtor", "type", "due_date"]


@admin.register(Listing)
class ListingAdmin(RemovableAdmin):
    list_display = ["address_string", "realtor", "type", "status", "progress", "due_date"]
    list_filter = ["status", "type"]
    list_select_related = ["realtor"]
    search_fields = ["address_string", "realtor__name", "listing_id"]
    search_help_text = "Address, realtor or id"
    raw_id_fields = ["realtor"]
    readonly_fields = ["status", "progress", "listing_id", "created_at", "updated_at"]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None):
        fieldsets: list[Any] = [(None, {"fields": FACTS})]
        return fieldsets if obj is None else [*fieldsets, ("Record", {"fields": self.readonly_fields})]

    def write(self, request: HttpRequest, obj: Listing, form: forms.ModelForm, change: bool) -> None:
        by = request.user.staff  # type: ignore[union-attr]
        if change:
            actions.edit_listing(obj, by=by, **{name: form.cleaned_data[name] for name in form.changed_data})
        else:
            actions.create_listing(by=by, listing_id=obj.pk, **{name: form.cleaned_data[name] for name in FACTS})

    def remove(self, request: HttpRequest, row: Listing, reason: str) -> None:
        actions.remove_listing(row, by=request.user.staff, reason=reason)  # type: ignore[union-attr]

    def restore(self, request: HttpRequest, row: Listing) -> None:
        actions.restore_listing(row, by=request.user.staff)  # type: ignore[union-attr]


@admin.register(Note)
class NoteAdmin(ReadOnlyAdmin):
    list_display = ["text_beginning", "kind", "item_id", "author", "created_at", "edited_at"]
    list_filter = ["kind"]
    search_fields = ["text", "item_id", "author_staff_id"]
    search_help_text = "Words of the note, or the id of its item or author"

    def get_changelist_instance(self, request: HttpRequest):
        changelist = super().get_changelist_instance(request)
        names = self.admin_site.names_of({row.author_staff_id for row in changelist.result_list if row.author_staff_id})
        for row in changelist.result_list:
            row.author_name = names.get(row.author_staff_id or "", "imported")
        return changelist

    @admin.display(description="note", ordering="text")
    def text_beginning(self, note: Note) -> str:
        return str(note)

    @admin.display(description="author")
    def author(self, note: Any) -> str:
        return note.author_name


@admin.register(OfficeDay)
class OfficeDayAdmin(BackRoomAdmin):
    list_display = ["day", "name", "is_working_day"]
    list_filter = ["is_working_day"]
    search_fields = ["name"]
    search_help_text = "Name of the day"
    ordering = ["-day"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        # The day is the key: with another one, saving would add a second row.
        return [] if obj is None else ["day"]


@admin.register(Weekday)
class WeekdayAdmin(BackRoomAdmin):
    list_display = ["__str__", "is_working_day"]
    ordering = ["weekday"]
    fields = ["is_working_day"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(Template)
class TemplateAdmin(BackRoomAdmin):
    list_display = ["name", "group_key"]
    search_fields = ["name", "group_key"]
    ordering = ["group_key"]
    fields = ["name"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(TemplateLine)
class TemplateLineAdmin(BackRoomAdmin):
    list_display = ["name", "template", "position", "task_category", "visibility_group", "key_date", "offset_days"]
    list_filter = ["task_category", "visibility_group", "key_date"]
    list_select_related = ["template"]
    search_fields = ["name", "template__name"]
    search_help_text = "Activity or template"
    ordering = ["template", "position", "line_id"]
    raw_id_fields = ["template"]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        least, most = LIMITS.get(db_field.name, (None, None))
        if most is not None:
            kwargs |= {"min_value": least, "max_value": most}
        return super().formfield_for_dbfield(db_field, request, **kwargs)


@admin.register(KeyDate)
class KeyDateAdmin(ReadOnlyAdmin):
    list_display = ["listing", "kind", "day"]
    list_filter = ["kind"]
    list_select_related = ["listing"]
    search_fields = ["listing__address_string"]
    search_help_text = "Address"


@admin.register(Acknowledgement)
class AcknowledgementAdmin(ReadOnlyAdmin):
    list_display = ["listing", "staff_id", "at"]
    list_select_related = ["listing"]
    search_fields = ["listing__address_string", "staff_id"]
    search_help_text = "Address, or the id of the person"
