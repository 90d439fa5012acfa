"""The reading of messages as they stand in the table: of one alone, or of several that were sent in one breath."""

from dataclasses import replace

from django.conf import settings

from common.clock import office_zone
from slackintake.events import time_of
from slackintake.models import SlackMessage
from slackintake.reading import GROUP, IGNORE, INFO_REQUEST, Evidence, Reading, read
from staff.models import Staff


def read_message(message: SlackMessage) -> Reading:
    """The reading of a message by itself."""
    return read_together(message, [])


def read_together(message: SlackMessage, others: list[SlackMessage]) -> Reading:
    """The reading of messages that were sent in one breath. A file is never chatter, whatever is said with it."""
    reading = read_as(message, joined_text(message, others))
    if is_chatter(reading) and any(one.notes.get("files") for one in [message, *others]):
        words = ("A file, and too few words to act on.",)
        return Reading(message_type=INFO_REQUEST, confidence=reading.confidence, explanations=words)
    return reading


def read_as(message: SlackMessage, text: str) -> Reading:
    """The reading of a text, as if the message had said it."""
    names = {name.split()[0] for name in Staff.objects.values_list("name", flat=True) if name.strip()}
    reading = read(text, time_of(message.ts), office_tz=office_zone(), known_names=names)
    shift = message.notes.get("shift_days", 0)
    return reading.shifted(shift) if shift else reading


def own_part(reading: Reading, which: SlackMessage, others: list[SlackMessage]) -> Reading:
    """A reading of several messages together, with the evidence that stands in the words of one of them.

    What they ask for besides stays with the message that stands for them; here it is left out.
    """
    start = 0
    for other in _in_order(which, others):
        if other.pk == which.pk:
            break
        start += len(other.message_text) + 1
    end = start + len(which.message_text)
    own = tuple(
        Evidence(item.field, item.start - start, item.end - start, item.text)
        for item in reading.evidence
        if start <= item.start and item.end <= end
    )
    return replace(reading, evidence=own, proposals=())


def joined_text(message: SlackMessage, others: list[SlackMessage]) -> str:
    """What messages say together, in the order in which they were sent."""
    return "\n".join(other.message_text for other in _in_order(message, others))


def _in_order(message: SlackMessage, others: list[SlackMessage]) -> list[SlackMessage]:
    return sorted([message, *others], key=lambda other: float(other.ts))


def is_chatter(reading: Reading) -> bool:
    """Whether it is surely no request. Such a message is nobody's work, whoever sent it."""
    return reading.message_type == IGNORE and reading.confidence >= settings.CONFIDENCE_LIMIT


def is_whole(reading: Reading) -> bool:
    """Whether it says enough to act on, once it is known for which realtor."""
    return (
        reading.message_type not in {IGNORE, INFO_REQUEST}
        and reading.confidence >= settings.CONFIDENCE_LIMIT
        and (reading.message_type != GROUP or reading.address is not None)
    )
