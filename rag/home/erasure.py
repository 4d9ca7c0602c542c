"""Erasing a document everywhere: library, generations, vectors."""

import sqlite3
from collections.abc import Iterable
from contextlib import ExitStack, closing
from pathlib import Path

from corpus import Document, DocumentNotFound, EuragError, Library, SplitterSettings
from embeddings import EmbeddingsError, IndexUnusable, NoIndex, StoredDocument, build_index
from embeddings.build import passages_of
from embeddings.errors import NothingToIndex
from embeddings.generation import current_generation, delete_leftovers, erase, erase_all, generations, is_sound
from embeddings.lock import writing
from embeddings.texts import Texts
from embeddings.vector_cache import VectorCache
from rag.home.audit import record
from rag.home.maintenance import build_encoder
from rag.settings import Settings

Holders = dict[Path, Texts]


def erase_document(settings: Settings, name: str) -> Document | StoredDocument:
    """Erase the document of this id or source from library, generations and vector cache.

    It is found where any of them still holds it, so what was interrupted is finished by calling this again; how much
    of the disk is free is not asked. A generation that cannot be read may hold it and is deleted too. When nothing is
    left to index, the home has no index any more. Raises `DocumentNotFound`, `BuildInProgress`, or `EmbeddingsError`
    when something must be mended first.
    """
    with writing(settings.home), Library(settings.library) as library, ExitStack() as opened:
        delete_leftovers(settings.home)
        readable = {
            folder: opened.enter_context(closing(Texts(folder / "texts.db")))
            for folder in generations(settings.home)
            if is_sound(folder)
        }
        try:
            document = _find(library, readable.values(), name)
        except DocumentNotFound:
            library.scrub()  # where a reader kept an earlier removal from leaving no trace
            raise
        try:
            _erase(settings, library, document.id, readable)
        except (EuragError, sqlite3.Error) as exc:
            raise EmbeddingsError(f"'{name}' is not erased everywhere yet, remove it again: {exc}") from exc
    record(settings, "purge", (document.id,))
    return document


def _find(library: Library, readable: Iterable[Texts], name: str) -> Document | StoredDocument:
    try:
        return library.find(name)
    except DocumentNotFound:
        found = {document.id: document for texts in readable for document in texts.find(name)}
        if len(found) == 1:
            return next(iter(found.values()))
        if not found:
            raise
        raise DocumentNotFound(f"'{name}' names {len(found)} removed documents: {', '.join(found)}") from None


def _erase(settings: Settings, library: Library, document_id: str, readable: Holders) -> None:
    """Erase step by step; the generations, by which the document is found again, come last."""
    home, (encoder_used, encoder) = settings.home, build_encoder(settings)
    holding = [folder for folder, texts in readable.items() if texts.find(document_id)]
    unreadable = [folder for folder in generations(home) if folder not in readable]
    for folder in unreadable:
        erase(folder)
    stored = [library.find(document_id)] if library.content_hash(document_id) else []
    embedded = [passage.embedded for passage in passages_of(stored, SplitterSettings(), encoder)]
    embedded += [text for folder in holding for text in readable[folder].embedded_of(document_id)]
    with closing(VectorCache(home / "vectors.db")) as cache:
        cache.forget(embedded)
    library.remove(document_id)
    library.link_duplicates()
    library.scrub()
    if not (holding or unreadable) and library.ids():
        return
    if not (library.ids() and _serves_without(home, holding)):
        try:
            build_index(home, library, encoder, encoder_used, keep=settings.keep, least_free_bytes=0)
        except NothingToIndex:
            erase_all(home)
    for folder in holding:
        if folder.exists():
            erase(folder)


def _serves_without(home: Path, holding: Iterable[Path]) -> bool:
    """Whether readers have a generation that does not hold the document, so that a rollback can stay as it is."""
    try:
        return current_generation(home) not in holding
    except (NoIndex, IndexUnusable):
        return False
