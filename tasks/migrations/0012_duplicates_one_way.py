"""Of two tasks only one is the duplicate of the other, also where they are merged into each other at one moment."""

import django.db.models.functions.comparison
from django.db import migrations, models

from common.sql import NamedSQL

# What such a moment has left: the first of the two stays as it was meant, the other is only cancelled.
REMOVE_WHAT_GOES_BACK = NamedSQL(
    "Remove the second of two links between the same duplicates",
    """DELETE FROM task_links later USING task_links k
        WHERE later.relation = 'duplicate_of' AND k.relation = 'duplicate_of' AND later.link_id > k.link_id
            AND later.from_id = k.to_id AND later.to_id = k.from_id""",
    "",
)


class Migration(migrations.Migration):
    dependencies = [("tasks", "0011_search_by_realtor")]

    operations = [
        REMOVE_WHAT_GOES_BACK,
        migrations.AddConstraint(
            model_name="tasklink",
            constraint=models.UniqueConstraint(
                django.db.models.functions.comparison.Least("from_id", "to_id"),
                django.db.models.functions.comparison.Greatest("from_id", "to_id"),
                condition=models.Q(("relation", "duplicate_of")),
                name="task_links_one_way",
            ),
        ),
    ]
