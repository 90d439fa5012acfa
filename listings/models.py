"""Properties for which work is done (document, table 6), their notes, and the office calendar."""

import re

from django.db import models

from common.fields import ForeignKeyAction, Index, TextColumn, UlidKey, timestamp
from common.soft_deletion import SoftDeleteModel
from realtors.models import Realtor

_UNIT = re.compile(r"(?:unit|apt|apartment|suite|ste|ph|penthouse)\b|#", re.IGNORECASE)


def street_of(address: str) -> str:
    """The part of an address that people say: "88 Harbour St, Unit 2307" of "88 Harbour St, Unit 2307, Toronto, ON"."""
    street, _, rest = address.partition(", ")
    return f"{street}, {rest.partition(', ')[0]}" if _UNIT.match(rest) else street


class ListingStatus(models.TextChoices):
    """Kept by the database from the activities (product.md, Words); imports and actions never set it."""

    NEW = "new", "New"
    IN_PROGRESS = "in_progress", "In progress"
    COMPLETED = "completed", "Completed"


class ListingType(models.TextChoices):
    SALE = "SALE", "Sale"
    LEASE = "LEASE", "Lease"


class Category(models.TextChoices):
    """What kind of work an activity is. It stands here because templates of activities name it too."""

    ADMIN = "ADMIN", "Admin"
    MARKETING = "MARKETING", "Marketing"
    PHOTO = "PHOTO", "Photo"
    STAGING = "STAGING", "Staging"
    INSPECTION = "INSPECTION", "Inspection"
    OTHER = "OTHER", "Other"


class VisibilityGroup(models.TextChoices):
    """Which teams see an activity (product.md, Rights)."""

    BOTH = "BOTH", "Agents and marketing"
    AGENT = "AGENT", "Agents"
    MARKETING = "MARKETING", "Marketing"


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


class GroupKey(models.TextChoices):
    """What a message may declare of a listing (architecture.md, Labels); each has a template of activities."""

    SALE_LISTING = "SALE_LISTING", "Sale listing"
    LEASE_LISTING = "LEASE_LISTING", "Lease listing"
    SALE_LEASE_LISTING = "SALE_LEASE_LISTING", "Sale and lease listing"
    SOLD_SALE_LEASE_LISTING = "SOLD_SALE_LEASE_LISTING", "Sold or leased"
    RELIST_LISTING = "RELIST_LISTING", "Relisting"
    RELIST_LISTING_DEAL_SALE_OR_LEASE = "RELIST_LISTING_DEAL_SALE_OR_LEASE", "Relisting after a deal fell through"
    BUY_OR_LEASED = "BUY_OR_LEASED", "Bought or leased for a client"
    MARKETING_AGENDA_TEMPLATE = "MARKETING_AGENDA_TEMPLATE", "Marketing agenda"


class KeyDateKind(models.TextChoices):
    """The days of a listing from which due dates of its activities are counted."""

    INTAKE = "intake", "Intake day"
    PHOTO = "photo", "Photo day"
    GO_LIVE = "go_live", "Go-live"
    OPEN_HOUSE = "open_house", "Open house"
    CLOSING = "closing", "Closing"


class Template(models.Model):
    """The activities a new listing of one group starts with. Changing it leaves running listings alone."""

    group_key = TextColumn(primary_key=True, choices=GroupKey.choices)
    name = TextColumn()

    class Meta:
        db_table = "listings_template"
        ordering = ["group_key"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(group_key__in=GroupKey.values), name="listings_template_key_check"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TemplateLine(models.Model):
    """One activity of a template. Without an offset, or while its key date is unknown, it has no due date."""

    line_id = UlidKey()
    template = models.ForeignKey(
        Template,
        models.CASCADE,
        db_column="group_key",
        db_constraint=False,
        db_index=False,
        related_name="lines",
    )
    position = models.IntegerField()
    name = TextColumn()
    task_category = TextColumn("category", choices=Category.choices)
    visibility_group = TextColumn("seen by", choices=VisibilityGroup.choices, default=VisibilityGroup.BOTH)
    priority = models.IntegerField(default=5)
    key_date = TextColumn("counted from", choices=KeyDateKind.choices, default=KeyDateKind.INTAKE)
    offset_days = models.IntegerField(
        "working days", null=True, blank=True, help_text="Working days after the key date; negative before it."
    )

    class Meta:
        db_table = "listings_template_line"
        ordering = ["template", "position", "line_id"]
        constraints = [
            ForeignKeyAction(
                name="fk_listings_template_line_template",
                column="group_key",
                to_table="listings_template",
                to_column="group_key",
                on_delete="CASCADE",
            ),
            models.CheckConstraint(
                condition=models.Q(task_category__in=Category.values), name="listings_template_line_category_check"
            ),
            models.CheckConstraint(
                condition=models.Q(visibility_group__in=VisibilityGroup.values),
                name="listings_template_line_group_check",
            ),
            models.CheckConstraint(
                condition=models.Q(priority__gte=0, priority__lte=10), name="listings_template_line_priority_check"
            ),
            models.CheckConstraint(
                condition=models.Q(key_date__in=KeyDateKind.values), name="listings_template_line_key_date_check"
            ),
            models.CheckConstraint(
                condition=models.Q(offset_days__gte=-250, offset_days__lte=250),
                name="listings_template_line_offset_check",
            ),
        ]
        indexes = [Index(fields=["template", "position"], name="idx_listings_template_line")]

    def __str__(self) -> str:
        return self.name

    @property
    def days_before(self) -> int:
        """The working days by which it comes before its key date."""
        return -(self.offset_days or 0)


class KeyDate(models.Model):
    """A known key day of one listing, in office time."""

    key_date_id = UlidKey()
    listing = models.ForeignKey(
        Listing,
        models.CASCADE,
        db_column="listing_id",
        db_constraint=False,
        db_index=False,
        related_name="key_dates",
    )
    kind = TextColumn(choices=KeyDateKind.choices)
    day = models.DateField()

    class Meta:
        db_table = "listings_key_date"
        constraints = [
            models.UniqueConstraint(fields=["listing", "kind"], name="listings_key_date_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=KeyDateKind.values), name="listings_key_date_kind_check"
            ),
            ForeignKeyAction(
                name="fk_listings_key_date_listing",
                column="listing_id",
                to_table="listings",
                to_column="listing_id",
                on_delete="CASCADE",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.day}"


class Acknowledgement(models.Model):
    """That one person has taken note of a new listing; it then leaves that person's inbox and nobody else's."""

    acknowledgement_id = UlidKey()
    listing = models.ForeignKey(
        Listing,
        models.CASCADE,
        db_column="listing_id",
        db_constraint=False,
        db_index=False,
        related_name="acknowledgements",
    )
    staff_id = TextColumn()
    at = timestamp(editable=False)

    class Meta:
        db_table = "listings_acknowledgement"
        constraints = [
            models.UniqueConstraint(fields=["listing", "staff_id"], name="listings_acknowledgement_once"),
            ForeignKeyAction(
                name="fk_listings_acknowledgement_listing",
                column="listing_id",
                to_table="listings",
                to_column="listing_id",
                on_delete="CASCADE",
            ),
        ]
        indexes = [Index(fields=["staff_id", "listing"], name="idx_listings_acknowledgement")]

    def __str__(self) -> str:
        return f"{self.listing_id} by {self.staff_id}"
