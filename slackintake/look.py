"""*Needs a look*: a message beside its reading, each field with the words it comes from, and what it would make."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from common.chat import calls_nobody
from common.clock import due_in_full, due_in_words, office_now, office_zone
from listings.models import Category, GroupKey, Listing, ListingType
from realtors.models import Realtor
from slackintake import making, pages, queries
from slackintake.bundles import Item
from slackintake.changing import Change, asks_besides, change_of
from slackintake.models import ItemKind, ReviewReason
from slackintake.pages import KINDS, Card, Made, kind_of
from slackintake.queries import Sender, ToReview
from slackintake.reading import GROUP, IGNORE, LABELS, STRAY, Proposal, Reading
from slackintake.relisting import last_listing_for, lines_beside, running
from slackintake.repairs import unknown_messages_of
from slackintake.resolving import realtor_of
from slackintake.text import plain
from staff.models import Staff, StaffStatus
from tasks.due_question import choices_in_words
from tasks.lists import capped
from tasks.models import NEW_MESSAGE, TaskKey

WHY = {
    ReviewReason.PROPOSAL: "Nothing is changed yet: it seems to add to something that is there already.",
    ReviewReason.UNDONE: "What was made of it was taken back.",
    ReviewReason.UNSURE: "Nothing is made yet, because the reading is not sure enough.",
    ReviewReason.INFO_REQUEST: "Nothing is made yet, because something is missing.",
    ReviewReason.UNKNOWN_SENDER: "Nothing is made yet, because the sender is not in the directory.",
    ReviewReason.NO_REALTOR: "Nothing is made yet, because a colleague wrote it and names no realtor.",
    ReviewReason.NO_ADDRESS: "Nothing is made yet, because a listing needs an address.",
    ReviewReason.TO_DECIDE: "Nothing is made yet, because a person is to decide.",
}
EDITED = "Nothing is changed yet: the message was edited since this was made of it."
BESIDES = "What it asks for first is made. Nothing is made yet of what it asks for besides."
RELISTED = "Nothing is made yet: the property was listed before, and that listing is done."
# The field of the reading behind each field of the form, and the colour in which its words are underlined.
TONES = {
    "what": ("type", "type"),
    "address": ("address", "place"),
    "due_date": ("date", "date"),
    "name": ("name", "name"),
}


@dataclass(slots=True)
class Row:
    """A message in the list of those that need a look."""

    id: str
    href: str
    title: str
    subtitle: str
    tag: str
    percent: int | None
    is_deleted: bool
    is_current: bool = False
    tone: str = "soon"
    made: str = ""
    asked: str = ""


@dataclass(slots=True)
class Source:
    """Where the value of a field comes from, in words. `asks` marks a field that only a person can fill."""

    tone: str = ""
    quotes: tuple[str, ...] = ()
    words: str = ""
    asks: bool = False


@dataclass(slots=True)
class Makes:
    """What would be made: a sentence, and the activities with the words of their due dates."""

    heading: str
    lines: list[tuple[str, str, str, str]]
    """Id, name, due date in words and its tone."""


@dataclass(slots=True)
class Besides:
    """Something else that the message asks for: its words, and what would be made of them."""

    words: str
    label: str
    address: str
    due: str
    tone: str


@dataclass(slots=True)
class LookPage:
    """A message that needs a look."""

    card: Card
    heading: str
    why: str
    sentence: str
    explanations: list[str]
    percent: int | None
    """How sure the reading is; None for a message that was never read."""
    is_sure: bool
    limit: int
    about: Made | None
    bundle: list[Card]
    can_accept: bool
    initial: dict[str, Any]
    due_choices: list[tuple[str, str]]
    """The moments that an unclear date may mean: as they are typed, and in words."""
    items: list[tuple[str, str]]
    href: str
    sources: dict[str, Source]
    makes: Makes
    question: str
    ask_whom: str
    last: Listing | None
    """The last listing of the property, where this begins a new one; a start for it."""
    unknown: str
    """The name of a sender who is not in the directory, else empty."""
    unknown_messages: int
    change: Change | None
    """What the edit of the message would change in what it made; then nothing else is made of it."""
    change_words: dict[str, tuple[str, str]]
    """Per field of the change its value now and, where that would change, the new one, in words."""
    follows: list[tuple[str, str, str]]
    """The activities that follow a key day: name, and due date now and then."""
    edits: int
    besides: list[Besides]
    """What it asks for besides."""
    only_besides: bool
    """Whether what it asks for first is made already, so that only this is to be decided."""
    asked: str
    """Who has asked about it and when, and whether the sender has written since; empty where nobody has."""
    asked_at: str
    """The same moment for the form, so that whoever asks again is known to have been told."""


def _is_sure(percent: int | None) -> bool:
    return percent is not None and percent >= round(settings.CONFIDENCE_LIMIT * 100)


def _why(seen: ToReview, directory: queries.Directory) -> str:
    """Why a message needs a look, in a sentence; where a person wanted it, with that person's name."""
    reason = ReviewReason(seen.reason)
    if reason in {ReviewReason.PROPOSAL, ReviewReason.UNDONE}:
        return WHY[reason]
    asked = f"{directory.sender(seen.asked_by).name} asked for it in Slack. " if seen.asked_by else ""
    back = f"{seen.brought_back_by} brought it back. " if seen.brought_back_by else ""
    if reason == ReviewReason.TO_DECIDE and seen.reading and seen.reading.message_type == IGNORE:
        return f"{asked}{back}Nothing is made yet, because the reading finds no request in it."
    if reason == ReviewReason.TO_DECIDE and seen.reading and seen.reading.due_choices:
        return f"{asked}{back}Nothing is made yet, because its date may mean more than one day. One answer is enough."
    return asked + back + WHY[reason]


def kind_chips(found: list[ToReview], current: str, address: str) -> list[dict[str, Any]]:
    """The kinds that occur, each with its number and the address that shows only it; none where there is no choice.

    Every message is of one kind, so the numbers add up. The kind in force keeps its chip when its last message goes.
    """
    number = Counter(kind_of(seen, seen.reason) for seen in found)
    shown = [kind for kind in KINDS if number[kind] or kind == current]
    if not current and len(shown) < 2:
        return []
    everything = {"label": f"All {capped(len(found))}", "href": address, "current": not current}
    return [everything] + [
        {
            "label": f"{KINDS[kind]} {capped(number[kind])}",
            "href": f"{address}&why={kind}",
            "current": kind == current,
        }
        for kind in shown
    ]


def place_of(seen: ToReview) -> str:
    """Where a message stands among those that need a look, as text in the same order; it holds when the row is gone."""
    opened_at: Any = seen.opened_at
    return f"{opened_at.astimezone(UTC):%Y%m%d%H%M%S%f}{seen.review_id}"


def is_place(text: str) -> bool:
    """Whether a text from an address can be what ``place_of`` gives."""
    return len(text) == 46 and text[:20].isdigit() and text.isalnum()


def look_rows(found: list[ToReview], current: str = "") -> list[Row]:
    """The rows of *Needs a look*; the message `current` has the cursor."""
    directory, now = pages.directory_of(found), office_now()
    return [
        Row(
            id=seen.message_id,
            href=f"/slack/{seen.message_id}/",
            title=f"“{pages.snippet_of(seen.text, directory)}”" if seen.text.strip() else "No text",
            subtitle=pages.subtitle_of(seen, directory, now),
            tag=KINDS[kind_of(seen, seen.reason)],
            percent=pages.percent_of(seen.confidence),
            is_deleted=bool(seen.deleted_at),
            is_current=seen.message_id == current,
            asked=pages.asked_words(seen.question, now),
        )
        for seen in found
    ]


def look_page(seen: ToReview) -> LookPage:
    """The page of a message that needs a look, for operations and admins."""
    directory, now = pages.directory_of([seen]), office_now()
    sender, reading = directory.sender(seen.slack_user_id), seen.reading
    realtor = realtor_of(seen.slack_user_id, seen.said)
    about = pages.made_of([Item(seen.kind, seen.item_id)]) if seen.kind and seen.item_id else []
    near = queries.listings_near(reading, sender, seen.item_id)
    items = [(f"{seen.kind}:{seen.item_id}", made.title) for made in about if made.href]
    items += [(f"listing:{listing.pk}", listing.address_string) for listing in near if listing.pk != seen.item_id]
    only_besides = asks_besides(seen)
    change = None if only_besides else change_of(seen)
    besides = [_besides(each, directory, now) for each in reading.proposals] if reading else []
    last = last_listing_for(reading) if change is None else None
    percent = pages.percent_of(seen.confidence) if reading else None
    initial = _initial(reading, realtor, seen)
    return LookPage(
        card=pages.card_of(seen, directory, now, has_made=change is not None or only_besides),
        heading=_heading(len(besides) if only_besides else 0, change, reading),
        why=BESIDES if only_besides else EDITED if change else RELISTED if last else _why(seen, directory),
        sentence=pages.sentence_of(reading, directory, realtor.name if realtor else None) if reading else "",
        explanations=list(reading.explanations) if reading else [],
        percent=percent,
        is_sure=_is_sure(percent),
        limit=round(settings.CONFIDENCE_LIMIT * 100),
        about=about[0] if about else None,
        bundle=[pages.card_of(part, directory, now, has_made=change is not None) for part in seen.parts()],
        can_accept=bool(change.fields) if change else _can_accept(seen, reading, realtor),
        initial=initial,
        due_choices=due_choices_of(reading),
        items=items,
        href=f"/slack/{seen.message_id}/",
        sources=_sources(reading, sender, realtor, seen, near),
        makes=makes_of(seen, initial.get("what", ""), initial.get("due_date")),
        question=_question(reading, sender, seen, plain(seen.text, directory.names)),
        last=last,
        unknown="" if sender.is_known else sender.name,
        unknown_messages=0 if sender.is_known else unknown_messages_of(seen.slack_user_id),
        ask_whom=sender.name.split()[0] if sender.name.strip() else "the sender",
        change=change,
        change_words=_change_words(change) if change else {},
        follows=_follows(change) if change else [],
        edits=sum(len(each.edits) for each in [seen, *seen.parts()]),
        besides=besides,
        only_besides=only_besides,
        asked=_asked(seen),
        asked_at=seen.question.at.isoformat() if seen.question else "",
    )


def _asked(seen: ToReview) -> str:
    if seen.question is None:
        return ""
    return pages.asked_in_full(seen.question) + (f" · back: {NEW_MESSAGE}" if seen.question.is_answered else "")


def _heading(number_besides: int, change: Change | None, reading: Reading | None) -> str:
    if number_besides:
        return f"It also asks for {number_besides} more thing{'' if number_besides == 1 else 's'}"
    return f"Change {str(change.row).rstrip('?')}?" if change else pages.question_of(reading)


def _besides(proposal: Proposal, directory: queries.Directory, now: datetime) -> Besides:
    reading = proposal.reading
    words, tone = due_in_words(reading.due_at(office_zone()), now) if reading.due_date else ("", "")
    label = LABELS.get(reading.key or "", reading.key or "")
    return Besides(" ".join(plain(proposal.text, directory.names).split()), label, reading.address or "", words, tone)


def due_choices_of(reading: Reading | None) -> list[tuple[str, str]]:
    """The moments that the date of a reading may mean, as a due date is typed and in words."""
    return choices_in_words(list(reading.due_choices)) if reading else []


def makes_of(seen: ToReview, what: str, due: datetime | None) -> Makes:
    """What would be made of a message read as `what` (such as ``GROUP:SALE_LISTING``), due at `due`."""
    kind, _, key = what.partition(":")
    if kind == STRAY:
        words, tone = due_in_words(due, office_now())
        return Makes("This makes one task", [("", "The task", words, tone)] if due else [])
    if kind != GROUP or key not in GroupKey.values:
        return Makes("", [])
    also = lines_beside(last_listing_for(seen.reading), key)
    plan = making.plan_of(seen.as_message(), key, due, seen.evidence_of("date"), also)
    now, lines = office_now(), []
    for planned in plan.activities():
        moment = plan.due_of.get(planned.line.pk, planned.due_date)
        words, tone = due_in_words(moment, now)
        lines.append((planned.line.pk, planned.line.name, words, tone))
    number = f"{len(lines)} activit{'y' if len(lines) == 1 else 'ies'}"
    return Makes(f"This makes one listing with {number}" if lines else "This makes one listing", lines)


def _change_words(change: Change) -> dict[str, tuple[str, str]]:
    return {
        name: (_value_in_words(name, now), _value_in_words(name, change.new[name]) if name in change.fields else "")
        for name, now in change.now.items()
    }


def _value_in_words(name: str, value: Any) -> str:
    choices = {"task_key": TaskKey, "task_category": Category, "type": ListingType}
    if isinstance(value, datetime):
        return due_in_full(value.astimezone(office_zone()), office_now())
    if name in choices and value in choices[name].values:
        return str(choices[name](value).label)
    return str(value) if value else "no date" if name == "due_date" else "not said"


def _follows(change: Change) -> list[tuple[str, str, str]]:
    if "due_date" not in change.fields:
        return []
    return [
        (activity.name, _value_in_words("due_date", activity.due_date), _value_in_words("due_date", moment))
        for activity, moment in change.followers(change.new["due_date"])
    ]


# ---- the fields ------------------------------------------------------------------------------------------------------


def _can_accept(seen: ToReview, reading: Reading | None, realtor: Realtor | None) -> bool:
    if reading is None:
        return False
    if seen.reason == ReviewReason.PROPOSAL:
        return seen.item_id is not None
    is_whole = reading.message_type == STRAY or (reading.message_type == GROUP and reading.address is not None)
    return is_whole and realtor is not None


def _initial(reading: Reading | None, realtor: Realtor | None, seen: ToReview) -> dict[str, Any]:
    initial: dict[str, Any] = {"realtor": realtor.name if realtor else ""}
    if seen.kind == ItemKind.LISTING and seen.item_id:
        listing = Listing.objects.filter(pk=seen.item_id).first()
        initial["listing"] = listing.address_string if listing else ""
    elif reading and reading.message_type == STRAY and reading.address:
        there = running(making.listings_seen_at(reading.address))
        initial["listing"] = there[0].address_string if len(there) == 1 else ""
    if reading is None:
        return initial
    return initial | {
        "what": f"{reading.message_type}:{reading.key}" if reading.key else "",
        "address": reading.address or "",
        "listing_type": reading.listing_type or "",
        "title": reading.task_title,
        "due_date": reading.due_at(office_zone()),
        "name": reading.assignee_hint or "",
    }


def _sources(
    reading: Reading | None, sender: Sender, realtor: Realtor | None, seen: ToReview, near: Iterable[Listing]
) -> dict[str, Source]:
    """Per field of the form, where its value comes from."""
    sources = {name: Source(tone, _quotes(reading, field)) for name, (field, tone) in TONES.items()}
    sources["what"].asks = reading is None or reading.key is None
    sources["address"].words = _about_address(reading, near)
    sources["address"].asks = bool(reading and reading.message_type == GROUP and not reading.address)
    due = sources["due_date"]
    if reading and reading.due_date is None and due.quotes:
        due.asks, due.words = True, "Which day is meant?"
    sources["name"].words = _about_name(reading)
    sources["realtor"] = _about_realtor(sender, realtor)
    is_about = seen.kind == ItemKind.LISTING
    sources["listing"] = Source(words="What it seems to be about." if is_about else "If it is one we have open.")
    sources["title"] = Source(words="For the list, at most 80 characters.")
    sources["listing_type"] = Source()
    return sources


def _quotes(reading: Reading | None, field: str) -> tuple[str, ...]:
    found = [item.text.strip() for item in reading.evidence if item.field == field] if reading else []
    return tuple(dict.fromkeys(quote for quote in found if quote))[:3]


def _about_address(reading: Reading | None, near: Iterable[Listing]) -> str:
    if not reading or not reading.address:
        return ""
    there = making.listings_seen_at(reading.address)
    if open_there := running(there):
        return f"{open_there[0].address_string} is open already."
    return "The last listing there is done." if there else "No open listing there."


def _about_realtor(sender: Sender, realtor: Realtor | None) -> Source:
    if sender.realtor_id:
        return Source(words="The sender, by Slack id.")
    if realtor:
        return Source(words=f"The realtor whom {sender.name} names.")
    if sender.staff_id:
        return Source(words=f"{sender.name} is a colleague and names no realtor.", asks=True)
    return Source(words=f"{sender.name} is not a realtor in the directory.", asks=True)


def _about_name(reading: Reading | None) -> str:
    hint = (reading.assignee_hint or "").strip() if reading else ""
    if not hint or hint.startswith("<@"):
        return ""
    people = Staff.objects.filter(status=StaffStatus.ACTIVE, name__istartswith=hint.split()[0]).count()
    first = hint.split()[0]
    return {0: f"Nobody called {first} works here.", 1: f"One {first} works here."}.get(
        people, f"{people} people called {first} work here."
    )


# ---- asking the realtor ----------------------------------------------------------------------------------------------


def _question(reading: Reading | None, sender: Sender, seen: ToReview, text: str) -> str:
    """What to ask whoever wrote it, ready to be pasted into Slack: only what is missing, quoting the sender's words.

    Whatever these say, pasting them calls no channel, group or person.
    """
    first = sender.name.split()[0] if sender.name.strip() and sender.name != sender.slack_id else ""
    line = " ".join(text.split())
    quote = line if len(line) <= 60 else f"{line[:59].rstrip()}…"
    asked = []
    if reading is None or reading.key is None:
        asked.append("What would you like us to do, and by when?")
    if reading is None or not reading.address:
        asked.append("Which address is it about?")
    dates = _quotes(reading, "date")
    if reading and reading.due_date is None and dates:
        asked.append(f"You wrote “{dates[0]}”: which day do you mean?")
    if not asked:
        asked.append(f"We understand: {pages.question_of(reading).rstrip('?')}. Is that right?")
    hello = f"Hi {first}, about" if first else "Hi, about"
    return calls_nobody(f"{hello} “{quote}”: {' '.join(asked)}")
