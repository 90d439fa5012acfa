"""What the pages of messages show, in words and ready to print."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q
from django.utils.safestring import SafeString

from common.clock import due_in_full, hour_in_words, moment_in_words, office_now, office_zone
from common.models import Act, Change
from common.printing import Printed
from slackintake import queries
from slackintake.bundles import MODEL_OF_KIND, Item, item_of, members_of, previous
from slackintake.models import (
    ItemKind,
    Link,
    ProcessingStatus,
    ReadingJob,
    Reply,
    Review,
    ReviewReason,
    SkipReason,
    SlackMessage,
)
from slackintake.queries import Directory, Seen
from slackintake.reading import LABELS, Reading, sentence
from slackintake.replies import can_send
from slackintake.text import Evidence, html, plain
from staff.models import Staff
from staff.rights import Right, may
from tasks.models import NEW_MESSAGE

SNIPPET = 90
HISTORY = 30
"""How many acts the page of a message shows, the latest ones."""
# Why a message needs a look, in a word or two: on its row, and on the chip that shows only such messages.
KINDS = {
    ReviewReason.UNSURE.value: "Unsure",
    ReviewReason.INFO_REQUEST.value: "Something missing",
    ReviewReason.NO_ADDRESS.value: "Address missing",
    ReviewReason.UNKNOWN_SENDER.value: "Unknown sender",
    ReviewReason.NO_REALTOR.value: "No realtor named",
    ReviewReason.PROPOSAL.value: "Proposal",
    "edited": "Edited",
    "deleted": "Deleted",
    ReviewReason.UNDONE.value: "Undone",
    ReviewReason.TO_DECIDE.value: "To decide",
}
ROLES = {
    "attached": "attached",
    "bundle": "sent in one breath",
    "edit": "edited",
    "besides": "asked for besides",
    "proposal": "proposed addition",
}

MADE_OF_IT = frozenset({"made", "bundle", "edit", "besides"})
"""The roles of a message of which the item was made, alone or with others."""
GONE = {
    "tombstone": "deleted",
    "hidden_by_limit": "hidden by Slack’s limit",
    "file_access": "not shared with us",
}
"""What has become of a file, by the mode that Slack gives it."""

DEEDS = {
    "received": "stored it",
    "read": "read it",
    "created": "made something of it",
    "edited in Slack": "stored its edit in Slack",
    "deleted in Slack": "noted that it was deleted in Slack",
    "asked for in Slack": "was asked in Slack to read it",
    "taken back after an edit": "took back what it had made, after an edit",
    "already done": "found that something was made of it already",
    "asked to read again": "asked to read it again",
    "brought a message back": "brought it back",
    "split a message off": "split it off",
    "joined messages": "joined it to the message before",
    "made a listing of a message": "made a listing of it",
    "made a task of a message": "made a task of it",
    "changed what a message made": "changed what it made",
    "attached a message": "attached it",
    "asked about a message": "asked about it",
    "ignored a message": "said that it is no request",
    "undid": "took a step back",
}
"""What the acts that speak of a message are called on its own page."""


@dataclass(slots=True)
class Card:
    """One message as it stands on a page."""

    message_id: str
    who: str
    initials: str
    about_who: str
    is_known: bool
    where: str
    when: str
    when_iso: str
    text: SafeString
    before: list[SafeString]
    """What stood there before each edit, oldest first."""
    deleted_words: str
    files: list[str]
    link: str
    role: str
    is_source: bool
    """Whether the item was made of it."""


@dataclass(slots=True)
class Row(Printed):
    """One message as a row of a list."""

    id: str
    href: str
    title: str
    subtitle: str
    label: str
    tag: str
    tone: str
    percent: int | None
    made: str
    is_deleted: bool
    asked: str
    """Who has asked about it, or that the answer is there; empty where nobody has."""


@dataclass(slots=True)
class Made:
    """Something a message made or belongs to, as a link."""

    label: str
    title: str
    href: str
    role: str = ""


class Told(NamedTuple):
    """One act in the history of a message."""

    who: str
    what: str
    when: str
    at_iso: str


@dataclass(slots=True)
class MessagePage:
    """Everything about a message, for admins."""

    card: Card
    heading: str
    status: str
    tone: str
    sentence: str
    corrected: str
    """The reading as a person has corrected it, with that person's name; empty if nobody has."""
    explanations: list[str]
    made: list[Made]
    bundle: list[Card]
    facts: list[tuple[str, str]]
    history: list[Told]
    """What was done with it, oldest first."""
    replies: list[str]
    reply_note: str
    reading_json: str
    metadata_json: str
    error: str
    href: str
    can_read_again: bool
    can_bring_back: bool
    can_join: bool
    is_member: bool


def changed_words(cards: list[Card]) -> str:
    """What happened in Slack to the messages of an item after they came in, for the dot on it; empty if nothing."""
    is_deleted = any(card.deleted_words for card in cards)
    if is_deleted or any(card.before for card in cards):
        return queries.words_of_change(is_deleted=is_deleted)
    return ""


def cards_behind(value: list[dict[str, Any]] | None) -> list[Card]:
    """The messages behind an item, for its page, from the value of `queries.messages_behind`."""
    now = office_now()
    return [card_of(seen, seen.directory or Directory({}), now) for seen in queries.seen_from(value)]


def message_rows(
    messages: Sequence[SlackMessage],
    *,
    all_need_look: bool = False,
    names: Callable[[Iterable[str]], Directory] = Directory.of,
) -> list[Row]:
    """The rows of *Slack messages*; each message as `queries` gives it for them.

    Where all need a look, none says so. ``names`` finds the people and channels behind Slack ids.
    """
    found = [queries.seen_of(message) for message in messages]
    directory, now = names(slack_id for seen in found for slack_id in seen.slack_ids), office_now()
    rows = []
    for message, seen in zip(messages, found, strict=True):
        reason = message.review_reason  # type: ignore[attr-defined]  # see `queries`, as for made_title
        status, tone = status_of(message, needs_look=reason is not None)
        if reason:
            kind = KINDS[kind_of(seen, reason)]
            status = kind if all_need_look else f"{status}: {kind.lower()}"
        rows.append(
            Row(
                id=message.pk,
                href=f"/slack/{message.pk}/",
                title=f"“{snippet_of(seen.text, directory)}”" if seen.text.strip() else "No text",
                subtitle=subtitle_of(seen, directory, now),
                label=label_of(message.group_key or message.task_key or message.message_type),
                tag=status,
                tone=tone,
                percent=percent_of(message.confidence),
                made=message.made_title or "",  # type: ignore[attr-defined]
                is_deleted=bool(seen.deleted_at),
                asked=asked_words(queries.Question.of(message.question), now),  # type: ignore[attr-defined]
            )
        )
    return rows


def asked_words(question: queries.Question | None, now: datetime) -> str:
    """``asked by Priya 10:42 am`` or, once the sender has written again, ``back: new message``; for the row."""
    if question is None:
        return ""
    if question.is_answered:
        return f"back: {NEW_MESSAGE}"
    return f"asked by {question.name.split()[0]} {moment_in_words(question.at, now)}"


def asked_in_full(question: queries.Question) -> str:
    """``Asked by Priya Shah on Thu 26 Nov, 10:42 am``"""
    at = question.at
    return f"Asked by {question.name} on {at:%a} {at.day} {at:%b}, {hour_in_words(at)}"


COLUMNS = ("Sent", "Sender", "Channel", "Text", "Kind", "Sure", "Status", "Created", "Address of its page")


def message_cells(messages: Sequence[SlackMessage]) -> Iterator[list[str]]:
    """What the rows of the list show, for a file."""
    found = [queries.seen_of(message) for message in messages]
    directory = directory_of(found)
    for row, seen in zip(message_rows(messages), found, strict=True):
        sender = directory.sender(seen.slack_user_id)
        yield [
            f"{seen.sent_at:%Y-%m-%d %H:%M}",
            sender.name if sender.is_known else f"{sender.name}, not in the directory",
            directory.channel(seen.channel_id),
            plain(seen.text, directory.names),
            row.label,
            "" if row.percent is None else f"{row.percent} %",
            row.tag,
            row.made,
            row.href,
        ]


def cells_to_review(ids: Sequence[str]) -> list[list[str]]:
    """The same of messages that need a look, in the order of their ids."""
    found = {message.pk: message for message in queries.messages_needing_look().filter(pk__in=ids)}
    return list(message_cells([found[pk] for pk in ids if pk in found]))


def kind_of(seen: Seen, reason: str) -> str:
    """Which of `KINDS` a message is: the reason, or what has happened to it in Slack since."""
    if seen.deleted_at:
        return "deleted"
    return "edited" if reason == ReviewReason.PROPOSAL and seen.edits else reason


def status_of(message: SlackMessage, *, needs_look: bool) -> tuple[str, str]:
    """The state of a message in words, and its tone."""
    if needs_look:
        return "Needs a look", "soon"
    match message.processing_status:
        case ProcessingStatus.PENDING:
            return "Pending", ""
        case ProcessingStatus.FAILED:
            return "Failed", "late"
        case ProcessingStatus.SKIPPED:
            reason = message.notes.get("reason")
            return (SkipReason(reason).label if reason in SkipReason.values else "Skipped"), ""
    return "Processed", "good"


# ---- one message -----------------------------------------------------------------------------------------------------


def message_page(message: SlackMessage, staff: Staff) -> MessagePage:
    """The page of any message, for admins."""
    seen = queries.seen_of(message)
    members = [queries.seen_of(member) for member in members_of(message)]
    directory, now = directory_of([seen, *members]), office_now()
    review = Review.objects.filter(message=message, resolved_at=None).first()
    reading = _reading(message)
    status, tone = status_of(message, needs_look=review is not None)
    made = _made_by(message)
    card = card_of(seen, directory, now, has_made=bool(made))
    return MessagePage(
        card=card,
        heading=question_of(reading).rstrip("?") if reading else "A message",
        status=status,
        tone=tone,
        sentence=sentence_of(reading, directory, card.who) if reading else "Not read.",
        corrected=_corrected(message, directory),
        explanations=list(reading.explanations) if reading else [],
        made=made,
        bundle=[card_of(member, directory, now, has_made=bool(made)) for member in members],
        facts=_facts(message, directory, now),
        history=_history(message, now),
        replies=_replies(message, now),
        reply_note="" if can_send() else "Nothing is sent to Slack: SLACK_BOT_TOKEN is not set.",
        reading_json=_pretty(message.classification),
        metadata_json=_pretty(message.metadata),
        error=message.error_message or "",
        href=f"/slack/{message.pk}/",
        can_read_again=may(staff, Right.VIEW_MESSAGES)
        and message.notes.get("reason") not in {SkipReason.BOT, SkipReason.SYSTEM},
        can_bring_back=message.processing_status == ProcessingStatus.SKIPPED,
        can_join=_created(message) is None and not message.notes.get("bundle") and previous(message) is not None,
        is_member=bool(message.notes.get("bundle")),
    )


def _corrected(message: SlackMessage, directory: Directory) -> str:
    review = Review.objects.filter(message=message, corrected_reading__isnull=False).order_by("-resolved_at").first()
    if review is None:
        return ""
    try:
        words = sentence_of(Reading.from_json(review.corrected_reading or {}), directory, None)
    except ValueError:
        return ""
    who = Staff.all_objects.filter(pk=review.resolved_by).first()
    # How sure the first reading was says nothing about what a person has written.
    return f"{words.rpartition(' · ')[0]}, by {who.name if who else 'somebody who has left'}"


def made_of(items: Iterable[Item], role: str = "") -> list[Made]:
    """Items as links; what has been removed is said to be."""
    found = []
    for item in items:
        row = item.row()
        label = ItemKind(item.kind).label
        if row is None:
            removed = MODEL_OF_KIND[ItemKind(item.kind)].all_objects.filter(pk=item.pk).first()
            found.append(Made(label, f"{removed or label}, removed", "", role))
        else:
            found.append(Made(label, str(row), row.get_absolute_url(), role))
    return found


def _made_by(message: SlackMessage) -> list[Made]:
    created = _created(message)
    links = Link.objects.filter(message=message).order_by("created_at", "link_id")
    found = made_of([created]) if created else []
    for link in links:
        found += made_of([Item(link.kind, link.item_id)], ROLES.get(link.role, link.role))
    bundle = message.notes.get("bundle")
    if bundle:
        found.append(Made("Message", "The message it was read with", f"/slack/{bundle}/"))
    return found


def _facts(message: SlackMessage, directory: Directory, now: datetime) -> list[tuple[str, str]]:
    job = ReadingJob.objects.filter(pk=message.pk).first()
    facts = [
        ("Channel", f"{directory.channel(message.slack_channel_id)} ({message.slack_channel_id})"),
        ("Sender", message.slack_user_id),
        ("Slack ts", message.ts),
        ("Received", _moment(message.received_at, now)),
        ("Read", _moment(message.processed_at, now) if message.processed_at else "Not yet"),
    ]
    if message.confidence is not None:
        facts.append(("Sure", f"{percent_of(message.confidence)} %"))
    if job:
        facts.append(("Tries", str(job.attempts)))
        if job.finished_at is None:
            facts.append(("Next try", _moment(job.due_at, now)))
    return facts


def _history(message: SlackMessage, now: datetime) -> list[Told]:
    """The acts that changed the message, the looks at it and its links; admins may see them all."""
    reviews = Review.objects.filter(message=message).values_list("pk", flat=True)
    links = Link.objects.filter(message=message).values_list("pk", flat=True)
    changes = Change.objects.filter(
        Q(table_name="slack_messages", row_key=message.pk)
        | Q(table_name="slackintake_review", row_key__in=list(reviews))
        | Q(table_name="slackintake_link", row_key__in=list(links))
    )
    latest = Act.objects.filter(pk__in=changes.values("act_id")).order_by("-at", "-act_id")[:HISTORY]
    acts = list(reversed(latest))
    names = dict(Staff.all_objects.filter(pk__in=[each.actor_id for each in acts]).values_list("pk", "name"))
    return [
        Told(
            names.get(each.actor_id, "The intake"),
            DEEDS.get(each.verb, each.verb),
            _moment(each.at, now),
            each.at.isoformat(),
        )
        for each in acts
    ]


def _replies(message: SlackMessage, now: datetime) -> list[str]:
    emoji = {"eyes": "👀", "white_check_mark": "✅"}
    rows = Reply.objects.filter(message=message)
    if item := item_of(message):
        rows = rows | Reply.objects.filter(kind=item.kind, item_id=item.pk)
    lines = []
    for reply in rows.order_by("created_at", "reply_id"):
        what = f"{emoji.get(reply.name, reply.name)} {'off' if reply.action == 'remove' else 'on'} the message"
        if reply.sent_at:
            lines.append(f"{what}: sent {_moment(reply.sent_at, now)}")
        elif reply.finished_at:
            lines.append(f"{what}: not sent. {reply.error or ''}".strip())
        else:
            lines.append(f"{what}: waiting" + (f". {reply.error}" if reply.error else ""))
    return lines


def _reading(message: SlackMessage) -> Reading | None:
    try:
        return Reading.from_json(message.classification or {})
    except ValueError:
        return None


def sentence_of(reading: Reading, directory: Directory, realtor: str | None) -> str:
    """The reading in one sentence, with the name of whoever is mentioned instead of the id."""
    hint = reading.assignee_hint
    return sentence(replace(reading, assignee_hint=directory.names.get(hint or "", hint)), realtor)


def question_of(reading: Reading | None) -> str:
    if reading is None:
        return "What is this about?"
    label = LABELS.get(reading.key or reading.message_type, reading.message_type)
    return f"{label} at {reading.address}?" if reading.address else f"{label}?"


# ---- pieces ----------------------------------------------------------------------------------------------------------


def directory_of(found: Iterable[Seen]) -> Directory:
    return Directory.of(slack_id for seen in found for slack_id in seen.slack_ids)


def card_of(seen: Seen, directory: Directory, now: datetime, *, has_made: bool = False) -> Card:
    """A message as a card. `has_made` says that something was made of it, where its role does not say so."""
    sender = directory.sender(seen.slack_user_id)
    evidence = [Evidence(item["field"], item["start"], item["end"]) for item in seen.evidence if _is_span(item)]
    return Card(
        message_id=seen.message_id,
        who=sender.name,
        initials="".join(word[0] for word in sender.name.split()[:2]).upper(),
        about_who=sender.brokerage if sender.is_known else "Not in the directory",
        is_known=sender.is_known,
        where=directory.channel(seen.channel_id),
        when=f"{seen.sent_at:%A} {seen.sent_at.day} {seen.sent_at:%B}, {hour_in_words(seen.sent_at)}",
        when_iso=seen.sent_at.isoformat(),
        text=html(seen.text, evidence, directory.names),
        before=[html(str(edit.get("text", "")), names=directory.names) for edit in seen.edits],
        deleted_words=_deleted_words(seen, has_made=has_made or seen.role in MADE_OF_IT) if seen.deleted_at else "",
        files=[file_words(file) for file in seen.files],
        link=seen.link,
        role=ROLES.get(seen.role, ""),
        is_source=seen.role == "made",
    )


def _deleted_words(seen: Seen, *, has_made: bool) -> str:
    return "Deleted in Slack. What was made of it stays." if has_made else "Deleted in Slack."


def file_words(file: dict[str, Any]) -> str:
    """A file by its title, and why nobody can open it where Slack says so."""
    name, gone = str(file.get("title") or file.get("name") or ""), GONE.get(str(file.get("mode")), "")
    if gone:
        return f"{name} ({gone})" if name else f"a file that was {gone}"
    return name or "a file"


def _is_span(item: Any) -> bool:
    return isinstance(item, dict) and {"field", "start", "end"} <= item.keys()


def subtitle_of(seen: Seen, directory: Directory, now: datetime) -> str:
    sender = directory.sender(seen.slack_user_id)
    who = sender.name if sender.is_known else f"{sender.name}, not in the directory"
    return f"{who} · {directory.channel(seen.channel_id)} · {moment_in_words(seen.sent_at, now)}"


def snippet_of(text: str, directory: Directory) -> str:
    line = " ".join(plain(text, directory.names).split())
    return line if len(line) <= SNIPPET else f"{line[: SNIPPET - 1].rstrip()}…"


def percent_of(confidence: Any) -> int | None:
    return None if confidence is None else round(float(confidence) * 100)


def label_of(key: str) -> str:
    """What a group key, a task key or a message type is called; empty for a message that was never read."""
    return LABELS.get(key, "")


def _created(message: SlackMessage) -> Item | None:
    if message.created_listing_id:
        return Item(ItemKind.LISTING.value, message.created_listing_id)
    if message.created_task_id:
        kind = ItemKind.ACTIVITY if message.created_task_type == "listing_task" else ItemKind.AGENT_TASK
        return Item(kind.value, message.created_task_id)
    return None


def _moment(moment: datetime, now: datetime) -> str:
    return due_in_full(moment.astimezone(office_zone()), now)


def _pretty(value: Any) -> str:
    return json.dumps(value or {}, indent=2, ensure_ascii=False, sort_keys=True)
