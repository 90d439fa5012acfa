"""The verbs of people for messages that need a look; each is one act in one transaction.

A message is resolved once. Whoever comes second is told who was faster, and what was made for them is not kept.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone
from psycopg.types.json import Jsonb

from common.clock import moment_in_words, office_now, office_zone
from common.history import Refused, act
from listings.models import GroupKey, Listing, ListingType
from realtors.models import Realtor
from slackintake import making
from slackintake.bundles import Item, head_of, item_of, lock_sender, members_of, previous
from slackintake.changing import Change, apply, asks_besides, change_of
from slackintake.models import (
    ItemKind,
    Link,
    LinkRole,
    ProcessingStatus,
    Purpose,
    Resolution,
    Review,
    ReviewReason,
    SkipReason,
    SlackMessage,
)
from slackintake.places import place_of, same_place
from slackintake.queries import Question, ToReview, message_to_review, resolver_of
from slackintake.reading import GROUP, IGNORE, STRAY, Reading
from slackintake.reading.wording import shorten
from slackintake.receiving import queue_reading
from slackintake.relisting import last_listing_for, lines_beside, running, start_like
from slackintake.resolving import look_anew, read_anew, realtor_of
from slackintake.text import plain
from staff.models import Staff
from staff.rights import Right, may
from tasks.models import WORKABLE, Activity, AgentTask, TaskKey, Waiting
from tasks.rules import Task
from tasks.triage import wait

NOT_READ = {SkipReason.BOT, SkipReason.SYSTEM}
"""What is never read, even if somebody asks for it."""


def make_listing(
    message_id: str,
    *,
    by: Staff,
    group_key: str,
    address: str,
    realtor: Realtor,
    listing_type: str | None = None,
    due: datetime | None = None,
    name: str | None = None,
    left_out: Collection[str] = (),
    like: Listing | None = None,
    besides: Collection[int] = (),
) -> Item:
    """Make a listing with its activities of a message that needs a look. A twin of a running listing is refused.

    `name` is whom the message names, None for what was read; `left_out` the template lines that are not wanted,
    `like` the last listing of the property, whose activities, owners and notes are a start for this one. `besides` are
    the places of those proposals of the reading that are made with it.
    """
    review = _to_make_of(message_id, by)
    if group_key not in GroupKey.values:
        raise Refused("Choose what kind of listing it is.")
    if listing_type not in (None, "", *ListingType.values):
        raise Refused("A listing is for sale or for lease.")
    address = " ".join(address.split())
    if not address:
        raise Refused("A listing needs an address.")
    reading = _corrected(
        review,
        message_type=GROUP,
        group_key=group_key,
        task_key=None,
        address=address,
        listing_type=listing_type,
        due=due,
        name=name,
    )
    with act("made a listing of a message"):
        if twin := _twin_at(address):
            raise Refused(f"{twin.address_string} is a listing already. Attach the message to it.")
        beside = lines_beside(like, group_key)
        item = making.make_listing(review.as_message(), reading, realtor, by=by, left_out=left_out, also=beside)
        if like is not None and (made := item.row()):
            assert isinstance(made, Listing)  # noqa: S101  make_listing makes a listing
            start_like(made, like, by=by, lines=beside, stated=due)
        more = _make_proposals(review, besides, realtor, by)
        _resolve(review, Resolution.MADE, item, reading, besides=more)
    return item


def make_task(
    message_id: str,
    *,
    by: Staff,
    task_key: str,
    title: str,
    realtor: Realtor | None = None,
    listing: Listing | None = None,
    due: datetime | None = None,
    name: str | None = None,
    besides: Collection[int] = (),
) -> Item:
    """Make a task of a message that needs a look: an activity of `listing` or, without one, a task for `realtor`.

    `besides` are the places of those proposals of the reading that are made with it.
    """
    review = _to_make_of(message_id, by)
    if task_key not in TaskKey.values:
        raise Refused("Choose what kind of request it is.")
    title = " ".join(title.split())[:80]
    if not title:
        raise Refused("The task needs a title.")
    reading = _corrected(
        review,
        message_type=STRAY,
        group_key=None,
        task_key=task_key,
        address=_address_of_task(review.reading, listing),
        listing_type=review.reading.listing_type if review.reading else None,
        due=due,
        title=title,
        name=name,
    )
    with act("made a task of a message"):
        if listing is not None:
            item = making.make_activity(review.as_message(), reading, listing, by=by)
        elif realtor is not None:
            item = making.make_agent_task(review.as_message(), reading, realtor, by=by)
        else:
            raise Refused("Say for which realtor the task is, or on which listing.")
        more = _make_proposals(review, besides, realtor or (listing.realtor if listing else None), by)
        _resolve(review, Resolution.MADE, item, reading, besides=more)
    return item


def make_besides(message_id: str, *, by: Staff, which: Collection[int] | None = None) -> list[Item]:
    """Make what a message asks for besides what it has made: the proposals at the places `which`, or all; one act.

    All or none are made: a twin of a running listing is refused with the rest.
    """
    review = _to_resolve(message_id, by)
    if not asks_besides(review):
        raise Refused("The message asks for nothing besides. Look at it again.")
    if which is None:
        which = _all_proposals(review)
    if not which:
        raise Refused("Choose what to make, or say that it is no request.")
    row = Item(review.kind or "", review.item_id or "").row()
    made_for = row.listing.realtor if isinstance(row, Activity) else row.realtor if row else None
    with act("made what a message asks for besides"):
        items = _make_proposals(review, which, realtor_of(review.slack_user_id, review.said) or made_for, by)
        _resolve(review, Resolution.MADE, items[0], besides=items)
    return items


def change(
    message_id: str,
    *,
    by: Staff,
    opened: Mapping[str, Any] | None = None,
    wanted: Mapping[str, Any] | None = None,
) -> Item:
    """Change what a message made as its edit says, or as `wanted` has it; never anything beside it.

    `opened` are the values that the person saw. Where somebody has changed one of the same fields since, ``Conflict``
    holds both values and nothing is changed. Both map the fields of ``Change``; without them it goes by the edit.
    """
    review = _to_resolve(message_id, by)
    found = change_of(review)
    if found is None or review.reading is None:
        raise Refused("There is nothing here that the message could change. Look at it again.")
    wanted = {**found.new, **(wanted or {})}
    with act("changed what a message made"):
        apply(found, opened={**found.now, **(opened or {})}, wanted=wanted, by=by)
        _resolve(review, Resolution.CHANGED, found.item, _as_changed(review.reading, found, wanted))
    return found.item


def _as_changed(reading: Reading, found: Change, wanted: Mapping[str, Any]) -> Reading:
    """The reading with what the person has set otherwise than it was read."""
    columns = {"name": "task_title", "task_key": "task_key", "type": "listing_type"}
    columns |= {"address_string": "address", "address": "address"}
    others = [name for name in wanted if wanted[name] != found.new[name]]
    values = {columns[name]: wanted[name] for name in others if name in columns}
    if "due_date" in others:
        due = wanted["due_date"]
        values["due_date"] = f"{due.astimezone(office_zone()):%Y-%m-%dT%H:%M}" if due else None
    return replace(reading, **values)


def accept(message_id: str, *, by: Staff, opened: Mapping[str, Any] | None = None) -> Item:
    """Make what the reading says, as it stands, or change what the message made; refused where something is missing.

    `opened` are the values of what would be changed, as the person saw them.
    """
    review = _to_resolve(message_id, by)
    if asks_besides(review):
        return make_besides(message_id, by=by)[0]
    if change_of(review) is not None:
        return change(message_id, by=by, opened=opened)
    reading, realtor = review.reading, realtor_of(review.slack_user_id, review.said)
    if reading is not None and review.reason == ReviewReason.PROPOSAL and review.kind and review.item_id:
        return _accept_proposal(review, reading, by)
    if reading is None or reading.message_type not in {GROUP, STRAY}:
        raise Refused("The reading says too little to act on. Choose what to make of it.")
    due = reading.due_at(office_zone())
    if realtor is None:
        raise Refused("It is not known for which realtor this is. Choose one.")
    if reading.message_type == GROUP:
        return make_listing(
            message_id,
            by=by,
            group_key=reading.group_key or "",
            address=reading.address or "",
            realtor=realtor,
            listing_type=reading.listing_type,
            due=due,
            besides=_all_proposals(review),
        )
    there = running(making.listings_seen_at(reading.address)) if reading.address else []
    return make_task(
        message_id,
        by=by,
        task_key=reading.task_key or "",
        title=reading.task_title,
        realtor=realtor,
        listing=there[0] if len(there) == 1 else None,
        due=due,
        besides=_all_proposals(review),
    )


def attach(message_id: str, *, by: Staff, kind: str, item_id: str) -> Item:
    """Put a message that needs a look with something that is there already."""
    review = _to_resolve(message_id, by)
    item = Item(kind, item_id)
    if kind not in ItemKind.values or item.row() is None:
        raise Refused("What you chose is not there any more. Choose again.")
    with act("attached a message"):
        _resolve(review, Resolution.ATTACHED, item)
    return item


def ignore(message_id: str, *, by: Staff) -> None:
    """Say that a message is no request. An admin can bring it back; for ten minutes so can who ignored it."""
    set_aside(_to_resolve(message_id, by))


def set_aside(review: ToReview) -> None:
    """Ignore a message that has just been looked up; the database judges the right."""
    with act("ignored a message"):
        _resolve(review, Resolution.IGNORED, None)


class AskedAlready(Refused):
    """Somebody has asked about the message and has no answer yet."""


def ask(message_id: str, *, by: Staff, knowing_of: datetime | None = None) -> Task | None:
    """Note that whoever wrote a message has been asked about it; a task that it is about waits for the answer.

    Where somebody has asked without an answer, ``AskedAlready`` names that person, unless the one who asks is
    ``knowing_of`` that question, by its time. Returns the task, or None where the message is about no open one. The
    message goes on needing a look.
    """
    review = _to_resolve(message_id, by)
    question = review.question
    if question and not question.is_answered and question.at != knowing_of:
        raise _asked_already(question, by)
    row = Item(review.kind, review.item_id).row() if review.kind and review.item_id else None
    task = row if isinstance(row, Activity | AgentTask) and row.status in WORKABLE else None
    with act("asked about a message"):
        with connection.cursor() as cursor:
            seen = question.at if question else None
            cursor.execute("SELECT app.ask_about_message(%s, %s)", [message_id, seen])
            answer = cursor.fetchone()[0]
        if answer == "asked" and (now := message_to_review(message_id)) and now.question:
            raise _asked_already(now.question, by)
        if answer != "done":
            raise _too_late(message_id)
        if task and not Waiting.objects.filter(kind=task.kind, item_id=task.pk, ended_at=None).exists():
            wait(task, for_what="an answer to our question in Slack", by=by)
    return task


def _asked_already(question: Question, by: Staff) -> AskedAlready:
    when = moment_in_words(question.at, office_now())
    who = "You" if question.by == by.pk else question.name.split()[0]
    return AskedAlready(f"{who} asked already, {when}, and has no answer yet.")


def bring_back(message: SlackMessage, *, by: Staff) -> None:
    """Let somebody look at a message that was skipped after all (admins)."""
    _require(by, Right.VIEW_MESSAGES, "Only admins bring a message back.")
    with act("brought a message back"):
        notes = {key: value for key, value in message.notes.items() if key != "reason"} | {"brought_back_by": by.pk}
        written = SlackMessage.objects.filter(pk=message.pk, processing_status=ProcessingStatus.SKIPPED).update(
            processing_status=ProcessingStatus.PROCESSED, metadata=notes
        )
        if not written:
            raise Refused("The message is not ignored. Look at it again.")
        message.refresh_from_db()
        look_anew(message)


def read_again(message: SlackMessage, *, by: Staff) -> None:
    """Have a message read again by the worker (admins). What was made of it stays, and nothing is made twice."""
    _require(by, Right.VIEW_MESSAGES, "Only admins have a message read again.")
    if message.notes.get("reason") in NOT_READ:
        raise Refused("Messages of bots and of Slack itself are not read.")
    with act("asked to read again"):
        # The job is no part of history; that somebody asked for it is.
        now = SlackMessage.objects.select_for_update().get(pk=message.pk)
        asked = now.notes | {"read_again_at": timezone.now().isoformat()}
        SlackMessage.objects.filter(pk=message.pk).update(metadata=asked)
        queue_reading(message, Purpose.AGAIN)


def split_off(member: SlackMessage, *, by: Staff) -> None:
    """Take a message out of the bundle it was read with (admins); it needs a look of its own then.

    Both are read anew, each by its own words. What was made of the bundle stays.
    """
    _require(by, Right.VIEW_MESSAGES, "Only admins split a message off.")
    with act("split a message off"):
        message = SlackMessage.objects.select_for_update().get(pk=member.pk)
        if not message.notes.get("bundle"):
            raise Refused("The message belongs to no bundle any more.")
        _write_notes(message, {key: value for key, value in message.notes.items() if key != "bundle"})
        Link.objects.filter(message=message, role=LinkRole.BUNDLE).delete()
        head = head_of(message)
        message.refresh_from_db()
        look_anew(message)
        read_anew(head)


def join_to_previous(message: SlackMessage, *, by: Staff) -> SlackMessage:
    """Make a message, and what was read with it, part of what its sender wrote before it there (admins).

    Whatever that became, they belong to it; nothing is made of them. Returns the message they now belong to.
    """
    _require(by, Right.VIEW_MESSAGES, "Only admins join messages.")
    with act("joined messages"):
        lock_sender(message)
        message = SlackMessage.objects.select_for_update().get(pk=message.pk)
        if message.created_listing_id or message.created_task_id:
            raise Refused("Something was made of this message. Say that it was no request first.")
        before = previous(message)
        if before is None:
            raise Refused("Its sender wrote nothing before it there.")
        head = SlackMessage.objects.get(pk=before.notes.get("bundle") or before.pk)
        joined = [message, *members_of(message)]
        for one in joined:
            Link.objects.filter(message=one, role=LinkRole.BUNDLE).delete()
            _write_notes(one, one.notes | {"bundle": head.pk})
        if item := item_of(head):
            Link.objects.bulk_create(
                [Link(message=one, kind=item.kind, item_id=item.pk, role=LinkRole.BUNDLE) for one in joined],
                ignore_conflicts=True,
            )
        Review.objects.filter(message__in=joined, resolved_at=None).update(
            resolved_at=Now(), resolved_by=by.pk, resolution=Resolution.ATTACHED
        )
        read_anew(head)
    return head


def _write_notes(message: SlackMessage, notes: dict[str, Any]) -> None:
    """What is kept beside a message; one that was skipped or waits counts as read by whoever sorts it."""
    kept = {key: value for key, value in notes.items() if key != "reason"}
    SlackMessage.objects.filter(pk=message.pk).update(
        metadata=kept, processing_status=ProcessingStatus.PROCESSED, error_message=None
    )


# ---- how it is done --------------------------------------------------------------------------------------------------


def _require(by: Staff, right: Right, refusal: str) -> None:
    if not may(by, right):
        raise Refused(refusal)


def _to_resolve(message_id: str, by: Staff) -> ToReview:
    _require(by, Right.REVIEW_MESSAGES, "Only operations and admins resolve messages.")
    review = message_to_review(message_id)
    if review is None:
        raise _too_late(message_id)
    return review


def _to_make_of(message_id: str, by: Staff) -> ToReview:
    """The same, of which nothing has been made that is still there: an edit never makes a twin."""
    review = _to_resolve(message_id, by)
    if change_of(review) is not None or asks_besides(review):
        raise Refused("Something was made of this message already. Change that, or attach the message to it.")
    return review


def _all_proposals(review: ToReview) -> Collection[int]:
    return range(len(review.reading.proposals)) if review.reading else ()


def _make_proposals(review: ToReview, which: Collection[int], realtor: Realtor | None, by: Staff) -> list[Item]:
    """Make the proposals at these places of a reading, as the worker would make them of their own words."""
    proposals = review.reading.proposals if review.reading else ()
    items = []
    for place in sorted(set(which)):
        if place not in range(len(proposals)):
            raise Refused("The message was read anew meanwhile. Look at it again.")
        reading, message = proposals[place].reading, review.as_message()
        message.message_text = proposals[place].text
        there = running(making.listings_at(reading.address)) if reading.address else []
        if reading.message_type == STRAY and len(there) == 1:
            items.append(making.make_activity(message, reading, there[0], by=by))
        elif realtor is None:
            raise Refused("It is not known for which realtor this is, so nothing was made.")
        elif reading.message_type == STRAY:
            items.append(making.make_agent_task(message, reading, realtor, by=by))
        elif twin := _twin_at(reading.address or ""):
            raise Refused(f"{twin.address_string} is a listing already, so nothing was made. Leave it out.")
        else:
            items.append(making.make_listing(message, reading, realtor, by=by))
    return items


def _twin_at(address: str) -> Listing | None:
    """The running listing at this very address, unit and all. Until the transaction ends nobody else makes one."""
    return next((found for found in running(making.listings_at(address)) if _is_same(found, address)), None)


def _resolve(
    review: ToReview,
    how: Resolution,
    item: Item | None,
    corrected: Reading | None = None,
    *,
    besides: Sequence[Item] = (),
) -> None:
    """Write the result; raising takes back what was made for it. The table itself is admins' only.

    `besides` are what was made of proposals, which get a link to the message.
    """
    changed = corrected is not None and corrected.to_json() != (review.classification or {})
    values: list[Any] = [
        review.message_id,
        how.value,
        item.kind if item else None,
        item.pk if item else None,
        Jsonb(corrected.to_json()) if corrected and changed else None,
        Jsonb([{"kind": each.kind, "item": each.pk} for each in besides]),
    ]
    with connection.cursor() as cursor:
        cursor.execute("SELECT app.resolve_message(%s, %s, %s, %s, %s, %s)", values)
        answer = cursor.fetchone()[0]
    if answer == "already":
        raise _too_late(review.message_id)
    if answer != "done":
        raise Refused("You may not resolve this message that way.")


def who_was_faster(message_id: str) -> Refused | None:
    """The refusal that names who has resolved a message; None if nobody has, or not for this person to know."""
    who = resolver_of(message_id)
    if who is None:
        return None
    name, how, at = who
    when = moment_in_words(at.astimezone(office_zone()), office_now())
    words = {
        "made": "made something of it",
        "changed": "changed what it made",
        "attached": "attached it",
        "ignored": "ignored it",
    }
    return Refused(f"Already done: {name} {words.get(how, 'resolved it')}, {when}.", "already done")


def _too_late(message_id: str) -> Refused:
    return who_was_faster(message_id) or Refused("This message does not need a look any more.")


def _corrected(
    review: ToReview,
    *,
    message_type: str,
    group_key: str | None,
    task_key: str | None,
    address: str | None,
    listing_type: str | None,
    due: datetime | None,
    title: str | None = None,
    name: str | None = None,
) -> Reading:
    """The reading as the person has it; what the person was not asked stays as it was read."""
    first = review.reading
    values: dict[str, Any] = {
        "message_type": message_type,
        "group_key": group_key,
        "task_key": task_key,
        "listing_type": listing_type or None,
        "address": address,
        "assignee_hint": (name.strip() or None) if name is not None else first.assignee_hint if first else None,
        "due_date": f"{due.astimezone(office_zone()):%Y-%m-%dT%H:%M}" if due else None,
        "due_choices": first.due_choices if first and not due else (),
        "task_title": title if title is not None else (first.task_title if first else ""),
        "confidence": first.confidence if first else 0.0,
        "explanations": first.explanations if first else (),
        "evidence": first.evidence if first else (),
        "proposals": first.proposals if first else (),
    }
    return Reading(**values)


def _address_of_task(first: Reading | None, listing: Listing | None) -> str | None:
    """The address as it was read, unless the person chose a listing somewhere else: spelling is no correction."""
    read = first.address if first else None
    if listing is None or (read and _is_same(listing, read)):
        return read
    return listing.address_string


def _is_same(listing: Listing, address: str) -> bool:
    return same_place(place_of(listing.address_string), place_of(address))


def _realtor_for(review: ToReview, last: Listing) -> Realtor | None:
    return realtor_of(review.slack_user_id, review.said) or last.realtor


def _accept_proposal(review: ToReview, reading: Reading, by: Staff) -> Item:
    """A request about something that is there becomes work beside it; what only repeats it is attached."""
    row = Item(review.kind or "", review.item_id or "").row()
    if row is None:
        raise Refused("What the message is about has been removed. Choose what to make of it.")
    if isinstance(row, Listing) and row == last_listing_for(reading) and (realtor := _realtor_for(review, row)):
        return make_listing(
            review.message_id,
            by=by,
            group_key=reading.group_key or "",
            address=reading.address or "",
            realtor=realtor,
            listing_type=reading.listing_type,
            due=reading.due_at(office_zone()),
            like=row,
        )
    if reading.message_type in {GROUP, IGNORE} or not review.text.strip():
        return attach(review.message_id, by=by, kind=review.kind or "", item_id=review.item_id or "")
    return make_task(
        review.message_id,
        by=by,
        task_key=reading.task_key or TaskKey.OPS_MISC_TASK.value,
        title=reading.task_title or shorten(plain(review.text)),
        listing=row if isinstance(row, Listing) else row.listing if isinstance(row, Activity) else None,
        realtor=row.realtor if isinstance(row, AgentTask) else None,
        due=reading.due_at(office_zone()),
    )
