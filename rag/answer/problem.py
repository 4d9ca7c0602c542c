"""Why a model's words are not the answer, for those who read the answer instead."""

from dataclasses import dataclass
from typing import Literal

from rag.language.interface import ui_language
from rag.messages import PROBLEMS

Kind = Literal[
    "settings",
    "unreachable",
    "interrupted",
    "late",
    "key",
    "model",
    "address",
    "overloaded",
    "refused",
    "failed",
    "not a stream",
    "garbled",
    "silent",
    "language",
    "unasked",
]


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong with the `model` at `host` (name and port); `detail` is what the kind leaves open."""

    kind: Kind
    model: str = ""
    host: str = ""
    detail: str = ""

    def words(self, language: str) -> str:
        """The problem as part of a sentence, in Russian or English."""
        words = PROBLEMS[self.kind][ui_language(language)]
        return words.format(model=self.model, host=self.host, detail=self.detail)
