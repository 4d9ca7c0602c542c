"""A question in, a cited answer out."""

from typing import TYPE_CHECKING

from corpus.lazy_names import lazy_names

if TYPE_CHECKING:
    from rag.answer.answer import Answer, Answerer
    from rag.answer.quotes import Quote, Sentence
    from rag.home.maintenance import Rebuild, rebuild
    from rag.home.open import open_answerer, open_retriever
    from rag.search.query import Query
    from rag.search.retrieval import Hit, Retriever
    from rag.settings import Settings, load_settings
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "answer.answer": ["Answer", "Answerer"],
            "answer.quotes": ["Quote", "Sentence"],
            "home.maintenance": ["Rebuild", "rebuild"],
            "search.query": ["Query"],
            "search.retrieval": ["Hit", "Retriever"],
            "home.open": ["open_answerer", "open_retriever"],
            "settings": ["Settings", "load_settings"],
        },
    )

__all__ = [
    "Answer",
    "Answerer",
    "Hit",
    "Query",
    "Quote",
    "Rebuild",
    "Retriever",
    "Sentence",
    "Settings",
    "load_settings",
    "open_answerer",
    "open_retriever",
    "rebuild",
]
