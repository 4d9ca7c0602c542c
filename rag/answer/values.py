"""Whether two answers say the same: numbers and dates by their value, words by their stems or the encoder."""

import re
from collections.abc import Sequence

import numpy as np

from corpus import fold
from embeddings import Encoder, terms
from rag.search.glossary import Glossary

#: Cosine of two short answers in different languages from which on they say the same.
SAME_ACROSS = 0.9
#: Share of the stems of the shorter answer that the longer one has, from which on they say the same.
SAME_STEMS = 0.6

_MONTHS = (
    "jan янв",
    "feb фев",
    "mar мар",
    "apr апр",
    "may мая май",
    "jun июн",
    "jul июл",
    "aug авг",
    "sep сен",
    "oct окт",
    "nov ноя",
    "dec дек",
)
_MONTH = {stem: number for number, stems in enumerate(_MONTHS, start=1) for stem in stems.split()}
_NUMBER_WORDS = {
    word: number
    for number, words in enumerate(
        (
            "zero ноль",
            "one один одна одного одной",
            "two два две двух двумя",
            "three три трёх трех тремя",
            "four четыре четырёх четырех",
            "five пять пяти",
            "six шесть шести",
            "seven семь семи",
            "eight восемь восьми",
            "nine девять девяти",
            "ten десять десяти",
            "eleven одиннадцать одиннадцати",
            "twelve двенадцать двенадцати",
        )
    )
    for word in words.split()
}
_DIGITS = re.compile(r"\d+(?:[ \u00a0\u202f]\d{3})+(?!\d)|\d{1,3}(?:,\d{3})+(?!\d)|\d+(?:[.,]\d+)?")
_WORD = re.compile(r"[^\W\d_]+")


def numbers(text: str) -> frozenset[float]:
    """The numbers of a text: digits however they are grouped, small number words, months as 1/100 to 12/100."""
    found = {_value(digits) for digits in _DIGITS.findall(text)}
    for word in _WORD.findall(text.lower()):
        if word in _NUMBER_WORDS:
            found.add(float(_NUMBER_WORDS[word]))
        elif word[:3] in _MONTH and (len(word) > 3 or word == "may" or word == "мая"):
            found.add(_MONTH[word[:3]] / 100)
    return frozenset(found)


def _value(digits: str) -> float:
    plain = re.sub(r"[ \u00a0\u202f]", "", digits)
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+", plain):
        plain = plain.replace(",", "")
    return float(plain.replace(",", "."))


class Comparer:
    """Compares short answers in any languages."""

    def __init__(self, encoder: Encoder, glossary: Glossary) -> None:
        self._encoder, self._glossary = encoder, glossary

    def same(self, one: tuple[str, str], others: Sequence[tuple[str, str]]) -> list[bool]:
        """For each of the other (text, language) answers whether it says the same as the first."""
        if not others:
            return []
        told = [self._by_words(one, other) for other in others]
        unsure = [place for place, said in enumerate(told) if said is None]
        if unsure:
            near = self._nearness(one[0], [others[place][0] for place in unsure])
            for place, cosine in zip(unsure, near, strict=True):
                told[place] = cosine >= SAME_ACROSS
        return [bool(said) for said in told]

    def _by_words(self, one: tuple[str, str], other: tuple[str, str]) -> bool | None:
        """Whether they say the same, None where words in two languages cannot tell."""
        mine, theirs = numbers(one[0]), numbers(other[0])
        if mine and theirs:
            return mine <= theirs or theirs <= mine
        if one[1] != other[1]:
            return None
        own, its = (set(terms(fold(text), language)) for text, language in (one, other))
        named = {entry.names["en"][0] for entry in self._glossary.find(one[0])}
        if named and named & {entry.names["en"][0] for entry in self._glossary.find(other[0])}:
            return True
        least = min(len(own), len(its))
        return least > 0 and len(own & its) / least >= SAME_STEMS

    def _nearness(self, one: str, others: Sequence[str]) -> list[float]:
        vectors = self._encoder.encode_queries([one, *others])
        return [float(x) for x in np.asarray(vectors[1:] @ vectors[0])]
