"""The JSON contract for programs: fields may be added, none is renamed. The README documents it."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from corpus import Document
from corpus.store import Entry
from embeddings import StoredPassage
from rag.answers import Answer
from rag.citation_styles import cite_all
from rag.evidence import Quote
from rag.references import reference
from rag.refusals import refusal
from rag.retrieval import Hit


def search_json(query: str, language: str, snapshot: str, hits: Sequence[Hit]) -> dict[str, Any]:
    """What `search --json` prints."""
    results = [_result(rank, hit) for rank, hit in enumerate(hits, start=1)]
    return {"query": query, "language": language, "snapshot": snapshot, "results": results}


def answer_json(answer: Answer, style: str | None = None) -> dict[str, Any]:
    """What `ask --json` prints; with a `style` references are in it, those of all documents in `references`."""
    citations = numbered(answer)
    number = {_key(quote): n for n, quote in enumerate(citations, start=1)}
    return {
        "question": answer.question,
        "language": answer.language,
        "snapshot": answer.snapshot,
        "answerable": answer.answerable,
        "confidence": round(answer.confidence, 4),
        "answer": answer_text(answer),
        "reason": answer.reason,
        "sentences": [
            {"text": s.text, "citations": [number[_key(quote)] for quote in s.quotes]} for s in answer.sentences
        ],
        "citations": [_citation(n, quote, style) for n, quote in enumerate(citations, start=1)],
        "passages": [_result(rank, hit) for rank, hit in enumerate(answer.related, start=1)],
    } | _extras(answer, style)


def _extras(answer: Answer, style: str | None) -> dict[str, Any]:
    """The fields that only some answers have."""
    extras: dict[str, Any] = {"references": cite_all(answer, style)} if style else {}
    if answer.generation:
        extras["generation"] = asdict(answer.generation) | {"note": answer.generation.note(answer.language)}
    return extras


def numbered(answer: Answer) -> list[Quote]:
    """The quotes of an answer in order; citation [n] is the n-th."""
    return list({_key(quote): quote for s in answer.sentences for quote in s.quotes}.values())


def answer_text(answer: Answer) -> str:
    """The sentences, each with its [n]; a source in another language than the question is marked."""
    if not answer.answerable:
        return refusal(answer.language, answer.reason)
    number = {_key(quote): n for n, quote in enumerate(numbered(answer), start=1)}
    lines = []
    for sentence in answer.sentences:
        marks = "".join(f"[{number[_key(quote)]}]" for quote in sentence.quotes)
        language = sentence.quotes[0].passage.language
        foreign = f" ({language})" if language != answer.language else ""
        lines.append(f"{sentence.text} {marks}{foreign}")
    return "\n".join(lines)


def document_json(document: Document | Entry, *, full: bool) -> dict[str, Any]:
    """A document of the library; with `full` its whole record."""
    record = document.record
    data = {
        "document": document.id,
        "collection": document.collection,
        "source": document.source,
        "title": record.title,
        "kind": record.kind,
        "languages": list(record.languages),
        "year": record.year,
        "duplicate_of": document.duplicate_of,
        "characters": document.characters,
    }
    return data | {"record": record.to_dict()} if full else data


def _key(quote: Quote) -> tuple[str, int, int]:
    return quote.passage.document.id, quote.start, quote.end


def _citation(n: int, quote: Quote, style: str | None) -> dict[str, Any]:
    passage, document = quote.passage, quote.passage.document
    return {
        "n": n,
        "passage": str(passage.id),
        "document": document.id,
        "source": document.source,
        "collection": document.collection,
        "title": document.record.title,
        "language": passage.language,
        "section": quote.section,
        "page": passage.page,
        "part": passage.part,
        "start": quote.start,
        "end": quote.end,
        "quote": quote.text,
        "reference": reference(document, quote.section, passage.page, passage.part, style),
        "also_in": list(document.also_in),
    }


def _result(rank: int, hit: Hit) -> dict[str, Any]:
    return {"rank": rank, "score": round(hit.score, 6)} | passage_json(hit.passage)


def passage_json(passage: StoredPassage) -> dict[str, Any]:
    """A passage, its document, and where in it; `passage` is text because 63 bits are too many for some readers."""
    document = passage.document
    return {
        "passage": str(passage.id),
        "document": document.id,
        "source": document.source,
        "collection": document.collection,
        "title": document.record.title,
        "kind": document.record.kind,
        "part": passage.part,
        "language": passage.language,
        "section": passage.section,
        "page": passage.page,
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
    }
