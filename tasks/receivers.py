"""What the room of tasks does when a listing goes or comes back."""

from django.dispatch import receiver

from listings.signals import listing_removed, listing_restored
from tasks.models import Activity


@receiver(listing_removed)
def remove_activities(sender, *, listing, at, by, **kwargs):
    """Its live activities go with the listing, under the same timestamp, so restoring can find precisely these."""
    Activity.objects.filter(listing=listing).update(deleted_at=at, deleted_by=by and by.pk)


@receiver(listing_restored)
def restore_activities(sender, *, listing, at, **kwargs):
    Activity.all_objects.filter(listing=listing, deleted_at=at).update(deleted_at=None, deleted_by=None)
