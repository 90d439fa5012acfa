"""Slack's text as a person sees it, with the way back to every original character.

Slack escapes `&`, `<` and `>` once, writes mentions and links between angle brackets, emoji between colons, quotes with
a leading `>`; text struck through is withdrawn by its writer. The plain text leaves the marks out; `origins` gives the
place of each of its characters in the original.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

LONGEST = 5_000  # characters that are read; Slack advises 4,000, and what comes later never changes what is asked

_MARK = re.compile(
    r"<([^<>\n]{1,3000})>"
    r"|&(amp|lt|gt);"
    r"|(?<![\w:]):([a-z+\-][a-z0-9_+'\-]{0,50}):(?::skin-tone-[2-6]:)?(?!\w)"
    r"|```([^`]*)(?:```|\Z)"
    r"|(?<![\w~])~(?=[^\s~])([^~\n]{1,400})(?<=\S)~(?![\w~])"
)
_INVISIBLE = {"\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad"}
_SINGLE = {
    "’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‑": "-", "−": "-", "⁄": "/",
    "\u00a0": " ", "\u202f": " ", "\u2007": " ", "\t": " ",
    "\r": "\n", "\u2028": "\n", "\u2029": "\n", "\x0b": "\n", "\x0c": "\n",
}  # fmt: skip


@dataclass(frozen=True)
class Mark:
    """A mention, link, e-mail address or telephone number, at its place in the plain text."""

    start: int
    end: int
    kind: str  # person | team | broadcast | channel | link | contact
    target: str
    label: str


@dataclass
class Plain:
    """The readable text; `origins[i]` is where its i-th character stands in the original."""

    original: str
    text: str = ""
    origins: list[int] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    quotes: list[tuple[int, int]] = field(default_factory=list)
    emoji: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    has_code: bool = False
    cut_short: bool = False

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """The place in the original text of the plain characters from `start` up to `end`."""
        return self.origins[start], self.origins[end - 1] + 1

    def quoted(self, place: int) -> bool:
        return any(start <= place < end for start, end in self.quotes)


class _Builder:
    def __init__(self, text: str):
        self.source = text
        self.parts: list[str] = []
        self.origins: list[int] = []
        self.marks: list[Mark] = []

    @property
    def length(self) -> int:
        return len(self.origins)

    def copy(self, start: int, end: int) -> None:
        """Take over the original from `start` to `end`, character for character."""
        part = self.source[start:end]
        if part.isascii() and "\r" not in part and "\0" not in part and "\t" not in part:
            self.parts.append(part)
            self.origins.extend(range(start, end))
            return
        for place in range(start, end):
            character = _readable(self.source[place])
            if character:
                self.parts.append(character)
                self.origins.append(place)

    def put(self, text: str, start: int, end: int) -> None:
        """Write `text` for the original from `start` to `end`; all its characters point there."""
        self.parts.append(text)
        last = max(end - 1, start)
        self.origins.extend(min(start + offset, last) for offset in range(len(text)))
        if len(text) > 1:
            self.origins[-1] = last

    def mark(self, kind: str, target: str, label: str, begin: int) -> None:
        self.marks.append(Mark(begin, self.length, kind, target, label))


def _readable(character: str) -> str:
    """One character as one readable character, or nothing when it cannot be seen."""
    if character < "\x7f":
        if character in "\n\t\r\x0b\x0c":
            return _SINGLE.get(character, character)
        return character if character >= " " else " "
    if character in _SINGLE:
        return _SINGLE[character]
    if character in _INVISIBLE or "\u202a" <= character <= "\u202e" or "\u2066" <= character <= "\u2069":
        return ""
    if "\ud800" <= character <= "\udfff" or "\ue000" <= character <= "\uf8ff":
        return "\ufffd"
    if character.isalpha() or "\uff00" <= character <= "\uffef":
        composed = unicodedata.normalize("NFKC", character)
        return composed if len(composed) == 1 else character
    return character


def normalise(text: str) -> Plain:
    """The plain text of a Slack message. Never raises; reads the first 5,000 characters."""
    plain = Plain(original=text, cut_short=len(text) > LONGEST)
    source = text[:LONGEST]
    builder = _Builder(source)
    place = 0
    for match in _MARK.finditer(source):
        builder.copy(place, match.start())
        place = match.end()
        _take_mark(match, builder, plain)
    builder.copy(place, len(source))
    plain.text, plain.origins, plain.marks = "".join(builder.parts), builder.origins, builder.marks
    _blank_decoration(plain)
    _find_quotes(plain)
    return plain


def _take_mark(match: re.Match[str], builder: _Builder, plain: Plain) -> None:
    start, end = match.span()
    if match[1] is not None:
        _take_bracket(match[1], start, end, builder)
    elif match[2]:
        builder.put({"amp": "&", "lt": "<", "gt": ">"}[match[2]], start, end)
    elif match[3]:
        plain.emoji.append(match[3])
        builder.put(" ", start, end)
    elif match[4] is not None:
        plain.has_code = True
        builder.put(" ", start, end)
    else:
        plain.withdrawn.append(match[5])
        builder.put(" ", start, end)


def _take_bracket(inner: str, start: int, end: int, builder: _Builder) -> None:
    target, _, label = inner.partition("|")
    begin = builder.length
    label_start = start + 1 + len(target) + 1
    sigil = target[0] if target else ""
    if sigil == "@":
        _put_named("person", target[1:], label, "@", start, end, builder)
    elif sigil == "#":
        _put_named("channel", target[1:], label, "#", start, end, builder)
    elif sigil == "!":
        word = target[1:]
        if word.startswith("subteam^"):
            _put_named("team", word[8:], label.lstrip("@"), "@", start, end, builder)
        elif word.startswith("date^"):
            builder.copy(label_start, label_start + len(label))
        else:
            _put_named("broadcast", word.split("^")[0], "", "@", start, end, builder)
    elif target.startswith(("mailto:", "tel:")):
        builder.put((label or target.partition(":")[2])[:200] or " ", start, end)
        builder.mark("contact", target, label, begin)
    elif "://" in target[:40] or target.startswith(("http", "www.")):
        if label and not label.startswith(("http", "www.")):
            builder.copy(label_start, label_start + len(label))
        else:
            builder.put("link", start, end)
        builder.mark("link", target, label, begin)
    else:
        builder.copy(start, end)


def _put_named(kind: str, target: str, label: str, sigil: str, start: int, end: int, builder: _Builder) -> None:
    begin = builder.length
    shown = "".join(_readable(character) for character in (label or target)[:80]) or "?"
    builder.put(sigil + shown.replace("\n", " "), start, end)
    builder.mark(kind, target, label, begin)


_DECORATION = re.compile(r"(?<![\w*])\*+|\*+(?![\w*])|(?<![^\W_])_+|_+(?![^\W_])|`+|^[ ]*[•◦▪‣·] ?", re.MULTILINE)
_BUNDLE = re.compile(
    r"^(?:Message \d{1,3} ?)?\[\d{10}\.\d{3,6}\]:?|^Message \d{1,3}:|^User sent the following messages[^\n]{0,160}$",
    re.MULTILINE,
)


def _blank_decoration(plain: Plain) -> None:
    """Bold, italic and code marks, bullets, and the headings of a bundle of messages become spaces; places stay."""
    text = plain.text
    if any(character in text for character in "*_`•◦▪‣·"):
        text = _DECORATION.sub(lambda match: " " * len(match[0]), text)
    if "essage" in text:
        text = _BUNDLE.sub(lambda match: " " * len(match[0]), text)
    plain.text = text


_QUOTE = re.compile(r"^[ ]?(>{1,3})[^\n]*", re.MULTILINE)
_MAIL_HEADER = re.compile(
    r"^[> ]{0,4}(?:From|To|Cc|Bcc|Sent|Date|De|Para|Fecha|Envoyé|À) ?:[^\n]*"
    r"|^-{3,}[^\n]*-{3,}$|^On [^\n]{5,100} wrote:$",
    re.MULTILINE | re.IGNORECASE,
)


def _find_quotes(plain: Plain) -> None:
    """Quoted lines keep their words without the mark; header lines of a forwarded e-mail say nothing about the work."""
    text = plain.text
    if ">" in text:
        for match in _QUOTE.finditer(text):
            plain.quotes.append(match.span())
        text = _QUOTE.sub(lambda match: match[0].replace(">", " ", 3), text)
    if ":" in text or "---" in text:
        headers = [match.span() for match in _MAIL_HEADER.finditer(text)]
        if len(headers) > 1:
            for start, end in headers:
                text = text[:start] + " " * (end - start) + text[end:]
    plain.text = text


def masked(text: str, spans: Iterable[tuple[int, int, str]]) -> str:
    """`text` with each span replaced by as many of its mask character, so that every place stays where it was."""
    pieces, place = [], 0
    for start, end, mask in sorted(spans):
        if start < place:
            continue
        pieces += [text[place:start], mask * (end - start)]
        place = end
    return "".join([*pieces, text[place:]])
