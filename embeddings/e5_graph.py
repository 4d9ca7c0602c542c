"""The transformer of multilingual-e5-small as an ONNX graph, written straight from its weights.

One text is one run: states of one length need no padding and no mask, and the vector of a text does
not depend on what is encoded beside it.

In the fast form matrix products are 8-bit (Jacob et al. 2018): the activations of a run as unsigned
bytes with one scale, the weights as signed bytes with one scale a column. The weights use 7 of their
8 bits: without VNNI, x86-64 sums products in pairs in 16 bits, and 2 * 255 * 63 still fits there, so
all processors agree. Loud channels of an activation are divided and their weights multiplied before
quantisation (SmoothQuant, Xiao et al. 2023).

LayerNormalization and its fused forms run one element at a time in ONNX Runtime 1.31; the older
MeanVarianceNormalization is vectorised and four times faster.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any

import numpy as np
import numpy.typing as npt

from embeddings.e5_weights import Floats, TransformerWeights
from embeddings.errors import EncoderUnavailable

GRAPH_VERSION = 1
INPUT, OUTPUT = "words", "states"

Ranges = Mapping[str, Floats]
Matrix = npt.NDArray[np.float64]
Smoothing = Callable[[Floats, Matrix], Floats]

_LARGEST_WEIGHT = 63
_SHARE_OF_ACTIVATION = 0.65
_LOUD = 4.0
_OPSET, _IR_VERSION, _MICROSOFT = 20, 10, "com.microsoft"


def write_graph(weights: TransformerWeights, ranges: Ranges | None = None) -> bytes:
    """The serialised model: `words` (1, t, hidden) float32 to `states` (1, t, hidden) float32.

    `words` are rows of the word embedding, which stays in the file of the weights; `states` are the
    last hidden states; t is at most the number of positions.

    With `ranges`, the largest absolute value of each channel at the input of each linear layer, the
    model is 8-bit. Without, it is float32 and gives those inputs as further outputs, "l0.qkv" to
    "l11.fo" (`embeddings.e5_calibration`).
    """
    graph = _Graph(ranges)
    shape = weights.shape
    positions = weights.tensor("emb.pos").reshape(-1, shape.hidden) + weights.tensor("emb.type")[: shape.hidden]
    length = graph.node("Shape", [INPUT], start=1, end=2)
    zero = graph.constant(np.zeros(1, np.int64))
    places = graph.node("Slice", [graph.constant(positions), zero, length, zero])
    states = _normalise(graph, weights, "emb.ln", [INPUT, places])
    for layer in range(shape.layers):
        states = _attend(graph, weights, layer, states)
        states = _feed_forward(graph, weights, layer, states)
    graph.node("Identity", [states], name=OUTPUT)
    return graph.serialise(shape.hidden)


def load_runtime() -> Any:
    """The module `onnxruntime`, its telemetry off: it would write outside the home.

    Raises `EncoderUnavailable`.
    """
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # read at import; its later switches come too late
    try:
        return import_module("onnxruntime")
    except ImportError as exc:
        raise EncoderUnavailable("the default encoder needs ONNX Runtime: pip install onnxruntime") from exc


def open_session(graph: bytes) -> Any:
    """An ONNX Runtime session on the processor. Raises `EncoderUnavailable`.

    It uses one thread a run, so that runs beside each other never wait for each other.
    """
    onnxruntime = load_runtime()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_mem_pattern = False  # it would keep a plan for every length of text
    try:
        return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    except Exception as exc:  # onnxruntime's errors have no base of their own: each derives from Exception
        raise EncoderUnavailable(
            f"ONNX Runtime {onnxruntime.__version__} cannot run the prepared model: {exc}"
        ) from exc


class _Graph:
    """Nodes and constants under construction; methods return the names of their outputs."""

    def __init__(self, ranges: Ranges | None) -> None:
        self._ranges = ranges
        self._nodes: list[Any] = []
        self._constants: list[Any] = []
        self._outputs: list[str] = []

    def constant(self, values: npt.NDArray[Any]) -> str:
        from onnx import numpy_helper

        name = f"constant_{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(self, operator: str, inputs: Sequence[str], domain: str = "", name: str = "", **attributes: Any) -> str:
        """A node with one output; one with a name is an output of the model."""
        if name:
            self._outputs.append(name)
        return self._add(operator, inputs, [name or f"{operator}_{len(self._nodes)}"], domain, attributes)[0]

    def split(self, states: str, sizes: Sequence[int]) -> list[str]:
        outputs = [f"Split_{len(self._nodes)}_{position}" for position in range(len(sizes))]
        return self._add("Split", [states, self.constant(np.array(sizes, np.int64))], outputs, "", {"axis": 2})

    def linear(self, name: str, states: str, matrix: Matrix, bias: Floats, smoothing: Smoothing | None = None) -> str:
        """Product `states @ matrix + bias`; `matrix` is (inputs, outputs)."""
        if self._ranges is None:
            self.node("Identity", [states], name=name)
            product = self.node("MatMul", [states, self.constant(matrix.astype(np.float32))])
            return self.node("Add", [product, self.constant(bias)])
        if smoothing is not None:
            divisors = smoothing(self._ranges[name], matrix)
            states = self.node("Mul", [states, self.constant((1 / divisors).astype(np.float32))])
            matrix = matrix * divisors[:, None]
        scales = np.abs(matrix).max(axis=0) / _LARGEST_WEIGHT
        steps = np.rint(matrix / scales).astype(np.int8)
        inputs = [states, self.constant(steps), self.constant(scales.astype(np.float32)), "", self.constant(bias)]
        return self.node("DynamicQuantizeMatMul", inputs, _MICROSOFT)

    def serialise(self, hidden: int) -> bytes:
        from onnx import TensorProto, helper

        given = [helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, [1, "tokens", hidden])]
        found = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, "tokens", None]) for name in self._outputs]
        graph = helper.make_graph(self._nodes, "multilingual-e5-small", given, found, self._constants)
        opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_MICROSOFT, 1)]
        model: bytes = helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION).SerializeToString()
        return model

    def _add(
        self, operator: str, inputs: Sequence[str], outputs: list[str], domain: str, attributes: Mapping[str, Any]
    ) -> list[str]:
        from onnx import helper

        self._nodes.append(helper.make_node(operator, list(inputs), outputs, domain=domain, **attributes))
        return outputs


def _attend(graph: _Graph, weights: TransformerWeights, layer: int, states: str) -> str:
    """Self-attention with its residual connection (Vaswani et al. 2017)."""
    parts = [_linear_weights(weights, f"l{layer}.{part}") for part in "qkv"]
    matrix = np.concatenate([part[0] for part in parts], axis=1)
    bias = np.concatenate([part[1] for part in parts])
    joined = graph.linear(f"l{layer}.qkv", states, matrix, bias, _balance)
    inputs = graph.split(joined, [weights.shape.hidden] * 3)
    context = graph.node("MultiHeadAttention", inputs, _MICROSOFT, num_heads=weights.shape.heads)
    output = graph.linear(f"l{layer}.ao", context, *_linear_weights(weights, f"l{layer}.ao"))
    return _normalise(graph, weights, f"l{layer}.aln", [states, output])


def _feed_forward(graph: _Graph, weights: TransformerWeights, layer: int, states: str) -> str:
    """The two linear layers around GELU, with their residual connection."""
    inner, outer = f"l{layer}.fi", f"l{layer}.fo"
    activation = graph.linear(inner, states, *_linear_weights(weights, inner), _balance)
    activation = graph.node("Gelu", [activation], _MICROSOFT)
    output = graph.linear(outer, activation, *_linear_weights(weights, outer), _hush)
    return _normalise(graph, weights, f"l{layer}.oln", [states, output])


def _normalise(graph: _Graph, weights: TransformerWeights, name: str, summands: Sequence[str]) -> str:
    """Layer normalisation of a sum (Ba et al. 2016)."""
    total = graph.node("Add", summands)
    unit = graph.node("MeanVarianceNormalization", [total], axes=[2])
    scaled = graph.node("Mul", [unit, graph.constant(weights.tensor(f"{name}.w"))])
    return graph.node("Add", [scaled, graph.constant(weights.tensor(f"{name}.b"))])


def _balance(ranges: Floats, matrix: Matrix) -> Floats:
    """SmoothQuant's divisors of the channels, which share the range between activation and weights."""
    divisors = ranges**_SHARE_OF_ACTIVATION / np.abs(matrix).max(axis=1) ** (1 - _SHARE_OF_ACTIVATION)
    return np.asarray(divisors / np.median(divisors), np.float32)


def _hush(ranges: Floats, matrix: Matrix) -> Floats:
    """Divisors of the few channels far above the median; GELU's others are alike."""
    return np.asarray(np.maximum(ranges / (_LOUD * np.median(ranges)), 1), np.float32)


def _linear_weights(weights: TransformerWeights, name: str) -> tuple[Matrix, Floats]:
    """(inputs, outputs) float64 and (outputs,) float32."""
    bias = weights.tensor(f"{name}.b")
    return weights.tensor(f"{name}.w").reshape(len(bias), -1).T.astype(np.float64), bias
