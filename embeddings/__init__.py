"""Passages in, nearest passages out. Knows no answers."""

from embeddings.build import BuildPlan, BuildReport, build_index, plan_build
from embeddings.encoder import DEFAULT_ENCODER, Encoder, Vectors, open_encoder
from embeddings.errors import BuildInProgress, EmbeddingsError, EncoderUnavailable, IndexUnusable, NoIndex
from embeddings.index import Filters, Index, open_index
from embeddings.terms import terms, tokens
from embeddings.texts import StoredDocument, StoredPassage

__all__ = [
    "DEFAULT_ENCODER",
    "BuildInProgress",
    "BuildPlan",
    "BuildReport",
    "EmbeddingsError",
    "Encoder",
    "EncoderUnavailable",
    "Filters",
    "Index",
    "IndexUnusable",
    "NoIndex",
    "StoredDocument",
    "StoredPassage",
    "Vectors",
    "build_index",
    "open_encoder",
    "open_index",
    "plan_build",
    "terms",
    "tokens",
]
