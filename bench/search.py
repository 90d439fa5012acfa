"""How long the search takes as the web role: `python -m bench.search --scale 1`.

Each query is what somebody types, from a few letters that begin thousands of words to one address. Timed is the one
statement with its rows, asked under the policies with a principal, as the page asks it: by the clock, and as processor
time of the database session, which other work on the machine does not lengthen.
"""

import argparse
import os
import statistics
import time

import django

from bench.database import prepare
from bench.explain import explain, find_person, listen
from bench.servers import cpu_of

QUERIES = [
    "pa", "ma", "photo", "book", "please", "toronto", "st", "25 esplanade", "photos 25 queen", "king west",
    "order sign king", "416-555-0042", "6475550042", "0042", "reco-5000042", "5000042", "nguyen", "daniel",
    "lapaz.example", "m5e 1w5", "zzzz",
]  # fmt: skip
MUST = 200


def run(roles: list[str], rounds: int, plan_of: str) -> None:
    from django.db import connection

    from common.principal import acting_as
    from desk.search import search
    from listings.search_query import Query
    from staff.models import Staff

    print(f"{'':18} {'role':11} {'db cpu':>7} {'median':>7} {'worst':>7} ms   found")
    connection.ensure_connection()
    session = connection.connection.info.backend_pid
    for role in roles:
        person = find_person(role)
        with acting_as("staff", person):
            staff = Staff.objects.get(pk=person)
        for text in [plan_of] if plan_of else QUERIES:
            query, times, costs = Query.parse(text), [], []
            for _ in range(rounds):
                with acting_as("staff", person):
                    start, before = time.perf_counter(), cpu_of([session])
                    groups = search(query, staff)
                    times.append((time.perf_counter() - start) * 1000)
                    costs.append((cpu_of([session]) - before) * 1000)
            found = ", ".join(f"{group.count_words} {group.kind}" for group in groups)
            cost, time_taken = statistics.median(costs), statistics.median(times)
            verdict = "" if cost <= MUST else "  MISSED"
            print(f"{text:18} {role:11} {cost:7.1f} {time_taken:7.1f} {max(times):7.1f}      {found}{verdict}")
            if plan_of:
                with acting_as("staff", person):
                    for statement, parameters in listen(lambda query=query, staff=staff: search(query, staff)):
                        print(explain(statement, parameters))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--scale", default="1")
    parser.add_argument("--roles", default="operations,marketing,admin")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--plan", default="", metavar="TEXT", help="only this query, with its plan")
    options = parser.parse_args()
    cluster, env = prepare(options.scale)
    try:
        os.environ.update(env, DJANGO_SETTINGS_MODULE="laz_ops.settings", LAPAZ_PROCESS="web")
        django.setup()
        run(options.roles.split(","), options.rounds, options.plan)
    finally:
        cluster.stop()
