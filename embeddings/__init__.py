"""Passages in, nearest passages out. Knows no answers."""

from typing import TYPE_CHECKING

from corpus.lazy_names import lazy_names
from embeddings.encoder import DEFAULT_ENCODER, Encoder, TokenVectors, Vectors, open_encoder
from embeddings.errors import BuildInProgress, EmbeddingsError, EncoderUnavailable, IndexUnusable, NoIndex
from embeddings.index import Index, open_index
from embeddings.terms import terms, tokens
from embeddings.texts import StoredDocument, StoredPassage

if TYPE_CHECKING:
    from embeddings.build import BuildPlan, BuildReport, build_index, plan_build
else:
    __getattr__ = lazy_names(__name__, {"build": ["BuildPlan", "BuildReport", "build_index", "plan_build"]})

__all__ = [
    "DEFAULT_ENCODER",
    "BuildInProgress",
    "BuildPlan",
    "BuildReport",
    "EmbeddingsError",
    "Encoder",
    "EncoderUnavailable",
    "Index",
    "IndexUnusable",
    "NoIndex",
    "StoredDocument",
    "StoredPassage",
    "TokenVectors",
    "Vectors",
    "build_index",
    "open_encoder",
    "open_index",
    "plan_build",
    "terms",
    "tokens",
]
