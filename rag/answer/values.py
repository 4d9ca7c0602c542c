"""Whether two short answers say the same: numbers and dates by value, words by stems, across languages by the
encoder.
"""

from collections.abc import Sequence

import numpy as np

from corpus import fold
from embeddings import Encoder, terms
from rag.language.numbers import dates, numbers
from rag.search.glossary import WORDS, Glossary

#: Cosine of two short answers in different languages from which on they say the same.
SAME_ACROSS = 0.9
#: Share of the stems of the shorter answer that the longer one has, from which on they say the same.
SAME_STEMS = 0.6

#: An answer's words and their language.
Value = tuple[str, str]


class Comparer:
    """Compares short answers in any languages; for several threads."""

    def __init__(self, encoder: Encoder, glossary: Glossary) -> None:
        self._encoder, self._glossary = encoder, glossary

    def same(self, one: Value, others: Sequence[Value]) -> list[bool]:
        """For each of the other answers whether it says the same as the first."""
        told = [self._by_words(one, other) for other in others]
        unsure = [place for place, said in enumerate(told) if said is None]
        if unsure:
            vectors = self._encoder.encode_queries([one[0], *(others[place][0] for place in unsure)])
            for place, cosine in zip(unsure, np.asarray(vectors[1:] @ vectors[0]), strict=True):
                told[place] = bool(cosine >= SAME_ACROSS)
        return [bool(said) for said in told]

    def _by_words(self, one: Value, other: Value) -> bool | None:
        """Whether they say the same, None where words in two languages cannot tell."""
        mine, theirs = _figures(one), _figures(other)
        if mine and theirs:
            return mine <= theirs or theirs <= mine
        named, known = self._names(one[0]), self._names(other[0])
        if named and known:
            return bool(named <= known or known <= named)
        if one[1] != other[1]:
            return None
        own, its = (set(terms(fold(text), language)) for text, language in (one, other))
        least = min(len(own), len(its))
        return least > 0 and len(own & its) >= SAME_STEMS * least

    def _names(self, text: str) -> set[str]:
        """What of the glossary is named, by its usual English name."""
        return {entry.names["en"][0] for entry in self._glossary.find(text) if entry.topic not in WORDS}


def _figures(value: Value) -> frozenset[object]:
    """The numbers and dates of an answer; a date's year counts alone too, so that "2014" and "29 May 2014" agree."""
    text = fold(value[0])
    dated = list(dates(text))
    found: set[object] = {str(one.value) for one in numbers(text, value[1], dated)}
    for one in dated:
        found.add(one.value)
        if isinstance(one.value, tuple) and one.value[0]:
            found.add(str(one.value[0]))
    return frozenset(found)
