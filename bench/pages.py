"""What pages cost against the floor: `python -m bench.pages --scale 1`.

Both servers run at once and are asked in turns, a few requests each, so that whatever else the machine does falls on
both. Costs are the processor time of the web processes; that of their database sessions stands beside it.
"""

import argparse
import gzip
import re
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field

from bench import servers
from bench.database import PASSWORD, name_of, prepare
from bench.servers import Answer, Client, Server, cpu_of
from laz_ops.localdb import LocalDatabase

BLOCK = 10
WARM_UP = 2
SETTLE = 0.004  # seconds a worker gets to finish its line in the log before its counters are read

Ask = Callable[[Client], Answer]


@dataclass
class Case:
    """One kind of request, what it costs, and the ratios that architecture.md sets for it."""

    name: str
    ask: Ask
    status: int = 200
    against: str = "floor"
    must: float | None = None
    aim: float | None = None
    statements: tuple[int, int] | None = None
    web: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    answer: Answer | None = None
    is_broken: bool = False
    counted: list[str] = field(default_factory=list)

    def forget(self) -> None:
        """What was measured while the processes were still warming up."""
        self.web, self.floor, self.database, self.wall = [], [], [], []

    @property
    def cost(self) -> float:
        """Milliseconds of the web process for one request: the median over the blocks."""
        return statistics.median(self.web) * 1000


def measure(case: Case, server: Server, client: Client) -> None:
    """One block of requests."""
    workers, sessions = server.workers(), server.database_sessions()
    before = cpu_of(workers), cpu_of(sessions)
    for _ in range(BLOCK):
        case.answer = case.ask(client)
        case.wall.append(case.answer.seconds)
        case.is_broken |= case.answer.status != case.status
    time.sleep(SETTLE)
    case.web.append((cpu_of(workers) - before[0]) / BLOCK)
    case.database.append((cpu_of(sessions) - before[1]) / BLOCK)


# ---- what is asked ---------------------------------------------------------------------------------------------------


class House:
    """What the cases need to know of the database: people, addresses, tasks to claim."""

    def __init__(self, cluster: LocalDatabase, scale: str):
        self.cluster, self.database = cluster, name_of(scale)

    def sql(self, statement: str) -> list[str]:
        return self.cluster.sql(statement, self.database).splitlines()

    def person(self, role: str) -> str:
        statement = f"SELECT email FROM staff WHERE role = '{role}' AND status = 'active' ORDER BY staff_id LIMIT 1"
        return self.sql(statement)[0]

    def after_row(self, number: int) -> str:
        """The address part that begins a page of the inbox behind this row."""
        waiting = "deleted_at IS NULL AND status = 'OPEN' AND assigned_staff_id IS NULL"
        last = self.sql(
            f"""SELECT (extract(epoch FROM due_date) * 1000000)::bigint, priority, task_id FROM (
                    SELECT due_date, priority, task_id FROM activities WHERE {waiting}
                    UNION ALL SELECT due_date, priority, task_id FROM agent_tasks WHERE {waiting}
                ) x ORDER BY due_date, priority DESC, task_id LIMIT 1 OFFSET {number - 1}"""
        )[0]
        return last.replace("|", "_")

    def ordinary_activity(self) -> str:
        """An open activity from the middle of the inbox; those at its end have a long history of such runs."""
        waiting = "deleted_at IS NULL AND status = 'OPEN' AND due_date IS NOT NULL"
        return self.sql(
            f"SELECT task_id FROM activities WHERE {waiting} ORDER BY due_date, task_id LIMIT 1 OFFSET 900"
        )[0]

    def waiting(self, number: int) -> Iterator[str]:
        """Ids of activities to claim, none twice, far from the pages that are measured."""
        return iter(
            self.sql(
                "SELECT task_id FROM activities WHERE deleted_at IS NULL AND status = 'OPEN' "
                f"AND assigned_staff_id IS NULL ORDER BY due_date DESC, task_id LIMIT {number}"
            )
        )

    def give_back(self, email: str, since: str) -> None:
        """Undo the claims of a run, so that the next one meets the same house."""
        person = f"(SELECT staff_id FROM staff WHERE email = '{email}')"
        self.sql(
            "UPDATE activities SET status = 'OPEN', assigned_staff_id = NULL, claimed_at = NULL "
            f"WHERE status = 'CLAIMED' AND claimed_at >= '{since}' AND assigned_staff_id = {person}"
        )


def cases_of(house: House, claims: int) -> list[Case]:
    row_5000, detail = house.after_row(5000), house.ordinary_activity()
    listing = house.sql(f"SELECT listing_id FROM activities WHERE task_id = '{detail}'")[0]
    waiting = house.waiting(claims)

    def page(path: str, **headers: str) -> Ask:
        return lambda client: client.get(path, headers)

    def claim(looking_at: str) -> Ask:
        def ask(client: Client) -> Answer:
            headers = {"HX-Request": "true", "HX-Current-URL": f"http://127.0.0.1:{client.port}{looking_at}"}
            return client.post(f"/activities/{next(waiting)}/claim/", headers=headers)

        return ask

    def unchanged(path: str) -> Ask:
        marks: dict[str, str] = {}

        def ask(client: Client) -> Answer:
            answer = client.get(path, marks)
            if answer.status == 200:  # the first time, and once in every minute
                marks["If-None-Match"] = answer.headers["ETag"]
                answer = client.get(path, marks)
            return answer

        return ask

    fragment = {"HX-Request": "true"}
    return [
        Case("inbox", page("/inbox/"), must=1.5, aim=1.0, statements=(6, 5)),
        Case(
            "inbox, row 5,000", page(f"/inbox/?after={row_5000}"), against="inbox", must=1.2, aim=1.1, statements=(6, 5)
        ),
        Case("more rows by script", page(f"/inbox/?after={row_5000}", **fragment), statements=(6, 5)),
        Case("my tasks", page("/my/"), must=1.5, aim=1.0, statements=(6, 5)),
        Case("team", page("/team/operations/"), must=1.5, aim=1.0, statements=(6, 5)),
        Case("team, unclaimed", page("/team/operations/?tab=unclaimed"), must=1.5, aim=1.0, statements=(6, 5)),
        Case("team, with people", page("/team/operations/?tab=held"), must=1.5, aim=1.0, statements=(6, 5)),
        Case("activity", page(f"/activities/{detail}/"), must=1.5, aim=1.0, statements=(10, 7)),
        Case("activity in the pane", page(f"/activities/{detail}/", **fragment), statements=(10, 7)),
        Case("listing", page(f"/listings/{listing}/"), must=1.5, aim=1.0, statements=(10, 7)),
        Case("listings", page("/listings/"), must=1.5, aim=1.0, statements=(6, 5)),
        Case("listings, done", page("/listings/?tab=done"), must=1.5, aim=1.0, statements=(6, 5)),
        Case("listings, overdue", page("/listings/?due=overdue"), must=1.5, aim=1.0, statements=(6, 5)),
        Case("listings, words", page("/listings/?q=queen"), statements=(6, 5)),
        Case("realtors", page("/realtors/"), must=1.5, aim=1.0, statements=(6, 5)),
        Case("search, every kind", page("/search/?q=queen"), must=2.0, aim=1.3, statements=(8, 4)),
        Case("search, 50 tasks", page("/search/?q=photo&kind=tasks"), must=2.0, aim=1.3, statements=(8, 4)),
        Case("search in the palette", page("/search/?q=queen", **fragment), statements=(8, 4)),
        Case("inbox, unchanged (304)", unchanged("/inbox/"), status=304, must=0.4, aim=0.25),
        Case("claim, row comes back", claim("/listings/"), must=0.6, aim=0.4, statements=(6, 4)),
        Case("claim in the inbox", claim("/inbox/"), must=0.6, aim=0.4, statements=(6, 4)),
    ]


# ---- statements ------------------------------------------------------------------------------------------------------

LOGGED = re.compile(r"LOG:  (?:statement|execute [^:]*): (.*(?:\n\t.*)*)")
COUNTED = re.compile(r"\s*(WITH|SELECT|INSERT|UPDATE|DELETE)\b", re.IGNORECASE)


def count_statements(cases: list[Case], house: House, env: dict[str, str], port: int, email: str) -> None:
    """What the server's own log says of one request of each case; transactions and the principal do not count."""
    house.cluster.sql("GRANT SET ON PARAMETER log_statement TO ops_web")
    one = {"WEB_CONCURRENCY": "1", "GUNICORN_CMD_ARGS": "--threads 1", "PGOPTIONS": "-c log_statement=all"}
    with closing(servers.desk(env, house.cluster, port, **one)):
        client = Client(port)
        client.sign_in(email, PASSWORD)
        for case in cases:
            case.ask(client)
            start = house.cluster.log.stat().st_size
            case.ask(client)
            time.sleep(0.1)
            with open(house.cluster.log, "rb") as log:
                log.seek(start)
                said = LOGGED.findall(log.read().decode())
            case.counted = [
                " ".join(text.split()) for text in said if COUNTED.match(text) and "'app.principal'" not in text
            ]


# ---- the run ---------------------------------------------------------------------------------------------------------


def run(scale: str, rounds: int, port: int, role: str, only: str, show: bool) -> None:
    cluster, env = prepare(scale)
    house = House(cluster, scale)
    email, since = house.person(role), house.sql("SELECT now()")[0]
    cases = [case for case in cases_of(house, claims=(rounds + WARM_UP) * BLOCK * 2 + 8) if only in case.name]
    ground = Case("floor", lambda client: client.get("/"))
    with ExitStack() as stack:
        stack.callback(cluster.stop)
        stack.callback(house.give_back, email, since)
        count_statements(cases, house, env, port, email)
        desk = stack.enter_context(closing(servers.desk(env, cluster, port)))
        floor = stack.enter_context(closing(servers.floor(env, cluster, port + 1)))
        person, visitor = Client(desk.port), Client(floor.port)
        person.sign_in(email, PASSWORD)
        visitor.sign_in("floor", servers.FLOOR_PASSWORD)
        for number in range(rounds + WARM_UP):
            for case in cases:
                measure(case, desk, person)
                measure(ground, floor, visitor)
                case.floor.append(ground.web[-1])
            if number + 1 == WARM_UP:
                for case in [*cases, ground]:
                    case.forget()
        report(scale, role, rounds, [ground, *cases])
        for server in (desk, floor):
            sizes = ", ".join(f"{rss:.0f} MB (its share: {pss:.0f})" for rss, pss in server.memory())
            print(f"memory of the workers of the {server.name}: {sizes}")
    if show:
        for case in cases:
            print(f"\n{case.name}")
            for line in case.counted:
                print(f"   {line[:150]}")


def report(scale: str, role: str, rounds: int, cases: list[Case]) -> None:
    by_name = {case.name: case for case in cases}
    print(f"\nscale {scale}, as {role}, {rounds * BLOCK} requests a case, milliseconds")
    print(
        f"{'':24} {'web cpu':>8} {'ratio':>6} {'must':>5} {'aim':>5} {'':7} {'db cpu':>7} {'p50':>6} {'p95':>6} "
        f"{'HTML kB':>8} {'gzip':>6} {'SQL':>4} {'must':>5} {'aim':>4}"
    )
    for case in cases:
        if case.is_broken:
            print(f"{case.name:24} answered {case.answer.status} instead of {case.status}")
            continue
        ratio = ratio_of(case, by_name)
        walls = statistics.quantiles(case.wall, n=100)
        size, packed = len(case.answer.body), len(gzip.compress(case.answer.body, 6))
        must, aim = case.statements or ("", "")
        print(
            f"{case.name:24} {case.cost:8.2f} {ratio:6.2f} {case.must or '':>5} {case.aim or '':>5} "
            f"{verdict(case, ratio):7} {statistics.median(case.database) * 1000:7.2f} "
            f"{walls[49] * 1000:6.1f} {walls[94] * 1000:6.1f} {size / 1000:8.1f} {packed / 1000:6.1f} "
            f"{len(case.counted) or '':>4} {must:>5} {aim:>4}"
        )


def ratio_of(case: Case, by_name: dict[str, Case]) -> float:
    """The median over the rounds, each against what stood beside it, so that a busy moment falls on both."""
    beside = case.floor if case.against == "floor" else by_name[case.against].web
    return statistics.median(mine / its for mine, its in zip(case.web, beside or case.web, strict=True))


def verdict(case: Case, ratio: float) -> str:
    if case.must is None or case.aim is None:
        return ""
    return "aim" if ratio <= case.aim else "must" if ratio <= case.must else "MISSED"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--scale", default="1")
    parser.add_argument("--rounds", type=int, default=20, help=f"blocks of {BLOCK} requests a case")
    parser.add_argument("--role", default="operations")
    parser.add_argument("--port", type=int, default=8160)
    parser.add_argument("--only", default="", help="cases whose name contains this")
    parser.add_argument("--show-statements", action="store_true")
    options = parser.parse_args()
    run(options.scale, options.rounds, options.port, options.role, options.only, options.show_statements)
