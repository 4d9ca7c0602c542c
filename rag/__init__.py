"""A question in, a cited answer out."""

from typing import TYPE_CHECKING

from corpus.lazy_names import lazy_names

if TYPE_CHECKING:
    from rag.answers import Answer, answer
    from rag.groups import Sentence
    from rag.maintenance import Rebuild, rebuild
    from rag.query import Query
    from rag.retrieval import Hit, Retriever
    from rag.session import open_retriever
    from rag.settings import Settings, load_settings
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "answers": ["Answer", "answer"],
            "groups": ["Sentence"],
            "maintenance": ["Rebuild", "rebuild"],
            "retrieval": ["Hit", "Query", "Retriever"],
            "session": ["open_retriever"],
            "settings": ["Settings", "load_settings"],
        },
    )

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
