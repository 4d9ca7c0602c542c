"""From evidence to an answer: quoted sentences with citations, or a plain refusal."""

import re
from dataclasses import dataclass

from corpus import squash
from embeddings import Filters
from rag.evidence import Evidence, Quote, load_weights, nearly_same, select_evidence, words_of
from rag.llm.generation import Generation
from rag.refusals import reason
from rag.retrieval import Hit, Retriever
from rag.stages import stage

MAX_SENTENCES = 5
MAX_LISTED = 10
MAX_SOURCES_A_POINT = 3
RELATED, SEARCHED = 10, 60
MARGIN = 0.07

_ASKS_FOR_LIST = re.compile(
    r"\b(?:list|name all|enumerate|what are the|which (?:countries|states|articles|documents))\b"
    r"|перечисл|назовите|список|какие (?:страны|государства|статьи|документы|задачи|цели|органы)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer: the first quote's words; `quotes` say the same, one a source.

    `wording` is what a model made of them.
    """

    quotes: tuple[Quote, ...]
    wording: str | None = None

    @property
    def text(self) -> str:
        """The wording, else the first quote with runs of white space as one space."""
        return self.wording or squash(self.quotes[0].text)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer before it is worded for a person or a program; no sentences means refused.

    `reason` says in words why, where that can be told. `generation` is that of a model that was asked to word it.
    """

    question: str
    language: str
    snapshot: str
    sentences: tuple[Sentence, ...]
    confidence: float
    related: tuple[Hit, ...]
    reason: str | None = None
    generation: Generation | None = None

    @property
    def answerable(self) -> bool:
        """Whether the texts answer the question."""
        return bool(self.sentences)


def answer(retriever: Retriever, question: str, filters: Filters | None = None) -> Answer:
    """Search, choose the sentences, and refuse below the confidence threshold."""
    query = retriever.query(question)
    hits = retriever.search(query, SEARCHED, filters)
    sentences: tuple[Sentence, ...] = ()
    with stage("answer"):
        evidence = select_evidence(retriever, query, hits)
        if evidence.confidence >= load_weights().threshold:
            sentences = choose(evidence, MAX_LISTED if asks_for_list(question) else MAX_SENTENCES)
    why = None if sentences else reason(question, query.language, retriever.glossary, hits)
    snapshot = retriever.index.manifest.snapshot
    return Answer(question, query.language, snapshot, sentences, evidence.confidence, tuple(hits[:RELATED]), why)


def asks_for_list(question: str) -> bool:
    """Whether a question asks for several things, so that more sentences may answer it."""
    return bool(_ASKS_FOR_LIST.search(question))


def choose(evidence: Evidence, most: int) -> tuple[Sentence, ...]:
    """The best quotes down to a margin below the first; near-identical ones become one sentence."""
    chosen: list[tuple[tuple[frozenset[str], frozenset[str]], list[Quote]]] = []
    lowest = evidence.quotes[0].score - MARGIN if evidence.quotes else 0.0
    for quote in evidence.quotes:
        words = words_of(quote)
        twin = next((quotes for known, quotes in chosen if nearly_same(known, words)), None)
        if twin is not None:
            if len(twin) < MAX_SOURCES_A_POINT and all(
                q.passage.document.id != quote.passage.document.id for q in twin
            ):
                twin.append(quote)
        elif quote.score >= lowest and len(chosen) < most:
            chosen.append((words, [quote]))
    return tuple(Sentence(tuple(quotes)) for _, quotes in chosen)
