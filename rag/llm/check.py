"""Whether a sentence that a model wrote says no more than the passages it cites."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from corpus import fold, sentence_spans
from corpus.languages import language_of
from embeddings import StoredPassage, TokenVectors, Vectors
from rag.answer.quotes import Quote
from rag.llm.acts import misnamed
from rag.llm.facts import Facts, lacking
from rag.llm.instructions import instructs
from rag.llm.pairing import mismatched
from rag.llm.polarity import Tokenised, contradicts
from rag.search.retrieval import Retriever

#: Nobody says more in a sentence.
LONGEST = 1_000
#: The least cosine between a sentence and the words it rests on, in one language and between two.
SUPPORT, CROSS_SUPPORT = 0.55, 0.38
#: So much more where a sentence has no number, date or name to look up.
PLAIN = 0.15
#: The least mean cosine between the tokens of a word and those of its translation.
TRANSLATED = 0.5


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a sentence: the `quotes` it rests on, one a citation, or the `problem` it has."""

    quotes: tuple[Quote, ...] = ()
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class _Read:
    """A stretch of text: its facts, its vector (dimension,), centred and of unit length, and those of its tokens."""

    facts: Facts
    vector: Vectors
    tokenised: Tokenised


class Checker:
    """Holds the sentences of one answer to passages of one index; not for several threads."""

    def __init__(self, retriever: Retriever) -> None:
        self._retriever = retriever
        self._sources: dict[tuple[str, str], _Read] = {}

    def check(self, text: str, cited: Sequence[StoredPassage]) -> Verdict:
        """The verdict on a sentence without its [n]; it rests on those of the passages cited that hold all it says."""
        if not cited:
            return Verdict(problem="it cites no passage")
        if len(text) > LONGEST or instructs(text) or text.rstrip().endswith("?"):
            return Verdict(problem="it is no statement")
        language = language_of(fold(text)) or "en"
        stated = self._read(text, language)
        verdicts = [self._held(stated, passage) for passage in cited]
        quotes = tuple(quote for verdict in verdicts for quote in verdict.quotes)
        return Verdict(quotes) if quotes else verdicts[0]

    def _read(self, text: str, language: str) -> _Read:
        folded, index = fold(text), self._retriever.index
        read: TokenVectors = self._retriever.encoder.encode_passage_tokens([folded])[0]
        tokens = index.centre_query_tokens(read.tokens, language)
        vector = index.centre_query(read.pooled, language)
        tokenised = Tokenised(folded, tokens, read.offsets[:, 0].tolist())
        return _Read(Facts(folded, language, self._retriever.glossary), vector, tokenised)

    def _source(self, text: str, language: str) -> _Read:
        """A stretch of a passage, read once for all sentences of an answer."""
        key = text, language
        if key not in self._sources:
            self._sources[key] = self._read(text, language)
        return self._sources[key]

    def _held(self, stated: _Read, passage: StoredPassage) -> Verdict:
        """The verdict on one citation, by the nearest stretch that has all the facts, else by the nearest of all.

        None farther off decides: where the nearest says the opposite, one that is silent on it is no support.
        """
        least = SUPPORT if passage.language == stated.facts.language else CROSS_SUPPORT
        least += 0.0 if stated.facts.any else PLAIN
        lacks = []
        for near, start, end, source in sorted(self._stretches(stated, passage), key=lambda stretch: -stretch[0]):
            if near < least:
                break
            if missing := self._missing(stated, source, _head(passage, start)):
                lacks.append(f"the passage lacks {', '.join(missing)}")
            elif mismatched(stated.facts, source.facts):
                return Verdict(problem="the passage says it of another country")
            elif misnamed(stated.facts, source.facts):
                return Verdict(problem="the passage speaks of another act")
            elif contradicts(stated.tokenised, source.tokenised):
                return Verdict(problem="the passage says the opposite")
            else:
                return Verdict((Quote(passage, passage.start + start, passage.start + end),))
        return Verdict(problem=lacks[0] if lacks else "the passage does not say so")

    def _stretches(self, stated: _Read, passage: StoredPassage) -> Iterator[tuple[float, int, int, _Read]]:
        """(cosine, start, end, the text read) of what the sentence may rest on.

        That is a sentence, or two in a row that together are nearer to it than each of them.
        """
        text, alone = passage.text, {}
        spans = [span for span in sentence_spans(text, passage.language) if not instructs(text[slice(*span)])]
        for start, end in spans:
            source = self._source(text[start:end], passage.language)
            alone[start] = float(source.vector @ stated.vector)
            yield alone[start], start, end, source
        for (start, _), (second, end) in pairwise(spans):
            if instructs(text[start:end]):
                continue
            source = self._source(text[start:end], passage.language)
            near = float(source.vector @ stated.vector)
            if near > max(alone[start], alone[second]):
                yield near, start, end, source

    def _missing(self, stated: _Read, source: _Read, head: str) -> list[str]:
        """The facts stated that the source, which stands under `head`, does not have."""
        ground = Facts(f"{source.facts.text} {head}", source.facts.language, self._retriever.glossary)
        return lacking(stated.facts, ground, _translated(stated, source))


def _translated(stated: _Read, source: _Read) -> list[str]:
    """Names with a near counterpart in a source of another language: words of titles, which have no sound in common."""
    if stated.facts.language == source.facts.language or not len(source.tokenised.tokens):
        return []
    nearest = (stated.tokenised.tokens @ source.tokenised.tokens.T).max(axis=1)
    text, places = stated.facts.text, np.asarray(stated.tokenised.places)
    near = []
    for name in stated.facts.names:
        start = text.index(name)
        own = nearest[(places >= start) & (places < start + len(name))]
        if len(own) and float(own.mean()) >= TRANSLATED:
            near.append(name)
    return near


def _head(passage: StoredPassage, start: int) -> str:
    """What a sentence is read under: its document's title and its section."""
    record = passage.document.record
    section = passage.document.section_at(passage.start + start) or passage.section
    return ". ".join(filter(None, (record.title, record.also.get("title", ""), section)))
