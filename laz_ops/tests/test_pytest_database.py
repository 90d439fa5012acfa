"""The tests' own ground: a database per set of migrations, and no network."""

import socket

import pytest
from django.db import connection

from laz_ops.pytest_database import migrations_digest


@pytest.fixture
def checkout(tmp_path):
    for path, text in {
        "tasks/migrations/0001_initial.py": "from common.sql import policy\n",
        "common/sql.py": "from common import names\n",
        "common/names.py": "ROLE = 'ops_app'\n",
        "common/clock.py": "",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


def test_a_changed_migration_gets_another_database(checkout):
    before = migrations_digest(checkout)
    assert migrations_digest(checkout) == before
    (checkout / "tasks/migrations/0002_more.py").write_text("")
    assert migrations_digest(checkout) != before


def test_so_does_a_module_that_a_migration_imports_by_way_of_another(checkout):
    before = migrations_digest(checkout)
    (checkout / "common/clock.py").write_text("changed = True\n")
    assert migrations_digest(checkout) == before
    (checkout / "common/names.py").write_text("ROLE = 'other'\n")
    assert migrations_digest(checkout) != before


@pytest.mark.django_db
def test_the_tests_run_on_a_database_of_their_own():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database(), current_setting('is_superuser')")
        name, is_superuser = cursor.fetchone()
    assert name.startswith("test_")
    assert is_superuser == "off"


def test_a_test_has_no_network():
    with pytest.raises(RuntimeError, match="Tests have no network"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    with pytest.raises(RuntimeError, match="Tests have no network"):
        socket.getaddrinfo("example.com", 80)
