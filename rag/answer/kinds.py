"""What kind of question is asked: a linear layer on the question's vector, which search has made already.

The layer is fitted by `scripts/reader/kinds.py` to questions that were labelled by hand, and carries the id of the
encoder whose vectors it reads; for another encoder every question is one for a fact.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

import numpy as np

from embeddings import Vectors

Kind = Literal["fact", "list", "definition", "comparison", "courtesy"]
KINDS: tuple[Kind, ...] = get_args(Kind)

#: A message counts as a courtesy only where the layer is as sure as this: a question must not be waved off.
SURE_COURTESY = 0.8


@dataclass(frozen=True, slots=True)
class Layer:
    """`weights` (kinds, dimension) and `bias` (kinds,), float32, for the encoder of this id."""

    encoder: str
    weights: Vectors
    bias: Vectors

    def kind(self, vector: Vectors, encoder: str) -> Kind:
        """The kind of a question whose vector (dimension,), as encoded and not centred, comes from this encoder."""
        if encoder != self.encoder:
            return "fact"
        logits = self.weights @ vector + self.bias
        shares = np.exp(logits - logits.max())
        shares /= shares.sum()
        best: Kind = KINDS[int(shares.argmax())]
        if best == "courtesy" and shares.max() < SURE_COURTESY:
            return "fact"
        return best


@cache
def load_layer() -> Layer:
    """The layer that comes with the program."""
    stored = json.loads((files("rag.answer") / "kinds.json").read_text("utf-8"))
    weights = np.array([stored["weights"][kind] for kind in KINDS], np.float32)
    return Layer(stored["encoder"], weights, np.array([stored["bias"][kind] for kind in KINDS], np.float32))
