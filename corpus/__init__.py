"""Files in, clean passages out. Knows no vectors."""

from corpus.builtin import add_builtin
from corpus.errors import CorpusError, DocumentNotFound, EuragError, LibraryUnusable, UnreadableFile
from corpus.intake import FileReport, add_paths
from corpus.normalisation import fold, squash
from corpus.records import Document, Passage, Record
from corpus.sentences import sentence_spans
from corpus.splitting import SPLITTER_VERSION, SplitterSettings, split
from corpus.store import Library

__all__ = [
    "SPLITTER_VERSION",
    "CorpusError",
    "Document",
    "DocumentNotFound",
    "EuragError",
    "FileReport",
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
