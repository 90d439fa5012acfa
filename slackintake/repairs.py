"""Putting right what the intake could not know: who a sender is, and that a message asked for nothing; one act each."""

import json

from django.db import IntegrityError, connection, transaction
from django.db.models import Q

from common.history import Refused, act, undo
from common.models import Act, Change
from listings.models import Acknowledgement, KeyDate, Listing, Note
from realtors.models import Realtor
from slackintake.models import Link, LinkRole
from slackintake.queries import ToReview, resolver_of
from staff.models import Staff
from staff.rights import Right, may
from tasks.models import Activity, TaskLink, Waiting
from tasks.rules import Task

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


# ---- what was no request ---------------------------------------------------------------------------------------------


def undo_intake(item: Listing | Task, *, by: Staff) -> str:
    """Take back what the intake made, a listing with its activities, as one act; return the undoing act's id.

    Its message needs a look again. Raises ``Touched`` with the names if somebody has worked on it since.
    """
    if not may(by, Right.REVIEW_MESSAGES):
        raise Refused("Only operations and admins take back what the intake has made.")
    made = intake_act_of(item)
    if made is None:
        raise Refused(f"{item} was not made by the intake. Cancel it instead.")
    if isinstance(item, Activity) and _made_its_listing(made, item):
        raise Refused(f"{item} came with {item.listing}: take that back, or cancel this one alone.")
    names = touched_by(item, made)
    if names:
        have = "have" if len(names) > 1 else "has"
        then = "what is still open is closed, and what was done stays" if isinstance(item, Listing) else "say why"
        raise Touched(f"{' and '.join(names)} {have} worked on {item} since. Cancel it instead: {then}.")
    return undo(made.pk)


def intake_act_of(item: Listing | Task) -> Act | None:
    """The act in which the intake made something; None if a person or an import made it."""
    first = (
        Change.objects.filter(table_name=item._meta.db_table, row_key=item.pk, before__isnull=True)
        .order_by("change_id")
        .first()
    )
    return Act.objects.filter(pk=first.act_id, actor_id=INTAKE).first() if first else None


def _made_its_listing(made: Act, activity: Activity) -> bool:
    return Change.objects.filter(
        table_name="listings", row_key=activity.listing_id, act_id=made.pk, before__isnull=True
    ).exists()


def is_untouched(item: Listing | Task) -> bool:
    """Whether the intake made it and nobody has worked on it since: only then may it go without anybody being asked."""
    made = intake_act_of(item)
    return made is not None and not touched_by(item, made)


def touched_by(item: Listing | Task, made: Act) -> list[str]:
    """The names of those who have worked on it, or on its activities, since the act that made it.

    That is who has changed it, written a note, acknowledged it, moved a key day, linked a task or attached a message
    to it, or let it wait on the realtor.
    """
    activities = Activity.all_objects.filter(listing=item.pk).values_list("pk", flat=True)
    keys = [item.pk, *activities]
    rows = Q(table_name=item._meta.db_table, row_key=item.pk) | Q(table_name="activities", row_key__in=keys)
    beside = (
        Note.objects.filter(item_id__in=keys),
        Waiting.objects.filter(item_id__in=keys),
        TaskLink.objects.filter(Q(from_id__in=keys) | Q(to_id__in=keys)),
        Acknowledgement.objects.filter(listing=item.pk),
        KeyDate.objects.filter(listing=item.pk),
    )
    for found in beside:
        rows |= Q(table_name=found.model._meta.db_table, row_key__in=list(found.values_list("pk", flat=True)))
    acts = Change.objects.filter(rows).exclude(act_id=made.pk).values("act_id")
    actors = list(Act.objects.filter(pk__in=acts).order_by("at").values_list("actor_id", flat=True))
    names = dict(Staff.all_objects.filter(pk__in=actors).values_list("pk", "name"))
    found_names = [names.get(actor, "The intake") for actor in actors]
    for message in Link.objects.filter(item_id__in=keys, role=LinkRole.ATTACHED).values_list("message_id", flat=True):
        # The history of links is the admins' alone; who attached a message is for everybody who may resolve one.
        who = resolver_of(message)
        found_names.append(who.name if who else "Somebody")
    return list(dict.fromkeys(found_names))
