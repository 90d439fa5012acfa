"""The page of one realtor: the open work by listing, and what was done lately."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from common.clock import office_now, office_zone
from desk import history
from desk.history import History
from desk.lines import Line, ago, by_due, line
from listings.models import Listing, ListingStatus
from realtors.models import Realtor
from staff.models import Staff
from staff.rights import Right, may
from tasks import queries as tasks
from tasks.models import CLOSED, WORKABLE, Activity, AgentTask
from tasks.rows import initials_of
from tasks.rules import Task

RECENT = timedelta(days=90)
RECENT_SHOWN = 50


@dataclass(slots=True)
class File:
    """A listing with its open activities on the realtor's page; without ``href`` the tasks tied to no listing."""

    title: str
    href: str
    type_label: str
    percent: int
    words: str
    rows: list[Line]


@dataclass(slots=True)
class RealtorPage:
    realtor: Realtor
    initials: str
    where_words: str
    territories: str
    since: str
    open_words: str
    files: list[File]
    done: list[Line]
    done_words: str
    history: History


def realtor_page(realtor_id: str, staff: Staff, *, every_act: bool = False) -> RealtorPage | None:
    """The page of a realtor with the open work this person may see, by listing, and what was done lately."""
    realtors = Realtor.all_objects if may(staff, Right.MANAGE_REALTORS) else Realtor.objects
    realtor = realtors.filter(pk=realtor_id).first()
    if realtor is None:
        return None
    now = office_now()
    recent = Q(status__in=WORKABLE) | Q(status__in=CLOSED, completed_at__gte=now - RECENT)
    activities = list(
        tasks.visible_activities(staff)
        .filter(recent, listing__realtor=realtor_id, listing__deleted_at=None)
        .select_related("assigned_staff")
    )
    own = list(tasks.visible_agent_tasks(staff).filter(recent, realtor=realtor_id).select_related("assigned_staff"))
    listings = list(Listing.objects.filter(realtor=realtor_id).exclude(status=ListingStatus.COMPLETED))
    everything: list[Task] = [*activities, *own]
    closed = [(task.completed_at, task) for task in everything if task.is_closed and task.completed_at]
    closed.sort(key=lambda pair: pair[0], reverse=True)
    opened = [task for task in everything if not task.is_closed]
    waits = tasks.waits_of(opened)
    lines = {task.pk: line(task, now, waits.get(task.pk)) for task in opened}
    files = _files(listings, activities, own, lines, realtor)
    done = [line(task, now) for _, task in closed[:RECENT_SHOWN]]
    last = f", the last one {ago(closed[0][0], now)}" if closed else ""
    return RealtorPage(
        realtor=realtor,
        initials=initials_of(realtor.name),
        where_words=" · ".join(filter(None, [realtor.brokerage, ", ".join(realtor.territories or [])])),
        territories=", ".join(realtor.territories or []),
        since=f"{realtor.created_at.astimezone(office_zone()):%B %Y}",
        open_words=str(sum(len(file.rows) for file in files)),
        files=files,
        done=done,
        done_words=f"{len(closed)}{last}",
        history=history.of_row("realtors", realtor_id, realtor.get_absolute_url(), now, every=every_act),
    )


def _files(
    listings: list[Listing],
    activities: list[Activity],
    own: list[AgentTask],
    lines: dict[str, Line],
    realtor: Realtor,
) -> list[File]:
    by_listing: dict[str, list[Line]] = defaultdict(list)
    for activity in activities:
        if activity.pk in lines:
            by_listing[activity.listing_id].append(lines[activity.pk])
    far = datetime.max.replace(tzinfo=office_zone())
    files = [
        File(
            title=listing.address_string,
            href=listing.get_absolute_url(),
            type_label=listing.get_type_display() or "",
            percent=round(listing.progress or 0),
            words=f"{round(listing.progress or 0)} % done",
            rows=by_due(by_listing[listing.pk]),
        )
        for listing in listings
    ]
    files.sort(key=lambda file: file.rows[0].due or far if file.rows else far)
    loose = by_due(lines[task.pk] for task in own if task.pk in lines)
    if loose:
        title = f"For {realtor.name.split()[0]}, no listing"
        files.append(File(title, "", "", 0, f"{len(loose)} open", loose))
    return files
