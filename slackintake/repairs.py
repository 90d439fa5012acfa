"""Putting right what the intake could not know: who a sender is, and that a listing was none. Each is one act."""

import json

from django.db import IntegrityError, connection, transaction
from django.db.models import Q

from common.history import Refused, act, undo
from common.models import Act, Change
from listings.models import Listing, Note
from realtors.models import Realtor
from slackintake.queries import ToReview
from staff.models import Staff
from staff.rights import Right, may
from tasks.models import Activity

INTAKE = "slack-intake"


class Touched(Refused):
    """What was made has been worked on since, so that it is closed rather than taken back."""


# ---- an unknown sender -----------------------------------------------------------------------------------------------


def link_sender(review: ToReview, *, to: Realtor, by: Staff, read_again: bool = True) -> int:
    """Say once which realtor a Slack id belongs to; return how many messages of that sender are read again.

    Only a realtor without a Slack id takes one, and only an id that nobody has; changing a link is for admins.
    """
    if not may(by, Right.LINK_REALTOR):
        raise Refused("Only operations and admins link a Slack name to a realtor.")
    try:
        with act("linked a Slack name"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT app.link_slack_id(%s, %s, %s)", [review.slack_user_id, to.pk, read_again])
            answer = cursor.fetchone()[0]
            answer = json.loads(answer) if isinstance(answer, str) else answer
            if reason := answer.get("refused"):
                raise Refused(_why_not(reason, to))
    except IntegrityError:
        raise Refused(_why_not("taken", to)) from None
    return int(answer["read_again"])


def unknown_messages_of(slack_id: str) -> int:
    """How many messages of a sender who is not in the directory need a look; 0 for whoever may not resolve them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM app.messages_to_review() WHERE slack_user_id = %s AND reason = 'unknown_sender'",
            [slack_id],
        )
        return int(cursor.fetchone()[0])


def _why_not(reason: str, realtor: Realtor) -> str:
    return {
        "nobody": "Only operations and admins link a Slack name to a realtor.",
        "taken": "This Slack name belongs to somebody in the directory by now. Load the page again.",
        "linked": f"{realtor.name} has another Slack name already. An admin can change it.",
    }[reason]


# ---- a listing that was none -----------------------------------------------------------------------------------------


def undo_intake(listing: Listing, *, by: Staff) -> str:
    """Take back a listing that the intake made, with its activities, as one act; return the undoing act's id.

    Its message needs a look again. Raises ``Touched`` with the names if somebody has worked on it since.
    """
    if not may(by, Right.REVIEW_MESSAGES):
        raise Refused("Only operations and admins take back what the intake has made.")
    made = intake_act_of(listing)
    if made is None:
        raise Refused(f"{listing.address_string} was not made by the intake. Cancel it instead.")
    names = _touched_by(listing, made)
    if names:
        have = "have" if len(names) > 1 else "has"
        raise Touched(
            f"{' and '.join(names)} {have} worked on {listing.address_string} since. Cancel it instead: "
            "what is still open is closed, and what was done stays."
        )
    return undo(made.pk)


def intake_act_of(listing: Listing) -> Act | None:
    """The act in which the intake made a listing; None if a person or an import made it."""
    first = (
        Change.objects.filter(table_name="listings", row_key=listing.pk, before__isnull=True)
        .order_by("change_id")
        .first()
    )
    return Act.objects.filter(pk=first.act_id, actor_id=INTAKE).first() if first else None


def _touched_by(listing: Listing, made: Act) -> list[str]:
    """The names of those who have changed the listing, its activities or their notes since it was made."""
    activities = list(Activity.all_objects.filter(listing=listing).values_list("pk", flat=True))
    rows = Q(table_name="listings", row_key=listing.pk) | Q(table_name="activities", row_key__in=activities)
    acts = Change.objects.filter(rows).exclude(act_id=made.pk).values("act_id")
    ids: list[str | None] = list(Act.objects.filter(pk__in=acts).order_by("at").values_list("actor_id", flat=True))
    ids += (
        Note.objects.filter(item_id__in=[listing.pk, *activities])
        .exclude(author_staff_id=None)
        .values_list("author_staff_id", flat=True)
    )
    names = dict(Staff.all_objects.filter(pk__in=ids).values_list("pk", "name"))
    return list(dict.fromkeys(names.get(actor or "", "The intake") for actor in ids))
