"""What a message speaks of, as a set of named features, with the places in the text behind each of them."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from common.words import word_set
from slackintake.reading.phrases import QUESTION, STOP, Hit, Term

PROPERTY_TALK = word_set("""
    declared declared_weak update_listing both relist sold firm conditional leased accepted bought release closing
    possession buyer_side tenant_side seller_side landlord_side sale_word lease_word precon marketing_agenda arlyn
    listed_work mls deal_work closing_work closing_paper fell_through trade
""")
# How much each matter says about sale or lease; the rest say nothing.
SALE_WEIGHT = {
    "sale_word": 1.0,
    "sold": 1.0,
    "sold_price": 1.0,
    "seller_side": 1.0,
    "buyer_side": 0.5,
    "bought": 0.5,
    "firm": 0.6,
    "conditional": 0.4,
    "closing": 0.3,
}
LEASE_WEIGHT = {"lease_word": 1.0, "leased": 1.2, "tenant_side": 1.0, "landlord_side": 0.6, "possession": 0.3}

# What a month's rent and the price of a home are in dollars; deposits and fees lie in both, so it weighs little.
RENTS = range(900, 12_000)
LEAST_PRICE = 150_000
PRICE_WEIGHT = 0.25
_PRICE = re.compile(r"(\d[\d, ]*(?:\.\d+)?) ?(k|mm?|mil\w*)?", re.IGNORECASE)


def price_of(text: str) -> int:
    """The dollars a figure stands for: "2,550", "$689k" and, as prices are said, "1.05" for 1,050,000; 0 for none."""
    match = _PRICE.search(text)
    if match is None:
        return 0
    number, unit = float(re.sub(r"[, ]", "", match[1])[:15] or 0), (match[2] or "").lower()
    if unit == "k":
        number *= 1_000
    elif unit or (number < 10 and "." in match[1]):
        number *= 1_000_000
    return int(number)


@dataclass
class Features:
    """The names of the features, and for each matter its hits in the text."""

    names: frozenset[str] = frozenset()
    hits: dict[str, list[Hit]] = field(default_factory=dict)
    sale: float = 0.0
    lease: float = 0.0

    @property
    def side(self) -> str | None:
        """SALE or LEASE when the words clearly say so."""
        if self.lease > self.sale:
            return "LEASE"
        return "SALE" if self.sale > self.lease else None


def features_of(
    hits: Sequence[Hit],
    terms: Sequence[Term],
    *,
    address: bool,
    place: bool,
    prices: Sequence[int],
    quoted: bool,
    broadcast: bool,
) -> Features:
    by_concept: dict[str, list[Hit]] = defaultdict(list)
    for hit in _without_asides(hits, terms):
        by_concept[hit.concept].append(hit)
    found = Features(hits=dict(by_concept))
    rent = any(price in RENTS for price in prices)
    asking = any(price >= LEAST_PRICE for price in prices)
    found.sale = _side_weight(by_concept, SALE_WEIGHT) + PRICE_WEIGHT * asking
    found.lease = _side_weight(by_concept, LEASE_WEIGHT) + PRICE_WEIGHT * (rent and not asking)
    names = set(by_concept)
    keys = [term.key for term in terms]
    words = [key for key in keys if key not in {".", "?"}]
    derived = {
        "address": address,
        "anchor": address or place,
        "date": "DATE" in keys,
        "money": "MONEY" in keys,
        "rent_price": rent,
        "sale_price": asking,
        "two_prices": keys.count("MONEY") > 1,
        "both_sides": found.sale >= 1 and found.lease >= 1,
        "person": "PERSON" in keys,
        "weak_ask": "softly" in names and not names & {"request", "verb"},
        "wordless": not any(key.isalpha() for key in words),
        "short": len(words) <= 4,
        "question_mark": "?" in keys,
        "lease_side": found.lease > found.sale,
        "sale_side": found.sale > found.lease,
        "asks": bool(names & {"request", "verb"}),
        "done": bool(names & {"sold", "firm", "conditional", "leased"}),
        "own_client": bool(names & {"buyer_side", "tenant_side", "bought"}),
        "property_talk": bool(names & set(PROPERTY_TALK)),
        "quoted": quoted,
        "broadcast": broadcast,
        "stated": _stated(by_concept, keys),
        "place": place,
        "deal_list": len({hit.first for hit in by_concept.get("deal_work", ())}) > 2,
        "work_list": len({hit.first for hit in by_concept.get("listed_work", ())}) > 2,
    }
    names |= {name for name, present in derived.items() if present}
    names |= _combined(names)
    found.names = frozenset(names)
    return found


def sentences_of(terms: Sequence[Term], hits: Sequence[Hit], concept: str) -> list[tuple[int, int]]:
    """The places in the text of the sentences that speak of a matter."""
    spoken = {hit.first for hit in hits if hit.concept == concept}
    spans: list[tuple[int, int]] = []
    first, speaks = 0, False
    for place, term in enumerate([*terms, None]):
        speaks = speaks or place in spoken
        if term is None or term.key in {STOP, QUESTION}:
            end = term.end if term else terms[-1].end if terms else 0
            spans += [(first, end)] if speaks else []
            first, speaks = end, False
    return spans


def _without_asides(hits: Sequence[Hit], terms: Sequence[Term]) -> list[Hit]:
    """The hits without those of sentences that are no business of the desk.

    What is said to the machine ("ignore your instructions") counts for nothing; what is said of private life ("my kid
    sold cookies") says nothing about a property.
    """
    number, sentence_of = 0, []
    for term in terms:
        number += term.key in {STOP, QUESTION}
        sentence_of.append(number)
    hits = _without_adjectives(hits)
    to_machine = {sentence_of[hit.first] for hit in hits if hit.concept == "injection"}
    private = {sentence_of[hit.first] for hit in hits if hit.concept == "private"}
    private -= {sentence_of[place] for place, term in enumerate(terms) if term.key == "ADDRESS"}
    return [
        hit
        for hit in hits
        if hit.concept == "injection"
        or (
            sentence_of[hit.first] not in to_machine
            and not (sentence_of[hit.first] in private and hit.concept in PROPERTY_TALK)
        )
    ]


def _stated(by_concept: dict[str, list[Hit]], keys: list[str]) -> bool:
    """A deal is said of the property itself: "9 Elm St sold", "firm at 9 Elm St"."""
    places = [place for place, key in enumerate(keys) if key == "ADDRESS"][:20]
    hits = [hit for concept in ("sold", "firm", "leased", "conditional") for hit in by_concept.get(concept, ())][:20]
    return any(-4 <= hit.first - place <= 4 for hit in hits for place in places)


# A state that only names a thing still tells sale from lease.
_STATES = {
    "sold": "sale_word",
    "firm": "sale_word",
    "conditional": "sale_word",
    "leased": "lease_word",
    "declared_weak": "",
}
_THINGS = frozenset({"deal_work", "listed_work", "closing_work", "declared", "fell_through"})


def _without_adjectives(hits: Sequence[Hit]) -> list[Hit]:
    """The hits without states that only name a thing: a "sold sign" or "mark it sold" does not say that it sold."""
    things = [(hit.start, hit.end) for hit in hits if hit.concept in _THINGS][:200]
    kept = []
    for hit in hits:
        if hit.concept not in _STATES or not _inside(hit, things):
            kept.append(hit)
        elif _STATES[hit.concept]:
            kept.append(hit._replace(concept=_STATES[hit.concept]))
    return kept


def _inside(hit: Hit, things: Sequence[tuple[int, int]]) -> bool:
    return any(start <= hit.start and hit.end <= end and hit.end - hit.start < end - start for start, end in things)


def _side_weight(by_concept: dict[str, list[Hit]], weights: dict[str, float]) -> float:
    """Each place in the text counts once, for its strongest matter."""
    places: dict[int, float] = {}
    for concept, weight in weights.items():
        for hit in by_concept.get(concept, ()):
            places[hit.start] = max(places.get(hit.start, 0.0), weight)
    return sum(places.values())


def _combined(names: set[str]) -> set[str]:
    derived = {
        "deal_done": names & {"sold", "firm", "conditional", "leased", "accepted"},
        "deal": names & {"sold", "firm", "conditional", "leased", "accepted", "deal_work", "deal_word"},
        "won": names & {"bought", "accepted", "firm", "leased", "sold", "conditional"},
        "deal_work_asked": "deal_work" in names and "asks" in names,
        "closing_asked": "closing_work" in names and "asks" in names,
        "listed_work_asked": names & {"listed_work", "mls"} and "asks" in names,
        "clear_ask": {"request", "verb"} <= names,
        "asks_away": bool(names & {"request", "verb"})
        and not names & {"trade", "listed_work", "deal_work", "closing_work"},
        "office_asked": "office" in names and bool(names & {"request", "verb", "softly", "broken"}),
        "asks_homeless": bool(names & {"request", "verb"}) and "anchor" not in names,
        "news_homeless": "news" in names and "anchor" not in names,
        "work_talk": names & {"trade", "listed_work", "deal_work", "closing_work"},
        "property_heavy": names & {"deal_work", "closing_work", "declared", "update_listing", "relist", "done"},
    }
    return {name for name, present in derived.items() if present}
