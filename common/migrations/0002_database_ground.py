from django.db import migrations

from common.sql import NamedSQL


class Migration(migrations.Migration):
    dependencies = [("common", "0001_initial")]

    operations = [
        NamedSQL(
            "Create the function that advances updated_at",
            """CREATE FUNCTION touch_updated_at() RETURNS trigger LANGUAGE plpgsql
               SET search_path = pg_catalog, pg_temp AS $body$
               BEGIN
                   -- The clock, not the start of the transaction: a second change in one transaction advances it too.
                   NEW.updated_at := clock_timestamp();
                   RETURN NEW;
               END $body$""",
            "DROP FUNCTION touch_updated_at()",
        ),
    ]
