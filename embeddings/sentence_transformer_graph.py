"""The fast form of a sentence-transformers model of BERT's or RoBERTa's kind, for the processor.

Only the transformer inside is replaced, by the graph that `embeddings.e5_graph` writes; the model's
own tokenizer, prompts, maximum length, pooling and further modules stay. It is used where the vectors
of sample texts agree with the model's own.
"""

import platform
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from embeddings.e5 import processors
from embeddings.e5_calibration import measure_ranges
from embeddings.e5_graph import GRAPH_VERSION, INPUT, OUTPUT, load_runtime, open_session, write_graph
from embeddings.e5_weights import Floats, Shape
from embeddings.errors import EncoderUnavailable
from embeddings.prepared_graph import replace_file

_ARCHITECTURES = ("bert", "roberta", "xlm-roberta", "camembert")
_LEAST_AGREEMENT = 0.97
_SAMPLES = (
    "Where does the Court of the Eurasian Economic Union sit?",
    "Пенсии трудящихся выплачивает то государство, в котором они работали, по Соглашению 2019 года.",
    "The customs duties that the member states collect are entered in one account and divided among the "
    "budgets of the members in shares that the treaty fixes; what is not divided by the end of the day "
    "stays in the account and is divided the next day, and the central banks answer for the transfer.",
    "5",
)
_EMBEDDING = {"word": "word_embeddings", "pos": "position_embeddings", "type": "token_type_embeddings"}
_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def quicken(model: Any, folder: Path, model_id: str) -> bool:
    """Let `model`, a SentenceTransformer on the processor, run the graph kept in `folder`, written if need be.

    Returns False, with the model as it was, for another architecture and where the vectors of the
    sample texts have a cosine below .97 to the model's own.
    """
    transformer = model[0].auto_model
    config = transformer.config
    if config.model_type not in _ARCHITECTURES or config.hidden_act != "gelu" or model.device.type != "cpu":
        return False
    weights = TorchWeights(transformer, model.tokenizer)
    own = _sample_vectors(model)
    try:
        transformer.forward = _Forward(weights, _open_graph(weights, folder, model_id))
        agrees = float((own * _sample_vectors(model)).sum(axis=1).min()) >= _LEAST_AGREEMENT
    except (EncoderUnavailable, OSError):
        agrees = False
    if not agrees and "forward" in vars(transformer):
        del transformer.forward
    return agrees


class TorchWeights:
    """The weights of a loaded BERT or RoBERTa under the names that `E5Weights` has."""

    def __init__(self, transformer: Any, tokenizer: Any) -> None:
        config = transformer.config
        self._first_position = 0 if config.model_type == "bert" else config.pad_token_id + 1
        self.shape = Shape(
            config.hidden_size,
            config.num_hidden_layers,
            config.num_attention_heads,
            config.intermediate_size,
            config.vocab_size,
            config.max_position_embeddings - self._first_position,
            config.layer_norm_eps,
        )
        framed = tokenizer("")["input_ids"] or [0]
        self.frame: tuple[int, int] = (framed[0], framed[-1])
        self.ordinary_pieces = range(config.vocab_size // 20, config.vocab_size)  # the first are special or unused
        self._tensors: Mapping[str, Any] = transformer.state_dict()
        self._words = self._array("embeddings.word_embeddings.weight")

    def tensor(self, name: str) -> Floats:
        """One tensor, flat float32."""
        values = self._array(_torch_name(name))
        return (values[self._first_position :] if name == "emb.pos" else values).ravel()

    def words(self, ids: Sequence[int]) -> Floats:
        """(n, hidden) float32: the rows of the word embedding for these pieces."""
        return self._words[ids]

    def _array(self, name: str) -> Floats:
        values: Floats = self._tensors[name].detach().float().numpy()
        return values


class _Forward:
    """Stands for a transformer's `forward`: one run a text, without padding, on all processors."""

    def __init__(self, weights: TorchWeights, session: Any) -> None:
        self._weights, self._session = weights, session
        self._threads = ThreadPoolExecutor(processors(), thread_name_prefix="transformer")

    def __call__(self, input_ids: Any, attention_mask: Any, **_: Any) -> Any:
        import torch
        from transformers.modeling_outputs import BaseModelOutput

        ids, masks = input_ids.numpy(), attention_mask.numpy().astype(bool)
        states = np.zeros((*ids.shape, self._weights.shape.hidden), np.float32)

        def run(row: int) -> None:
            words = self._weights.words(ids[row][masks[row]])
            states[row][masks[row]] = self._session.run([OUTPUT], {INPUT: words[None]})[0][0]

        list(self._threads.map(run, range(len(ids))))
        return BaseModelOutput(last_hidden_state=torch.from_numpy(states))


def _open_graph(weights: TorchWeights, folder: Path, model_id: str) -> Any:
    """An ONNX Runtime session on the 8-bit graph; the file's name says what it was made from and for."""
    path = folder / f"{model_id}-{GRAPH_VERSION}-{platform.machine()}-{load_runtime().__version__}.onnx"
    if path.is_file():
        try:
            return open_session(path.read_bytes())
        except EncoderUnavailable:
            path.unlink()
    graph = write_graph(weights, measure_ranges(weights, write_graph(weights)))
    folder.mkdir(parents=True, exist_ok=True)
    replace_file(path, graph)
    return open_session(graph)


def _sample_vectors(model: Any) -> Floats:
    vectors: Floats = model.encode_document(list(_SAMPLES), normalize_embeddings=True, show_progress_bar=False)
    return vectors


def _torch_name(name: str) -> str:
    """The name in a checkpoint of BERT for a name like "emb.pos", "emb.ln.w" or "l0.q.b"."""
    first, second, *kind = name.split(".")
    ending = "bias" if kind == ["b"] else "weight"
    if first == "emb":
        return f"embeddings.{_EMBEDDING.get(second, 'LayerNorm')}.{ending}"
    return f"encoder.layer.{first[1:]}.{_LAYER[second]}.{ending}"
