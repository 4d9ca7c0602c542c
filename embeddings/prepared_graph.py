"""A model's prepared graph on disk: written once, checked at every start.

`NAME.onnx` holds the graph, `NAME.json` its format version, the SHA-256 of the weights it was made
from and its own. The second is written last; whatever does not match is prepared again, on another
kind of machine or with another ONNX Runtime too.

The 8-bit graph is compared with the float32 one where it will run. Kernels differ between processors
(under QEMU's ARM with i8mm, ONNX Runtime 1.31 gives wrong 8-bit products): if they do not agree, the
float32 graph is kept, which is right everywhere and less than half as fast.
"""

import contextlib
import hashlib
import json
import os
import platform
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from embeddings.e5_calibration import agreement, measure_ranges
from embeddings.e5_graph import GRAPH_VERSION, load_runtime, write_graph
from embeddings.e5_weights import TransformerWeights
from embeddings.errors import EncoderUnavailable

_LEAST_AGREEMENT = 0.97


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the graph was made from; size and time stand for the checksum of the unchanged weights."""

    version: int
    weights_sha256: str
    weights_bytes: int
    weights_modified_ns: int
    machine: str
    runtime: str
    precision: str
    dimension: int
    graph_sha256: str


@dataclass(frozen=True, slots=True)
class PreparedGraph:
    """The graph of one model: `name` is its files', `weights` the file it is made from, `sha256` what that must have.

    `verify` raises `EncoderUnavailable` for a file with another checksum, `open` reads one that has it.
    """

    name: str
    weights: Path
    sha256: str
    verify: Callable[[Path], None]
    open: Callable[[Path], TransformerWeights]

    def load(self, directory: Path) -> bytes:
        """The serialised graph, prepared first unless `directory` has it for these weights.

        Raises `EncoderUnavailable`.
        """
        return self._stored(directory) or self.prepare(directory)

    def is_prepared(self, directory: Path) -> bool:
        """Whether `load` would only read."""
        return self._stored(directory) is not None

    def prepare(self, directory: Path) -> bytes:
        """Check the weights, write the graph of this version and return it.

        Where the directory cannot be written the graph is only returned, so that a read-only home
        still answers. Raises `EncoderUnavailable`.
        """
        self.verify(self.weights)
        try:
            import onnx  # noqa: F401 - `e5_graph` uses it; missing, it is to be an error that says so
        except ImportError as exc:
            raise EncoderUnavailable("preparing the default encoder needs the package onnx: pip install onnx") from exc
        opened = self.open(self.weights)
        precision, graph = _fastest_exact_enough(opened)
        size, modified = _stamp(self.weights)
        digest = hashlib.sha256(graph).hexdigest()
        manifest = Manifest(
            GRAPH_VERSION, self.sha256, size, modified, *_place(), precision, opened.shape.hidden, digest
        )
        with contextlib.suppress(OSError):
            directory.mkdir(parents=True, exist_ok=True)
            replace_file(directory / f"{self.name}.onnx", graph)
            replace_file(directory / f"{self.name}.json", json.dumps(asdict(manifest), indent=1).encode())
        return graph

    def _stored(self, directory: Path) -> bytes | None:
        """The graph, or None when it is missing, of another version, of other weights or damaged."""
        try:
            manifest = Manifest(**json.loads((directory / f"{self.name}.json").read_bytes()))
            made = (manifest.version, manifest.weights_sha256, manifest.machine, manifest.runtime)
            if made != (GRAPH_VERSION, self.sha256, *_place()):
                return None
            if _stamp(self.weights) != (manifest.weights_bytes, manifest.weights_modified_ns):
                return None
            graph = (directory / f"{self.name}.onnx").read_bytes()
        except (OSError, ValueError, TypeError):
            return None
        return graph if hashlib.sha256(graph).hexdigest() == manifest.graph_sha256 else None


def _fastest_exact_enough(weights: TransformerWeights) -> tuple[str, bytes]:
    """The precision and the graph to keep for this processor."""
    exact = write_graph(weights)
    fast = write_graph(weights, measure_ranges(weights, exact))
    if agreement(weights, fast, exact) >= _LEAST_AGREEMENT:
        return "int8", fast
    return "float32", exact


def _place() -> tuple[str, str]:
    """Kind of machine and version of ONNX Runtime. Raises `EncoderUnavailable`."""
    return platform.machine(), load_runtime().__version__


def _stamp(weights: Path) -> tuple[int, int]:
    status = weights.stat()
    return status.st_size, status.st_mtime_ns


def replace_file(path: Path, content: bytes) -> None:
    """Write beside `path`, flush to disk, rename. Raises `OSError`, leaving nothing."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".tmp")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise
