"""What the intake adds to work: a word under its message when it is closed, a dot when its message has changed, and its
messages when it goes on in another task."""

from django.db import connection
from django.dispatch import receiver

from listings.models import Listing, ListingStatus
from slackintake.models import ItemKind
from slackintake.queries import changed_in_slack
from slackintake.replies import queue_reaction
from slackintake.resolving import COMPLETED
from tasks.models import Activity
from tasks.queries import merged_into
from tasks.signals import rows_read, task_closed, task_merged


@receiver(task_closed)
def say_that_it_is_done(sender, *, task, verb, **kwargs):
    """✅ on the message that asked for this task and, with its last activity, on the one that declared the listing."""
    if verb == "complete":
        for kind, pk in [(task.kind, task.pk), *merged_into(task)]:
            queue_reaction(kind, pk, COMPLETED)
    # Not asked of the activities: whoever closes the last one may not see all of them. The listing's status counts all.
    if isinstance(task, Activity):
        listings = Listing.objects.filter(pk=task.listing_id, status=ListingStatus.COMPLETED)
        if listings.exists():
            queue_reaction(ItemKind.LISTING.value, task.listing_id, COMPLETED)


@receiver(task_merged)
def keep_its_messages(sender, *, task, stays, **kwargs):
    """The messages behind a duplicate stand with the task that stays, and so do those that wait for a look about it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app.keep_messages(%s, %s, %s, %s)", [task.kind, task.pk, stays.kind, stays.pk])


@receiver(rows_read)
def say_that_its_message_has_changed(sender, *, rows, **kwargs):
    """A dot on each row whose message was edited or deleted in Slack; one statement for all of them."""
    changed = changed_in_slack((row.kind, row.id) for row in rows)
    for row in rows:
        row.news = changed.get((row.kind, row.id), "")
