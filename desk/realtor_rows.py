"""The list of realtors, row by row: one statement for a page, and every word worked out here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils.html import format_html
from django.utils.safestring import SafeString

from common.clock import office_now
from common.printing import Printed
from desk.lines import ago
from realtors.models import RealtorStatus
from tasks.rows import initials_of, tag

STATUS_TONES: dict[str, str] = {
    RealtorStatus.ACTIVE: "good",
    RealtorStatus.SUSPENDED: "late",
    RealtorStatus.PENDING: "soon",
}
_STATUS_LABELS = dict(RealtorStatus.choices)


@dataclass(slots=True)
class RealtorRow(Printed):
    """What the list shows of one realtor. The numbers count all open work, whoever may see it."""

    id: str
    title: str
    brokerage: str
    phone: str
    email: str
    license_number: str
    slack: str
    territories: str
    status: str
    status_label: str
    open_listings: int
    open_tasks: int
    last_message_at: datetime | None
    last_message: str

    @property
    def href(self) -> str:
        return f"/realtors/{self.id}/"

    @property
    def initials(self) -> str:
        return initials_of(self.title)

    @property
    def subtitle(self) -> str:
        return " · ".join(filter(None, [self.brokerage, self.territories]))

    @property
    def facts(self) -> SafeString:
        """How to reach the realtor, the status, what is open, and the last message; one text, as on a listing's row."""
        sign = tag(STATUS_TONES.get(self.status, ""), self.status_label)
        return format_html(
            '<span class="phone">{}</span><span class="mail">{}</span><span class="slack">{}</span>{}'
            '<span class="open">{}</span><span class="age">{}</span>',
            *(self.phone or "no phone", self.email, self.slack or "no Slack link", sign),
            *(self.open_words, self.last_words),
        )

    @property
    def open_words(self) -> str:
        """``3 listings, 12 tasks``."""
        if not self.open_listings and not self.open_tasks:
            return "nothing open"
        return f"{_number(self.open_listings, 'listing')}, {_number(self.open_tasks, 'task')}"

    @property
    def last_words(self) -> str:
        return f"wrote {self.last_message}" if self.last_message else "no message yet"


def _number(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


_ROWS = """
    SELECT r.realtor_id, r.name, r.brokerage, r.phone, r.email, r.license_number, r.slack_user_id, r.territories,
        r.status, n.open_listings, n.open_tasks, n.last_message_at
    FROM unnest(%(ids)s::text[]) WITH ORDINALITY AS wanted (id, place)
        JOIN realtors r ON r.realtor_id = wanted.id
        LEFT JOIN app.numbers_of_realtors(%(ids)s::text[]) n ON n.realtor_id = r.realtor_id
    ORDER BY wanted.place
"""


def realtor_rows(ids: Sequence[str]) -> list[RealtorRow]:
    """These realtors in this order; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, {"ids": list(ids)})
        records = cursor.fetchall()
    now = office_now()
    return [_row(record, now) for record in records]


def _row(record: tuple, now: datetime) -> RealtorRow:
    (
        realtor_id, name, brokerage, phone, email, license_number, slack, territories, status,
        open_listings, open_tasks, last,
    ) = record  # fmt: skip
    return RealtorRow(
        id=realtor_id,
        title=name,
        brokerage=brokerage or "",
        phone=phone or "",
        email=email,
        license_number=license_number or "",
        slack=slack or "",
        territories=", ".join(territories or []),
        status=status,
        status_label=_STATUS_LABELS[status],
        open_listings=open_listings or 0,
        open_tasks=open_tasks or 0,
        last_message_at=last,
        last_message=ago(last, now),
    )
