"""Prior mean vectors of Russian and English for the default encoder, shipped with the program.

`scripts/make_priors.py` computes them from the built-in library.
"""

from pathlib import Path

import numpy as np

from embeddings.encoder import Vectors

PRIORS_FILE = Path(__file__).parent / "priors.npz"


def load_priors(encoder_id: str) -> dict[str, Vectors]:
    """{language: (dimension,) float32} for this encoder; empty when none are shipped for it."""
    with np.load(PRIORS_FILE) as stored:
        if str(stored["encoder_id"]) != encoder_id:
            return {}
        return {name: stored[name] for name in stored.files if name != "encoder_id"}
