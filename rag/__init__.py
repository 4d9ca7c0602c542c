"""A question in, a cited answer out."""

from rag.answers import Answer, Sentence, answer
from rag.retrieval import Hit, Query, Retriever
from rag.session import build, open_retriever
from rag.settings import Settings, load_settings

__all__ = [
    "Answer",
    "Hit",
    "Query",
    "Retriever",
    "Sentence",
    "Settings",
    "answer",
    "build",
    "load_settings",
    "open_retriever",
]
