"""The history in the back room: read, never written."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html

from common.admin_base import ReadOnlyAdmin, word_filter
from common.admin_history import columns_of, ids_in
from common.models import Act, Change, ChangeCounter

MOST_CHANGES = 200
TABLES = ("staff", "realtors", "listings", "activities", "agent_tasks", "slack_messages", "listings_note")


def page_of(table: str, key: str) -> str:
    """The back room's page of a row that history names by table and key; '' if there is none."""
    for model in apps.get_models():
        if model._meta.db_table == table:
            try:
                return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[key])
            except NoReverseMatch:
                return ""
    return ""


@admin.register(Act)
class ActAdmin(ReadOnlyAdmin):
    list_display = ["verb", "who", "reason", "source", "at"]
    list_filter = [
        word_filter("source", [(name, name) for name in ("web", "admin", "sql")]),
        word_filter("actor_kind", [("staff", "Staff"), ("system", "The system")], "who"),
    ]
    search_fields = ["act_id", "verb", "reason", "actor_id"]
    search_help_text = "Verb, reason, or the id of the act or the person"
    fields = ["act_id", "verb", "reason", "who", "at", "source", "undoes", "changes"]

    def get_changelist_instance(self, request: HttpRequest):
        changelist = super().get_changelist_instance(request)
        names = self.admin_site.names_of({row.actor_id for row in changelist.result_list})
        for row in changelist.result_list:
            row.actor_name = names.get(row.actor_id, row.actor_id)
        return changelist

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None:
            context["subtitle"] = f"{self.who(obj)}: {obj.verb}"
        return super().render_change_form(request, context, add, change, form_url, obj)

    @admin.display(description="who", ordering="actor_id")
    def who(self, row: Any) -> str:
        if not hasattr(row, "actor_name"):
            row.actor_name = self.admin_site.names_of([row.actor_id]).get(row.actor_id, row.actor_id)
        return row.actor_name

    @admin.display(description="what it changed")
    def changes(self, row: Act) -> str:
        """Every row the act touched, with the values before and after."""
        changes = list(Change.objects.filter(act_id=row.pk).order_by("change_id")[: MOST_CHANGES + 1])
        ids: set[str] = set()
        for change in changes:
            ids |= ids_in(change.before or {}) | ids_in(change.after or {})
        names = self.admin_site.names_of(ids)
        rows = [
            {
                "table": change.table_name,
                "key": change.row_key,
                "url": page_of(change.table_name, change.row_key),
                "columns": columns_of(change.before or {}, change.after or {}, change.row_key, names),
            }
            for change in changes[:MOST_CHANGES]
        ]
        return render_to_string(
            "admin/changes_of_act.html", {"rows": rows, "most": MOST_CHANGES if len(changes) > MOST_CHANGES else 0}
        )


@admin.register(Change)
class ChangeAdmin(ReadOnlyAdmin):
    list_display = ["change_id", "table_name", "row_key", "columns_changed", "act"]
    list_filter = [word_filter("table_name", [(name, name) for name in TABLES], "table")]
    search_fields = ["row_key__exact", "act_id__exact"]  # millions of rows, so by index
    search_help_text = "The id of the row or of the act"
    fields = ["change_id", "act", "table_name", "row", "before", "after"]

    @admin.display(description="columns")
    def columns_changed(self, change: Change) -> str:
        if change.before is None:
            return "new row"
        return ", ".join(sorted(change.after)) if change.after else "row gone"

    @admin.display(description="act", ordering="act_id")
    def act(self, change: Change) -> str:
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:common_act_change", args=[change.act_id]), change.act_id
        )

    @admin.display(description="row")
    def row(self, change: Change) -> str:
        url = page_of(change.table_name, change.row_key)
        return format_html('<a href="{}">{}</a>', url, change.row_key) if url else change.row_key


@admin.register(ChangeCounter)
class ChangeCounterAdmin(ReadOnlyAdmin):
    list_display = ["counter_id", "value"]
