"""Token vectors in one byte for every six dimensions: 64 bytes a token of 384.

A random rotation makes the coordinates of a centred unit vector nearly independent and Gaussian,
whatever the model and the texts, so that one codebook, made beforehand, fits them all and nothing is
trained (TurboQuant: Zandieh et al. 2025; product quantisation: Jégou, Douze, Schmid 2011).
"""

from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from embeddings.encoder import Vectors

#: 256 points that quantise a Gaussian in six dimensions; `scripts/make_priors.py` computes them.
CODEBOOK_FILE = Path(__file__).parent / "gaussian_codebook.npy"
GROUP = 6

_BLOCK = 4096
_CACHED = 1024  # so many decoded vectors stay in a processor's cache
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
        """(q, n) float32 cosines of unit vectors with coded ones from which `centre` is subtracted."""
        turned, shift = queries @ self._rotation, (self.mean - centre) / self._scale @ self._rotation
        both = np.ascontiguousarray(np.vstack([turned, shift]).T, np.float32)
        found = np.empty((len(queries), len(codes)), np.float32)
        for start in range(0, len(codes), _CACHED):
            block = codes[start : start + _CACHED]
            products = self._rotated(block) @ both
            squares = np.take(_lengths(), block).sum(axis=1) + 2 * products[:, -1] + shift @ shift
            cosines = (products[:, :-1] + turned @ shift) / np.sqrt(np.maximum(squares, 1e-12))[:, None]
            found[:, start : start + _CACHED] = cosines.T
        return found

    def _rotated(self, codes: Codes) -> Vectors:
        """(n, width * 6) float32: the codes' points, in units of their spread, in the rotated space."""
        rotated: Vectors = np.take(_codebook(), codes, axis=0).reshape(len(codes), self.width * GROUP)
        return rotated


@cache
def _codebook() -> Vectors:
    book: Vectors = np.load(CODEBOOK_FILE)
    return book


@cache
def _lengths() -> Vectors:
    """(256,) float32: the squared length of each point of the codebook."""
    return np.asarray((_codebook() ** 2).sum(axis=1), np.float32)


@cache
def _rotation(dimension: int) -> Vectors:
    """(dimension, the next multiple of 6) float32, rows orthonormal: random signs, then a cosine transform."""
    size = -(-dimension // GROUP) * GROUP
    signs = np.random.default_rng(_SEED).choice([-1.0, 1.0], dimension)
    waves = np.cos(np.pi / size * np.outer(np.arange(dimension), np.arange(size) + 0.5)) * np.sqrt(2 / size)
    waves[0] /= np.sqrt(2)
    return np.asarray(signs[:, None] * waves, np.float32)
