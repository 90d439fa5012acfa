"""Messages and the intake's bookkeeping in the back room: only looked at, read again and run again.

The other verbs stand on the pages of the messages.
"""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from common.admin_base import ReadOnlyAdmin, word_filter
from common.history import Refused
from slackintake import actions
from slackintake.models import (
    ClockRun,
    CreatedTaskType,
    Heartbeat,
    ItemKind,
    Link,
    ReadingJob,
    Reply,
    Review,
    SlackEvent,
    SlackMessage,
    SlackName,
    Work,
)
from slackintake.queue import make_due, wake_workers

PAGES: dict[str, str] = {
    ItemKind.LISTING: "admin:listings_listing_change",
    ItemKind.ACTIVITY: "admin:tasks_activity_change",
    ItemKind.AGENT_TASK: "admin:tasks_agenttask_change",
}
KINDS: dict[str, str] = {
    CreatedTaskType.LISTING_TASK: ItemKind.ACTIVITY,
    CreatedTaskType.STRAY_TASK: ItemKind.AGENT_TASK,
}


def link_to(kind: str | None, item_id: str | None) -> str:
    """A link to the back room's page of a listing or task; a dash if the row names none."""
    if not kind or not item_id:
        return "–"
    return format_html('{} <a href="{}">{}</a>', ItemKind(kind).label, reverse(PAGES[kind], args=[item_id]), item_id)


class AboutAnItem:
    """Rows that name a listing or task by kind and id."""

    @admin.display(description="about")
    def about(self, row: Any) -> str:
        return link_to(row.kind, row.item_id)


class RunsAgain(ReadOnlyAdmin):
    """Work of the worker that an admin may have done once more after it has failed."""

    actions = ["run_again"]

    @admin.action(description="Run again")
    def run_again(self, request: HttpRequest, rows: models.QuerySet) -> None:
        self.each(request, rows, "asked to run again", _run_again)


def _run_again(work: Work) -> None:
    if not work.has_failed:
        raise Refused(f"{work} has not failed, so there is nothing to run again.")
    make_due(type(work), pk=work.pk)
    wake_workers()


class FailedFilter(admin.SimpleListFilter):
    """The state of a piece of work for the worker."""

    title = "work"
    parameter_name = "work"

    def lookups(self, request, model_admin):
        return [("waiting", "Waiting"), ("failed", "Failed"), ("done", "Done")]

    def queryset(self, request, queryset):
        chosen: dict[str, dict[str, Any]] = {
            "waiting": {"finished_at": None},
            "failed": {"finished_at__isnull": False, "error__isnull": False},
            "done": {"finished_at__isnull": False, "error": None},
        }
        return queryset.filter(**chosen.get(self.value() or "", {}))


LABELS = ("GROUP", "STRAY", "INFO_REQUEST", "IGNORE", "unclassified")


@admin.register(SlackMessage)
class SlackMessageAdmin(ReadOnlyAdmin):
    list_display = [
        "beginning",
        "slack_user_id",
        "slack_channel_id",
        "message_type",
        "confidence",
        "processing_status",
        "received_at",
    ]
    list_filter = ["processing_status", word_filter("message_type", [(label, label) for label in LABELS])]
    search_fields = ["message_text", "slack_user_id", "slack_channel_id", "slack_ts", "message_id"]
    search_help_text = "Words, sender, channel, ts or id"
    fields = [
        "message_text",
        "slack_user_id",
        "slack_channel_id",
        "slack_ts",
        "slack_thread_ts",
        "received_at",
        "message_type",
        "group_key",
        "task_key",
        "confidence",
        "classification",
        "processing_status",
        "processed_at",
        "error_message",
        "created_listing",
        "created_task",
        "metadata",
        "message_id",
    ]

    actions = ["read_again"]

    @admin.action(description="Read again")
    def read_again(self, request: HttpRequest, rows: models.QuerySet) -> None:
        by = request.user.staff  # type: ignore[union-attr]
        self.each(request, rows, "asked to read again", lambda row: actions.read_again(row, by=by))

    @admin.display(description="message", ordering="message_text")
    def beginning(self, message: SlackMessage) -> str:
        return str(message)

    @admin.display(description="created task")
    def created_task(self, message: SlackMessage) -> str:
        return link_to(KINDS.get(message.created_task_type or ""), message.created_task_id)


@admin.register(SlackEvent)
class SlackEventAdmin(ReadOnlyAdmin):
    list_display = ["event_key", "event_type", "slack_event_id", "source", "outcome", "attempts", "received_at"]
    list_filter = [FailedFilter, "source"]
    search_fields = ["slack_event_id", "event_type", "body"]
    search_help_text = "Event id, type, or words of the body"


@admin.register(ReadingJob)
class ReadingJobAdmin(RunsAgain):
    list_display = ["message", "purpose", "due_at", "attempts", "finished_at", "error"]
    list_filter = [FailedFilter, "purpose"]
    list_select_related = ["message"]
    search_fields = ["message__message_text", "message__message_id", "error"]
    search_help_text = "Words or id of the message, or the cause of the failure"


@admin.register(Review)
class ReviewAdmin(AboutAnItem, ReadOnlyAdmin):
    list_display = ["message", "reason", "about", "opened_at", "resolved_at", "resolution"]
    list_filter = ["reason", "resolution", ("resolved_at", admin.EmptyFieldListFilter)]
    list_select_related = ["message"]
    search_fields = ["message__message_text", "message__message_id", "item_id"]
    search_help_text = "Words or id of the message, or the id of the item"


@admin.register(Link)
class LinkAdmin(AboutAnItem, ReadOnlyAdmin):
    list_display = ["message", "role", "about", "created_at"]
    list_filter = ["role", "kind"]
    list_select_related = ["message"]
    search_fields = ["message__message_text", "message__message_id", "item_id"]
    search_help_text = "Words or id of the message, or the id of the item"


@admin.register(Reply)
class ReplyAdmin(AboutAnItem, RunsAgain):
    list_display = ["name", "action", "message", "about", "due_at", "attempts", "sent_at", "error"]
    list_filter = [FailedFilter, "action"]
    list_select_related = ["message"]
    search_fields = ["name", "message__message_text", "item_id", "error"]
    search_help_text = "Emoji, words of the message, the id of the item, or the cause of the failure"


@admin.register(SlackName)
class SlackNameAdmin(ReadOnlyAdmin):
    list_display = ["slack_id", "name"]
    search_fields = ["slack_id", "name"]
    ordering = ["name", "slack_id"]


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnlyAdmin):
    list_display = ["worker", "started_at", "seen_at"]
    search_fields = ["worker"]
    ordering = ["-seen_at", "worker"]


@admin.register(ClockRun)
class ClockRunAdmin(ReadOnlyAdmin):
    list_display = ["job", "ran_at", "error"]
    search_fields = ["job", "error"]
    ordering = ["job"]
