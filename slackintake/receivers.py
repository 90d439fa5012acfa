"""What the intake does when work is closed: the bot says so under the message it came from."""

from django.dispatch import receiver

from listings.models import Listing, ListingStatus
from slackintake.models import ItemKind
from slackintake.replies import queue_reaction
from slackintake.resolving import COMPLETED
from tasks.models import Activity
from tasks.signals import task_closed


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
