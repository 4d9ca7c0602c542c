"""Whether a sentence denies what its source affirms, or the other way round, clause by clause."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from embeddings import Vectors, terms, tokens

Span = tuple[int, int]

_NEGATION = re.compile(
    r"\b(?:not|never|neither|nor|cannot|without)\b|n['’]t\b|\bno\b(?!\.?\s*\d)"
    r"|\b(?:не|ни|нет|никогда|нельзя|без|никто|ничего|никак\w+|невозможн\w+|нереализован\w+|несовместим\w+)\b",
    re.I,
)
#: Words that deny without a negation: they answer one, and ask for none.
_DENIAL = re.compile(
    r"\b(?:refrain\w*|refus\w+|declin\w+|den(?:y|ies|ied)|reject\w*|outside|lack\w*|absen\w+|except|incompatible|unfeasible"
    r"|unable|fail(?:s|ed)?|short of|only|impossible|un(?:able|settled|finished|defined)|rule[ds]? out"
    r"|hard to|weak\w*|stay\w* out|left out|frozen|stopped|ended|lapsed|ceased"
    r"|отказ\w+|отверг\w*|отриц\w+|вне|кроме|лишь|только|отсутств\w+|неосуществим\w+|помимо|исключ\w+|воздерж\w+"
    r"|несовпаден\w+|против|запре\w+|прекрат\w+|переста\w+|освобожд\w+)\b",
    re.I,
)
_BREAK = re.compile(
    r"[,;:()]|\s[—–-]\s|\b(?:and|while|but|whereas|although|though|because|и|а|но|однако|хотя|зато)\b", re.I
)
_SHORT = 3  # a piece of fewer words is part of a list
_SCOPE = 3  # so many words behind a negation are what it denies
#: How near what the source denies must come to words of the sentence to be what it speaks of.
_SAME = 0.6


@dataclass(frozen=True, slots=True)
class Tokenised:
    """A text with the vectors of its tokens (t, dimension), centred and of unit length, and where they begin."""

    text: str
    tokens: Vectors
    places: Sequence[int]


def contradicts(sentence: Tokenised, source: Tokenised) -> bool:
    """Whether one of the two denies what the other affirms: a clause about the same holds no negation there."""
    if not (_NEGATION.search(sentence.text) or _NEGATION.search(source.text)):
        return False
    return _unanswered(sentence, source, -1.0) or _unanswered(source, sentence, _SAME)


def _unanswered(one: Tokenised, other: Tokenised, least: float) -> bool:
    """Whether `one` negates words whose counterpart in `other`, at least so near, stands in a clause that affirms."""
    cosines = one.tokens @ other.tokens.T
    here, there = np.asarray(one.places), np.asarray(other.places)
    spans = [(a, b) for a, b in clauses(other.text) if ((there >= a) & (there < b)).any()]
    for start, end in _scopes(one.text):
        denied = cosines[(here >= start) & (here < end)]
        if not len(denied) or not spans:
            continue
        near = [float(denied[:, (there >= a) & (there < b)].max(axis=1).mean()) for a, b in spans]
        best = int(np.argmax(near))
        words = other.text[slice(*spans[best])]
        if near[best] >= least and not (_NEGATION.search(words) or _DENIAL.search(words)):
            return True
    return False


def _scopes(text: str) -> Iterator[Span]:
    """(start, end) of the words that each negation denies."""
    for found in _NEGATION.finditer(text):
        words = [(start, end) for word, start, end in tokens(text) if start >= found.end() and terms(word)][:_SCOPE]
        end = next((b for a, b in clauses(text) if a <= found.start() < b), len(text))
        inside = [word for word in words if word[0] < end]
        if inside:
            yield inside[0][0], inside[-1][1]


def clauses(text: str) -> list[Span]:
    """(start, end) of the clauses of `text`; together they cover it."""
    cuts = [0, *(found.start() for found in _BREAK.finditer(text)), len(text)]
    spans: list[Span] = []
    for start, end in pairwise(cuts):
        if spans and len(text[start:end].split()) <= _SHORT and not _NEGATION.search(text[start:end]):
            spans[-1] = (spans[-1][0], end)
        elif end > start:
            spans.append((start, end))
    return spans
