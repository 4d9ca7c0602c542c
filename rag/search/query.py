"""A question ready for search: encoded as it stands and, for texts in the other language, as its gloss."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from corpus import fold
from corpus.languages import language_of
from embeddings import Encoder, Index, Vectors, terms, tokens
from embeddings.encoder import TokenVectors
from embeddings.index import Mask
from embeddings.token_index import Starts
from rag.search.glossary import LANGUAGES, WORDS, Entry, Glossary

#: So many characters of a question, and of its gloss, are read by the encoder,
MOST_CHARACTERS = 600
#: and so many different terms and names by lexical search.
MOST_TERMS, MOST_NAMES = 128, 16
#: A token of a name or a number weighs so much of another one. BM25 finds names; what is asked of them it may not find.
NAME_WEIGHT = 0.4


@dataclass(frozen=True, slots=True)
class Reading:
    """A text that is searched by, folded, at most `MOST_CHARACTERS` of it.

    `vector` (dimension,) and `tokens` (t, dimension) are centred, float32.
    The vectors of tokens are as long as these weigh, 1 on average. `starts` (t,) is where they begin in `text`, `plain`
    (t,) bool whether they are of words that are neither names nor numbers.
    """

    text: str
    vector: Vectors
    tokens: Vectors
    starts: Starts
    plain: Mask


@dataclass(frozen=True, slots=True)
class Query:
    """A question: its language, its terms, what it names of the glossary, how it is read.

    Of a long one some is not read: `terms` has at most `MOST_TERMS` different ones, `entries` `MOST_NAMES`.

    `pooled` (dimension,) float32 is its vector as it was encoded, of unit length and not centred.
    In texts of the languages of `glosses` it is searched by `own` and by its gloss at once.
    """

    text: str
    language: str
    terms: tuple[str, ...]
    entries: tuple[Entry, ...]
    pooled: Vectors
    own: Reading
    glosses: Mapping[str, Reading]

    def readings(self, language: str) -> tuple[Reading, ...]:
        """What texts of a language are searched by."""
        gloss = self.glosses.get(language)
        return (self.own, gloss) if gloss else (self.own,)

    def vector(self, language: str) -> Vectors:
        """(dimension,) float32: the direction between the vectors of its readings."""
        total = np.sum([reading.vector for reading in self.readings(language)], axis=0)
        return np.asarray(total / max(float(np.linalg.norm(total)), 1e-12), np.float32)

    def tokens(self, language: str) -> Vectors:
        """(t, dimension) float32: the tokens of its readings, one after the other."""
        return np.concatenate([reading.tokens for reading in self.readings(language)])


def question_language(text: str) -> str:
    """ISO 639-1 code of a question's language; "en" when it has no letters."""
    return language_of(fold(text)) or "en"


def read_query(text: str, index: Index, encoder: Encoder, glossary: Glossary) -> Query:
    """The question encoded and centred by its language, its glosses by theirs."""
    language, own = question_language(text), fold(text)[:MOST_CHARACTERS]
    others = [code for code in index.languages_held if code in LANGUAGES and code != language]
    glosses = {code: gloss for code in others if (gloss := glossary.gloss(own, code)[:MOST_CHARACTERS]) != own}
    encoded = encoder.encode_query_tokens([own, *glosses.values()])
    read = [
        _read(read, raw, code, index, glossary)
        for read, raw, code in zip([own, *glosses.values()], encoded, [language, *glosses], strict=True)
    ]
    return Query(
        text,
        language,
        _terms(text, language),
        tuple(glossary.find(text)[:MOST_NAMES]),
        encoded[0].pooled,
        read[0],
        dict(zip(glosses, read[1:], strict=True)),
    )


def _terms(text: str, language: str) -> tuple[str, ...]:
    """The terms of a question in order, as often as it has them."""
    found = terms(text, language)
    read = set(list(dict.fromkeys(found))[:MOST_TERMS])
    return tuple(term for term in found if term in read)


def _read(text: str, raw: TokenVectors, language: str, index: Index, glossary: Glossary) -> Reading:
    starts = raw.offsets[:, 0]
    plain = np.zeros(len(starts), bool)
    for start, end in _plain_words(text, glossary):
        plain |= (starts >= start) & (starts < end)
    vectors = _weighed(index.weigh_query_tokens(raw.tokens, language), plain)
    return Reading(text, index.centre_query(raw.pooled, language), vectors, starts, plain)


def _plain_words(text: str, glossary: Glossary) -> Iterator[tuple[int, int]]:
    """Where words stand that are neither names nor numbers."""
    mentions = (m for m in glossary.mentions(text) if m.entry.topic not in WORDS)
    named = {place for mention in mentions for place in range(mention.start, mention.end)}
    for word, start, end in tokens(text):
        is_name = word[0].isdigit() or (start and word[0].isupper()) or start in named
        if not is_name and terms(word):
            yield start, end


def _weighed(vectors: Vectors, plain: Mask) -> Vectors:
    """The vectors of tokens, those of names and numbers shortened, again of length 1 on average."""
    if not len(vectors):
        return vectors
    weights = np.where(plain, 1, NAME_WEIGHT)
    average = float((np.linalg.norm(vectors, axis=1) * weights).mean())
    return np.asarray(vectors * (weights / max(average, 1e-12))[:, None], np.float32)
