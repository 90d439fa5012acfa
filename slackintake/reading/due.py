"""Which of the dates in a message is the day its work is due.

A deadline ("by Friday") comes before the day of a piece of work ("photos Thursday"), that before the day something
happens ("closing Mar 31"); what only tells the story ("expired Sunday", "avail July 1") is none.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from common.dates import PAST, DateMention
from common.words import word_set
from slackintake.reading.phrases import QUESTION, STOP, Term

MOST_MENTIONS = 30

# Words that make the date after them a deadline.
DEADLINE = word_set("""
    by before due deadline needed need needs latest avant pour para antes d'ici asap want wants required submit
    until returned than within than pls please must
""")
# Work that is done on the day named after it, or before it ("Friday photos").
WORK = word_set("""
    photos photo photographer photography sign signs staging stager cleaners cleaner shoot live launch launching
    ready go going goes mls video drone lockbox install installed book booked schedule scheduled flyer brochure
    up post posted fotos visit effective caravan broker agent agents measure floor plan print mail send sent
    order call meeting appointment start starting set do arrange out coming cleaning inspection listing back
    returned deliver delivered pick
""")
# Something that happens on its day: a deadline for the work around it, unless it is only told as news.
EVENT = word_set("""
    closing closes close closings coe possession occupancy move moving moves keys key cierre cierra completion
    escrow handover pickup exchange mudanza cles llaves emmenagement deposit lawyer walkthrough walkthru
    commission movein elevator remise entrega
""")
# What has happened already, or merely holds until or from a day.
BACKGROUND = word_set("""
    avail available libre since expired expire lapsed vacant tenanted starts started from accepted closed was
    were last dated listed sold bought leased happened term ends ended ran went disponible till vence vencio
    born vacation away reopen reopens leaving leaves vacating signed thru through
""")
PAST_WORDS = word_set("""
    since expired lapsed accepted closed was were last dated listed sold bought leased happened ended ran went
    vencio born signed avail available libre disponible vacant tenanted until till thru through
""")
CONDITION = word_set("""
    cond condition conditions conditional financing exp expires expire fin inspection cooling waiver until till
""")
SHOW = word_set("open house oh viewing viewings showing showings offer offers night tour visits visitas")
MEETING = word_set("presentation appointment pitch meeting call")
STRICT = word_set("by before due")
ASKED = word_set("get needs need must be to please pls have being getting got")

DEADLINE_RANK, WORK_RANK, PLAIN_RANK, EVENT_RANK, SHOW_RANK, LATE_RANK, NEVER = 6.0, 4.0, 3.0, 2.5, 1.0, 0.4, 0.0

# Announcements say when a deal closes or a home is free; there that day is news and no deadline.
NEWS = word_set("""
    SOLD_SALE_LEASE_LISTING BUY_OR_LEASED RELIST_LISTING_DEAL_SALE_OR_LEASE SALE_LISTING LEASE_LISTING
    SALE_LEASE_LISTING RELIST_LISTING MARKETING_AGENDA_TEMPLATE
""")
CLOSINGS = word_set("""
    SALE_CLOSING_TASKS LEASE_CLOSING_TASKS BUYER_DEAL_CLOSING_TASKS LEASE_TENANT_DEAL_CLOSING_TASKS PRECON_DEAL
""")


# What a date can speak of, as it is named in the sentence about a reading.
TOPICS = {
    word: name
    for name, words in {
        "photos": "photos photo pics pictures fotos photographer shoot",
        "video": "video drone",
        "sign": "sign signs rider letrero pancarte",
        "staging": "staging stager",
        "cleaning": "cleaners cleaner cleaning",
        "lockbox": "lockbox lb",
        "brochure": "brochure brochures flyer flyers",
        "feature sheets": "sheet sheets",
        "floor plan": "plan plans",
        "live": "live mls launch launching",
        "tour": "tour caravan",
        "inspection": "inspection",
        "showing": "showing showings",
        "closing": "closing closes coe cierre",
        "possession": "possession occupancy",
        "keys": "keys key llaves cles",
        "deposit": "deposit",
        "waiver": "waiver",
    }.items()
    for word in words.split()
}
_BETWEEN = word_set(
    "by before on for due this at needed is are please pls the to el le para pour done up in ready next"
)


@dataclass(frozen=True)
class Due:
    """The chosen mention, if any, and what to tell a person about it."""

    mention: DateMention | None
    value: str | None
    explanation: str = ""
    choices: tuple[str, ...] = ()


def choose_due(mentions: Sequence[DateMention], terms: Sequence[Term], key: str | None, tasks: bool) -> Due:
    """The due date of a message with this key, out of the dates it names; at most one, and never a guess."""
    best: tuple[float, DateMention] | None = None
    starts = [term.start for term in terms]
    for mention in mentions[:MOST_MENTIONS]:
        rank = _rank(mention, terms, starts, key, tasks)
        if rank > 0 and (best is None or rank > best[0]):
            best = (rank, mention)
    if best is None:
        return Due(None, None)
    mention = best[1]
    moment = mention.at()
    if moment is None:
        return Due(mention, None, mention.problem, tuple(_stored(choice) for choice in mention.choices_at()))
    return Due(mention, _stored(moment))


def _stored(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M")


def topic_start(mention: DateMention, terms: Sequence[Term]) -> int:
    """Where the words about the mention begin: at "photos" in "photos by Friday", else at the mention itself."""
    starts = [term.start for term in terms]
    for position in range(bisect_left(starts, mention.start) - 1, -1, -1):
        term = terms[position]
        if term.key in TOPICS:
            return term.start
        if term.key not in _BETWEEN:
            break
    return mention.start


def _rank(mention: DateMention, terms: Sequence[Term], starts: Sequence[int], key: str | None, tasks: bool) -> float:
    """How much a mention looks like the due date; 0 for not at all."""
    if mention.problem.endswith(PAST):
        # Told of the past, unless it is a deadline: that is asked about when no other date is named.
        return LATE_RANK if set(_before(mention, terms, starts, 3)) & STRICT else NEVER
    rank = _role(mention, terms, starts, key, tasks)
    if rank and mention.vague:
        return min(rank, 0.5)
    if rank and mention.day is None:
        return rank - 0.2
    return rank


def _role(mention: DateMention, terms: Sequence[Term], starts: Sequence[int], key: str | None, tasks: bool) -> float:
    before = _before(mention, terms, starts, 6)
    after = _after(mention, terms, starts, 3)
    near, far = set(before[-2:]), set(before[-4:])
    news = key in NEWS
    strict = bool(near & STRICT) or "by" in before[-3:]
    event = bool(far & EVENT) or bool(set(after[:2]) & {"closing", "possession", "move", "occupancy"})
    told = bool(set(before[-3:]) & BACKGROUND) and not strict
    if "signed" in before[-3:] and set(before[-5:]) & ASKED:
        told = False
    if strict or near & DEADLINE:
        if event and news and not strict:
            return NEVER
        return DEADLINE_RANK
    if far & CONDITION and (key == "SOLD_SALE_LEASE_LISTING" or tasks):
        return EVENT_RANK
    if event:
        return NEVER if news else EVENT_RANK + (2.0 if key in CLOSINGS else 0.0)
    if told:
        if near & {"effective", "live"}:
            return WORK_RANK
        return SHOW_RANK if tasks and not set(before[-3:]) & PAST_WORDS else NEVER
    if far & MEETING:
        return PLAIN_RANK
    if far & SHOW:
        return NEVER if news else PLAIN_RANK
    if far & WORK or set(after[:2]) & WORK:
        return WORK_RANK
    if mention.stated_time and tasks:
        return PLAIN_RANK + 0.5
    return PLAIN_RANK


def _before(mention: DateMention, terms: Sequence[Term], starts: Sequence[int], count: int) -> list[str]:
    """The words of the same sentence before the mention, the nearest last."""
    words: list[str] = []
    for position in range(bisect_left(starts, mention.start) - 1, -1, -1):
        key = terms[position].key
        if key in {STOP, QUESTION} or len(words) == count:
            break
        words.append(key)
    return words[::-1]


def _after(mention: DateMention, terms: Sequence[Term], starts: Sequence[int], count: int) -> list[str]:
    words: list[str] = []
    for position in range(bisect_left(starts, mention.end), len(terms)):
        key = terms[position].key
        if key in {STOP, QUESTION} or len(words) == count:
            break
        words.append(key)
    return words
