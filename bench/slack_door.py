"""How fast the door answers: `python -m bench.slack_door`.

16 senders post signed events one after another to two web processes while a worker reads what has come in. Prints the
median, the 95th and the 99th of a hundred, and the worker's memory.
"""

import argparse
import threading
import time

from bench.slack_house import SENDERS, House, Sender, Talk


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=3_200)
    parser.add_argument("--pause", type=float, default=0.0, help="seconds between two posts of one sender")
    parser.add_argument("--port", type=int, default=8152)
    options = parser.parse_args()
    house = House(options.port, workers=1)
    try:
        start, taken, refused = int(time.time()) - 40 * 3600, [], []

        def send(number: int) -> None:
            talk, sender = Talk(number, start), Sender(house.port)
            for count in range(options.events // SENDERS):
                status, seconds = sender.post(talk.event(count))
                (taken if status == 200 else refused).append(seconds)
                time.sleep(options.pause)

        threads = [threading.Thread(target=send, args=(number,)) for number in range(SENDERS)]
        began = time.perf_counter()
        for thread in threads:
            thread.start()
        peak = 0.0
        while any(thread.is_alive() for thread in threads):
            peak = max([peak, *house.worker_memory()])
            time.sleep(0.2)
        lasted = time.perf_counter() - began
        waiting = house.number("SELECT count(*) FROM slack_events WHERE finished_at IS NULL")
        taken.sort()
        print(f"{len(taken):,} events in {lasted:.1f} s ({len(taken) / lasted:.0f} a second), {len(refused)} refused; "
              f"{waiting:,} were still waiting for the one worker at the end.")  # fmt: skip
        for share in (0.5, 0.95, 0.99):
            print(f"p{share * 100:.0f}: {taken[int(len(taken) * share)] * 1000:.0f} ms")
        print(f"The worker's memory at its peak: {peak:.0f} MB")
    finally:
        house.close()


if __name__ == "__main__":
    main()
