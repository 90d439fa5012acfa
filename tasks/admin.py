"""Activities and agent tasks in the back room.

Status and owner are looked at, never typed: a form that saves a status would go round the legal moves. They change by
the verbs, on the task's own page or by the actions above the list.
"""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from common.admin_base import RemovableAdmin, word_filter
from common.admin_history import pretty
from listings.admin import ListingAdmin
from listings.models import Listing
from realtors.admin import RealtorAdmin
from realtors.models import Realtor
from staff.admin import StaffAdmin
from staff.models import Staff
from tasks import actions
from tasks.models import WORKABLE, Activity, AgentTask, TaskKey

RECORD = ["status", "assigned_staff", "claimed_at", "completed_at", pretty("outputs"), "deleted_by_name"]


class TaskAdmin(RemovableAdmin):
    actions = ["release_selected", "remove_selected", "restore_selected"]
    facts: list[str] = []
    keys: list[str] = []
    """What the task is about: chosen when it is made, looked at afterwards."""

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return super().get_queryset(request).select_related("assigned_staff", *self.keys)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return []
        return [*self.keys, *RECORD, "task_id", "created_at", "updated_at"]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None):
        if obj is None:
            return [(None, {"fields": [*self.keys, *self.facts]})]
        return [
            (None, {"fields": [*self.keys, *self.facts]}),
            ("Work", {"fields": RECORD, "description": "Status and owner change by the verbs on the task's page."}),
            ("Record", {"fields": ["task_id", "created_at", "updated_at"]}),
        ]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "priority":
            kwargs |= {"min_value": 0, "max_value": 10}
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def write(self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool) -> None:
        by = request.user.staff  # type: ignore[union-attr]
        if change:
            names = form.changed_data
            opened = {name: form.initial[name] for name in names}
            actions.edit(obj, opened=opened, wanted={name: form.cleaned_data[name] for name in names}, by=by)
        else:
            values = {name: form.cleaned_data[name] for name in (*self.keys, *self.facts)}
            self.make(by=by, task_id=obj.pk, **values)

    def make(self, **values: Any) -> Any:
        raise NotImplementedError

    def remove(self, request: HttpRequest, row: Any, reason: str) -> None:
        actions.remove(row, by=request.user.staff, reason=reason)  # type: ignore[union-attr]

    def restore(self, request: HttpRequest, row: Any) -> None:
        actions.restore(row, by=request.user.staff)  # type: ignore[union-attr]

    @admin.display(description="removed by")
    def deleted_by_name(self, task: Any) -> str:
        return self.admin_site.names_of([task.deleted_by]).get(task.deleted_by, "–") if task.deleted_by else "–"

    @admin.action(description="Release (say why)")
    def release_selected(self, request: HttpRequest, rows: models.QuerySet) -> None:
        by, reason = request.user.staff, request.POST.get("reason", "").strip()[:200]  # type: ignore[union-attr]
        self.each(request, rows, "released", lambda row: actions.release(row, by=by, reason=reason))


@admin.register(Activity)
class ActivityAdmin(TaskAdmin):
    list_display = ["name", "listing", "task_category", "visibility_group", "status", "assigned_staff", "due_date"]
    list_filter = ["status", "task_category", "visibility_group"]
    search_fields = ["name", "listing__address_string", "task_id"]
    search_help_text = "Name, address or id"
    raw_id_fields = ["listing"]
    keys = ["listing"]
    facts = ["name", "description", "task_category", "visibility_group", "priority", "due_date", "inputs"]

    def make(self, **values: Any) -> Activity:
        return actions.create_activity(**values)


@admin.register(AgentTask)
class AgentTaskAdmin(TaskAdmin):
    list_display = ["name", "realtor", "task_key", "status", "assigned_staff", "due_date"]
    list_filter = ["status", word_filter("task_key", TaskKey.choices, "kind of request")]
    search_fields = ["name", "realtor__name", "task_id"]
    search_help_text = "Name, realtor or id"
    raw_id_fields = ["realtor"]
    keys = ["realtor"]
    facts = ["name", "description", "task_key", "priority", "due_date", "inputs"]

    def make(self, **values: Any) -> AgentTask:
        return actions.create_agent_task(**values)


def _list(model: str, **filters: str) -> str:
    return f"{reverse(f'admin:tasks_{model}_changelist')}?{urlencode(filters)}"


def _open_work_of(person: Staff) -> dict[str, str]:
    return {"assigned_staff__staff_id__exact": person.pk, "status__in": ",".join(WORKABLE), "removed": "no"}


def open_activities(person: Staff) -> tuple[str, str]:
    return "Open activities", _list("activity", **_open_work_of(person))


def open_agent_tasks(person: Staff) -> tuple[str, str]:
    return "Open agent tasks", _list("agenttask", **_open_work_of(person))


def activities_of(listing: Listing) -> tuple[str, str]:
    return "Activities", _list("activity", listing__listing_id__exact=listing.pk)


def agent_tasks_of(realtor: Realtor) -> tuple[str, str]:
    return "Agent tasks", _list("agenttask", realtor__realtor_id__exact=realtor.pk)


StaffAdmin.tools += [open_activities, open_agent_tasks]
ListingAdmin.tools.append(activities_of)
RealtorAdmin.tools.append(agent_tasks_of)
