"""Any sentence-transformers model, by name or directory, with its own prompts and dimension."""

import hashlib
import json
import logging
from collections.abc import Sequence
from typing import Any

import numpy as np

from embeddings.encoder import Vectors
from embeddings.errors import EncoderUnavailable

_BATCH = 32


class SentenceTransformerEncoder:
    """Runs on a GPU when torch finds one, else on the processor."""

    def __init__(self, name: str) -> None:
        """Load the model. Raises `EncoderUnavailable` when it cannot be found or loaded."""
        from sentence_transformers import SentenceTransformer
        from transformers.utils.logging import disable_progress_bar

        logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
        disable_progress_bar()  # type: ignore[no-untyped-call]  # it has no annotations
        try:
            self._model: Any = SentenceTransformer(name)
        except (OSError, ValueError, KeyError, RuntimeError) as exc:
            reason = str(exc).strip().splitlines()[0] if str(exc).strip() else type(exc).__name__
            raise EncoderUnavailable(f"the encoder '{name}' cannot be loaded: {reason}") from exc
        self.dimension = int(self._model.get_embedding_dimension() or 0)
        self.max_tokens = int(self._model.max_seq_length or 512)
        self.id = f"st-{_digest(self._model, self.max_tokens)[:12]}"

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """(n, dimension) float32, unit length, with the model's own query prompt."""
        return self._unit(texts, self._model.encode_query)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """(n, dimension) float32, unit length, with the model's own document prompt."""
        return self._unit(texts, self._model.encode_document)

    def count_tokens(self, text: str) -> int:
        """Tokens of the document prompt and `text`, special tokens included."""
        prompts = self._model.prompts or {}
        prompt = next((prompts[name] for name in ("document", "passage", "corpus") if prompts.get(name)), "")
        return len(self._model.tokenizer(prompt + _printable(text), truncation=False)["input_ids"])

    def _unit(self, texts: Sequence[str], encode: Any) -> Vectors:
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        vectors = encode(
            [_printable(text) for text in texts], batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(vectors, dtype=np.float32)


def _printable(text: str) -> str:
    """Lone surrogates as "?": tokenizers take UTF-8 only."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _digest(model: Any, max_tokens: int) -> str:
    """SHA-256 over the weights, the modules, the prompts and the maximum length."""
    digest = hashlib.sha256(json.dumps([model.prompts, max_tokens], sort_keys=True).encode())
    digest.update(repr([(name, type(module).__name__) for name, module in model.named_children()]).encode())
    digest.update(repr(getattr(model[1], "pooling_mode", "") if len(model) > 1 else "").encode())
    for name, tensor in sorted(model.state_dict().items()):
        if "pooler" in name:  # unused here, and drawn at random where the checkpoint has none
            continue
        digest.update(name.encode())
        digest.update(tensor.detach().cpu().contiguous().view(-1).float().numpy().tobytes())
    return digest.hexdigest()
