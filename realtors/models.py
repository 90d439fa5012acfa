"""The outside agents for whom the team works (document, table 2)."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from common.fields import Index, TextColumn, UlidKey, json_object, timestamp
from common.soft_deletion import SoftDeleteModel


class RealtorStatus(models.TextChoices):
    ACTIVE = "active", "Active"
    INACTIVE = "inactive", "Inactive"
    SUSPENDED = "suspended", "Suspended"
    PENDING = "pending", "Pending"


class Realtor(SoftDeleteModel):
    """A real estate agent; requests in Slack are theirs by ``slack_user_id``."""

    realtor_id = UlidKey()
    email = TextColumn()
    name = TextColumn()
    phone = TextColumn(null=True, blank=True)
    license_number = TextColumn(null=True, blank=True)
    brokerage = TextColumn(null=True, blank=True)
    slack_user_id = TextColumn("Slack id", null=True, blank=True)
    territories = ArrayField(TextColumn(), null=True, blank=True)
    status = TextColumn(choices=RealtorStatus.choices, default=RealtorStatus.ACTIVE, db_default="active")
    created_at = timestamp(editable=False)
    updated_at = timestamp(editable=False)
    metadata = json_object()

    class Meta(SoftDeleteModel.Meta):
        db_table = "realtors"
        constraints = [
            models.UniqueConstraint(fields=["email"], name="realtors_email_key"),
            models.UniqueConstraint(fields=["license_number"], name="realtors_license_number_key"),
            models.UniqueConstraint(fields=["slack_user_id"], name="realtors_slack_user_id_key"),
            models.CheckConstraint(condition=models.Q(status__in=RealtorStatus.values), name="realtors_status_check"),
        ]
        indexes = [
            Index(fields=["status"], name="idx_realtors_status", condition=models.Q(deleted_at=None)),
            Index(
                fields=["slack_user_id"],
                name="idx_realtors_slack",
                condition=models.Q(slack_user_id__isnull=False, deleted_at=None),
            ),
            Index(fields=["email"], name="idx_realtors_email", condition=models.Q(deleted_at=None)),
            Index(
                fields=["license_number"],
                name="idx_realtors_license",
                condition=models.Q(license_number__isnull=False, deleted_at=None),
            ),
            Index(
                fields=["brokerage"],
                name="idx_realtors_brokerage",
                condition=models.Q(brokerage__isnull=False, deleted_at=None),
            ),
            GinIndex(fields=["territories"], name="idx_realtors_territories"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"/realtors/{self.pk}/"
