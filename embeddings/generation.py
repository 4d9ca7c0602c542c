"""Generations of the index on disk: immutable directories and the pointer to the current one.

`index/CURRENT` names the directory that readers open. A new one is written under a temporary
name, synced, renamed, and only then does the pointer move, by one atomic rename.
"""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from corpus.disk import make_folder, sync
from embeddings.errors import IndexUnusable, NoIndex

FORMAT_VERSION = 5
KEPT_GENERATIONS = 3

_POINTER = "CURRENT"
MANIFEST = "manifest.json"
_NAME = re.compile("g[0-9]+")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation holds and how it was made; `files` maps each file to its SHA-256."""

    generation: str
    snapshot: str
    encoder_id: str
    encoder: str
    dimension: int
    splitter: dict[str, Any]
    documents: int
    passages: int
    created_at: str
    parent: str | None
    files: dict[str, str]
    format_version: int = FORMAT_VERSION


def index_folder(home: Path) -> Path:
    """Where the generations of a home live."""
    return home / "index"


def current_generation(home: Path) -> Path:
    """The directory that the pointer names.

    Raises `NoIndex` when there is none to point to, `IndexUnusable` when the pointer names none.
    """
    pointer = index_folder(home) / _POINTER
    try:
        name = pointer.read_text("utf-8").strip()
        is_generation = bool(_NAME.fullmatch(name)) and _is_whole(index_folder(home) / name)
    except FileNotFoundError as exc:
        there = generations(home)
        if not there:
            raise NoIndex(f"{home} has no index yet: run 'eurag build'") from exc
        raise IndexUnusable(f"the pointer {pointer} is missing: {_advice(there)}") from exc
    except (OSError, UnicodeDecodeError) as exc:
        raise IndexUnusable(f"the pointer {pointer} cannot be read ({exc}): {_advice(generations(home))}") from exc
    if not is_generation:
        raise IndexUnusable(f"{pointer} names '{name[:20]}', which is no index: {_advice(generations(home))}")
    return index_folder(home) / name


def _advice(there: list[Path]) -> str:
    newest = [f"'eurag rollback {folder.name}' or " for folder in there[:1]]
    return "".join([*newest, "'eurag build' restores it"])


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a generation. Raises `IndexUnusable`, with advice, on another format."""
    try:
        data = json.loads((folder / MANIFEST).read_text("utf-8"))
        if not isinstance(data, dict):
            raise ValueError(f"expected an object, found {type(data).__name__}")
        if data.get("format_version") != FORMAT_VERSION:
            raise IndexUnusable(
                f"{folder.name} has index format {data.get('format_version')}, this eurag reads "
                f"{FORMAT_VERSION}: run 'eurag build'"
            )
        return Manifest(**data)
    except (OSError, ValueError, TypeError) as exc:
        raise IndexUnusable(f"the manifest of {folder.name} cannot be read ({exc}): run 'eurag build'") from exc


@contextmanager
def new_generation(home: Path) -> Iterator[tuple[str, Path]]:
    """A fresh (name, temporary directory) to write a generation into; deleted where that fails."""
    parent = index_folder(home)
    make_folder(parent)
    number = max(map(_number, _named(parent)), default=0) + 1
    delete_leftovers(home)
    name = f"g{number:06d}"
    folder = parent / f"{name}.tmp"
    folder.mkdir()
    try:
        yield name, folder
    except BaseException:  # also Ctrl-C leaves no half generation
        shutil.rmtree(folder, ignore_errors=True)
        raise


def delete_leftovers(home: Path) -> None:
    """Delete what killed builds left: unfinished and half-erased generations. The caller holds the write lock."""
    parent = index_folder(home)
    half_erased = [path for path in _named(parent) if not _is_whole(path)]
    leftovers = [*(path for path in _inside(parent) if path.suffix == ".tmp"), *half_erased]
    for leftover in leftovers:
        shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
    if leftovers:
        sync(parent)


def checksums(folder: Path) -> dict[str, str]:
    """{relative path: SHA-256} of every file below `folder` but the manifest. Raises `OSError`."""
    result = {}
    for path in sorted(_below(folder)):
        if path.is_file() and path.name != MANIFEST:
            with path.open("rb") as file:
                result[path.relative_to(folder).as_posix()] = hashlib.file_digest(file, "sha256").hexdigest()
    return result


def _below(folder: Path) -> Iterator[Path]:
    """Files and folders at any depth. Raises `OSError`, unlike `rglob`, for folders that it may not read."""
    for path in _inside(folder):
        yield path
        if path.is_dir():
            yield from _below(path)


def _inside(folder: Path) -> list[Path]:
    """What lies in a folder, nothing where there is none. Raises `OSError` where it cannot be read."""
    try:
        return list(folder.iterdir())
    except FileNotFoundError:
        return []


def verify_files(folder: Path, manifest: Manifest) -> None:
    """Compare every file with the manifest. Raises `IndexUnusable` naming the first that differs."""
    try:
        found = checksums(folder)
    except OSError as exc:
        raise IndexUnusable(f"{folder.name} cannot be read ({exc}): is the disk sound?") from exc
    for name in sorted(manifest.files.keys() | found.keys()):
        if found.get(name) != manifest.files.get(name):
            what = (
                "is missing"
                if name not in found
                else "does not belong to it"
                if name not in manifest.files
                else "differs"
            )
            raise IndexUnusable(f"{folder.name} is damaged: {name} {what}: run 'eurag build'")


def publish(home: Path, folder: Path, manifest: Manifest) -> Path:
    """Write the manifest, sync all, give the directory its name, move the pointer."""
    (folder / MANIFEST).write_text(json.dumps(asdict(manifest), indent=1, sort_keys=True), "utf-8")
    for path in [*_below(folder), folder]:
        sync(path)
    final = index_folder(home) / manifest.generation
    folder.rename(final)
    sync(final.parent)
    point_to(home, manifest.generation)
    return final


def roll_back(home: Path, name: str | None = None) -> Manifest:
    """Point to an earlier generation: by name, or the newest one older than the current.

    Without a name and with a pointer to nothing it is the newest that is sound. The caller holds the
    write lock. Raises `NoIndex` when there is none of that name or none older, `IndexUnusable` when
    it is damaged.
    """
    folder = _one_of_name(home, name) if name else _one_before(home)
    manifest = read_manifest(folder)
    verify_files(folder, manifest)
    point_to(home, folder.name)
    return manifest


def _one_of_name(home: Path, name: str) -> Path:
    for folder in generations(home):
        if folder.name == name:
            return folder
    raise NoIndex(f"{home} has no generation '{name}': 'eurag generations' lists them")


def _one_before(home: Path) -> Path:
    there = generations(home)
    try:
        current = current_generation(home)
    except IndexUnusable:
        return next((folder for folder in there if is_sound(folder)), there[0])
    for folder in there:
        if _number(folder) < _number(current):
            return folder
    raise NoIndex(f"{current.name} is the earliest generation on disk: there is none to go back to")


def is_sound(folder: Path) -> bool:
    """Whether the generation's manifest can be read and its files are what it says."""
    try:
        verify_files(folder, read_manifest(folder))
    except IndexUnusable:
        return False
    return True


def generations(home: Path) -> list[Path]:
    """The directories of all generations that are on disk whole, newest first.

    Raises `IndexUnusable` where that cannot be told: a home that cannot be read is none without an index.
    """
    try:
        found = [path for path in _named(index_folder(home)) if _is_whole(path)]
    except OSError as exc:
        raise IndexUnusable(f"the indexes of {home} cannot be listed ({exc}): is the disk sound?") from exc
    return sorted(found, key=_number, reverse=True)


def _named(parent: Path) -> list[Path]:
    """The directories that bear a generation's name, whole or not. Raises `OSError`."""
    return [path for path in _inside(parent) if _NAME.fullmatch(path.name)]


def _is_whole(folder: Path) -> bool:
    """Whether a generation was published, and its deletion has not begun. Raises `OSError`."""
    return (folder / MANIFEST).is_file()


def _number(folder: Path) -> int:
    return int(folder.name[1:])


@contextmanager
def in_use(folder: Path) -> Iterator[None]:
    """While this is open no build deletes the generation; a reader's death frees it.

    Raises `IndexUnusable` when it was deleted already.
    """
    import fcntl

    try:
        file = (folder / MANIFEST).open("rb")
    except OSError as exc:
        raise IndexUnusable(f"the manifest of {folder.name} cannot be read ({exc}): run 'eurag build'") from exc
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            raise IndexUnusable(f"{folder.name} is being deleted") from exc
        yield


def erase(folder: Path) -> None:
    """Delete a generation, read or not: first its manifest, so that half of it is none."""
    (folder / MANIFEST).unlink(missing_ok=True)
    sync(folder)
    shutil.rmtree(folder)
    sync(folder.parent)


def erase_all(home: Path) -> None:
    """Delete the pointer and every generation: the home has no index. The caller holds the write lock."""
    (index_folder(home) / _POINTER).unlink(missing_ok=True)
    for folder in generations(home):
        erase(folder)
    delete_leftovers(home)


def point_to(home: Path, name: str) -> None:
    """Make a generation current by one atomic rename. The caller holds the write lock. Raises `OSError`."""
    pointer = index_folder(home) / _POINTER
    temporary = pointer.with_name(f"{_POINTER}.tmp")
    try:
        temporary.write_text(f"{name}\n", "utf-8")
        sync(temporary)
        os.replace(temporary, pointer)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    sync(pointer.parent)


def drop_old(home: Path, current: str, keep: int) -> None:
    """Delete all but `keep` generations, the current and those that a reader holds among the kept.

    The caller holds the write lock.
    """
    import fcntl

    others = [folder for folder in generations(home) if folder.name != current]
    for folder in others[max(0, keep - 1) :]:
        with (folder / MANIFEST).open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            erase(folder)
