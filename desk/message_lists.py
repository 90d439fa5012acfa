"""The list of Slack messages: all of them for admins, what needs a look for operations."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.requests import Request
from desk.lists import Order
from desk.next_due import ByNextDue, Place
from desk.record_lists import RecordList, record_list
from slackintake.filters import MessageChips, ReviewChips
from slackintake.pages import COLUMNS, Row, message_cells, message_rows
from slackintake.queries import every_message, messages_needing_look
from slackintake.replies import can_send
from staff.models import Staff
from staff.rights import Right, may


def _printed(places: Sequence[Place], staff: Staff, chips: Any, *, all_need_look: bool = False) -> list[Row]:
    return message_rows([place.row for place in places], all_need_look=all_need_look, names=chips.names)


ORDERS: dict[str, Order | ByNextDue] = {
    "newest": Order("Newest first", "received_at", descending=True),
    "oldest": Order("Oldest first", "received_at"),
    "sure": Order("Least sure first", "confidence"),
}
MESSAGES = RecordList(
    key="slack",
    heading="Slack messages",
    noun="message",
    hint="failed, from Maria, at most 50 %…",
    template="desk/messages.html",
    chips=MessageChips,
    orders=ORDERS,
    tabs={
        "pending": ("Pending", "status=pending"),
        "": ("Needs a look", "status=look"),
        "failed": ("Failed", "status=failed"),
        "ignored": ("Ignored", "status=ignored"),
        "processed": ("Processed", "status=processed"),
        "all": ("All", ""),
    },
    rows=every_message,
    printed=_printed,
    columns=COLUMNS,
    cells=lambda places, staff: message_cells([place.row for place in places]),
)
REVIEWS = replace(
    MESSAGES,
    hint="proposal, from Maria, at most 50 %…",
    chips=ReviewChips,
    tabs={"": ("Needs a look", "")},
    rows=messages_needing_look,
    printed=partial(_printed, all_need_look=True),
)


@require_safe
@vary_on_headers("HX-Request", "HX-Target")
def slack(request: Request) -> HttpResponseBase:
    """Slack messages, as far as this person may see them."""
    staff = request.user.staff
    if not may(staff, Right.REVIEW_MESSAGES):
        raise Http404
    may_see_all = may(staff, Right.VIEW_MESSAGES)
    return record_list(
        request,
        MESSAGES if may_see_all else REVIEWS,
        reply_note="" if can_send() else "No SLACK_BOT_TOKEN is set, so nothing is sent to Slack.",
        readings_href="/slack/readings/" if may_see_all else "",
        may_read_again=may_see_all,
    )
