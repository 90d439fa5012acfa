"""Work to be done: activities on a listing and agent tasks for a realtor (document, tables 3 and 4)."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Greatest, Least

from common.fields import ForeignKeyAction, Index, TextColumn, UlidKey, json_object, timestamp
from common.soft_deletion import SoftDeleteModel
from listings.models import Category, Listing, VisibilityGroup
from realtors.models import Realtor
from staff.models import Staff


class Status(models.TextChoices):
    OPEN = "OPEN", "Open"
    CLAIMED = "CLAIMED", "Claimed"
    IN_PROGRESS = "IN_PROGRESS", "In progress"
    DONE = "DONE", "Done"
    FAILED = "FAILED", "Failed"
    CANCELLED = "CANCELLED", "Cancelled"


class TaskKey(models.TextChoices):
    """The kinds of single tasks the classification knows (architecture.md, Labels)."""

    SALE_ACTIVE_TASKS = "SALE_ACTIVE_TASKS", "Sale, active"
    SALE_SOLD_TASKS = "SALE_SOLD_TASKS", "Sale, sold"
    SALE_CLOSING_TASKS = "SALE_CLOSING_TASKS", "Sale, closing"
    LEASE_ACTIVE_TASKS = "LEASE_ACTIVE_TASKS", "Lease, active"
    LEASE_LEASED_TASKS = "LEASE_LEASED_TASKS", "Lease, leased"
    LEASE_CLOSING_TASKS = "LEASE_CLOSING_TASKS", "Lease, closing"
    LEASE_ACTIVE_TASKS_ARLYN = "LEASE_ACTIVE_TASKS_ARLYN", "Lease, active (Arlyn)"
    RELIST_LISTING_DEAL_SALE = "RELIST_LISTING_DEAL_SALE", "Relisting, sale"
    RELIST_LISTING_DEAL_LEASE = "RELIST_LISTING_DEAL_LEASE", "Relisting, lease"
    BUYER_DEAL = "BUYER_DEAL", "Buyer deal"
    BUYER_DEAL_CLOSING_TASKS = "BUYER_DEAL_CLOSING_TASKS", "Buyer deal, closing"
    LEASE_TENANT_DEAL = "LEASE_TENANT_DEAL", "Tenant deal"
    LEASE_TENANT_DEAL_CLOSING_TASKS = "LEASE_TENANT_DEAL_CLOSING_TASKS", "Tenant deal, closing"
    PRECON_DEAL = "PRECON_DEAL", "Pre-construction deal"
    MUTUAL_RELEASE_STEPS = "MUTUAL_RELEASE_STEPS", "Mutual release"
    OPS_MISC_TASK = "OPS_MISC_TASK", "Other request"


CLOSED = (Status.DONE, Status.FAILED, Status.CANCELLED)
WORKABLE = (Status.OPEN, Status.CLAIMED, Status.IN_PROGRESS)

_LIVE = Q(deleted_at=None)


def _table_checks(table: str) -> list[models.BaseConstraint]:
    """The CHECKs both task tables share."""
    return [
        models.CheckConstraint(condition=Q(status__in=Status.values), name=f"{table}_status_check"),
        models.CheckConstraint(condition=Q(priority__gte=0, priority__lte=10), name=f"{table}_priority_check"),
    ]


class Task(SoftDeleteModel):
    """What an activity and an agent task have in common. ``reason`` of a failure stands in ``outputs``."""

    task_id = UlidKey()
    name = TextColumn()
    description = models.TextField(null=True, blank=True)
    status = TextColumn(choices=Status.choices, default=Status.OPEN, db_default="OPEN")
    priority = models.IntegerField(default=0, db_default=0)
    assigned_staff = models.ForeignKey(
        Staff,
        models.SET_NULL,
        null=True,
        blank=True,
        db_column="assigned_staff_id",
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    due_date = models.DateTimeField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    created_at = timestamp(editable=False)
    updated_at = timestamp(editable=False)
    deleted_by = TextColumn(null=True, blank=True, editable=False)
    inputs = json_object()
    outputs = json_object()

    class Meta(SoftDeleteModel.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def is_closed(self) -> bool:
        return self.status in CLOSED


class Activity(Task):
    """A piece of work on one listing."""

    kind = "activity"
    path = "activities"

    listing = models.ForeignKey(
        Listing,
        models.CASCADE,
        db_column="listing_id",
        db_constraint=False,
        db_index=False,
        related_name="activities",
    )
    realtor = models.ForeignKey(
        Realtor,
        models.SET_NULL,
        null=True,
        blank=True,
        db_column="realtor_id",
        db_constraint=False,
        db_index=False,
        related_name="activities",
    )
    task_category = TextColumn("category", choices=Category.choices)
    visibility_group = TextColumn(
        "seen by", choices=VisibilityGroup.choices, default=VisibilityGroup.BOTH, db_default="BOTH"
    )

    class Meta(Task.Meta):
        db_table = "activities"
        verbose_name_plural = "activities"
        constraints = [
            *_table_checks("activities"),
            models.CheckConstraint(
                condition=Q(task_category__in=Category.values), name="activities_task_category_check"
            ),
            models.CheckConstraint(
                condition=Q(visibility_group__in=VisibilityGroup.values), name="activities_visibility_group_check"
            ),
            ForeignKeyAction(
                name="fk_activities_listing",
                column="listing_id",
                to_table="listings",
                to_column="listing_id",
                on_delete="CASCADE",
            ),
            ForeignKeyAction(
                name="fk_activities_realtor",
                column="realtor_id",
                to_table="realtors",
                to_column="realtor_id",
                on_delete="SET NULL",
            ),
            ForeignKeyAction(
                name="fk_activities_staff",
                column="assigned_staff_id",
                to_table="staff",
                to_column="staff_id",
                on_delete="SET NULL",
            ),
        ]
        indexes = [
            Index(fields=["listing"], name="idx_activities_listing", condition=_LIVE),
            Index(fields=["realtor"], name="idx_activities_realtor", condition=_LIVE),
            Index(fields=["assigned_staff", "due_date"], name="idx_activities_assigned_staff", condition=_LIVE),
            Index(fields=["status", "-priority"], name="idx_activities_status", condition=_LIVE),
            Index(fields=["task_category"], name="idx_activities_category", condition=_LIVE),
            Index(fields=["due_date"], name="idx_activities_due_date", condition=_LIVE & ~Q(status="DONE")),
            Index(fields=["listing", "status", "-priority"], name="idx_activities_listing_status", condition=_LIVE),
            # The next due activity of each of many listings, with what the row policy asks for (desk.next_due).
            Index(
                fields=["listing", "due_date", "task_id"],
                include=["visibility_group", "assigned_staff"],
                name="idx_activities_next_due",
                condition=_LIVE & Q(status__in=["OPEN", "CLAIMED", "IN_PROGRESS"]),
            ),
            # The inbox's keyset order over exactly its rows; without it page 100 reads 5,000 rows (queries.for_inbox).
            Index(
                fields=["due_date", "-priority", "task_id"],
                name="idx_activities_inbox",
                condition=_LIVE & Q(status="OPEN", assigned_staff=None),
            ),
            # The same order for one person's open work (queries.for_my_tasks).
            Index(
                fields=["assigned_staff", "due_date", "-priority", "task_id"],
                name="idx_activities_my_tasks",
                condition=_LIVE & Q(status__in=["CLAIMED", "IN_PROGRESS"]),
            ),
            # A team's two lists: what nobody has by age, what its people have by due date (team_queries). Without them
            # a page sorts all that is unclaimed, or all that anybody has.
            Index(
                fields=["created_at", "task_id"],
                name="idx_activities_unclaimed_by_age",
                condition=_LIVE & Q(status="OPEN", assigned_staff=None),
            ),
            Index(
                fields=["due_date", "-priority", "task_id"],
                name="idx_activities_with_people",
                condition=_LIVE & Q(status__in=["CLAIMED", "IN_PROGRESS"]),
            ),
        ]

    def get_absolute_url(self) -> str:
        return f"/activities/{self.pk}/"


class AgentTask(Task):
    """A piece of work for one realtor, tied to no listing."""

    kind = "agent_task"
    path = "agent-tasks"

    realtor = models.ForeignKey(
        Realtor,
        models.CASCADE,
        db_column="realtor_id",
        db_constraint=False,
        db_index=False,
        related_name="agent_tasks",
    )
    task_key = TextColumn("kind of request")

    class Meta(Task.Meta):
        db_table = "agent_tasks"
        constraints = [
            *_table_checks("agent_tasks"),
            ForeignKeyAction(
                name="fk_agent_tasks_realtor",
                column="realtor_id",
                to_table="realtors",
                to_column="realtor_id",
                on_delete="CASCADE",
            ),
            ForeignKeyAction(
                name="fk_agent_tasks_staff",
                column="assigned_staff_id",
                to_table="staff",
                to_column="staff_id",
                on_delete="SET NULL",
            ),
        ]
        indexes = [
            Index(fields=["realtor", "-created_at"], name="idx_agent_tasks_realtor", condition=_LIVE),
            Index(fields=["assigned_staff", "due_date"], name="idx_agent_tasks_assigned_staff", condition=_LIVE),
            Index(fields=["status", "-priority"], name="idx_agent_tasks_status", condition=_LIVE),
            Index(fields=["task_key"], name="idx_agent_tasks_task_key", condition=_LIVE),
            Index(fields=["due_date"], name="idx_agent_tasks_due_date", condition=_LIVE & ~Q(status="DONE")),
            Index(fields=["realtor", "status", "-priority"], name="idx_agent_tasks_realtor_status", condition=_LIVE),
            Index(
                fields=["due_date", "-priority", "task_id"],
                name="idx_agent_tasks_inbox",
                condition=_LIVE & Q(status="OPEN", assigned_staff=None),
            ),
            Index(
                fields=["assigned_staff", "due_date", "-priority", "task_id"],
                name="idx_agent_tasks_my_tasks",
                condition=_LIVE & Q(status__in=["CLAIMED", "IN_PROGRESS"]),
            ),
            Index(
                fields=["created_at", "task_id"],
                name="idx_agent_tasks_unclaimed_by_age",
                condition=_LIVE & Q(status="OPEN", assigned_staff=None),
            ),
            Index(
                fields=["due_date", "-priority", "task_id"],
                name="idx_agent_tasks_with_people",
                condition=_LIVE & Q(status__in=["CLAIMED", "IN_PROGRESS"]),
            ),
        ]

    def get_absolute_url(self) -> str:
        return f"/agent-tasks/{self.pk}/"


class ItemKind(models.TextChoices):
    """What a snooze, a waiting mark, a watch or a link is about; items are named by kind and id."""

    ACTIVITY = "activity", "Activity"
    AGENT_TASK = "agent_task", "Agent task"
    LISTING = "listing", "Listing"
    MESSAGE = "message", "Slack message"


class Snooze(models.Model):
    """An item put off by one person: out of that person's inbox until a time, or until the realtor writes.

    ``until`` is NULL for "until the realtor writes". Once ``woken_at`` is set the item is back, with the reason shown.
    """

    snooze_id = UlidKey()
    kind = TextColumn(choices=ItemKind.choices)
    item_id = TextColumn()
    staff_id = TextColumn()
    until = models.DateTimeField(null=True, blank=True)
    woken_at = models.DateTimeField(null=True, blank=True)
    wake_reason = TextColumn(null=True, blank=True)
    created_at = timestamp(editable=False)

    class Meta:
        db_table = "tasks_snooze"
        constraints = [
            models.UniqueConstraint(fields=["staff_id", "kind", "item_id"], name="tasks_snooze_once"),
            models.CheckConstraint(condition=Q(kind__in=ItemKind.values), name="tasks_snooze_kind_check"),
        ]
        indexes = [
            Index(fields=["kind", "item_id"], name="idx_tasks_snooze_item"),
            # What the clock wakes.
            Index(fields=["until"], name="idx_tasks_snooze_due", condition=Q(woken_at=None, until__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.item_id} until {self.until or 'the realtor writes'}"


NEW_MESSAGE = "new message"
"""Why what was put off or waited is back: its realtor has written."""


class Waiting(models.Model):
    """That an item waits on the realtor since ``since``: its clock stands still until ``ended_at``."""

    waiting_id = UlidKey()
    kind = TextColumn(choices=ItemKind.choices)
    item_id = TextColumn()
    for_what = TextColumn()
    since = timestamp(editable=False)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = TextColumn(null=True, blank=True)

    class Meta:
        db_table = "tasks_waiting"
        verbose_name_plural = "waiting"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "item_id"], name="tasks_waiting_one_open", condition=Q(ended_at=None)
            ),
            models.CheckConstraint(condition=Q(kind__in=ItemKind.values), name="tasks_waiting_kind_check"),
        ]
        indexes = [Index(fields=["kind", "item_id", "since"], name="idx_tasks_waiting_item")]

    def __str__(self) -> str:
        return f"{self.kind} {self.item_id} waits for {self.for_what}"


class TaskLink(models.Model):
    """A line between two items: what this is a duplicate of, or the listing an agent task belongs to."""

    class Relation(models.TextChoices):
        DUPLICATE_OF = "duplicate_of", "Duplicate of"
        BELONGS_TO = "belongs_to", "Belongs to"

    link_id = UlidKey()
    relation = TextColumn(choices=Relation.choices)
    from_kind = TextColumn(choices=ItemKind.choices)
    from_id = TextColumn()
    to_kind = TextColumn(choices=ItemKind.choices)
    to_id = TextColumn()
    created_at = timestamp(editable=False)

    class Meta:
        db_table = "task_links"
        constraints = [
            models.UniqueConstraint(fields=["from_kind", "from_id", "relation"], name="task_links_once"),
            # Of two merged into each other at one moment one stays.
            models.UniqueConstraint(
                Least("from_id", "to_id"),
                Greatest("from_id", "to_id"),
                name="task_links_one_way",
                condition=Q(relation="duplicate_of"),
            ),
            models.CheckConstraint(
                condition=Q(relation__in=["duplicate_of", "belongs_to"]), name="task_links_relation_check"
            ),
            models.CheckConstraint(
                condition=Q(from_kind__in=ItemKind.values, to_kind__in=ItemKind.values), name="task_links_kind_check"
            ),
        ]
        indexes = [Index(fields=["to_kind", "to_id"], name="idx_task_links_to")]

    def __str__(self) -> str:
        return f"{self.from_kind} {self.from_id} {self.relation} {self.to_kind} {self.to_id}"
