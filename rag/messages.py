"""What eurag says to people around an answer, in each language of its interface.

Every message is {language: words}, the languages those of `language.interface.ui_language`; what stands in braces is
filled in by whoever says it. The page has its own words, and so have the modules that say why there is no answer.
"""

#: What stands around an answer.
SOURCES = {"ru": "Источники", "en": "Sources"}
RELATED = {"ru": "Близкое по теме, но не ответ:", "en": "Related, not an answer:"}
UNDERSTOOD_AS = {"ru": "Вопрос понят так", "en": "Understood as"}

#: Before a sentence that says otherwise than the first; the braces are for its document's date.
DIFFERS = {"ru": "Иначе{}: ", "en": "Differs{}: "}

#: That there is no answer, and why.
REFUSAL = {
    "ru": "В собранных текстах ответа на этот вопрос нет.",
    "en": "The texts in the library do not hold an answer to this question.",
}
NOT_MENTIONED = {
    "ru": "Ни в одном из найденных мест не упоминается: {}.",
    "en": "None of the passages found mentions: {}.",
}
ONLY_YEARS = {
    "ru": "В текстах есть данные за {}, но не за {}.",
    "en": "The texts give {}, none for {}.",
}
NOTHING_ON = {
    "ru": "По одной из сторон сравнения ответа в текстах не нашлось: {}.",
    "en": "On one side of the comparison the texts hold no answer: {}.",
}
NO_READER = {
    "ru": "Чтение отключено (reader = none): показаны найденные места, ответ по ним не составлен.",
    "en": "No reader is set (reader = none): the passages found are shown, no answer is made of them.",
}

#: What is said where nothing was asked.
COURTESY = {
    "ru": "Спросите о том, что есть в текстах этой библиотеки, по-русски или по-английски: "
    "ответ состоит из цитат с указанием источника. Если ответа в текстах нет, это будет сказано.",
    "en": "Ask about anything that the texts of this library cover, in Russian or English: "
    "the answer is made of quotes, each with its source. Where the texts hold no answer, you are told so.",
}

#: What became of a model's words.
WORDED = {
    "ru": "Сформулировано моделью {model}; подтверждено указанными местами: {kept} из {written} предложений.",
    "en": "Worded by the model {model}; {kept} of its {written} sentences are held by the passages they cite.",
}
WORDED_TOO_LITTLE = {
    "ru": "модель {model} написала слишком мало такого, что подтверждают источники ({kept} из {written} предложений)",
    "en": "the model {model} wrote too little that the sources hold ({kept} of {written} sentences)",
}
QUOTED_INSTEAD = {"ru": "Ответ составлен из цитат: {}.", "en": "Quoted instead: {}."}

#: What went wrong with a model, by the `Kind` of a `llm.problem.Problem`; part of a sentence.
PROBLEMS = {
    "settings": {"ru": "модель не настроена: {detail}", "en": "no model is set up: {detail}"},
    "unreachable": {"ru": "нет связи с сервером {host}", "en": "{host} cannot be reached"},
    "interrupted": {"ru": "связь с сервером {host} прервалась", "en": "the connection to {host} broke off"},
    "late": {
        "ru": "модель {model} на сервере {host} не ответила за {detail} с",
        "en": "the model {model} at {host} did not answer within {detail} s",
    },
    "key": {
        "ru": "сервер {host} не принял ключ (EURAG_LLM_KEY)",
        "en": "{host} did not accept the key (EURAG_LLM_KEY)",
    },
    "model": {"ru": "на сервере {host} нет модели {model}", "en": "{host} has no model {model}"},
    "address": {
        "ru": "на сервере {host} нет такого адреса; EURAG_LLM_URL кончается версией, как http://localhost:11434/v1",
        "en": "{host} has no such address; EURAG_LLM_URL ends with a version, as http://localhost:11434/v1 does",
    },
    "overloaded": {
        "ru": "сервер {host} перегружен, или квота исчерпана",
        "en": "{host} is overloaded, or the quota there is used up",
    },
    "refused": {"ru": "сервер {host} отклонил запрос: {detail}", "en": "{host} refused the request: {detail}"},
    "failed": {"ru": "на сервере {host} произошла ошибка: {detail}", "en": "{host} failed: {detail}"},
    "not a stream": {
        "ru": "сервер {host} прислал {detail} вместо потока с ответом; проверьте EURAG_LLM_URL",
        "en": "{host} sent {detail} instead of a streamed answer; check EURAG_LLM_URL",
    },
    "garbled": {"ru": "сервер {host} прислал то, чего нельзя прочесть", "en": "{host} sent what cannot be read"},
    "silent": {"ru": "модель {model} ничего не написала", "en": "the model {model} wrote nothing"},
    "language": {
        "ru": "модель {model} ответила на другом языке",
        "en": "the model {model} answered in another language",
    },
    "unasked": {
        "ru": "ни одного из найденных мест нельзя показать модели {model}",
        "en": "none of the passages found can be shown to the model {model}",
    },
}
