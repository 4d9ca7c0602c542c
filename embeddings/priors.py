"""Prior mean vectors of Russian and English for the default encoder, shipped with the program.

Of passages and of tokens.

`scripts/make_priors.py` computes them from the built-in library.
"""

from pathlib import Path

import numpy as np

from embeddings.encoder import Encoder, Vectors
from embeddings.token_codes import TokenCodec

PRIORS_FILE = Path(__file__).parent / "priors.npz"
_TOKENS = "tokens_"
_SAMPLE = (
    "The members of the union agreed on common rules for trade, transport and energy.",
    "What does the treaty say about the court, its judges and their term of office?",
    "Государства союза договорились об общих правилах торговли, транспорта и энергетики.",
    "Что сказано в договоре о суде, его судьях и сроке их полномочий?",
)


def load_priors(encoder_id: str) -> dict[str, Vectors]:
    """{language: (dimension,) float32} of passages; empty when none are shipped for this encoder."""
    return {name: mean for name, mean in _load(encoder_id).items() if not name.startswith(_TOKENS)}


def load_token_priors(encoder_id: str) -> dict[str, Vectors]:
    """{language: (dimension,) float32} of unit token vectors; empty when none are shipped for this encoder."""
    return {name.removeprefix(_TOKENS): mean for name, mean in _load(encoder_id).items() if name.startswith(_TOKENS)}


def token_codec(encoder: Encoder) -> TokenCodec:
    """The codec for an encoder's tokens: the same for the same encoder, whatever it has read before.

    Its mean is that of the shipped priors, else of the tokens of a few sentences.
    """
    priors = load_token_priors(encoder.id).values()
    vectors = list(priors) or [found.tokens for found in encoder.encode_query_tokens(_SAMPLE)]
    return TokenCodec(np.asarray(np.vstack(vectors).mean(axis=0), np.float32))


def _load(encoder_id: str) -> dict[str, Vectors]:
    with np.load(PRIORS_FILE) as stored:
        if str(stored["encoder_id"]) != encoder_id:
            return {}
        return {name: stored[name] for name in stored.files if name != "encoder_id"}
