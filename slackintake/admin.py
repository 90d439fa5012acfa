"""Messages and the intake's bookkeeping in the back room: read only; the verbs stand on the pages of the messages."""

from typing import Any

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html

from common.admin_base import ReadOnlyAdmin
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
)

PAGES: dict[str, str] = {
    ItemKind.LISTING: "admin:listings_listing_change",
    ItemKind.ACTIVITY: "admin:tasks_activity_change",
    ItemKind.AGENT_TASK: "admin:tasks_agenttask_change",
}
KINDS: dict[str, str] = {
    CreatedTaskType.LISTING_TASK: ItemKind.ACTIVITY,
    CreatedTaskType.STRAY_TASK: ItemKind.AGENT_TASK,
}


def link_to(kind: str | None, item_id: str | None) -> str | None:
    """A link to the back room's page of a listing or task; None if the row names none."""
    if not kind or not item_id:
        return None
    return format_html('{} <a href="{}">{}</a>', ItemKind(kind).label, reverse(PAGES[kind], args=[item_id]), item_id)


class AboutAnItem:
    """Rows that name a listing or task by kind and id."""

    @admin.display(description="about", empty_value="–")
    def about(self, row: Any) -> str | None:
        return link_to(row.kind, row.item_id)


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


class MessageTypeFilter(admin.SimpleListFilter):
    """The labels of the classification; asking the table for them would read all of it."""

    title = "type"
    parameter_name = "type"

    def lookups(self, request, model_admin):
        return [(label, label) for label in ("GROUP", "STRAY", "INFO_REQUEST", "IGNORE", "unclassified")]

    def queryset(self, request, queryset):
        return queryset.filter(message_type=self.value()) if self.value() else queryset


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
    list_filter = ["processing_status", MessageTypeFilter]
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

    @admin.display(description="message", ordering="message_text")
    def beginning(self, message: SlackMessage) -> str:
        return str(message)

    @admin.display(description="created task", empty_value="–")
    def created_task(self, message: SlackMessage) -> str | None:
        return link_to(KINDS.get(message.created_task_type or ""), message.created_task_id)


@admin.register(SlackEvent)
class SlackEventAdmin(ReadOnlyAdmin):
    list_display = ["event_key", "event_type", "slack_event_id", "source", "outcome", "attempts", "received_at"]
    list_filter = [FailedFilter, "source"]
    search_fields = ["slack_event_id", "event_type", "body"]
    search_help_text = "Event id, type, or words of the body"


@admin.register(ReadingJob)
class ReadingJobAdmin(ReadOnlyAdmin):
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
class ReplyAdmin(AboutAnItem, ReadOnlyAdmin):
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
