"""What is said when the texts hold no answer, and why: what they do not mention, or do not give."""

import re
from collections.abc import Iterator, Sequence

from corpus import fold
from embeddings import terms, tokens
from rag.answer_types import answer_type, holds_answer
from rag.glossary import Glossary
from rag.retrieval import Hit

Word = tuple[str, int, int]

_REFUSAL = {
    "ru": "В собранных текстах ответа на этот вопрос нет.",
    "en": "The texts in the library do not hold an answer to this question.",
}
_NOT_MENTIONED = {
    "ru": "Ни в одном из найденных мест не упоминается: {}.",
    "en": "None of the passages found mentions: {}.",
}
_NOT_GIVEN = {
    "ru": "О предмете вопроса тексты говорят, но не называют, чего он просит: {}.",
    "en": "The texts speak of the subject, but do not give what is asked for: {}.",
}
_ASKED_FOR = {
    "date": ("дату", "a date"),
    "number": ("число", "a number"),
    "percentage": ("долю", "a share"),
    "money": ("сумму", "a sum"),
    "duration": ("срок", "a term"),
}
_ADJECTIVE = re.compile(r"(?:[иы]й|ой|ая|яя|ое|ее|ого|его|ому|ему|[иы]м|ую|юю|[иы]е|[иы]х)$")
_WORDS_OF_LANGUAGE = ("concept", "action")  # topics of the glossary that are no names


def ui_language(language: str) -> str:
    """The language that a reader of this one is spoken to in: "ru" or "en"."""
    return "ru" if language in ("ru", "uk", "be", "kk", "ky") else "en"


def refusal(language: str, reason: str | None = None) -> str:
    """That the texts hold no answer, in Russian or English, and the reason where one is known."""
    return " ".join(filter(None, (_REFUSAL[ui_language(language)], reason)))


def reason(question: str, language: str, glossary: Glossary, hits: Sequence[Hit]) -> str | None:
    """Why the passages found do not answer, in a sentence; None where nothing named is missing."""
    spoken = ui_language(language)
    missing = not_mentioned(question, language, glossary, hits)
    if missing:
        return _NOT_MENTIONED[spoken].format(", ".join(missing))
    kind = answer_type(question)
    if hits and kind and kind.name in _ASKED_FOR and not any(holds_answer(kind, fold(h.passage.text)) for h in hits):
        return _NOT_GIVEN[spoken].format(_ASKED_FOR[kind.name][spoken == "en"])
    return None


def not_mentioned(question: str, language: str, glossary: Glossary, hits: Sequence[Hit]) -> list[str]:
    """What the question names and no hit mentions, in its own words: names and numbers.

    A name that the glossary knows counts as mentioned in either language and in any of its forms; another
    capitalised word is looked for in the hits of the question's language, where there are any.
    """
    folded = fold(question)
    everywhere = [_stems(hit) for hit in hits]
    own = [stems for hit, stems in zip(hits, everywhere, strict=True) if hit.passage.language == language]
    known, covered = list(_known_names(folded, glossary)), _covered(folded, glossary)
    missing = [words for words, forms in known if not any(form in stems for form in forms for stems in everywhere)]
    for words, stem, is_number in _other_names(folded, covered):
        looked_at = everywhere if is_number else own
        if (looked_at or is_number) and not any(stem in stems for stems in looked_at):
            missing.append(words)
    return list(dict.fromkeys(missing))


def _known_names(question: str, glossary: Glossary) -> Iterator[tuple[str, list[str]]]:
    """(words of the question, the stems of each form of their name), in order."""
    for mention in glossary.mentions(question):
        if mention.entry.topic not in _WORDS_OF_LANGUAGE:
            names = [name for names in mention.entry.names.values() for name in names]
            yield question[mention.start : mention.end], [_joined(terms(name)) for name in names]


def _covered(question: str, glossary: Glossary) -> set[int]:
    return {place for mention in glossary.mentions(question) for place in range(mention.start, mention.end)}


def _other_names(question: str, covered: set[int]) -> Iterator[tuple[str, str, bool]]:
    """(words of the question, a stem among them, whether it is a number): numbers, and capitalised words."""
    words = [word for word in tokens(question) if word[1] not in covered]
    for n, (word, start, end) in enumerate(words):
        stems = terms(word)
        if stems and word.isdigit():
            yield question[start:end], _joined(stems), True
        elif stems and _is_capitalised(question, words[n]):
            first, last = _name_around(question, words, n)
            yield question[words[first][1] : words[last][2]], _joined(stems), False


def _name_around(question: str, words: Sequence[Word], n: int) -> tuple[int, int]:
    """First and last word of the name that the n-th belongs to: capitalised ones, a noun behind an adjective."""
    first = last = n
    while first and _is_capitalised(question, words[first - 1]):
        first -= 1
    while last + 1 < len(words) and _is_capitalised(question, words[last + 1]):
        last += 1
    if last + 1 < len(words) and _ADJECTIVE.search(words[last][0]):
        last += 1
    return first, last


def _is_capitalised(question: str, word: Word) -> bool:
    """Whether a word is written as a name; the first of a question always is, and tells nothing."""
    return word[1] > 0 and question[word[1]].isupper()


def _joined(stems: Sequence[str]) -> str:
    """Stems between spaces, so that one or several can be looked for in a row of them."""
    return f" {' '.join(stems)} "


def _stems(hit: Hit) -> str:
    """The stems of a passage and of what it is read under, joined."""
    record = hit.passage.document.record
    head = (record.title, record.also.get("title", ""), " ".join(record.parties), str(record.date or ""))
    return _joined(terms(f"{'. '.join(head)}. {hit.passage.section or ''}. {hit.passage.text}", hit.passage.language))
