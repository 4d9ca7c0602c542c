"""What a disk keeps when the power goes, and how much of it stays free."""

import os
from pathlib import Path

from corpus.errors import DiskFull

#: Writers stop before less is left, so that the databases of a home, its lock and its log never meet a full disk.
LEAST_FREE_BYTES = 100_000_000


def require_space(folder: Path, least_free_bytes: int, needed_bytes: int = 0) -> None:
    """Raise `DiskFull` where writing so much below a folder would leave less than the least; 0 asks for nothing."""
    if not least_free_bytes:
        return
    there = next(path for path in (folder, *folder.parents) if path.exists())
    disk = os.statvfs(there)
    free = disk.f_bavail * disk.f_frsize
    if free - needed_bytes < least_free_bytes:
        needs = f", {_megabytes(needed_bytes)} are to be written" if needed_bytes else ""
        raise DiskFull(
            f"the disk of {folder} has {_megabytes(free)} free{needs} and {_megabytes(least_free_bytes)} must stay so: "
            "make room, or set least_free_bytes lower"
        )


def _megabytes(count: int) -> str:
    return f"{count / 1e6:.0f} MB"


def sync(path: Path) -> None:
    """Bring a file's content, or a folder's list of names, to the disk. Raises `OSError`."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(path: Path, mode: int = 0o777) -> None:
    """Make a folder, and those above it, where there is none, so that it stays. Raises `OSError`."""
    if path.is_dir():
        return
    make_folder(path.parent)
    path.mkdir(mode, exist_ok=True)
    sync(path.parent)
