"""What becomes of a message: work, a question to a person, or nothing. Each message is resolved once.

The reading is pure; what is decided here is what to do with it. Everything runs in the transaction that finishes the
job, so a worker that dies has done nothing, and a message that is read twice has one result.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models.functions import Now
from django.utils import timezone

from common.history import act
from listings.models import Listing
from listings.signals import listing_removed
from realtors.models import Realtor
from slackintake import bundles, making
from slackintake.bundles import Item
from slackintake.models import (
    CreatedTaskType,
    ItemKind,
    Link,
    LinkRole,
    ProcessingStatus,
    Purpose,
    ReadingJob,
    Reply,
    Resolution,
    Review,
    ReviewReason,
    SkipReason,
    SlackMessage,
)
from slackintake.places import place_of, same_place
from slackintake.queue import wake_workers
from slackintake.reading import GROUP, INFO_REQUEST, Reading
from slackintake.readings import is_chatter, is_whole, joined_text, own_part, read_together
from slackintake.relisting import running
from slackintake.repairs import is_untouched
from staff.models import Staff
from tasks.models import Activity, AgentTask

RECEIVED = "eyes"
COMPLETED = "white_check_mark"


@dataclass(frozen=True)
class Wait:
    """Its neighbours may still say what is missing: look again then."""

    until: datetime


@dataclass(frozen=True)
class Nothing:
    """The message is resolved already, or needs nothing."""

    outcome: str
    skip: str | None = None
    reading: Reading | None = None


@dataclass(frozen=True)
class Ask:
    """A person has to look. The reading is that of the message and its members together."""

    reading: Reading
    reason: str
    about: Item | None = None
    members: list[SlackMessage] = field(default_factory=list)


@dataclass(frozen=True)
class Make:
    """There is enough to act on, in the message and its members together."""

    reading: Reading
    realtor: Realtor
    listing: Listing | None = None
    members: list[SlackMessage] = field(default_factory=list)


Decision = Wait | Nothing | Ask | Make


def resolve(job: ReadingJob) -> Wait | str:
    """Read a message and do what follows, inside the caller's transaction.

    Returns in words what came of it, or until when to wait for its neighbours.
    """
    message = SlackMessage.objects.get(pk=job.pk)
    bundles.lock_sender(message)
    message = SlackMessage.objects.select_for_update().get(pk=job.pk)
    match job.purpose:
        case Purpose.EDITED:
            return _resolve_edited(bundles.head_of(message))
        case Purpose.AGAIN:
            return _resolve_again(bundles.head_of(message))
    if message.processing_status != ProcessingStatus.PENDING:
        return "already done"
    decision = decide(message, was_asked_for=job.purpose == Purpose.ASKED)
    if isinstance(decision, Wait):
        return decision
    return _carry_out(message, decision)


# ---- deciding --------------------------------------------------------------------------------------------------------


def decide(
    message: SlackMessage,
    *,
    was_asked_for: bool = False,
    may_wait: bool = True,
    listings_at: Callable[[str], list[Listing]] = making.listings_at,
) -> Decision:
    """What to do with a message that nothing has been done with yet.

    What is enough by itself is acted on at once; what needs a look waits for its neighbours and is read with them.
    A bundle is read as one: what was read together before is read together again. Whoever only wants to know gives
    ``making.listings_seen_at``, which keeps nobody from making a listing meanwhile.
    """
    members = bundles.members_of(message)
    reading = read_together(message, members)
    if is_chatter(reading) and not was_asked_for:
        return Nothing("chatter", SkipReason.CHATTER.value, own_part(reading, message, members))
    near = bundles.neighbours(message)
    if _is_twin(message, near):
        return Nothing("the same words twice", SkipReason.SYSTEM.value, reading)
    if about := _adds_to(message, reading, near):
        return Ask(reading, ReviewReason.PROPOSAL.value, about, members)
    members = members or bundles.said_with(message, near)
    realtor = _realtor_of(message, members)
    if may_wait and not was_asked_for and not (realtor and is_whole(reading)):
        quiet_at = max(other.received_at for other in [message, *members]) + bundles.QUIET
        if quiet_at > timezone.now():
            return Wait(quiet_at)
    if members:
        reading = read_together(message, members)
    if realtor and _is_enough(reading, [message, *members]):
        return _make_or_propose(reading, realtor, members, listings_at)
    return Ask(reading, _reason_to_ask(message, members, reading), members=members)


def _is_enough(reading: Reading, messages: list[SlackMessage]) -> bool:
    """Whether the reading of messages says enough to act on, and they still ask for one thing, on one day."""
    return is_whole(reading) and not reading.due_choices and bundles.is_one_matter(messages)


def realtor_of(slack_user_id: str, text: str) -> Realtor | None:
    """The realtor who wrote a text or, if a member of staff did, the one realtor it names. Never a guess."""
    realtor = Realtor.objects.filter(slack_user_id=slack_user_id).first()
    if realtor or not _is_staff(slack_user_id):
        return realtor
    mentioned = [found for found in Realtor.objects.exclude(slack_user_id=None) if f"<@{found.slack_user_id}" in text]
    if mentioned:
        return mentioned[0] if len(mentioned) == 1 else None
    small = f" {text.casefold()} "
    named = [found for found in Realtor.objects.all() if found.name.strip() and _says(small, found.name.casefold())]
    return named[0] if len(named) == 1 else None


def _realtor_of(message: SlackMessage, members: list[SlackMessage]) -> Realtor | None:
    return realtor_of(message.slack_user_id, joined_text(message, members))


def _is_staff(slack_user_id: str) -> bool:
    return Staff.objects.filter(slack_user_id=slack_user_id).exists()


def _says(small_text: str, small_name: str) -> bool:
    place = small_text.find(small_name)
    if place < 1:
        return False
    return not small_text[place - 1].isalnum() and not small_text[place + len(small_name)].isalnum()


def _is_twin(message: SlackMessage, near: list[SlackMessage]) -> bool:
    """One gesture that Slack delivered under two ts: the client's own id and the words are the same.

    The one that was read first counts; of two that nobody has read, the earlier one.
    """
    mark = message.notes.get("client_msg_id")
    return bool(mark) and any(
        other.processing_status == ProcessingStatus.PROCESSED
        or (other.processing_status == ProcessingStatus.PENDING and float(other.ts) < float(message.ts))
        for other in near
        if other.notes.get("client_msg_id") == mark and other.message_text == message.message_text
    )


def _adds_to(message: SlackMessage, reading: Reading, near: list[SlackMessage]) -> Item | None:
    """What a message adds to, if it still stands: what was made of what its sender had written just before, or of the
    start of its thread. A whole request that names its place needs no thread to say what it is about.
    """
    before = [other for other in reversed(near) if float(other.ts) < float(message.ts)]
    if not (is_whole(reading) and reading.address):
        before += filter(None, [bundles.start_of_thread(message)])
    for other in before:
        item = bundles.item_of(other) if other.processing_status == ProcessingStatus.PROCESSED else None
        if item and (row := item.row()) and _may_be_about(reading, row):
            return item
    return None


def _may_be_about(reading: Reading, row: Listing | Activity | AgentTask) -> bool:
    """Whether words said after something was made can be about it: they name its place, or no place at all.

    A whole request without a place may be for a listing, but adds nothing to a task that has no place either.
    """
    listing = row if isinstance(row, Listing) else row.listing if isinstance(row, Activity) else None
    if listing is None:
        return not reading.address and not is_whole(reading)
    return not reading.address or same_place(place_of(reading.address), place_of(listing.address_string))


def _make_or_propose(
    reading: Reading,
    realtor: Realtor,
    members: list[SlackMessage],
    listings_at: Callable[[str], list[Listing]],
) -> Ask | Make:
    there = listings_at(reading.address) if reading.address else []
    open_there = running(there)
    if reading.message_type == GROUP and there:
        # No twin: the listing is there already, so this adds to it, and a person says what.
        listing = (open_there or there)[0]
        return Ask(reading, ReviewReason.PROPOSAL.value, Item(ItemKind.LISTING.value, listing.pk), members)
    return Make(reading, realtor, open_there[0] if len(open_there) == 1 else None, members)


def _reason_to_ask(message: SlackMessage, members: list[SlackMessage], reading: Reading) -> str:
    if _realtor_of(message, members) is None:
        is_staff = _is_staff(message.slack_user_id)
        return (ReviewReason.NO_REALTOR if is_staff else ReviewReason.UNKNOWN_SENDER).value
    if reading.message_type == INFO_REQUEST:
        return ReviewReason.INFO_REQUEST.value
    if reading.message_type == GROUP and reading.address is None:
        return ReviewReason.NO_ADDRESS.value
    is_sure = reading.confidence >= settings.CONFIDENCE_LIMIT
    return (ReviewReason.TO_DECIDE if is_sure else ReviewReason.UNSURE).value


# ---- doing it --------------------------------------------------------------------------------------------------------


def _carry_out(message: SlackMessage, decision: Nothing | Ask | Make) -> str:
    match decision:
        case Nothing():
            with act("read", source="slack"):
                _write(message, decision.reading, ProcessingStatus.SKIPPED, reason=decision.skip)
            return decision.outcome
        case Ask():
            with act("read", source="slack"):
                _ask(message, decision)
            return f"needs a look: {decision.reason}"
        case Make():
            with act("created", source="slack"):
                item = _make(message, decision)
            return f"made {item.kind} {item.pk}"


def _ask(message: SlackMessage, ask: Ask) -> None:
    _take_along(message, ask)
    open_review(message, ask.reason, ask.about)


def look_anew(message: SlackMessage) -> None:
    """Let a person look at a message as it reads now, with what was read with it; nothing is made of it."""
    members = bundles.members_of(message)
    reading = read_together(message, members)
    _ask(message, Ask(reading, _reason_to_ask(message, members, reading), members=members))


def read_anew(message: SlackMessage) -> None:
    """Write how a message reads now, with what was read with it. What it became stays; a look says why it is needed."""
    its_own = {ReviewReason.PROPOSAL, ReviewReason.UNDONE}
    if Review.objects.filter(message=message, resolved_at=None).exclude(reason__in=its_own).exists():
        look_anew(message)
    else:
        members = bundles.members_of(message)
        _write_reading(message, members, read_together(message, members))


def open_review(message: SlackMessage, reason: str, about: Item | None = None) -> None:
    """Let a person look at a message; a look that is already asked for gets the new reason."""
    values = {"reason": reason, "kind": about.kind if about else None, "item_id": about.pk if about else None}
    if not Review.objects.filter(message=message, resolved_at=None).update(**values):
        Review.objects.create(message=message, **values)


def _make(message: SlackMessage, make: Make) -> Item:
    reading = make.reading
    if reading.message_type == GROUP:
        spoken = _with_text(message, make.members) if make.members else message
        item = making.make_listing(spoken, reading, make.realtor, by=None)
    elif make.listing is not None:
        item = making.make_activity(message, reading, make.listing, by=None)
    else:
        item = making.make_agent_task(message, reading, make.realtor, by=None)
    _take_along(message, make)
    _write(message, item=item)
    _link(bundles.members_of(message), item)
    _close_review(message, Resolution.READ_AGAIN)
    was_asked = Link.objects.filter(message=message, role=LinkRole.BESIDES).exists()
    if _asks_for_more(reading, message) if was_asked else reading.proposals:
        # What is asked for besides is a person's to decide.
        open_review(message, ReviewReason.PROPOSAL.value, item)
    Reply.objects.bulk_create([Reply(message=message, name=RECEIVED)], ignore_conflicts=True)
    wake_workers()
    return item


def _with_text(message: SlackMessage, members: list[SlackMessage]) -> SlackMessage:
    """The message as if it had said all of it: the evidence of a joint reading is counted in the joined text."""
    text = joined_text(message, members)
    return SlackMessage(pk=message.pk, slack_ts=message.slack_ts, message_text=text, metadata=message.metadata)


def _take_along(message: SlackMessage, decision: Ask | Make) -> None:
    """Resolve a message and those that came in the same breath."""
    members = decision.members
    unread = [member.pk for member in members if member.processing_status == ProcessingStatus.PENDING]
    for member in members:
        member.metadata = member.notes | {"bundle": message.pk}
    _write_reading(message, members, decision.reading, ProcessingStatus.PROCESSED)
    ReadingJob.objects.filter(pk__in=unread).update(finished_at=Now(), error=None)


def _write_reading(
    message: SlackMessage, members: list[SlackMessage], reading: Reading, status: ProcessingStatus | None = None
) -> None:
    """Write the reading of a bundle into its messages; each keeps its own words as evidence."""
    bundle = [message, *members]
    for one in bundle:
        own = own_part(reading, one, [other for other in bundle if other.pk != one.pk])
        _write(one, replace(own, proposals=reading.proposals) if one is message else own, status)


def _link(members: list[SlackMessage], item: Item) -> None:
    Link.objects.bulk_create(
        [Link(message=member, kind=item.kind, item_id=item.pk, role=LinkRole.BUNDLE) for member in members],
        ignore_conflicts=True,
    )


def _write(
    message: SlackMessage,
    reading: Reading | None = None,
    status: ProcessingStatus | None = None,
    *,
    reason: str | None = None,
    item: Item | None = None,
) -> None:
    """Write the reading and the state of a message."""
    values: dict[str, Any] = {}
    if reading is not None:
        values |= {
            "classification": reading.to_json(),
            "message_type": reading.message_type,
            "group_key": reading.group_key,
            "task_key": reading.task_key,
            "confidence": reading.confidence,
        }
    if status is not None:
        notes = {key: value for key, value in message.notes.items() if key != "reason"}
        values |= {
            "processing_status": status.value,
            "processed_at": Now(),
            "error_message": None,
            "metadata": notes | ({"reason": reason} if reason else {}),
        }
    if item is not None:
        values |= _created(item)
    SlackMessage.objects.filter(pk=message.pk).update(**values)


def _created(item: Item) -> dict[str, Any]:
    if item.kind == ItemKind.LISTING:
        return {"created_listing_id": item.pk}
    task_type: CreatedTaskType = bundles.TYPE_OF_KIND[ItemKind(item.kind)]
    return {"created_task_id": item.pk, "created_task_type": task_type.value}


def _close_review(message: SlackMessage, resolution: Resolution) -> None:
    Review.objects.filter(message=message, resolved_at=None).update(resolved_at=Now(), resolution=resolution.value)


# ---- edited, and read again ------------------------------------------------------------------------------------------


def _resolve_edited(message: SlackMessage) -> str:
    """Read a bundle anew after an edit.

    What was made follows the edit if nobody has touched it, and if the new words say what to make instead of it; else a
    person decides.
    """
    item, members = bundles.item_of(message), bundles.members_of(message)
    reading = read_together(message, members)
    if item is None:
        was_undone = Review.objects.filter(message=message, resolved_at=None, reason=ReviewReason.UNDONE).exists()
        if was_undone or message.notes.get("reason") == SkipReason.IGNORED:
            # A person said that this is nothing. Its new words are for a person to judge, too.
            reason = ReviewReason.UNDONE.value if was_undone else _reason_to_ask(message, members, reading)
            return _carry_out(message, Ask(reading, reason, members=members))
        return _resolve_anew(message)
    if facts_of(reading) == facts_stored(message):
        if _asks_for_more(reading, message):
            return _carry_out(message, Ask(reading, ReviewReason.PROPOSAL.value, item, members))
        _write_reading(message, members, reading)
        return "edited, and means the same"
    says_what = _realtor_of(message, members) is not None and _is_enough(reading, [message, *members])
    made = item.row() if _was_made_from(message, item) else None
    if says_what and made and is_untouched(made):
        # Two acts: whoever takes back what is made now is not to bring back what was made before.
        with act("taken back after an edit", source="slack"):
            _take_back(message, item)
        message.refresh_from_db()
        return _resolve_anew(message)
    return _carry_out(message, Ask(reading, ReviewReason.PROPOSAL.value, item, members))


def _resolve_again(message: SlackMessage) -> str:
    if bundles.item_of(message) is not None:
        with act("already done", source="slack"):
            _write(message, None, ProcessingStatus.PROCESSED)
            return "already done"
    return _resolve_anew(message)


def _resolve_anew(message: SlackMessage) -> str:
    decision = decide(message, may_wait=False)
    if isinstance(decision, Wait):
        raise AssertionError("A message that is read again waits for nobody.")
    if isinstance(decision, Nothing):
        with act("read", source="slack"):
            _close_review(message, Resolution.READ_AGAIN)
            return _carry_out(message, decision)
    return _carry_out(message, decision)


def facts_of(reading: Reading) -> tuple[Any, ...]:
    """What a reading says, without how sure it is and why."""
    return (
        reading.message_type,
        reading.key,
        reading.listing_type,
        reading.address,
        reading.assignee_hint,
        reading.due_date,
        reading.task_title,
    )


def facts_stored(message: SlackMessage) -> tuple[Any, ...] | None:
    """What its stored reading says; None if it was never read."""
    try:
        return facts_of(Reading.from_json(message.classification))
    except ValueError:
        return None


def _asks_for_more(reading: Reading, message: SlackMessage) -> bool:
    """Whether a message asks for something besides that its stored reading does not know."""
    try:
        known = [facts_of(each.reading) for each in Reading.from_json(message.classification).proposals]
    except ValueError:
        known = []
    return any(facts_of(each.reading) not in known for each in reading.proposals)


def _was_made_from(message: SlackMessage, item: Item) -> bool:
    return item.pk in (message.created_listing_id, message.created_task_id)


def _take_back(message: SlackMessage, item: Item) -> None:
    """Remove what was made, softly, inside an act; the message has then made nothing."""
    at = timezone.now()
    row = item.row()
    if isinstance(row, Listing):
        listing_removed.send(Listing, listing=row, at=at, by=None)
        Listing.objects.filter(pk=row.pk).update(deleted_at=at)
    elif isinstance(row, Activity | AgentTask):
        type(row).objects.filter(pk=row.pk).update(deleted_at=at, deleted_by="slack-intake")
    SlackMessage.objects.filter(pk=message.pk).update(
        created_listing_id=None, created_task_id=None, created_task_type=None
    )
    Link.objects.filter(kind=item.kind, item_id=item.pk, role=LinkRole.BUNDLE).delete()
