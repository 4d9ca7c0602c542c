"""Words that ask nothing ("Thanks!", «Привет»), and what is said to them: what can be asked here."""

import re

from corpus import fold

#: One courtesy, the pattern of a regular expression that ignores case.
COURTESY = (
    r"(?:thanks?(?: you)?(?: (?:very|so) much| a lot)?(?: for (?:the|your) (?:answer|help))?|ok(?:ay)?|great|i see"
    r"|got it|hello|hi|good (?:morning|afternoon|evening|day)|goodbye|bye"
    r"|(?:большое )?спасибо(?: большое| вам)?(?: за (?:ответ|помощь))?|благодарю(?: вас)?|вс[её] понятно|понятно|ясно"
    r"|хорошо|отлично|ок(?:ей)?|здравствуй(?:те)?|привет|добр(?:ый день|ый вечер|ое утро)|до свидания)\b"
)

_NOTHING_ELSE = re.compile(rf"(?:[\W_]*\b{COURTESY})+[\W_]*", re.I)
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_REPLY = {
    "ru": "Спросите о том, что есть в текстах этой библиотеки, по-русски или по-английски: "
    "ответ состоит из цитат с указанием источника. Если ответа в текстах нет, это будет сказано.",
    "en": "Ask about anything that the texts of this library cover, in Russian or English: "
    "the answer is made of quotes, each with its source. Where the texts hold no answer, you are told so.",
}


def reply_to(message: str) -> tuple[str, str] | None:
    """What is said to a message of courtesies alone, as (its language, "ru" or "en"; the reply); None for any other."""
    words = fold(message)
    if not _NOTHING_ELSE.fullmatch(words):
        return None
    language = "ru" if _CYRILLIC.search(words) else "en"
    return language, _REPLY[language]
