"""What the intake adds to work: a word under its message when it is closed, a dot when its message has changed."""

from django.dispatch import receiver

from listings.models import Listing, ListingStatus
from slackintake.models import ItemKind
from slackintake.queries import changed_in_slack
from slackintake.replies import queue_reaction
from slackintake.resolving import COMPLETED
from tasks.models import Activity
from tasks.signals import rows_read, task_closed


@receiver(task_closed)
def say_that_it_is_done(sender, *, task, verb, **kwargs):
    """✅ on the message that asked for this task and, with its last activity, on the one that declared the listing."""
    if verb == "complete":
        queue_reaction(task.kind, task.pk, COMPLETED)
    # Not asked of the activities: whoever closes the last one may not see all of them. The listing's status counts all.
    if isinstance(task, Activity):
        listings = Listing.objects.filter(pk=task.listing_id, status=ListingStatus.COMPLETED)
        if listings.exists():
            queue_reaction(ItemKind.LISTING.value, task.listing_id, COMPLETED)


@receiver(rows_read)
def say_that_its_message_has_changed(sender, *, rows, **kwargs):
    """A dot on each row whose message was edited or deleted in Slack; one statement for all of them."""
    changed = changed_in_slack((row.kind, row.id) for row in rows)
    for row in rows:
        row.news = changed.get((row.kind, row.id), "")
