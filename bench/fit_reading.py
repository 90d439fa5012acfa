"""Learns from labelled messages what the rules of the reading do not say; standard library only.

    python bench/fit_reading.py ../shared/data/slack_messages_dev.jsonl --keep-out 4 --write

Two files of slackintake/reading/ are made. `word_counts.txt` holds how often messages of each label used a word or a
pair of words. `weights.txt` holds corrections of the rules: those of a softmax over the sums of the hand-written table,
drawn towards zero (`--pull`), so that a few messages never overrule what is written by hand.

Every n-th line (`--keep-out`) is not learned from; its share of right labels is printed beside that of the rest. The
invented examples of the tests are learned from as well. With `--all` the files that are written come from every line,
after the share without the kept-out ones has been measured.
"""

import argparse
import json
import math
import sys
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from slackintake.reading import reader, rules, word_counts  # noqa: E402
from slackintake.tests.reading.messages import examples  # noqa: E402

OFFICE = ZoneInfo("America/Toronto")
WEIGHTS = ROOT / "slackintake" / "reading" / "weights.txt"
COUNTS = ROOT / "slackintake" / "reading" / "word_counts.txt"
LABELS = list(rules.labels())
SMALLEST = 0.05  # corrections below this say nothing and are left out


class Message(NamedTuple):
    """What a labelled message is judged by, and the places of its right labels."""

    features: frozenset[str]
    keys: list[str]
    right: set[int]

    @classmethod
    def of(cls, text: str, sent_at: datetime, names: list[str]) -> "Message":
        features, keys = reader.judged_by(text, sent_at.astimezone(OFFICE))
        return cls(features, keys, {LABELS.index(name) for name in names if name in LABELS})


def labelled(path: Path) -> list[Message]:
    messages = []
    for line in path.read_text(encoding="utf-8").splitlines():
        message = json.loads(line)
        expected = message["expected"]
        first = expected["group_key"] or expected["task_key"] or expected["message_type"]
        names = [name.split(":")[-1] for name in message.get("accept", {}).get("label", [first])]
        messages.append(Message.of(message["text"], datetime.fromisoformat(message["ts_iso"]), names))
    return messages


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


def fit(messages: list[Message], pull: float, steps: int) -> Model:
    names = sorted({feature for message in messages for feature in message.features})
    model = Model(names)
    prepared = [(model.rows(one.features), by_hand(one.features), one.right) for one in messages]
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


def counted(messages: list[Message]) -> dict[str, dict[str, float]]:
    return word_counts.count((one.keys, [LABELS[i] for i in one.right]) for one in messages)


def right_share(model: Model, counts: word_counts.WordCounts, messages: list[Message]) -> tuple[float, float]:
    """The share of right labels, and the mean confidence."""
    right, sure = 0, 0.0
    for one in messages:
        by_words = counts.scores(one.keys)
        sums = model.sums(model.rows(one.features), by_hand(one.features))
        chances = softmax([total + by_words[label] for total, label in zip(sums, LABELS, strict=True)])
        best = chances.index(max(chances))
        right += best in one.right
        sure += rules.confidence(chances[best])
    return right / len(messages), sure / len(messages)


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
    parser.add_argument("--write", action="store_true", help="replace weights.txt and word_counts.txt")
    parser.add_argument(
        "--all", action="store_true", help="write what is learned from every line; the shares printed are those without"
    )
    options = parser.parse_args()
    messages = labelled(options.labelled)
    kept_out = messages[options.keep_out - 1 :: options.keep_out]
    learned = [one for i, one in enumerate(messages) if i % options.keep_out != options.keep_out - 1]
    sent_at = datetime(2026, 1, 12, 9, 15, tzinfo=OFFICE)
    invented = [Message.of(text, sent_at, list(names)) for names, text in examples()]
    model, counts = fit(learned + invented, options.pull, options.steps), counted(learned + invented)
    words = word_counts.WordCounts(LABELS, counts)
    for name, part in (("learned from", learned), ("invented", invented), ("kept out", kept_out)):
        right, sure = right_share(model, words, part)
        print(f"{name:13}{len(part):5} messages  {right:.3f} right  {sure:.3f} mean confidence")
    if options.write:
        if options.all:
            model, counts = fit(messages + invented, options.pull, options.steps), counted(messages + invented)
        WEIGHTS.write_text(written(model), encoding="utf-8")
        COUNTS.write_text(word_counts.written(LABELS, counts), encoding="utf-8")
        print(f"Wrote {WEIGHTS.relative_to(ROOT)} and {COUNTS.relative_to(ROOT)}.")


if __name__ == "__main__":
    main()
