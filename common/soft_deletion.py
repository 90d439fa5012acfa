"""Soft deletion: rows leave every list but stay in the table, so history and links keep their meaning."""

from django.db import models
from django.db.models.functions import Now


class SoftDeleteQuerySet(models.QuerySet):
    """A queryset whose ``delete()`` marks rows instead of removing them."""

    def delete(self) -> int:  # type: ignore[override]
        """Mark the live rows as deleted now; return how many. Rules about deletion live in ``actions``."""
        return self.filter(deleted_at=None).update(deleted_at=Now())

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]

    def live(self):
        return self.filter(deleted_at=None)

    def deleted(self):
        return self.exclude(deleted_at=None)


class LiveManager(models.Manager.from_queryset(SoftDeleteQuerySet)):  # type: ignore[misc]
    """Rows that have not been deleted. The first manager, hence the default of relations and forms."""

    def get_queryset(self):
        return super().get_queryset().filter(deleted_at=None)


class SoftDeleteModel(models.Model):
    """Base of the tables with ``deleted_at``: ``objects`` are live rows, ``all_objects`` says the rest aloud."""

    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = LiveManager()
    all_objects = SoftDeleteQuerySet.as_manager()

    class Meta:
        abstract = True
        # Foreign keys to deleted parents must still load, so the base manager sees every row.
        base_manager_name = "all_objects"

    def delete(self, *args, **kwargs):
        """Mark this row as deleted now."""
        return type(self).all_objects.filter(pk=self.pk).delete()
