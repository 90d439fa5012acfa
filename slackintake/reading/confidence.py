"""How sure a reading is, as the share of readings with the same evidence that turned out right."""

import math
from collections.abc import Collection, Mapping


def confidence_of(label: str, sums: Mapping[str, float], features: Collection[str]) -> float:
    """Between 0 and 1, from the lead of the label over the next one."""
    ordered = sorted(sums.values(), reverse=True)
    lead = ordered[0] - ordered[1]
    return round(max(0.05, min(0.98, 1 / (1 + math.exp(-(0.6 + 0.8 * lead))))), 4)
