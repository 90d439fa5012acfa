"""What Slack said, in our words: every payload of Slack's becomes one of five small results.

Everything here is pure: no database, no clock, no network. Payloads are other people's text: whatever is in them,
the answer is a result, and the one exception raised is `Malformed`, by the two functions that parse bytes.
"""

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qs

MAX_TEXT_LENGTH = 100_000
"""Slack's own limit is 40,000 characters; what is longer is cut there and marked with an ellipsis."""

MAX_EVENT_ID_LENGTH = 200

_MAX_FILES = 50
_MAX_DEPTH = 60

_TS = re.compile(r"[0-9]{1,11}\.[0-9]{1,6}")
_CHANNEL = re.compile(r"[^\s@\x00-\x1f\x7f]{1,100}")
_TOKEN_IN_ADDRESS = re.compile(r"([?&])t=xox[a-z]-[^&\s\"'|<>\\]*&?")
_TOKEN_ANYWHERE = re.compile(r"xox[a-z]-[0-9A-Za-z-]{6,}")
_TOKEN_MEMBER = re.compile(r'("token"\s*:\s*")(?:[^"\\]|\\.)*(")')
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class Malformed(Exception):
    """The bytes are nothing that Slack sends; the text says what is wrong with them."""


class Skip(StrEnum):
    """Why a message is kept but not read."""

    BOT = "bot"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Posted:
    """A message that stands in a channel. `skip` says why it is not to be read; None means that a person wrote it."""

    channel: str
    ts: str
    user: str
    text: str
    thread_ts: str | None = None
    skip: Skip | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    """What is worth keeping beside the text: files, forwarded messages, subtype, client_msg_id, the edit mark."""

    @property
    def sent_at(self) -> datetime:
        return time_of(self.ts)


@dataclass(frozen=True, slots=True)
class Edited:
    """A message has now this content. `old_text` is None if Slack did not say what stood there before."""

    message: Posted
    old_text: str | None
    edited_at: datetime


@dataclass(frozen=True, slots=True)
class Deleted:
    """A message was taken away. `message` is what it was, if Slack said so."""

    channel: str
    ts: str
    deleted_at: datetime
    message: Posted | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A person used the message shortcut: this message shall be read as a request."""

    message: Posted
    by: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """Nothing becomes of this payload; `reason` says why."""

    reason: str


Result = Posted | Edited | Deleted | Asked | Dropped


# Bytes


def parse(raw: bytes) -> dict[str, Any]:
    """The JSON object in the body of a request. Raises Malformed for anything else.

    JSON that Python reads but no other system would (NaN, bytes of lone surrogates, several encodings) is refused;
    `1e999`, `\\u0000` and `\\ud800` are JSON and pass. Nesting too deep for the parser is refused as well.
    """
    try:
        payload = json.loads(raw.decode("utf-8"), parse_constant=_refuse_constant)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise Malformed("The body is not JSON.") from error
    if not isinstance(payload, dict):
        raise Malformed("The body is not a JSON object.")
    return payload


def parse_event(raw: bytes) -> dict[str, Any]:
    """The envelope of an event. Raises Malformed if it lacks what every envelope of Slack's has."""
    envelope = parse(raw)
    kind = envelope.get("type")
    if not isinstance(kind, str) or not kind:
        raise Malformed("The body has no type.")
    if kind == "url_verification" and not isinstance(envelope.get("challenge"), str):
        raise Malformed("The body has no challenge.")
    if kind == "event_callback" and not isinstance(envelope.get("event"), dict):
        raise Malformed("The body has no event.")
    if not isinstance(envelope.get("event_id") or "", str):
        raise Malformed("The event id is not a text.")
    return envelope


def kind_of(envelope: dict[str, Any]) -> str:
    """What sort of event this is, for people who look at the table: `message`, `message/message_changed`."""
    event = _dict(envelope.get("event"))
    names = [_text(event.get("type")), _text(event.get("subtype"))] if event else [_text(envelope.get("type"))]
    return "/".join(name for name in names if name) or "unknown"


def parse_interaction(raw: bytes) -> tuple[dict[str, Any], str]:
    """The payload of an interactive request, parsed and as text. Raises Malformed if there is none."""
    try:
        fields = parse_qs(
            raw.decode("ascii"), strict_parsing=True, max_num_fields=20, encoding="utf-8", errors="strict"
        )
    except (UnicodeDecodeError, ValueError) as error:
        raise Malformed("The body is not a form.") from error
    if len(fields.get("payload", [])) != 1:
        raise Malformed("The form has no payload.")
    text = fields["payload"][0]
    payload = parse(text.encode())
    if not isinstance(payload.get("type"), str) or not payload["type"]:
        raise Malformed("The payload has no type.")
    return payload, text


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def without_credentials(text: str) -> str:
    """The raw text of a payload without the tokens that Slack puts into it.

    The `token` member is deprecated, and the `t=xoxe-…` of a file's link opens the file for whoever has it.
    Neither is kept.
    """
    return _TOKEN_ANYWHERE.sub("xox-removed", strip_file_tokens(_TOKEN_MEMBER.sub(r"\1\2", text)))


def strip_file_tokens(address: str) -> str:
    """An address without the export token that would let its reader into the file."""
    return _TOKEN_IN_ADDRESS.sub(r"\1", address)


# Results


def read_event(envelope: dict[str, Any]) -> Result:
    """What an envelope of the Events API says."""
    kind = envelope.get("type")
    if kind == "app_rate_limited":
        return Dropped("Slack limits our rate")
    event = envelope.get("event")
    if kind != "event_callback" or not isinstance(event, dict):
        return Dropped(f"no event: {_short(kind)}")
    event_type = event.get("type")
    if event_type == "app_mention":
        return read_message(event, event.get("channel"))
    if event_type != "message":
        return Dropped(f"not a message: {_short(event_type)}")
    if event.get("subtype") == "message_changed":
        return _read_change(event)
    if event.get("subtype") == "message_deleted":
        return _read_deletion(event)
    return read_message(event, event.get("channel"))


def read_interaction(payload: dict[str, Any]) -> Result:
    """What an interactive request says: only the message shortcut says something to us."""
    if payload.get("type") != "message_action":
        return Dropped(f"not the message shortcut: {_short(payload.get('type'))}")
    channel, message, user = _dict(payload.get("channel")), _dict(payload.get("message")), _dict(payload.get("user"))
    if "ts" not in message:
        message = message | {"ts": payload.get("message_ts")}
    posted = read_message(message, channel.get("id"))
    if isinstance(posted, Posted):
        return Asked(posted, by=clean(_text(user.get("id")))[:100] or "unknown")
    return posted


def read_message(message: dict[str, Any], channel: object) -> Posted | Deleted | Dropped:
    """What a single message says, be it the inner part of an event or a line of an export."""
    channel = _channel(channel)
    if channel is None:
        return Dropped("no channel")
    ts = _ts(message.get("ts"))
    if ts is None:
        return Dropped("no usable ts")
    subtype = message.get("subtype")
    if subtype == "tombstone":
        return Deleted(channel, ts, deleted_at=_event_time(message, ts))
    if subtype == "message_replied":
        return Dropped("only says that a thread has a reply")
    return _posted(message, channel, ts)


def time_of(ts: str) -> datetime:
    """The moment that a `ts` names."""
    seconds, _, fraction = ts.partition(".")
    return datetime.fromtimestamp(int(seconds), UTC).replace(microsecond=int(fraction.ljust(6, "0")[:6] or 0))


# Subtypes of messages that a person wrote. All others, known and unknown, are the system's and never read.
# A tuple, not a set: what stands in a payload's subtype may be a list, which no set can be asked for.
_WRITTEN_BY_A_PERSON = (None, "file_share", "thread_broadcast", "me_message", "file_comment")


def _posted(message: dict[str, Any], channel: str, ts: str) -> Posted:
    thread_ts = _ts(message.get("thread_ts"))
    user = _user(message)
    return Posted(
        channel=channel,
        ts=ts,
        user=user or "unknown",
        text=text_of(message),
        thread_ts=thread_ts,
        skip=_skip(message, user),
        extra=_extra(message),
    )


def _user(message: dict[str, Any]) -> str:
    for candidate in (message.get("user"), _dict(message.get("comment")).get("user"), message.get("bot_id")):
        if user := clean(_text(candidate)).strip():
            return user[:100]
    return ""


def _skip(message: dict[str, Any], user: str) -> Skip | None:
    subtype = message.get("subtype") or None
    # Bots of today post without a subtype and with a user id like a person's; bot_id is what gives them away.
    if message.get("bot_id") or subtype == "bot_message" or user == "USLACKBOT":
        return Skip.BOT
    if not user or subtype not in _WRITTEN_BY_A_PERSON:
        return Skip.SYSTEM
    return None


def _read_change(event: dict[str, Any]) -> Result:
    message, previous = _dict(event.get("message")), _dict(event.get("previous_message"))
    channel = _channel(event.get("channel"))
    if channel is None:
        return Dropped("no channel")
    ts = _ts(message.get("ts")) or _ts(previous.get("ts"))
    if ts is None:
        return Dropped("no usable ts")
    at = _event_time(event, ts)
    if message.get("subtype") == "tombstone":
        return Deleted(channel, ts, at, _posted(previous, channel, ts) if previous else None)
    old_text = text_of(previous) if previous else None
    return Edited(_posted(message, channel, ts), old_text, at)


def _read_deletion(event: dict[str, Any]) -> Result:
    previous = _dict(event.get("previous_message"))
    channel = _channel(event.get("channel"))
    if channel is None:
        return Dropped("no channel")
    ts = _ts(event.get("deleted_ts")) or _ts(previous.get("ts"))
    if ts is None:
        return Dropped("no usable ts")
    return Deleted(channel, ts, _event_time(event, ts), _posted(previous, channel, ts) if previous else None)


def _event_time(event: dict[str, Any], ts: str) -> datetime:
    """When the thing happened: an edit or a deletion has its own time, later than the message's."""
    return time_of(_ts(event.get("event_ts")) or _ts(event.get("ts")) or ts)


# Text and what stands beside it


def text_of(message: dict[str, Any]) -> str:
    """The text of a message as Slack writes it; if that is empty, what its blocks say. Forwarded messages follow it."""
    text = clean(_text(message.get("text")))
    if not text.strip():
        text = clean(_text_of_blocks(message.get("blocks")))
    forwarded = [shared["text"] for shared in _forwarded(message) if shared["text"] and shared["text"] not in text]
    text = "\n".join([*([text] if text.strip() else []), *forwarded])
    return text if len(text) <= MAX_TEXT_LENGTH else text[: MAX_TEXT_LENGTH - 1] + "…"


def clean(text: str) -> str:
    """Text that the database can hold: NUL and lone surrogates are replaced, export tokens taken out."""
    return strip_file_tokens(_UNSTORABLE.sub("\ufffd", text))


def _forwarded(message: dict[str, Any]) -> list[dict[str, str]]:
    """Messages shared into this one: a forwarded request may stand nowhere else."""
    return [
        {"author": clean(_text(item.get("author_id")))[:100], "text": clean(_text_shared(item))[:MAX_TEXT_LENGTH]}
        for item in _dicts(message.get("attachments"))
        if item.get("is_share") or item.get("is_msg_unfurl")
    ]


def _text_shared(attachment: dict[str, Any]) -> str:
    """The text of a message shared into another one; if that is empty, what its blocks say."""
    text = _text(attachment.get("text"))
    shared = (_dict(item.get("message")).get("blocks") for item in _dicts(attachment.get("message_blocks")))
    return text if text.strip() else _text_of_blocks(list(shared))


def _files(message: dict[str, Any]) -> list[dict[str, Any]]:
    # Old exports have one `file` instead of a list.
    files = _dicts(message.get("files")) or _dicts([message.get("file")])
    return [
        {
            key: clean(value)[:1000] if isinstance(value, str) else value
            for key in ("id", "name", "title", "mimetype", "mode", "size", "url_private", "permalink")
            if isinstance(value := file.get(key), str | int) and not _too_big(value)
        }
        for file in files[:_MAX_FILES]
    ]


def _extra(message: dict[str, Any]) -> dict[str, Any]:
    edited = _dict(message.get("edited"))
    extra = {
        "subtype": clean(_text(message.get("subtype")))[:100],
        "client_msg_id": clean(_text(message.get("client_msg_id")))[:100],
        "bot_name": clean(_text(message.get("username")) or _text(_dict(message.get("bot_profile")).get("name")))[:200],
        "files": _files(message),
        "forwarded": _forwarded(message),
        "edited_ts": _ts(edited.get("ts")),
    }
    return {key: value for key, value in extra.items() if value}


def _text_of_blocks(blocks: object) -> str:
    """The words of rich-text and section blocks, in order; an explicit stack, as nesting has no limit in a payload."""
    words: list[str] = []
    stack: list[tuple[Any, int]] = [(blocks, 0)]
    while stack:
        node, depth = stack.pop()
        if isinstance(node, str):
            words.append(node)
        elif depth > _MAX_DEPTH:
            continue
        elif isinstance(node, list):
            stack.extend((item, depth + 1) for item in reversed(node))
        elif isinstance(node, dict):
            stack.extend((item, depth + 1) for item in reversed(_parts_of_block(node)))
    return "".join(words).strip("\n")


def _parts_of_block(node: dict[str, Any]) -> list[Any]:
    kind = node.get("type")
    match kind:
        case "text":
            return [_escape(_text(node.get("text")))]
        case "link":
            url, label = _text(node.get("url")), _text(node.get("text"))
            return [f"<{url}|{_escape(label)}>" if label else f"<{url}>"] if url else []
        case "user":
            return [f"<@{_text(node.get('user_id'))}>"]
        case "channel":
            return [f"<#{_text(node.get('channel_id'))}>"]
        case "usergroup":
            return [f"<!subteam^{_text(node.get('usergroup_id'))}>"]
        case "broadcast":
            return [f"<!{_text(node.get('range'))}>"]
        case "emoji":
            return [f":{_text(node.get('name'))}:"]
        case "date":
            return [_escape(_text(node.get("fallback")))]
        case "mrkdwn":
            return [_text(node.get("text"))]
        case "plain_text":
            return [_escape(_text(node.get("text")))]
        case "section" | "header":
            return [node.get("text"), node.get("fields"), "\n"]
        case "rich_text_section" | "rich_text_preformatted" | "rich_text_quote":
            return [node.get("elements"), "\n"]
        case "rich_text" | "rich_text_list" | "context":
            return [node.get("elements")]
        case _:
            return []


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


# Small checks of what Slack sent


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _dicts(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _too_big(value: str | int) -> bool:
    return isinstance(value, int) and abs(value) > 2**53


def _ts(value: object) -> str | None:
    return value if isinstance(value, str) and _TS.fullmatch(value) else None


def _channel(value: object) -> str | None:
    if isinstance(value, str) and _CHANNEL.fullmatch(value) and not _UNSTORABLE.search(value):
        return value
    return None


def _short(value: object) -> str:
    return clean(value)[:60] if isinstance(value, str) else type(value).__name__
