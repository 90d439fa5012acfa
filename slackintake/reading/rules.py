"""From the matters a message speaks of to what it asks for: a table of weights that a person can read.

A line says how much a set of features speaks for a label (or, below zero, against it): all features named must be
there, those with `!` must not. A feature is a matter of `vocabulary.txt` or one of the derived features of
`features.py`. The sums are compared; the highest wins.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache

TABLE = """
# A listing is declared ------------------------------------------------------------------------------------------------
SALE_LISTING
    7.0  new_listing anchor !lease_side
    1.0  new_listing anchor sale_side
   -2.0  new_listing lease_side
    5.5  listing_update address !lease_side
    0.5  address money !done !lease_side
    0.5  address !asks !done
   -2.0  done
   -1.5  closing
   -3.0  relist
   -2.5  both
LEASE_LISTING
    7.0  new_listing anchor lease_side
    5.5  listing_update address lease_side
    0.5  address money !done lease_side
   -3.0  !lease_side
   -2.0  done
   -2.0  possession asks !new_listing
   -3.0  relist
   -2.5  both
SALE_LEASE_LISTING
    6.0  both anchor
    1.0  both new_listing
   -2.0  done
   -2.0  relist
   -2.0  !both
SOLD_SALE_LEASE_LISTING
    5.0  done address !own_client
    1.0  done !asks address
   -2.5  deal_work_asked
   -2.5  closing_asked
   -2.0  own_client
   -5.0  relist
   -2.0  !address
RELIST_LISTING
    6.5  relist anchor
   -4.0  relist deal_done
   -1.0  relist deal_work_asked
RELIST_LISTING_DEAL_SALE_OR_LEASE
    8.0  relist deal_done anchor
   -3.0  relist deal_work_asked
   -3.0  !relist
BUY_OR_LEASED
    5.5  own_client won anchor
    4.0  bought address !lease_side
   -4.0  deal_work_asked
   -3.0  closing_asked
   -1.5  asks
MARKETING_AGENDA_TEMPLATE
    8.0  marketing_agenda
# Work on a property ---------------------------------------------------------------------------------------------------
SALE_ACTIVE_TASKS
    4.0  active_work address asks !lease_side
    2.5  active_work address !lease_side
    1.0  active_work address sale_side
   -2.0  done
   -2.0  closing_work closing
   -2.0  new_listing
   -1.0  listing_update
   -2.5  lease_side
LEASE_ACTIVE_TASKS
    4.0  active_work address asks lease_side
    2.5  active_work address lease_side
   -2.0  done
   -2.0  possession
   -1.5  new_listing
   -1.0  listing_update
   -3.0  !lease_side
LEASE_ACTIVE_TASKS_ARLYN
    7.0  arlyn lease_side
    3.0  arlyn address
SALE_SOLD_TASKS
    4.0  deal_work address !own_client !lease_side
    1.5  deal_work done asks !lease_side
    2.0  deal_work_asked address !lease_side !own_client
   -2.5  own_client
   -3.0  lease_side
   -2.0  relist
   -1.5  closing_asked
SALE_CLOSING_TASKS
    4.0  closing closing_work address !own_client !lease_side
    2.0  closing_work address !own_client !lease_side
    1.5  closing address asks !own_client !lease_side
    1.0  seller_side closing
   -3.0  own_client
   -3.0  lease_side
LEASE_LEASED_TASKS
    4.0  deal_work address lease_side !tenant_side
    1.5  deal_work done asks lease_side
    2.0  deal_work_asked address lease_side !tenant_side
    1.0  landlord_side deal_work
   -2.5  tenant_side
   -1.5  possession closing_work
   -3.0  !lease_side
   -2.0  relist
LEASE_CLOSING_TASKS
    4.0  possession closing_work address lease_side !tenant_side
    3.0  closing lease_side address closing_work !tenant_side
    2.0  possession address asks lease_side !tenant_side
    1.0  closing_work address lease_side !tenant_side
   -2.5  tenant_side
   -3.0  !lease_side
RELIST_LISTING_DEAL_SALE
    8.5  relist deal deal_work_asked !lease_side
    2.0  relist deal_work asks !lease_side
   -4.0  !relist
   -3.0  lease_side
RELIST_LISTING_DEAL_LEASE
    8.5  relist deal deal_work_asked lease_side
    2.0  relist deal_work asks lease_side
   -4.0  !relist
   -3.0  !lease_side
BUYER_DEAL
    4.5  buyer_side address
    2.5  buyer_side deal_work
    1.5  buyer_side asks
   -2.0  tenant_side
   -2.5  closing_work closing
   -1.5  won !deal_work_asked
BUYER_DEAL_CLOSING_TASKS
    3.0  buyer_side address closing
    4.5  buyer_side closing closing_work
    2.0  buyer_side closing_work
LEASE_TENANT_DEAL
    4.5  tenant_side address lease_side
    2.5  tenant_side deal_work
    1.0  tenant_side asks
   -2.5  possession closing_work
   -1.5  won !deal_work_asked
LEASE_TENANT_DEAL_CLOSING_TASKS
    3.5  tenant_side address possession
    4.0  tenant_side possession closing_work
    2.0  tenant_side closing_work closing
PRECON_DEAL
    8.0  precon
MUTUAL_RELEASE_STEPS
    9.0  release
    2.0  release fell_through
# Anything else --------------------------------------------------------------------------------------------------------
OPS_MISC_TASK
    3.5  office asks
    2.0  office verb
    1.5  generic_task
    1.5  asks !property_talk !question
    1.0  asks !property_talk
   -2.0  address property_talk
   -1.0  vague
   -2.0  question !verb
INFO_REQUEST
    2.5  property_talk !anchor
    1.5  property_talk question !anchor
    2.0  question status_talk
    1.0  vague property_talk
    1.5  asks vague
   -2.0  office
   -1.0  chat !question
    1.0  question asks !address
   -2.0  anchor asks
IGNORE
    2.0  !asks !property_talk
    2.0  chat !anchor
    1.0  chat !asks
    2.0  !asks !property_talk !question
    4.0  system
    3.0  wordless
    5.0  injection !address
   -2.0  address
   -1.5  verb
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
    """The sum of weights for every label."""
    sums = dict.fromkeys(labels(), 0.0)
    for rule in RULES:
        if rule.present <= features and not rule.absent & features:
            sums[rule.label] += rule.weight
    return sums


def reasons(label: str, features: frozenset[str]) -> list[Rule]:
    """The rules that spoke for `label`, the strongest first."""
    found = [rule for rule in RULES if rule.label == label and rule.weight > 0 and rule.applies(features)]
    return sorted(found, key=lambda rule: -rule.weight)
