"""What the room of tasks does when a listing goes or comes back, and when a person leaves."""

from django.dispatch import receiver

from common.history import Refused
from listings.models import Listing
from listings.signals import listing_removed, listing_restored
from staff.signals import staff_leaving
from tasks import actions
from tasks.models import WORKABLE, Activity, AgentTask


@receiver(listing_removed)
def remove_activities(sender, *, listing, at, by, **kwargs):
    """Its live activities go with the listing, under the same timestamp, so restoring can find precisely these.

    Whoever closes an activity has its row before the listing's, so they are locked in this order; with the listing's
    row nobody adds another.
    """
    of_listing = Activity.objects.filter(listing=listing).order_by("pk")
    list(of_listing.select_for_update().values_list("pk"))
    list(Listing.all_objects.select_for_update(no_key=True).filter(pk=listing.pk).values_list("pk"))
    Activity.objects.filter(listing=listing).update(deleted_at=at, deleted_by=by and by.pk)


@receiver(listing_restored)
def restore_activities(sender, *, listing, at, **kwargs):
    Activity.all_objects.filter(listing=listing, deleted_at=at).update(deleted_at=None, deleted_by=None)


@receiver(staff_leaving)
def settle_open_tasks(sender, *, person, by, release, hand_over_to, **kwargs):
    """Give back or hand over what a leaving person still has; refuse with the number while nobody has said which."""
    open_tasks = [
        task
        for model in (Activity, AgentTask)
        for task in model.objects.select_related("assigned_staff").filter(assigned_staff=person, status__in=WORKABLE)
    ]
    if not open_tasks:
        return
    if not release and hand_over_to is None:
        number = f"{len(open_tasks)} open task{'' if len(open_tasks) == 1 else 's'}"
        raise Refused(f"{person.name} has {number}. Release them or hand them over first.")
    reason = f"{person.name} leaves"
    for task in open_tasks:
        if hand_over_to is not None:
            actions.assign(task, to=hand_over_to, by=by, reason=reason)
        else:
            actions.release(task, by=by, reason=reason)
