"""How fast the door answers: `python -m bench.slack_door`.

16 senders post signed events to two web processes while a worker reads what has come in: first as fast as they can,
then at ten times the pace that Slack allows itself. Prints the median, the 95th and the 99th of a hundred, what one
event costs in processor time, and the worker's memory. Beside them stands the 99th of /healthz, which does nothing:
that much of it is the machine's and not the door's.
"""

import argparse
import http.client
import threading
import time
from pathlib import Path

from bench.servers import cpu_of
from bench.slack_house import SENDERS, House, Sender, Talk

PACE = 5.0  # events a second from each sender; Slack's limit for a workspace is 30,000 an hour, 8 a second
WARM_UP = 20


class Run:
    """Posts of all senders at once, each with events of its own."""

    def __init__(self, house: House) -> None:
        self.house, self.start, self.sent = house, int(time.time()) - 90 * 3600, 0
        self.noise: list[float] = []
        self.senders = [Sender(house.port) for _ in range(SENDERS)]

    def post(self, each: int, pause: float) -> tuple[list[float], int]:
        """Seconds of the accepted posts, sorted, and how many were refused."""
        taken: list[float] = []
        refused: list[float] = []

        def send(number: int) -> None:
            talk, sender = Talk(number, self.start), self.senders[number]
            for count in range(self.sent, self.sent + each):
                status, seconds = sender.post(talk.event(count))
                (taken if status == 200 else refused).append(seconds)
                time.sleep(max(0.0, pause - seconds) if pause else 0.0)

        threads = [threading.Thread(target=send, args=(number,)) for number in range(SENDERS)]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            self._probe()
        self.sent += each
        return sorted(taken), len(refused)

    def _probe(self) -> None:
        began = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.house.port, timeout=10)
        connection.request("GET", "/healthz")
        connection.getresponse().read()
        connection.close()
        self.noise.append(time.perf_counter() - began)
        time.sleep(0.05)

    def noise_p99(self) -> float:
        """Milliseconds of /healthz since the last call."""
        noise, self.noise = sorted(self.noise), []
        return noise[len(noise) * 99 // 100] * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=3_200)
    parser.add_argument("--port", type=int, default=8152)
    options = parser.parse_args()
    house = House(options.port, workers=1)
    try:
        run = Run(house)
        run.post(WARM_UP, 0)
        run.noise_p99()
        pid = house.web.pid
        web = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        for name, pause in (("as fast as they can", 0.0), (f"{PACE * SENDERS:.0f} a second", 1 / PACE)):
            before, began = cpu_of(web), time.perf_counter()
            taken, refused = run.post(options.events // SENDERS, pause)
            lasted = time.perf_counter() - began
            cost = (cpu_of(web) - before) / len(taken) * 1000
            quantiles = ", ".join(
                f"p{share} {taken[len(taken) * share // 100] * 1000:.0f} ms" for share in (50, 95, 99)
            )
            print(f"{name}: {len(taken):,} events in {lasted:.1f} s ({len(taken) / lasted:.0f} a second), "
                  f"{refused} refused; {quantiles}; {cost:.1f} ms of processor time each; "
                  f"p99 of /healthz {run.noise_p99():.0f} ms")  # fmt: skip
        read = house.number("SELECT count(*) FROM slackintake_job WHERE finished_at IS NOT NULL")
        memory = max(house.worker_memory(), default=0)
        print(f"Meanwhile the worker has read {read:,} messages; its memory: {memory:.0f} MB")
    finally:
        house.close()


if __name__ == "__main__":
    main()
