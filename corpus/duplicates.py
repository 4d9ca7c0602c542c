"""Which documents are one work: title or DOI agree, and one text is contained in the other.

Containment is measured on shingles of eight words (Broder 1997), nearly all of which must be shared;
of the names and numbers, all. So texts that share their wording but not parties or date stay apart.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from math import ceil

from corpus.normalisation import fold
from corpus.records import Document, Record, content_hash

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
    groups = _groups(ranked)
    contents = {d.id: _Content(d) for d in ranked if any(key in groups for key in work_keys(d.record))}
    result: dict[str, str] = {}
    for number, document in enumerate(d for d in ranked if d.id in contents):
        own = contents[document.id]
        shared = [groups[key] for key in work_keys(document.record) if key in groups]
        longer = {position: found for group in shared for position, found in group.candidates(own)}
        full = next((longer[i] for i in sorted(longer) if _is_one_work(document, longer[i], contents)), None)
        if full:
            result[document.id] = result.get(full.id, full.id)
        for group in shared:
            if not (full and full.id in group.members and _stands_for(full, document, contents)):
                group.add(number, document, own)
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


class _Group:
    """Documents that share a key, the longest first, by what a shorter one must have in common with one of them.

    Of a text all but a twentieth of whose shingles stand in another, any twentieth and one more has one of those: only
    the holders of its rarest are looked at (prefix filtering, Chaudhuri et al. 2006), or those of its rarest name.
    """

    def __init__(self) -> None:
        self.members: set[str] = set()
        self._by_shingle: dict[int, list[tuple[int, Document]]] = {}
        self._by_name: dict[str, list[tuple[int, Document]]] = {}

    def add(self, number: int, document: Document, content: "_Content") -> None:
        self.members.add(document.id)
        for shingle in content.shingles:
            self._by_shingle.setdefault(shingle, []).append((number, document))
        for name in content.names:
            self._by_name.setdefault(name, []).append((number, document))

    def candidates(self, content: "_Content") -> Iterable[tuple[int, Document]]:
        """(number, document) of all that may hold a text."""
        holders = sorted((self._by_shingle.get(shingle, []) for shingle in content.shingles), key=len)
        holders = holders[: len(holders) - ceil(_CONTAINED * len(holders)) + 1]
        named = min((self._by_name.get(name, []) for name in content.names), key=len, default=None)
        if named is not None and len(named) < sum(map(len, holders)):
            return named
        return chain.from_iterable(holders)


def _groups(documents: Iterable[Document]) -> dict[str, _Group]:
    """An empty group for each key that several documents have."""
    held = Counter(key for document in documents for key in work_keys(document.record))
    return {key: _Group() for key, count in held.items() if count > 1}


def work_keys(record: Record) -> list[str]:
    """What two documents must share one of to be one work: hashes of DOI and of title, each with the parties."""
    words = _WORD.findall(fold(record.title).lower())
    named = [("doi", record.doi.lower())] if record.doi else []
    named += [("title", " ".join(words))] if words else []
    return [content_hash(*name, *record.parties) for name in named]


def _is_one_work(document: Document, fuller: Document, contents: Mapping[str, "_Content"]) -> bool:
    if document.record.parties != fuller.record.parties:
        return False
    if document.record.kind == "treaty" and document.record.date != fuller.record.date:
        return False
    own, other = contents[document.id], contents[fuller.id]
    shared = len(own.shingles & other.shingles)
    return own.names <= other.names and shared >= _CONTAINED * len(own.shingles) > 0


def _stands_for(full: Document, document: Document, contents: Mapping[str, "_Content"]) -> bool:
    """Whether what is one work with `document` is one with `full`, too."""
    return full.record.date == document.record.date and contents[document.id].is_part_of(contents[full.id])


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

    def is_part_of(self, other: "_Content") -> bool:
        """Whether the other says all that this one does."""
        return self.shingles <= other.shingles and self.names <= other.names


def is_contained(passage: str, fuller: Document) -> bool:
    """Whether the words of `passage` stand, in this order, in the fuller document's text."""
    words = " ".join(_WORD.findall(fold(passage).lower()))
    return f" {words} " in f" {' '.join(_WORD.findall(fold(fuller.text).lower()))} "
