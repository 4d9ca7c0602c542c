"""Any sentence-transformers model, by name or directory, with its own prompts and dimension."""

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from embeddings.encoder import TokenVectors, Vectors
from embeddings.errors import EncoderUnavailable
from embeddings.sentence_transformer_graph import quicken

_BATCH = 32
_HUB_TIMEOUT_S = 5.0
_DOCUMENT = ("document", "passage", "corpus")
_TOKEN_PLACES = {"text": {"return_offsets_mapping": True, "return_special_tokens_mask": True}}


class SentenceTransformerEncoder:
    """Runs on a GPU when torch finds one, else on all processors."""

    runs_at_once = 1

    def __init__(self, name: str, graphs: Path | None = None) -> None:
        """Load the model; with `graphs`, a folder for its fast form, run that where it agrees with the model.

        Raises `EncoderUnavailable` when the model cannot be found or loaded.
        """
        from sentence_transformers import SentenceTransformer
        from transformers.utils.logging import disable_progress_bar

        logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
        disable_progress_bar()  # type: ignore[no-untyped-call]  # transformers has no annotations there
        try:
            self._model: Any = SentenceTransformer(name, local_files_only=not _hub_answers(name))
        except (OSError, ValueError, KeyError, RuntimeError) as exc:
            reason = str(exc).strip().splitlines()[0] if str(exc).strip() else type(exc).__name__
            raise EncoderUnavailable(f"the encoder '{name}' cannot be loaded: {reason}") from exc
        self.dimension = int(self._model.get_embedding_dimension() or 0)
        self.max_tokens = int(self._model.max_seq_length or 512)
        self.id = f"st-{_digest(self._model, self.max_tokens)[:12]}"
        if graphs:
            quicken(self._model, graphs, self.id)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """(n, dimension) float32, unit length, with the model's own query prompt."""
        return self._unit(texts, self._model.encode_query)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """(n, dimension) float32, unit length, with the model's own document prompt."""
        return self._unit(texts, self._model.encode_document)

    def encode_query_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Vectors of each text as a query and of its tokens, up to the maximum length."""
        return self._tokens(texts, self._model.encode_query, self._prompt("query"))

    def encode_passage_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Vectors of each text as a passage and of its tokens, up to the maximum length."""
        return self._tokens(texts, self._model.encode_document, self._prompt(*_DOCUMENT))

    def count_tokens(self, text: str) -> int:
        """Tokens of the document prompt and `text`, special tokens included."""
        prompted = self._prompt(*_DOCUMENT) + _printable(text)
        return len(self._model.tokenizer(prompted, truncation=False)["input_ids"])

    def _prompt(self, *names: str) -> str:
        """The model's own prompt under the first of the names that has one."""
        prompts = self._model.prompts or {}
        return next((prompts[name] for name in names if prompts.get(name)), "")

    def _tokens(self, texts: Sequence[str], encode: Any, prompt: str) -> list[TokenVectors]:
        printable = [_printable(text) for text in texts]
        found = encode(
            printable,
            batch_size=_BATCH,
            output_value=None,
            show_progress_bar=False,
            processing_kwargs=_TOKEN_PLACES,
        )
        return [_token_vectors(*pair, len(prompt)) for pair in zip(printable, found, strict=True)]

    def _unit(self, texts: Sequence[str], encode: Any) -> Vectors:
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        vectors = encode(
            [_printable(text) for text in texts], batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(vectors, dtype=np.float32)


def _hub_answers(name: str) -> bool:
    """Whether the model hub is there to be asked for this model; one attempt, where loading makes dozens."""
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError

    if Path(name).is_dir():
        return False
    try:
        HfApi().model_info(name, timeout=_HUB_TIMEOUT_S)
    except HfHubHTTPError:  # also an answer
        return True
    except Exception:  # the client, its HTTP library and the network raise errors of many bases; all mean no answer
        return False
    return True


def _token_vectors(text: str, features: Mapping[str, Any], prompt_length: int) -> TokenVectors:
    """The features of one encoded text without special tokens and padding."""
    pooled, states = (features[name].float().cpu().numpy() for name in ("sentence_embedding", "token_embeddings"))
    offsets = features["offset_mapping"].cpu().numpy()
    own = features["special_tokens_mask"].cpu().numpy() == 0
    return TokenVectors.of(text, pooled / np.linalg.norm(pooled), states[own], offsets[own] - prompt_length)


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
