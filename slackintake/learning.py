"""What corrections teach: how often each type is read right, and what the present rules make of old mistakes."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.db.models import Q

from slackintake.bundles import members_of
from slackintake.models import Resolution, Review, SlackMessage
from slackintake.reading import GROUP, IGNORE, INFO_REQUEST, MESSAGE_TYPES, STRAY, Reading
from slackintake.readings import read_together

LABELS_OF_TYPES = {
    GROUP: "About a listing",
    STRAY: "A single request",
    INFO_REQUEST: "Too little to act on",
    IGNORE: "No request",
}


@dataclass(frozen=True, slots=True)
class Correction:
    """A message that a person has corrected: how it was read then, how the person has it, how it is read now."""

    message_id: str
    then: Reading
    wanted: Reading
    now: Reading

    @property
    def verdict(self) -> str:
        """``better``, ``worse`` or ``same``, by the number of fields that are as the person has them."""
        before, after = _agreement(self.then, self.wanted), _agreement(self.now, self.wanted)
        return "better" if after > before else "worse" if after < before else "same"


@dataclass(frozen=True, slots=True)
class Share:
    """How the messages that were read as one type have fared."""

    message_type: str
    judged: int
    right: int

    @property
    def label(self) -> str:
        return LABELS_OF_TYPES[self.message_type]

    @property
    def percent(self) -> int | None:
        return round(100 * self.right / self.judged) if self.judged else None


def corrections() -> Iterator[Correction]:
    """All corrected messages, oldest first, read again with the present rules. Nothing is written."""
    reviews = Review.objects.filter(
        Q(corrected_reading__isnull=False) | Q(resolution=Resolution.IGNORED), resolved_at__isnull=False
    )
    for review in reviews.select_related("message").order_by("resolved_at", "review_id").iterator(chunk_size=500):
        message = review.message
        try:
            then = Reading.from_json(message.classification or {})
            wanted = _wanted(review, then)
        except ValueError:
            continue
        if wanted is not None:
            yield Correction(message.pk, then, wanted, read_together(message, members_of(message)))


def _wanted(review: Review, then: Reading) -> Reading | None:
    """The reading as the person has it; None where the person agreed that it is no request."""
    if review.corrected_reading is not None:
        return Reading.from_json(review.corrected_reading)
    if then.message_type not in {GROUP, STRAY}:
        return None
    return replace(
        then,
        message_type=IGNORE,
        group_key=None,
        task_key=None,
        listing_type=None,
        address=None,
        assignee_hint=None,
        due_date=None,
    )


def _agreement(reading: Reading, wanted: Reading) -> int:
    if wanted.message_type == IGNORE:
        # Of something that is nobody's work the other fields do not matter.
        return int(reading.message_type == IGNORE)
    names = ("message_type", "key", "listing_type", "address", "assignee_hint", "due_date")
    return sum(getattr(reading, name) == getattr(wanted, name) for name in names)


def confusion(found: list[Correction]) -> dict[tuple[str, str], int]:
    """How often a message of one type (as people have it) is read as another by the present rules."""
    return dict(Counter((each.wanted.message_type, each.now.message_type) for each in found))


def shares() -> list[Share]:
    """Per type: how many readings have been judged, and how many of them were right.

    Judged are messages of which something was made, and those that a person has settled. A reading is right if what it
    says was made without correction, or if it said that there is no request and a person agreed.
    """
    wrong = Review.objects.filter(resolved_at__isnull=False).filter(
        Q(corrected_reading__isnull=False) | Q(resolution=Resolution.IGNORED, message__message_type__in=[GROUP, STRAY])
    )
    settled = Review.objects.filter(resolved_at__isnull=False, resolution__in=[Resolution.MADE, Resolution.IGNORED])
    wrong_ids, settled_ids = wrong.values("message"), settled.values("message")
    open_ids = Review.objects.filter(resolved_at=None).values("message")
    made = Q(created_listing__isnull=False) | Q(created_task_id__isnull=False)
    judged = SlackMessage.objects.filter(made | Q(pk__in=settled_ids)).exclude(pk__in=open_ids)
    number = Counter(judged.values_list("message_type", flat=True))
    mistakes = Counter(judged.filter(pk__in=wrong_ids).values_list("message_type", flat=True))
    return [Share(kind, number[kind], number[kind] - mistakes[kind]) for kind in MESSAGE_TYPES]
