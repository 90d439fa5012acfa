"""How many rows a second an import brings in, against Django's bulk_create of the same rows.

    python bench/import_rate.py [--rows 20000] [--rounds 5]

Both write activities into the same database of a local cluster of its own, in turn, inside an act, with history,
row policies and indexes as everywhere. The import reads, checks and compares a CSV file on top of that; bulk_create
gets model instances that are made already. Prints medians and their ratio.
"""

import argparse
import csv
import io
import os
import random
import statistics
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from laz_ops.localdb import SETTINGS, LocalDatabase

LISTINGS = 500
COLUMNS = (
    *("task_id", "listing_id", "realtor_id", "name", "description", "task_category", "status", "priority"),
    *("visibility_group", "assigned_staff_id", "due_date", "claimed_at", "completed_at", "created_at", "updated_at"),
    *("deleted_at", "deleted_by", "inputs", "outputs"),
)


def prepare(database):
    """Settings, an empty migrated database, and the rows that activities point to."""
    os.environ |= {
        "DATABASE_URL": database.url("owner", "import_rate"),
        "SECRET_KEY": "only-for-this-benchmark",
        "PRINCIPAL_KEY": "only-for-this-benchmark",
        "DJANGO_SETTINGS_MODULE": "laz_ops.settings",
    }
    database.sql("DROP DATABASE IF EXISTS import_rate WITH (FORCE)", "postgres")
    database.sql("CREATE DATABASE import_rate OWNER ops_owner", "postgres")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("sync_principal_key", stdout=io.StringIO())


def people_and_listings():
    from listings.models import Listing
    from realtors.models import Realtor
    from staff.models import Staff

    staff = [Staff(email=f"s{n}@example.com", name=f"Person {n}", role="operations") for n in range(20)]
    realtors = [Realtor(email=f"r{n}@example.com", name=f"Realtor {n}") for n in range(100)]
    listings = [
        Listing(address_string=f"{n} Main St", realtor=realtors[n % len(realtors)], type="SALE")
        for n in range(LISTINGS)
    ]
    Staff.objects.bulk_create(staff)
    Realtor.objects.bulk_create(realtors)
    Listing.objects.bulk_create(listings)
    return staff, listings


def activities_file(count, staff, listings):
    """The bytes of a CSV file of activities as the sample file has them: half of them claimed, a fifth done."""
    from common.fields import new_ulid

    chance = random.Random(1)
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)

    def written(moment):
        return moment.isoformat().replace("+00:00", "Z") if moment else ""

    for number in range(count):
        listing = chance.choice(listings)
        created = begin + timedelta(minutes=number % 30000)
        status = chance.choice(("OPEN", "OPEN", "CLAIMED", "IN_PROGRESS", "DONE"))
        claimed = created + timedelta(hours=5) if status != "OPEN" else None
        done = created + timedelta(days=1) if status == "DONE" else None
        name = chance.choice(("Take listing photos", "Order yard sign", "Create MLS listing"))
        writer.writerow(
            [
                new_ulid(),
                listing.pk,
                listing.realtor_id,
                name,
                f"{name} for {listing.address_string}" if chance.random() < 0.4 else "",
                chance.choice(("PHOTO", "MARKETING", "ADMIN")),
                status,
                chance.randrange(11),
                chance.choice(("BOTH", "AGENT", "MARKETING")),
                chance.choice(staff).pk if claimed else "",
                written(created + timedelta(days=7)) if chance.random() < 0.75 else "",
                written(claimed),
                written(done),
                written(created),
                written(done or claimed or created),
                "",
                "",
                "{}",
                '{"files": 12}' if done else "{}",
            ]
        )
    return buffer.getvalue().encode()


def empty():
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE activities, changes, acts")
        cursor.execute("UPDATE listings SET status = 'new', progress = 0")
        cursor.execute("TRUNCATE changes, acts")
    # VACUUM, so that no round pays for the dead rows of the one before it.
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE listings")


def by_import(data, **options):
    from common.clock import office_zone
    from common.imports.columns import Context
    from common.imports.loading import import_file
    from common.principal import acting_as
    from tasks.imports import ActivityTable

    begin = time.perf_counter()
    context = Context(office_zone(), datetime(2100, 1, 1, tzinfo=UTC))
    with acting_as("system", "command"):
        outcome = import_file(ActivityTable(), data, context, file_name="activities.csv", **options)
    assert not outcome.wrong, outcome.wrong[:3]
    return time.perf_counter() - begin


def by_bulk_create(data):
    from common.clock import office_zone
    from common.history import act
    from common.imports.columns import Context
    from common.principal import acting_as
    from tasks.imports import ActivityTable
    from tasks.models import Activity

    rows = ActivityTable().read(data, Context(office_zone(), datetime(2100, 1, 1, tzinfo=UTC))).rows
    instances = [Activity(**row.values) for row in rows]
    begin = time.perf_counter()
    with acting_as("system", "command"), act("imported", source="bulk_create"):
        Activity.all_objects.bulk_create(instances, batch_size=2000)
    return time.perf_counter() - begin


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    database = LocalDatabase("bench", SETTINGS)
    database.start()
    try:
        prepare(database)
        staff, listings = people_and_listings()
        data = activities_file(options.rows, staff, listings)
        times: dict[str, list[float]] = {"bulk_create": [], "import": [], "import again": []}
        for _ in range(options.rounds):
            empty()
            times["bulk_create"].append(by_bulk_create(data))
            empty()
            times["import"].append(by_import(data))
            times["import again"].append(by_import(data))
        rates = {way: options.rows / statistics.median(seconds) for way, seconds in times.items()}
        for way, rate in rates.items():
            print(f"{way:14} {rate:8,.0f} rows/s   ({rate / rates['bulk_create']:.2f} × bulk_create)")
    finally:
        from django.db import connections

        connections.close_all()
        database.stop()


if __name__ == "__main__":
    main()
