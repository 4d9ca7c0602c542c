"""What a disk keeps when the power goes."""

import os
from pathlib import Path


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
