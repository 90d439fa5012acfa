"""Properties for which work is done (document, table 6), their notes, and the office calendar."""

from django.db import models

from common.fields import ForeignKeyAction, Index, TextColumn, UlidKey, timestamp
from common.soft_deletion import SoftDeleteModel
from realtors.models import Realtor


class ListingStatus(models.TextChoices):
    """Kept by the database from the activities (product.md, Words); imports and actions never set it."""

    NEW = "new", "New"
    IN_PROGRESS = "in_progress", "In progress"
    COMPLETED = "completed", "Completed"


class ListingType(models.TextChoices):
    SALE = "SALE", "Sale"
    LEASE = "LEASE", "Lease"


class Listing(SoftDeleteModel):
    """One property with one realtor. ``assignee`` and ``agent_id`` are legacy columns: kept, unused, hidden."""

    listing_id = UlidKey()
    address_string = TextColumn("address")
    status = TextColumn(choices=ListingStatus.choices, default=ListingStatus.NEW, db_default="new", editable=False)
    assignee = TextColumn(null=True, blank=True, editable=False)
    agent_id = TextColumn(null=True, blank=True, editable=False)
    realtor = models.ForeignKey(
        Realtor,
        models.SET_NULL,
        null=True,
        blank=True,
        db_column="realtor_id",
        db_constraint=False,
        db_index=False,
        related_name="listings",
    )
    due_date = models.DateTimeField(null=True, blank=True)
    progress = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True, editable=False)
    type = TextColumn(choices=ListingType.choices, null=True, blank=True)
    created_at = timestamp(editable=False)
    updated_at = timestamp(editable=False)

    class Meta(SoftDeleteModel.Meta):
        db_table = "listings"
        constraints = [
            models.CheckConstraint(condition=models.Q(status__in=ListingStatus.values), name="listings_status_check"),
            models.CheckConstraint(
                condition=models.Q(progress__gte=0, progress__lte=100), name="listings_progress_check"
            ),
            ForeignKeyAction(
                name="fk_listings_realtor",
                column="realtor_id",
                to_table="realtors",
                to_column="realtor_id",
                on_delete="SET NULL",
            ),
        ]
        indexes = [
            Index(fields=["status"], name="idx_listings_status", condition=models.Q(deleted_at=None)),
            Index(fields=["assignee"], name="idx_listings_assignee", condition=models.Q(deleted_at=None)),
            Index(fields=["agent_id"], name="idx_listings_agent", condition=models.Q(deleted_at=None)),
            Index(fields=["created_at"], name="idx_listings_created", condition=models.Q(deleted_at=None)),
            Index(fields=["due_date"], name="idx_listings_due_date", condition=models.Q(deleted_at=None)),
            Index(fields=["address_string"], name="idx_listings_address", condition=models.Q(deleted_at=None)),
            Index(fields=["realtor"], name="idx_listings_realtor", condition=models.Q(deleted_at=None)),
        ]

    def __str__(self) -> str:
        return self.address_string

    def get_absolute_url(self) -> str:
        return f"/listings/{self.pk}/"


class NoteKind(models.TextChoices):
    """What a note is about. Notes name their item by kind and id, so a note outlives a change of table."""

    LISTING = "listing", "Listing"
    ACTIVITY = "activity", "Activity"
    AGENT_TASK = "agent_task", "Agent task"


class Note(models.Model):
    """A remark under a listing or a task. ``author_staff_id`` is NULL for notes that came in by import."""

    note_id = UlidKey()
    kind = TextColumn(choices=NoteKind.choices)
    item_id = TextColumn()
    text = models.TextField()
    author_staff_id = TextColumn(null=True, blank=True)
    created_at = timestamp(editable=False)
    edited_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "listings_note"
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=NoteKind.values), name="listings_note_kind_check"),
        ]
        indexes = [Index(fields=["kind", "item_id", "created_at"], name="idx_listings_note_item")]

    def __str__(self) -> str:
        return self.text[:60]


class OfficeDay(models.Model):
    """A day on which the office keeps other hours than its weekday says: a holiday, or an extra working day."""

    day = models.DateField(primary_key=True)
    name = TextColumn()
    is_working_day = models.BooleanField(default=False, db_default=False)

    class Meta:
        db_table = "listings_office_day"
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day:%a %d %b %Y} · {self.name}"


class Weekday(models.Model):
    """The office's ordinary week: 0 is Monday."""

    weekday = models.SmallIntegerField(primary_key=True)
    is_working_day = models.BooleanField()

    class Meta:
        db_table = "listings_weekday"
        ordering = ["weekday"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(weekday__gte=0, weekday__lte=6), name="listings_weekday_weekday_check"
            ),
        ]

    def __str__(self) -> str:
        return ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"][self.weekday]
