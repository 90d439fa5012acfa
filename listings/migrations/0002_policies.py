"""Recording, policies and the office's ordinary week and holidays."""

from datetime import date, timedelta

from django.db import migrations

from common.sql import enable_rls, policy, record_changes, touch_updated_at

ADMIN = "(SELECT app.staff_role()) = 'admin'"
DESK = "(SELECT app.staff_role()) IN ('admin', 'operations')"
ANY_STAFF = "(SELECT app.staff_id()) IS NOT NULL"

FIRST_YEAR, LAST_YEAR = 2025, 2035


def easter(year: int) -> date:
    """Easter Sunday by the Gregorian computus (Meeus, Jones and Butcher)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    h = (19 * a + b - d - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def nth_monday(year: int, month: int, n: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(7 - first.weekday()) % 7 + 7 * (n - 1))


def ontario_holidays(year: int) -> list[tuple[date, str]]:
    """Ontario's nine public holidays (Employment Standards Act, 2000, section 1)."""
    victoria = date(year, 5, 24)
    return [
        (date(year, 1, 1), "New Year's Day"),
        (nth_monday(year, 2, 3), "Family Day"),
        (easter(year) - timedelta(days=2), "Good Friday"),
        (victoria - timedelta(days=victoria.weekday()), "Victoria Day"),
        (date(year, 7, 1), "Canada Day"),
        (nth_monday(year, 9, 1), "Labour Day"),
        (nth_monday(year, 10, 2), "Thanksgiving"),
        (date(year, 12, 25), "Christmas Day"),
        (date(year, 12, 26), "Boxing Day"),
    ]


def fill_calendar(apps, schema_editor):
    """May run twice: what stands there already, perhaps changed by an admin, stays."""
    weekday, office_day = apps.get_model("listings", "Weekday"), apps.get_model("listings", "OfficeDay")
    weekday.objects.bulk_create(
        [weekday(weekday=number, is_working_day=number < 5) for number in range(7)], ignore_conflicts=True
    )
    office_day.objects.bulk_create(
        [
            office_day(day=day, name=name)
            for year in range(FIRST_YEAR, LAST_YEAR + 1)
            for day, name in ontario_holidays(year)
        ],
        ignore_conflicts=True,
    )


LISTINGS = [
    touch_updated_at("listings"),
    # status and progress follow from the activities, so they are no change of their own.
    *record_changes("listings", "listing_id", "status", "progress"),
    enable_rls("listings"),
    policy("listings", "SELECT", "listings_view", f"{ANY_STAFF} OR realtor_id = (SELECT app.realtor_id())"),
    policy("listings", "INSERT", "listings_desk_insert", check=f"{DESK} AND (deleted_at IS NULL OR {ADMIN})"),
    policy(
        "listings",
        "UPDATE",
        "listings_desk_update",
        f"{DESK} AND (deleted_at IS NULL OR {ADMIN})",
        f"{DESK} AND (deleted_at IS NULL OR {ADMIN})",
    ),
    policy("listings", "DELETE", "listings_admin_delete", ADMIN),
    policy("changes", "SELECT", "changes_of_listings", f"table_name = 'listings' AND {ANY_STAFF}"),
]

OWN_NOTE = "author_staff_id = (SELECT app.staff_id())"
FRESH = "created_at > now() - interval '10 minutes'"

NOTES = [
    *record_changes("listings_note", "note_id"),
    enable_rls("listings_note"),
    # Notes of activities and agent tasks get their policies from the room of tasks.
    policy("listings_note", "SELECT", "notes_of_listings", f"kind = 'listing' AND {ANY_STAFF}"),
    policy("listings_note", "INSERT", "notes_of_listings_write", check=f"kind = 'listing' AND {OWN_NOTE}"),
    policy("listings_note", "UPDATE", "notes_own_update", f"{OWN_NOTE} AND {FRESH}", f"{OWN_NOTE} AND {FRESH}"),
    policy("listings_note", "DELETE", "notes_admin_delete", ADMIN),
    policy(
        "changes",
        "SELECT",
        "changes_of_notes",
        "table_name = 'listings_note' AND EXISTS (SELECT FROM listings_note n WHERE n.note_id = row_key)",
    ),
]

CALENDAR = [
    operation
    for table, key in (("listings_office_day", "day"), ("listings_weekday", "weekday"))
    for operation in (
        *record_changes(table, key),
        enable_rls(table),
        policy(table, "SELECT", f"{table}_view", ANY_STAFF),
        policy(table, "INSERT", f"{table}_admin_insert", check=ADMIN),
        policy(table, "UPDATE", f"{table}_admin_update", ADMIN, ADMIN),
        policy(table, "DELETE", f"{table}_admin_delete", ADMIN),
    )
]


class Migration(migrations.Migration):
    dependencies = [("listings", "0001_initial"), ("accounts", "0004_policies_of_people")]

    operations = [
        # Before the recording triggers: what ships with the product is no act of anybody.
        migrations.RunPython(fill_calendar, migrations.RunPython.noop, elidable=False),
        *LISTINGS,
        *NOTES,
        *CALENDAR,
    ]
