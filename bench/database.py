"""Databases under load for the benchmarks: a cluster of their own, a database for each scale, filled once and kept."""

import argparse
import os
import subprocess
import sys
from contextlib import suppress

from laz_ops.localdb import CHECKOUT, SETTINGS, LocalDatabase, LocalDatabaseError

PASSWORD = "under-load-only"


def name_of(scale: str) -> str:
    return f"load_{scale.replace('.', '_')}"


def environment(cluster: LocalDatabase, scale: str) -> dict[str, str]:
    """What the application needs to run on the database of a scale, web process and commands alike."""
    name = name_of(scale)
    return {key: value for key, value in os.environ.items() if not key.startswith("LAPAZ_")} | {
        "DATABASE_URL": cluster.url("web", name),
        "OWNER_DATABASE_URL": cluster.url("owner", name),
        "SECRET_KEY": "benchmarks-secret-key-that-is-long-enough-for-djangos-own-checks",
        "PRINCIPAL_KEY": "benchmarks-principal-key-that-is-long-enough-to-sign-with",
        "ALLOWED_HOSTS": "127.0.0.1",
        "DATABASE_NAME": name,
        "PYTHONPATH": str(CHECKOUT),
    }


def prepare(scale: str, *, fresh: bool = False) -> tuple[LocalDatabase, dict[str, str]]:
    """Start the cluster; make and fill the database of this scale unless it is there. Returns both.

    The caller stops the cluster. A database from before a migration is migrated, not filled again: ask for `fresh`.
    """
    cluster = LocalDatabase("bench", SETTINGS)
    cluster.start()
    name, env = name_of(scale), environment(cluster, scale)
    if fresh:
        cluster.sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", "postgres")
    with suppress(LocalDatabaseError):  # it is there already
        cluster.sql(f"CREATE DATABASE {name} OWNER ops_owner", "postgres")
    manage(env, "migrate", "--no-input", "--verbosity", "0")
    cluster.sql("GRANT ops_app TO ops_web", "postgres")
    manage(env, "sync_principal_key", "--verbosity", "0")
    if cluster.sql("SELECT EXISTS (SELECT FROM staff)", name) == "f":
        manage(env, "fill_load", "--scale", scale, "--password", PASSWORD)
    return cluster, env


def manage(env: dict[str, str], *arguments: str) -> None:
    subprocess.run([sys.executable, "manage.py", *arguments], env=env, cwd=CHECKOUT, check=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Make the database for one scale.")
    parser.add_argument("--scale", default="1")
    parser.add_argument("--fresh", action="store_true", help="fill it again")
    options = parser.parse_args()
    prepare(options.scale, fresh=options.fresh)[0].stop()
