"""Which documents are one work: title or DOI agree, and one text is contained in the other.

Containment is measured on shingles of eight words (Broder 1997), so treaties that share most of
their wording but not their parties or date stay apart.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from corpus.normalisation import fold
from corpus.records import Document

_WORD = re.compile(r"\w+")
_SHINGLE = 8
_CONTAINED = 0.95


def fuller_documents(documents: Sequence[Document]) -> dict[str, str]:
    """Document id -> id of the fuller document that contains it; the others are not in the result.

    Among equals the first by (length, id) is the fuller one, so the result does not depend on
    the order in which documents were added.
    """
    ranked = sorted(documents, key=lambda d: (-len(d.text), d.id))
    result: dict[str, str] = {}
    for group in _groups(ranked):
        shingles = {document.id: _shingles(_own_text(document)) for document in group}
        for position, document in enumerate(group):
            for fuller in group[:position]:
                if fuller.id not in result and _is_one_work(document, fuller, shingles):
                    result[document.id] = fuller.id
                    break
    return result


def _groups(documents: Iterable[Document]) -> Iterable[list[Document]]:
    """Documents that share a title or a DOI, in the given order."""
    groups: dict[tuple[str, str], list[Document]] = {}
    for document in documents:
        for key in _keys(document):
            groups.setdefault(key, []).append(document)
    return [group for group in groups.values() if len(group) > 1]


def _keys(document: Document) -> list[tuple[str, str]]:
    record = document.record
    keys = [("doi", record.doi.lower())] if record.doi else []
    words = _WORD.findall(fold(record.title).lower())
    return [*keys, ("title", " ".join(words))] if words else keys


def _is_one_work(document: Document, fuller: Document, shingles: Mapping[str, frozenset[int]]) -> bool:
    if document.record.parties != fuller.record.parties:
        return False
    if document.record.kind == "treaty" and document.record.date != fuller.record.date:
        return False
    own = shingles[document.id]
    return bool(own) and len(own & shingles[fuller.id]) >= _CONTAINED * len(own)


def _own_text(document: Document) -> str:
    spans = (b for b in document.blocks if b.part not in ("boilerplate", "heading"))
    return " ".join(document.text[block.start : block.end] for block in spans)


def _shingles(text: str) -> frozenset[int]:
    words = _WORD.findall(fold(text).lower())
    width = min(_SHINGLE, len(words))
    return frozenset(hash(tuple(words[i : i + width])) for i in range(len(words) - width + 1)) if words else frozenset()


def is_contained(passage: str, fuller: Document) -> bool:
    """Whether the words of `passage` stand, in this order, in the fuller document's text."""
    words = " ".join(_WORD.findall(fold(passage).lower()))
    return f" {words} " in f" {' '.join(_WORD.findall(fold(fuller.text).lower()))} "
