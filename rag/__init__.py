"""A question in, a cited answer out."""

from rag.answers import Answer, Sentence, answer
from rag.maintenance import Rebuild, rebuild
from rag.retrieval import Hit, Query, Retriever
from rag.session import open_retriever
from rag.settings import Settings, load_settings

__all__ = [
    "Answer",
    "Hit",
    "Query",
    "Rebuild",
    "Retriever",
    "Sentence",
    "Settings",
    "answer",
    "load_settings",
    "open_retriever",
    "rebuild",
]
