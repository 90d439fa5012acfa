"""What a person wrote in one breath: messages of one sender in one channel and thread, two minutes apart at most."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.db.models.fields.json import KT

from listings.models import Listing
from slackintake.models import CreatedTaskType, ItemKind, Link, ProcessingStatus, SlackMessage
from slackintake.places import place_of, same_place
from slackintake.reading import GROUP, Reading
from slackintake.readings import is_chatter, is_whole, read_as, read_message, read_together
from slackintake.receiving import suffixed
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


def start_of_thread(message: SlackMessage) -> SlackMessage | None:
    """The message under which a message replies."""
    thread, channel = thread_of(message), message.slack_channel_id
    if thread is None:
        return None
    return SlackMessage.objects.filter(
        slack_channel_id=channel, slack_ts__in=[thread, suffixed(channel, thread)]
    ).first()


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


def head_of(message: SlackMessage) -> SlackMessage:
    """The message that stands for the bundle a message belongs to: it has the look and the result; mostly itself."""
    bundle = message.notes.get("bundle")
    return (SlackMessage.objects.filter(pk=bundle).first() if bundle else None) or message


def members_of(message: SlackMessage) -> list[SlackMessage]:
    """The messages that were read together with this one, oldest first."""
    rows = SlackMessage.objects.alias(bundle=KT("metadata__bundle")).filter(bundle=message.pk)
    return sorted(rows, key=lambda other: float(other.ts))


# ---- what asks for one thing -----------------------------------------------------------------------------------------


def said_with(message: SlackMessage, near: list[SlackMessage]) -> list[SlackMessage]:
    """The neighbours that nobody has read yet and that ask for one thing together with a message."""
    unread = [other for other in near if other.processing_status == ProcessingStatus.PENDING]
    pool = [message, *(other for other in unread if not is_chatter(read_message(other)))]
    (found,) = (matter for matter in matters(pool) if message in matter)
    return [other for other in found if other.pk != message.pk]


def is_one_matter(messages: list[SlackMessage]) -> bool:
    """Whether messages ask for one thing. What was read together need not do so any more once it has been edited."""
    return len(matters(messages)) == 1


def matters(messages: list[SlackMessage]) -> list[list[SlackMessage]]:
    """Messages of one breath, sorted by what they ask for: those that ask for one thing are together.

    Who asks twice in one breath is answered twice: what is enough by itself is a matter of its own. With it goes only
    what announces nothing else. What says too little goes together, as long as no two of them name different places.
    """
    if len(messages) == 1:
        return [messages]
    readings = {message.pk: read_message(message) for message in messages}
    whole = [message for message in messages if is_whole(readings[message.pk])]
    around: dict[str, list[SlackMessage]] = {message.pk: [] for message in whole}
    rest: list[SlackMessage] = []
    for message in messages:
        if message in whole:
            continue
        announced = [other for other in whole if _announces(message, readings[message.pk], readings[other.pk])]
        nearest = min(announced, key=lambda other: abs(float(other.ts) - float(message.ts)), default=None)
        (around[nearest.pk] if nearest else rest).append(message)
    found = []
    for message in whole:
        others = around[message.pk]
        is_one = is_whole(read_together(message, others))
        found += [[message, *others]] if is_one else [[message], *([other] for other in others)]
    places = [place_of(address) for message in rest if (address := readings[message.pk].address)]
    is_one = all(same_place(places[0], place) for place in places[1:])
    return found + ([rest] if rest and is_one else [[message] for message in rest])


def _announces(message: SlackMessage, reading: Reading, whole: Reading) -> bool:
    """Whether what says too little would, told the place, declare the very listing that a whole request is about.

    A file that comes with no words, or none to speak of, announces whatever is said beside it.
    """
    if is_chatter(read_as(message, message.message_text)):
        return True
    if whole.address is None:
        return False
    if reading.address and not same_place(place_of(reading.address), place_of(whole.address)):
        return False
    types = {reading.listing_type, whole.listing_type} - {None}
    if whole.message_type == GROUP and len(types) > 1:
        return False
    told = read_as(message, f"{message.message_text}\n{whole.address}")
    return told.message_type == GROUP and is_whole(told)
