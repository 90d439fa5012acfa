"""Slack's way of writing, made safe to show: a text becomes pieces, and pieces become plain text or HTML.

Nothing in a message is ever an instruction to us: every piece is escaped, links lead only to web, mail and telephone,
and what looks like HTML, a formula or a command stays what it is, words.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

_TOKEN = re.compile(
    r"<([^<>\n]{1,3000})>|&(amp|lt|gt);|(:[a-z0-9_+'-]{1,60}:(?::skin-tone-[2-6]:)?)|(`{3}|[*_~`])|(\n)"
)
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">"}
_SAFE_LINK = re.compile(r"(?:https?://|mailto:|tel:)[^\s\"'<>]+", re.IGNORECASE)
_MARKS = {"*": "strong", "_": "em", "~": "del", "`": "code", "```": "code"}
_LONGEST_STYLE = 600
_EMOJI = {
    "pray": "🙏",
    "+1": "👍",
    "thumbsup": "👍",
    "-1": "👎",
    "house": "🏠",
    "house_with_garden": "🏡",
    "tada": "🎉",
    "eyes": "👀",
    "white_check_mark": "✅",
    "heavy_check_mark": "✔️",
    "smile": "😄",
    "slightly_smiling_face": "🙂",
    "wave": "👋",
    "fire": "🔥",
    "heart": "❤️",
    "rocket": "🚀",
    "raised_hands": "🙌",
    "clap": "👏",
    "joy": "😂",
    "key": "🔑",
    "camera": "📷",
    "calendar": "📅",
    "warning": "⚠️",
    "x": "❌",
    "question": "❓",
    "exclamation": "❗",
    "ok_hand": "👌",
    "100": "💯",
    "moneybag": "💰",
    "sob": "😭",
    "thinking_face": "🤔",
    "champagne": "🍾",
    "star": "⭐",
    "phone": "☎️",
    "memo": "📝",
    "pushpin": "📌",
    "rotating_light": "🚨",
}


class Evidence(NamedTuple):
    """The words behind one field of a reading: characters `start` to `end` of the text as Slack sent it."""

    field: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the text as Slack sent it (`start` to `end`) and what a person sees in its place."""

    start: int
    end: int
    shown: str
    link: str = ""
    styles: tuple[str, ...] = ()

    @property
    def is_verbatim(self) -> bool:
        """Whether each character shown is one of the text's, so that the piece may be cut anywhere."""
        return len(self.shown) == self.end - self.start and not self.link


def pieces(text: str, names: Mapping[str, str] | None = None) -> list[Piece]:
    """The text in pieces, in order, covering all that is shown. `names` gives the name behind a Slack id."""
    names = names or {}
    found: list[Piece] = []
    styles: list[str] = []
    position = 0
    for match in _TOKEN.finditer(text):
        if match.start() > position:
            found.append(Piece(position, match.start(), text[position : match.start()], styles=_tags(styles)))
        position = match.end()
        reference, entity, emoji, mark, _newline = match.groups()
        shown, link = match.group(), ""
        if reference is not None:
            shown, link = _reference(reference, names)
        elif entity is not None:
            shown = _ENTITIES[entity]
        elif emoji is not None:
            shown = _EMOJI.get(emoji.strip(":").split(":")[0], emoji)
        elif mark is not None and _switches(text, match, styles):
            continue
        found.append(Piece(match.start(), match.end(), shown, link, _tags(styles)))
    if position < len(text):
        found.append(Piece(position, len(text), text[position:], styles=_tags(styles)))
    return found


def plain(text: str, names: Mapping[str, str] | None = None) -> str:
    """The text as a person reads it, without any marks: for rows, mails and search."""
    return "".join(piece.shown for piece in pieces(text, names))


def html(text: str, evidence: Iterable[Evidence] = (), names: Mapping[str, str] | None = None) -> SafeString:
    """The text as HTML, with the words that decided a reading underlined and named below.

    Evidence outside the text, or over other evidence, is left away: it may stem from the text before an edit.
    """
    spans = _usable(evidence, text)
    parts: list[SafeString] = []
    remaining = list(_cut(pieces(text, names), spans))
    for span, group in _grouped(remaining, spans):
        inner = format_html_join("", "{}", ((_piece_html(piece),) for piece in group))
        if span is None:
            parts.append(inner)
        else:
            kind = _EVIDENCE_CLASSES.get(span.field, "type")
            parts.append(
                format_html('<ruby><span class="ev ev-{}">{}</span><rt>{}</rt></ruby>', kind, inner, span.field)
            )
    return mark_safe("".join(parts))  # noqa: S308  every part comes from format_html


def for_slack(text: str) -> str:
    """Text of ours, escaped so that nothing in it calls a channel, a person or a link when Slack shows it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


# The fields of a reading's evidence, by the name that the stylesheet gives their colour.
_EVIDENCE_CLASSES = {"type": "type", "address": "place", "date": "date", "name": "name"}


def _reference(inside: str, names: Mapping[str, str]) -> tuple[str, str]:
    """What stands between < and >: shown text and address."""
    target, _, label = inside.partition("|")
    label = _unescape(label)
    if target.startswith("@"):
        return "@" + (names.get(target[1:]) or label.lstrip("@") or target[1:]), ""
    if target.startswith("#"):
        return "#" + (label.lstrip("#") or names.get(target[1:]) or target[1:]), ""
    if target.startswith("!"):
        command = target[1:].split("^")[0]
        return label or "@" + (command if command != "subteam" else target.split("^")[-1]), ""
    target = _unescape(target)
    if _SAFE_LINK.fullmatch(target):
        return label or re.sub(r"^(mailto|tel):", "", target), target
    # Not one of Slack's references, or a link to a place that no message may send a reader to: words.
    return label or target, ""


def _unescape(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _switches(text: str, match: re.Match[str], styles: list[str]) -> bool:
    """Whether a `*`, `_`, `~` or backtick begins or ends a style here; if so, `styles` is changed.

    Slack's rule in short: a mark opens at the beginning of a word if its partner closes a word on the same line.
    """
    mark = match.group()
    before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
    in_code = next((style for style in styles if style.startswith("`")), None)
    if in_code and in_code != mark:
        return False
    if mark in styles:
        if before.isspace() or after.isalnum():
            return False
        styles.remove(mark)
        return True
    if before.isalnum() or not after or (after.isspace() and mark != "```"):
        return False
    # A style longer than this is not looked for: a text of nothing but marks would take minutes.
    limit = match.end() + _LONGEST_STYLE
    if mark != "```":
        limit = min(limit, _end_of_line(text, match.end()))
    closing = text.find(mark, match.end() + 1, limit)
    while closing >= 0:
        following = text[closing + len(mark) : closing + len(mark) + 1]
        if not text[closing - 1].isspace() and not following.isalnum():
            styles.append(mark)
            return True
        closing = text.find(mark, closing + 1, limit)
    return False


def _end_of_line(text: str, position: int) -> int:
    end = text.find("\n", position, position + _LONGEST_STYLE)
    return len(text) if end < 0 else end


def _tags(styles: list[str]) -> tuple[str, ...]:
    return tuple(_MARKS[style] for style in styles)


def _usable(evidence: Iterable[Evidence], text: str) -> list[Evidence]:
    """Spans inside the text, none over another. Words for the type give way: they often reach over the address."""
    spans: list[Evidence] = []
    for span in sorted(evidence, key=lambda item: (item.field == "type", item.start, item.end)):
        if not 0 <= span.start < span.end <= len(text):
            continue
        over = [other for other in spans if other.start < span.end and span.start < other.end]
        if over and span.field == "type":
            end = min(other.start for other in over)
            span = span._replace(end=span.start + len(text[span.start : end].rstrip(" :,;-")))
        elif over:
            continue
        if span.start < span.end:
            spans.append(span)
    return sorted(spans, key=lambda item: item.start)


def _cut(all_pieces: Iterable[Piece], spans: list[Evidence]) -> Iterator[Piece]:
    """The same pieces, cut where evidence begins or ends."""
    borders = sorted({border for span in spans for border in (span.start, span.end)})
    for piece in all_pieces:
        start = piece.start
        if piece.is_verbatim:
            for border in borders:
                if start < border < piece.end:
                    yield _slice(piece, start, border)
                    start = border
            yield _slice(piece, start, piece.end)
        else:
            yield piece


def _slice(piece: Piece, start: int, end: int) -> Piece:
    return Piece(start, end, piece.shown[start - piece.start : end - piece.start], piece.link, piece.styles)


def _grouped(all_pieces: list[Piece], spans: list[Evidence]) -> Iterator[tuple[Evidence | None, list[Piece]]]:
    def span_of(piece: Piece) -> Evidence | None:
        return next((span for span in spans if span.start < piece.end and piece.start < span.end), None)

    group: list[Piece] = []
    current: Evidence | None = None
    for piece in all_pieces:
        span = span_of(piece)
        if group and span is not current:
            yield current, group
            group = []
        current = span
        group.append(piece)
    if group:
        yield current, group


def _piece_html(piece: Piece) -> SafeString:
    shown = format_html("{}", piece.shown)
    if "\n" in piece.shown:
        shown = mark_safe(shown.replace("\n", "<br>"))  # noqa: S308  escaped one line above
    if piece.link:
        shown = format_html('<a class="link" href="{}" rel="noopener noreferrer nofollow">{}</a>', piece.link, shown)
    for style in reversed(piece.styles):
        shown = format_html("<{}>{}</{}>", mark_safe(style), shown, mark_safe(style))  # noqa: S308  from _MARKS
    return shown
