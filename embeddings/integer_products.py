"""Products of 8-bit matrices by onnxruntime, which uses the processor's instructions for them; numpy does not.

One product takes a third of the time of the same in float32.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from embeddings.encoder import Vectors

#: A graph of one `MatMulIntegerToFloat`; `scripts/make_priors.py` writes it.
GRAPH_FILE = Path(__file__).parent / "integer_product.onnx"
#: What stands for 0 on the left side. Its numbers lie in [ZERO - LARGEST, ZERO + LARGEST], seven bits: sums of
#: two products then fit into the 16 bits that processors without VNNI keep them in.
ZERO, LARGEST = 64, 63

Left = npt.NDArray[np.uint8]
Right = npt.NDArray[np.int8]
_Product = Callable[[Left, Right, Vectors, Vectors], Vectors]


def integer_product(left: Left, right: Right, scale: Vectors, bias: Vectors) -> Vectors:
    """(n, m) float32: (left - ZERO) @ right * scale + bias, of (n, k) uint8 and (k, m) int8; scale and bias (m,)."""
    return _product()(left, right, scale, bias)


@cache
def _product() -> _Product:
    """The fast product where it is right on this processor, else the plain one."""
    rng = np.random.default_rng(0)
    left = rng.integers(ZERO - LARGEST, ZERO + LARGEST + 1, (33, 512), np.uint8)
    right = rng.integers(-127, 128, (512, 19), np.int8)
    scale, bias = rng.random((2, 19), np.float32)
    fast = _by_onnxruntime()
    agree = np.allclose(fast(left, right, scale, bias), _plainly(left, right, scale, bias), rtol=1e-5)
    return fast if agree else _plainly


def _plainly(left: Left, right: Right, scale: Vectors, bias: Vectors) -> Vectors:
    return (left.astype(np.float32) - ZERO) @ right.astype(np.float32) * scale + bias


def _by_onnxruntime() -> _Product:
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    options.intra_op_num_threads = 1
    session = InferenceSession(GRAPH_FILE.read_bytes(), options, providers=["CPUExecutionProvider"])

    def product(left: Left, right: Right, scale: Vectors, bias: Vectors) -> Vectors:
        found: Vectors = session.run(None, {"left": left, "right": right, "scale": scale, "bias": bias})[0]
        return found

    return product
