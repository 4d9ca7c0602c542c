"""The reader as a PyTorch module: the packaged encoder's layers with heads of their own, for training only.

A question and a window of a text go in together (a cross-encoder); the word embedding stays as it is packaged, in 4
bits, and is not trained, so that what is learned is the layers alone.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from embeddings.e5_weights import E5Weights, dequantise, weights_path
from rag.reader.artefact import BLOCK, DATA, read_arrays

#: Heads of the first token: whether the window answers, and whether a claim is borne out by it.
HEADS = ("answers", "supports")


class Layer(nn.Module):
    """One layer of BERT (Devlin et al. 2019), normalised after each sum."""

    def __init__(self, weights: E5Weights, layer: int) -> None:
        super().__init__()
        shape = weights.shape
        self.heads = shape.heads
        hidden, inner = shape.hidden, shape.intermediate
        sizes = {"q": (hidden, hidden), "k": (hidden, hidden), "v": (hidden, hidden), "ao": (hidden, hidden)}
        sizes |= {"fi": (hidden, inner), "fo": (inner, hidden)}
        self.linear = nn.ModuleDict({name: nn.Linear(*size) for name, size in sizes.items()})
        self.norm = nn.ModuleDict({name: nn.LayerNorm(hidden, eps=shape.epsilon) for name in ("aln", "oln")})
        for name, module in [*self.linear.items(), *self.norm.items()]:
            weight = torch.from_numpy(weights.tensor(f"l{layer}.{name}.w").copy())
            module.weight.data = weight.view_as(module.weight)
            module.bias.data = torch.from_numpy(weights.tensor(f"l{layer}.{name}.b").copy())

    def forward(self, states: Tensor, mask: Tensor | None) -> Tensor:
        """(b, t, hidden) states to those of the next layer; `mask` (b, 1, 1, t) bool is true where a token stands."""
        batch, length, hidden = states.shape
        q, k, v = (
            self.linear[part](states).view(batch, length, self.heads, -1).transpose(1, 2) for part in ("q", "k", "v")
        )
        context = functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        context = context.transpose(1, 2).reshape(batch, length, hidden)
        states = self.norm["aln"](states + self.linear["ao"](context))
        return self.norm["oln"](states + self.linear["fo"](functional.gelu(self.linear["fi"](states))))


class Reader(nn.Module):
    """(b, t) ids to the logits of the heads of the first token and of where an answer starts and ends."""

    def __init__(self, layers: int | None = None) -> None:
        super().__init__()
        weights = E5Weights(weights_path())
        shape = weights.shape
        self.weights = weights
        positions = weights.tensor("emb.pos").reshape(-1, shape.hidden) + weights.tensor("emb.type")[: shape.hidden]
        self.register_buffer("positions", torch.from_numpy(positions.copy()), persistent=False)
        self.norm = nn.LayerNorm(shape.hidden, eps=shape.epsilon)
        self.norm.weight.data = torch.from_numpy(weights.tensor("emb.ln.w").copy())
        self.norm.bias.data = torch.from_numpy(weights.tensor("emb.ln.b").copy())
        self.norm.requires_grad_(False)
        self.layers = nn.ModuleList(Layer(weights, layer) for layer in range(layers or shape.layers))
        self.span = nn.Linear(shape.hidden, 2)
        self.first = nn.ModuleDict(
            {
                name: nn.Sequential(nn.Linear(shape.hidden, shape.hidden), nn.Tanh(), nn.Linear(shape.hidden, 1))
                for name in HEADS
            }
        )

    def embed(self, rows: Sequence[Sequence[int]], length: int) -> tuple[Tensor, Tensor]:
        """(b, length, hidden) float32 word embeddings and (b, length) bool, true where a token stands."""
        ids = np.ones((len(rows), length), np.int64)
        mask = np.zeros((len(rows), length), bool)
        for at, row in enumerate(rows):
            ids[at, : len(row)], mask[at, : len(row)] = row, True
        words = self.weights.words(ids.ravel()).reshape(len(rows), length, -1)
        return torch.from_numpy(words), torch.from_numpy(mask)

    def forward(self, words: Tensor, mask: Tensor) -> dict[str, Tensor]:
        """Logits: "start" and "end" (b, t), and (b,) of each of `HEADS`."""
        states = self.norm(words + self.positions[: words.shape[1]])
        attend = None if bool(mask.all()) else mask[:, None, None, :]
        for layer in self.layers:
            states = layer(states, attend)
        states = states.float()
        spans = self.span(states)
        out = {name: head(states[:, 0]).squeeze(-1) for name, head in self.first.items()}
        return out | {"start": spans[..., 0], "end": spans[..., 1]}


def start_from(net: Reader, path: Path) -> None:
    """Load a state: a `state.pt` of training, or the folder of an exported reader."""
    if path.is_dir():
        net.load_state_dict(_exported(net, path))
    else:
        net.load_state_dict(torch.load(path)["net"])


def exported_name(name: str) -> str | None:
    """The name in `reader.npz` of a parameter of the network, None for what is not trained."""
    kind, *rest = name.split(".")
    if kind in ("span", "first"):
        return name.removeprefix("first.")
    if kind != "layers":
        return None
    number, _, part, what = rest
    return f"l{number}.{part}.{'w' if what == 'weight' else 'b'}"


def _exported(net: Reader, folder: Path) -> dict[str, Tensor]:
    """The state that an exported reader holds: the encoder's own tensors with its differences added."""
    arrays = read_arrays(folder / DATA)
    state = net.state_dict()
    for name, value in state.items():
        own = exported_name(name)
        if own is None:
            continue
        change = arrays[own]
        told = dequantise(change) if change.dtype == BLOCK else change.astype(np.float32)
        tensor = torch.from_numpy(np.ascontiguousarray(told)).reshape(value.shape)
        state[name] = value + tensor if name.startswith("layers") else tensor
    return state
