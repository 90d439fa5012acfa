"""What the database does by itself, as the customer's document says: defaults, CHECKs, ON DELETE, ``updated_at``.

Everything here is plain SQL: the database must hold even where no line of ours runs.
"""

from datetime import UTC, datetime

import psycopg
import pytest
from django.db import IntegrityError, transaction

from common.fields import new_ulid
from tests.catalogue import execute, rows
from tests.test_schema_facts import CHECKS, OUT_OF_RANGE, WRONG_WORDS

pytestmark = pytest.mark.django_db

KEY = {"staff": "staff_id", "realtors": "realtor_id", "listings": "listing_id"} | {
    "activities": "task_id",
    "agent_tasks": "task_id",
    "slack_messages": "message_id",
}
LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)


def required(table):
    """The columns that an INSERT has to name, and not one more."""
    key = new_ulid()
    if table == "staff":
        return {"staff_id": key, "email": f"{key}@lapaz.example", "name": "A Person", "role": "support"}
    if table == "realtors":
        return {"realtor_id": key, "email": f"{key}@realty.example", "name": "A Realtor"}
    if table == "listings":
        return {"listing_id": key, "address_string": "1 Harbour St"}
    if table == "activities":
        listing = insert("listings")
        return {"task_id": key, "listing_id": listing, "name": "Photos", "task_category": "PHOTO"}
    if table == "agent_tasks":
        return {"task_id": key, "realtor_id": insert("realtors"), "task_key": "BUYER_DEAL", "name": "Call back"}
    return {
        "message_id": key,
        "slack_user_id": "U1",
        "slack_channel_id": "C1",
        "slack_ts": key,
        "message_text": "hello",
        "classification": "{}",
        "message_type": "unclassified",
    }


def insert(table, **values):
    """Insert a row by plain SQL; return its key."""
    values = required(table) | values
    names, marks = ", ".join(values), ", ".join(["%s"] * len(values))
    with transaction.atomic():
        execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(values.values()))
    return values[KEY[table]]


def value(table, key, column):
    found = rows(f"SELECT {column} FROM {table} WHERE {KEY[table]} = %s", [key])
    return found[0][0] if found else "no such row"


def delete(table, key):
    execute(f"DELETE FROM {table} WHERE {KEY[table]} = %s", [key])


@pytest.mark.parametrize("table", KEY)
def test_an_insert_with_only_the_required_columns_succeeds(table):
    assert value(table, insert(table), "1") == 1


@pytest.mark.parametrize("table", KEY)
def test_an_insert_without_one_of_the_required_columns_is_refused(table):
    for column in required(table):
        with pytest.raises(IntegrityError) as refusal:
            insert(table, **{column: None})
        assert isinstance(refusal.value.__cause__, psycopg.errors.NotNullViolation), column


@pytest.mark.parametrize(("table", "column"), CHECKS, ids=".".join)
def test_a_check_lets_the_documents_values_pass_and_refuses_all_others(table, column):
    for good in CHECKS[table, column]:
        insert(table, **{column: good})
    for bad in OUT_OF_RANGE.get(column) or [*WRONG_WORDS, CHECKS[table, column][0].swapcase()]:
        with pytest.raises(IntegrityError) as refusal:
            insert(table, **{column: bad})
        assert isinstance(refusal.value.__cause__, psycopg.errors.CheckViolation), bad


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("staff", "email"),
        ("staff", "slack_user_id"),
        ("realtors", "email"),
        ("realtors", "license_number"),
        ("realtors", "slack_user_id"),
        ("slack_messages", "slack_ts"),
    ],
)
def test_a_unique_value_is_taken_once_even_by_a_deleted_row(table, column):
    first = insert(table, **{column: "once"})
    if table != "slack_messages":
        execute(f"UPDATE {table} SET deleted_at = now() WHERE {KEY[table]} = %s", [first])
    with pytest.raises(IntegrityError) as refusal:
        insert(table, **{column: "once"})
    assert isinstance(refusal.value.__cause__, psycopg.errors.UniqueViolation)


@pytest.mark.parametrize("table", ["staff", "realtors"])
def test_many_people_may_have_no_slack_id(table):
    insert(table), insert(table)


def test_deleting_a_listing_takes_its_activities_along_and_leaves_its_messages():
    listing = insert("listings")
    activity = insert("activities", listing_id=listing)
    message = insert("slack_messages", created_listing_id=listing)
    delete("listings", listing)
    assert value("activities", activity, "1") == "no such row"
    assert value("slack_messages", message, "created_listing_id") is None


def test_deleting_a_realtor_takes_agent_tasks_along_and_leaves_listings_and_activities():
    realtor = insert("realtors")
    listing = insert("listings", realtor_id=realtor)
    activity = insert("activities", listing_id=listing, realtor_id=realtor)
    agent_task = insert("agent_tasks", realtor_id=realtor)
    delete("realtors", realtor)
    assert value("agent_tasks", agent_task, "1") == "no such row"
    assert value("listings", listing, "realtor_id") is None
    assert value("activities", activity, "realtor_id") is None


def test_deleting_a_staff_member_leaves_the_tasks_without_an_owner():
    person = insert("staff")
    tasks = {table: insert(table, assigned_staff_id=person) for table in ("activities", "agent_tasks")}
    delete("staff", person)
    for table, task in tasks.items():
        assert value(table, task, "assigned_staff_id") is None


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("listings", "realtor_id"),
        ("activities", "listing_id"),
        ("activities", "realtor_id"),
        ("activities", "assigned_staff_id"),
        ("agent_tasks", "realtor_id"),
        ("agent_tasks", "assigned_staff_id"),
        ("slack_messages", "created_listing_id"),
    ],
)
def test_a_reference_to_nothing_is_refused_at_once(table, column):
    with pytest.raises(IntegrityError) as refusal:
        insert(table, **{column: new_ulid()})
    assert isinstance(refusal.value.__cause__, psycopg.errors.ForeignKeyViolation)


@pytest.mark.parametrize("table", [table for table in KEY if table != "slack_messages"])
def test_updated_at_follows_every_change_and_cannot_be_set_by_hand(table):
    key = insert(table, updated_at=LONG_AGO)
    column = "address_string" if table == "listings" else "name"
    seen = [value(table, key, "updated_at")]
    for change in (f"{column} = 'one'", f"{column} = 'two'", "updated_at = '2001-01-01'"):
        execute(f"UPDATE {table} SET {change} WHERE {KEY[table]} = %s", [key])
        seen.append(value(table, key, "updated_at"))
    assert seen == sorted(set(seen)), "each change is later than the one before"


def test_timestamps_are_filled_with_the_start_of_the_transaction():
    assert value("listings", insert("listings"), "created_at = now() AND updated_at = now()")
    assert value("slack_messages", insert("slack_messages"), "received_at = now()")


# ---- activities of removed listings ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO activities (task_id, listing_id, name, task_category) VALUES ('1', %(removed)s, 'A', 'STAGING')",
        "UPDATE activities SET listing_id = %(removed)s WHERE task_id = %(live)s",
        "UPDATE activities SET deleted_at = NULL WHERE task_id = %(gone)s",
    ],
)
def test_a_removed_listing_takes_no_live_activity(statement):
    removed = insert("listings")
    keys = {"removed": removed, "live": insert("activities"), "gone": insert("activities")}
    execute("UPDATE activities SET deleted_at = now(), listing_id = %s WHERE task_id = %s", [removed, keys["gone"]])
    execute("UPDATE listings SET deleted_at = now() WHERE listing_id = %s", [removed])
    with pytest.raises(IntegrityError, match="a live activity needs a live listing"), transaction.atomic():
        execute(statement, keys)
    execute("UPDATE activities SET name = 'Old sign' WHERE task_id = %s", [keys["gone"]])
