"""The two lists of a team in their order: what nobody has by age, what its people have by due date."""

from django.db import migrations
from django.db.models import Q

from common.fields import Index

UNCLAIMED = Q(("deleted_at", None), ("assigned_staff", None), ("status", "OPEN"))
HELD = Q(("deleted_at", None), ("status__in", ["CLAIMED", "IN_PROGRESS"]))


def _indexes(model: str, table: str) -> list[migrations.AddIndex]:
    by_age = Index(fields=["created_at", "task_id"], name=f"idx_{table}_unclaimed_by_age", condition=UNCLAIMED)
    by_due = Index(fields=["due_date", "-priority", "task_id"], name=f"idx_{table}_with_people", condition=HELD)
    return [migrations.AddIndex(model, by_age), migrations.AddIndex(model, by_due)]


class Migration(migrations.Migration):
    dependencies = [
        ("listings", "0007_search_by_realtor"),
        ("realtors", "0001_initial"),
        ("staff", "0001_initial"),
        ("tasks", "0013_unclaimed_counts"),
    ]

    operations = [*_indexes("activity", "activities"), *_indexes("agenttask", "agent_tasks")]
