"""Questions put to the product as a user would, and what came back held against the gold."""

import re
from collections.abc import Sequence
from dataclasses import replace
from time import perf_counter

from corpus import Filters, fold
from embeddings import Index, StoredDocument
from rag.answer.answer import SEARCHED, Answer, Ask
from rag.answer.quotes import Sentence
from rag.evaluation.questions import Question
from rag.evaluation.rankings import completing_rank, hits
from rag.evaluation.results import Result
from rag.home.maintenance import Progress
from rag.output.contract import numbered
from rag.search.retrieval import Hit, Retriever

HITS = {"Success@1": "hit@1", "Success@5": "hit@5", "Success@10": "hit@10"}
SHOWN = 10
LONG_ENOUGH = 4


def judge(
    retriever: Retriever,
    ask: Ask,
    questions: Sequence[Question],
    filters: Filters | None = None,
    progress: Progress | None = None,
) -> list[Result]:
    """A result for every question, in order; its values are those that `figures.ANSWERS` reads."""
    results, ranks = [], {}
    for number, question in enumerate(questions, start=1):
        result, ranked = _judged(retriever, ask, question, filters)
        results.append(result)
        if question.groups:
            ranks[question.id] = completing_rank(question.groups, ranked)
        if progress:
            progress(number, len(questions))
    found = hits(list(HITS), ranks)
    return [_with_hits(result, found.get(result.id, {})) for result in results]


def distinct_documents(found: Sequence[Hit]) -> list[StoredDocument]:
    """The documents of the passages, each once, at the rank of its best passage."""
    return list({hit.passage.document.id: hit.passage.document for hit in found}.values())


def sources_of(document: StoredDocument) -> frozenset[str]:
    """A document's source, and those of the shorter copies that it stands for."""
    return frozenset((document.source, *document.also_in))


def direction(index: Index, question: Question) -> str | None:
    """Whether the right documents are in the question's language ("same language", else "cross-lingual").

    Where any of several is right, one in the question's language is enough. A document's language is
    that of most of its text. None where the index holds no right document.
    """
    groups = [{_main_language(d) for source in group for d in index.texts.find(source)} for group in question.groups]
    if not any(groups):
        return None
    return "same language" if all(question.language in languages for languages in groups) else "cross-lingual"


def _main_language(document: StoredDocument) -> str | None:
    return next(iter(document.record.languages), None)


def _judged(
    retriever: Retriever, ask: Ask, question: Question, filters: Filters | None
) -> tuple[Result, list[frozenset[str]]]:
    """The result without its hits, and the names of the documents found, best first."""
    started = perf_counter()
    answered = ask(retriever, question.text, filters)
    latency_ms = (perf_counter() - started) * 1000
    documents = distinct_documents(retriever.search(retriever.query(question.text), SEARCHED, filters))
    result = Result(
        id=question.id,
        language=question.language,
        kind=question.kind,
        direction=direction(retriever.index, question),
        documents=tuple(document.source for document in documents[:SHOWN]),
        cited=tuple(dict.fromkeys(quote.passage.document.source for quote in numbered(answered))),
        values={
            "latency_ms": latency_ms,
            "confidence": answered.confidence,
            **refusal_values(question, answered),
            **snippet_values(question, answered),
            **citation_values(question, answered),
            **reading_values(question, answered),
        },
    )
    return result, [sources_of(document) for document in documents]


def refusal_values(question: Question, answered: Answer) -> dict[str, float]:
    """Whether the question was refused, and whether rightly."""
    refused, unanswerable = not answered.answerable, not question.answerable
    return {
        "answerable": float(question.answerable),
        "unanswerable": float(unanswerable),
        "refused": float(refused),
        "refused_answerable": float(refused and question.answerable),
        "refused_unanswerable": float(refused and unanswerable),
    }


def snippet_values(question: Question, answered: Answer) -> dict[str, float]:
    """Whether any gold snippet stands in one of the first passages, and in one of the quotes."""
    if not question.snippets:
        return {}
    passages = [hit.passage.text for hit in answered.related]
    return {
        "snippet_top3": float(holds(passages[:3], question.snippets)),
        "snippet_top10": float(holds(passages[:10], question.snippets)),
        "snippet_quotes": float(holds([quote.text for quote in numbered(answered)], question.snippets)),
    }


def reading_values(question: Question, answered: Answer) -> dict[str, float]:
    """What a reader sees first: whether the first sentence is right, and any; how many are shown, how many right.

    A refusal of what the texts answer counts as wrong. `short_f1` is of the answer's own words against the best of the
    shortest answers, as SQuAD counts it.
    """
    if not question.answerable:
        name = {"near_miss": "near_miss", "off_topic": "off_topic", "offtopic": "off_topic"}.get(question.kind)
        return {f"{name}_refused": float(not answered.answerable)} if name else {}
    if not (question.snippets or question.short):
        return {}
    right = [is_right(question, sentence) for sentence in answered.sentences]
    values = {
        "first_right": float(bool(right) and right[0]),
        "any_right": float(any(right)),
        "shown": float(len(right)),
        "shown_wrong": float(len(right) - sum(right)),
    }
    if question.style == "paraphrase":
        values["paraphrase_failed"] = 1 - values["first_right"]
    if question.short:
        words = _short_words(answered)
        values["short_f1"] = max(f1(words, gold) for gold in question.short)
    return values


def is_right(question: Question, sentence: Sentence) -> bool:
    """Whether a sentence holds a gold snippet, or one of the shortest answers as whole words.

    A short answer of a document that is not gold counts from `LONG_ENOUGH` characters on: "8" stands in many texts.
    """
    if holds([quote.text for quote in sentence.quotes], question.snippets):
        return True
    if question.kind == "yes_no":
        return False
    for quote in sentence.quotes:
        gold = bool(sources_of(quote.passage.document) & question.sources)
        text = fold(quote.text).casefold()
        for short in question.short:
            words = fold(short).casefold()
            if (gold or len(words) >= LONG_ENOUGH) and re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text):
                return True
    return False


def _short_words(answered: Answer) -> str:
    lead = next(iter(answered.sentences), None)
    if lead is None or lead.answer is None:
        return lead.text if lead else ""
    return lead.quotes[0].passage.document.text[slice(*lead.answer)]


def f1(found: str, gold: str) -> float:
    """The harmonic mean of precision and recall over words (Rajpurkar et al. 2016)."""
    a, b = (re.findall(r"\w+", fold(text).casefold()) for text in (found, gold))
    common = sum(min(a.count(word), b.count(word)) for word in set(a))
    return 2 * common / (len(a) + len(b)) if common else 0.0


def holds(texts: Sequence[str], snippets: Sequence[str]) -> bool:
    """Whether any of the snippets stands in any of the texts, both folded (`fold` also squashes white space)."""
    folded = [fold(text) for text in texts]
    return any(fold(snippet) in text for snippet in snippets for text in folded)


def citation_values(question: Question, answered: Answer) -> dict[str, float]:
    """Quotes and right ones, documents needed and cited ones; nothing where no document is right."""
    if not question.groups:
        return {}
    quoted = [sources_of(quote.passage.document) for quote in numbered(answered)]
    return {
        "quotes": float(len(quoted)),
        "right_quotes": float(sum(bool(names & question.sources) for names in quoted)),
        "needed": float(len(question.groups)),
        "cited": float(sum(any(names & group for names in quoted) for group in question.groups)),
    }


def _with_hits(result: Result, found: dict[str, float]) -> Result:
    return replace(result, values={**result.values, **{HITS[name]: value for name, value in found.items()}})
