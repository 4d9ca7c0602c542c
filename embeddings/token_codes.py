"""Token vectors in one byte for every six dimensions: 64 bytes a token of 384.

A random rotation makes the coordinates of a centred unit vector nearly independent and Gaussian,
whatever the model and the texts, so that one codebook, made beforehand, fits them all and nothing is
trained (TurboQuant: Zandieh et al. 2025; product quantisation: Jégou, Douze, Schmid 2011).
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from embeddings.encoder import Vectors
from embeddings.integer_products import LARGEST, ZERO, Right, integer_product

#: 256 points that quantise a Gaussian in six dimensions; `scripts/make_priors.py` computes them.
CODEBOOK_FILE = Path(__file__).parent / "gaussian_codebook.npy"
GROUP = 6
#: Bytes of a point where products are computed, its squared length in the last two: numpy copies eight at once.
LANES = 8
#: So many steps of the last lane are one of the lane before.
FINE = 126
#: The largest number on the right side of a product.
LONGEST = 127

_BLOCK = 4096
_SEED = 0

Codes = npt.NDArray[np.uint8]


class TokenCodec:
    """Codes for unit vectors that lie around a common mean, and back.

    Vectors of one mean are compared with codes of the same mean only. Scores are computed in the
    rotated space, which leaves inner products as they are and spares turning back.
    """

    def __init__(self, mean: Vectors) -> None:
        """Take the mean of the vectors to come, (dimension,) float32; a rough one will do."""
        self.mean = mean
        self._rotation = _rotation(len(mean))
        self.width = self._rotation.shape[1] // GROUP
        spread = np.sqrt(max(1.0 - float(mean @ mean), 1e-6))
        self._scale = np.float32(spread / np.sqrt(self._rotation.shape[1]))

    def encode(self, vectors: Vectors) -> Codes:
        """(n, width) uint8 of (n, dimension) float32 unit vectors."""
        book = _codebook()
        nearest = np.vstack([book.T, -0.5 * np.einsum("ij,ij->i", book, book)])
        groups = (((vectors - self.mean) / self._scale) @ self._rotation).reshape(-1, GROUP)
        codes = np.empty(len(groups), np.uint8)
        for start in range(0, len(groups), _BLOCK):
            block = groups[start : start + _BLOCK]
            codes[start : start + _BLOCK] = (np.c_[block, np.ones(len(block), np.float32)] @ nearest).argmax(axis=1)
        return codes.reshape(len(vectors), self.width)

    def decode(self, codes: Codes) -> Vectors:
        """(n, dimension) float32, near the vectors that were encoded but not of unit length."""
        return np.asarray(self._rotated(codes) @ self._rotation.T * self._scale + self.mean, np.float32)

    def cosines(self, queries: Vectors, codes: Codes, centre: Vectors) -> Vectors:
        """(q, n) float32 cosines of unit vectors with coded ones from which `centre` is subtracted.

        Products are of 8-bit numbers: a cosine is within .01 of that with `decode`'s vector.
        """
        shift = (self.mean - centre) / self._scale @ self._rotation
        turned = queries @ self._rotation
        columns = np.vstack([turned, shift])
        units = np.maximum(np.abs(columns).max(axis=1), np.finfo(np.float32).tiny) / np.float32(LONGEST)
        points = _points()
        found = integer_product(
            points.packed.take(codes).view(np.uint8).reshape(len(codes), self.width * LANES),
            self._right(columns / units[:, None]),
            np.append(units * points.step, points.length_step),
            np.concatenate([turned @ shift, [0, self.width * points.length_offset]], dtype=np.float32),
        )
        squares = found[:, -1] + 2 * found[:, -2] + shift @ shift
        cosines: Vectors = found[:, :-2]
        cosines /= np.sqrt(np.maximum(squares, 1e-12))[:, None]
        return cosines.T

    def _right(self, columns: Vectors) -> Right:
        """(8 * width, m + 1) int8: the columns by lanes, and the one that adds up squared lengths."""
        right = np.zeros((self.width, LANES, len(columns) + 1), np.int8)
        right[:, :GROUP, :-1] = np.rint(columns).T.reshape(self.width, GROUP, -1)
        right[:, GROUP:, -1] = FINE, 1
        return right.reshape(self.width * LANES, -1)

    def _rotated(self, codes: Codes) -> Vectors:
        """(n, width * 6) float32: the codes' points, in units of their spread, in the rotated space."""
        rotated: Vectors = np.take(_codebook(), codes, axis=0).reshape(len(codes), self.width * GROUP)
        return rotated


@dataclass(frozen=True, slots=True)
class _Points:
    """The codebook in 8 bits, eight lanes a point: its coordinates, its squared length, and the rest of that.

    `packed` (256,) uint64 holds each point's lanes as `integer_products` wants them. `step` is the unit of a
    coordinate, `length_step` that of `FINE` times the seventh lane and the eighth, `length_offset` what a point
    whose two are 0 has.
    """

    packed: npt.NDArray[np.uint64]
    step: np.float32
    length_step: np.float32
    length_offset: np.float32


@cache
def _points() -> _Points:
    book = _codebook()
    step = np.abs(book).max() / np.float32(LARGEST)
    lengths = (book**2).sum(axis=1)
    coarse = lengths.max() / np.float32(2 * LARGEST)
    lanes = np.empty((len(book), LANES), np.float32)
    lanes[:, :GROUP] = np.rint(book / step)
    lanes[:, GROUP] = np.rint(lengths / coarse) - LARGEST
    lanes[:, GROUP + 1] = np.rint((lengths - (lanes[:, GROUP] + LARGEST) * coarse) / coarse * FINE)
    packed = (lanes + ZERO).astype(np.uint8).view(np.uint64)[:, 0]
    return _Points(packed, step, coarse / FINE, coarse * LARGEST)


@cache
def _codebook() -> Vectors:
    book: Vectors = np.load(CODEBOOK_FILE)
    return book


@cache
def _rotation(dimension: int) -> Vectors:
    """(dimension, the next multiple of 6) float32, rows orthonormal: random signs, then a cosine transform."""
    size = -(-dimension // GROUP) * GROUP
    signs = np.random.default_rng(_SEED).choice([-1.0, 1.0], dimension)
    waves = np.cos(np.pi / size * np.outer(np.arange(dimension), np.arange(size) + 0.5)) * np.sqrt(2 / size)
    waves[0] /= np.sqrt(2)
    return np.asarray(signs[:, None] * waves, np.float32)
