"""One verb on many messages: one act, an answer for every row, and before reading again what would come of it."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from common.bulk import Outcome, check_number, do_to_each
from common.history import Refused
from slackintake import actions, making
from slackintake.bundles import item_of
from slackintake.models import SkipReason, SlackMessage
from slackintake.pages import KINDS, directory_of, label_of, made_of, snippet_of, status_of
from slackintake.places import Place, place_of, same_place
from slackintake.queries import Seen, every_message, messages_to_review, seen_of
from slackintake.reading import GROUP
from slackintake.resolving import Ask, Decision, Make, Nothing, Wait, decide, facts_of, facts_stored
from staff.models import Staff
from staff.rights import Right, may

DONE_ALREADY = "Already done"
MOST_READ_AGAIN = 300
"""Messages that are read again at once: what would come of them is shown before, and reading takes its time."""


@dataclass(frozen=True)
class Chosen:
    """A message of a selection, as the answer names it."""

    pk: str
    name: str
    href: str

    def get_absolute_url(self) -> str:
        return self.href


# ---- ignore ----------------------------------------------------------------------------------------------------------


def ignore_all(ids: Collection[str], *, by: Staff) -> Outcome:
    """Say of each that it is no request, as one act that one undo takes back.

    One that needs no look (any more) stays as it is; where somebody was faster, the answer says who.
    """
    if not may(by, Right.REVIEW_MESSAGES):
        raise Refused("Only operations and admins resolve messages.")
    wanted = sorted(set(ids))
    check_number(len(wanted), "messages")
    waiting = {review.message_id: review for review in messages_to_review()}
    seen: dict[str, Seen] = {pk: waiting[pk] for pk in wanted if pk in waiting}
    refusals = {pk: refusal for pk in wanted if pk not in waiting and (refusal := actions.who_was_faster(pk))}
    if may(by, Right.VIEW_MESSAGES):
        rest: Iterable[Any] = every_message().filter(pk__in=[pk for pk in wanted if pk not in waiting])
        for message in rest:
            seen[message.pk] = seen_of(message)
            if message.review_reason:
                refusals[message.pk] = Refused("It waits behind a thousand others. Resolve those first.")

    def ignore(chosen: Chosen) -> None:
        if chosen.pk not in waiting:
            raise refusals.get(chosen.pk) or Refused("It needs no look.")
        actions.set_aside(waiting[chosen.pk])

    chosen = [*_named(seen), *(Chosen(pk, "A message that needed a look", "") for pk in refusals if pk not in seen)]
    return do_to_each(sorted(chosen, key=lambda one: one.pk), ignore, verb="ignored a message", wanted=len(wanted))


def _named(seen: Mapping[str, Seen]) -> list[Chosen]:
    directory = directory_of(seen.values())
    return [Chosen(pk, f"“{snippet_of(one.text, directory)}”", f"/slack/{pk}/") for pk, one in seen.items()]


# ---- read again ------------------------------------------------------------------------------------------------------


def read_all_again(ids: Collection[str], *, by: Staff) -> Outcome:
    """Have each read again by the worker, as one act (admins). What something was made of stays as it is."""
    messages = _to_read(ids, by)
    rows = {message.pk: message for message in messages}

    def read_again(chosen: Chosen) -> None:
        if words := _why_not_again(rows[chosen.pk]):
            raise Refused(words, "already done" if words.startswith(DONE_ALREADY) else "")
        actions.read_again(rows[chosen.pk], by=by)

    chosen = _named({message.pk: seen_of(message) for message in messages})
    return do_to_each(chosen, read_again, verb="asked to read again", wanted=len(set(ids)))


def _to_read(ids: Collection[str], by: Staff) -> list[Any]:
    if not may(by, Right.VIEW_MESSAGES):
        raise Refused("Only admins have messages read again.")
    check_number(len(set(ids)), "messages", MOST_READ_AGAIN)
    return list(every_message().filter(pk__in=ids).order_by("pk"))


def _why_not_again(message: SlackMessage) -> str:
    """Why a message stays as it is; empty if it can be read again."""
    if message.notes.get("reason") in actions.NOT_READ:
        return "Messages of bots and of Slack itself are not read."
    item = item_of(message)
    return f"{DONE_ALREADY}: {made_of([item])[0].title} stays." if item else ""


@dataclass(frozen=True)
class Foreseen:
    """What reading a message again would change, in words."""

    name: str
    href: str
    before: str
    after: str


@dataclass(frozen=True)
class Forecast:
    """What reading many messages again would change in total: words with their number, and each that changes."""

    number: int
    totals: list[tuple[str, int]]
    changes: list[Foreseen]


SAME = "No change"
DONE = "Something was made of it already: stays as it is"
UNREADABLE = "From a bot or from Slack itself: is not read"
STAYING = (SAME, DONE, UNREADABLE)


def foresee(ids: Collection[str], *, by: Staff) -> Forecast:
    """What would come of reading these messages again as things stand now. Nothing is written."""
    messages = _to_read(ids, by)
    directory = directory_of(seen_of(message) for message in messages)
    numbers, changes, new_places = Counter[str](), [], list[Place]()
    for message in messages:
        if why_not := _why_not_again(message):
            numbers[DONE if why_not.startswith(DONE_ALREADY) else UNREADABLE] += 1
            continue
        before, after = _as_it_is(message), _as_it_would_be(message, new_places)
        numbers[SAME if before == after else after[0]] += 1
        if before != after:
            name = f"“{snippet_of(message.message_text, directory)}”"
            changes.append(Foreseen(name, message.get_absolute_url(), *map(_joined, (before, after))))
    totals = sorted(numbers.items(), key=lambda total: (total[0] in STAYING, total[0].partition(" ")[0], -total[1]))
    return Forecast(len(messages), totals, changes)


def _as_it_is(message: Any) -> tuple[str, str]:
    """The state of a message and what it was read as."""
    status, _ = status_of(message, needs_look=message.review_reason is not None)
    if message.review_reason:
        status = _look(message.review_reason)
    return status, label_of(message.group_key or message.task_key or message.message_type)


def _as_it_would_be(message: SlackMessage, new_places: list[Place]) -> tuple[str, str]:
    decision = _decided(message, new_places)
    state, reading = _state_after(decision), getattr(decision, "reading", None)
    if reading is None:
        return state, ""
    label, was = label_of(reading.key or reading.message_type), facts_stored(message)
    return state, f"{label}, read differently" if was and _differs(was, facts_of(reading)) else label


def _differs(was: tuple[Any, ...], is_now: tuple[Any, ...]) -> bool:
    """Whether the same label says something else; another label says so itself."""
    return was[:2] == is_now[:2] and was != is_now


def _decided(message: SlackMessage, new_places: list[Place]) -> Decision:
    """What the worker would do. A property that another of the messages has listed by then is not listed twice."""
    decision = decide(message, may_wait=False, listings_at=making.listings_seen_at)
    if isinstance(decision, Make) and decision.reading.message_type == GROUP and decision.reading.address:
        place = place_of(decision.reading.address)
        if any(same_place(place, other) for other in new_places):
            return Ask(decision.reading, "proposal")
        new_places.append(place)
    return decision


def _state_after(decision: Decision) -> str:
    match decision:
        case Make(reading=reading) if reading.message_type == GROUP:
            return "Makes a listing"
        case Make(listing=None):
            return "Makes a task for a realtor"
        case Make():
            return "Makes an activity"
        case Ask(reason=reason):
            return _look(reason)
        case Nothing(skip=skip):
            return SkipReason(skip or SkipReason.CHATTER).label
        case Wait():
            raise AssertionError("A message that is read again waits for nobody.")


def _look(reason: str) -> str:
    return f"Needs a look: {KINDS[reason].lower()}"


def _joined(words: Iterable[str]) -> str:
    return " · ".join(filter(None, words))
