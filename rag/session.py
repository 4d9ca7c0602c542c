"""A home opened for work: the wiring between library, index, encoder and glossary."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from corpus import Library, add_builtin
from embeddings import (
    DEFAULT_ENCODER,
    BuildReport,
    Encoder,
    IndexUnusable,
    NoIndex,
    build_index,
    open_encoder,
    open_index,
)
from embeddings.generation import current_generation, read_manifest
from rag.glossary import load_glossary
from rag.retrieval import Retriever
from rag.settings import Settings

Progress = Callable[[int, int], None]
Notice = Callable[[str], None]


def build(settings: Settings, progress: Progress | None = None) -> BuildReport:
    """Build the index of a home with the encoder that the settings name, else the index's own."""
    name = settings.encoder or indexed_encoder(settings.home) or DEFAULT_ENCODER
    if name != DEFAULT_ENCODER and Path(name).is_dir():
        name = str(Path(name).resolve())
    with Library(settings.library) as library:
        return build_index(settings.home, library, open_encoder(name, settings.model), name, progress=progress)


def indexed_encoder(home: Path) -> str | None:
    """The name of the encoder that the current index was built with, or None without an index."""
    try:
        return read_manifest(current_generation(home)).encoder
    except (NoIndex, IndexUnusable):
        return None


def open_retriever(settings: Settings, encoder: Encoder | None = None) -> Retriever:
    """The current index with its encoder; documents removed since it was built are hidden.

    Raises `NoIndex`, `IndexUnusable` or `EncoderUnavailable`.
    """
    index = open_index(settings.home)
    encoder = encoder or open_encoder(index.manifest.encoder, settings.model)
    if encoder.id != index.manifest.encoder_id:
        raise IndexUnusable(
            f"the index was built with the encoder {index.manifest.encoder_id}, this one is {encoder.id}: "
            "run 'eurag build'"
        )
    with closing(Library(settings.library)) as library:
        hidden = index.document_ids() - library.ids()
    return Retriever(index, encoder, load_glossary(), hidden)


def add_library_if_empty(settings: Settings, notice: Notice, progress: Progress | None = None) -> None:
    """On a home without documents and index: add the built-in texts, build, and say so."""
    with Library(settings.library) as library:
        if library.ids() or indexed_encoder(settings.home):
            return
        notice(f"{settings.home} is empty: adding the built-in library and building its index")
        add_builtin(library)
    build(settings, progress)
