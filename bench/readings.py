"""Reads labelled messages and scores them in two parts: those the rules were written with, and every fourth line.

    python bench/readings.py ../shared/data/slack_messages_dev.jsonl ../shared/data/score_readings.py

Prints what the scorer says of each part, and how long one message takes. Standard library only; no database.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from slackintake.reading import read  # noqa: E402

OFFICE = ZoneInfo("America/Toronto")
WANTED = (
    "n",
    "schema_violations",
    "message_type lenient",
    "label lenient",
    "listing_type",
    "address found",
    "address not invented",
    "assignee found",
    "assignee not invented",
    "due_date exact",
    "due_date not invented",
    "ece",
)


def score(lines: list[str], scorer: Path, folder: Path) -> dict[str, float]:
    """What the scorer says of the readings of these labelled lines."""
    gold, readings = folder / "gold.jsonl", folder / "readings.jsonl"
    gold.write_text("\n".join(lines), encoding="utf-8")
    with readings.open("w", encoding="utf-8") as target:
        for line in lines:
            message = json.loads(line)
            reading = read(message["text"], datetime.fromisoformat(message["ts_iso"]), office_tz=OFFICE)
            target.write(json.dumps({"id": message["id"], "classification": reading.to_json()}) + "\n")
    scored = subprocess.run(
        [sys.executable, scorer, gold, readings, "--json"], capture_output=True, check=True, text=True
    )
    return json.loads(scored.stdout)


def milliseconds(lines: list[str]) -> tuple[float, float]:
    """Median and longest CPU time of one message; the best of five readings of each."""
    costs = []
    for line in lines:
        message = json.loads(line)
        sent_at = datetime.fromisoformat(message["ts_iso"])
        best = float("inf")
        for _ in range(5):
            started = time.process_time()
            read(message["text"], sent_at, office_tz=OFFICE)
            best = min(best, time.process_time() - started)
        costs.append(best * 1000)
    costs.sort()
    return costs[len(costs) // 2], costs[-1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labelled", type=Path)
    parser.add_argument("scorer", type=Path)
    parser.add_argument("--keep-out", type=int, default=4, metavar="N")
    options = parser.parse_args()
    lines = options.labelled.read_text(encoding="utf-8").splitlines()
    last = options.keep_out - 1
    parts = {
        "written with": [line for i, line in enumerate(lines) if i % options.keep_out != last],
        "kept out": lines[last :: options.keep_out],
        "all": lines,
    }
    with tempfile.TemporaryDirectory() as folder:
        scores = {name: score(part, options.scorer.resolve(), Path(folder)) for name, part in parts.items()}
    print(f"| {'':22} | " + " | ".join(parts) + " |")
    for figure in WANTED:
        print(f"| {figure:22} | " + " | ".join(f"{scores[name].get(figure, 0):g}" for name in parts) + " |")
    median, longest = milliseconds(lines)
    print(f"one message: median {median:.2f} ms, longest {longest:.2f} ms of CPU")
    hostile = max(
        milliseconds([json.dumps({"text": text, "ts_iso": "2026-01-12T09:15:00-05:00"})])[1] for text in HOSTILE
    )
    print(f"100,000 hostile characters: longest {hostile:.1f} ms of CPU")


HOSTILE = [
    pattern * (100_000 // len(pattern))
    for pattern in ("1.", "<", "fri ", "1/2 ", "12 Main St ", "list the my our ", "order lunch, also 5 Oak Ave sold. ")
]


if __name__ == "__main__":
    main()
