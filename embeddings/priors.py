"""Prior mean vectors of Russian and English for the default encoder, shipped with the program.

Of passages and of tokens.

`scripts/make_priors.py` computes them from the built-in library.
"""

from pathlib import Path

import numpy as np

from embeddings.encoder import Vectors

PRIORS_FILE = Path(__file__).parent / "priors.npz"
_TOKENS = "tokens_"


def load_priors(encoder_id: str) -> dict[str, Vectors]:
    """{language: (dimension,) float32} of passages; empty when none are shipped for this encoder."""
    return {name: mean for name, mean in _load(encoder_id).items() if not name.startswith(_TOKENS)}


def load_token_priors(encoder_id: str) -> dict[str, Vectors]:
    """{language: (dimension,) float32} of unit token vectors; empty when none are shipped for this encoder."""
    return {name.removeprefix(_TOKENS): mean for name, mean in _load(encoder_id).items() if name.startswith(_TOKENS)}


def _load(encoder_id: str) -> dict[str, Vectors]:
    with np.load(PRIORS_FILE) as stored:
        if str(stored["encoder_id"]) != encoder_id:
            return {}
        return {name: stored[name] for name in stored.files if name != "encoder_id"}
