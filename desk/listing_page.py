"""The page of one listing: its activities by team, what it still waits for, notes, history."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from common.clock import due_in_full, office_now, office_zone
from common.printing import Printed
from desk import history
from desk.history import History
from desk.lines import Line, ago, line, lines_of, moment_of, unseen
from desk.notes import NoteLine, note_lines
from listings.models import KeyDateKind, Listing, ListingStatus
from listings.queries import listing_with
from realtors.models import Realtor
from slackintake.pages import Card, cards_behind, changed_words
from slackintake.queries import BEHIND_LISTING
from staff.models import Staff
from staff.rights import Right, may
from tasks import queries as tasks
from tasks.models import VisibilityGroup

GATE_SHOWN = 3
OTHERS_SHOWN = 8
ROWS_SHOWN = 15


@dataclass(slots=True)
class Group(Printed):
    """The activities of one team on a listing."""

    title: str
    words: str
    rows: list[Line]


@dataclass(slots=True)
class Track(Printed):
    """The progress as one bar for each activity: a path for all of them, one for those done, one for those begun."""

    width: int
    bars: str
    done: str
    begun: str
    words: str


@dataclass(frozen=True, slots=True)
class KeyDay(Printed):
    """A key day of the listing: "Photo day", "Tue 24 Nov"."""

    label: str
    words: str


@dataclass(slots=True)
class ListingPage(Printed):
    listing: Listing
    realtor: Realtor | None
    realtor_first_name: str
    type_label: str
    status_label: str
    removed_words: str
    came_in: str
    due_words: str
    next_words: str
    total: int
    done_words: str
    track: Track
    gate: list[Line]
    gate_more: str
    groups: list[Group]
    more_words: str
    """Names how many activities are left away at first, beyond the fifteenth; empty if all are there."""
    unseen_words: str
    other_tasks: list[Line]
    other_number: int
    other_more: int
    """Of these, how many are left away."""
    notes: list[NoteLine]
    note_action: str
    key_days: list[KeyDay]
    acknowledged_words: str
    messages: list[Card]
    messages_changed: str
    """Says that a message was edited or deleted in Slack after it came in; empty if none was."""
    undo_intake_href: str
    history: History
    is_new: bool
    may_edit: bool
    may_remove: bool


BESIDE = f"jsonb_build_object('messages', {BEHIND_LISTING}, 'teams', {tasks.counts_by_team('l.listing_id')})"
BAR, GAP, HEIGHT = 97, 3, 7
TEAM_ORDER = (VisibilityGroup.AGENT, VisibilityGroup.BOTH, VisibilityGroup.MARKETING)


def listing_page(
    listing_id: str, staff: Staff, *, every_row: bool = False, every_act: bool = False
) -> ListingPage | None:
    """The page of a listing with those of its activities this person may see; the others count all the same.

    Beyond fifteen rows the last to come, closed ones first, are left away unless ``every_row`` is asked for,
    and so is what has happened before the latest acts unless ``every_act`` is.
    """
    found = listing_with(listing_id, staff, BESIDE, tasks.sight_of(staff), removed=may(staff, Right.REMOVE_LISTINGS))
    if found is None:
        return None
    listing, now, beside = found.listing, office_now(), json.loads(found.beside)
    href = listing.get_absolute_url()
    counts = tasks.team_counts(beside["teams"])
    hidden = [count.hidden for count in counts if count.hidden.is_any]
    seen, closed = sum(count.open + count.closed for count in counts), sum(count.closed for count in counts)
    limit = None if every_row else ROWS_SHOWN
    shown = tasks.tasks_with_holders("activity", tasks.ON_LISTING, listing_id, staff, limit=limit)
    activities = [
        (activity.visibility_group, line(activity, now, shown.waits.get(activity.pk))) for activity in shown.tasks
    ]
    more = seen - len(activities)
    to_do = [row for _, row in activities[:GATE_SHOWN] if not row.is_closed]
    total = seen + sum(count.open + count.closed for count in hidden)
    done = closed + sum(count.closed for count in hidden)
    others = tasks.tasks_with_holders("agent_task", tasks.BESIDE_LISTING, listing_id, staff, limit=OTHERS_SHOWN)
    due = listing.due_date.astimezone(office_zone()) if listing.due_date else None
    cards = cards_behind(beside["messages"])
    told = history.of_listing(listing_id, href, now, every=every_act)
    may_undo = told.by_intake and listing.deleted_at is None and may(staff, Right.REVIEW_MESSAGES)
    return ListingPage(
        listing=listing,
        realtor=listing.realtor,
        realtor_first_name=listing.realtor.name.split()[0] if listing.realtor else "",
        type_label=listing.get_type_display() or "",
        status_label=ListingStatus(listing.status).label,
        removed_words=f"Removed {ago(listing.deleted_at, now)}. Only admins see it." if listing.deleted_at else "",
        came_in=f"Came in {ago(listing.created_at, now)}",
        due_words=due_in_full(due, now) if due else "",
        next_words=_next_words(to_do, now),
        total=total,
        done_words=f"{done} of {total} done",
        track=_track(done, sum(count.begun for count in counts), total),
        gate=to_do,
        gate_more=_gate_more(seen - closed - len(to_do), hidden),
        groups=_groups(counts, activities),
        more_words=f"Show {more} more" if more else "",
        unseen_words=unseen(hidden),
        other_tasks=lines_of(others, now),
        other_number=others.number,
        other_more=max(others.number - OTHERS_SHOWN, 0),
        notes=note_lines(found.notes, now),
        note_action="" if listing.deleted_at else f"{href}note/",
        key_days=_key_days(found.key_days, now),
        acknowledged_words=(f"Acknowledged {moment_of(found.acknowledged_at, now)}" if found.acknowledged_at else ""),
        messages=cards,
        messages_changed=changed_words(cards),
        undo_intake_href=f"{href}was-none/" if may_undo else "",
        history=told,
        is_new=found.is_new,
        may_edit=may(staff, Right.EDIT_LISTINGS) and listing.deleted_at is None,
        may_remove=may(staff, Right.REMOVE_LISTINGS),
    )


def _groups(counts: list[tasks.TeamCount], activities: list[tuple[str, Line]]) -> list[Group]:
    """The activities by team; the headings count those too that are left away."""
    of = {count.group: count for count in counts if count.open or count.closed}
    return [
        Group(
            team.label,
            f"{of[team].closed} of {of[team].open + of[team].closed} done",
            [row for group, row in activities if group == team],
        )
        for team in TEAM_ORDER
        if team in of
    ]


def _next_words(to_do: list[Line], now: datetime) -> str:
    """The next due activity with its owner: "Next: Create MLS listing, Alex, today, 5 pm"."""
    first = next((row for row in to_do if row.due), None)
    if first is None or first.due is None:
        return ""
    owner = first.owner_name.split()[0] if first.owner_name else "nobody yet"
    return f"Next: {first.title}, {owner}, {due_in_full(first.due, now)}"


def _gate_more(more: int, hidden: list[tasks.HiddenCount]) -> str:
    parts = [f"{more} more"] * bool(more)
    parts += [f"{count.open} by {VisibilityGroup(count.group).label}" for count in hidden if count.open]
    return f" and {', '.join(parts)}" if parts else ""


def _track(done: int, begun: int, total: int) -> Track:
    words = f"{done} of {total} activities done" + (f", {begun} in progress" if begun else "")
    return Track(
        width=total * (BAR + GAP) - GAP,
        bars=_bars(0, total, BAR),
        done=_bars(0, done, BAR),
        begun=_bars(done, begun, BAR // 2),
        words=words,
    )


def _bars(start: int, number: int, width: int) -> str:
    """Rectangles beside each other, as an SVG path."""
    return "".join(f"M{place * (BAR + GAP)} 0h{width}v{HEIGHT}h-{width}z" for place in range(start, start + number))


def _key_days(days: Mapping[str, date], now: datetime) -> list[KeyDay]:
    """The days that are known, in the order in which a listing meets them; the year where it is another."""
    known = [(kind.label, days[kind]) for kind in KeyDateKind if kind in days]
    return [
        KeyDay(label, f"{day:%a} {day.day} {day:%b}" + ("" if day.year == now.year else f" {day.year}"))
        for label, day in known
    ]
