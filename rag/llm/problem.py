"""Why a model's words are not the answer, for those who read the answer instead."""

from dataclasses import dataclass
from typing import Literal

from rag.refusals import ui_language

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

_WORDS: dict[Kind, tuple[str, str]] = {
    "settings": ("модель не настроена: {detail}", "no model is set up: {detail}"),
    "unreachable": ("нет связи с сервером {host}", "{host} cannot be reached"),
    "interrupted": ("связь с сервером {host} прервалась", "the connection to {host} broke off"),
    "late": (
        "модель {model} на сервере {host} не ответила за {detail} с",
        "the model {model} at {host} did not answer within {detail} s",
    ),
    "key": ("сервер {host} не принял ключ (EURAG_LLM_KEY)", "{host} did not accept the key (EURAG_LLM_KEY)"),
    "model": ("на сервере {host} нет модели {model}", "{host} has no model {model}"),
    "address": (
        "на сервере {host} нет такого адреса; EURAG_LLM_URL кончается версией, как http://localhost:11434/v1",
        "{host} has no such address; EURAG_LLM_URL ends with a version, as http://localhost:11434/v1 does",
    ),
    "overloaded": (
        "сервер {host} перегружен, или квота исчерпана",
        "{host} is overloaded, or the quota there is used up",
    ),
    "refused": ("сервер {host} отклонил запрос: {detail}", "{host} refused the request: {detail}"),
    "failed": ("на сервере {host} произошла ошибка: {detail}", "{host} failed: {detail}"),
    "not a stream": (
        "сервер {host} прислал {detail} вместо потока с ответом; проверьте EURAG_LLM_URL",
        "{host} sent {detail} instead of a streamed answer; check EURAG_LLM_URL",
    ),
    "garbled": ("сервер {host} прислал то, чего нельзя прочесть", "{host} sent what cannot be read"),
    "silent": ("модель {model} ничего не написала", "the model {model} wrote nothing"),
    "language": ("модель {model} ответила на другом языке", "the model {model} answered in another language"),
    "unasked": (
        "ни одного из найденных мест нельзя показать модели {model}",
        "none of the passages found can be shown to the model {model}",
    ),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong with the `model` at `host` (name and port); `detail` is what the kind leaves open."""

    kind: Kind
    model: str = ""
    host: str = ""
    detail: str = ""

    def words(self, language: str) -> str:
        """The problem as part of a sentence, in Russian or English."""
        russian, english = _WORDS[self.kind]
        words = russian if ui_language(language) == "ru" else english
        return words.format(model=self.model, host=self.host, detail=self.detail)
