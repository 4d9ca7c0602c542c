"""Vector and lexical scores of one language's passages, fused; and languages, merged.

BM25 knows nothing of passages in another language than the query's, so a sum over both languages
pushes them down. Here it only reorders passages within a language; where the languages stand to
each other is left to the language-centred dense scores.
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

#: In the query's language, and in another one, where only names and numbers can match.
LEXICAL_WEIGHT, CROSS_LEXICAL_WEIGHT = 0.4, 0.1
#: In another language, when the question names something that the glossary knows.
NAMES_WEIGHT = 0.4
#: Beside late interaction BM25 keeps this share of its weight.
RERANKED_SHARE = 0.6


def fuse(vector: Floats, lexical: Floats, weight: float) -> Floats:
    """(n,) float32: (1 - weight) z(vector) + weight z(lexical), larger is better.

    z-scores are taken over the n candidates; scores that are all equal count as 0.
    """
    return np.asarray((1 - weight) * _standardised(vector) + weight * _standardised(lexical), np.float32)


def deal(dense: Floats, ranked: npt.NDArray[np.int64]) -> Floats:
    """(n,) float32: the dense scores dealt out anew, the largest to the first of `ranked`."""
    dealt = np.empty_like(dense)
    dealt[ranked] = np.sort(dense)[::-1]
    return dealt


def _standardised(scores: Floats) -> Floats:
    spread = float(scores.std()) if scores.size else 0.0
    return np.asarray((scores - scores.mean()) / spread if spread > 1e-9 else np.zeros_like(scores), np.float32)
