"""A question in, a cited answer out."""

from typing import TYPE_CHECKING

from corpus.lazy_names import lazy_names

if TYPE_CHECKING:
    from rag.answers import Answer, answer
    from rag.groups import Sentence
    from rag.home.maintenance import Rebuild, rebuild
    from rag.home.open import open_retriever
    from rag.search.query import Query
    from rag.search.retrieval import Hit, Retriever
    from rag.settings import Settings, load_settings
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "answers": ["Answer", "answer"],
            "groups": ["Sentence"],
            "home.maintenance": ["Rebuild", "rebuild"],
            "search.query": ["Query"],
            "search.retrieval": ["Hit", "Retriever"],
            "home.open": ["open_retriever"],
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
