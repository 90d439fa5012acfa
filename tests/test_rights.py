"""Rights three times over: the written table, what the app's questions and rules say, and what the row policies do.

The app is asked on the owner's connection, where no policy can help it; the policies are asked by plain SQL as the web
role, where no rule can help them. Both must give the same rows (docs/security.md).
"""

from itertools import product

import pytest
from django.db import DatabaseError, transaction
from django.db.models import Q

from accounts.models import SavedView
from common.fields import new_ulid
from common.principal import acting_as
from listings.models import Listing, Note
from realtors.models import Realtor
from staff.models import Role, Staff
from staff.rights import RIGHTS, VISIBLE_GROUPS, Right, may
from tasks.models import Activity, AgentTask, Status, VisibilityGroup
from tasks.queries import visible_activities, visible_agent_tasks
from tasks.rules import is_others, may_receive, may_see
from tests import factories
from tests.catalogue import execute, rows, scalar

pytestmark = pytest.mark.django_db

TABLES = {"activity": "activities", "agent_task": "agent_tasks"}
ROLES = list(Role.values)

# The customer's table of rights, one letter for each role that has it: Admin, Operations, Marketing, Support.
WRITTEN = {
    Right.VIEW_STAFF: "AOMS",
    Right.MANAGE_STAFF: "A",
    Right.VIEW_REALTORS: "AOMS",
    Right.MANAGE_REALTORS: "A",
    Right.LINK_REALTOR: "AO",
    Right.VIEW_LISTINGS: "AOMS",
    Right.EDIT_LISTINGS: "AO",
    Right.REMOVE_LISTINGS: "A",
    Right.VIEW_AGENT_TASKS: "AO",
    Right.MAKE_ACTIVITIES: "AOMS",
    Right.MAKE_AGENT_TASKS: "AOMS",
    Right.ASSIGN: "AOMS",
    Right.TAKE_OVER: "AO",
    Right.REMOVE_TASKS: "A",
    Right.VIEW_MESSAGES: "A",
    Right.REVIEW_MESSAGES: "AO",
    Right.MANAGE_TEMPLATES: "A",
    Right.TRIAGE: "AOMS",
    Right.SHARE_VIEWS: "AO",
    Right.UNDO_OWN: "AOMS",
    Right.UNDO_INTAKE: "AO",
    Right.EXPORT: "AOMS",
}
GROUPS = {"BOTH": "AOMS", "AGENT": "AOS", "MARKETING": "AOM"}


def letters(roles):
    return "".join(letter for letter, role in zip("AOMS", ROLES, strict=True) if role in roles)


def test_the_table_in_code_is_the_written_one():
    assert {right: letters(roles) for right, roles in RIGHTS.items()} == WRITTEN


def test_the_visible_groups_in_code_and_in_the_database_are_the_written_ones(people):
    assert {
        group: letters([role for role, groups in VISIBLE_GROUPS.items() if group in groups]) for group in GROUPS
    } == GROUPS
    for role in ROLES:
        with acting_as("staff", people[role].pk):
            assert tuple(scalar("SELECT app.visible_groups()")) == VISIBLE_GROUPS[role]
    with acting_as("realtor", factories.realtor().pk):
        assert scalar("SELECT app.visible_groups()") is None


# ---- a desk with one task of every sort ------------------------------------------------------------------------------


@pytest.fixture
def people():
    return {role: factories.staff(role) for role in ROLES}


@pytest.fixture
def desk(people):
    """One task for every visibility, owner (nobody and each role) and state of removal."""
    listing, realtor = factories.listing(), factories.realtor()
    admin = people["admin"]
    for owner, removed in product([None, *people.values()], [False, True]):
        values = {"assigned_staff": owner} | ({"deleted_at": factories.NOON, "deleted_by": admin.pk} if removed else {})
        for group in VisibilityGroup.values:
            factories.activity(listing=listing, visibility_group=group, **values)
        factories.agent_task(realtor=realtor, **values)
    return {"activity": list(Activity.all_objects.all()), "agent_task": list(AgentTask.all_objects.all())}


def keys(tasks):
    return {task.pk for task in tasks}


def as_the_web_role(person, statement, parameters=None):
    """The first column of what a statement answers when this person runs it."""
    with acting_as("staff", person.pk):
        return {row[0] for row in rows(statement, parameters)}


def is_permitted(person, statement, parameters=None):
    """Whether the database lets this person run a write that touches one row; what it wrote is taken back."""
    with acting_as("staff", person.pk):
        savepoint = transaction.savepoint()
        try:
            with transaction.atomic():
                return execute(statement, parameters) == 1
        except DatabaseError as error:
            if error.__cause__.sqlstate != "42501":
                raise
            return False
        finally:
            transaction.savepoint_rollback(savepoint)


@pytest.mark.parametrize("role", ROLES)
def test_rules_questions_and_policies_show_the_same_tasks(desk, people, role):
    me = people[role]
    for kind, question in (("activity", visible_activities), ("agent_task", visible_agent_tasks)):
        by_rule = {task.pk for task in desk[kind] if may_see(me, task)}
        assert keys(question(me, removed=True)) == by_rule
        assert as_the_web_role(me, f"SELECT task_id FROM {TABLES[kind]}") == by_rule
        assert keys(question(me)) == {task.pk for task in desk[kind] if may_see(me, task) and task.deleted_at is None}


def test_marketing_and_support_see_some_but_not_all(desk, people):
    """Guards the test above against a desk that would make it pass for nothing."""
    for role, kind in product(["marketing", "support"], desk):
        assert 0 < len(as_the_web_role(people[role], f"SELECT task_id FROM {TABLES[kind]}")) < len(desk[kind])


@pytest.mark.parametrize("role", ROLES)
def test_functions_that_run_as_the_owner_judge_sight_alike(desk, people, role):
    with acting_as("staff", people[role].pk):
        execute("SELECT set_config('role', 'none', true)")  # as inside such a function
        for kind in desk:
            for task in desk[kind]:
                assert scalar("SELECT app.sees_item(%s, %s)", [kind, task.pk]) == may_see(people[role], task)
        assert scalar("SELECT app.sees_item('listing', %s)", [desk["activity"][0].listing_id])
        for kind, item in (("listing", "X"), ("activity", "X"), ("message", "X"), ("", "")):
            assert not scalar("SELECT app.sees_item(%s, %s)", [kind, item])


@pytest.mark.parametrize("role", ROLES)
def test_a_task_is_written_by_whoever_sees_it_and_removed_ones_by_admins_only(desk, people, role):
    me = people[role]
    for kind in desk:
        wanted = {task.pk for task in desk[kind] if may_see(me, task) and (task.deleted_at is None or role == "admin")}
        found = as_the_web_role(me, f"UPDATE {TABLES[kind]} SET priority = 9 RETURNING task_id")
        assert found == wanted


@pytest.mark.parametrize("role", ROLES)
def test_removing_restoring_and_deleting_tasks_is_the_admins(desk, people, role):
    me, is_admin = people[role], may(people[role], Right.REMOVE_TASKS)
    for kind in desk:
        mine = next(task for task in desk[kind] if task.assigned_staff_id == me.pk and task.deleted_at is None)
        gone = next(task for task in desk[kind] if task.assigned_staff_id == me.pk and task.deleted_at is not None)
        remove = f"UPDATE {TABLES[kind]} SET deleted_at = now() WHERE task_id = %s"
        restore = f"UPDATE {TABLES[kind]} SET deleted_at = NULL WHERE task_id = %s"
        delete = f"DELETE FROM {TABLES[kind]} WHERE task_id = %s"
        assert is_permitted(me, remove, [mine.pk]) == is_admin
        assert is_permitted(me, restore, [gone.pk]) == is_admin
        assert is_permitted(me, delete, [mine.pk]) == is_admin


@pytest.mark.parametrize("role", ROLES)
def test_nobody_writes_a_task_out_of_their_own_sight(desk, people, role):
    """Giving away what one sees only as its owner needs app.hand_over."""
    me = people[role]
    for kind in desk:
        for task in desk[kind]:
            if task.assigned_staff_id == me.pk and task.deleted_at is None:
                nobodys = type(task)(visibility_group=task.visibility_group) if kind == "activity" else AgentTask()
                release = f"UPDATE {TABLES[kind]} SET assigned_staff_id = NULL WHERE task_id = %s"
                assert is_permitted(me, release, [task.pk]) == may_see(me, nobodys)


@pytest.mark.parametrize("role", ROLES)
def test_new_activities_go_into_groups_one_sees_and_new_agent_tasks_to_oneself(people, role):
    me, listing, realtor = people[role], factories.listing(), factories.realtor()
    colleague = people["operations" if role == "admin" else "admin"]
    for group, owner in product(VisibilityGroup.values, [None, me, colleague]):
        values = [new_ulid(), listing.pk, group, owner and owner.pk]
        statement = (
            "INSERT INTO activities (task_id, listing_id, name, task_category, visibility_group, assigned_staff_id) "
            "VALUES (%s, %s, 'New', 'ADMIN', %s, %s)"
        )
        assert is_permitted(me, statement, values) == (group in VISIBLE_GROUPS[me.role]), (group, owner)
    for owner in (None, me, colleague):
        statement = (
            "INSERT INTO agent_tasks (task_id, realtor_id, name, task_key, assigned_staff_id) "
            "VALUES (%s, %s, 'New', 'BUYER_DEAL', %s)"
        )
        permitted = owner == me or may(me, Right.VIEW_AGENT_TASKS)
        assert is_permitted(me, statement, [new_ulid(), realtor.pk, owner and owner.pk]) == permitted, owner


@pytest.mark.parametrize("role", ROLES)
def test_only_admins_add_what_is_removed_already(people, role):
    statement = (
        "INSERT INTO activities (task_id, listing_id, name, task_category, deleted_at) "
        "VALUES (%s, %s, 'Gone', 'ADMIN', now())"
    )
    assert is_permitted(people[role], statement, [new_ulid(), factories.listing().pk]) == (role == "admin")


# ---- handing over ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("group", [*VisibilityGroup.values, None], ids=lambda group: group or "agent task")
def test_handing_over_obeys_the_same_rules_in_the_database(people, role, group):
    me, colleague = people[role], factories.staff(role)
    receivers = [None, *people.values(), factories.staff("operations", status="suspended")]
    receivers += [factories.staff("support", status="inactive"), factories.staff("admin", deleted_at=factories.NOON)]
    make = (lambda **v: factories.activity(visibility_group=group, **v)) if group else factories.agent_task
    owners = [None, me, colleague]
    for owner, status in product(owners, Status.values):
        task = make(assigned_staff=owner, status=status)
        for receiver in receivers:
            by_rule = (
                may_see(me, task)
                and status in (Status.OPEN, Status.CLAIMED, Status.IN_PROGRESS)
                and (not is_others(me, task) or may(me, Right.TAKE_OVER))
                and (receiver is None or may_receive(receiver, task))
            )
            arguments = [task.kind, task.pk, owner and owner.pk, receiver and receiver.pk]
            with acting_as("staff", me.pk):
                savepoint = transaction.savepoint()
                answer = scalar("SELECT app.hand_over(%s, %s, %s, %s)", arguments)
                transaction.savepoint_rollback(savepoint)
            assert answer == ("done" if by_rule else "refused"), (owner, status, receiver)


def test_handing_over_a_removed_task_or_one_that_has_moved_on_is_refused(people):
    me, admin = people["operations"], people["admin"]
    gone, moved = factories.activity(deleted_at=factories.NOON), factories.activity(assigned_staff=admin)
    with acting_as("staff", me.pk):
        assert scalar("SELECT app.hand_over('activity', %s, NULL, %s)", [gone.pk, me.pk]) == "refused"
        assert scalar("SELECT app.hand_over('activity', %s, NULL, %s)", [moved.pk, me.pk]) == "changed"
        assert scalar("SELECT app.hand_over('listing', %s, NULL, %s)", [moved.listing_id, me.pk]) == "refused"
    for kind, identity in (("realtor", factories.realtor().pk), ("system", "slack-intake")):
        with acting_as(kind, identity):
            assert scalar("SELECT app.hand_over('activity', %s, %s, NULL)", [moved.pk, admin.pk]) == "refused"


# ---- listings and the two directories --------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_everybody_sees_all_listings_realtors_and_staff_removed_ones_too(people, role):
    factories.listing(deleted_at=factories.NOON), factories.realtor(deleted_at=factories.NOON)
    factories.staff("support", deleted_at=factories.NOON)
    for model in (Listing, Realtor, Staff):
        table, key = model._meta.db_table, model._meta.pk.column
        assert as_the_web_role(people[role], f"SELECT {key} FROM {table}") == keys(model.all_objects.all())


INSERTS = {
    "staff": "INSERT INTO staff (staff_id, email, name, role) VALUES ('NEW', 'new@lapaz.example', 'New', 'support')",
    "realtors": "INSERT INTO realtors (realtor_id, email, name) VALUES ('NEW', 'new@realty.example', 'New')",
    "listings": "INSERT INTO listings (listing_id, address_string) VALUES ('NEW', '1 New St')",
}
MAY_WRITE = {"staff": Right.MANAGE_STAFF, "realtors": Right.MANAGE_REALTORS, "listings": Right.EDIT_LISTINGS}
MAY_REMOVE = {"staff": Right.MANAGE_STAFF, "realtors": Right.MANAGE_REALTORS, "listings": Right.REMOVE_LISTINGS}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("table", INSERTS)
def test_who_adds_changes_removes_restores_and_deletes(people, role, table):
    me = people[role]
    make = {"staff": lambda **v: factories.staff("support", **v), "realtors": factories.realtor}.get(
        table, factories.listing
    )
    row, gone = make(), make(deleted_at=factories.NOON)
    key, column = row._meta.pk.column, "address_string" if table == "listings" else "name"
    writes, removes = may(me, MAY_WRITE[table]), may(me, MAY_REMOVE[table])
    assert is_permitted(me, INSERTS[table]) == writes
    assert is_permitted(me, f"UPDATE {table} SET {column} = 'Other' WHERE {key} = %s", [row.pk]) == writes
    assert is_permitted(me, f"UPDATE {table} SET deleted_at = now() WHERE {key} = %s", [row.pk]) == removes
    assert is_permitted(me, f"UPDATE {table} SET deleted_at = NULL WHERE {key} = %s", [gone.pk]) == removes
    assert is_permitted(me, f"DELETE FROM {table} WHERE {key} = %s", [row.pk]) == removes


@pytest.mark.parametrize("role", [role for role in ROLES if role != "admin"])
@pytest.mark.parametrize(
    "change", ["role = 'admin'", "email = 'x@lapaz.example'", "slack_user_id = 'U9'", "status = 'inactive'"]
)
def test_of_oneself_one_changes_name_and_phone_but_not_ones_rank(people, role, change):
    me = people[role]
    assert is_permitted(me, "UPDATE staff SET name = 'Me', phone = '1' WHERE staff_id = %s", [me.pk])
    assert not is_permitted(me, f"UPDATE staff SET {change} WHERE staff_id = %s", [me.pk])
    assert not is_permitted(me, "UPDATE staff SET deleted_at = now() WHERE staff_id = %s", [me.pk])


# ---- notes -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_notes_are_seen_and_written_by_whoever_sees_the_item(desk, people, role):
    me, listing = people[role], Listing.objects.get()
    items = [*desk["activity"], *desk["agent_task"]]
    Note.objects.bulk_create(Note(kind=task.kind, item_id=task.pk, text=".") for task in items)
    Note.objects.create(kind="listing", item_id=listing.pk, text=".")
    seen = {task.pk for task in items if may_see(me, task)}
    assert as_the_web_role(me, "SELECT item_id FROM listings_note") == seen | {listing.pk}

    write = "INSERT INTO listings_note (note_id, kind, item_id, text, author_staff_id) VALUES (%s, %s, %s, '.', %s)"
    for task in items:
        assert is_permitted(me, write, [new_ulid(), task.kind, task.pk, me.pk]) == (task.pk in seen)
    assert is_permitted(me, write, [new_ulid(), "listing", listing.pk, me.pk])
    colleague = next(person for person in people.values() if person != me)
    assert not is_permitted(me, write, [new_ulid(), "listing", listing.pk, colleague.pk])


@pytest.mark.parametrize("role", ROLES)
def test_a_note_is_changed_by_its_author_for_ten_minutes(people, role):
    me, listing = people[role], factories.listing()
    fresh = Note.objects.create(kind="listing", item_id=listing.pk, text=".", author_staff_id=me.pk)
    old = Note.objects.create(
        kind="listing", item_id=listing.pk, text=".", author_staff_id=me.pk, created_at=factories.NOON
    )
    imported = Note.objects.create(kind="listing", item_id=listing.pk, text=".")
    change = "UPDATE listings_note SET text = 'changed' WHERE note_id = %s"
    assert is_permitted(me, change, [fresh.pk])
    assert not is_permitted(me, change, [old.pk])
    assert not is_permitted(me, change, [imported.pk])
    assert is_permitted(me, "DELETE FROM listings_note WHERE note_id = %s", [fresh.pk]) == (role == "admin")


# ---- saved views -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_views_are_kept_by_everybody_and_shared_by_admins_and_operations(people, role):
    me = people[role]
    colleague = next(person for person in people.values() if person != me)
    for is_shared in (False, True):
        SavedView.objects.create(staff_id=colleague.pk, page="inbox", name=f"{is_shared}", is_shared=is_shared)
    assert as_the_web_role(me, "SELECT name FROM accounts_saved_view") == {"True"}
    write = (
        "INSERT INTO accounts_saved_view (view_id, staff_id, page, name, query, is_shared) "
        "VALUES ('V', %s, 'my', 'V', '', %s)"
    )
    assert is_permitted(me, write, [me.pk, False])
    assert is_permitted(me, write, [me.pk, True]) == may(me, Right.SHARE_VIEWS)
    assert not is_permitted(me, write, [colleague.pk, False])
    assert not is_permitted(me, "UPDATE accounts_saved_view SET query = 'x' WHERE is_shared")


# ---- history ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_history_shows_the_changes_of_rows_one_may_see(desk, people, role):
    me = people[role]
    for kind, table in TABLES.items():
        seen = {task.pk for task in desk[kind] if may_see(me, task)}
        found = as_the_web_role(me, "SELECT row_key FROM changes WHERE table_name = %s", [table])
        assert found == (keys(desk[kind]) if role == "admin" else seen)
    # An act is shown with the rows it changed, and with none of them it is not shown.
    assert as_the_web_role(me, "SELECT act_id FROM acts") == as_the_web_role(me, "SELECT act_id FROM changes")


# ---- those who are no staff ------------------------------------------------------------------------------------------


def test_a_realtor_sees_own_listings_own_tasks_and_all_realtors_and_changes_own_contact_fields(desk):
    me = factories.realtor()
    mine = {"listings": {factories.listing(realtor=me).pk}, "agent_tasks": {factories.agent_task(realtor=me).pk}}
    Note.objects.create(kind="agent_task", item_id=AgentTask.objects.get(realtor=me).pk, text="He always calls late")
    with acting_as("realtor", me.pk):
        for table, key in (("listings", "listing_id"), ("agent_tasks", "task_id")):
            assert {row[0] for row in rows(f"SELECT {key} FROM {table}")} == mine[table]
        assert scalar("SELECT count(*) FROM realtors") == 2
        for table in ("staff", "activities", "slack_messages", "listings_note", "acts", "changes"):
            assert scalar(f"SELECT count(*) FROM {table}") == 0, table
        assert execute("UPDATE listings SET address_string = 'Mine' WHERE realtor_id = %s", [me.pk]) == 0
        assert execute("UPDATE agent_tasks SET priority = 9") == 0
        assert execute("UPDATE realtors SET phone = '1'") == 1


def test_the_intake_sees_no_task_no_listing_and_no_staff(desk):
    with acting_as("system", "slack-intake"):
        for table in ("staff", "listings", "activities", "agent_tasks", "slack_messages", "changes"):
            assert scalar(f"SELECT count(*) FROM {table}") == 0, table


def test_nobody_sees_no_row_of_any_table_that_holds_peoples_work(desk):
    open_to_all = {"accounts_session", "change_counter", "django_content_type", "django_migrations"}
    tables = {table for (table,) in rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    with acting_as(None):
        for table in tables - open_to_all:
            assert scalar(f"SELECT count(*) FROM {table}") == 0, table


def test_the_questions_of_the_tests_are_not_asked_under_a_policy(desk, people):
    """As the owner no policy narrows what the app's own questions give, so they are tested by themselves."""
    assert scalar("SELECT row_security_active('activities')") is False
    assert Activity.all_objects.filter(~Q(visibility_group="BOTH")).exists()
