"""How a worded answer came about: which model, how much of what it wrote was kept, what went wrong."""

from dataclasses import asdict, dataclass
from typing import Any

from rag.llm.problem import Problem
from rag.refusals import ui_language

_KEPT = {
    "ru": "Сформулировано моделью {model}; подтверждено указанными местами: {kept} из {written} предложений.",
    "en": "Worded by the model {model}; {kept} of its {written} sentences are held by the passages they cite.",
}
_LITTLE = {
    "ru": "модель {model} написала слишком мало такого, что подтверждают источники ({kept} из {written} предложений)",
    "en": "the model {model} wrote too little that the sources hold ({kept} of {written} sentences)",
}
_INSTEAD = {"ru": "Ответ составлен из цитат: {}.", "en": "Quoted instead: {}."}


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
        told = _KEPT if self.used else _LITTLE
        words = told[spoken].format(model=self.model, kept=self.kept, written=self.kept + self.dropped)
        if self.used:
            return words
        return _INSTEAD[spoken].format(self.problem.words(language) if self.problem else words)

    def to_dict(self, language: str) -> dict[str, Any]:
        """For the JSON contract: `problem` in English or None, `note` as readers of this language see it."""
        problem = self.problem.words("en") if self.problem else None
        return asdict(self) | {"problem": problem, "note": self.note(language)}
