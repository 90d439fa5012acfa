"""Reading one message: text and time in, a reading with its evidence out. Pure; never raises on any text."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from common.dates import DateMention, find_dates_in
from common.words import Word, split_words, word_set
from slackintake.places import place_of, same_place
from slackintake.reading import phrases, rules
from slackintake.reading.addresses import Address, find_addresses_in
from slackintake.reading.due import Due, choose_due, topic_start
from slackintake.reading.features import Features, features_of, price_of, sentences_of
from slackintake.reading.languages import GLOSSARY, language_of
from slackintake.reading.names import Person, find_assignee
from slackintake.reading.normalise import Plain, masked, normalise
from slackintake.reading.phrases import Hit, Term, terms_of
from slackintake.reading.schema import (
    GROUP,
    GROUP_KEYS,
    IGNORE,
    INFO_REQUEST,
    LONGEST_TITLE,
    STRAY,
    TASK_KEYS,
    Evidence,
    Proposal,
    Reading,
)
from slackintake.reading.several import pieces_of
from slackintake.reading.spelling import Mender
from slackintake.reading.vocabulary import SHORT, VERBS, VOCABULARY
from slackintake.reading.word_counts import WORD_COUNTS
from slackintake.reading.wording import explain_label, title_of

_MONEY = re.compile(
    r"(?:C?\$|US\$|CA\$|USD|CAD|€) ?\d[\d,.]*(?: ?\d{3}(?!\d))*(?: ?(?:k|m|mm|mil|mill|million)\b)?"
    r"|(?<![\w.,$-])\d{1,3}(?:[ ,]\d{3})+(?:\.\d+)? ?\$?(?![\w])"
    r"|(?<![\w.,$/-])\d{1,4}(?:\.\d{1,3})? ?(?:k|K|M|mil|million|psf)\b"
    r"|(?<![\w.,$:/-])\d{1,2}\.\d{2,3}(?![\w.:])"
    r"|(?<![\w.,$:/-])\d\.\d(?=[.,;!](?:\s|$)|$)"
    r"|(?<![\w.,$-])\d[\d ]{0,9} ?\$(?!\w)"
)
_PHONE = re.compile(
    r"(?<![\w-])(?:\+?1[ .-]?)?\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?!\d)|\S{1,64}@[\w-]{1,64}\.[\w.-]{2,64}"
)
_FILE = re.compile(
    r"\[file: [^\]\n]{0,200}\]|\b[\w-]{1,80}\.(?:pdf|docx?|xlsx?|jpe?g|png|heic|mov|mp4|zip|csv)\b", re.IGNORECASE
)
_LISTING_NUMBER = re.compile(r"\b[CEWNX]\d{7,8}\b")
HEDGED = 0.7  # "we might list 12 Elm": nobody has decided yet, so a person asks before anything is made
MOST_WORDS = 1_000  # words and marks that are read
_MENDER = Mender(SHORT, VOCABULARY.words)


@dataclass
class _Facts:
    """Everything found in one message before it is judged."""

    plain: Plain
    text: str
    """The plain text with what is already understood masked."""
    words: list[Word]
    addresses: list[Address]
    dates: list[DateMention]
    terms: list[Term]
    features: Features
    to_machine: list[tuple[int, int]]
    """The sentences that speak to the machine, which no address or date is taken from."""

    @property
    def keys(self) -> list[str]:
        return [term.key for term in self.terms]


def read(
    text: str,
    sent_at: datetime,
    *,
    office_tz: tzinfo,
    known_names: Collection[str] = (),
) -> Reading:
    """What a Slack message asks for.

    `text` is as Slack sends it; `sent_at` is aware and the reference for "by Friday", taken in the office's time zone.
    `known_names` are names of staff, which count as names wherever they stand. The same text and time always give the
    same reading. Raises ValueError only when `sent_at` has no time zone.
    """
    if sent_at.tzinfo is None:
        raise ValueError("sent_at has no time zone, so “by Friday” cannot be worked out.")
    reader = _Reader(sent_at.astimezone(office_tz), frozenset(name.lower() for name in known_names))
    return reader.read(text)


def judged_by(text: str, sent_at: datetime) -> tuple[frozenset[str], list[str]]:
    """What a message is judged by: the names of its features, and its words; `sent_at` in office time."""
    facts = _find_facts(text, sent_at)
    return facts.features.names, facts.keys


def _find_facts(text: str, sent_at: datetime) -> _Facts:
    plain = normalise(text)
    source = _mask_figures(plain)
    words = split_words(source)
    if len(words) > MOST_WORDS:
        source, words = source[: words[MOST_WORDS].start], words[:MOST_WORDS]
        plain.cut_short = True
    addresses = find_addresses_in(source, words)
    source = masked(source, [(item.start, item.end, phrases.ADDRESS) for item in addresses])
    words = split_words(source)
    dates = find_dates_in(words, sent_at)
    spans = [(item.start, item.end, phrases.DATE) for item in dates]
    spans += [(mark.start, mark.end, phrases.PERSON) for mark in plain.marks if mark.kind in {"person"}]
    final = masked(source, spans)
    final_words = split_words(final)
    language = language_of(word.plain for word in final_words)
    glossary = GLOSSARY[language] if language else {}
    terms = terms_of(final, final_words, _MENDER, VOCABULARY.words, glossary)
    hits = VOCABULARY.find(terms)
    to_machine = sentences_of(terms, hits, "injection")
    addresses = [item for item in addresses if not _inside(item.start, to_machine)]
    dates = [item for item in dates if not _inside(item.start, to_machine)]
    features = features_of(
        hits,
        terms,
        address=bool(addresses),
        place=_names_building(final, final_words),
        prices=[
            price for term in terms if term.key == "MONEY" and (price := price_of(plain.text[term.start : term.end]))
        ],
        quoted=bool(plain.quotes),
        broadcast=any(mark.kind == "broadcast" for mark in plain.marks),
    )
    return _Facts(plain, final, final_words, addresses, dates, terms, features, to_machine)


def _inside(start: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(first <= start <= last for first, last in spans)


def _mask_figures(plain: Plain) -> str:
    """Prices, telephone numbers, file names and the like blanked out: none of them is an address or a date."""
    spans = [
        (mark.start, mark.end, phrases.OTHER)
        for mark in plain.marks
        if mark.kind in {"contact", "channel", "broadcast", "team"}
    ]
    spans += [(mark.start, mark.end, phrases.OTHER) for mark in plain.marks if mark.kind == "link" and not mark.label]
    text = plain.text
    if any(character.isdigit() for character in text):
        spans += [(match.start(), match.end(), phrases.OTHER) for match in _PHONE.finditer(text)]
        spans += [(match.start(), match.end(), phrases.OTHER) for match in _LISTING_NUMBER.finditer(text)]
        spans += [(match.start(), match.end(), phrases.MONEY) for match in _MONEY.finditer(text)]
    return masked(text, spans)


_UNIT_IN_BUILDING = re.compile(
    r"[A-Z][\w'-]{2,20}(?: [A-Z0-9][\w'-]{0,20}){0,4},? (?:unit|suite|apt|ph|#) ?#?[A-Z]?\d{1,4}"
    r"|[A-Z][a-z]{2,20}(?: [A-Z][a-z]{2,20}){1,3} #?\d{3,4}\b"
)


def _names_building(text: str, words: Sequence[Word]) -> bool:
    """A unit in a building that is only named ("Clear Spirit, suite 1907"): a place, though no address."""
    return bool(_UNIT_IN_BUILDING.search(text)) if any(word.plain[0].isdigit() for word in words) else False


SURE = 0.75  # what is proposed besides is a sure request by itself


@dataclass(frozen=True)
class _Reader:
    """Reads the words of one message, whole and in pieces."""

    sent_at: datetime
    known_names: frozenset[str]

    def read(self, text: str) -> Reading:
        """What a message asks for, and besides; what it asks for is then read without the words that ask for more."""
        facts = _find_facts(text, self.sent_at)
        whole = _judge(facts, self.known_names)
        if whole.message_type not in {GROUP, STRAY}:
            return whole
        proposals = self._proposals(facts, whole)
        if not proposals:
            return whole
        rest = text
        for each in proposals:
            rest = f"{rest[: each.start]}{' ' * (each.end - each.start)}{rest[each.end :]}"
        main = _judge(_find_facts(rest, self.sent_at), self.known_names)
        if not _is_request(main) or not all(_is_another(each.reading, main) for each in proposals):
            return whole
        return replace(main, proposals=proposals)

    def _proposals(self, facts: _Facts, whole: Reading) -> tuple[Proposal, ...]:
        """The requests of the message that are another matter than the main one, which is the one read of the whole."""
        found = []
        for piece in pieces_of(facts.text, facts.terms, facts.features.hits):
            if facts.plain.quoted(piece.start) or _inside(piece.start, facts.to_machine):
                continue
            start, end = facts.plain.original_span(piece.start, piece.end)
            words = facts.plain.original[start:end]
            reading = _judge(_find_facts(words, self.sent_at), self.known_names)
            if _is_request(reading) and (piece.has_address or reading.task_key == "OPS_MISC_TASK"):
                found.append(Proposal(start, end, words, reading))
        same_key = [each for each in found if each.reading.key == whole.key]
        same_place = [each for each in found if _is_at(each.reading, whole.address)]
        main = next(iter([each for each in same_place if each in same_key] or same_key or same_place), None)
        others: list[Proposal] = []
        for each in found:
            before = [main.reading if main else whole, *(other.reading for other in others)]
            if each != main and all(_is_another(each.reading, other) for other in before):
                others.append(each)
        return tuple(others)


def _is_request(reading: Reading) -> bool:
    return (
        reading.message_type in {GROUP, STRAY}
        and reading.confidence >= SURE
        and (reading.message_type == STRAY or reading.address is not None)
    )


def _is_at(reading: Reading, address: str | None) -> bool:
    return bool(reading.address and address) and same_place(place_of(reading.address or ""), place_of(address or ""))


def _is_another(reading: Reading, main: Reading) -> bool:
    """Whether a request is another one than the main: at another address or, without one, of another kind."""
    if reading.address and main.address:
        return not _is_at(reading, main.address)
    return reading.key != main.key


def _judge(facts: _Facts, known_names: frozenset[str]) -> Reading:
    by_rules, by_words = rules.scores(facts.features.names), WORD_COUNTS.scores(facts.keys)
    sums = {label: total + by_words[label] for label, total in by_rules.items()}
    label = max(sums, key=lambda label: sums[label])
    kind, group, task = _keys_of(label)
    address = _choose_address(facts, kind)
    due = choose_due(facts.dates, facts.terms, label, kind != GROUP) if kind != IGNORE else Due(None, None)
    person = find_assignee(facts.plain, facts.words, VERBS, VOCABULARY.words, known_names) if kind != IGNORE else None
    confidence = rules.confidence(rules.chances(sums)[label])
    if "hedged" in facts.features.names and kind in {GROUP, STRAY}:
        confidence = min(confidence, HEDGED)
    return Reading(
        message_type=kind,
        group_key=group,
        task_key=task,
        listing_type=_listing_type(label, facts.features),
        address=address.text if address else None,
        assignee_hint=person.hint if person else None,
        due_date=due.value,
        due_choices=due.choices,
        task_title=title_of(label, address.text if address else None, facts.plain.text)[:LONGEST_TITLE],
        confidence=confidence,
        explanations=tuple(_explanations(facts, label, due, address)),
        evidence=tuple(_evidence(facts, label, address, due, person)),
    )


def _keys_of(label: str) -> tuple[str, str | None, str | None]:
    if label in GROUP_KEYS:
        return GROUP, label, None
    if label in TASK_KEYS:
        return STRAY, None, label
    return label, None, None


_WITHDRAWING = word_set("not instead rather than was used except unlike like formerly no")


def _choose_address(facts: _Facts, kind: str) -> Address | None:
    """The first address that is not taken back ("NOT 16 Lumsden") or only a comparison ("the one we used for 43 …")."""
    if kind == IGNORE:
        return None
    chosen = None
    for address in facts.addresses[:20]:
        before = [term.key for term in facts.terms if address.start - 40 < term.start < address.start][-2:]
        if set(before) & _WITHDRAWING:
            continue
        if chosen is None or address.certainty > chosen.certainty + 0.3:
            chosen = address
    return chosen


_SALE_LABELS = frozenset({"BUYER_DEAL", "BUYER_DEAL_CLOSING_TASKS", "PRECON_DEAL", "RELIST_LISTING_DEAL_SALE"})
_LEASE_LABELS = frozenset({"LEASE_TENANT_DEAL", "LEASE_TENANT_DEAL_CLOSING_TASKS", "RELIST_LISTING_DEAL_LEASE"})
_UNTYPED_LABELS = frozenset({"SALE_LEASE_LISTING", "MARKETING_AGENDA_TEMPLATE", "OPS_MISC_TASK", IGNORE})


def _listing_type(label: str, features: Features) -> str | None:
    """SALE or LEASE when the label or the words say so."""
    if label in _UNTYPED_LABELS:
        return None
    if label in _SALE_LABELS or label.startswith("SALE_"):
        return "SALE"
    if label in _LEASE_LABELS or label.startswith("LEASE_"):
        return "LEASE"
    if label == INFO_REQUEST:
        only_one = not (features.sale and features.lease) and max(features.sale, features.lease) >= 1
        return features.side if only_one else None
    return features.side or "SALE"


def _explanations(facts: _Facts, label: str, due: Due, address: Address | None) -> list[str]:
    lines = [explain_label(label, [facts.plain.text[hit.start : hit.end] for hit in _deciding_hits(facts, label)])]
    if due.explanation and due.mention:
        said = facts.plain.text[due.mention.start : due.mention.end]
        lines.append(f"No due date: “{said}” {due.explanation}.")
    if facts.plain.withdrawn:
        lines.append("Words struck through were left out.")
    if facts.plain.cut_short:
        lines.append("Only the beginning of this very long message was read.")
    return lines


def _evidence(facts: _Facts, label: str, address: Address | None, due: Due, person: Person | None) -> list[Evidence]:
    spans: list[tuple[str, int, int]] = [("type", hit.start, hit.end) for hit in _deciding_hits(facts, label)]
    if address:
        spans.append(("address", address.start, address.end))
    if due.mention:
        spans.append(("date", topic_start(due.mention, facts.terms), due.mention.end))
    if person:
        spans.append(("name", person.start, person.end))
    evidence = []
    for field, start, end in spans:
        if start >= end:
            continue
        first, last = facts.plain.original_span(start, end)
        evidence.append(Evidence(field, first, last, facts.plain.original[first:last]))
    return evidence


def _deciding_hits(facts: _Facts, label: str) -> list[Hit]:
    """The longest hit of each of the first matters that spoke for the label; at most three, none inside another.

    Where no rule spoke for it, the words that stand most often in such messages.
    """
    features = facts.features
    chosen: list[Hit] = []
    for rule in rules.reasons(label, features.names):
        for concept in sorted(rule.present & set(features.hits)):
            hit = max(features.hits[concept], key=lambda item: item.end - item.start)
            if not any(hit.start < other.end and other.start < hit.end for other in chosen):
                chosen.append(hit)
    if not chosen:
        telling = (facts.terms[place] for place in WORD_COUNTS.telling(label, facts.keys))
        chosen = [Hit("word", term.start, term.end, 0) for term in telling]
    return sorted(chosen[:3], key=lambda hit: hit.start)
