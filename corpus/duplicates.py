"""Which documents are one work: title or DOI agree, and one text is contained in the other.

Containment is measured on shingles of eight words (Broder 1997), nearly all of which must be shared;
of the names and numbers, all. So texts that share their wording but not parties or date stay apart.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from corpus.normalisation import fold
from corpus.records import Document

_WORD = re.compile(r"\w+")
_SHINGLE = 8
_CONTAINED = 0.95


def fuller_documents(documents: Sequence[Document]) -> dict[str, str]:
    """Document id -> id of the fuller document that contains it; the others are not in the result.

    Among equals the first by (length, id) is the fuller one, so the result does not depend on
    the order in which documents were added; but of two that contain each other the one with pages is,
    since it can be cited by them. A fuller document is never itself in the result.
    """
    ranked = sorted(documents, key=lambda d: (-len(d.text), d.id))
    contents = {document.id: _Content(document) for group in _groups(ranked).values() for document in group}
    result: dict[str, str] = {}
    for longer, shorter in _pairs(ranked):
        if shorter.id not in result and _is_one_work(shorter, longer, contents):
            result[shorter.id] = result.get(longer.id, longer.id)
    return _with_pages(result, ranked, contents)


def _with_pages(
    fuller: Mapping[str, str], ranked: Sequence[Document], contents: Mapping[str, "_Content"]
) -> dict[str, str]:
    """The fuller ones that have no pages exchanged for one of their duplicates that has and contains them too."""
    by_id = {document.id: document for document in ranked}
    paged: dict[str, str] = {}
    for own in (document for document in ranked if document.id in fuller and document.pages):
        full = by_id[fuller[own.id]]
        if not full.pages and full.id not in paged and _is_one_work(full, own, contents):
            paged[full.id] = own.id
    return {own: paged.get(full, full) for own, full in (*fuller.items(), *paged.items()) if own != paged.get(full)}


def _pairs(ranked: Sequence[Document]) -> Iterator[tuple[Document, Document]]:
    """(longer, shorter) for all that share a title or a DOI; for each shorter one the longest first."""
    groups = _groups(ranked)
    position = {document.id: number for number, document in enumerate(ranked)}
    for shorter in ranked:
        sharing = {position[d.id]: d for key in _keys(shorter) for d in groups.get(key, ())}
        yield from ((sharing[i], shorter) for i in sorted(sharing) if i < position[shorter.id])


def _groups(documents: Iterable[Document]) -> dict[tuple[str, str], list[Document]]:
    """Documents that share a title or a DOI, in the given order."""
    groups: dict[tuple[str, str], list[Document]] = {}
    for document in documents:
        for key in _keys(document):
            groups.setdefault(key, []).append(document)
    return {key: group for key, group in groups.items() if len(group) > 1}


def _keys(document: Document) -> list[tuple[str, str]]:
    record = document.record
    keys = [("doi", record.doi.lower())] if record.doi else []
    words = _WORD.findall(fold(record.title).lower())
    return [*keys, ("title", " ".join(words))] if words else keys


def _is_one_work(document: Document, fuller: Document, contents: Mapping[str, "_Content"]) -> bool:
    if document.record.parties != fuller.record.parties:
        return False
    if document.record.kind == "treaty" and document.record.date != fuller.record.date:
        return False
    own, other = contents[document.id], contents[fuller.id]
    shared = len(own.shingles & other.shingles)
    return own.names <= other.names and shared >= _CONTAINED * len(own.shingles) > 0


class _Content:
    """What a document says itself: shingles of its words, and the names and numbers among them.

    Word numbers references by itself, so that the numbers stand in a PDF and not in its DOCX.
    """

    def __init__(self, document: Document) -> None:
        spans = (b for b in document.blocks if b.part not in ("boilerplate", "heading", "reference"))
        words = _WORD.findall(fold(" ".join(document.text[block.start : block.end] for block in spans)))
        lower = [word.lower() for word in words]
        width = min(_SHINGLE, len(words)) or 1
        self.shingles = frozenset(hash(tuple(lower[i : i + width])) for i in range(len(lower) - width + 1))
        self.names = frozenset(word.lower() for word in words if not word[0].islower())


def is_contained(passage: str, fuller: Document) -> bool:
    """Whether the words of `passage` stand, in this order, in the fuller document's text."""
    words = " ".join(_WORD.findall(fold(passage).lower()))
    return f" {words} " in f" {' '.join(_WORD.findall(fold(fuller.text).lower()))} "
