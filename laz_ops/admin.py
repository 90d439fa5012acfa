"""What only the front door can say of the back room: its log, and that no table is missing from it."""

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.db import models
from django.http import HttpRequest

from common.admin_base import ReadOnlyAdmin

ROOMS = ("staff", "realtors", "listings", "tasks", "slackintake", "desk", "accounts", "common")


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnlyAdmin):
    """What admins have done in the back room; the whole history stands under History."""

    list_display = ["action_time", "person", "content_type", "object_repr", "action_flag", "get_change_message"]
    list_filter = ["action_flag"]
    list_select_related = ["user__staff", "content_type"]
    search_fields = ["object_repr", "object_id", "user__staff__name"]
    search_help_text = "Row or person"
    fields = ["action_time", "person", "content_type", "object_repr", "action_flag", "get_change_message"]

    @admin.display(description="person", ordering="user__staff__name")
    def person(self, entry: LogEntry) -> str:
        return str(entry.user)


class FallbackAdmin(ReadOnlyAdmin):
    """A table for which its room has said nothing: every column, searchable by its words, read-only."""

    def get_list_display(self, request: HttpRequest) -> list:
        return [field.name for field in self.opts.fields if not isinstance(field, models.JSONField)][:8]

    def get_list_select_related(self, request: HttpRequest) -> list[str]:
        return [field.name for field in self.opts.fields if field.is_relation]

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        words = (models.CharField, models.TextField)
        return [field.name for field in self.opts.fields if isinstance(field, words)] or ["pk"]


def register_the_rest(site: admin.AdminSite) -> None:
    """Show every table of the project, also those whose room has no page for them."""
    for room in ROOMS:
        for model in apps.get_app_config(room).get_models():
            if not site.is_registered(model):
                site.register(model, FallbackAdmin)


# Rights follow from the role in staff; Django's groups are not used.
admin.site.unregister(Group)
register_the_rest(admin.site)
