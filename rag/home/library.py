"""The library of a home opened for reading, or for adding to it."""

from corpus import Library, LibraryUnusable
from corpus.disk import require_space
from embeddings.generation import generations
from rag.settings import Settings


def library_for_writing(settings: Settings) -> Library:
    """The library, made where there is none, to which documents are added while the disk has room. Close it.

    Raises `LibraryUnusable`, or `DiskFull` at once where there is too little room already.
    """
    require_space(settings.home, settings.least_free_bytes)
    return Library(settings.library, least_free_bytes=settings.least_free_bytes)


def read_library(settings: Settings) -> Library:
    """The library, which a home without an index may lack: then it reads as empty. Close it, or use it in a `with`.

    Raises `LibraryUnusable`, also where there is an index but no library: what had been removed from it is not known
    then, nor what may be shown.
    """
    if not settings.library.exists() and generations(settings.home):
        raise LibraryUnusable(
            f"the library {settings.library} is missing: 'eurag restore' brings a backup back into another home, "
            "'eurag add' and 'eurag build' begin anew"
        )
    return Library(settings.library, read_only=True)
