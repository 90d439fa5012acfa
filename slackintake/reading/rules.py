"""From the matters a message speaks of to what it asks for: two tables of weights that a person can read.

A line says how much a set of features speaks for a label (or, below zero, against it): all features named must be
there, those with `!` must not. A feature is a matter of `vocabulary.txt` or one of the derived features of
`features.py`. The table below was written by hand; `weights.txt` beside it corrects it by what labelled messages show
(`bench/fit_reading.py` makes it). The sums are compared; the highest wins, and its lead says how sure it is.
"""

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

RULE_SCALE = 0.45  # how much one point of the table counts beside the corrections
# How often a label with a chance of 0 and of 1 was right among messages that nothing was learned from: two labels that
# stand close together are often both right, and the surest reading is now and then wrong.
RIGHT_AT_NONE, RIGHT_AT_ALL = 0.45, 0.96

TABLE = """
# A listing is declared ------------------------------------------------------------------------------------------------
SALE_LISTING
  -12.0  !anchor
    8.0  declared anchor !lease_side
    4.0  declared_weak address !lease_side
    7.0  update_listing address !lease_side
    1.0  sale_side declared
    1.0  declared_weak !asks !lease_side address
    2.5  money facts address !done !lease_side
    2.0  money address !asks !done !lease_side
    2.0  money address asks listed_work !done !deal_work !lease_side
    1.5  facts address !asks !done !lease_side
   -3.0  lease_side
   -3.0  done
   -4.0  relist
   -4.0  both
   -1.5  closing !update_listing
   -2.0  listed_work_asked !declared
   -3.0  precon
   -4.0  own_client
LEASE_LISTING
  -12.0  !anchor
    8.0  declared anchor lease_side
    4.0  declared_weak address lease_side
    7.0  update_listing address lease_side
    1.5  lease_side declared
    1.0  declared_weak !asks lease_side address
    2.5  money facts address !done lease_side
    2.0  money address !asks !done lease_side
    2.0  money address asks listed_work !done !deal_work lease_side
    1.5  facts address !asks !done lease_side
   -5.0  !lease_side
   -3.0  done
   -4.0  relist
   -4.0  both
   -1.5  possession asks !declared
   -2.0  listed_work_asked !declared
   -4.0  own_client
SALE_LEASE_LISTING
  -12.0  !anchor
   12.0  both anchor
    4.0  both_sides two_prices anchor
    3.0  both_sides declared anchor
   -4.0  !both
   -3.0  done
   -3.0  relist
   -4.0  listed_work_asked !declared
SOLD_SALE_LEASE_LISTING
    7.0  done address !own_client
    2.0  done address !asks !own_client
   -3.0  deal_work_asked
   -2.0  deal_list
   -3.0  closing_asked
   -1.5  listed_work_asked
   -3.0  own_client
   -6.0  relist
  -12.0  !anchor
   -6.0  !done
RELIST_LISTING
  -12.0  !anchor
   10.0  relist anchor
   -5.0  relist deal_done !fell_through
   -3.0  relist deal_work_asked !fell_through
   -4.0  relist deal_word !fell_through
   -6.0  !relist
RELIST_LISTING_DEAL_SALE_OR_LEASE
  -12.0  !anchor
   13.0  relist deal_done anchor
   -4.0  relist deal_work_asked
   -5.0  fell_through
   -6.0  !relist
BUY_OR_LEASED
  -12.0  !anchor
    8.0  own_client won address
    2.0  bought address !lease_side
    1.0  bought money
   -4.0  deal_work_asked
   -4.0  closing_asked
   -2.0  asks
   -6.0  !won
   -4.0  relist
MARKETING_AGENDA_TEMPLATE
   14.0  marketing_agenda
# Work on a property ---------------------------------------------------------------------------------------------------
SALE_ACTIVE_TASKS
  -12.0  !anchor
    5.0  listed_work address !lease_side
    3.0  listed_work_asked address !lease_side
    3.5  mls asks address !lease_side
    1.0  listed_work sale_side address
   -3.0  declared
    2.0  asks address !property_heavy !lease_side
   -3.0  money
   -3.0  done
   -2.5  closing_paper
   -1.5  deal_work
   -3.0  lease_side
   -2.0  own_client
LEASE_ACTIVE_TASKS
  -12.0  !anchor
    6.0  listed_work address lease_side
   -3.0  declared
    3.0  listed_work_asked address lease_side
    3.5  mls asks address lease_side
    2.0  asks address !property_heavy lease_side
   -3.0  money
   -3.0  done
   -3.0  possession closing_work
   -1.5  deal_work
   -4.0  !lease_side
   -2.0  tenant_side
LEASE_ACTIVE_TASKS_ARLYN
   12.0  arlyn lease_side
    4.0  arlyn address
   -6.0  !arlyn
SALE_SOLD_TASKS
  -12.0  !anchor
    5.5  deal_work address !own_client !lease_side
    2.5  deal_work_asked address !lease_side !own_client
    2.0  deal_work done !lease_side !own_client
    4.0  done asks address !lease_side !own_client
    2.5  deal_list address !lease_side !own_client
   -3.0  own_client
   -4.0  lease_side
   -5.0  relist
   -2.0  closing_paper
   -1.5  closing closing_work
SALE_CLOSING_TASKS
  -12.0  !anchor
    6.0  closing closing_work address !own_client !lease_side
    7.0  closing_paper address !own_client !lease_side
    4.0  closing_work address !own_client !lease_side
    2.0  closing address asks !own_client !lease_side
    1.0  seller_side closing
   -3.0  own_client
   -4.0  lease_side
LEASE_LEASED_TASKS
  -12.0  !anchor
    5.5  deal_work address lease_side !tenant_side
    2.5  deal_work_asked address lease_side !tenant_side
    2.0  deal_work done lease_side
    4.0  done asks address lease_side !tenant_side
    2.5  deal_list address lease_side !tenant_side
    1.0  landlord_side deal_work
   -3.0  tenant_side
   -2.0  possession closing_work
   -5.0  !lease_side
   -5.0  relist
LEASE_CLOSING_TASKS
  -12.0  !anchor
    7.0  possession closing_work address lease_side !tenant_side
    7.0  closing lease_side address closing_work !tenant_side
    4.0  possession address asks lease_side !tenant_side
    4.5  closing_work address lease_side !tenant_side
   -3.0  tenant_side
   -5.0  !lease_side
RELIST_LISTING_DEAL_SALE
  -12.0  !anchor
   13.0  relist deal deal_work_asked !lease_side
   10.0  relist deal_work !lease_side
    9.0  relist deal_word asks !lease_side
    1.0  relist deal_done !lease_side
   -6.0  !relist
   -4.0  lease_side
RELIST_LISTING_DEAL_LEASE
  -12.0  !anchor
   13.0  relist deal deal_work_asked lease_side
   10.0  relist deal_work lease_side
    9.0  relist deal_word asks lease_side
    1.0  relist deal_done lease_side
   -6.0  !relist
   -4.0  !lease_side
BUYER_DEAL
  -12.0  !anchor
    5.0  buyer_side address
    4.0  buyer_side deal_work address
    2.0  buyer_side asks address
   -3.0  tenant_side lease_side
   -3.0  lease_side
   -2.0  closing_work closing
   -2.5  won !deal_work_asked
   -3.0  release
   -6.0  !buyer_side
BUYER_DEAL_CLOSING_TASKS
  -12.0  !anchor
    7.0  buyer_side address closing
    4.0  buyer_side closing closing_work
    5.0  buyer_side closing_work address
    3.0  buyer_side closing_paper
    1.0  closing asks buyer_side
   -2.0  bought !asks
   -3.0  lease_side
   -6.0  !buyer_side
LEASE_TENANT_DEAL
  -12.0  !anchor
    5.0  tenant_side address
    1.0  tenant_side lease_side address
    4.0  tenant_side deal_work address
    2.0  tenant_side asks address
   -3.0  possession closing_work
   -2.5  won !deal_work_asked
   -6.0  !tenant_side
LEASE_TENANT_DEAL_CLOSING_TASKS
  -12.0  !anchor
    8.0  tenant_side address possession
    4.0  tenant_side possession closing_work
    8.0  tenant_side closing_work address
    3.0  tenant_side closing address
   -6.0  !tenant_side
PRECON_DEAL
   14.0  precon
    6.0  place deal_work !address
    4.0  place buyer_side !address
MUTUAL_RELEASE_STEPS
   15.0  release
    2.0  release fell_through
   -6.0  relist deal !fell_through
   -3.0  stated !fell_through
    3.0  fell_through address asks deal_work
# Anything else --------------------------------------------------------------------------------------------------------
OPS_MISC_TASK
    6.0  office asks
    5.0  office broken !asks
    2.0  office verb
    2.0  office !asks
    4.0  generic_task
    3.0  asks !property_talk !question
    2.0  verb !property_talk
    1.0  asks
    2.0  office weak_ask
   -4.0  generic_task listed_work !office
   -4.0  private !office
   -2.0  chat !office !generic_task
   -3.0  address property_talk
   -2.0  vague
   -1.0  question !verb
INFO_REQUEST
    4.5  trade !anchor
    3.0  trade asks !anchor
    3.0  trade question !anchor
    2.0  trade weak_ask !anchor
    4.0  news !anchor
    2.0  news trade !anchor
    2.0  property_talk asks !anchor
    8.0  question status_talk address !verb
    2.0  question status_talk
    3.0  question trade !verb
    2.0  vague
    2.0  asks vague
    3.0  question work_talk !anchor
    3.0  listed_work asks !anchor
   -3.0  office
   -2.0  generic_task
   -2.0  chat !question !trade
   -2.0  anchor asks
   -3.0  anchor !question
IGNORE
    4.0  !asks !trade
    2.0  !asks !property_talk
    2.0  chat
    2.0  chat !asks
    2.0  private
    2.0  private !trade
    9.0  system
    4.0  wordless
    3.0  injection !address
    4.0  handled !verb
    1.5  !asks !question
   -3.0  address
   -3.0  verb
   -1.0  news
"""


@dataclass(frozen=True)
class Rule:
    label: str
    weight: float
    present: frozenset[str]
    absent: frozenset[str]

    def applies(self, features: Collection[str]) -> bool:
        return self.present <= set(features) and not self.absent & set(features)

    def __str__(self) -> str:
        return " ".join([*sorted(self.present), *(f"!{name}" for name in sorted(self.absent))])


def _parse(table: str) -> Iterator[Rule]:
    label = ""
    for line in table.strip().splitlines():
        words = line.split()
        if not words or words[0] == "#":
            continue
        if not line.startswith(" "):
            label = words[0]
            continue
        names = words[1:]
        yield Rule(
            label,
            float(words[0]),
            frozenset(name for name in names if not name.startswith("!")),
            frozenset(name[1:] for name in names if name.startswith("!")),
        )


RULES = tuple(_parse(TABLE))


@cache
def labels() -> tuple[str, ...]:
    """All labels in the order of the table; on equal sums the earlier wins."""
    return tuple(dict.fromkeys(rule.label for rule in RULES))


def scores(features: frozenset[str]) -> dict[str, float]:
    """For every label the sum of what speaks for it, on the scale of a logarithm of odds."""
    sums = dict.fromkeys(labels(), 0.0)
    for rule in RULES:
        if rule.present <= features and not rule.absent & features:
            sums[rule.label] += rule.weight * RULE_SCALE
    for feature in features:
        for label, weight in WEIGHTS.get(feature, ()):
            sums[label] += weight
    return sums


def chances(sums: Mapping[str, float]) -> dict[str, float]:
    """The sums as probabilities of the labels."""
    highest = max(sums.values())
    powers = {label: math.exp(total - highest) for label, total in sums.items()}
    whole = sum(powers.values())
    return {label: power / whole for label, power in powers.items()}


def confidence(chance: float) -> float:
    """How often a reading with this chance is right, between 0 and 1."""
    return round(RIGHT_AT_NONE + (RIGHT_AT_ALL - RIGHT_AT_NONE) * chance, 4)


def reasons(label: str, features: frozenset[str]) -> list[Rule]:
    """The rules that spoke for `label`, the strongest first."""
    found = [rule for rule in RULES if rule.label == label and rule.weight > 0 and rule.applies(features)]
    return sorted(found, key=lambda rule: -rule.weight)


def parse_weights(source: str) -> dict[str, list[tuple[str, float]]]:
    """The corrections: a label at the beginning of a line, below it features and their weights."""
    found: dict[str, list[tuple[str, float]]] = {}
    label = ""
    for line in source.splitlines():
        words = line.split()
        if not words or words[0] == "#":
            continue
        if not line.startswith(" "):
            label, words = words[0], words[1:]
        for feature, weight in zip(words[::2], words[1::2], strict=True):
            found.setdefault(feature, []).append((label, float(weight)))
    return found


WEIGHTS = parse_weights(Path(__file__).with_name("weights.txt").read_text(encoding="utf-8"))
