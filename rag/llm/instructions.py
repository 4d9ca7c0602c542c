"""Text that tells a model what to do. None belongs in a source, so no answer rests on it."""

import re

_SAY = r"(?:say|write|print|output|answer|reply|respond|repeat|state|claim|tell|declare|return|display|announce|report)"
_SAY_RU = (
    r"(?:скажи|напиши|выведи|ответь|отвечай|повтори|сообщи|утверждай|напечатай|укажи|заяви|объяви|добавь|пиши|говори"
    r"|верни|процитируй|сошлись|поставь)"
)
#: White space is single where this looks.
_ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget|override|overrule|bypass|skip)\b.{0,40}\b(?:instruction|prompt|rule|above|previous"
    r"|prior|earlier|everything|all|passage|source|guideline|system|told|question)"
    r"|\b(?:игнорируй|проигнорируй|забудь|не обращай|отбрось|отмени|пренебреги|не учитывай|обойди|нарушь)(?:те)?\b"
    r"|(?:^|[\n>.!?:;»\"*\-\]]\s?)(?:system|assistant|user|human|developer|система|системное сообщение|ассистент"
    r"|пользователь|разработчик)\s?(?:prompt|message|note)?\s?[:>\]]"
    r"|<\|?/?(?:im_start|im_end|system|assistant|user|passages?|inst|s)\b|\[/?inst\]|##\s?(?:system|instruction)"
    rf"|(?:^|[.!?:;,»\"*\-]\s?|\b(?:and|then|must|should|please|only|just|now|always|simply)\s){_SAY}"
    r"\b\s?(?:that|only|exactly|the following|the user|instead|in your answer|:|[\"“«'])"
    rf"|\b{_SAY_RU}(?:те)?\b"
    r"|\b(?:you are|you're|pretend|as an ai|language model|the model must|the assistant|chatbot|your (?:task"
    r"|role|instructions?|answer|reply|response|system prompt|rules)|new instructions?|new task|real task|reveal"
    r"|jailbreak|developer mode|(?:to|for) the (?:model|ai))\b"
    r"|\b(?:ты теперь|вы теперь|представь, что ты|веди себя|языковая модель|чат-?бот\w*|модель (?:должна|обязана)"
    r"|ассистент (?:должен|обязан)|тво[яеийюё]\w* (?:задач|рол|ответ|инструкци|правил)\w*|ваш\w* (?:ответ|инструкци)\w*"
    r"|нов(?:ая|ые|ую|ое) (?:инструкци|задач|задани|указани)\w*|системн\w+ (?:промпт|инструкци|сообщени|подсказк)\w*"
    r"|режим разработчика|для (?:ассистента|нейросети|ии|языковой модели)\b"
    r"|предыдущие (?:инструкци|указани|правил)\w*)",
    re.I,
)


def instructs(text: str) -> bool:
    """Whether a text addresses a model, or whoever answers, rather than its reader."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return bool(_ORDERS.search("\n".join(filter(None, lines))))
