"""A disk as it may look after the power went: what was synced is there, of the rest any part.

Records what processes write below a folder and makes the folder anew as of a moment. Only `fsync` of a file keeps its
content, only that of a folder the names in it: stricter than most file systems, as POSIX allows. What was not synced is
dropped, kept, or kept in part: writes sector by sector, names in any order or up to some one.
"""

import os
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from system_calls import WRITES, Call

_SECTOR = 512
#: Folders have numbers from here down, files from 1 up.
_ROOT = 0


@dataclass(frozen=True, slots=True)
class Write:
    """Bytes into a file at an offset; with `data` None its size becomes `offset`."""

    file: int
    offset: int
    data: bytes | None


@dataclass(frozen=True, slots=True)
class Names:
    """Entries of folders that change at once, (folder, name) -> file or None; `folder` must be synced to keep them."""

    folder: int
    entries: dict[tuple[int, str], int | None]


@dataclass(frozen=True, slots=True)
class Sync:
    """A file's content or a folder's names reach the disk."""

    file: int


@dataclass(frozen=True, slots=True)
class Mark:
    """Something was reported as done."""

    what: str


Event = Write | Names | Sync | Mark


@dataclass(slots=True)
class Recorder:
    """A verdict that lets every call through and notes what it does to the folder, which begins empty."""

    folder: Path
    events: list[Event] = field(default_factory=list)
    _entries: dict[tuple[int, str], int] = field(default_factory=dict)
    _sizes: dict[int, int] = field(default_factory=dict)
    _folders: int = 0

    def __call__(self, call: Call) -> int:
        """Note the call; calls that will fail change nothing here either."""
        if call.name in WRITES:
            self._write(call)
        elif call.name in ("open", "openat", "creat"):
            self._open(call)
        elif call.name in ("truncate", "ftruncate"):
            self._resize(self._find(call.path), call.arguments[1])
        elif call.name in ("fsync", "fdatasync"):
            if (file := self._find(call.path)) is not None:
                self.events.append(Sync(file))
        elif call.name.startswith("rename"):
            self._rename(call)
        elif call.name in ("mkdir", "mkdirat"):
            self._make(call.path, folder=True)
        elif call.name in ("unlink", "unlinkat", "rmdir"):
            self._remove(call.path)
        return 0

    def mark(self, what: str) -> None:
        """Note that something was reported as done."""
        self.events.append(Mark(what))

    def _key(self, path: str) -> tuple[int, str] | None:
        """The folder that a path lies in and its name there, None where there is no such folder."""
        *folders, name = Path(path).relative_to(self.folder).parts or ("",)
        at = _ROOT
        for part in folders:
            found = self._entries.get((at, part))
            if found is None:
                return None
            at = found
        return at, name

    def _find(self, path: str) -> int | None:
        key = self._key(path)
        return _ROOT if key == (_ROOT, "") else self._entries.get(key) if key else None

    def _change(self, folder: int, entries: dict[tuple[int, str], int | None]) -> None:
        for key, file in entries.items():
            if file is None:
                self._entries.pop(key, None)
            else:
                self._entries[key] = file
        self.events.append(Names(folder, entries))

    def _make(self, path: str, *, folder: bool = False) -> None:
        key = self._key(path)
        if key is None or key in self._entries:
            return
        if folder:
            self._folders += 1
            file = -self._folders
        else:
            file = len(self._sizes) + 1
            self._sizes[file] = 0
        self._change(key[0], {key: file})

    def _open(self, call: Call) -> None:
        flags = os.O_CREAT | os.O_TRUNC if call.name == "creat" else call.arguments[1 if call.name == "open" else 2]
        if flags & os.O_CREAT:
            self._make(call.path)
        if flags & os.O_TRUNC:
            self._resize(self._find(call.path), 0)

    def _resize(self, file: int | None, size: int) -> None:
        if file in self._sizes and self._sizes[file] != size:
            self._sizes[file] = size
            self.events.append(Write(file, size, None))

    def _write(self, call: Call) -> None:
        file = self._find(call.path)
        if file not in self._sizes:  # it has no name any more, or is no file
            return
        data = call.data
        position, flags = call.state(call.arguments[0])
        offset = call.arguments[3] if call.name == "pwrite64" else position
        offset = self._sizes[file] if flags & os.O_APPEND else offset
        self._sizes[file] = max(self._sizes[file], offset + len(data))
        self.events.append(Write(file, offset, data))

    def _rename(self, call: Call) -> None:
        source = self._key(call.path)
        target = self._key(call.path_at(1 if call.name == "rename" else 3))
        if source and target and source in self._entries:
            self._change(target[0], {source: None, target: self._entries[source]})

    def _remove(self, path: str) -> None:
        key = self._key(path)
        if key and key in self._entries:
            self._change(key[0], {key: None})


def done_before(events: list[Event], moment: int) -> list[str]:
    """What had been reported as done by a moment."""
    return [event.what for event in events[:moment] if isinstance(event, Mark)]


def remake(events: list[Event], moment: int, folder: Path, rng: random.Random) -> None:
    """Make `folder` as a disk may hold it when the power goes after so many events."""
    kept: dict[int, bytearray] = {}
    unsynced: dict[int, list[Write]] = {}
    names: dict[tuple[int, str], int | None] = {}
    unsynced_names: list[Names] = []
    for event in events[:moment]:
        if isinstance(event, Write):
            unsynced.setdefault(event.file, []).append(event)
        elif isinstance(event, Names):
            unsynced_names.append(event)
        elif isinstance(event, Sync):
            for write in unsynced.pop(event.file, []):
                _apply(kept.setdefault(event.file, bytearray()), write)
            for change in (change for change in unsynced_names if change.folder == event.file):
                names |= change.entries
            unsynced_names = [change for change in unsynced_names if change.folder != event.file]
    for file, writes in unsynced.items():
        for write in _some(writes, rng):
            _apply(kept.setdefault(file, bytearray()), write)
    for change in _some_names(unsynced_names, rng):
        names |= change.entries
    _lay_out(folder, _ROOT, {key: file for key, file in names.items() if file is not None}, kept)


def _some(writes: list[Write], rng: random.Random) -> Iterator[Write]:
    """Which of a file's writes, or sectors of them, reached the disk before the power went."""
    share = rng.choice([0.0, 1.0, rng.random()])
    for write in writes:
        if write.data is None:
            if rng.random() < share:
                yield write
            continue
        for start in range(0, len(write.data), _SECTOR):
            if rng.random() < share:
                yield Write(write.file, write.offset + start, write.data[start : start + _SECTOR])


def _some_names(changes: list[Names], rng: random.Random) -> list[Names]:
    """Which changes of names reached the disk: the first so many, as a journal has it, or any."""
    if rng.random() < 0.5:
        return changes[: rng.randint(0, len(changes))]
    return [change for change in changes if rng.random() < 0.5]


def _apply(content: bytearray, write: Write) -> None:
    if write.data is None:
        del content[write.offset :]
        content.extend(bytes(write.offset - len(content)))
        return
    content.extend(bytes(max(0, write.offset - len(content))))
    content[write.offset : write.offset + len(write.data)] = write.data


def _lay_out(path: Path, folder: int, names: dict[tuple[int, str], int], kept: dict[int, bytearray]) -> None:
    path.mkdir(mode=0o700)
    for (parent, name), file in names.items():
        if parent != folder:
            continue
        if file < _ROOT:
            _lay_out(path / name, file, names, kept)
        else:
            (path / name).write_bytes(kept.get(file, b""))
