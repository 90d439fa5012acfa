"""A reading in words: its title, why it was read so, and the whole of it as one sentence."""

from collections.abc import Sequence
from datetime import datetime

from common.words import fold
from slackintake.reading.due import TOPICS
from slackintake.reading.schema import IGNORE, INFO_REQUEST, LONGEST_TITLE, Reading

LABELS = {
    "SALE_LISTING": "New sale listing",
    "LEASE_LISTING": "New lease listing",
    "SALE_LEASE_LISTING": "New listing for sale and lease",
    "SOLD_SALE_LEASE_LISTING": "Listing sold or leased",
    "RELIST_LISTING": "Relist",
    "RELIST_LISTING_DEAL_SALE_OR_LEASE": "Deal on a relisting",
    "BUY_OR_LEASED": "Client bought or leased",
    "MARKETING_AGENDA_TEMPLATE": "Marketing agenda",
    "SALE_ACTIVE_TASKS": "Work on a sale listing",
    "SALE_SOLD_TASKS": "Work on a sold listing",
    "SALE_CLOSING_TASKS": "Sale closing",
    "LEASE_ACTIVE_TASKS": "Work on a lease listing",
    "LEASE_LEASED_TASKS": "Work on a leased listing",
    "LEASE_CLOSING_TASKS": "Lease closing",
    "LEASE_ACTIVE_TASKS_ARLYN": "Arlyn’s lease tasks",
    "RELIST_LISTING_DEAL_SALE": "Sale deal on a relisting",
    "RELIST_LISTING_DEAL_LEASE": "Lease deal on a relisting",
    "BUYER_DEAL": "Buyer deal",
    "BUYER_DEAL_CLOSING_TASKS": "Buyer closing",
    "LEASE_TENANT_DEAL": "Tenant deal",
    "LEASE_TENANT_DEAL_CLOSING_TASKS": "Tenant move-in",
    "PRECON_DEAL": "Pre-construction deal",
    "MUTUAL_RELEASE_STEPS": "Mutual release",
    "OPS_MISC_TASK": "Request to operations",
    INFO_REQUEST: "Too little to act on",
    IGNORE: "Chatter",
}


def title_of(label: str, address: str | None, text: str) -> str:
    """A title of at most 80 characters: what is to be done and where, or the request in its own words."""
    if label == IGNORE:
        return ""
    if label in {"OPS_MISC_TASK", INFO_REQUEST}:
        return shorten(text)
    return shorten(f"{LABELS[label]}: {address}" if address else LABELS[label])


def shorten(text: str, longest: int = LONGEST_TITLE) -> str:
    """The text on one line, cut at a word when it is too long."""
    line = " ".join(text.split())
    if len(line) <= longest:
        return line
    cut = line[: longest - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[40:] else cut).rstrip(" ,;:-") + "…"


def explain_label(label: str, quotes: Sequence[str]) -> str:
    """Why the message was read so, quoting the words that decided it."""
    said = list(dict.fromkeys(shorten(quote, 40) for quote in quotes if quote.strip()))
    if not said:
        return f"{LABELS[label]}."
    return f"{LABELS[label]}, because it says " + " and ".join(f"“{quote}”" for quote in said) + "."


def _due_topic(reading: Reading) -> str:
    """What the date speaks of ("photos"), or "due"."""
    for item in reading.evidence:
        if item.field == "date" and item.text.strip():
            first = fold(item.text.split()[0].strip(",:;.*_"))
            return TOPICS.get(first, "due")
    return "due"


def sentence(reading: Reading, realtor: str | None = None) -> str:
    """The reading in one sentence, such as
    "New sale listing · 123 Main St · photos Fri 27 Nov 17:00 · from Maria Russo · 92 % sure".
    """
    label = reading.key or reading.message_type
    parts = [LABELS.get(label, label)]
    if reading.address:
        parts.append(reading.address)
    if reading.due_date:
        moment = datetime.fromisoformat(reading.due_date)
        parts.append(f"{_due_topic(reading)} {moment:%a} {moment.day} {moment:%b %H:%M}")
    if reading.assignee_hint:
        parts.append(f"for {reading.assignee_hint}")
    if realtor:
        parts.append(f"from {realtor}")
    parts.append(f"{round(reading.confidence * 100)} % sure")
    return " · ".join(parts)
