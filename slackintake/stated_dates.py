"""Of which activity does a date in a message speak? "Photos by Friday" is about the photos, not about all. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from listings.models import KeyDateKind

FURTHEST_CHARACTERS = 60
"""A date further than this from a word does not speak of it."""

# What realtors call the key days of a listing.
KEY_DAY_WORDS = {
    KeyDateKind.PHOTO: (
        "photo", "photos", "photographer", "photography", "pics", "pictures", "shoot", "shots", "floor plan",
        "floor plans", "drone", "video", "virtual tour", "matterport", "fotos", "photographe",
    ),
    KeyDateKind.GO_LIVE: (
        "live", "go live", "going live", "go-live", "on mls", "mls", "on the market", "hit the market", "launch",
        "launching", "active", "list date", "listing date", "coming to market",
    ),
    KeyDateKind.OPEN_HOUSE: ("open house", "open houses", "oh"),
    KeyDateKind.CLOSING: ("closing", "closes", "close", "possession", "completion", "move in", "occupancy"),
}  # fmt: skip

# What else a message may give a date for; an activity is meant if its name has the word on the left.
ACTIVITY_WORDS = {
    "staging": ("staging", "stager", "stage", "staged", "declutter"),
    "sign": ("sign", "yard sign", "for sale sign", "rider", "sold rider"),
    "lockbox": ("lockbox", "lock box"),
    "keys": ("keys", "key", "fob", "fobs"),
    "description": ("description", "write-up", "write up", "writeup", "copy"),
    "feature sheet": ("feature sheet", "feature sheets", "brochure", "brochures", "flyer", "flyers"),
    "social posts": ("social", "instagram", "facebook", "post", "posts", "reel"),
    "agreement": ("agreement", "paperwork", "documents", "docs", "forms", "signatures"),
    "title": ("title", "title search", "tax record", "geowarehouse"),
    "deposit": ("deposit", "deposit receipt"),
    "conditions": ("conditions", "condition", "waiver", "firm"),
    "inspection": ("inspection", "inspector"),
    "lawyer": ("lawyer", "lawyers", "solicitor"),
    "mutual release": ("mutual release", "release"),
    "mailing": ("mailing", "mailer", "mailers", "postcards", "e-blast", "eblast", "newsletter"),
    "flyer": ("flyer", "flyers"),
}


class Line(Protocol):
    """What is asked of a template's line; `listings.models.TemplateLine` is one."""

    pk: str
    name: str
    key_date: str
    offset_days: int | None


@dataclass(frozen=True, slots=True)
class SpokenOf:
    """What a date is about: a key day, a line of the template, or the line that falls on the key day."""

    key_day: str | None = None
    line: str | None = None


def spoken_of(lines: Sequence[Line], text: str, start: int, end: int) -> SpokenOf:
    """What the date at `text[start:end]` speaks of; empty if the text does not say.

    It is what stands nearest in the same sentence. Words before the date ("photos by Friday") count as nearer than
    words behind it, and of words equally near the longer ones win.
    """
    small = text.lower()
    best: tuple[tuple[int, int], SpokenOf] | None = None
    for meaning, words in _meanings(lines):
        for word in words:
            for match in re.finditer(rf"(?<![\w-]){re.escape(word)}(?![\w-])", small):
                distance = _distance(small, match.start(), match.end(), start, end)
                if distance is not None and (best is None or (distance, -len(word)) < best[0]):
                    best = (distance, -len(word)), meaning
    return best[1] if best else SpokenOf()


def _meanings(lines: Sequence[Line]) -> list[tuple[SpokenOf, tuple[str, ...]]]:
    found = []
    for kind, words in KEY_DAY_WORDS.items():
        counted = [line for line in lines if line.key_date == kind]
        if counted:
            on_the_day = next((line.pk for line in counted if line.offset_days == 0), None)
            found.append((SpokenOf(kind, on_the_day), words))
    for stem, words in ACTIVITY_WORDS.items():
        meant = next((line.pk for line in lines if re.search(rf"\b{stem}", line.name.lower())), None)
        if meant:
            found.append((SpokenOf(None, meant), words))
    return found


def _distance(text: str, word_start: int, word_end: int, date_start: int, date_end: int) -> int | None:
    if word_end <= date_start:
        between, weight = text[word_end:date_start], 1
    elif word_start >= date_end:
        between, weight = text[date_end:word_start], 2
    else:
        return 0
    if len(between) > FURTHEST_CHARACTERS or re.search(r"[!?;\n]|\.(?:\s|$)", between):
        return None
    # "staging on Monday, photos by Friday": a comma parts what belongs to one date from what belongs to the next.
    return weight * (len(between) + 10 * between.count(","))
