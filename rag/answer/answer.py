"""From a question to an answer: understood once, searched once, read once, worded once.

The lead is the surest reading. Readings of other texts that give the same value are cited beside it; those that give
another stand as differing; a question for several things or for an overview gets sentences that say more. What is not a
reading of an answer is not shown, and where no reading is sure enough the question is refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from corpus import Filters, squash
from embeddings import terms
from rag.answer.findings import Calibration, Finding, calibration_of, findings
from rag.answer.generation import Generation
from rag.answer.kinds import Kind, Layer, load_layer
from rag.answer.quotes import Group, Quote, Sentence
from rag.answer.refusal import only_years, unmentioned, without_year
from rag.answer.sides import Side, sides
from rag.answer.values import Comparer
from rag.answer.windows import Named, Stretch, stretches
from rag.language.interface import ui_language
from rag.language.quotation import quoted
from rag.messages import COURTESY, NO_READER, NOTHING_ON
from rag.reader.reading import Reader
from rag.search.query import Query
from rag.search.retrieval import Hit, Retriever
from rag.search.stages import stage

RELATED, SEARCHED = 10, 60
#: So many sources at most are cited at one sentence.
MOST_SOURCES = 3
#: Sentences beside the lead: those that say otherwise, and those that say more, by the kind of question.
MOST_DIFFERING = 1
MOST_ADDED: dict[Kind, int] = {"fact": 0, "list": 1, "definition": 3, "comparison": 1, "courtesy": 0}
#: One side of a comparison is answered from this share of the threshold on: the question speaks of the other, too.
SIDE_SHARE = 0.5
#: A sentence of so many of its stems that another has says nothing more.
SAYS_NO_MORE = 0.7
#: A value of more words than this is a clause, and two clauses are not held against one another.
SHORT = 8


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


class Ask(Protocol):
    """What answers a question over what is open."""

    def __call__(self, retriever: Retriever, question: str, filters: Filters | None = None) -> Answer:
        """The answer, or a refusal."""


@dataclass(frozen=True, slots=True)
class _Read:
    """A question searched and read: what was found, what was read of it, what the reader makes of that."""

    query: Query
    hits: list[Hit]
    read: list[Stretch]
    found: list[Finding]

    confidence: float


class Answerer:
    """Answers by what a reader makes of the passages found; for any number of threads.

    Without a reader it refuses every question, says so, and shows what was found.
    """

    def __init__(
        self, reader: Reader | None, calibration: Calibration | None = None, layer: Layer | None = None
    ) -> None:
        """By default the calibration is the reader's own, and the kinds of questions those that were learned."""
        self.reader = reader
        self.calibration = calibration or calibration_of(reader)
        self._layer = layer or load_layer()

    def __call__(self, retriever: Retriever, question: str, filters: Filters | None = None) -> Answer:
        """The answer to a question, or a refusal below the confidence threshold."""
        query = retriever.query(question)
        kind = self._layer.kind(query.pooled, retriever.encoder.id)
        if kind == "courtesy":
            reply = COURTESY[ui_language(query.language)]
            return Answer(question, query.language, retriever.index.manifest.snapshot, (), 0.0, (), reply=reply)
        read = self._read(retriever, query, filters)
        if self.reader is None:
            return _answer(retriever, read, (), reason=NO_READER[ui_language(query.language)])
        if kind == "comparison" and (compared := self._compared(retriever, read, filters)):
            return compared
        return self._plain(retriever, read, kind)

    def is_courtesy(self, retriever: Retriever, question: str) -> bool:
        """Whether a message asks nothing of the texts, so that it gets a mere reply."""
        return self._layer.kind(retriever.query(question).pooled, retriever.encoder.id) == "courtesy"

    def _read(self, retriever: Retriever, query: Query, filters: Filters | None) -> _Read:
        hits = retriever.search(query, SEARCHED, filters)
        with stage("answer"):
            read = stretches(retriever, query, hits)
            found = findings(self.reader, self.calibration, query.text, read) if self.reader else []
        return _Read(query, hits, read, found, self.calibration.confidence(found))

    def _plain(self, retriever: Retriever, read: _Read, kind: Kind) -> Answer:
        """The lead and what stands beside it, or a refusal."""
        if not read.found or read.confidence < self.calibration.threshold:
            return _answer(retriever, read, (), reason=self._reason(retriever, read))
        with stage("answer"):
            return _answer(retriever, read, self._sentences(retriever, read, kind))

    def _sentences(self, retriever: Retriever, read: _Read, kind: Kind) -> tuple[Sentence, ...]:
        sure = self.calibration
        lead = _lead(read.found, read.query.language, sure.own_language)
        best = max(one.score for one in read.found)
        others = [one for one in read.found if not _overlap(one.quote, lead.quote)]
        comparer = Comparer(retriever.encoder, retriever.glossary)
        same = comparer.same((lead.words, lead.language), [(one.words, one.language) for one in others])
        sources = [
            one for one, is_same in zip(others, same, strict=True) if is_same and one.score >= best - sure.agrees
        ]
        about = [one.stretch.names >= lead.stretch.names for one in others]  # of the same things as the lead
        rest = [one for one, is_same, told in zip(others, same, about, strict=True) if told and not is_same]
        sentences = [Sentence(_distinct([lead, *sources])[:MOST_SOURCES], "lead", lead.answer)]
        if kind == "fact" and _is_value(lead):
            agreeing = {one.passage.document.id for one in (lead, *sources)}  # which does not contradict itself
            differing = [one for one in rest if one.score >= best - sure.differs and _is_value(one)]
            differing = [one for one in differing if one.passage.document.id not in agreeing]
            sentences += [Sentence((one.quote,), "differs", one.answer) for one in differing[:MOST_DIFFERING]]
        for one in rest:
            added = sum(sentence.role == "adds" for sentence in sentences)
            if added < MOST_ADDED[kind] and one.score >= best - sure.adds and _says_more(one, sentences):
                sentences.append(Sentence((one.quote,), "adds", one.answer))
        return tuple(sentences)

    def _compared(self, retriever: Retriever, whole: _Read, filters: Filters | None) -> Answer | None:
        """Each side read on its own; None where no two are named, neither is answered, or both by one sentence."""
        two = sides(whole.query.text, retriever.glossary)
        if not two:
            return None
        read = [self._read(retriever, retriever.query(side.question), filters) for side in two]
        read = [self._about(retriever, side, one) for side, one in zip(two, read, strict=True)]
        answered = [one.confidence >= SIDE_SHARE * self.calibration.threshold for one in read]
        groups = tuple(_side(side, one.found) for side, one, said in zip(two, read, answered, strict=True) if said)
        leads = [group.sentences[0].quotes[0] for group in groups]
        if not groups or (all(answered) and _overlap(*leads)):
            return None
        missing = [side.words for side, said in zip(two, answered, strict=True) if not said]
        spoken = ui_language(whole.query.language)
        notes = tuple(NOTHING_ON[spoken].format(quoted([words], spoken)) for words in missing)
        sentences = tuple(sentence for group in groups for sentence in group.sentences)
        found = _answer(retriever, whole, sentences, groups=groups, notes=notes)
        return replace(found, confidence=max(one.confidence for one in read))

    def _about(self, retriever: Retriever, side: Side, read: _Read) -> _Read:
        """What was read of a side without what does not mention it."""
        named = Named(retriever.query(side.words))
        found = [one for one in read.found if named.share_in(one.passage, one.stretch.window)]
        return replace(read, found=found, confidence=self.calibration.confidence(found))

    def _reason(self, retriever: Retriever, read: _Read) -> str | None:
        """Why there is no answer: a name that no passage mentions, or other years than the one asked for."""
        query = read.query
        if told := unmentioned(query.text, query.language, retriever.glossary, read.hits):
            return told
        asked = without_year(query.text)
        if asked is None or self.reader is None:
            return None
        found = findings(self.reader, self.calibration, asked[0], read.read)
        if self.calibration.confidence(found) < self.calibration.threshold:
            return None
        near = [one for one in found if one.score >= found[0].score - self.calibration.agrees]
        return only_years(near, asked[1], query.language)


def _lead(found: Sequence[Finding], language: str, margin: float) -> Finding:
    """The best finding, or one in the reader's language that is hardly worse."""
    own = next((one for one in found if one.language == language), None)
    return own if own and own.score >= found[0].score - margin else found[0]


def _overlap(one: Quote, other: Quote) -> bool:
    same = one.passage.document.id == other.passage.document.id
    return same and one.start < other.end and other.start < one.end


def _distinct(found: Sequence[Finding]) -> tuple[Quote, ...]:
    """A quote of each document, the first of it."""
    return tuple(
        {one.passage.document.id: one.quote for one in reversed(found)}[id_]
        for id_ in dict.fromkeys(one.passage.document.id for one in found)
    )


def _is_value(finding: Finding) -> bool:
    return len(finding.words.split()) <= SHORT


def _says_more(finding: Finding, sentences: Sequence[Sentence]) -> bool:
    """Whether a sentence says what none of the others does."""
    own = set(terms(finding.quote.text, finding.language))
    known = (set(terms(quote.text, quote.passage.language)) for s in sentences for quote in s.quotes)
    return bool(own) and all(len(own & other) < SAYS_NO_MORE * len(own) for other in known)


def _side(side: Side, found: Sequence[Finding]) -> Group:
    """The best sentence of one side, under the name that the question has for it."""
    return Group(squash(side.words), (Sentence((found[0].quote,), "lead", found[0].answer),))


def _answer(
    retriever: Retriever,
    read: _Read,
    sentences: tuple[Sentence, ...],
    reason: str | None = None,
    groups: tuple[Group, ...] = (),
    notes: tuple[str, ...] = (),
) -> Answer:
    return Answer(
        read.query.text,
        read.query.language,
        retriever.index.manifest.snapshot,
        sentences,
        read.confidence,
        tuple(read.hits[:RELATED]),
        reason,
        groups=groups,
        notes=notes,
    )
