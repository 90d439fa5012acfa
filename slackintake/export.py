"""A workspace export, read once from front to back, whatever is wrong with it.

An export is a ZIP file or its folder: lists of channels and users, and for each conversation one folder with one JSON
list a day. Nothing is ever unpacked to disk, one message at a time is in memory, and each file or message that cannot
be used is named in `problems` and left out. Only an archive that as a whole is no export is refused.
"""

import json
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import TextIOWrapper
from pathlib import Path, PurePosixPath
from typing import IO, Any, NoReturn

MEGABYTE = 1_000_000

MAX_MEMBERS = 250_000
MAX_MEMBER_BYTES = 200 * MEGABYTE
MAX_TOTAL_BYTES = 20_000 * MEGABYTE
MAX_MESSAGE_CHARACTERS = 2 * MEGABYTE
# Slack's JSON packs to between a fifth and a thirtieth. What packs far better is made to fill a memory or a disk.
MAX_RATIO = 200
RATIO_MATTERS_FROM_BYTES = MEGABYTE
MAX_PROBLEMS = 1_000
"""More are only counted: a report of a million lines helps nobody."""

_CHUNK = 64 * 1024
_DAY_FILE = re.compile(r"\d{4}-\d{2}-\d{2}\.json")
_CONVERSATIONS = ("channels.json", "groups.json", "dms.json", "mpims.json")
_USERS = ("users.json", "org_users.json")


class NotAnExport(Exception):
    """The file as a whole cannot be imported; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that was left out: in which file, and why."""

    member: str
    reason: str

    def __str__(self) -> str:
        return f"{self.member}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Line:
    """One message of an export, still in Slack's form, and where it stands."""

    member: str
    position: int
    """1 is the first of its file."""
    channel_id: str
    channel_name: str
    message: dict[str, Any]


@dataclass(slots=True)
class Progress:
    """How far the reading is: bytes of day files, unpacked."""

    done: int = 0
    total: int = 0


@dataclass(slots=True)
class _Member:
    """A file of the export, wherever it lies."""

    name: str
    size: int
    open: Callable[[], IO[bytes]]


@dataclass
class Export:
    """An export that is open for reading. Use `open_export`."""

    problems: list[Problem] = field(default_factory=list)
    problem_count: int = 0
    progress: Progress = field(default_factory=Progress)
    channels: dict[str, str] = field(default_factory=dict)
    """Name of the folder → id of the conversation."""
    users: dict[str, str] = field(default_factory=dict)
    """Slack id → name."""
    bots: set[str] = field(default_factory=set)
    """Slack ids of users that are bots: their messages may not say so themselves."""
    _members: dict[str, _Member] = field(default_factory=dict)

    def lines(self) -> Iterator[Line]:
        """Every message, folder by folder and day by day. Take the time from its `ts`: days are cut by Pacific time."""
        for member in self._day_files():
            folder = PurePosixPath(member.name).parent.name
            for position, message in self._items(member):
                yield Line(member.name, position, self.channels.get(folder, folder), folder, message)
            self.progress.done += member.size

    def report(self, member: str, reason: str) -> None:
        """Note that something was left out."""
        self.problem_count += 1
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Problem(member, reason))

    def _day_files(self) -> list[_Member]:
        found = []
        unknown: set[str] = set()
        for name in sorted(self._members):
            path = PurePosixPath(name)
            if len(path.parts) == 1:
                continue  # lists of the workspace: channels, users, canvases and the like
            if len(path.parts) != 2 or not _DAY_FILE.fullmatch(path.name):
                self.report(name, "Not a day of messages, left out.")
                continue
            folder = path.parts[0]
            if folder not in self.channels and folder not in unknown:
                unknown.add(folder)
                self.report(f"{folder}/", "Not in channels.json; its messages are kept under the folder's name.")
            found.append(self._members[name])
        self.progress.total = sum(member.size for member in found)
        return found

    def _items(self, member: _Member) -> Iterator[tuple[int, dict[str, Any]]]:
        try:
            with member.open() as stream, TextIOWrapper(stream, encoding="utf-8-sig") as text:
                for position, item in enumerate(_stream_list(text, member.size), start=1):
                    if isinstance(item, dict):
                        yield position, item
                    else:
                        self.report(f"{member.name}, message {position}", "Not a message, left out.")
        except _Unreadable as error:
            self.report(member.name, str(error))

    def _read_lists(self) -> None:
        missing = [name for name in ("channels.json",) if name not in self._members]
        if not any(name in self._members for name in _USERS):
            missing.append("users.json")
        if missing:
            raise NotAnExport(
                f"This is not a Slack export: {' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing. "
                "Download the export again and import the file as it is."
            )
        for name in _CONVERSATIONS:
            for item in self._list(name):
                identity, label = item.get("id"), item.get("name") or item.get("id")
                if isinstance(identity, str) and isinstance(label, str):
                    self.channels[label] = identity
                    # Direct messages lie in a folder named by their id.
                    self.channels.setdefault(identity, identity)
        for name in _USERS:
            for item in self._list(name):
                identity = item.get("id")
                if isinstance(identity, str):
                    self.users[identity] = _name_of(item)
                    if item.get("is_bot") is True:
                        self.bots.add(identity)

    def _list(self, name: str) -> Iterator[dict[str, Any]]:
        if name in self._members:
            for _position, item in self._items(self._members[name]):
                yield item


def _name_of(user: dict[str, Any]) -> str:
    profile = user.get("profile")
    if not isinstance(profile, dict):
        profile = {}
    for candidate in (user.get("real_name"), profile.get("real_name"), user.get("name")):
        if isinstance(candidate, str) and candidate.strip():
            return candidate.strip()[:200]
    return ""


@contextmanager
def open_export(path: str | os.PathLike[str]) -> Iterator[Export]:
    """Open an export, ZIP or folder. Raises NotAnExport if as a whole it is none, or is made to do harm."""
    place = Path(path)
    if place.is_dir():
        export = Export()
        _add_folder(export, place)
        _finish_opening(export)
        yield export
        return
    try:
        archive = zipfile.ZipFile(place)
    except FileNotFoundError:
        raise NotAnExport(f"There is no file {place}.") from None
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise NotAnExport(
            f"{place.name} is not a complete ZIP file. The download may have been cut off: fetch it again."
        ) from error
    with archive:
        export = Export()
        _add_archive(export, archive)
        _finish_opening(export)
        yield export


def _finish_opening(export: Export) -> None:
    _drop_common_folder(export)
    export._read_lists()


def _add_archive(export: Export, archive: zipfile.ZipFile) -> None:
    infos = archive.infolist()
    if len(infos) > MAX_MEMBERS:
        _too_much(f"it holds {len(infos):,} files, and {MAX_MEMBERS:,} is the limit")
    total = 0
    for info in infos:
        name = _decoded_name(info).replace("\\", "/")
        if info.is_dir() or _is_litter(name):
            continue
        if reason := _reason_to_leave_out(name, info):
            export.report(name, reason)
            continue
        if name in export._members:
            export.report(name, "This name occurs twice; the second file is left out.")
            continue
        total += info.file_size
        _check_size(name, info.file_size, total)
        if info.file_size >= RATIO_MATTERS_FROM_BYTES and info.file_size > MAX_RATIO * max(info.compress_size, 1):
            _too_much(
                f"{name} unpacks from {info.compress_size / 1000:,.0f} kB to {info.file_size / MEGABYTE:,.0f} MB, "
                "which no real messages do"
            )
        export._members[name] = _Member(name, info.file_size, _opener(archive, info))


def _opener(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], IO[bytes]]:
    def open_member() -> IO[bytes]:
        try:
            return archive.open(info)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError) as error:
            raise _Unreadable("Damaged inside the archive, left out.") from error

    return open_member


def _decoded_name(info: zipfile.ZipInfo) -> str:
    """The name as its writer meant it: many write UTF-8 without saying so, and Python then reads code page 437."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.filename


def _reason_to_leave_out(name: str, info: zipfile.ZipInfo) -> str | None:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or re.match(r"[A-Za-z]:", name):
        return "Its name points outside the archive, left out."
    if not name.isprintable():
        return "Its name holds control characters, left out."
    if stat.S_ISLNK(info.external_attr >> 16):
        return "A link to another file, left out."
    if info.flag_bits & 0x1:
        return "Locked with a password, left out."
    return None


def _add_folder(export: Export, place: Path) -> None:
    total = 0
    for directory, folders, files in os.walk(place):
        folders[:] = sorted(folder for folder in folders if not (Path(directory) / folder).is_symlink())
        for file in sorted(files):
            path = Path(directory) / file
            name = path.relative_to(place).as_posix()
            if _is_litter(name):
                continue
            if path.is_symlink() or not path.is_file():
                export.report(name, "A link to another file, left out.")
                continue
            size = path.stat().st_size
            total += size
            _check_size(name, size, total)
            if len(export._members) >= MAX_MEMBERS:
                _too_much(f"it holds more than {MAX_MEMBERS:,} files")
            export._members[name] = _Member(name, size, _file_opener(path))


def _file_opener(path: Path) -> Callable[[], IO[bytes]]:
    def open_file() -> IO[bytes]:
        try:
            return path.open("rb")
        except OSError as error:
            raise _Unreadable(f"Cannot be opened ({error.strerror}), left out.") from error

    return open_file


def _is_litter(name: str) -> bool:
    """What macOS and Windows put beside the files of a person who packs a folder."""
    parts = PurePosixPath(name).parts
    return "__MACOSX" in parts or (bool(parts) and parts[-1] in {".DS_Store", "Thumbs.db", "desktop.ini"})


def _check_size(name: str, size: int, total: int) -> None:
    if size > MAX_MEMBER_BYTES:
        _too_much(f"{name} is {size / MEGABYTE:,.0f} MB, and {MAX_MEMBER_BYTES // MEGABYTE} MB is the limit for a day")
    if total > MAX_TOTAL_BYTES:
        _too_much(f"it unpacks to more than {MAX_TOTAL_BYTES // MEGABYTE:,} MB")


def _too_much(reason: str) -> NoReturn:
    raise NotAnExport(f"This file is not imported: {reason}.")


def _drop_common_folder(export: Export) -> None:
    """Some pack the folder instead of what is in it: then everything lies one level deeper."""
    if "channels.json" in export._members:
        return
    tops = {PurePosixPath(name).parts[0] for name in export._members}
    if len(tops) == 1 and f"{(top := tops.pop())}/channels.json" in export._members:
        members = export._members
        export._members = {}
        for name, member in members.items():
            member.name = name.removeprefix(f"{top}/")
            export._members[member.name] = member


# One list, item by item


class _Unreadable(Exception):
    """A member cannot be read any further; the text says why."""


def _stream_list(text: IO[str], expected_size: int) -> Iterator[Any]:
    """The items of a JSON list, one after another, with no more than one of them in memory.

    Raises _Unreadable when the rest cannot be read; the items before it have been given out by then.
    """
    decoder = json.JSONDecoder(parse_constant=_refuse_constant)
    reader = _Reader(text, expected_size)
    opening = reader.next_mark()
    if opening == "":
        raise _Unreadable("Empty, left out.")
    if opening != "[":
        raise _Unreadable("Not a list of messages, left out.")
    mark = reader.next_mark(consume=False)
    if mark == "]":
        return
    while True:
        yield reader.item(decoder)
        mark = reader.next_mark()
        if mark == "]":
            return
        if mark != ",":
            raise _Unreadable("The file is cut off or damaged; what stands before that place is kept.")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


class _Reader:
    """A window on the text of a file that moves forward and grows only as far as one item needs."""

    def __init__(self, text: IO[str], expected_size: int) -> None:
        self._text = text
        self._buffer = ""
        self._position = 0
        self._left = expected_size + 4
        self._ended = False

    def next_mark(self, *, consume: bool = True) -> str:
        """The next character that is no blank; '' at the end."""
        while True:
            while self._position < len(self._buffer):
                character = self._buffer[self._position]
                if not character.isspace():
                    self._position += consume
                    return character
                self._position += 1
            if not self._grow():
                return ""

    def item(self, decoder: json.JSONDecoder) -> Any:
        """The JSON value that begins here."""
        self.next_mark(consume=False)
        wanted = _CHUNK
        while True:
            try:
                value, end = decoder.raw_decode(self._buffer, self._position)
            except RecursionError as error:
                raise _Unreadable("Nested too deeply; what stands before that place is kept.") from error
            except ValueError as error:
                # Perhaps only the end is still outside the window. It doubles, so that a long item is not tried often.
                available = len(self._buffer) - self._position
                if available > MAX_MESSAGE_CHARACTERS:
                    raise _Unreadable(
                        "A message is damaged or too long; what stands before that place is kept."
                    ) from error
                if not self._grow_to(wanted):
                    raise _Unreadable(
                        "The file is cut off or damaged; what stands before that place is kept."
                    ) from error
                wanted = 2 * (len(self._buffer) - self._position)
            else:
                # A number at the edge of the window may go on behind it.
                if end == len(self._buffer) and not isinstance(value, dict | list | str) and self._grow():
                    continue
                self._position = end
                return value

    def _grow_to(self, characters: int) -> bool:
        grew = False
        while len(self._buffer) - self._position < characters and self._grow():
            grew = True
        return grew

    def _grow(self) -> bool:
        if self._ended:
            return False
        try:
            more = self._text.read(_CHUNK)
        except UnicodeDecodeError as error:
            raise _Unreadable("Not UTF-8 text; what stands before that place is kept.") from error
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as error:
            raise _Unreadable("Damaged inside the archive; what stands before that place is kept.") from error
        self._left -= len(more)
        if self._left < 0:
            raise _Unreadable("Longer than the archive says; the rest is left out.")
        if not more:
            self._ended = True
            return False
        self._buffer = self._buffer[self._position :] + more
        self._position = 0
        return True
