"""History: who did what, and what it changed. Rows here have no foreign keys, so they outlive what they describe."""

from django.db import models

from common.fields import Index, TextColumn, UlidKey, timestamp


class Act(models.Model):
    """One deed of one actor: a click, a bulk change, an import, a Slack message.

    ``actor_kind``, ``actor_id``, ``at`` and ``transaction_id`` are filled by a trigger from the principal, never given.
    """

    act_id = UlidKey()
    verb = TextColumn()
    reason = models.TextField(null=True, blank=True)
    source = TextColumn(default="web")
    undoes = TextColumn(null=True, blank=True)
    actor_kind = TextColumn(default="", editable=False)
    actor_id = TextColumn(default="", editable=False)
    at = timestamp(editable=False)
    transaction_id = models.BigIntegerField(default=0, editable=False)

    class Meta:
        db_table = "acts"
        indexes = [
            # "My last acts" and the check of the ten minutes in which an act can be undone.
            Index(fields=["actor_id", "-at"], name="idx_acts_actor"),
            Index(fields=["undoes"], name="idx_acts_undoes", condition=models.Q(undoes__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.actor_id} {self.verb}"


class Change(models.Model):
    """One row that an act touched.

    ``before`` and ``after`` hold the columns that differ; of a new or removed row they hold all.
    """

    change_id = models.BigAutoField(primary_key=True)
    act_id = TextColumn()
    table_name = TextColumn()
    row_key = TextColumn()
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        db_table = "changes"
        indexes = [
            Index(fields=["act_id"], name="idx_changes_act"),
            Index(fields=["table_name", "row_key", "change_id"], name="idx_changes_row"),
        ]

    def __str__(self) -> str:
        return f"{self.table_name} {self.row_key}"


class ChangeCounter(models.Model):
    """One row that grows by one when an act commits: a polled page is unchanged while it stands still."""

    counter_id = models.SmallIntegerField(primary_key=True, default=1)
    value = models.BigIntegerField(default=0)

    class Meta:
        db_table = "change_counter"
        constraints = [
            models.CheckConstraint(condition=models.Q(counter_id=1), name="change_counter_one_row_check"),
        ]

    def __str__(self) -> str:
        return str(self.value)
