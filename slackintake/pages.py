"""What the pages of messages show, in words and ready to print."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString

from common.clock import due_in_full, hour_in_words, moment_in_words, office_now, office_zone
from listings.models import Listing
from slackintake import queries
from slackintake.bundles import MODEL_OF_KIND, Item, item_of, members_of
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
from slackintake.queries import Directory, Seen, Sender, ToReview
from slackintake.reading import GROUP, LABELS, STRAY, Reading, sentence
from slackintake.replies import can_send
from slackintake.text import Evidence, html, plain
from staff.models import Staff
from staff.rights import Right, may

SNIPPET = 90
ROLES = {"attached": "attached", "bundle": "sent in one breath", "edit": "edited", "proposal": "proposed addition"}
WHY = {
    ReviewReason.PROPOSAL: "Nothing is changed yet: it seems to add to something that is there already.",
    ReviewReason.UNDONE: "What was made of it was taken back.",
    ReviewReason.UNSURE: "Nothing is made yet, because the reading is not sure enough.",
    ReviewReason.INFO_REQUEST: "Nothing is made yet, because something is missing.",
    ReviewReason.UNKNOWN_SENDER: "Nothing is made yet, because the sender is not in the directory.",
    ReviewReason.NO_ADDRESS: "Nothing is made yet, because a listing needs an address.",
}


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


@dataclass(slots=True)
class Row:
    """One message as a row of a list."""

    href: str
    title: str
    subtitle: str
    tag: str
    tone: str
    percent: int | None
    made: str
    is_deleted: bool


@dataclass(slots=True)
class Made:
    """Something a message made or belongs to, as a link."""

    label: str
    title: str
    href: str
    role: str = ""


@dataclass(slots=True)
class LookPage:
    """A message that needs a look."""

    card: Card
    heading: str
    why: str
    sentence: str
    explanations: list[str]
    percent: int
    is_sure: bool
    limit: int
    about: Made | None
    bundle: list[SafeString]
    can_accept: bool
    initial: dict[str, Any]
    items: list[tuple[str, str]]
    href: str


@dataclass(slots=True)
class MessagePage:
    """Everything about a message, for admins."""

    card: Card
    heading: str
    status: str
    tone: str
    sentence: str
    explanations: list[str]
    made: list[Made]
    bundle: list[Card]
    facts: list[tuple[str, str]]
    replies: list[str]
    reply_note: str
    reading_json: str
    metadata_json: str
    error: str
    href: str
    can_read_again: bool
    can_bring_back: bool
    look: LookPage | None


def cards_behind(value: list[dict[str, Any]] | None) -> list[Card]:
    """The messages behind an item, for its page, from the value of `queries.messages_behind`."""
    now = office_now()
    return [_card(seen, seen.directory or Directory({}), now) for seen in queries.seen_from(value)]


def look_rows(found: list[ToReview]) -> list[Row]:
    """The rows of *Needs a look*."""
    directory, now = _directory(found), office_now()
    return [
        Row(
            href=f"/slack/{seen.message_id}/",
            title=f"“{_snippet(seen.text, directory)}”",
            subtitle=_subtitle(seen, directory, now),
            tag=ReviewReason(seen.reason).label,
            tone="soon",
            percent=_percent(seen.confidence),
            made="",
            is_deleted=bool(seen.deleted_at),
        )
        for seen in found
    ]


def message_rows(messages: list[SlackMessage]) -> list[Row]:
    """The rows of *Slack messages*, for admins."""
    found = [queries.seen_of(message) for message in messages]
    directory, now = _directory(found), office_now()
    titles = _titles(item for message in messages if (item := _created(message)))
    rows = []
    for message, seen in zip(messages, found, strict=True):
        item = _created(message)
        status, tone = status_of(message, needs_look=getattr(message, "needs_look", False))
        rows.append(
            Row(
                href=f"/slack/{message.pk}/",
                title=f"“{_snippet(seen.text, directory)}”" if seen.text.strip() else "No text",
                subtitle=_subtitle(seen, directory, now),
                tag=status,
                tone=tone,
                percent=_percent(message.confidence),
                made=titles.get(item, "") if item else _label(message),
                is_deleted=bool(seen.deleted_at),
            )
        )
    return rows


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


def look_page(seen: ToReview) -> LookPage:
    """The page of a message that needs a look, for operations and admins."""
    directory, now = _directory([seen]), office_now()
    sender, reading = directory.sender(seen.slack_user_id), seen.reading
    about = made_of([Item(seen.kind, seen.item_id)]) if seen.kind and seen.item_id else []
    near = queries.listings_near(reading, sender, seen.item_id)
    items = [(f"{seen.kind}:{seen.item_id}", made.title) for made in about]
    items += [(f"listing:{listing.pk}", listing.address_string) for listing in near if listing.pk != seen.item_id]
    percent = _percent(seen.confidence) or 0
    limit = round(settings.CONFIDENCE_LIMIT * 100)
    return LookPage(
        card=_card(seen, directory, now),
        heading=_question(reading),
        why=WHY[ReviewReason(seen.reason)],
        sentence=_sentence(reading, directory, sender.name if sender.realtor_id else None) if reading else "",
        explanations=list(reading.explanations) if reading else [],
        percent=percent,
        is_sure=percent >= limit,
        limit=limit,
        about=about[0] if about else None,
        bundle=[html(part["text"], names=directory.names) for part in seen.bundle or []],
        can_accept=_can_accept(seen, reading, sender),
        initial=_initial(reading, sender, seen),
        items=items,
        href=f"/slack/{seen.message_id}/",
    )


def message_page(message: SlackMessage, staff: Staff) -> MessagePage:
    """The page of any message, for admins."""
    seen = queries.seen_of(message)
    members = [queries.seen_of(member) for member in members_of(message)]
    directory, now = _directory([seen, *members]), office_now()
    review = Review.objects.filter(message=message, resolved_at=None).first()
    to_review = queries.message_to_review(message.pk) if review else None
    reading = _reading(message)
    status, tone = status_of(message, needs_look=review is not None)
    card = _card(seen, directory, now)
    return MessagePage(
        card=card,
        heading=_question(reading).rstrip("?") if reading else "A message",
        status=status,
        tone=tone,
        sentence=_sentence(reading, directory, card.who) if reading else "Not read.",
        explanations=list(reading.explanations) if reading else [],
        made=_made_by(message),
        bundle=[_card(member, directory, now) for member in members],
        facts=_facts(message, directory, now),
        replies=_replies(message, now),
        reply_note="" if can_send() else "Nothing is sent to Slack: SLACK_BOT_TOKEN is not set.",
        reading_json=_pretty(message.classification),
        metadata_json=_pretty(message.metadata),
        error=message.error_message or "",
        href=f"/slack/{message.pk}/",
        can_read_again=may(staff, Right.VIEW_MESSAGES)
        and message.notes.get("reason") not in {SkipReason.BOT, SkipReason.SYSTEM},
        can_bring_back=message.processing_status == ProcessingStatus.SKIPPED,
        look=look_page(to_review) if to_review else None,
    )


def made_of(items: Iterable[Item], role: str = "") -> list[Made]:
    """Items as links; what has been removed is said to be."""
    found = []
    for item in items:
        row = item.row()
        label = ItemKind(item.kind).label
        if row is None:
            found.append(Made(label, f"{label}, removed", "", role))
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
        facts.append(("Sure", f"{_percent(message.confidence)} %"))
    if job:
        facts.append(("Tries", str(job.attempts)))
        if job.finished_at is None:
            facts.append(("Next try", _moment(job.due_at, now)))
    return facts


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


def _sentence(reading: Reading, directory: Directory, realtor: str | None) -> str:
    """The reading in one sentence, with the name of whoever is mentioned instead of the id."""
    hint = reading.assignee_hint
    return sentence(replace(reading, assignee_hint=directory.names.get(hint or "", hint)), realtor)


def _question(reading: Reading | None) -> str:
    if reading is None:
        return "What is this about?"
    label = LABELS.get(reading.key or reading.message_type, reading.message_type)
    return f"{label} at {reading.address}?" if reading.address else f"{label}?"


def _can_accept(seen: ToReview, reading: Reading | None, sender: Sender) -> bool:
    if reading is None:
        return False
    if seen.reason == ReviewReason.PROPOSAL:
        return seen.item_id is not None
    is_whole = reading.message_type == STRAY or (reading.message_type == GROUP and reading.address is not None)
    return is_whole and sender.realtor_id is not None


def _initial(reading: Reading | None, sender: Sender, seen: ToReview) -> dict[str, Any]:
    initial: dict[str, Any] = {"realtor": sender.name if sender.realtor_id else ""}
    if seen.kind == ItemKind.LISTING and seen.item_id:
        listing = Listing.objects.filter(pk=seen.item_id).first()
        initial["listing"] = listing.address_string if listing else ""
    if reading is None:
        return initial
    return initial | {
        "what": f"{reading.message_type}:{reading.key}" if reading.key else "",
        "address": reading.address or "",
        "listing_type": reading.listing_type or "",
        "title": reading.task_title,
        "due_date": reading.due_at(office_zone()),
    }


# ---- pieces ----------------------------------------------------------------------------------------------------------


def _directory(found: Iterable[Seen]) -> Directory:
    return Directory.of(slack_id for seen in found for slack_id in seen.slack_ids)


def _card(seen: Seen, directory: Directory, now: datetime) -> Card:
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
        deleted_words="Deleted in Slack. What was made of it stays." if seen.deleted_at else "",
        files=[str(file.get("title") or file.get("name") or "A file") for file in seen.files],
        link=seen.link,
        role=ROLES.get(seen.role, ""),
    )


def _is_span(item: Any) -> bool:
    return isinstance(item, dict) and {"field", "start", "end"} <= item.keys()


def _subtitle(seen: Seen, directory: Directory, now: datetime) -> str:
    sender = directory.sender(seen.slack_user_id)
    who = sender.name if sender.is_known else f"{sender.name}, not in the directory"
    return f"{who} · {directory.channel(seen.channel_id)} · {moment_in_words(seen.sent_at, now)}"


def _snippet(text: str, directory: Directory) -> str:
    line = " ".join(plain(text, directory.names).split())
    return line if len(line) <= SNIPPET else f"{line[: SNIPPET - 1].rstrip()}…"


def _percent(confidence: Any) -> int | None:
    return None if confidence is None else round(float(confidence) * 100)


def _label(message: SlackMessage) -> str:
    return LABELS.get(message.group_key or message.task_key or message.message_type, "")


def _created(message: SlackMessage) -> Item | None:
    if message.created_listing_id:
        return Item(ItemKind.LISTING.value, message.created_listing_id)
    if message.created_task_id:
        kind = ItemKind.ACTIVITY if message.created_task_type == "listing_task" else ItemKind.AGENT_TASK
        return Item(kind.value, message.created_task_id)
    return None


def _titles(items: Iterable[Item]) -> dict[Item, str]:
    """The names of many items, one statement for each kind."""
    by_kind: dict[str, list[str]] = {}
    for item in items:
        by_kind.setdefault(item.kind, []).append(item.pk)
    titles = {}
    for kind, keys in by_kind.items():
        for row in MODEL_OF_KIND[ItemKind(kind)].all_objects.filter(pk__in=keys):
            titles[Item(kind, row.pk)] = str(row) + (", removed" if row.deleted_at else "")
    return titles


def _moment(moment: datetime, now: datetime) -> str:
    return due_in_full(moment.astimezone(office_zone()), now)


def _pretty(value: Any) -> str:
    return json.dumps(value or {}, indent=2, ensure_ascii=False, sort_keys=True)
