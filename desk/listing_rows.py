"""The list of listings, row by row: one statement for a page, and every word worked out here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import lru_cache

from django.db import connection
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from common.clock import due_in_words, office_now, office_zone
from common.printing import Printed
from listings.models import ListingStatus, ListingType
from slackintake.queries import words_of_change
from staff.models import Staff
from tasks.queries import NEXT_DUE, sight_of
from tasks.rows import NOBODY, face, initials_of, news_dot, tag

STATUS_TONES: dict[str, str] = {ListingStatus.IN_PROGRESS: "soon", ListingStatus.COMPLETED: "good"}
_STATUS_LABELS = dict(ListingStatus.choices)
_TYPE_LABELS = dict(ListingType.choices)


@dataclass(slots=True)
class ListingRow(Printed):
    """What the list shows of one listing. ``closed`` and ``live`` count all activities, whoever may see them; the next
    due one is of those that the reader sees."""

    id: str
    title: str
    realtor: str
    type_label: str
    status: str
    status_label: str
    closed: int
    live: int
    next_name: str
    next_due: datetime | None
    next_label: str
    next_tone: str
    owner_name: str
    owner_tone: str
    days: int
    is_acknowledged: bool
    due: datetime | None
    came_in: datetime
    news: str
    """What has happened in Slack to a message behind it, in words; empty if nothing."""

    @property
    def href(self) -> str:
        return f"/listings/{self.id}/"

    @property
    def subtitle(self) -> str:
        return self.realtor or "No realtor yet"

    @property
    def news_dot(self) -> SafeString:
        return news_dot(self.news)

    @property
    def facts(self) -> SafeString:
        """Type, status and how much is done; what is due next and whose it is; how long it is open; whether I noted it.

        One text, because each value that a template looks up costs as much as making it.
        """
        kind, status = tag("", self.type_label), tag(STATUS_TONES.get(self.status, ""), self.status_label)
        beside = _age(self.days_words) + _noted(self.is_acknowledged)
        return mark_safe(kind + status + _progress(self.closed, self.live) + self._next + beside)  # noqa: S308  ours

    @property
    def _next(self) -> SafeString:
        if self.next_due is None:
            return NOTHING_DUE
        owner = face(self.owner_tone, self.owner_name, initials_of(self.owner_name)) if self.owner_name else NOBODY
        return _next(self.next_name, self.next_tone, self.next_label, owner)

    @property
    def days_words(self) -> str:
        """How long it has been open; nothing once it is done."""
        if self.status == ListingStatus.COMPLETED:
            return ""
        return "new today" if self.days == 0 else f"{self.days} day{'' if self.days == 1 else 's'} open"


# Pieces that many rows share are made once (tasks/rows.py).
NOTHING_DUE = mark_safe('<span class="next quiet">nothing due</span>')


@lru_cache(maxsize=512)
def _progress(closed: int, live: int) -> SafeString:
    if not live:
        return mark_safe('<span class="done-of">no activities</span>')
    bar = '<progress class="meter" value="{0}" max="{1}" aria-label="Done"></progress>'
    return format_html(f'<span class="done-of">{bar}{{0}}/{{1}}</span>', closed, live)


@lru_cache(maxsize=1024)
def _next(name: str, tone: str, label: str, owner: SafeString) -> SafeString:
    return format_html('<span class="next"><span>{}</span>{}{}</span>', name, tag(tone, label), owner)


@lru_cache(maxsize=512)
def _age(words: str) -> SafeString:
    return format_html('<span class="age">{}</span>', words)


@lru_cache(maxsize=2)
def _noted(is_acknowledged: bool) -> SafeString:
    if not is_acknowledged:
        return mark_safe('<span class="noted"><i class="ring"></i><span>not acknowledged</span></span>')
    check = format_html('<svg class="ic" aria-hidden="true"><use href="{}#check"/></svg>', static("icons.svg"))
    return format_html('<span class="noted">{}<span>acknowledged</span></span>', check)


def _seconds(column: str) -> str:
    """A moment as a number: reading 150 of them costs a tenth of what as many timestamps do."""
    return f"extract(epoch FROM {column})::float8"


def _moment(seconds: float | None, zone: tzinfo) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, zone)


_ROWS = f"""
    SELECT l.listing_id, l.address_string, r.name, l.type, l.status, n.closed, n.live,
        t.name, {_seconds("t.due_date")}, s.name, s.role, k.listing_id IS NOT NULL, {_seconds("l.due_date")},
        {_seconds("l.created_at")}, d.item_id IS NOT NULL, coalesce(d.is_deleted, false)
    FROM unnest(%(ids)s::text[]) WITH ORDINALITY AS wanted (id, place)
        JOIN listings l ON l.listing_id = wanted.id
        LEFT JOIN realtors r ON r.realtor_id = l.realtor_id
        LEFT JOIN app.progress_of_listings(%(ids)s::text[]) n ON n.listing_id = l.listing_id
        LEFT JOIN {NEXT_DUE} t ON true
        LEFT JOIN staff s ON s.staff_id = t.assigned_staff_id
        LEFT JOIN app.changed_in_slack(ARRAY['listing'], %(ids)s::text[]) d ON d.item_id = l.listing_id
        LEFT JOIN listings_acknowledgement k ON k.listing_id = l.listing_id AND k.staff_id = %(me)s
    ORDER BY wanted.place
"""  # noqa: S608 - our own conditions


def listing_rows(ids: Sequence[str], staff: Staff) -> list[ListingRow]:
    """These listings in this order, as this person sees them; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, sight_of(staff) | {"ids": list(ids)})
        records = cursor.fetchall()
    now, zone = office_now(), office_zone()
    return [_row(record, now, zone) for record in records]


def _row(record: tuple, now: datetime, zone: tzinfo) -> ListingRow:
    (
        listing_id, address, realtor, kind, status, closed, live, next_name, next_due, owner, owner_role,
        is_acknowledged, due, came_in, has_news, is_deleted,
    ) = record  # fmt: skip
    next_due, came_in = _moment(next_due, zone), datetime.fromtimestamp(came_in, zone)
    next_label, next_tone = due_in_words(next_due, now)
    return ListingRow(
        id=listing_id,
        title=address,
        realtor=realtor or "",
        type_label=_TYPE_LABELS.get(kind, ""),
        status=status,
        status_label=_STATUS_LABELS[status],
        closed=closed or 0,
        live=live or 0,
        next_name=next_name or "",
        next_due=next_due,
        next_label=next_label,
        next_tone=next_tone,
        owner_name=owner or "",
        owner_tone=owner_role or "",
        days=(now.date() - came_in.date()).days,
        is_acknowledged=is_acknowledged,
        due=_moment(due, zone),
        came_in=came_in,
        news=words_of_change(is_deleted=is_deleted) if has_news else "",
    )
