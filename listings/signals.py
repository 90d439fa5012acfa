"""What the room of tasks hears of listings, sent inside the transaction of the action."""

from django.dispatch import Signal

listing_removed = Signal()
"""A listing is being removed softly. Arguments: ``listing``, ``at`` (its ``deleted_at``), ``by`` (None: an import)."""

listing_restored = Signal()
"""A removed listing is back. Arguments: ``listing``, ``at`` (the ``deleted_at`` it had)."""
