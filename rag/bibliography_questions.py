"""Questions on bibliography: which work is meant, and the line of its text, or the entry, that states what is asked."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from corpus import fold
from embeddings import StoredDocument, StoredPassage, terms
from rag.evidence import MAX_QUOTE, Evidence, Quote
from rag.language.interface import ui_language
from rag.language.quotation import quoted
from rag.record_fields import Field, asked_for, family_names
from rag.refusals import lacking, stems_of
from rag.search.query import Query
from rag.search.retrieval import Hit, Retriever
from rag.surnames import beside_initials, capitalised, is_among

#: The confidence where a line of the work that the question names gives the field.
STATED = 0.95
#: Above all scores of other sentences; each further line is so much behind the one before.
SCORE, STEP = 2.0, 0.001
#: So many of the documents found may be meant.
DOCUMENTS = 10
#: Without an author's name, a document is meant when its best passage meets the question's subject so well by late
#: interaction, in the question's language or across languages; and so are those at most `NEAR` behind. Between what
#: questions for works that are there and for works that are not reach.
SUBJECT, ACROSS, NEAR = 0.53, 0.33, 0.03
#: So much of an entry, at most, tells a reader which it is.
SHOWN = 90
#: Kinds of documents that have no author or imprint of their own.
UNSIGNED = ("treaty", "note")
BLANK = " .,?!:;"

_WORK = re.compile(
    r"\b(?:articles?|papers?|essay|commentary|thesis|texts?|study|abstract|summary)\b"
    r"|\b(?:статьи|статей|стать[яюе]|эссе|текст|комментари|публикаци|исследовани|автореферат|аннотаци)\w*",
    re.I,
)
_TREATY = re.compile(
    r"\b(?:treaty|treaties|agreement|protocol|convention|договор|соглашени|протокол|конвенци)"
    r"|\b(?:article|стать[яюией]\w*)\s+\d",
    re.I,
)
_CITED = re.compile(r"\b(?:cite[sd]?|citing|references?|bibliography)\b|ссыла|ссылк|цитир|литератур", re.I)
_WORD = re.compile(r"\w+")
_TITLE = re.compile('[«“"„](.+?)[»”"“]')
_EMPTY = frozenset(
    "what which who when where how is are was were did does the a an of by on in for about to and its this that"
    " какой какая какое какие какую каков какова кто когда где что о об в на к и по для чем из эта эту этой"
    " этот".split()
)

_NO_FIELD = {"ru": "В описании работы {} нет {}.", "en": "The record of {} gives no {}."}
_NOT_IN_ENTRY = {"ru": "В записи {} нет {}.", "en": "The entry {} gives no {}."}


def with_bibliography(retriever: Retriever, query: Query, hits: Sequence[Hit], evidence: Evidence) -> Evidence:
    """The evidence, where a question asks for bibliography under the lines that state what it asks for.

    Where the work that is meant gives no such thing, there are no quotes, and `reason` says so. A question that
    asks for nothing of the kind, or for a work that cannot be told, keeps the evidence it has.
    """
    field, cites = asked_for(query.text), bool(_CITED.search(query.text))
    if not (field or cites) or _TREATY.search(query.text):
        return evidence
    search = _Search(retriever, query, hits, field)
    meant = search.meant() if field and not cites else []
    if field and meant:
        return search.stated(field, meant, evidence)
    return search.entries(field, evidence)


@dataclass(frozen=True, slots=True)
class _Search:
    """One question and what was found for it."""

    retriever: Retriever
    query: Query
    hits: Sequence[Hit]
    field: Field | None

    @property
    def names(self) -> list[str]:
        return capitalised(self.query.text)

    @property
    def subject(self) -> str:
        """The folded question, blank where words ask, name a kind of work, or say nothing."""
        text = fold(self.query.text)
        patterns = [_WORK, _CITED, *([self.field.asked] if self.field else [])]
        spans = [match.span() for pattern in patterns for match in pattern.finditer(text)]
        spans += [word.span() for word in _WORD.finditer(text) if word.group().lower() in _EMPTY]
        return _blanked(text, spans)

    @property
    def documents(self) -> list[StoredDocument]:
        found = {hit.passage.document.id: hit.passage.document for hit in self.hits}.values()
        return [document for document in found if document.record.kind not in UNSIGNED][:DOCUMENTS]

    def meant(self) -> list[StoredDocument]:
        """The documents of the authors that are named, or on the question's subject; none where that is not sure."""
        documents = self.documents
        named = [sum(is_among(name, family_names(d.record)) for name in self.names) for d in documents]
        most = max(named, default=0)
        if most:
            return [d for d, count in zip(documents, named, strict=True) if count == most]
        if not _WORK.search(self.query.text):
            return []
        if not self.subject.strip(BLANK) and len(documents) == 1:
            return documents
        above = {document.id: self._nearness(document) for document in documents}
        best = max(above.values(), default=-1.0)
        if best < 0:
            return []
        return [d for d in documents if above[d.id] >= best - NEAR and self._names_stand_in(d)]

    def _nearness(self, document: StoredDocument) -> float:
        """How much better than it must the best passage found of a document meets the question's subject."""
        passages = [hit.passage for hit in self.hits if hit.passage.document is document]
        limits = (SUBJECT if passage.language == self.query.language else ACROSS for passage in passages)
        return max(late - limit for late, limit in zip(self._late(passages), limits, strict=True))

    def _names_stand_in(self, document: StoredDocument) -> bool:
        """Whether a document has the title that is quoted, and the names and numbers of the question's subject."""
        titles = " ".join([document.record.title, *document.record.titles.values()])
        if not all(set(terms(title)) <= set(terms(titles)) for title in _TITLE.findall(self.query.text)):
            return False
        subject, glossary = self.subject, self.retriever.glossary
        language = document.record.languages[0] if document.record.languages else self.query.language
        stems = stems_of(document.record, document.text, language)
        if lacking(subject, self.query.language, glossary, [(language, stems)]):
            return False
        unknown = _blanked(subject, [(mention.start, mention.end) for mention in glossary.mentions(subject)])
        its_names = set(capitalised(f"{document.record.title}. {document.text}"))
        return all(is_among(name, its_names) for name in capitalised(unknown))

    def _late(self, passages: Sequence[StoredPassage]) -> list[float]:
        """Late interaction of the question's subject with each passage."""
        subject, index = self.subject, self.retriever.index
        own = self.query.own
        tokens = own.tokens[[n for n, at in enumerate(own.starts) if subject[at : at + 1].strip()]]
        weight = np.linalg.norm(tokens, axis=1).mean() if len(tokens) else 1.0
        return [float(index.late_scores(tokens, np.array([p.row]), p.language)[0] / weight) for p in passages]

    def _quotes(self, documents: Sequence[StoredDocument], part: str) -> list[Quote]:
        """The passages of one part of documents that can be quoted whole, in the order of the texts."""
        rows = [row for d in documents for row in self.retriever.index.rows_of(d.id, part)]
        passages = [self.retriever.index.passage(row) for row in rows]
        searched = {hit.passage.language for hit in self.hits}
        fitting = (p for p in passages if p.language in searched and p.end - p.start <= MAX_QUOTE)
        return sorted((Quote(p, p.start, p.end) for p in fitting), key=lambda quote: quote.start)

    def stated(self, field: Field, meant: Sequence[StoredDocument], evidence: Evidence) -> Evidence:
        """The lines that give the field, the first of each document; of a field of persons, those of all named."""
        given = []
        for document in meant:
            lines = [q for q in self._quotes([document], "front matter") if field.given_by(q.text, document.record)]
            if field.of_person:
                persons = [name for name in self.names if is_among(name, family_names(document.record))]
                given += [q for q in lines if not persons or any(is_among(p, capitalised(q.text)) for p in persons)]
            else:
                given += lines[:1]
        if not given and not any(field.known(d.record, d.text) for d in meant):
            return self._refused(_NO_FIELD, field, meant[0].record.title, evidence)
        return _first(given, evidence)

    def entries(self, field: Field | None, evidence: Evidence) -> Evidence:
        """The entries of the authors that are named, those nearest to the question first."""
        entries = self._quotes(self.documents, "reference") if self.names else []
        named = [sum(is_among(name, beside_initials(e.text[:MAX_QUOTE])) for name in self.names) for e in entries]
        most = max(named, default=0)
        if not most:
            return evidence
        found = [entry for entry, count in zip(entries, named, strict=True) if count == most]
        nearness = self._late([entry.passage for entry in found])
        ranked = [found[n] for n in np.argsort(np.negative(nearness), kind="stable")]
        if not (field and field.stated):
            return _first(ranked, evidence)
        if not field.given_by(ranked[0].text, ranked[0].passage.document.record):
            return self._refused(_NOT_IN_ENTRY, field, f"{ranked[0].text[:SHOWN]}…", evidence)
        return _first(ranked[:1], evidence)

    def _refused(self, wording: dict[str, str], field: Field, work: str, evidence: Evidence) -> Evidence:
        spoken = ui_language(self.query.language)
        words = wording[spoken].format(quoted([work], spoken), field.missing[spoken == "en"])
        return replace(evidence, quotes=(), confidence=0.0, reason=words)


def _blanked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text with blanks in some places."""
    characters = list(text)
    for start, end in spans:
        characters[start:end] = " " * (end - start)
    return "".join(characters)


def _first(quotes: Sequence[Quote], evidence: Evidence) -> Evidence:
    """The evidence under these quotes, which are certain; as it is where there are none."""
    if not quotes:
        return evidence
    best = tuple(replace(quote, score=SCORE - n * STEP) for n, quote in enumerate(quotes))
    return replace(evidence, quotes=best + evidence.quotes, confidence=STATED)
