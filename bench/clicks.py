"""What people feel: `python -m bench.clicks --scale 1`.

First a browser: keys are pressed on rows of the inbox, and the time is taken from the key's own event until the changed
picture has been painted. Then sixteen people who click through lists, pages and claims, at a person's pace and as fast
as they can. Both by the clock, so they mean something only on a machine that does nothing else: the load is printed.
"""

import argparse
import os
import random
import re
import shutil
import statistics
import threading
import time
from collections import defaultdict
from contextlib import ExitStack, closing
from typing import Any

from playwright.sync_api import Page, sync_playwright

from bench import servers
from bench.database import PASSWORD, prepare
from bench.pages import House
from bench.servers import Client

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
PEOPLE = 16
PAUSE = (1.0, 4.0)  # seconds a person looks at a page before the next click
MUST_KEY, MUST_PICKER, AIM_LIST = 100, 50, 150  # milliseconds, from product.md, L
ACTIVITY = re.compile(rb'href="(/activities/[0-9A-Z]{26}/)"')

# ---- from the key to the picture -------------------------------------------------------------------------------------

# The first change after a key and the last one before the next key, each taken once it has been painted: a message sent
# in an animation frame arrives after that frame.
WATCH = """() => {
  const painted = (done) => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => done(performance.now());
    channel.port2.postMessage(0);
  });
  window.clicks = {};
  document.addEventListener("keydown", (event) => { window.clicks = { pressed: event.timeStamp }; }, true);
  new MutationObserver(() => {
    const click = window.clicks;
    if (!click.pressed) return;
    if (!click.seen) {
      click.seen = true;
      painted((at) => { click.first = at - click.pressed; });
    }
    painted((at) => { click.last = at - click.pressed; });
  }).observe(document.body, {
    subtree: true, childList: true, attributes: true, attributeFilter: ["class", "open", "aria-current", "hidden"],
  });
}"""

ROW_GONE = "(id) => !document.getElementById(id) || document.getElementById(id).classList.contains('leaving')"


class Keys:
    """A browser at the inbox of one person; ``first`` and ``last`` hold the milliseconds of each key."""

    def __init__(self, page: Page):
        self.page = page
        self.first: dict[str, list[float]] = defaultdict(list)
        self.last: dict[str, list[float]] = defaultdict(list)
        self.open_inbox()

    def open_inbox(self) -> None:
        self.page.goto("/inbox/")
        self.page.wait_for_selector("#pane .title")
        self.page.evaluate(WATCH)

    def press(self, key: str, until: str, argument: Any = None) -> None:
        """Press the key, wait until the page says it is done, and keep both times."""
        self.page.keyboard.press(key)
        self.page.wait_for_function(until, arg=argument)
        self.page.wait_for_function("() => window.clicks.last")
        click = self.page.evaluate("window.clicks")
        self.first[key].append(click["first"])
        self.last[key].append(click["last"])

    def cursor(self) -> str:
        row = self.page.locator(".row[aria-current]").get_attribute("id")
        assert row is not None
        return row

    def run(self, rounds: int) -> None:
        for number in range(rounds):
            if number % 10 == 0:
                self.open_inbox()
            self.press("j", "(id) => document.querySelector('.row[aria-current]').id !== id", self.cursor())
            self.press("c", ROW_GONE, self.cursor())
            self.press("d", "() => document.querySelector('#float').open")
            self.page.keyboard.press("Escape")
            self.press("e", ROW_GONE, self.cursor())
            self.press("x", "() => document.body.classList.contains('selecting')")
            self.page.keyboard.press("Escape")


def keys(port: int, email: str, rounds: int) -> None:
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None:
        raise SystemExit("The keys are pressed in Chromium: apt-get install chromium")
    options: dict[str, Any] = {"executable_path": program, "args": ["--no-sandbox"] if os.geteuid() == 0 else []}
    with sync_playwright() as playwright, closing(playwright.chromium.launch(**options)) as browser:
        page = browser.new_page(base_url=f"http://127.0.0.1:{port}", viewport={"width": 1440, "height": 900})
        page.goto("/login/")
        page.fill("[name=username]", email)
        page.fill("[name=password]", PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/inbox/")
        at_desk = Keys(page)
        at_desk.run(2)
        at_desk.first.clear()
        at_desk.last.clear()
        at_desk.run(rounds)
    print(f"\nfrom key press to changed picture, {rounds} presses a key, milliseconds (must: {MUST_KEY})")
    print(f"{'':6} {'first p50':>10} {'p95':>6} {'done p50':>10} {'p95':>6}")
    for key, times in at_desk.first.items():
        must = MUST_PICKER if key == "d" else MUST_KEY
        done = at_desk.last[key]
        told = f"MISSED, must {must}" if percentile(done if key == "d" else times, 95) > must else ""
        print(
            f"{key.upper():6} {statistics.median(times):10.0f} {percentile(times, 95):6.0f} "
            f"{statistics.median(done):10.0f} {percentile(done, 95):6.0f}  {told}"
        )


# ---- sixteen people --------------------------------------------------------------------------------------------------


def person(client: Client, ends: float, pause: tuple[float, float], times: dict[str, list[float]], seed: int) -> None:
    """Look at a list, open something from it, claim it now and then, look at what one has; until the time is over."""
    chance = random.Random(seed)

    def ask(kind: str, path: str, *, act: bool = False) -> bytes:
        time.sleep(chance.uniform(*pause))
        headers = {"HX-Request": "true", "HX-Current-URL": f"http://127.0.0.1:{client.port}/inbox/"} if act else {}
        answer = client.post(path, headers=headers) if act else client.get(path)
        # Two people may claim the same task: the second is told so.
        if answer.status not in ((200, 409) if act else (200,)):
            raise SystemExit(f"{path} answered {answer.status}")
        times[kind].append(answer.seconds * 1000)
        return answer.body

    while time.monotonic() < ends:
        tasks = ACTIVITY.findall(ask("a list", chance.choice(["/inbox/", "/inbox/", "/my/", "/listings/"])))
        for task in chance.sample(tasks, min(2, len(tasks))):
            ask("a page", task.decode())
        if tasks and chance.random() < 0.5:
            ask("a claim", f"{chance.choice(tasks).decode()}claim/", act=True)
        ask("a list", "/my/")


def crowd(clients: list[Client], seconds: float, pause: tuple[float, float], words: str) -> None:
    times: dict[str, list[float]] = defaultdict(list)
    ends = time.monotonic() + seconds
    threads = [
        threading.Thread(target=person, args=(client, ends, pause, times, seed)) for seed, client in enumerate(clients)
    ]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    asked = sum(map(len, times.values()))
    rate = asked / (time.monotonic() - started)
    print(
        f"\n{len(clients)} people {words}: {asked} requests, {rate:.0f} a second, milliseconds (aim: a list {AIM_LIST})"
    )
    print(f"{'':8} {'number':>7} {'p50':>6} {'p95':>6} {'p99':>6}")
    for kind, each in sorted(times.items()):
        told = f"aim {AIM_LIST} missed" if kind == "a list" and percentile(each, 95) > AIM_LIST else ""
        shown = " ".join(f"{percentile(each, part):6.0f}" for part in (50, 95, 99))
        print(f"{kind:8} {len(each):7} {shown}  {told}")


def percentile(values: list[float], part: int) -> float:
    return statistics.quantiles(values, n=100)[part - 1]


# ---- the run ---------------------------------------------------------------------------------------------------------


def run(scale: str, port: int, rounds: int, seconds: float) -> None:
    cluster, env = prepare(scale)
    house = House(cluster, scale)
    since = house.sql("SELECT now()")[0]
    people = house.sql(
        f"SELECT email FROM staff WHERE status = 'active' ORDER BY role <> 'operations', staff_id LIMIT {PEOPLE}"
    )
    with ExitStack() as stack:
        stack.callback(cluster.stop)
        stack.callback(lambda: [house.give_back(email, since) for email in people])
        desk = stack.enter_context(closing(servers.desk(env, cluster, port)))
        print(f"scale {scale}, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        keys(desk.port, people[0], rounds)
        clients = [Client(desk.port) for _ in range(PEOPLE)]
        for number, client in enumerate(clients):
            client.sign_in(people[number % len(people)], PASSWORD)
        crowd(clients, seconds, PAUSE, "at a person's pace")
        crowd(clients, seconds, (0, 0), "as fast as they can")
        print(f"\nload at the end {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--scale", default="1")
    parser.add_argument("--port", type=int, default=8165)
    parser.add_argument("--rounds", type=int, default=60, help="presses of each key")
    parser.add_argument("--seconds", type=float, default=60, help="how long the sixteen go on, each of the two ways")
    options = parser.parse_args()
    run(options.scale, options.port, options.rounds, options.seconds)
