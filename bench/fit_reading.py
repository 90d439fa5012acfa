"""Fits the corrections of the reading (slackintake/reading/weights.txt) to labelled messages; standard library only.

    python bench/fit_reading.py ../shared/data/slack_messages_dev.jsonl --keep-out 4 --write

The corrections are those of a softmax over the sums of the hand-written table, drawn towards zero (`--pull`), so that a
few messages never overrule what is written by hand. Every n-th line (`--keep-out`) is not learned from; its share of
right labels is printed beside that of the rest. The invented examples of the tests are learned from as well. With
`--all` the weights that are written come from every line, after the share without the kept-out ones has been measured.
"""

import argparse
import json
import math
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from slackintake.reading import reader, rules  # noqa: E402
from slackintake.tests.reading.messages import examples  # noqa: E402

OFFICE = ZoneInfo("America/Toronto")
WEIGHTS = ROOT / "slackintake" / "reading" / "weights.txt"
LABELS = list(rules.labels())
SMALLEST = 0.05  # corrections below this say nothing and are left out


def labelled(path: Path) -> list[tuple[frozenset[str], set[int]]]:
    """Features and the places of the right labels, one pair a line."""
    pairs = []
    for line in path.read_text(encoding="utf-8").splitlines():
        message = json.loads(line)
        expected = message["expected"]
        first = expected["group_key"] or expected["task_key"] or expected["message_type"]
        names = [name.split(":")[-1] for name in message.get("accept", {}).get("label", [first])]
        pairs.append(pair(message["text"], datetime.fromisoformat(message["ts_iso"]), names))
    return pairs


def pair(text: str, sent_at: datetime, names: list[str]) -> tuple[frozenset[str], set[int]]:
    features = reader.features_found(text, sent_at.astimezone(OFFICE))
    return features, {LABELS.index(name) for name in names if name in LABELS}


def by_hand(features: frozenset[str]) -> list[float]:
    sums = dict.fromkeys(LABELS, 0.0)
    for rule in rules.RULES:
        if rule.applies(features):
            sums[rule.label] += rule.weight * rules.RULE_SCALE
    return [sums[label] for label in LABELS]


def softmax(sums: list[float]) -> list[float]:
    highest = max(sums)
    powers = [math.exp(total - highest) for total in sums]
    whole = sum(powers)
    return [power / whole for power in powers]


class Model:
    def __init__(self, features: list[str]):
        self.place = {feature: i for i, feature in enumerate(features)}
        size = len(LABELS)
        self.weights, self.first, self.second = ([[0.0] * size for _ in features] for _ in range(3))

    def rows(self, features: frozenset[str]) -> list[int]:
        return [self.place[feature] for feature in features if feature in self.place]

    def sums(self, rows: list[int], hand: list[float]) -> list[float]:
        sums = list(hand)
        for row in rows:
            sums = [total + weight for total, weight in zip(sums, self.weights[row], strict=True)]
        return sums

    def step(self, gradient: list[list[float]], time: int, rate: float = 0.05) -> None:
        """One step of Adam."""
        for weights, first, second, slopes in zip(self.weights, self.first, self.second, gradient, strict=True):
            for i, slope in enumerate(slopes):
                first[i] = 0.9 * first[i] + 0.1 * slope
                second[i] = 0.999 * second[i] + 0.001 * slope * slope
                mean, spread = first[i] / (1 - 0.9**time), second[i] / (1 - 0.999**time)
                weights[i] -= rate * mean / (math.sqrt(spread) + 1e-8)


def fit(pairs: list[tuple[frozenset[str], set[int]]], pull: float, steps: int) -> Model:
    names = sorted({feature for features, _ in pairs for feature in features})
    model = Model(names)
    prepared = [(model.rows(features), by_hand(features), right) for features, right in pairs]
    for time in range(1, steps + 1):
        gradient = [[pull * weight for weight in weights] for weights in model.weights]
        for rows, hand, right in prepared:
            chances = softmax(model.sums(rows, hand))
            share = sum(chances[i] for i in right) or 1e-9
            slope = [chance * (1 - 1 / share) if i in right else chance for i, chance in enumerate(chances)]
            for row in rows:
                gradient[row] = [total + part for total, part in zip(gradient[row], slope, strict=True)]
        model.step(gradient, time)
    return model


def right_share(model: Model, pairs: list[tuple[frozenset[str], set[int]]]) -> tuple[float, float]:
    """The share of right labels, and the mean confidence."""
    right, sure = 0, 0.0
    for features, labels in pairs:
        chances = softmax(model.sums(model.rows(features), by_hand(features)))
        best = chances.index(max(chances))
        right += best in labels
        sure += chances[best]
    return right / len(pairs), sure / len(pairs)


def written(model: Model) -> str:
    lines = [
        "# Corrections to the table in rules.py, made from labelled messages by bench/fit_reading.py: not for editing.",
        "# Below each label, features and how much each speaks for it (or, below zero, against it).",
    ]
    for i, label in enumerate(LABELS):
        found = [(name, model.weights[row][i]) for name, row in model.place.items()]
        kept = [f"{name} {weight:+.2f}" for name, weight in sorted(found) if abs(weight) >= SMALLEST]
        lines.append(label)
        while kept:
            line = "   "
            while kept and len(line) + len(kept[0]) < 116:
                line += " " + kept.pop(0)
            lines.append(line)
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labelled", type=Path)
    parser.add_argument("--keep-out", type=int, default=4, metavar="N", help="learn nothing from every N-th line")
    parser.add_argument("--pull", type=float, default=1.5, help="how strongly corrections are drawn towards zero")
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--write", action="store_true", help="replace weights.txt")
    parser.add_argument(
        "--all", action="store_true", help="write what is learned from every line; the shares printed are those without"
    )
    options = parser.parse_args()
    messages = labelled(options.labelled)
    kept_out = messages[options.keep_out - 1 :: options.keep_out]
    learned = [one for i, one in enumerate(messages) if i % options.keep_out != options.keep_out - 1]
    sent_at = datetime(2026, 1, 12, 9, 15, tzinfo=OFFICE)
    invented = [pair(text, sent_at, list(names)) for names, text in examples()]
    model = fit(learned + invented, options.pull, options.steps)
    for name, part in (("learned from", learned), ("invented", invented), ("kept out", kept_out)):
        right, sure = right_share(model, part)
        print(f"{name:13}{len(part):5} messages  {right:.3f} right  {sure:.3f} mean confidence")
    if options.write:
        if options.all:
            model = fit(messages + invented, options.pull, options.steps)
        WEIGHTS.write_text(written(model), encoding="utf-8")
        print(f"Wrote {WEIGHTS.relative_to(ROOT)}.")


if __name__ == "__main__":
    main()
