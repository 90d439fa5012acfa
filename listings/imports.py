"""The form of a file of listings. The column `notes` goes into the table of notes."""

from collections import defaultdict
from datetime import datetime

from common.clock import END_OF_DAY
from common.imports.columns import LEAVE, Choice, Identifier, Number, Text, Timestamp
from common.imports.loading import ModelTable, Reference
from common.imports.tables import NEW, out_of_order
from common.principal import current_staff_id
from realtors.models import Realtor

from .models import Listing, ListingStatus, ListingType, Note, NoteKind
from .signals import listing_removed, listing_restored


class NoteText(Text):
    """A remark on the listing: it is added unless the listing has such a note. An empty cell takes none away."""

    def __init__(self, name):
        super().__init__(name, longest=5000, empty=LEAVE)

    def same(self, old, new):
        return new in old

    def shown(self, value):
        return value if isinstance(value, str) else ""


class ListingTable(ModelTable):
    """`listings.csv`.

    `status` and `progress` are checked but count only until the listing has activities, from which the database keeps
    them; so they are stored with a new listing and left alone afterwards.
    """

    name = "listings"
    model = Listing
    key = "listing_id"
    uncompared = ("updated_at", "status", "progress")
    beside = ("notes",)
    columns = (
        Identifier("listing_id", of="listing", required=True),
        Text("address_string", longest=300, required=True),
        Choice("type", ListingType.values),
        Choice("status", ListingStatus.values, required=True),
        Reference("realtor_id", Realtor, of="realtor"),
        Text("assignee", longest=100),
        Text("agent_id", longest=100),
        Timestamp("due_date", day_means=END_OF_DAY, may_be_future=True),
        Number("progress", 0, 100),
        NoteText("notes"),
        Timestamp("created_at", empty=LEAVE),
        Timestamp("updated_at", empty=LEAVE),
        Timestamp("deleted_at"),
    )

    def check(self, values):
        return out_of_order(values, ("created_at", "deleted_at"))

    def stored(self, keys, *, lock):
        stored = super().stored(keys, lock=lock)
        notes = _notes(stored)
        for listing_id, values in stored.items():
            values["notes"] = notes[listing_id]
        return stored

    def after_writing(self, rows):
        _add_notes([row for row in rows if row.values.get("notes")])
        for row in rows:
            if "deleted_at" in row.changes:
                _tell_removal(row)


def _add_notes(rows):
    """Add the notes that their listings do not have yet."""
    present = _notes([row.values["listing_id"] for row in rows])
    Note.objects.bulk_create(
        Note(
            kind=NoteKind.LISTING,
            item_id=row.values["listing_id"],
            text=row.values["notes"],
            author_staff_id=current_staff_id(),
            **_written(row),
        )
        for row in rows
        if row.values["notes"] not in present[row.values["listing_id"]]
    )


def _tell_removal(row):
    """Activities go and come back with their listing, as when a person removes or restores it."""
    before, now = (datetime.fromisoformat(text) if text else None for text in row.changes["deleted_at"])
    listing = Listing.all_objects.get(pk=row.values["listing_id"])
    if before:
        listing_restored.send(Listing, listing=listing, at=before)
    if now:
        listing_removed.send(Listing, listing=listing, at=now, by=None)


def _notes(listing_ids):
    """The texts of the notes that the listings have, by listing."""
    notes = defaultdict(set)
    found = Note.objects.filter(kind=NoteKind.LISTING, item_id__in=list(listing_ids))
    for listing_id, text in found.values_list("item_id", "text"):
        notes[listing_id].add(text)
    return notes


def _written(row):
    """When a note was written is not in the file; the listing's own beginning is the nearest thing."""
    return {"created_at": row.values["created_at"]} if row.state == NEW and "created_at" in row.values else {}
