"""The library of texts that comes with the program, in `corpus/library`."""

from pathlib import Path

from corpus.intake import FileReport, Progress, add_paths
from corpus.store import Library

COLLECTION = "library"


def builtin_folder() -> Path:
    """The folder of the built-in notes, inside the installed package; only ever read."""
    return Path(__file__).parent / "library"


def add_builtin(library: Library, progress: Progress | None = None) -> list[FileReport]:
    """Add the built-in notes, or update them to this version's."""
    return add_paths(library, [builtin_folder()], COLLECTION, progress)
