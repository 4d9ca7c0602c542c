"""Compute what `embeddings` ships: prior means of the default encoder, codebook and graph for token vectors.

Run `python scripts/make_priors.py` after the default encoder or the library changes much. The means are
those of the passages, and of their tokens, of each language of the built-in library. The codebook
quantises a standard Gaussian, and the graph is one product of 8-bit matrices; they depend on nothing, and
`--codebook` makes them anew.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np

from corpus import Library, SplitterSettings, add_builtin
from embeddings import DEFAULT_ENCODER, Vectors, open_encoder
from embeddings.build import passages_of
from embeddings.integer_products import GRAPH_FILE, ZERO
from embeddings.priors import PRIORS_FILE
from embeddings.token_codes import CODEBOOK_FILE, GROUP

DRAWN, POINTS, ROUNDS = 200_000, 256, 30
OPSET, IR_VERSION, CONTRIB = 17, 8, "com.microsoft"


def codebook() -> Vectors:
    """(256, 6) float32: k-means of points drawn from a standard Gaussian."""
    import faiss

    drawn = np.random.default_rng(1).standard_normal((DRAWN, GROUP)).astype(np.float32)
    clusters = faiss.Kmeans(GROUP, POINTS, niter=ROUNDS, seed=1, max_points_per_centroid=DRAWN // POINTS + 1)
    clusters.train(drawn)
    return np.asarray(clusters.centroids, np.float32)


def product_graph() -> bytes:
    """An ONNX graph of one `MatMulIntegerToFloat`: (left - zero) @ right * scale + bias, by columns."""
    from onnx import TensorProto, helper

    shapes = {"left": (TensorProto.UINT8, ["n", "k"]), "right": (TensorProto.INT8, ["k", "m"])}
    shapes |= {name: (TensorProto.FLOAT, ["m"]) for name in ("scale", "bias")}
    inputs = [helper.make_tensor_value_info(name, *shape) for name, shape in shapes.items()]
    outputs = [helper.make_tensor_value_info("found", TensorProto.FLOAT, ["n", "m"])]
    constants = [
        helper.make_tensor("one", TensorProto.FLOAT, [], [1.0]),
        helper.make_tensor("zero", TensorProto.UINT8, [], [ZERO]),
    ]
    given = ["left", "right", "one", "scale", "zero", "", "bias"]
    node = helper.make_node("MatMulIntegerToFloat", given, ["found"], domain=CONTRIB)
    graph = helper.make_graph([node], "product", inputs, outputs, constants)
    versions = [helper.make_opsetid("", OPSET), helper.make_opsetid(CONTRIB, 1)]
    model = helper.make_model(graph, opset_imports=versions, ir_version=IR_VERSION)
    return bytes(model.SerializeToString())


def priors() -> dict[str, Vectors]:
    """The mean vector of the passages, and of their tokens, of each language; and the encoder's id."""
    with tempfile.TemporaryDirectory() as folder, Library(Path(folder) / "library.db") as library:
        add_builtin(library)
        encoder = open_encoder(DEFAULT_ENCODER, Path(folder) / "model")
        passages = passages_of(list(library.documents()), SplitterSettings(), encoder)
    vectors = encoder.encode_passage_tokens([passage.embedded for passage in passages])
    found = {"encoder_id": np.array(encoder.id)}
    for code in sorted({passage.language for passage in passages}):
        own = [vector for vector, passage in zip(vectors, passages, strict=True) if passage.language == code]
        found[code] = np.mean([vector.pooled for vector in own], axis=0)
        found[f"tokens_{code}"] = np.vstack([vector.tokens for vector in own]).mean(axis=0)
        print(code, len(own), "passages")
    return found


def main() -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(description="Compute the shipped means, codebook and graph.")
    parser.add_argument("--codebook", action="store_true", help="the codebook and the graph too")
    if parser.parse_args().codebook:
        np.save(CODEBOOK_FILE, codebook())
        GRAPH_FILE.write_bytes(product_graph())
    np.savez(PRIORS_FILE, **priors())


if __name__ == "__main__":
    main()
