"""Generations of the index on disk: immutable directories and the pointer to the current one.

`index/CURRENT` names the directory that readers open. A new one is written under a temporary
name, synced, renamed, and only then does the pointer move, by one atomic rename.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from embeddings.errors import IndexUnusable, NoIndex

FORMAT_VERSION = 3
KEPT_GENERATIONS = 3

_POINTER = "CURRENT"
_MANIFEST = "manifest.json"


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
    """The directory that the pointer names. Raises `NoIndex` when nothing was ever published."""
    pointer = index_folder(home) / _POINTER
    try:
        name = pointer.read_text("utf-8").strip()
    except FileNotFoundError as exc:
        raise NoIndex(f"{home} has no index yet: run 'eurag build'") from exc
    except (OSError, UnicodeDecodeError) as exc:
        raise IndexUnusable(f"the pointer {pointer} cannot be read ({exc}): run 'eurag build'") from exc
    folder = index_folder(home) / name
    if not name or not (folder / _MANIFEST).is_file():
        raise IndexUnusable(f"{pointer} names '{name}', which is no index: run 'eurag build'")
    return folder


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a generation. Raises `IndexUnusable`, with advice, on another format."""
    try:
        data = json.loads((folder / _MANIFEST).read_text("utf-8"))
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


def start_generation(home: Path) -> tuple[str, Path]:
    """A fresh (name, temporary directory) to write a generation into."""
    parent = index_folder(home)
    parent.mkdir(parents=True, exist_ok=True)
    numbers = [int(path.name[1:]) for path in _named(parent)]
    delete_leftovers(home)
    name = f"g{max(numbers, default=0) + 1:06d}"
    folder = parent / f"{name}.tmp"
    folder.mkdir()
    return name, folder


def delete_leftovers(home: Path) -> None:
    """Delete what killed builds left: unfinished and half-erased generations. The caller holds the write lock."""
    parent = index_folder(home)
    half_erased = [path for path in _named(parent) if not (path / _MANIFEST).is_file()]
    for leftover in [*parent.glob("*.tmp"), *half_erased]:
        shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()


def checksums(folder: Path) -> dict[str, str]:
    """{relative path: SHA-256} of every file below `folder` but the manifest."""
    result = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != _MANIFEST:
            with path.open("rb") as file:
                result[path.relative_to(folder).as_posix()] = hashlib.file_digest(file, "sha256").hexdigest()
    return result


def verify_files(folder: Path, manifest: Manifest) -> None:
    """Compare every file with the manifest. Raises `IndexUnusable` naming the first that differs."""
    found = checksums(folder)
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


def publish(home: Path, folder: Path, manifest: Manifest, keep: int = KEPT_GENERATIONS) -> Path:
    """Write the manifest, sync all, give the directory its name, move the pointer, drop the oldest.

    The `keep` newest generations stay, and any that a reader holds.
    """
    (folder / _MANIFEST).write_text(json.dumps(asdict(manifest), indent=1, sort_keys=True), "utf-8")
    for path in [*folder.rglob("*"), folder]:
        _sync(path)
    final = index_folder(home) / manifest.generation
    folder.rename(final)
    _sync(final.parent)
    _point(home, manifest.generation)
    _drop_old(home, manifest.generation, keep)
    return final


def roll_back(home: Path, name: str | None = None) -> Manifest:
    """Point to an earlier generation: by name, or the newest one older than the current.

    The caller holds the write lock. Raises `NoIndex` when there is none of that name or none
    older, `IndexUnusable` when it is damaged.
    """
    folders = {folder.name: folder for folder in generations(home)}
    if name is None:
        current = current_generation(home).name
        name = next((other for other in folders if other < current), None)
    if name not in folders:
        raise NoIndex(f"{home} has no generation '{name or 'before the current'}': 'eurag generations' lists them")
    manifest = read_manifest(folders[name])
    verify_files(folders[name], manifest)
    _point(home, name)
    return manifest


def generations(home: Path) -> list[Path]:
    """The directories of all generations that are on disk whole, newest first."""
    found = (path for path in _named(index_folder(home)) if (path / _MANIFEST).is_file())
    return sorted(found, key=lambda path: path.name, reverse=True)


def _named(parent: Path) -> list[Path]:
    """The directories that bear a generation's name, whole or not."""
    return [path for path in parent.glob("g*") if path.name[1:].isdigit()]


@contextmanager
def in_use(folder: Path) -> Iterator[None]:
    """While this is open no build deletes the generation; a reader's death frees it.

    Raises `IndexUnusable` when it was deleted already.
    """
    import fcntl

    try:
        file = (folder / _MANIFEST).open("rb")
    except OSError as exc:
        raise IndexUnusable(f"the manifest of {folder.name} cannot be read ({exc}): run 'eurag build'") from exc
    with file:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield


def erase(folder: Path) -> None:
    """Delete a generation, read or not: first its manifest, so that half of it is none."""
    (folder / _MANIFEST).unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def _point(home: Path, name: str) -> None:
    pointer = index_folder(home) / _POINTER
    temporary = pointer.with_name(f"{_POINTER}.tmp")
    temporary.write_text(f"{name}\n", "utf-8")
    _sync(temporary)
    os.replace(temporary, pointer)
    _sync(pointer.parent)


def _drop_old(home: Path, current: str, keep: int) -> None:
    import fcntl

    others = [folder for folder in generations(home) if folder.name != current]
    for folder in others[max(0, keep - 1) :]:
        with (folder / _MANIFEST).open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            erase(folder)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
