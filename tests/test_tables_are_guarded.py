"""No table, function or right slips past the guards: what docs/security.md says is what the catalogue holds."""

import re

import pytest
from psycopg.types.json import Jsonb

from accounts.checks import connection_fault
from common.principal import acting_as
from listings.models import Note
from tasks.models import Waiting
from tests import factories
from tests.catalogue import rows, scalar

pytestmark = pytest.mark.django_db

OURS = "n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_'"


@pytest.fixture
def listed(settings):
    """The names in the first column of the table under a heading of docs/security.md, each with its reason."""
    text = (settings.BASE_DIR / "docs" / "security.md").read_text()

    def under(heading):
        _, _, after = text.partition(f"## {heading}\n")
        assert after, f"docs/security.md has no heading “{heading}”"
        lines = re.findall(r"^\| `([\w.]+)` \| (.+) \|$", after.partition("\n## ")[0], re.MULTILINE)
        assert all(reason.strip() for _, reason in lines)
        return {name for name, _ in lines}

    return under


def test_every_table_has_row_level_security_and_a_policy_or_a_written_reason(listed):
    bare = {
        name
        for name, secured, policies in rows(
            f"""SELECT format('%s.%s', n.nspname, c.relname), c.relrowsecurity,
                   (SELECT count(*) FROM pg_policy p
                    WHERE p.polrelid = c.oid AND p.polroles = ARRAY['ops_app'::regrole::oid])
               FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE c.relkind IN ('r', 'p', 'f') AND {OURS}"""
        )
        if not secured or not policies
    }
    assert bare == listed("Tables without a policy")


def test_what_has_no_policy_is_still_closed_to_the_web_role(listed):
    for table in listed("Tables without a policy"):
        # Either row level security without a policy, which shows and takes nothing, or no right at all.
        assert scalar(
            "SELECT relrowsecurity OR NOT has_table_privilege('ops_app', oid, 'SELECT, INSERT, UPDATE, DELETE') "
            "FROM pg_class WHERE oid = %s::regclass",
            [table],
        ), table


def test_every_policy_is_for_the_web_role_and_one_command():
    found = rows(
        "SELECT polrelid::regclass::text, polname, polcmd, polroles = ARRAY['ops_app'::regrole::oid] FROM pg_policy"
    )
    assert [policy for policy in found if policy[2] == "*" or not policy[3]] == []


def test_policies_ask_who_is_acting_once_per_statement():
    """``(SELECT app.f())``, never a bare call: that runs once per row and is hundreds of times slower."""
    for table, name, expression in rows("SELECT tablename, policyname, concat(qual) FROM pg_policies"):
        bare = re.findall(r"(?<!SELECT )app\.\w+\(", re.sub(r"FROM app\.principal\(\)", "", expression))
        assert not bare, f"{name} on {table}: {bare}"


def test_the_functions_that_run_as_the_owner_are_the_written_ones(listed):
    found = rows(
        f"SELECT format('%s.%s', n.nspname, p.proname) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "
        f"WHERE p.prosecdef AND {OURS}"
    )
    assert {name for (name,) in found} == listed("Functions that run as the owner")


# What is asked before anybody is known, each with an answer that shows no row (docs/security.md).
BEFORE_SIGN_IN = {"app.staff_for_login", "app.count_sign_in", "app.intake_health"}


def test_nobody_gets_anything_from_the_functions_that_run_as_the_owner():
    staff, realtor = factories.staff("admin"), factories.realtor()
    task, agent_task = factories.activity(realtor=realtor), factories.agent_task(realtor=realtor, assigned_staff=staff)
    Note.objects.create(kind="activity", item_id=task.pk, text=".")
    Waiting.objects.create(kind="activity", item_id=task.pk, for_what="photos")
    callable_by_all = rows(
        """SELECT p.oid::regproc::text, proargnames[1:pronargs], array(SELECT unnest(proargtypes)::regtype::text)
           FROM pg_proc p WHERE prosecdef AND has_function_privilege('ops_app', p.oid, 'EXECUTE')"""
    )
    assert len(callable_by_all) > 10
    for name, names, types in callable_by_all:
        if name in BEFORE_SIGN_IN:
            continue
        for kind, item in (("activity", task), ("agent_task", agent_task), ("listing", task.listing)):
            given = {
                "jsonb": Jsonb({}),
                "boolean": False,
                "timestamp with time zone": factories.NOON,
                "text[]": [item.pk],
                "integer": 10,
                "tsquery": "'a':* | 'realtor':* | 'harbour':*",
                "tsquery[]": "{'a':* | 'harbour':*}",
            }
            values = [
                ([kind] if of == "text[]" else kind) if "kind" in argument else given.get(of, item.pk)
                for argument, of in zip(names or [], types, strict=True)
            ]
            with acting_as(None):
                found = rows(f"SELECT * FROM {name}({', '.join(['%s'] * len(values))})", values)
            assert found in (
                [],
                [(None,)],
                [(False,)],
                [(0,)],
                [(0, 0)],
                [([],)],
                [("refused",)],
                [('{"refused": "nobody"}',)],
            ), name


def test_every_function_has_a_fixed_search_path_and_is_closed_to_public():
    found = rows(
        """SELECT p.oid::regprocedure::text, coalesce(array_to_string(p.proconfig, ' '), ''),
               EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) WHERE grantee = 0)
           FROM pg_proc p WHERE p.pronamespace = 'app'::regnamespace"""
    )
    assert found
    for name, settings, is_public in found:
        # pg_temp last: a temporary table of the caller never stands in for one of ours.
        assert "search_path=pg_catalog, public, pg_temp" in settings, name
        assert not is_public, name


def test_every_view_shows_what_its_reader_may_see():
    views = rows(
        f"""SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE {OURS} AND (c.relkind = 'm' OR c.relkind = 'v'
            AND NOT coalesce('security_invoker=true' = ANY (c.reloptions), false))"""
    )
    assert views == []


def test_the_web_role_is_an_ordinary_role_that_owns_nothing():
    assert rows(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, rolcanlogin "
        "FROM pg_roles WHERE rolname = 'ops_app'"
    ) == [(False,) * 6]
    assert rows("SELECT roleid::regrole::text FROM pg_auth_members WHERE member = 'ops_app'::regrole") == []
    # Of this database: the role is the cluster's and may serve others.
    owned = rows(
        """SELECT classid::regclass::text, objid FROM pg_shdepend WHERE refobjid = 'ops_app'::regrole AND deptype = 'o'
           AND dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))"""
    )
    assert owned == []


@pytest.mark.parametrize("privilege", ["TRUNCATE", "REFERENCES", "TRIGGER"])
def test_the_web_role_has_rows_only(privilege):
    found = rows(
        f"SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        f"WHERE c.relkind IN ('r', 'p') AND {OURS} AND has_table_privilege('ops_app', c.oid, %s)",
        [privilege],
    )
    assert found == []


def test_the_web_role_makes_nothing_in_the_database_not_even_for_itself():
    for schema in ("public", "app"):
        assert not scalar("SELECT has_schema_privilege('ops_app', %s, 'CREATE')", [schema]), schema
    assert not scalar("SELECT has_database_privilege('ops_app', current_database(), 'CREATE')")
    # A temporary table named like one of ours would stay on a kept connection and stand in for it afterwards.
    assert not scalar("SELECT has_database_privilege('ops_app', current_database(), 'TEMPORARY')")


def test_the_signing_keys_are_the_owners_alone():
    assert not scalar("SELECT has_table_privilege('ops_app', 'app.principal_key', 'SELECT')")


def test_the_guard_of_web_processes_lets_the_web_role_pass_and_refuses_the_owner():
    assert "owns the tables" in connection_fault()
    with acting_as(None):
        assert connection_fault() is None
