"""What is said when the texts hold no answer, and why: what they do not mention, or do not give."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus import Record, fold
from embeddings import terms, tokens
from rag.answer_types import answer_type, holds_answer
from rag.language.interface import ui_language
from rag.language.quotation import quoted
from rag.search.glossary import Glossary
from rag.search.retrieval import Hit
from rag.wanted import mentions_year

Word = tuple[str, int, int]

_REFUSAL = {
    "ru": "В собранных текстах ответа на этот вопрос нет.",
    "en": "The texts in the library do not hold an answer to this question.",
}
_NOT_MENTIONED = {
    "ru": "Ни в одном из найденных мест не упоминается: {}.",
    "en": "None of the passages found mentions: {}.",
}
_NOT_TOGETHER = {
    "ru": "Ни в одном из найденных мест не упоминаются вместе: {}.",
    "en": "None of the passages found mentions together: {}.",
}
_OTHER_YEARS = {
    "ru": "Найденные тексты ({}) не называют года: {}.",
    "en": "The texts found on {} do not mention {}.",
}
_NOT_GIVEN = {
    "ru": "Найденные места ({}) не называют, чего просит вопрос: {}.",
    "en": "The passages found on {} do not give what is asked for: {}.",
}
_NOTHING_ON = {
    "ru": "По одной из сторон сравнения ответа в текстах не нашлось: {}.",
    "en": "On one side of the comparison the texts hold no answer: {}.",
}
_ASKED_FOR = {
    "date": ("дату", "a date"),
    "number": ("число", "a number"),
    "percentage": ("долю", "a share"),
    "money": ("сумму", "a sum"),
    "duration": ("срок", "a term"),
}
_ADJECTIVE = re.compile(r"(?:[иы]й|ой|ая|яя|ое|ее|ого|его|ому|ему|[иы]м|ую|юю|[иы]е|[иы]х)$")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_PARTIES = ("country", "organisation")
_WORDS_OF_LANGUAGE = ("concept", "action")  # topics of the glossary that are no names


def refusal(language: str, reason: str | None = None) -> str:
    """That the texts hold no answer, in Russian or English, and the reason where one is known."""
    return " ".join(filter(None, (_REFUSAL[ui_language(language)], reason)))


def nothing_on(words: str, language: str) -> str:
    """That the texts hold no answer on one side of a comparison, in the question's words for it."""
    return _NOTHING_ON[ui_language(language)].format(quoted([words], ui_language(language)))


def reason(question: str, language: str, glossary: Glossary, hits: Sequence[Hit]) -> str | None:
    """Why the passages found do not answer, in a sentence; None where nothing is known to be missing.

    In this order: a name that none mentions; names that none mentions together; a year that the texts on them do
    not mention; a date, number or the like that the passages on them do not give.
    """
    spoken = ui_language(language)
    missing = not_mentioned(question, language, glossary, hits)
    if missing:
        return _NOT_MENTIONED[spoken].format(quoted(missing, spoken))
    named, about = _about(question, glossary, hits)
    if not about:
        return _NOT_TOGETHER[spoken].format(quoted(named, spoken)) if named else None
    kind = answer_type(question)
    if named and kind and kind.name in _ASKED_FOR and not any(holds_answer(kind, fold(h.passage.text)) for h in about):
        return _NOT_GIVEN[spoken].format(quoted(named, spoken), _ASKED_FOR[kind.name][spoken == "en"])
    return other_years(question, language, glossary, hits)


def other_years(question: str, language: str, glossary: Glossary, hits: Sequence[Hit]) -> str | None:
    """That the texts found on what the question names do not mention its year; None where one does, or it has none."""
    asked = _YEAR.findall(question)
    named, about = _about(question, glossary, hits) if asked else ([], [])
    if not (named and about):
        return None
    documents = {hit.passage.document.id: hit.passage.document for hit in about}.values()
    years = [year for year in asked if not any(mentions_year(document, year) for document in documents)]
    spoken = ui_language(language)
    return _OTHER_YEARS[spoken].format(quoted(named, spoken), ", ".join(years)) if years else None


def _about(question: str, glossary: Glossary, hits: Sequence[Hit]) -> tuple[list[str], list[Hit]]:
    """The countries and organisations that a question names, and the passages that mention all of them."""
    known = names_of_parties(question, glossary)
    if not known:
        return [], list(hits)
    read = ((hit, _stems(hit)) for hit in hits)
    about = [hit for hit, stems in read if all(name.stands_in(stems) for name in known)]
    return list(dict.fromkeys(name.words for name in known)), about


def not_mentioned(question: str, language: str, glossary: Glossary, hits: Sequence[Hit]) -> list[str]:
    """What the question names and no hit mentions: names and numbers.

    A name that the glossary knows counts as mentioned in either language and in any of its forms; another
    capitalised word is looked for in the hits of the question's language, where there are any.
    """
    return lacking(question, language, glossary, [(hit.passage.language, _stems(hit)) for hit in hits])


def lacking(question: str, language: str, glossary: Glossary, texts: Sequence[tuple[str, str]]) -> list[str]:
    """The same of any texts: (language, `stems_of` it)."""
    folded = fold(question)
    own = [stems for code, stems in texts if code == language]
    known, covered = list(_known_names(folded, glossary)), _covered(folded, glossary)
    missing = [name.words for name in known if not any(name.stands_in(stems) for _, stems in texts)]
    for words, stem, is_number in _other_names(folded, covered):
        looked_at = [stems for _, stems in texts] if is_number else own
        if (looked_at or is_number) and not any(stem in stems for stems in looked_at):
            missing.append(words)
    return list(dict.fromkeys(missing))


def names_of_parties(question: str, glossary: Glossary) -> list["Known"]:
    """The countries and organisations that a question names, in order."""
    return [name for name in _known_names(fold(question), glossary) if name.topic in _PARTIES]


@dataclass(frozen=True, slots=True)
class Known:
    """A name of the glossary: the words for it, in the question or in full, its topic, the stems of each form."""

    words: str
    topic: str
    forms: tuple[str, ...]

    def stands_in(self, stems: str) -> bool:
        """Whether a form of the name is in a text, given as `stems_of` does."""
        return any(form in stems for form in self.forms)


def _known_names(question: str, glossary: Glossary) -> Iterator[Known]:
    """The names of the glossary that a question holds, in order; an inflected one is given as the glossary has it."""
    for mention in glossary.mentions(question):
        entry, words = mention.entry, question[mention.start : mention.end]
        if entry.topic not in _WORDS_OF_LANGUAGE:
            names = [name for names in entry.names.values() for name in names]
            usual = entry.names["ru" if _CYRILLIC.search(words) else "en"][0]
            as_written = words.casefold() in (name.casefold() for name in names)
            yield Known(words if as_written else usual, entry.topic, tuple(_joined(terms(name)) for name in names))


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
    """Whether a word is written as a name; the first of a sentence always is, and tells nothing."""
    before = question[: word[1]].rstrip()
    return bool(before) and before[-1] not in ".!?" and question[word[1]].isupper()


def _joined(stems: Sequence[str]) -> str:
    """Stems between spaces, so that one or several can be looked for in a row of them."""
    return f" {' '.join(stems)} "


def _stems(hit: Hit) -> str:
    """The stems of a passage and of what it is read under, joined."""
    return stems_of(
        hit.passage.document.record, f"{hit.passage.section or ''}. {hit.passage.text}", hit.passage.language
    )


def stems_of(record: Record, text: str, language: str) -> str:
    """The stems of a text and of its document's title, parties and date, joined by spaces."""
    date = (record.date or "").replace("-", " ")
    head = (record.title, record.also.get("title", ""), " ".join(record.parties), date)
    return _joined(terms(f"{'. '.join(head)}. {text}", language))
