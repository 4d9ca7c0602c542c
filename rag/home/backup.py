"""A home in one file, and back: library, keys, settings, the index that is served, and the vectors.

The file is a tar. Databases are copied as of one moment each (SQLite's online backup), so that writers go on; the
generation is held meanwhile and compared with its own checksums. The last member lists the SHA-256 of all others.
"""

import json
import os
import shutil
import sqlite3
import tarfile
from collections.abc import Mapping
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import file_digest
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import IO, Any

from corpus import Library
from corpus.database import connect_for_reading, copy_of, damage, refusal
from corpus.disk import make_folder, require_space, sync
from embeddings import IndexUnusable, NoIndex
from embeddings.generation import (
    MANIFEST,
    Manifest,
    current_generation,
    generations,
    in_use,
    index_folder,
    point_to,
    read_manifest,
)
from embeddings.lock import writing
from rag.errors import BackupUnusable
from rag.home.audit import FILE as AUDIT
from rag.home.audit import record
from rag.settings import Settings

FORMAT_VERSION = 1
#: What lists the others; the databases, in the order in which they are put back, the library last: with it a home is
#: whole.
CONTENTS = "eurag-backup.json"
DATABASES = ("vectors.db", "service.db", "library.db")
_PLAIN = ("settings.toml", AUDIT)
_RESTORING = "restore.tmp"
_TRIES = 5


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What a backup holds or put back; `generation` is None of a home without an index."""

    file: str
    documents: int
    generation: str | None
    bytes: int


def back_up(settings: Settings, file: Path) -> BackupReport:
    """Write the whole home into a new file, while others read and write it. Raises `BackupUnusable`."""
    unfinished, parts = file.with_name(f"{file.name}.tmp"), file.with_name(f"{file.name}.parts.tmp")
    try:
        if file.exists():
            raise BackupUnusable(f"{file} is there already: name another file, or delete it first")
        if not settings.library.exists():
            raise BackupUnusable(f"{settings.home} has no library to back up: 'eurag add' makes one")
        _clear(unfinished, parts)
        require_space(file.parent, settings.least_free_bytes, _size(settings))
        parts.mkdir(mode=0o700)
        with unfinished.open("wb") as out:
            documents, generation = _write(settings, out, parts)
            out.flush()
            os.fsync(out.fileno())
            written = out.tell()
        _name(unfinished, file)
    except (OSError, sqlite3.Error) as exc:
        raise BackupUnusable(f"{file} cannot be written: {refusal(exc, file.parent)}") from exc
    finally:  # also Ctrl-C leaves no half backup
        with suppress(OSError):
            _clear(unfinished, parts)
    return BackupReport(str(file), documents, generation, written)


def _size(settings: Settings) -> int:
    """About how many bytes a backup takes while it is written: databases are copied first. Raises `OSError`."""
    databases = [settings.home / name for name in DATABASES]
    copies = 2 * sum(path.stat().st_size for path in databases if path.exists())
    with suppress(NoIndex):
        folder = current_generation(settings.home)
        return copies + sum((folder / name).stat().st_size for name in read_manifest(folder).files)
    return copies


def _name(unfinished: Path, file: Path) -> None:
    """Give a whole backup its name for good; one that may lose it again is none. Raises `OSError`."""
    unfinished.rename(file)
    try:
        sync(file.parent)
    except OSError:
        file.unlink()
        raise


def _clear(file: Path, folder: Path) -> None:
    """Delete what an unfinished backup left; what a disk refuses once may be gone at the next try. Raises `OSError`."""
    shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        shutil.rmtree(folder)
    file.unlink(missing_ok=True)


def _write(settings: Settings, out: IO[bytes], folder: Path) -> tuple[int, str | None]:
    """Write the members; returns how many documents there are, and the generation's name."""
    sums: dict[str, str] = {}
    with tarfile.open(fileobj=out, mode="w") as tar, ExitStack() as held:
        for name in DATABASES:
            if (settings.home / name).exists():
                _copy(settings.home / name, folder / name)
                _add(tar, folder / name, name, sums)
        for name in _PLAIN:
            if (settings.home / name).exists():
                shutil.copyfile(settings.home / name, folder / name)  # what grows meanwhile would not fit its checksum
                _add(tar, folder / name, name, sums)
        generation = _hold(settings, held)
        if generation:
            manifest = read_manifest(generation)
            for inside in (*manifest.files, MANIFEST):
                _add(tar, generation / inside, f"index/{generation.name}/{inside}", sums)
            _compare(generation, manifest, sums)
        about = {"format_version": FORMAT_VERSION, "eurag": version("eurag"), "files": sums}
        about |= {"created_at": datetime.now(UTC).isoformat(timespec="seconds")}
        about |= {"generation": generation.name if generation else None}
        (folder / CONTENTS).write_text(json.dumps(about, indent=1), "utf-8")
        tar.add(folder / CONTENTS, CONTENTS)
    with closing(Library(folder / "library.db", read_only=True)) as library:
        return len(library.ids()), generation.name if generation else None


def _copy(database: Path, copy: Path) -> None:
    """Copy a database. Raises `BackupUnusable` where the copy is damaged: a backup of damage is none."""
    copy_of(database, copy)
    with closing(connect_for_reading(copy)) as connection:
        found = damage(connection)
    if found:
        raise BackupUnusable(f"{database} is damaged, nothing was backed up: {found[0]}; 'eurag verify' says more")


def _hold(settings: Settings, held: ExitStack) -> Path | None:
    """The current generation, held so that no build deletes it; None of a home without one."""
    for tried in range(_TRIES):
        try:
            folder = current_generation(settings.home)
            held.enter_context(in_use(folder))
        except NoIndex:
            return None
        except IndexUnusable:  # deleted between the two, by a build that published another
            if tried == _TRIES - 1:
                raise
        else:
            return folder
    return None


def _add(tar: tarfile.TarFile, path: Path, name: str, sums: dict[str, str]) -> None:
    with path.open("rb") as file:
        sums[name] = file_digest(file, "sha256").hexdigest()
        file.seek(0)
        member = tar.gettarinfo(arcname=name, fileobj=file)
        member.mode, member.uid, member.gid, member.uname, member.gname = 0o600, 0, 0, "", ""
        tar.addfile(member, file)


def _compare(generation: Path, manifest: Manifest, sums: Mapping[str, str]) -> None:
    """Raises `BackupUnusable` where the generation is not what its manifest says."""
    for name, expected in manifest.files.items():
        if sums.get(f"index/{generation.name}/{name}") != expected:
            raise BackupUnusable(f"{generation.name} is damaged ({name}): run 'eurag build', then back up again")


def restore(settings: Settings, file: Path) -> BackupReport:
    """Put a backup back into a home that holds no library and no index. Raises `BackupUnusable`.

    Every file is compared with its checksum before any is moved; what was interrupted is finished by calling this
    again.
    """
    unfinished = settings.home / _RESTORING
    with writing(settings.home):
        begun = unfinished.exists()
        held = settings.library.exists() and not _is_placed(unfinished)
        if held or (generations(settings.home) and not begun):
            raise BackupUnusable(
                f"{settings.home} holds a library or an index: restore into another home (--home), or move it away "
                "first"
            )
        if not settings.library.exists():
            require_space(settings.home, settings.least_free_bytes, file.stat().st_size if file.exists() else 0)
            _restore(settings.home, file, unfinished)
        sync(settings.home)
        unfinished.rmdir()
        size = file.stat().st_size
    record(settings, "restore", detail=file.name)
    return BackupReport(str(file), *_held(settings), size)


def _is_placed(unfinished: Path) -> bool:
    """Whether all that was unpacked is in place, and only the end of a restore is missing."""
    return unfinished.exists() and not any(unfinished.iterdir())


def _held(settings: Settings) -> tuple[int, str | None]:
    """How many documents a home holds, and the name of its generation."""
    with closing(Library(settings.library, read_only=True)) as library:
        try:
            return len(library.ids()), current_generation(settings.home).name
        except NoIndex:
            return len(library.ids()), None


def _restore(home: Path, file: Path, unfinished: Path) -> None:
    if unfinished.exists():
        shutil.rmtree(unfinished)
    unfinished.mkdir()
    try:
        about = _extract(file, unfinished)
    except BackupUnusable:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    _put_in_place(home, unfinished, about["generation"])


def _extract(file: Path, folder: Path) -> dict[str, Any]:
    """Unpack into `folder`, compare with the checksums, sync; returns what the backup says of itself."""
    try:
        with tarfile.open(file, "r:") as tar:
            about = _contents(tar, file)
            for name in about["files"]:
                tar.extract(name, folder, filter="data")
        sums = {name: _synced(folder / name) for name in about["files"]}
        for path in folder.rglob("*"):
            if path.is_dir():
                sync(path)
    except KeyError as exc:
        raise BackupUnusable(f"{file} is no whole backup: {exc.args[0]}") from exc
    except (OSError, tarfile.TarError) as exc:
        raise BackupUnusable(f"{file} cannot be unpacked to {folder.parent}: {exc}") from exc
    for name, expected in about["files"].items():
        found = sums[name]
        if found != expected:
            raise BackupUnusable(f"{file} is damaged: {name} has the SHA-256 {found[:16]}…, expected {expected[:16]}…")
    return about


def _synced(path: Path) -> str:
    """The SHA-256 of an unpacked file, which is on the disk then. Raises `OSError`."""
    sync(path)
    with path.open("rb") as extracted:
        return file_digest(extracted, "sha256").hexdigest()


def _contents(tar: tarfile.TarFile, file: Path) -> dict[str, Any]:
    """The list of a backup's files. Raises `BackupUnusable` where it is none of a format known here."""
    try:
        member = tar.extractfile(CONTENTS)
        about = json.load(member) if member else {}
        names = [PurePosixPath(name) for name in about["files"]]
        safe = all(_is_known(path) for path in names)
        generation = about["generation"]
    except (KeyError, ValueError, TypeError, AttributeError) as exc:
        raise BackupUnusable(f"{file} is no backup that 'eurag backup' wrote ({exc})") from exc
    if about.get("format_version") != FORMAT_VERSION:
        raise BackupUnusable(f"{file} has format {about.get('format_version')}, this eurag reads {FORMAT_VERSION}")
    if not safe or not (generation is None or PurePosixPath("index", generation, "manifest.json") in names):
        raise BackupUnusable(f"{file} is no backup that 'eurag backup' wrote: it names files that no home has")
    return dict(about)


def _is_known(path: PurePosixPath) -> bool:
    inside = path.parts[:1] == ("index",) and len(path.parts) > 2 and ".." not in path.parts
    return inside or str(path) in (*DATABASES, *_PLAIN)


def _put_in_place(home: Path, unfinished: Path, generation: str | None) -> None:
    """Move what was unpacked into the home: the index and its pointer, then the databases, the library last."""
    if generation:
        final = index_folder(home) / generation
        make_folder(final.parent)
        shutil.rmtree(final, ignore_errors=True)
        (unfinished / "index" / generation).rename(final)
        point_to(home, generation)
        (unfinished / "index").rmdir()
    for name in (name for name in (*_PLAIN, *DATABASES) if (unfinished / name).exists()):
        for log in (f"{name}-wal", f"{name}-shm"):  # of a file that was there before; SQLite would replay it
            (home / log).unlink(missing_ok=True)
        if name == DATABASES[-1]:
            sync(home)  # so that a library that is there after a power failure has all else beside it
        os.replace(unfinished / name, home / name)
