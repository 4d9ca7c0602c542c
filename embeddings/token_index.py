"""The token vectors of one generation, for late interaction (ColBERT: Khattab and Zaharia 2020).

Codes lie in one file that is mapped into memory, so only the tokens of the passages that are looked at
are read.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from embeddings.arrays import write_array, write_rows
from embeddings.encoder import Vectors
from embeddings.errors import IndexUnusable
from embeddings.token_codes import Codes, TokenCodec

#: The place of a token that stands in no character of the passage: its title or section.
NOWHERE = np.iinfo(np.uint16).max
#: What a match in the title or section of a passage is worth to a sentence of it.
HEAD_SHARE = 0.8

Places = npt.NDArray[np.uint16]
Rows = npt.NDArray[np.int64]
Starts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class PassageTokens:
    """The tokens of one passage: `codes` (t, width) uint8, and `places` (t,) uint16.

    A place is the offset of the token's first character in the passage, or `NOWHERE`.
    """

    codes: Codes
    places: Places


@dataclass(frozen=True, slots=True)
class Matches:
    """A question's tokens against a passage's: `cosines` (q, t) float32; `places` as in `PassageTokens`.

    Where the question's vectors are as long as its tokens weigh, the cosines are so many times theirs.
    """

    cosines: Vectors
    places: Places

    @property
    def score(self) -> float:
        """Mean over the question's tokens of the largest cosine, in [-1, 1]; larger is better."""
        return float(self.cosines.max(axis=1).mean()) if self.cosines.size else 0.0

    def score_between(self, start: int, end: int) -> float:
        """The same over the tokens that begin in [start, end) of the passage; -1 where there is none.

        Its title and section count too, by `HEAD_SHARE`: a sentence is read under them.
        """
        best = self.best_between(start, end)
        if best is None or not len(best):
            return -1.0
        return float(np.maximum(best, HEAD_SHARE * self.best_in_head()).mean())

    def best_in_head(self) -> Vectors:
        """(q,) float32: each question token's largest cosine with those of title and section, -1 without such."""
        head = self.cosines[:, self.places == NOWHERE]
        return head.max(axis=1) if head.size else np.full(len(self.cosines), -1, np.float32)

    def best_between(self, start: int, end: int) -> Vectors | None:
        """(q,) float32: each question token's largest cosine with those that begin in [start, end); None if none do."""
        here = (self.places >= start) & (self.places < end)
        return self.cosines[:, here].max(axis=1) if here.any() else None


def places_in(text: str, embedded: str, starts: Starts) -> Places:
    """Where each token of `embedded` begins in `text`, (t,) uint16, `NOWHERE` for what stands before it.

    `starts` are where it begins in `embedded`, (t,) int64.

    That ends with the folded `text`. Folding keeps letters, digits and signs in order and drops
    or turns only spaces, hyphens and marks, so both are counted by the others, from their ends.
    """
    counted = _counted(embedded)
    behind = counted[-1] - counted[starts]
    own = _counted(text)
    places = np.searchsorted(own, own[-1] - behind, side="right") - 1
    places[behind > own[-1]] = NOWHERE
    return np.asarray(np.minimum(places, NOWHERE), np.uint16)


def _counted(text: str) -> npt.NDArray[np.int64]:
    """(len(text) + 1,) int64: how many signs that folding keeps stand before each character."""
    return np.cumsum([0, *map(_signs, text)])


@cache
def _signs(character: str) -> int:
    return sum(unicodedata.category(c)[0] not in "ZCM" and c != "-" for c in unicodedata.normalize("NFKD", character))


def write_tokens(
    folder: Path, passages: Sequence[PassageTokens], codec: TokenCodec, means: Mapping[str, Vectors]
) -> None:
    """Write the tokens of the passages, row by row, their codec and the language means."""
    folder.mkdir()
    starts = np.cumsum([0, *(len(tokens.places) for tokens in passages)])
    rows = max(int(starts[-1]), 1)  # a file without any cannot be mapped
    places = np.full(rows, NOWHERE, np.uint16)
    for start, tokens in zip(starts, passages, strict=False):
        places[start : start + len(tokens.places)] = tokens.places
    codes = [tokens.codes for tokens in passages] if starts[-1] else [np.zeros((1, codec.width), np.uint8)]
    write_rows(folder / "codes.npy", (rows, codec.width), codes)
    write_array(folder / "places.npy", places)
    arrays = {"starts": starts, "mean": codec.mean, **{f"mean_{code}": mean for code, mean in means.items()}}
    np.savez(folder / "space.npz", **arrays)  # type: ignore[arg-type]  # mypy holds ** to allow_pickle too


class TokenIndex:
    """What `write_tokens` wrote, opened for reading; safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        """Open the files. Raises `IndexUnusable`."""
        try:
            self._codes: Codes = np.asarray(np.load(folder / "codes.npy", mmap_mode="r"))
            self._places: Places = np.asarray(np.load(folder / "places.npy", mmap_mode="r"))
            with np.load(folder / "space.npz") as space:
                self._starts = space["starts"]
                self._codec = TokenCodec(space["mean"])
                self.means = {name[5:]: space[name] for name in space.files if name.startswith("mean_")}
        except (OSError, ValueError, EOFError, KeyError, BadZipFile) as exc:
            raise IndexUnusable(f"the token vectors in {folder} cannot be read: {exc}") from exc

    def __len__(self) -> int:
        return len(self._starts) - 1

    def tokens(self, row: int) -> PassageTokens:
        """The tokens of a row, as they were written."""
        here = slice(self._starts[row], self._starts[row + 1])
        return PassageTokens(self._codes[here], self._places[here])

    def scores(self, query: Vectors, rows: Rows, language: str) -> Vectors:
        """(n,) float32 `Matches.score` of a query's centred (q, dimension) vectors with rows of one language."""
        cosines, ends = self._cosines(query, rows, language)
        starts = np.append(0, ends[:-1])
        scores = np.zeros(len(rows), np.float32)
        holds = starts < ends
        if holds.any() and len(query):
            scores[holds] = np.maximum.reduceat(cosines.T, starts[holds]).mean(axis=1)
        return scores

    def matches(self, query: Vectors, rows: Rows, language: str) -> list[Matches]:
        """A query's centred (q, dimension) vectors against each of these rows, of one language."""
        cosines, ends = self._cosines(query, rows, language)
        parts = np.split(cosines, ends[:-1], axis=1) if len(rows) else []
        return [Matches(part, self.tokens(int(row)).places) for part, row in zip(parts, rows, strict=True)]

    def _cosines(self, query: Vectors, rows: Rows, language: str) -> tuple[Vectors, Starts]:
        """(q, t) cosines with the tokens of all rows, one after the other, and where each row's end, (n,) int64."""
        codes = [self.tokens(int(row)).codes for row in rows]
        together = np.concatenate(codes) if codes else self._codes[:0]
        cosines = self._codec.cosines(query, together, self.means.get(language, self._codec.mean))
        return cosines, np.cumsum([len(part) for part in codes], dtype=np.int64)
