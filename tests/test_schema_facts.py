"""The migrated database held against the customer's document, fact by fact (docs/schema.md).

The facts below are written as the document writes them. What it leaves open (a status default, whether ``created_at``
may be NULL) stands here as docs/schema.md resolves it.
"""

import re

import pytest
from django.core.management import call_command

from accounts.checks import SIX_TABLES
from tests.catalogue import rows

pytestmark = pytest.mark.django_db

# column, type, NULL or not, database default
COLUMNS = """
staff
    staff_id            text          NOT NULL
    email               text          NOT NULL
    name                text          NOT NULL
    role                text          NOT NULL
    slack_user_id       text          NULL
    phone               text          NULL
    status              text          NOT NULL  'active'
    created_at          timestamptz   NOT NULL  NOW()
    updated_at          timestamptz   NOT NULL  NOW()
    deleted_at          timestamptz   NULL
    metadata            jsonb         NULL      '{}'
realtors
    realtor_id          text          NOT NULL
    email               text          NOT NULL
    name                text          NOT NULL
    phone               text          NULL
    license_number      text          NULL
    brokerage           text          NULL
    slack_user_id       text          NULL
    territories         text[]        NULL
    status              text          NOT NULL  'active'
    created_at          timestamptz   NOT NULL  NOW()
    updated_at          timestamptz   NOT NULL  NOW()
    deleted_at          timestamptz   NULL
    metadata            jsonb         NULL      '{}'
activities
    task_id             text          NOT NULL
    listing_id          text          NOT NULL
    realtor_id          text          NULL
    name                text          NOT NULL
    description         text          NULL
    task_category       text          NOT NULL
    status              text          NOT NULL  'OPEN'
    priority            integer       NOT NULL  0
    visibility_group    text          NOT NULL  'BOTH'
    assigned_staff_id   text          NULL
    due_date            timestamptz   NULL
    claimed_at          timestamptz   NULL
    completed_at        timestamptz   NULL
    created_at          timestamptz   NOT NULL  NOW()
    updated_at          timestamptz   NOT NULL  NOW()
    deleted_at          timestamptz   NULL
    deleted_by          text          NULL
    inputs              jsonb         NULL      '{}'
    outputs             jsonb         NULL      '{}'
agent_tasks
    task_id             text          NOT NULL
    realtor_id          text          NOT NULL
    task_key            text          NOT NULL
    name                text          NOT NULL
    description         text          NULL
    status              text          NOT NULL  'OPEN'
    priority            integer       NOT NULL  0
    assigned_staff_id   text          NULL
    due_date            timestamptz   NULL
    claimed_at          timestamptz   NULL
    completed_at        timestamptz   NULL
    created_at          timestamptz   NOT NULL  NOW()
    updated_at          timestamptz   NOT NULL  NOW()
    deleted_at          timestamptz   NULL
    deleted_by          text          NULL
    inputs              jsonb         NULL      '{}'
    outputs             jsonb         NULL      '{}'
slack_messages
    message_id          text          NOT NULL
    slack_user_id       text          NOT NULL
    slack_channel_id    text          NOT NULL
    slack_ts            text          NOT NULL
    slack_thread_ts     text          NULL
    message_text        text          NOT NULL
    classification      jsonb         NOT NULL
    message_type        text          NOT NULL
    task_key            text          NULL
    group_key           text          NULL
    confidence          numeric(5,4)  NULL
    created_listing_id  text          NULL
    created_task_id     text          NULL
    created_task_type   text          NULL
    received_at         timestamptz   NOT NULL  NOW()
    processed_at        timestamptz   NULL
    processing_status   text          NOT NULL  'pending'
    error_message       text          NULL
    metadata            jsonb         NULL      '{}'
listings
    listing_id          text          NOT NULL
    address_string      text          NOT NULL
    status              text          NOT NULL  'new'
    assignee            text          NULL
    agent_id            text          NULL
    realtor_id          text          NULL
    due_date            timestamptz   NULL
    progress            numeric(5,2)  NULL
    type                text          NULL
    created_at          timestamptz   NOT NULL  NOW()
    updated_at          timestamptz   NOT NULL  NOW()
    deleted_at          timestamptz   NULL
"""

KEYS = """
staff           PRIMARY KEY (staff_id)
staff           UNIQUE (email)
staff           UNIQUE (slack_user_id)
realtors        PRIMARY KEY (realtor_id)
realtors        UNIQUE (email)
realtors        UNIQUE (license_number)
realtors        UNIQUE (slack_user_id)
listings        PRIMARY KEY (listing_id)
listings        FOREIGN KEY (realtor_id) REFERENCES realtors(realtor_id) ON DELETE SET NULL
activities      PRIMARY KEY (task_id)
activities      FOREIGN KEY (listing_id) REFERENCES listings(listing_id) ON DELETE CASCADE
activities      FOREIGN KEY (realtor_id) REFERENCES realtors(realtor_id) ON DELETE SET NULL
activities      FOREIGN KEY (assigned_staff_id) REFERENCES staff(staff_id) ON DELETE SET NULL
agent_tasks     PRIMARY KEY (task_id)
agent_tasks     FOREIGN KEY (realtor_id) REFERENCES realtors(realtor_id) ON DELETE CASCADE
agent_tasks     FOREIGN KEY (assigned_staff_id) REFERENCES staff(staff_id) ON DELETE SET NULL
slack_messages  PRIMARY KEY (message_id)
slack_messages  UNIQUE (slack_ts)
slack_messages  FOREIGN KEY (created_listing_id) REFERENCES listings(listing_id) ON DELETE SET NULL
"""

# What the CHECK on each table and column lets pass.
CHECKS = {
    ("staff", "role"): ["admin", "operations", "marketing", "support"],
    ("staff", "status"): ["active", "inactive", "suspended"],
    ("realtors", "status"): ["active", "inactive", "suspended", "pending"],
    ("listings", "status"): ["new", "in_progress", "completed"],
    ("listings", "progress"): [0, 33.33, 100],
    ("activities", "task_category"): ["ADMIN", "MARKETING", "PHOTO", "STAGING", "INSPECTION", "OTHER"],
    ("activities", "status"): ["OPEN", "CLAIMED", "IN_PROGRESS", "DONE", "FAILED", "CANCELLED"],
    ("activities", "priority"): list(range(11)),
    ("activities", "visibility_group"): ["BOTH", "AGENT", "MARKETING"],
    ("agent_tasks", "status"): ["OPEN", "CLAIMED", "IN_PROGRESS", "DONE", "FAILED", "CANCELLED"],
    ("agent_tasks", "priority"): list(range(11)),
    ("slack_messages", "confidence"): [0, 0.5, 1],
    ("slack_messages", "created_task_type"): ["listing_task", "stray_task"],
    ("slack_messages", "processing_status"): ["pending", "processed", "failed", "skipped"],
}
OUT_OF_RANGE = {"progress": [-0.01, 100.01], "priority": [-1, 11], "confidence": [-0.0001, 1.0001]}
WRONG_WORDS = ["", "nonsense"]

INDEXES = """
idx_staff_role                      staff (role) WHERE deleted_at IS NULL
idx_staff_status                    staff (status) WHERE deleted_at IS NULL
idx_staff_slack                     staff (slack_user_id) WHERE slack_user_id IS NOT NULL AND deleted_at IS NULL
idx_staff_email                     staff (email) WHERE deleted_at IS NULL
idx_realtors_status                 realtors (status) WHERE deleted_at IS NULL
idx_realtors_slack                  realtors (slack_user_id) WHERE slack_user_id IS NOT NULL AND deleted_at IS NULL
idx_realtors_email                  realtors (email) WHERE deleted_at IS NULL
idx_realtors_license                realtors (license_number) WHERE license_number IS NOT NULL AND deleted_at IS NULL
idx_realtors_brokerage              realtors (brokerage) WHERE brokerage IS NOT NULL AND deleted_at IS NULL
idx_realtors_territories            realtors USING gin (territories)
idx_activities_listing              activities (listing_id) WHERE deleted_at IS NULL
idx_activities_realtor              activities (realtor_id) WHERE deleted_at IS NULL
idx_activities_assigned_staff       activities (assigned_staff_id, due_date) WHERE deleted_at IS NULL
idx_activities_status               activities (status, priority DESC) WHERE deleted_at IS NULL
idx_activities_category             activities (task_category) WHERE deleted_at IS NULL
idx_activities_due_date             activities (due_date) WHERE deleted_at IS NULL AND status != 'DONE'
idx_activities_listing_status       activities (listing_id, status, priority DESC) WHERE deleted_at IS NULL
idx_agent_tasks_realtor             agent_tasks (realtor_id, created_at DESC) WHERE deleted_at IS NULL
idx_agent_tasks_assigned_staff      agent_tasks (assigned_staff_id, due_date) WHERE deleted_at IS NULL
idx_agent_tasks_status              agent_tasks (status, priority DESC) WHERE deleted_at IS NULL
idx_agent_tasks_task_key            agent_tasks (task_key) WHERE deleted_at IS NULL
idx_agent_tasks_due_date            agent_tasks (due_date) WHERE deleted_at IS NULL AND status != 'DONE'
idx_agent_tasks_realtor_status      agent_tasks (realtor_id, status, priority DESC) WHERE deleted_at IS NULL
idx_slack_messages_slack_user       slack_messages (slack_user_id, received_at DESC)
idx_slack_messages_channel          slack_messages (slack_channel_id, received_at DESC)
idx_slack_messages_ts               slack_messages (slack_ts)
idx_slack_messages_thread           slack_messages (slack_thread_ts) WHERE slack_thread_ts IS NOT NULL
idx_slack_messages_message_type     slack_messages (message_type)
idx_slack_messages_task_key         slack_messages (task_key) WHERE task_key IS NOT NULL
idx_slack_messages_status           slack_messages (processing_status, received_at DESC)
idx_slack_messages_created_listing  slack_messages (created_listing_id) WHERE created_listing_id IS NOT NULL
idx_slack_messages_created_task     slack_messages (created_task_id, created_task_type) \
                                        WHERE created_task_id IS NOT NULL
idx_listings_status                 listings (status) WHERE deleted_at IS NULL
idx_listings_assignee               listings (assignee) WHERE deleted_at IS NULL
idx_listings_agent                  listings (agent_id) WHERE deleted_at IS NULL
idx_listings_created                listings (created_at) WHERE deleted_at IS NULL
idx_listings_due_date               listings (due_date) WHERE deleted_at IS NULL
idx_listings_address                listings (address_string) WHERE deleted_at IS NULL
idx_listings_realtor                listings (realtor_id) WHERE deleted_at IS NULL
"""


def facts(text):
    """``name  the rest`` of each line."""
    return [tuple(re.split(r"\s+", line, maxsplit=1)) for line in text.strip().splitlines()]


def columns_of_the_document():
    table, found = "", {}
    for line in COLUMNS.strip().splitlines():
        if line.startswith("    "):
            column, kind, null, default = re.match(r"\s+(\w+)\s+(\S+)\s+(NOT NULL|NULL)\s*(.*)$", line).groups()
            found[table, column] = (kind, null, default)
        else:
            table = line
    return found


@pytest.mark.parametrize("table", SIX_TABLES)
def test_each_table_has_the_documents_columns_and_no_other(table):
    found = {
        (table, name): (
            kind.replace("timestamp with time zone", "timestamptz"),
            "NOT NULL" if required else "NULL",
            re.sub(r"::\w+$", "", default or "").replace("CURRENT_TIMESTAMP", "NOW()"),
        )
        for name, kind, required, default in rows(
            """SELECT attname, format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid)
               FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
               WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped""",
            [table],
        )
    }
    assert found == {key: fact for key, fact in columns_of_the_document().items() if key[0] == table}


def test_the_keys_are_the_documents_and_are_checked_at_once():
    found = rows(
        """SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint
           WHERE contype IN ('p', 'u', 'f', 'x') AND conrelid = ANY (%s::regclass[]) ORDER BY 1, 2""",
        [list(SIX_TABLES)],
    )
    assert set(found) == set(facts(KEYS))
    # A definition ends in DEFERRABLE where it is; Django's own foreign keys would.
    assert not [key for key in found if "DEFERRABLE" in key[1]]


def test_every_check_of_the_document_and_no_other_stands_in_the_database():
    found = rows(
        """SELECT conrelid::regclass::text, attname FROM pg_constraint
           JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY (conkey)
           WHERE contype = 'c' AND convalidated AND conrelid = ANY (%s::regclass[])""",
        [list(SIX_TABLES)],
    )
    assert sorted(found) == sorted(CHECKS)


def plain(definition):
    """An index as the document writes it, with the conditions in the order of the alphabet."""
    definition = re.sub(r"^CREATE INDEX (\w+) ON public\.(\w+)( USING gin)?(?: USING btree)? ", r"\1 \2\3 ", definition)
    definition, _, condition = re.sub(r"\s+", " ", definition).partition(" WHERE ")
    condition = re.sub(r"::\w+", "", condition)
    condition = re.sub(r"NOT \((\w+) = ('\w+')\)", r"\1 != \2", condition).replace("<>", "!=")
    terms = sorted(term.strip("() ") for term in condition.split(" AND ") if term)
    return f"{definition} WHERE {' AND '.join(terms)}" if terms else definition


def test_every_index_of_the_document_has_its_name_columns_order_and_predicate():
    found = {plain(definition) for (definition,) in rows("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'")}
    wanted = {plain(f"{name} {rest}") for name, rest in facts(INDEXES)}
    assert wanted - found == set()


def test_extra_indexes_and_tables_are_named_in_the_notes_on_the_schema(settings):
    notes = (settings.BASE_DIR / "docs" / "schema.md").read_text()
    ours = {name for name, _ in facts(INDEXES)}
    indexes = rows(
        """SELECT indexrelid::regclass::text FROM pg_index LEFT JOIN pg_constraint c ON c.conindid = indexrelid
           WHERE indrelid = ANY (%s::regclass[]) AND c.oid IS NULL""",
        [list(SIX_TABLES)],
    )
    tables = rows("SELECT tablename FROM pg_tables WHERE schemaname IN ('public', 'app')")
    extra = {name for (name,) in indexes} - ours | {name for (name,) in tables} - set(SIX_TABLES)
    assert {name for name in extra if f"`{name}`" not in notes} == set()


def test_updated_at_has_its_trigger_on_the_five_tables_that_have_the_column():
    found = rows(
        """SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgfoid = 'public.touch_updated_at'::regproc
           AND tgenabled = 'O' AND tgtype = 1 + 2 + 16"""  # for each row, before, UPDATE
    )
    assert sorted(table for (table,) in found) == sorted(
        {table for table, column in columns_of_the_document() if column == "updated_at"}
    )


def test_row_level_security_is_on_for_all_six():
    assert {table for (table,) in rows("SELECT relname FROM pg_class WHERE relrowsecurity")} >= set(SIX_TABLES)


def test_models_and_migrations_agree():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
