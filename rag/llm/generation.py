"""How a worded answer came about: which model, how much of what it wrote was kept, what went wrong."""

from dataclasses import dataclass

from rag.refusals import ui_language

_KEPT = {
    "ru": "Сформулировано моделью {model}; подтверждено указанными местами: {kept} из {written} предложений.",
    "en": "Worded by the model {model}; {kept} of its {written} sentences are held by the passages they cite.",
}
_INSTEAD = {
    "ru": "Ответ составлен из цитат: модель {model} {problem}.",
    "en": "Quoted instead: the model {model} {problem}.",
}
_LITTLE = {
    "ru": "написала слишком мало такого, что подтверждают источники ({kept} из {written} предложений)",
    "en": "wrote too little that the sources hold ({kept} of {written} sentences)",
}
_UNAVAILABLE = {"ru": "не ответила", "en": "did not answer"}


@dataclass(frozen=True, slots=True)
class Generation:
    """`kept` of `kept + dropped` sentences that the model wrote passed the check.

    With `used` they are the answer, else it is extractive; `problem` says why the model gave nothing at all.
    """

    model: str
    kept: int
    dropped: int
    used: bool
    problem: str | None = None

    def note(self, language: str) -> str:
        """What a reader of the answer is told of it, in Russian or English."""
        spoken, counts = ui_language(language), {"kept": self.kept, "written": self.kept + self.dropped}
        if self.used:
            return _KEPT[spoken].format(model=self.model, **counts)
        problem = _UNAVAILABLE[spoken] if self.problem else _LITTLE[spoken].format(**counts)
        return _INSTEAD[spoken].format(model=self.model, problem=problem)
