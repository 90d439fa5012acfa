"""A removed listing has no live activity, also where it is removed at the moment in which somebody adds one."""

from importlib import import_module

from django.db import migrations

from common.sql import NamedSQL

FORMER = import_module("tasks.migrations.0002_policies").KEEP_PROGRESS[0]

# What the race has left: it goes with its listing, and comes back with it.
REMOVE_WHAT_IS_LEFT = NamedSQL(
    "Remove the live activities of removed listings",
    """UPDATE activities a SET deleted_at = l.deleted_at FROM listings l
        WHERE l.listing_id = a.listing_id AND l.deleted_at IS NOT NULL AND a.deleted_at IS NULL""",
    "",
)

_LOCK = "PERFORM FROM listings WHERE listing_id = ANY (listings_touched) ORDER BY listing_id FOR NO KEY UPDATE;\n"
# Whoever removes a listing has its row, so here it is either still live and will wait for us, or known to be removed.
_CHECK = f"""{_LOCK}
            IF TG_OP <> 'DELETE' THEN
                IF EXISTS (
                    SELECT FROM listings l JOIN new_rows n ON n.listing_id = l.listing_id
                    WHERE l.listing_id = ANY (listings_touched) AND l.deleted_at IS NOT NULL AND n.deleted_at IS NULL
                ) THEN
                    RAISE EXCEPTION USING ERRCODE = '23503', TABLE = 'activities',
                        CONSTRAINT = 'live_activity_of_live_listing',
                        MESSAGE = 'a live activity needs a live listing';
                END IF;
            END IF;
"""


def anew(sql: str) -> str:
    return sql.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)


KEEP_OFF_REMOVED_LISTINGS = NamedSQL(
    "Refuse live activities of removed listings",
    anew(FORMER.sql.replace(_LOCK, _CHECK)),
    anew(FORMER.sql),
)


class Migration(migrations.Migration):
    dependencies = [("tasks", "0008_progress_of_listings")]

    operations = [REMOVE_WHAT_IS_LEFT, KEEP_OFF_REMOVED_LISTINGS]
