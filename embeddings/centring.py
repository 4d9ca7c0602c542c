"""Language-centred vectors: dense retrieval that is fair to both languages.

Multilingual encoders place each language around a mean of its own, so a query is nearer to any
passage of its language than to the right passage of another. Subtracting each language's mean
passage vector from its passages and queries removes that (Libovický, Rosa, Fraser 2020).
"""

from collections.abc import Mapping, Sequence

import numpy as np

from embeddings.encoder import Vectors

#: How many passages the prior is worth: with as many stored ones, mean and prior weigh the same.
PRIOR_WEIGHT = 20

#: A mean that moved by less than this stays. On XQuAD, means moved so far at random change no figure
#: by more than 0.5 points.
MAX_DRIFT = 0.02

#: The further a token of a question lies from the mean of its language, the more it says: the weight of a token is
#: this power of the distance. On the tuning questions 2 to 6 do about the same.
WEIGHT_POWER = 4

Means = Mapping[str, Vectors]


def language_means(vectors: Vectors, languages: Sequence[str], priors: Means) -> dict[str, Vectors]:
    """The mean vector of each language, shrunk towards its prior: {code: (dimension,) float32}.

    With n passages of a language the mean has weight n / (n + `PRIOR_WEIGHT`). A language without
    a prior of its own shrinks towards the mean of all priors, or zero when there are none. A
    language that has only a prior keeps it, so that a query in it can be centred.
    """
    codes = np.asarray(languages)
    general = np.mean(list(priors.values()), axis=0) if priors else np.zeros(vectors.shape[1])
    means = {}
    for code in sorted({*languages, *priors}):
        own = vectors[codes == code]
        prior = priors.get(code, general)
        total = own.sum(axis=0, dtype=np.float64) + PRIOR_WEIGHT * np.asarray(prior, np.float64)
        means[code] = (total / (len(own) + PRIOR_WEIGHT)).astype(np.float32)
    return means


def settled(means: Means, before: Means) -> dict[str, Vectors]:
    """The means to use: a language keeps its earlier one until the new one has drifted from it.

    Drift is the Euclidean distance between the two, at most `MAX_DRIFT`; the length of a vector is
    1. So a small addition leaves the vectors of all other passages as they were.
    """
    kept = {}
    for code, mean in means.items():
        old = before.get(code)
        near = old is not None and old.shape == mean.shape and float(np.linalg.norm(mean - old)) <= MAX_DRIFT
        kept[code] = old if near and old is not None else mean
    return kept


def centre(vectors: Vectors, languages: Sequence[str], means: Means) -> Vectors:
    """Each vector less the mean of its language, brought back to unit length, (n, dimension) float32.

    A language without a mean is left as it is.
    """
    centred = np.array(vectors, np.float32, copy=True)
    codes = np.asarray(languages)
    for code, mean in means.items():
        centred[codes == code] -= mean
    norms = np.linalg.norm(centred, axis=1, keepdims=True)
    return np.asarray(centred / np.maximum(norms, 1e-12), np.float32)


def centre_by_weight(tokens: Vectors, mean: Vectors | None) -> Vectors:
    """(q, dimension) float32: the token vectors of a question, centred, each as long as it weighs; 1 on average.

    A mean of cosines taken with these is weighted. Without a mean all weigh the same.
    """
    if mean is None or not len(tokens):
        return tokens
    centred = tokens - mean
    norms = np.maximum(np.linalg.norm(centred, axis=1), 1e-12)
    weights = norms**WEIGHT_POWER
    return np.asarray(centred * (weights / weights.mean() / norms)[:, None], np.float32)
