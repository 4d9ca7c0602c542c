"""Zip archives from strangers: bounded in members, bytes and ratio, whether they hold files or are a document.

Nothing is written but by `unpack`, and by that only below the folder it is given.
"""

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath

from corpus.errors import UnreadableFile

MAX_MEMBERS = 10_000
MAX_ENTRIES = 100_000
MAX_UNPACKED_BYTES = 400 * 2**20
MAX_MEMBER_BYTES = 50 * 2**20
MAX_RATIO = 200

_RATIO_COUNTS_FROM = 2**20
_ENTRY = b"PK\x01\x02"
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_UTF8_NAME, _ENCRYPTED = 0x800, 0x1
_DRIVE = re.compile(r"[A-Za-z]:")
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,  # an encrypted member; as NotImplementedError a method or version that zipfile does not know
)


#: The name of a file inside another one, and what reads it or raises `UnreadableFile`.
Member = tuple[str, Callable[[], bytes]]


@dataclass(frozen=True, slots=True)
class Content:
    """What is in a file that holds files: a name and bytes, or why it is not given."""

    name: str
    data: bytes = b""
    refusal: str | None = None


@dataclass(slots=True)
class Budget:
    """What may still be unpacked, over all archives inside one another."""

    unpacked_bytes: int = MAX_UNPACKED_BYTES
    members: int = MAX_MEMBERS


class Archive:
    """The members of a zip archive in memory, by name. Folders are no members."""

    def __init__(self, data: bytes, budget: Budget | None = None) -> None:
        """Read the table of contents. Raises `UnreadableFile` when it is broken or too long."""
        self._budget = budget or Budget()
        if data.count(_ENTRY) > MAX_ENTRIES:  # before zipfile makes an object of each
            raise UnreadableFile(_too_many())
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _BROKEN as exc:
            raise UnreadableFile(f"a damaged archive: {_words(exc)}") from exc
        self._entries = [(name, info) for info in self._zip.infolist() if not (name := _name(info)).endswith("/")]
        self._by_name = dict(reversed(self._entries))

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def members(self) -> Iterator[Member]:
        """Every member in the archive's order, also a second one of the same name."""
        return ((name, partial(self._read, info)) for name, info in self._entries)

    def read(self, name: str) -> bytes:
        """The bytes of a member. Raises `UnreadableFile` when it is missing, damaged or over a limit."""
        if name not in self._by_name:
            raise UnreadableFile(f"damaged, or of another format: its part {name} is missing")
        try:
            return self._read(self._by_name[name])
        except UnreadableFile as exc:
            raise UnreadableFile(f"its part {name}: {exc}") from exc

    def _read(self, info: zipfile.ZipInfo) -> bytes:
        _refuse_by_entry(info)
        limit = min(MAX_MEMBER_BYTES, self._budget.unpacked_bytes)
        try:
            with self._zip.open(info) as member:
                data = member.read(limit + 1)
        except _BROKEN as exc:
            raise UnreadableFile(f"damaged: {_words(exc)}") from exc
        if len(data) > limit:
            raise UnreadableFile(f"more than {limit / 2**20:.0f} MB when unpacked")
        self._budget.unpacked_bytes -= len(data)
        return data


def contents(members: Iterable[Member], budget: Budget) -> Iterator[Content]:
    """What members hold but for hidden ones; each that is refused alone.

    Those are names that lead out of the folder, links, encrypted or damaged members, what is over the limits.
    """
    for name, read in members:
        parts = PurePosixPath(name).parts
        if any(part.startswith(".") and part != ".." for part in parts) or parts[:1] == ("__MACOSX",):
            continue
        budget.members -= 1
        try:
            if budget.members < 0:
                raise UnreadableFile(_too_many())
            _refuse_by_name(name)
            yield Content(name, read())
        except UnreadableFile as exc:
            yield Content(name, refusal=str(exc))


def unpack(found: Iterable[Content], folder: Path, budget: Budget) -> list[Content]:
    """Write contents into an empty folder; returns those that were refused, here or before.

    They come from a process that is not trusted, so that names and the budget are looked at again. Raises
    `UnreadableFile` when they are more than the budget allows, of which that process was told.
    """
    refused = []
    for number, content in enumerate(found, start=1):
        budget.members -= 1
        budget.unpacked_bytes -= len(content.data)
        if number > MAX_ENTRIES or (content.refusal is None and min(budget.members, budget.unpacked_bytes) < 0):
            raise UnreadableFile(f"{_too_many()}, or more than {MAX_UNPACKED_BYTES // 2**20} MB in all")
        refused += _written(content, folder) if content.refusal is None else [content]
    return refused


def _written(content: Content, folder: Path) -> list[Content]:
    """Write a file; returns it when that is refused."""
    try:
        _refuse_by_name(content.name)
        _write(folder / content.name, content.data)
    except UnreadableFile as exc:
        return [replace(content, data=b"", refusal=str(exc))]
    return []


def _write(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(data)
    except FileExistsError as exc:
        raise UnreadableFile("a second file of this name") from exc
    except (OSError, ValueError) as exc:
        raise UnreadableFile(f"cannot be unpacked: {_words(exc)}") from exc


def _refuse_by_name(name: str) -> None:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or _DRIVE.match(name) or not path.parts:
        raise UnreadableFile("its name leads out of the archive")


def _refuse_by_entry(info: zipfile.ZipInfo) -> None:
    """Raises `UnreadableFile` for what the table of contents shows to be no plain, readable file."""
    if stat.S_ISLNK(info.external_attr >> 16):
        raise UnreadableFile("a link, not a file")
    if info.flag_bits & _ENCRYPTED:
        raise UnreadableFile("encrypted with a password")
    if info.compress_type not in _METHODS:
        raise UnreadableFile("compressed by a rare method: pack it again as an ordinary zip")
    if info.file_size > max(_RATIO_COUNTS_FROM, MAX_RATIO * info.compress_size):
        raise UnreadableFile(f"unpacks to more than {MAX_RATIO} times its size, like a bomb")


def _name(info: zipfile.ZipInfo) -> str:
    """A member's name: UTF-8 also where the archive does not say so, else the code page of old Russian Windows."""
    name = info.filename
    if not info.flag_bits & _UTF8_NAME:
        with suppress(UnicodeEncodeError):  # a name from the extra field is Unicode already
            raw = name.encode("cp437")
            name = raw.decode("utf-8") if _is_utf8(raw) else raw.decode("cp866")
    return name.replace("\\", "/")


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _too_many() -> str:
    return f"more than {MAX_MEMBERS} files: split it"


def _words(exc: BaseException) -> str:
    """What an error of a library or the system says."""
    return getattr(exc, "strerror", None) or str(exc) or type(exc).__name__
