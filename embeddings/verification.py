"""Whether a generation is what it says: checksums, counts, texts, and vectors against fresh ones."""

import sqlite3
from pathlib import Path

import numpy as np

from embeddings.centring import centre
from embeddings.encoder import Encoder
from embeddings.errors import IndexUnusable
from embeddings.index import Index

SAMPLE = 16
LEAST_COSINE = 0.97


def verify_generation(folder: Path, encoder: Encoder | None) -> list[str]:
    """What is wrong with a generation, a sentence each; empty when it is sound.

    With its encoder, `SAMPLE` passages spread over the index are embedded anew and compared.
    """
    try:
        index = Index(folder)
    except IndexUnusable as exc:
        return [str(exc)]
    try:
        return [*_wrong_texts(index), *(_wrong_vectors(index, encoder) if encoder else [])]
    except (sqlite3.Error, IndexUnusable, KeyError) as exc:
        return [f"{folder.name} cannot be read: {exc}"]
    finally:
        index.close()


def _wrong_texts(index: Index) -> list[str]:
    wrong = []
    for row in range(len(index)):
        passage = index.passage(row)
        if not 0 <= passage.start < passage.end <= len(passage.document.text):
            wrong.append(f"passage {passage.id} of {passage.document.source} lies outside its document's text")
    return wrong


def _wrong_vectors(index: Index, encoder: Encoder) -> list[str]:
    if encoder.id != index.manifest.encoder_id:
        return [f"built with the encoder {index.manifest.encoder_id}, this one is {encoder.id}"]
    rows = np.unique(np.linspace(0, len(index) - 1, SAMPLE).astype(np.int64))
    texts = [index.texts.embedded(int(row)) for row in rows]
    fresh = centre(encoder.encode_passages(texts), [str(index.languages[row]) for row in rows], index.means)
    cosines = (fresh * index.vectors(rows)).sum(axis=1)
    return [
        f"the vector of passage {int(index.ids[row])} differs from a fresh one (cosine {cosine:.3f})"
        for row, cosine in zip(rows, cosines, strict=True)
        if cosine < LEAST_COSINE
    ]
