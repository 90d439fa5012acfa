"""What a person wrote in one breath: messages of one sender in one channel and thread, two minutes apart at most."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.db.models.fields.json import KT

from listings.models import Listing
from slackintake.models import CreatedTaskType, ItemKind, Link, ProcessingStatus, SlackMessage
from tasks.models import Activity, AgentTask

BREATH = timedelta(minutes=2)
QUIET = timedelta(seconds=20)
"""How long a message that would need a look waits for its neighbours."""

KIND_OF_TASK = {CreatedTaskType.LISTING_TASK: ItemKind.ACTIVITY, CreatedTaskType.STRAY_TASK: ItemKind.AGENT_TASK}
TYPE_OF_KIND = {kind: task_type for task_type, kind in KIND_OF_TASK.items()}
MODEL_OF_KIND = {ItemKind.LISTING: Listing, ItemKind.ACTIVITY: Activity, ItemKind.AGENT_TASK: AgentTask}


@dataclass(frozen=True, slots=True)
class Item:
    """A listing or task, by kind and id."""

    kind: str
    pk: str

    def row(self) -> Listing | Activity | AgentTask | None:
        """The live row; None if it has been removed."""
        return MODEL_OF_KIND[ItemKind(self.kind)].objects.filter(pk=self.pk).first()


def lock_sender(message: SlackMessage) -> None:
    """Let no other worker resolve messages of this sender in this channel until the transaction ends."""
    lock(f"sender {message.slack_user_id} {message.slack_channel_id}")


def lock(name: str) -> None:
    """Hold a named lock until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"slackintake {name}"])


def thread_of(message: SlackMessage) -> str | None:
    """The thread a message replies in. The start of a thread belongs to the channel."""
    return message.slack_thread_ts if message.slack_thread_ts != message.ts else None


def neighbours(message: SlackMessage) -> list[SlackMessage]:
    """The other messages of the same breath, oldest first; bots and what Slack itself says are none."""
    seconds, breath = int(message.ts.partition(".")[0]), int(BREATH.total_seconds())
    near = SlackMessage.objects.filter(
        slack_user_id=message.slack_user_id,
        slack_channel_id=message.slack_channel_id,
        # All ts have ten digits before the point, so that the order of the texts is the order of the times.
        slack_ts__gte=str(seconds - breath),
        slack_ts__lt=str(seconds + breath + 1),
    ).exclude(pk=message.pk)
    return sorted(
        (other for other in near if thread_of(other) == thread_of(message)), key=lambda other: float(other.ts)
    )


def previous(message: SlackMessage) -> SlackMessage | None:
    """The last message its sender wrote before it in the same channel and thread."""
    earlier = SlackMessage.objects.filter(
        slack_user_id=message.slack_user_id, slack_channel_id=message.slack_channel_id, slack_ts__lt=message.slack_ts
    ).order_by("-slack_ts")[:50]
    return next((other for other in earlier if thread_of(other) == thread_of(message)), None)


def item_of(message: SlackMessage) -> Item | None:
    """What was made of a message, or what it was attached to."""
    if message.created_listing_id:
        return Item(ItemKind.LISTING.value, message.created_listing_id)
    if message.created_task_id and message.created_task_type:
        return Item(KIND_OF_TASK[CreatedTaskType(message.created_task_type)].value, message.created_task_id)
    link = Link.objects.filter(message=message).order_by("created_at", "link_id").first()
    return Item(link.kind, link.item_id) if link else None


def waiting(messages: list[SlackMessage]) -> list[SlackMessage]:
    """Those that nobody has read yet."""
    return [message for message in messages if message.processing_status == ProcessingStatus.PENDING]


def members_of(message: SlackMessage) -> list[SlackMessage]:
    """The messages that were read together with this one, oldest first."""
    rows = SlackMessage.objects.alias(bundle=KT("metadata__bundle")).filter(bundle=message.pk)
    return sorted(rows, key=lambda other: float(other.ts))
