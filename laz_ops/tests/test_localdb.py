"""The local database: where it is, who may reach it, and that it says what is wrong."""

import json
import os
import shutil
import stat
from urllib.parse import parse_qs, urlsplit

import environ
import psycopg
import pytest

from laz_ops import localdb
from laz_ops.localdb import LocalDatabase, LocalDatabaseError, secrets


@pytest.fixture
def database(tmp_path):
    """A cluster of its own, as a checkout in another folder would have it."""
    made = LocalDatabase("trial", localdb.SETTINGS | localdb.TEST_SETTINGS, checkout=tmp_path)
    yield made
    made.stop(even_if_in_use=True)
    if os.geteuid() == 0:
        shutil.rmtree(made.folder, ignore_errors=True)
    if made.socket_folder.exists():
        made.socket_folder.rmdir()


def test_its_address_is_understood_by_libpq_and_by_the_settings(database):
    address = database.url("web")
    parsed = environ.Env.db_url_config(address)
    assert parsed["USER"] == psycopg.conninfo.conninfo_to_dict(address)["user"] == "ops_web"
    assert parsed["NAME"] == "lapaz"
    assert parsed["OPTIONS"]["host"] == psycopg.conninfo.conninfo_to_dict(address)["host"]


def test_demo_and_tests_share_nothing():
    demo, test = LocalDatabase.demo(), LocalDatabase.test()
    assert demo.folder != test.folder
    assert demo.socket_folder != test.socket_folder


def test_its_socket_fits_where_the_checkout_lies_deep(tmp_path):
    deep = tmp_path / ("d" * 120)
    socket_folder = parse_qs(urlsplit(LocalDatabase("demo", {}, deep).url("owner")).query)["host"][0]
    assert len(f"{socket_folder}/.s.PGSQL.5432") < 100


def test_it_starts_once_and_stops_once(database):
    assert database.start() is True
    assert database.start() is False
    assert database.sql("SELECT 1") == "1"
    assert database.stop() is True
    with pytest.raises(LocalDatabaseError):
        database.sql("SELECT 1")


def test_it_keeps_its_data_over_a_crash(database):
    database.settings = localdb.SETTINGS
    database.start()
    database.sql("CREATE TABLE kept AS SELECT 7 AS number")
    database._server.kill()
    database._server.wait()
    database.start()
    assert database.sql("SELECT number FROM kept") == "7"


def test_it_stays_for_another_process_that_uses_it(database):
    database.start()
    other = LocalDatabase("trial", database.settings, database.checkout)
    other.start()
    assert database.stop() is False
    assert other.stop() is True


def test_it_starts_beside_a_pid_that_now_belongs_to_another_program(database):
    database.start()
    database.stop()
    (database._data / "postmaster.pid").write_text(f"{os.getpid()}\n{database._data}\n")
    assert database.start() is True


def test_it_starts_again_where_its_socket_was_swept_away(database):
    database.start()
    for path in database.socket_folder.iterdir():
        path.unlink()
    again = LocalDatabase("trial", database.settings, database.checkout)
    assert again.start() is True
    database._server.wait()
    again.stop(even_if_in_use=True)


def test_its_logins_are_ordinary_and_its_text_is_utf8(database):
    database.start()
    roles = database.sql(
        "SELECT rolname, rolsuper, rolcreatedb, rolcreaterole, rolbypassrls FROM pg_roles "
        "WHERE rolname IN ('ops_owner', 'ops_web') ORDER BY 1"
    )
    assert roles == "ops_owner|f|t|t|f\nops_web|f|f|f|f"
    facts = database.sql(
        "SELECT pg_encoding_to_char(encoding), datlocprovider, datlocale, pg_get_userbyid(datdba) FROM pg_database "
        "WHERE datname = 'lapaz'"
    )
    assert facts == "UTF8|b|C.UTF-8|ops_owner"
    assert database.sql("SHOW listen_addresses") == ""


def test_it_says_who_stands_in_the_way_of_its_socket(database):
    database.socket_folder.symlink_to(database.checkout)
    with pytest.raises(LocalDatabaseError, match=r"belongs to another user: remove it"):
        database.start()
    database.socket_folder.unlink()


def test_it_gives_the_servers_reason_and_its_log_where_it_does_not_start(database):
    database.settings = localdb.SETTINGS | {"max_connections": "1000000000"}
    with pytest.raises(LocalDatabaseError, match=r"did not start: .*max_connections.* Its log: "):
        database.start()


def test_it_leaves_a_database_of_another_postgresql_alone(database):
    database.start()
    database.stop()
    (database._data / "PG_VERSION").write_text("17\n")
    with pytest.raises(LocalDatabaseError, match="was made by PostgreSQL 17, this is 18: move that folder away"):
        database.start()


def test_the_tests_cluster_is_made_anew_where_it_is_broken(database):
    database.start()
    database.stop()
    for path in (database._data / "global").glob("pg_control"):
        path.write_bytes(b"")
    assert database.start() is True


def test_the_keys_are_made_once_and_for_their_owner_only(tmp_path):
    made = secrets(tmp_path)
    assert secrets(tmp_path) == made
    assert len(made["SECRET_KEY"]) >= 50
    assert len(made["PRINCIPAL_KEY"]) == 64
    path = tmp_path / ".localdb" / "secrets.json"
    assert json.loads(path.read_text()) == made
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [found.name for found in path.parent.iterdir()] == ["secrets.json"]
