"""What a question takes for granted and the texts quoted do not hold."""

import re
from collections.abc import Sequence

from embeddings import StoredPassage
from rag.bibliography.csl_items import article_number
from rag.groups import Sentence
from rag.language.interface import ui_language
from rag.language.quotation import quoted
from rag.refusals import lacking, names_of_parties, stems_of
from rag.search.glossary import Glossary
from rag.wanted import named_articles

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
_OTHER_ARTICLE = {
    "ru": "Первое процитированное предложение — из статьи {}, а не из статьи {}.",
    "en": "The first sentence quoted stands in Article {}, not in Article {}.",
}
_NO_ARTICLE = {"ru": " Статьи {} в этом документе нет.", "en": " That document has no Article {}."}
_APART = {
    "ru": "Ни в одном из процитированных предложений не упоминаются вместе: {}.",
    "en": "None of the sentences quoted mentions together: {}.",
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


def other_article(question: str, language: str, sentences: Sequence[Sentence]) -> str | None:
    """A note that the first sentence stands in another article than the one that a question names; else None.

    It says so too where the document has no such article.
    """
    asked, first = named_articles(question), sentences[0].quotes[0]
    stands = article_number(first.section or "")
    if len(asked) != 1 or stands is None or stands == asked[0]:
        return None
    spoken = ui_language(language)
    there = {article_number(label or "") for _, label in first.passage.document.sections}
    note = _OTHER_ARTICLE[spoken].format(stands, *asked)
    return note if asked[0] in there else note + _NO_ARTICLE[spoken].format(*asked)


def apart(question: str, language: str, glossary: Glossary, sentences: Sequence[Sentence]) -> str | None:
    """A note that no quote, under its title, names both the countries and the organisations of a question; else None.

    Georgia's leaving one organisation does not tell when it left another. Countries alone are not looked at, since
    of a longer list a sentence may have some.
    """
    known = names_of_parties(question, glossary)
    if len({name.topic for name in known}) < 2:
        return None
    quotes = [quote for sentence in sentences for quote in sentence.quotes]
    read = [stems_of(q.passage.document.record, q.text, q.passage.language) for q in quotes]
    if any(all(name.stands_in(stems) for name in known) for stems in read):
        return None
    spoken = ui_language(language)
    return _APART[spoken].format(quoted(list(dict.fromkeys(name.words for name in known)), spoken))


def _lacking(question: str, language: str, glossary: Glossary, texts: Sequence[tuple[StoredPassage, str]]) -> list[str]:
    """The names and years of the question that stand in none of the texts, each with a passage of its document."""
    read = [(p.language, stems_of(p.document.record, text, p.language)) for p, text in texts]
    return [words for words in lacking(question, language, glossary, read) if not _COUNT.fullmatch(words)]
