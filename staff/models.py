"""The people of the operations team (document, table 1)."""

from django.db import models

from common.fields import Index, TextColumn, UlidKey, json_object, timestamp
from common.soft_deletion import SoftDeleteModel


class Role(models.TextChoices):
    ADMIN = "admin", "Admin"
    OPERATIONS = "operations", "Operations"
    MARKETING = "marketing", "Marketing"
    SUPPORT = "support", "Support"


class StaffStatus(models.TextChoices):
    ACTIVE = "active", "Active"
    INACTIVE = "inactive", "Inactive"
    SUSPENDED = "suspended", "Suspended"


class Staff(SoftDeleteModel):
    """An internal team member. Never removed for good: history and tasks keep the name."""

    staff_id = UlidKey()
    email = TextColumn()
    name = TextColumn()
    role = TextColumn(choices=Role.choices)
    slack_user_id = TextColumn("Slack id", null=True, blank=True)
    phone = TextColumn(null=True, blank=True)
    status = TextColumn(choices=StaffStatus.choices, default=StaffStatus.ACTIVE, db_default="active")
    created_at = timestamp(editable=False)
    updated_at = timestamp(editable=False)
    metadata = json_object()

    class Meta(SoftDeleteModel.Meta):
        db_table = "staff"
        verbose_name = verbose_name_plural = "staff"
        constraints = [
            models.UniqueConstraint(fields=["email"], name="staff_email_key"),
            models.UniqueConstraint(fields=["slack_user_id"], name="staff_slack_user_id_key"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="staff_role_check"),
            models.CheckConstraint(condition=models.Q(status__in=StaffStatus.values), name="staff_status_check"),
        ]
        indexes = [
            Index(fields=["role"], name="idx_staff_role", condition=models.Q(deleted_at=None)),
            Index(fields=["status"], name="idx_staff_status", condition=models.Q(deleted_at=None)),
            Index(
                fields=["slack_user_id"],
                name="idx_staff_slack",
                condition=models.Q(slack_user_id__isnull=False, deleted_at=None),
            ),
            Index(fields=["email"], name="idx_staff_email", condition=models.Q(deleted_at=None)),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def initials(self) -> str:
        """First letters of the first and last word of the name, for the face beside a row."""
        words = self.name.split() or ["?"]
        return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()

    @property
    def first_name(self) -> str:
        return self.name.split()[0] if self.name.strip() else self.email

    @property
    def is_signed_in_allowed(self) -> bool:
        """Only active people who have not been removed may sign in (product.md, Rights)."""
        return self.status == StaffStatus.ACTIVE and self.deleted_at is None
