"""How search takes to a larger library: real passages multiplied with noise, then timed against the real ones alone.

Usage: python scripts/bench_search.py --corpus DIR [--passages 50000]

DIR holds documents (the 35 treaties, say); the built-in library is added to them. Each copy of a passage gets
vectors with noise and token codes of which a tenth are others. The same questions are put to both indexes by
turns, encoding included. The last line is one JSON object; sizes are bytes of the files of the index.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from bench_service import ms, prepare, questions

from corpus import Document, Library, Passage, SplitterSettings
from embeddings import Encoder, Index, Vectors
from embeddings.build import passages_of
from embeddings.centring import centre, language_means
from embeddings.dense import write_dense
from embeddings.generation import checksums, current_generation, new_generation, publish
from embeddings.lexical import write_lexical
from embeddings.priors import load_priors, token_codec
from embeddings.texts import write_texts
from embeddings.token_index import PassageTokens, places_in, write_tokens
from embeddings.vector_cache import VectorCache
from rag.search.glossary import load_glossary
from rag.search.retrieval import Retriever

NOISE, CHANGED = 0.05, 0.1
#: The bars: milliseconds of a search at the median, bytes a token, bytes a passage beside that and its texts.
P50_MS, TOKEN_BYTES, PASSAGE_BYTES = 40, 64, 4096


@dataclass(frozen=True)
class Real:
    """What the home was built from: documents, their passages, raw vectors and tokens by passage."""

    documents: Sequence[Document]
    passages: Sequence[Passage]
    vectors: Vectors
    tokens: Sequence[PassageTokens]


def read(home: Path, encoder: Encoder) -> Real:
    """The parts of a home that is built."""
    with Library(home / "library.db") as library:
        documents = list(library.documents())
    passages = passages_of(documents, SplitterSettings(), encoder)
    texts = [passage.embedded for passage in passages]
    with closing(VectorCache(home / "vectors.db")) as cache:
        vectors, tokens = cache.get(encoder, texts), [cache.tokens(encoder, text) for text in texts]
    places = [places_in(p.text, p.embedded, starts) for p, (_, starts) in zip(passages, tokens, strict=True)]
    return Real(documents, passages, vectors, [PassageTokens(c, at) for (c, _), at in zip(tokens, places, strict=True)])


def multiplied(real: Real, count: int) -> Real:
    """At least `count` passages: the real ones, then copies under other ids with noise."""
    rng = np.random.default_rng(0)
    copies = -(-count // len(real.passages))
    documents = [replace(d, id=_id(d.id, n), source=f"{n}/{d.source}") for n in range(copies) for d in real.documents]
    found = []
    for n in range(copies):
        for row, passage in enumerate(real.passages):
            changed = replace(passage, id=passage.id // copies * copies + n, document=_id(passage.document, n))
            found.append((changed, row, n > 0))
    found.sort(key=lambda item: item[0].id)
    vectors = real.vectors[[row for _, row, _ in found]]
    noisy = np.array([copy for _, _, copy in found])
    vectors[noisy] += rng.standard_normal((int(noisy.sum()), vectors.shape[1]), np.float32) * NOISE
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    tokens = [_changed(real.tokens[row], rng) if copy else real.tokens[row] for _, row, copy in found]
    return Real(documents, [passage for passage, _, _ in found], vectors, tokens)


def _id(document_id: str, n: int) -> str:
    return f"{n:04x}{document_id[4:]}" if n else document_id


def _changed(tokens: PassageTokens, rng: np.random.Generator) -> PassageTokens:
    other = rng.integers(0, 256, tokens.codes.shape, np.uint8)
    return PassageTokens(
        np.where(rng.random(tokens.codes.shape, np.float32) < CHANGED, other, tokens.codes), tokens.places
    )


def publish_copies(home: Path, real: Real, encoder: Encoder) -> dict[str, int]:
    """Write a generation of these passages; returns the bytes of each of its parts."""
    before = Index(current_generation(home))
    languages = [passage.language for passage in real.passages]
    means = language_means(real.vectors, languages, load_priors(encoder.id))
    with new_generation(home) as (name, folder):
        write_dense(folder / "passages.faiss", centre(real.vectors, languages, means))
        np.savez(folder / "means.npz", **means)
        write_lexical(folder / "lexical", [passage.embedded for passage in real.passages], languages)
        write_texts(folder / "texts.db", real.documents, real.passages)
        write_tokens(folder / "tokens", real.tokens, token_codec(encoder), before.tokens.means)
        counts = {"documents": len(real.documents), "passages": len(real.passages)}
        publish(home, folder, replace(before.manifest, generation=name, files=checksums(folder), **counts))
        sizes = {part.name: _bytes(part) for part in current_generation(home).iterdir()}
    before.close()
    return sizes


def _bytes(path: Path) -> int:
    return sum(file.stat().st_size for file in ([path] if path.is_file() else path.iterdir()))


def timed(retriever: Retriever, question: str) -> float:
    """Seconds of one search, encoding included."""
    started = time.perf_counter()
    retriever.search(retriever.query(question), 10)
    return time.perf_counter() - started


def main() -> None:
    """Print the JSON line; exit code 1 when a figure misses its bar."""
    parser = argparse.ArgumentParser(description="Search over many passages against search over few.")
    parser.add_argument("--corpus", type=Path, required=True, help="folder of documents")
    parser.add_argument("--passages", type=int, default=50_000)
    arguments = parser.parse_args()
    asked = questions()
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary) / "home"
        encoder = prepare(home, arguments.corpus)
        few = Retriever(Index(current_generation(home)), encoder, load_glossary())
        copies = multiplied(read(home, encoder), arguments.passages)
        sizes = publish_copies(home, copies, encoder)
        many = Retriever(Index(current_generation(home)), encoder, load_glossary())
        for question in asked[:10]:
            timed(few, question), timed(many, question)
        seconds = [(timed(few, question), timed(many, question)) for question in asked]
    few_ms, many_ms = (ms(column, 50) for column in zip(*seconds, strict=True))
    tokens = sum(len(own.places) for own in copies.tokens)
    texts = ("texts.db", "lexical", "manifest.json")
    rest = sum(size for name, size in sizes.items() if name not in texts) - tokens * TOKEN_BYTES
    result = {
        "passages": len(copies.passages),
        "tokens": tokens,
        "p50_ms": many_ms,
        "p99_ms": ms([b for _, b in seconds], 99),
        "p50_ms_of_real_alone": few_ms,
        "ratio": round(many_ms / few_ms, 2),
        "bytes": sizes,
        "bytes_a_passage_beside_64_a_token": round(rest / len(copies.passages)),
    }
    print(json.dumps(result))
    sys.exit(many_ms > P50_MS or rest > PASSAGE_BYTES * len(copies.passages))


if __name__ == "__main__":
    main()
