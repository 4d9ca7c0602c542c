"""What a question takes for granted and the texts quoted do not hold."""

import re
from collections.abc import Sequence

from embeddings import StoredPassage
from rag.glossary import Glossary
from rag.groups import Sentence
from rag.refusals import lacking, quoted, stems_of, ui_language

_PRESUPPOSES = re.compile(
    r"^\W*(?:why|how come|for what reason|почему|зачем|отчего|благодаря|по какой причине)\b", re.I
)
_COUNT = re.compile(r"\d{1,3}")
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_NOT_THERE = {
    "ru": "В процитированных текстах не упоминается: {}.",
    "en": "The texts quoted do not mention: {}.",
}
_OTHER_YEAR = {
    "ru": " В первом процитированном предложении назван год {}.",
    "en": " The first sentence quoted gives the year {}.",
}


def presupposes(question: str) -> bool:
    """Whether a question takes an event for granted, and asks only why it came about."""
    return bool(_PRESUPPOSES.search(question))


def unmentioned(question: str, language: str, glossary: Glossary, sentences: Sequence[Sentence]) -> str | None:
    """A note on what a question takes for granted and names, where the documents quoted mention it nowhere; else None.

    Where that is a year, the note gives the one year of the first sentence quoted, if it has just one. Small numbers
    are left out, since a text may have them in words. Whole documents are read only for what the passages lack.
    """
    if not presupposes(question):
        return None
    passages = {quote.passage.row: quote.passage for sentence in sentences for quote in sentence.quotes}.values()
    missing = _lacking(question, language, glossary, [(p, p.text) for p in passages])
    if missing:
        documents = {passage.document.id: passage for passage in passages}.values()
        missing = _lacking(question, language, glossary, [(p, p.document.text) for p in documents])
    if not missing:
        return None
    spoken = ui_language(language)
    given = set(_YEAR.findall(sentences[0].text))
    told = len(given) == 1 and any(_YEAR.fullmatch(words) for words in missing)
    return _NOT_THERE[spoken].format(quoted(missing, spoken)) + (_OTHER_YEAR[spoken].format(*given) if told else "")


def _lacking(question: str, language: str, glossary: Glossary, texts: Sequence[tuple[StoredPassage, str]]) -> list[str]:
    """The names and years of the question that stand in none of the texts, each with a passage of its document."""
    read = [(p.language, stems_of(p.document.record, text, p.language)) for p, text in texts]
    return [words for words in lacking(question, language, glossary, read) if not _COUNT.fullmatch(words)]
