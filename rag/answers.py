"""From evidence to an answer: quoted sentences with citations, or a plain refusal."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from embeddings import Filters
from rag.agreement import disagreement
from rag.bibliography_questions import with_bibliography
from rag.comparison import Side, sides
from rag.courtesies import reply_to
from rag.evidence import Evidence, Quote, load_weights, nearly_same, select_evidence, words_of
from rag.groups import Group, Sentence, by_language, of_side
from rag.incumbents import newest_first
from rag.llm.generation import Generation
from rag.premises import apart, other_article, presupposes, unmentioned
from rag.refusals import nothing_on, other_years, reason
from rag.search.query import Query
from rag.search.retrieval import Hit, Retriever
from rag.search.stages import stage
from rag.spelling import respelt
from rag.wanted import Wanted

MAX_SENTENCES = 5
MAX_LISTED = 10
MAX_SOURCES_A_POINT = 3
MAX_A_SIDE = 3
RELATED, SEARCHED = 10, 60
#: A quote may be so much behind the first: one of the same document, and one of another.
MARGIN, ELSEWHERE = 0.1, 0.06
#: A quote in the reader's language may be so much behind the first when all before it are in another, whose bonus for
#: that is most of it.
OWN_MARGIN = 0.24

_ASKS_FOR_LIST = re.compile(
    r"\b(?:list|name all|enumerate|what are the|which (?:countries|states|articles|documents))\b"
    r"|перечисл|назовите|список|какие (?:страны|государства|статьи|документы|задачи|цели|органы)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer before it is worded for a person or a program; no sentences means refused.

    `reason` says in words why, where that can be told. `groups`, where there are any, hold all sentences in
    their order. `notes` are what a reader must know of them, in words. `generation` is that of a model that was
    asked to word it. `reply` is what is said where nothing was asked, and nothing searched.
    """

    question: str
    language: str
    snapshot: str
    sentences: tuple[Sentence, ...]
    confidence: float
    related: tuple[Hit, ...]
    reason: str | None = None
    generation: Generation | None = None
    groups: tuple[Group, ...] = ()
    notes: tuple[str, ...] = ()
    reply: str | None = None

    @property
    def answerable(self) -> bool:
        """Whether the texts answer the question."""
        return bool(self.sentences)


@dataclass(frozen=True, slots=True)
class _Found:
    """What was found for a question: the passages and what they hold of an answer."""

    query: Query
    hits: list[Hit]
    evidence: Evidence

    @property
    def answers(self) -> bool:
        return bool(self.evidence.quotes) and self.evidence.confidence >= load_weights().threshold


def answer(retriever: Retriever, question: str, filters: Filters | None = None) -> Answer:
    """Search, choose the sentences, and refuse below the confidence threshold.

    A question that compares is answered side by side: each side is searched on its own, and one that names two
    parties is never answered from a treaty between others. A mere greeting or thanks gets a reply. A misspelt name
    is put right, and the answer says so.
    """
    if said := reply_to(question):
        language, reply = said
        return Answer(question, language, retriever.index.manifest.snapshot, (), 0.0, (), reply=reply)
    searched = respelt(question, retriever)
    found = _answered(retriever, searched.question, filters)
    return _told(replace(found, question=question), searched.note) if searched.note else found


def _told(answer: Answer, note: str) -> Answer:
    """The answer with one more note; a refusal has it in its reason."""
    if answer.answerable:
        return replace(answer, notes=(note, *answer.notes))
    return replace(answer, reason=" ".join(filter(None, (note, answer.reason))))


def _answered(retriever: Retriever, question: str, filters: Filters | None) -> Answer:
    """The answer to a question as it is spelt."""
    whole = _find(retriever, question, filters)
    compared = sides(question, retriever.glossary)
    if compared:
        found = [_find(retriever, side.question, filters, alone=False) for side in compared]
        if any(side.answers for side in found):
            return _comparison(retriever, whole, compared, found)
        if all(Wanted(retriever, side.query).names_parties for side in found):
            return _answer(retriever, whole, (), reason=_why_neither(retriever, found))
    return _plain(retriever, whole)


def _find(retriever: Retriever, question: str, filters: Filters | None, *, alone: bool = True) -> _Found:
    """What is found for a question; for one side of a comparison nothing of a treaty between others."""
    query = retriever.query(question)
    hits = retriever.search(query, SEARCHED, filters)
    with stage("answer"):
        own = hits if alone else _of_its_parties(Wanted(retriever, query), hits)
        evidence = with_bibliography(retriever, query, own, select_evidence(retriever, query, own))
        return _Found(query, hits, evidence)


def _of_its_parties(wanted: Wanted, hits: Sequence[Hit]) -> list[Hit]:
    return [hit for hit in hits if not wanted.is_other_treaty(hit.passage)]


def _why_neither(retriever: Retriever, found: Sequence[_Found]) -> str | None:
    """Why neither side of a comparison is answered, each by its own names."""
    why = (reason(side.query.text, side.query.language, retriever.glossary, side.hits) for side in found)
    return " ".join(dict.fromkeys(filter(None, why))) or None


def _plain(retriever: Retriever, found: _Found) -> Answer:
    """The best sentences of all, or a refusal."""
    query, glossary = found.query, retriever.glossary
    why = None if presupposes(query.text) else other_years(query.text, query.language, glossary, found.hits)
    if not found.answers or why:
        why = found.evidence.reason or why or reason(query.text, query.language, glossary, found.hits)
        return _answer(retriever, found, (), reason=why)
    most = MAX_LISTED if asks_for_list(query.text) else MAX_SENTENCES
    evidence = newest_first(query.text, glossary, found.evidence)
    sentences = with_own_language(choose(evidence, most), evidence, query.language)
    groups = by_language(sentences, query.language)
    shown = _in_order(groups, sentences)
    notes = (
        disagreement(query.text, query.language, glossary, shown),
        unmentioned(query.text, query.language, glossary, shown),
        other_article(query.text, query.language, shown),
        apart(query.text, query.language, glossary, shown),
    )
    return _answer(retriever, found, sentences, groups=groups, notes=tuple(note for note in notes if note))


def _comparison(retriever: Retriever, whole: _Found, compared: Sequence[Side], found: Sequence[_Found]) -> Answer:
    """The best sentences of each side, and a note on the side that has none."""
    groups = tuple(
        of_side(side.words, choose(_apart(own.evidence, other.evidence), MAX_A_SIDE))
        for side, own, other in zip(compared, found, reversed(found), strict=True)
        if own.answers
    )
    notes = tuple(
        nothing_on(side.words, whole.query.language)
        for side, own in zip(compared, found, strict=True)
        if not own.answers
    )
    answered = _answer(retriever, whole, (), groups=groups, notes=notes)
    return replace(answered, confidence=max(side.evidence.confidence for side in found))


def _apart(own: Evidence, other: Evidence) -> Evidence:
    """The evidence of one side without the document that speaks best for the other, where it has one of its own."""
    if not (own.quotes and other.quotes) or _document(own.quotes[0]) == _document(other.quotes[0]):
        return own
    return replace(own, quotes=tuple(q for q in own.quotes if _document(q) != _document(other.quotes[0])))


def _answer(
    retriever: Retriever,
    found: _Found,
    sentences: Sequence[Sentence],
    reason: str | None = None,
    groups: tuple[Group, ...] = (),
    notes: tuple[str, ...] = (),
) -> Answer:
    return Answer(
        found.query.text,
        found.query.language,
        retriever.index.manifest.snapshot,
        _in_order(groups, sentences),
        found.evidence.confidence,
        tuple(found.hits[:RELATED]),
        reason,
        groups=groups,
        notes=notes,
    )


def _in_order(groups: Sequence[Group], sentences: Sequence[Sentence]) -> tuple[Sentence, ...]:
    """The sentences as they are shown: those of the groups one after the other, where there are any."""
    return tuple(sentence for group in groups for sentence in group.sentences) or tuple(sentences)


def asks_for_list(question: str) -> bool:
    """Whether a question asks for several things, so that more sentences may answer it."""
    return bool(_ASKS_FOR_LIST.search(question))


def choose(evidence: Evidence, most: int) -> tuple[Sentence, ...]:
    """The best quotes down to a margin below the first; near-identical ones become one sentence."""
    chosen: list[tuple[tuple[frozenset[str], frozenset[str]], list[Quote]]] = []
    for quote in _near(evidence.quotes):
        words = words_of(quote)
        twin = next((quotes for known, quotes in chosen if nearly_same(known, words)), None)
        if twin is None and len(chosen) < most:
            chosen.append((words, [quote]))
        elif twin and len(twin) < MAX_SOURCES_A_POINT and quote.passage.document.id not in map(_document, twin):
            twin.append(quote)
    return tuple(Sentence(tuple(quotes)) for _, quotes in chosen)


def _near(quotes: Sequence[Quote]) -> Iterator[Quote]:
    """The first quote and those within the margins below it, best first."""
    for quote in quotes:
        margin = MARGIN if _document(quote) == _document(quotes[0]) else ELSEWHERE
        if quote.score >= quotes[0].score - margin:
            yield quote


def with_own_language(sentences: tuple[Sentence, ...], evidence: Evidence, language: str) -> tuple[Sentence, ...]:
    """The sentences, and where all are in other languages than the reader's the best in it, if it is near."""
    shown = {quote.passage.language for sentence in sentences for quote in sentence.quotes}
    own = next((quote for quote in evidence.quotes if quote.passage.language == language), None)
    if language in shown or own is None or own.score < evidence.quotes[0].score - OWN_MARGIN:
        return sentences
    return (*sentences, Sentence((own,)))


def _document(quote: Quote) -> str:
    return quote.passage.document.id
