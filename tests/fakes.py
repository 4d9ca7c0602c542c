"""Stand-ins that are deterministic and mean something, for tests that need no model."""

import hashlib
import re
from collections.abc import Mapping, Sequence

import numpy as np

from corpus import fold, sentence_spans
from embeddings import TokenVectors, Vectors, terms, tokens
from rag.answer.kinds import KINDS, Kind, Layer
from rag.reader.reading import Reading, Window

_CYRILLIC = re.compile("[\u0400-\u04ff]")

#: The encoder "understands" these words in both languages: each pair gets one direction.
TRANSLATIONS = {
    "суд": "court",
    "судья": "judge",
    "союз": "union",
    "бюджет": "budget",
    "граница": "border",
    "комиссия": "commission",
    "договор": "treaty",
    "пошлина": "duty",
    "энергетика": "energy",
    "пенсия": "pension",
}
_CONCEPTS = {terms(russian)[0]: terms(english)[0] for russian, english in TRANSLATIONS.items()}


class FakeEncoder:
    """Bags of stems hashed into 1,022 directions, plus one direction for each script.

    The cosine of two texts in different scripts is lower than that of two in the same one, as with
    multilingual encoders, by how large `offset` is; `seen` lists every passage that was encoded.
    """

    dimension = 1024
    max_tokens = 512
    runs_at_once = 1

    def __init__(self, offset: float = 2.0, name: str = "fake") -> None:
        self.id = f"{name}-{offset}"
        self.offset = offset
        self.seen: list[str] = []

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        self.seen.extend(texts)
        return self._encode(texts)

    def encode_query_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        return [self._tokens(text) for text in texts]

    def encode_passage_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        self.seen.extend(texts)
        return [self._tokens(text) for text in texts]

    def count_tokens(self, text: str) -> int:
        return len(tokens(text)) + 3

    def _tokens(self, text: str) -> TokenVectors:
        """A word is a token; its vector is that of a text of its own."""
        words = tokens(text)
        offsets = np.array([(start, end) for _, start, end in words], np.int64).reshape(-1, 2)
        return TokenVectors(self._encode([text])[0], self._encode([word for word, *_ in words]), offsets)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for vector, text in zip(vectors, texts, strict=True):
            for stem in set(terms(fold(text))):
                vector[direction(stem)] = 1
            vector[0 if _CYRILLIC.search(text) else 1] = self.offset
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def direction(stem: str) -> int:
    """The coordinate of a stem, the same for a word and its translation."""
    concept = _CONCEPTS.get(stem, stem).encode("utf-8", "replace")
    return 2 + int.from_bytes(hashlib.blake2b(concept, digest_size=8).digest(), "big") % 1022


class WordReader:
    """Reads by shared stems, the words of `TRANSLATIONS` in either language; the sentence with most of them answers.

    The log-odds are 6 for a window whose title, section and text have all stems of the question, -4 for one with none.
    """

    id = "words"

    def read(self, questions: Sequence[str], windows: Sequence[Window]) -> list[Reading]:
        return [self._read(_concepts(question), window) for question, window in zip(questions, windows, strict=True)]

    def supports(self, claims: Sequence[str], windows: Sequence[Window]) -> list[float]:
        return [reading.answers for reading in self.read(claims, windows)]

    def _read(self, asked: set[str], window: Window) -> Reading:
        spans = sentence_spans(window.text, "en") or [(0, 0)]
        start, end = max(spans, key=lambda span: len(asked & _concepts(window.text[slice(*span)])))
        met = len(asked & _concepts(window.head + window.text)) / max(1, len(asked))
        return Reading(10 * met - 4, start, end, -0.1)


def _concepts(text: str) -> set[str]:
    return {_CONCEPTS.get(stem, stem) for stem in terms(fold(text))}


def word_layer(kinds: Mapping[str, Kind]) -> Layer:
    """Tells the kind of a question by a word in it, from the fake encoder's vectors; any other asks for a fact."""
    weights = np.zeros((len(KINDS), FakeEncoder.dimension), np.float32)
    for word, kind in kinds.items():
        weights[KINDS.index(kind), direction(terms(word)[0])] = 1000
    return Layer(FakeEncoder().id, weights, np.array([9.0 * (kind == "fact") for kind in KINDS], np.float32))
