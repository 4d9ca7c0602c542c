"""How a worded answer came about: which model, how much of what it wrote was kept, what went wrong."""

from dataclasses import asdict, dataclass
from typing import Any

from rag.answer.problem import Problem
from rag.language.interface import ui_language
from rag.messages import QUOTED_INSTEAD, WORDED, WORDED_TOO_LITTLE


@dataclass(frozen=True, slots=True)
class Generation:
    """`kept` of `kept + dropped` sentences that the model wrote passed the check.

    With `used` they are the answer, else it is extractive; `problem` says why there was nothing to check.
    """

    model: str
    kept: int = 0
    dropped: int = 0
    used: bool = False
    problem: Problem | None = None

    def note(self, language: str) -> str:
        """What a reader of the answer is told of it, in Russian or English."""
        spoken = ui_language(language)
        told = WORDED if self.used else WORDED_TOO_LITTLE
        words = told[spoken].format(model=self.model, kept=self.kept, written=self.kept + self.dropped)
        if self.used:
            return words
        return QUOTED_INSTEAD[spoken].format(self.problem.words(language) if self.problem else words)

    def to_dict(self, language: str) -> dict[str, Any]:
        """For the JSON contract: `problem` in English or None, `note` as readers of this language see it."""
        problem = self.problem.words("en") if self.problem else None
        return asdict(self) | {"problem": problem, "note": self.note(language)}
