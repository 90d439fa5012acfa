"""What a reading is: the answer to "what does this message ask for", in the form that is stored with the message."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import Any

SCHEMA_VERSION = 1
LONGEST_TITLE = 80

GROUP, STRAY, INFO_REQUEST, IGNORE = MESSAGE_TYPES = ("GROUP", "STRAY", "INFO_REQUEST", "IGNORE")
GROUP_KEYS = (
    "SALE_LISTING",
    "LEASE_LISTING",
    "SALE_LEASE_LISTING",
    "SOLD_SALE_LEASE_LISTING",
    "RELIST_LISTING",
    "RELIST_LISTING_DEAL_SALE_OR_LEASE",
    "BUY_OR_LEASED",
    "MARKETING_AGENDA_TEMPLATE",
)
TASK_KEYS = (
    "SALE_ACTIVE_TASKS",
    "SALE_SOLD_TASKS",
    "SALE_CLOSING_TASKS",
    "LEASE_ACTIVE_TASKS",
    "LEASE_LEASED_TASKS",
    "LEASE_CLOSING_TASKS",
    "LEASE_ACTIVE_TASKS_ARLYN",
    "RELIST_LISTING_DEAL_SALE",
    "RELIST_LISTING_DEAL_LEASE",
    "BUYER_DEAL",
    "BUYER_DEAL_CLOSING_TASKS",
    "LEASE_TENANT_DEAL",
    "LEASE_TENANT_DEAL_CLOSING_TASKS",
    "PRECON_DEAL",
    "MUTUAL_RELEASE_STEPS",
    "OPS_MISC_TASK",
)
LISTING_TYPES = ("SALE", "LEASE")
EVIDENCE_FIELDS = ("type", "address", "date", "name")


@dataclass(frozen=True)
class Evidence:
    """The words of the original text (`text[start:end]`, counted in characters) that decided one field."""

    field: str
    start: int
    end: int
    text: str

    def to_json(self) -> dict[str, Any]:
        return {"field": self.field, "start": self.start, "end": self.end, "text": self.text}


@dataclass(frozen=True)
class Reading:
    """What a message asks for. `due_date` is office time, YYYY-MM-DDThh:mm; `assignee_hint` a name or a Slack id."""

    message_type: str
    group_key: str | None = None
    task_key: str | None = None
    listing_type: str | None = None
    address: str | None = None
    assignee_hint: str | None = None
    due_date: str | None = None
    due_choices: tuple[str, ...] = ()
    """The moments a date may mean that was not clear; only without a `due_date`."""
    task_title: str = ""
    confidence: float = 0.0
    explanations: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    proposals: tuple["Proposal", ...] = ()
    """The other requests of the message, which a person decides on; each is whole by itself."""

    @property
    def key(self) -> str | None:
        return self.group_key or self.task_key

    def due_at(self, office_tz: tzinfo) -> datetime | None:
        """The due date as a moment in the office's time zone."""
        if self.due_date is None:
            return None
        return datetime.fromisoformat(self.due_date).replace(tzinfo=office_tz)

    def shifted(self, days: int) -> "Reading":
        """The reading with every date so many days later: a demo's messages are moved to play today."""

        def later(stored: str) -> str:
            return f"{datetime.fromisoformat(stored) + timedelta(days=days):%Y-%m-%dT%H:%M}"

        due = later(self.due_date) if self.due_date else None
        return replace(
            self,
            due_date=due,
            due_choices=tuple(later(choice) for choice in self.due_choices),
            proposals=tuple(replace(each, reading=each.reading.shifted(days)) for each in self.proposals),
        )

    def to_json(self) -> dict[str, Any]:
        """Exactly the schema that is stored as the message's classification."""
        stored: dict[str, Any] = {
            "schema_version": SCHEMA_VERSION,
            "message_type": self.message_type,
            "group_key": self.group_key,
            "task_key": self.task_key,
            "listing": {"type": self.listing_type, "address": self.address},
            "assignee_hint": self.assignee_hint,
            "due_date": self.due_date,
            "due_choices": list(self.due_choices),
            "task_title": self.task_title,
            "confidence": self.confidence,
            "explanations": list(self.explanations),
            "evidence": [item.to_json() for item in self.evidence],
        }
        if self.proposals:
            stored["proposals"] = [each.to_json() for each in self.proposals]
        return stored

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Reading":
        """The reading back from its stored form. Raises ValueError naming every fault when it is none."""
        faults = schema_faults(stored)
        if faults:
            raise ValueError("This is no reading: " + "; ".join(faults) + ".")
        listing = stored.get("listing") or {}
        return cls(
            message_type=stored["message_type"],
            group_key=stored.get("group_key"),
            task_key=stored.get("task_key"),
            listing_type=listing.get("type"),
            address=listing.get("address"),
            assignee_hint=stored.get("assignee_hint"),
            due_date=stored.get("due_date"),
            due_choices=tuple(stored.get("due_choices") or ()),
            task_title=stored.get("task_title") or "",
            confidence=float(stored["confidence"]),
            explanations=tuple(stored.get("explanations") or ()),
            evidence=tuple(
                Evidence(item["field"], item["start"], item["end"], item["text"])
                for item in stored.get("evidence") or ()
            ),
            proposals=tuple(
                Proposal(each["start"], each["end"], each["text"], cls.from_json(each["reading"]))
                for each in stored.get("proposals") or ()
            ),
        )


@dataclass(frozen=True)
class Proposal:
    """Another whole request in the same message: its words, and what they ask for by themselves.

    The words stand at `start` to `end` of what was read. The reading is of these words alone, so its evidence counts
    within them; it proposes nothing itself.
    """

    start: int
    end: int
    text: str
    reading: Reading

    def to_json(self) -> dict[str, Any]:
        return {"start": self.start, "end": self.end, "text": self.text, "reading": self.reading.to_json()}


_DUE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")


def schema_faults(stored: object) -> list[str]:
    """Every way in which `stored` differs from a reading's stored form, in words; empty when it is one."""
    if not isinstance(stored, Mapping):
        return ["it is not an object"]
    return [
        *_key_faults(stored),
        *_field_faults(stored),
        *_evidence_faults(stored.get("evidence")),
        *_proposal_faults(stored.get("proposals")),
    ]


def _key_faults(stored: Mapping[str, Any]) -> list[str]:
    kind, group, task = stored.get("message_type"), stored.get("group_key"), stored.get("task_key")
    faults = []
    if stored.get("schema_version") != SCHEMA_VERSION:
        faults.append(f"schema_version is not {SCHEMA_VERSION}")
    if kind not in MESSAGE_TYPES:
        faults.append("message_type is unknown")
    if group is not None and group not in GROUP_KEYS:
        faults.append("group_key is unknown")
    if task is not None and task not in TASK_KEYS:
        faults.append("task_key is unknown")
    wanted = {GROUP: (True, False), STRAY: (False, True)}.get(kind if isinstance(kind, str) else "", (False, False))
    if (group is not None, task is not None) != wanted:
        faults.append("the keys do not fit the message_type")
    return faults


def _field_faults(stored: Mapping[str, Any]) -> list[str]:
    faults = []
    listing = stored.get("listing")
    if not isinstance(listing, Mapping) or listing.get("type") not in (None, *LISTING_TYPES):
        faults.append("listing.type is neither SALE, LEASE nor empty")
    elif not isinstance(listing.get("address"), str | None):
        faults.append("listing.address is no text")
    if not isinstance(stored.get("assignee_hint"), str | None):
        faults.append("assignee_hint is no text")
    if not _is_due(stored.get("due_date")):
        faults.append("due_date is not YYYY-MM-DDThh:mm")
    choices = stored.get("due_choices") or []
    if not isinstance(choices, list) or not all(choice and _is_due(choice) for choice in choices):
        faults.append("due_choices is no list of YYYY-MM-DDThh:mm")
    title = stored.get("task_title")
    if not isinstance(title, str) or len(title) > LONGEST_TITLE:
        faults.append(f"task_title is no text of at most {LONGEST_TITLE} characters")
    confidence = stored.get("confidence")
    if (
        isinstance(confidence, bool)
        or not isinstance(confidence, int | float)
        or not math.isfinite(confidence)
        or not 0 <= confidence <= 1
    ):
        faults.append("confidence is not between 0 and 1")
    explanations = stored.get("explanations")
    if not isinstance(explanations, list) or not all(isinstance(line, str) for line in explanations):
        faults.append("explanations is no list of texts")
    return faults


def _is_due(value: object) -> bool:
    if value is None:
        return True
    if not isinstance(value, str) or not _DUE.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _evidence_faults(evidence: object) -> list[str]:
    if not isinstance(evidence, list):
        return ["evidence is no list"]
    for item in evidence:
        if not isinstance(item, Mapping) or item.get("field") not in EVIDENCE_FIELDS:
            return ["evidence names an unknown field"]
        if not _has_place(item):
            return ["evidence has no place in the text"]
    return []


def _proposal_faults(proposals: object) -> list[str]:
    if proposals is None:
        return []
    if not isinstance(proposals, list):
        return ["proposals is no list"]
    for each in proposals:
        if not isinstance(each, Mapping) or not _has_place(each):
            return ["a proposal has no place in the text"]
        reading = each.get("reading")
        if not isinstance(reading, Mapping) or reading.get("proposals") or schema_faults(reading):
            return ["a proposal has no reading of its own"]
        if reading.get("message_type") not in {GROUP, STRAY}:
            return ["a proposal asks for nothing"]
    return []


def _has_place(item: Mapping[str, Any]) -> bool:
    start, end = item.get("start"), item.get("end")
    return isinstance(start, int) and isinstance(end, int) and 0 <= start < end and isinstance(item.get("text"), str)
