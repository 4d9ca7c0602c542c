"""Files in, clean passages out. Knows no vectors."""

from typing import TYPE_CHECKING

from corpus.errors import CorpusError, DocumentNotFound, EuragError, LibraryUnusable, UnreadableFile
from corpus.filters import Filters
from corpus.lazy_names import lazy_names
from corpus.normalisation import fold, squash
from corpus.records import Document, Passage, Record
from corpus.sentences import sentence_spans
from corpus.splitting import SPLITTER_VERSION, SplitterSettings, split
from corpus.store import Library

if TYPE_CHECKING:
    from corpus.builtin import add_builtin
    from corpus.intake import FileReport, add_paths
else:
    __getattr__ = lazy_names(__name__, {"builtin": ["add_builtin"], "intake": ["FileReport", "add_paths"]})

__all__ = [
    "SPLITTER_VERSION",
    "CorpusError",
    "Document",
    "DocumentNotFound",
    "EuragError",
    "FileReport",
    "Filters",
    "Library",
    "LibraryUnusable",
    "Passage",
    "Record",
    "SplitterSettings",
    "UnreadableFile",
    "add_builtin",
    "add_paths",
    "fold",
    "sentence_spans",
    "split",
    "squash",
]
