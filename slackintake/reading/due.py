"""Which of the dates in a message is the day its work is due.

A deadline ("by Friday") comes before the day of a piece of work ("photos Thursday"), that before the day something
happens ("closing Mar 31"); what only tells the story ("expired Sunday", "avail July 1") is none.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from common.dates import DateMention
from common.words import word_set
from slackintake.reading.phrases import QUESTION, STOP, Term

MOST_MENTIONS = 30

DEADLINE = word_set("""
    by before due deadline needed need needs latest until avant pour para antes d'ici asap want wants eod
    tonight no-later sooner required submit returned
""")
WORK = word_set("""
    photos photo photographer photography sign signs staging stager cleaners cleaner shoot live launch launching
    ready go going mls video drone lockbox install book booked schedule flyer brochure out up post posted fotos
    visit effective caravan broker agent agents measure floor plan print mail send order call meeting
    appointment start starting set do arrange show
""")
EVENT = word_set("""
    closing closes close closings coe possession occupancy move moving moves keys key cierre cierra completion
    escrow handover pickup exchange mudanza cles llaves emmenagement deposit lawyer walkthrough walkthru
    commission
""")
BACKGROUND = word_set("""
    avail available libre since expired expires exp expire lapsed vacant out tenanted tenant starts start
    started starting from signed accepted closed was were last dated listed sold bought leased happened term
    ends ended ran went disponible a-partir until till cooling vence vencio born vacation away back reopen
    reopens
""")
SHOW = word_set("""
    open house oh viewing viewings showing showings offer offers night tour visits visitas
""")

DEADLINE_RANK, WORK_RANK, PLAIN_RANK, EVENT_RANK, SHOW_RANK, NEVER = 6.0, 4.0, 3.0, 2.0, 1.0, 0.0

# Announcements say when a deal closes; the closing is then news and no deadline.
NEWS = word_set("""
    SOLD_SALE_LEASE_LISTING BUY_OR_LEASED RELIST_LISTING_DEAL_SALE_OR_LEASE SALE_LISTING LEASE_LISTING
    SALE_LEASE_LISTING RELIST_LISTING MARKETING_AGENDA_TEMPLATE
""")


@dataclass(frozen=True)
class Due:
    """The chosen mention, if any, and what to tell a person about it."""

    mention: DateMention | None
    value: str | None
    explanation: str = ""


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
        return Due(mention, None, mention.problem)
    return Due(mention, moment.strftime("%Y-%m-%dT%H:%M"))


def _rank(mention: DateMention, terms: Sequence[Term], starts: Sequence[int], key: str | None, tasks: bool) -> float:
    before = _before(mention, terms, starts, 6)
    after = _after(mention, terms, starts, 4)
    near = before[-2:]
    rank = PLAIN_RANK
    if mention.problem.endswith("past") and "passed" not in mention.problem:
        return NEVER
    deadline = bool(set(near) & DEADLINE) or "by" in before[-3:]
    event = bool(set(before[-4:]) & EVENT) or bool(set(after[:2]) & (EVENT - {"deposit", "close"}))
    told = bool(set(before[-3:]) & BACKGROUND) and not (set(near) & {"by", "before", "due"})
    shown = bool(set(before[-4:]) & SHOW) and not set(near) & {"by", "before"}
    work = bool(set(before[-4:]) & WORK)
    if told and not (tasks and event):
        rank = NEVER if not work or key in NEWS else SHOW_RANK
        if "effective" in near or "live" in near:
            rank = WORK_RANK
    elif deadline:
        rank = DEADLINE_RANK
    elif shown:
        rank = NEVER if key in NEWS else PLAIN_RANK if tasks else SHOW_RANK
    elif event:
        rank = NEVER if key in NEWS else EVENT_RANK + 0.5
    elif work:
        rank = WORK_RANK
    elif mention.stated_time and key not in NEWS:
        rank = PLAIN_RANK + 0.5
    if rank and mention.vague:
        rank = min(rank, 0.5)
    elif rank and mention.day is None:
        rank -= 0.2
    return rank


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
