"""A home opened for questions: the wiring between library, index, encoder and glossary."""

from collections.abc import Callable, Iterator
from threading import Lock

from corpus import EuragError, LibraryUnusable
from embeddings import Encoder, Index, IndexUnusable, NoIndex, open_encoder, open_index
from embeddings.generation import current_generation, generations
from rag.answer.answer import Answerer
from rag.home.catalogue import add_to_library
from rag.home.library import read_library
from rag.home.maintenance import Rebuild, is_up_to_date, rebuild
from rag.reader.opening import open_reader
from rag.search.glossary import load_glossary
from rag.search.retrieval import Retriever
from rag.settings import Settings

Progress = Callable[[int, int], None]
Notice = Callable[[str], None]


def open_retriever(settings: Settings, notice: Notice | None = None, encoder: Encoder | None = None) -> Retriever:
    """The current index with its encoder; documents removed since it was built are hidden.

    `notice` is told when the library has changed since, or an older generation had to be opened.
    Raises `NoIndex`, `IndexUnusable`, `LibraryUnusable` or `EncoderUnavailable`.
    """
    index = open_index(settings.home, notice)
    return _retriever(settings, notice, index, encoder or open_encoder(index.manifest.encoder, settings.model))


def _retriever(settings: Settings, notice: Notice | None, index: Index, encoder: Encoder) -> Retriever:
    if encoder.id != index.manifest.encoder_id:
        raise IndexUnusable(
            f"the index was built with the encoder {index.manifest.encoder_id}, this one is {encoder.id}: "
            "run 'eurag build'"
        )
    with read_library(settings) as library:
        if notice and not is_up_to_date(index, library):
            notice("the library has changed since the index was built: run 'eurag build' to search all of it")
    return Retriever(index, encoder, load_glossary(), RemovedDocuments(settings, index))


def open_answerer(settings: Settings) -> Answerer:
    """What answers under these settings. Raises `ReaderUnavailable`."""
    return Answerer(open_reader(settings.reader, settings.model))


class LiveRetriever:
    """The retriever of whatever generation is current, for a process that runs on; for any number of threads.

    A request takes `current()` once and keeps what it got: it never sees two generations, and the
    one that it holds is not deleted under it. While one request opens a new generation, the others
    go on with the one before. `wrap` goes around every encoder that is opened; one that the next
    generation was built with too is kept.
    """

    def __init__(
        self,
        settings: Settings,
        notice: Notice | None = None,
        wrap: Callable[[Encoder], Encoder] | None = None,
    ) -> None:
        """Open the current generation. Raises as `open_retriever` does."""
        self._settings, self._notice, self._wrap = settings, notice, wrap
        self._opening = Lock()
        self._encoder: Encoder | None = None
        self._retriever = self._open()
        self._name = self._retriever.index.manifest.generation

    def current(self) -> Retriever:
        """The retriever of the current generation, opened anew only when the pointer has moved.

        A generation that cannot be opened is passed over, and `notice` is told.
        """
        try:
            name = current_generation(self._settings.home).name
        except (NoIndex, IndexUnusable):
            return self._retriever
        if name != self._name and self._opening.acquire(blocking=False):
            try:
                self._move_to(name)
            finally:
                self._opening.release()
        return self._retriever

    def _move_to(self, name: str) -> None:
        try:
            self._retriever = self._open()
        except EuragError as exc:
            if self._notice:
                self._notice(f"{name} cannot be opened, {self._retriever.index.manifest.generation} answers: {exc}")
        self._name = name

    def _open(self) -> Retriever:
        index = open_index(self._settings.home, self._notice)
        if self._encoder is None or self._encoder.id != index.manifest.encoder_id:
            opened = open_encoder(index.manifest.encoder, self._settings.model)
            self._encoder = self._wrap(opened) if self._wrap else opened
        return _retriever(self._settings, self._notice, index, self._encoder)


class RemovedDocuments:
    """Ids of indexed documents that are no longer in the library, as of every look.

    A document that is removed while a reader runs is hidden at its next question. While the library cannot be read,
    what was seen last counts; `service.ops.health` tells.
    """

    def __init__(self, settings: Settings, index: Index) -> None:
        """Raises `LibraryUnusable`."""
        self._settings, self._indexed = settings, index.document_ids()
        self._last = self._look()

    def _now(self) -> frozenset[str]:
        try:
            self._last = self._look()
        except LibraryUnusable:
            return self._last
        return self._last

    def _look(self) -> frozenset[str]:
        with read_library(self._settings) as library:
            return self._indexed - library.ids()

    def __iter__(self) -> Iterator[str]:
        return iter(self._now())

    def __len__(self) -> int:
        return len(self._now())

    def __contains__(self, document_id: object) -> bool:
        return document_id in self._now()


def add_library_if_empty(settings: Settings, notice: Notice, progress: Progress | None = None) -> None:
    """On a home without documents and index: add the built-in texts, build, and say so."""
    with read_library(settings) as library:
        if library.ids() or generations(settings.home):
            return
    notice(f"{settings.home} is empty: adding the built-in library and building its index")
    add_to_library(settings, [], None, with_builtin=True)
    rebuild(settings, Rebuild(), notice, progress)
