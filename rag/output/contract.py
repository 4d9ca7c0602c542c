"""The JSON contract for programs: fields may be added, none is renamed. The README documents it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from corpus import Document, squash
from corpus.store import Entry
from embeddings import StoredPassage
from rag.answer.answer import Answer
from rag.answer.quotes import Group, Quote, Sentence
from rag.bibliography.citation_styles import cite_all
from rag.bibliography.references import reference
from rag.language.interface import ui_language
from rag.messages import DIFFERS, REFUSAL
from rag.search.retrieval import Hit


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
        "short_answer": _short_answer(answer, number),
        "sentences": [
            {"text": s.text, "citations": [number[_key(quote)] for quote in s.quotes], "role": s.role}
            for s in answer.sentences
        ],
        "groups": [{"heading": group.heading, "sentences": places} for group, places in _placed(answer)],
        "notes": list(answer.notes),
        "citations": [_citation(n, quote, style) for n, quote in enumerate(citations, start=1)],
        "passages": [_result(rank, hit) for rank, hit in enumerate(answer.related, start=1)],
    } | _extras(answer, style)


def _short_answer(answer: Answer, number: dict[tuple[str, int, int], int]) -> dict[str, Any] | None:
    """The words of the first quote that answer; `start` and `end` count code points of its document."""
    lead = next(iter(answer.sentences), None)
    if lead is None or lead.answer is None or lead.wording:
        return None
    start, end = lead.answer
    quote = lead.quotes[0]
    text = quote.passage.document.text[start:end]
    return {"text": squash(text), "start": start, "end": end, "citation": number[_key(quote)]}


def _placed(answer: Answer) -> Iterator[tuple[Group, list[int]]]:
    """The groups with the places of their sentences in `sentences`, from 0."""
    first = 0
    for group in answer.groups:
        yield group, list(range(first, first + len(group.sentences)))
        first += len(group.sentences)


def _extras(answer: Answer, style: str | None) -> dict[str, Any]:
    """The fields that only some answers have."""
    extras: dict[str, Any] = {"references": cite_all(answer, style)} if style else {}
    if answer.generation:
        extras["generation"] = answer.generation.to_dict(answer.language)
    return extras


def numbered(answer: Answer) -> list[Quote]:
    """The quotes of an answer in order; citation [n] is the n-th."""
    return list({_key(quote): quote for s in answer.sentences for quote in s.quotes}.values())


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an answer's text; one that shows a sentence names it, headings and notes show none."""

    text: str
    sentence: Sentence | None = None


def answer_text(answer: Answer) -> str:
    """The lines of an answer, or the reply or refusal."""
    return "\n".join(line.text for line in answer_lines(answer))


def answer_lines(answer: Answer) -> list[Line]:
    """Headings, sentences each with its [n], and notes; a source in another language than the question is marked."""
    if answer.reply:
        return [Line(answer.reply)]
    if not answer.answerable:
        return [Line(refusal(answer))]
    number = {_key(quote): n for n, quote in enumerate(numbered(answer), start=1)}
    lines = []
    for heading, sentences in headed(answer):
        lines += [Line(f"{heading}:")] if heading else []
        for sentence in sentences:
            marks = "".join(f"[{number[_key(quote)]}]" for quote in sentence.quotes)
            foreign = f" ({sentence.language})" if sentence.language != answer.language else ""
            lines.append(Line(f"{before(sentence, answer)}{sentence.text} {marks}{foreign}", sentence))
    return [*lines, *(Line(note) for note in answer.notes)]


def refusal(answer: Answer) -> str:
    """That the texts hold no answer, and the reason where one is known."""
    return " ".join(filter(None, (REFUSAL[ui_language(answer.language)], answer.reason)))


def before(sentence: Sentence, answer: Answer) -> str:
    """What is said before a sentence: that it differs from the lead, and of when its document is."""
    if sentence.role != "differs":
        return ""
    date = sentence.quotes[0].passage.document.record.date
    return DIFFERS[ui_language(answer.language)].format(f" ({date})" if date else "")


def headed(answer: Answer) -> list[tuple[str, tuple[Sentence, ...]]]:
    """(heading, sentences) in order; one without a heading where the sentences are in no groups."""
    return [(group.heading, group.sentences) for group in answer.groups] or [("", answer.sentences)]


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
        "date": document.record.date,
        "language": passage.language,
        "section": quote.section,
        "page": quote.page,
        "part": passage.part,
        "start": quote.start,
        "end": quote.end,
        "quote": quote.text,
        "reference": reference(document, quote.section, quote.page, passage.part, style),
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
