"""Is it the same place? Addresses as people write them, compared by house number, unit, street and city.

    1509-25 The Esplanade = 25 The Esplanade, Unit 1509 = Suite 1509, 25 the esplanade, Toronto ON M5E 1W5

Pure. What one of the two leaves out (street type, direction, city) counts as the same; a unit left out does not: a
building is not one of its flats.
"""

import re
import unicodedata
from dataclasses import dataclass

# Long and short forms of what follows or precedes a street's name.
_TYPES = {
    "st": "street", "str": "street", "street": "street", "ave": "avenue", "av": "avenue", "avenue": "avenue",
    "rd": "road", "road": "road", "dr": "drive", "drive": "drive", "blvd": "boulevard", "boul": "boulevard",
    "boulevard": "boulevard", "crt": "court", "ct": "court", "court": "court", "cres": "crescent",
    "cr": "crescent", "crescent": "crescent", "ln": "lane", "lane": "lane", "pl": "place", "place": "place",
    "sq": "square", "square": "square", "terr": "terrace", "ter": "terrace", "terrace": "terrace", "gate": "gate",
    "gt": "gate", "pkwy": "parkway", "parkway": "parkway", "hwy": "highway", "highway": "highway", "trail": "trail",
    "trl": "trail", "way": "way", "circle": "circle", "cir": "circle", "grove": "grove", "gdns": "gardens",
    "gardens": "gardens", "hill": "hill", "hts": "heights", "heights": "heights", "mews": "mews", "path": "path",
    "ridge": "ridge", "row": "row", "walk": "walk", "quay": "quay", "close": "close", "rue": "street",
    "chemin": "road", "ch": "road", "line": "line", "sideroad": "sideroad", "concession": "concession",
}  # fmt: skip
_DIRECTIONS = {
    "n": "north", "north": "north", "s": "south", "south": "south", "e": "east", "east": "east", "w": "west",
    "west": "west", "ne": "northeast", "nw": "northwest", "se": "southeast", "sw": "southwest", "est": "east",
    "ouest": "west",
}  # fmt: skip
_UNIT_WORDS = r"(?:unit|units|apt|apartment|app|suite|ste|ph|penthouse|#|no\.?|bureau)"
_FLOORS = {"upper": "upper", "lower": "lower", "main": "main", "bsmt": "basement", "basement": "basement"}
_REGIONS = {"on", "ont", "ontario", "ca", "california", "canada", "usa", "us", "qc", "quebec", "bc", "ab", "ny"}
_CITIES = {"sf": "san francisco", "to": "toronto", "mtl": "montreal"}
_POSTAL_CODE = re.compile(r"\b[a-z]\d[a-z] ?\d[a-z]\d\b|\b\d{5}(?:-\d{4})?$")


@dataclass(frozen=True, slots=True)
class Place:
    """An address taken apart. `number` is empty for a lot or an intersection, whose whole text is the street."""

    number: str
    unit: str
    street: tuple[str, ...]
    city: str


def place_of(address: str) -> Place:
    """The address taken apart; whatever the text, there is an answer."""
    text = _simple(address)
    text = _POSTAL_CODE.sub("", text).strip(" ,")
    unit, text = _take_unit(text)
    head, *rest = [part.strip() for part in text.split(",") if part.strip()] or [""]
    number, street = "", head
    if match := re.match(r"(\d+[a-z]?)(?: (1/2|½))? +(?:rue |av |avenue |ch |chemin )?(.*)", head):
        number = match[1] + ("½" if match[2] else "")
        street = match[3] if not re.match(r"\d+[a-z]? +(rue|av|ch|chemin|avenue) ", head) else head.split(" ", 1)[1]
    words = [_CITIES.get(word, word) if index else word for index, word in enumerate(street.split())]
    return Place(number, unit, tuple(_canonical(words)), _city(rest))


def same_place(one: Place, other: Place) -> bool:
    """Whether two addresses name the same door."""
    if one.number != other.number or one.unit != other.unit:
        return False
    if one.city and other.city and one.city != other.city:
        return False
    if not one.street or not other.street:
        return False
    return _same_street(one, other)


def house_number(place: Place) -> str:
    """The digits by which candidates can be looked up; empty if the address has none."""
    digits = re.match(r"\d+", place.number)
    return digits[0] if digits else ""


def _same_street(one: Place, other: Place) -> bool:
    shorter, longer = sorted((one.street, other.street), key=len)
    if longer[: len(shorter)] != shorter:
        return False
    # "88 Harbour" is "88 Harbour St", "88 King St" is "88 King St W"; "5 Park" is not "5 Park Lawn Rd".
    left = longer[len(shorter) :]
    if not left or left[0] in _CANONICAL_ENDS:
        return True
    city = one.city or other.city
    return shorter[-1] in _CANONICAL_ENDS and (not city or " ".join(left).startswith(city))


_CANONICAL_ENDS = set(_TYPES.values()) | set(_DIRECTIONS.values())


def _simple(text: str) -> str:
    text = unicodedata.normalize("NFKD", text.replace("½", " 1/2"))
    text = "".join(character for character in text if not unicodedata.combining(character)).casefold()
    text = re.sub(r"[.’'`\"()]", "", text)
    text = re.sub(r"[\u2010-\u2015]", "-", text)
    return re.sub(r"\s+", " ", text).strip()


def _take_unit(text: str) -> tuple[str, str]:
    """The unit, written the same way always, and the text without it."""
    for pattern in (
        rf"^{_UNIT_WORDS} ?#? ?(?P<unit>[a-z]?\d+[a-z]?)\s*[,-]?\s+(?P<rest>\d.*)$",
        r"^#?(?P<unit>(?:ph ?|[a-z])?\d+[a-z]?) ?- ?(?P<rest>\d+[a-z]? .*)$",
        rf"^(?P<before>.*?\S),? {_UNIT_WORDS} ?#? ?(?P<unit>[a-z]?\d+[a-z]?)\b(?P<after>.*)$",
        r"^(?P<before>.*?\S),? ?#(?P<unit>[a-z]?\d+[a-z]?)\b(?P<after>.*)$",
    ):
        if match := re.match(pattern, text):
            parts = match.groupdict()
            penthouse = (
                re.match(r"^(?:.*\s)?(?:ph|penthouse) ?#?\d", match[0]) is not None and "ph" not in parts["unit"]
            )
            unit = re.sub(r"^ph ?", "ph", parts["unit"])
            rest = parts.get("rest") or f"{parts.get('before', '')}{parts.get('after', '')}"
            return ("ph" if penthouse else "") + (unit.lstrip("0") or "0"), rest.strip(" ,")
    if match := re.match(rf"^({'|'.join(_FLOORS)})(?: (?:unit|level|floor))?,? (\d.*)$", text):
        return _FLOORS[match[1]], match[2]
    if match := re.match(rf"^(.*?),? ({'|'.join(_FLOORS)})(?: (?:unit|level|floor))?$", text):
        return _FLOORS[match[2]], match[1]
    return "", text


def _canonical(words: list[str]) -> list[str]:
    """Street types and directions in their long form, except where they are the street's own name (Avenue Rd)."""
    found = []
    for index, word in enumerate(words):
        if index and word in _TYPES:
            found.append(_TYPES[word])
        elif index and word in _DIRECTIONS:
            found.append(_DIRECTIONS[word])
        else:
            found.append(word)
    return found


def _city(parts: list[str]) -> str:
    for part in parts:
        words = [word for word in part.split() if word not in _REGIONS]
        if words:
            name = " ".join(words)
            return _CITIES.get(name, name)
    return ""
