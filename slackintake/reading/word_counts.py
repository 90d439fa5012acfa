"""How often messages of each label used the words of this one: what the rules have no name for still counts.

Naive Bayes over the words and pairs of neighbouring words of labelled messages, in `word_counts.txt`
(`bench/fit_reading.py` makes it). Its sum stands beside that of the rules, which know the trade but not every wording.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

WEIGHT = 0.4  # of the logarithm of these odds beside the rules
SMOOTHING = 0.1  # counted for each word and label that were never seen together
MOST_COUNTED = 60  # a longer message says no more than this many words and pairs, or the rules would not be heard


def parts_of(keys: Sequence[str]) -> set[str]:
    """The words and pairs of neighbouring words that are counted."""
    return {*keys, *(f"{first} {second}" for first, second in pairwise(keys))}


class WordCounts:
    """The chances of each label by the words of a message."""

    def __init__(self, labels: Sequence[str], counts: Mapping[str, Mapping[str, float]]):
        """`counts` holds, for a word or pair, how many messages of each label had it."""
        self.labels = tuple(labels)
        totals = dict.fromkeys(self.labels, 0.0)
        for row in counts.values():
            for label, count in row.items():
                totals[label] += count
        unseen = SMOOTHING * len(counts)
        self._base = {label: math.log(SMOOTHING / (total + unseen or 1)) for label, total in totals.items()}
        self._found = {
            part: {label: math.log((count + SMOOTHING) / SMOOTHING) for label, count in row.items()}
            for part, row in counts.items()
        }

    def scores(self, keys: Sequence[str]) -> dict[str, float]:
        """For every label how much the words speak for it, on the scale of the rules; differences are what counts."""
        known = [part for part in parts_of(keys) if part in self._found]
        sums = {label: base * len(known) for label, base in self._base.items()}
        for part in known:
            for label, seen in self._found[part].items():
                sums[label] += seen
        scale = WEIGHT * min(1.0, MOST_COUNTED / max(len(known), 1))
        return {label: total * scale for label, total in sums.items()}

    def telling(self, label: str, keys: Sequence[str]) -> list[int]:
        """The places in `keys` of the words that speak most for `label`, at most two, in order."""
        worth: dict[str, tuple[float, int]] = {}
        for place, key in enumerate(keys):
            row = self._found.get(key, {})
            if label in row and key.isalpha() and key.islower():
                mean = sum(self._base[other] + row.get(other, 0.0) for other in self.labels) / len(self.labels)
                worth.setdefault(key, (self._base[label] + row[label] - mean, place))
        return sorted(place for _, place in sorted(worth.values(), reverse=True)[:2])


def count(messages: Iterable[tuple[Sequence[str], Sequence[str]]], least: int = 2) -> dict[str, dict[str, float]]:
    """The counts of labelled messages, given as words and labels; a message with two right labels counts half for each.

    Words and pairs of fewer than `least` messages are left out.
    """
    counts: dict[str, dict[str, float]] = {}
    number: dict[str, int] = {}
    for keys, labels in messages:
        for part in parts_of(keys):
            number[part] = number.get(part, 0) + 1
            row = counts.setdefault(part, {})
            for label in labels:
                row[label] = row.get(label, 0.0) + 1 / len(labels)
    return {part: row for part, row in sorted(counts.items()) if number[part] >= least}


def written(labels: Sequence[str], counts: Mapping[str, Mapping[str, float]]) -> str:
    """The counts as a text: the labels, then a word or pair a line, with the places of its labels."""
    place = {label: i for i, label in enumerate(labels)}
    lines = [
        "# Words and pairs of words, and in how many labelled messages of each label they stood: made by",
        "# bench/fit_reading.py, not for editing. The labels are numbered from 0.",
        " ".join(labels),
    ]
    for part, row in counts.items():
        lines.append(f"{part}\t" + " ".join(f"{place[label]}:{round(row[label], 2):g}" for label in sorted(row)))
    return "\n".join(lines) + "\n"


def parse(source: str) -> WordCounts:
    """The counts back from their text."""
    lines = [line for line in source.splitlines() if line and not line.startswith("# ")]
    labels = lines[0].split()
    counts: dict[str, dict[str, float]] = {}
    for line in lines[1:]:
        part, _, row = line.partition("\t")
        pairs = (item.partition(":") for item in row.split())
        counts[part] = {labels[int(place)]: float(number) for place, _, number in pairs}
    return WordCounts(labels, counts)


WORD_COUNTS = parse(Path(__file__).with_name("word_counts.txt").read_text(encoding="utf-8"))
