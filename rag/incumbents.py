"""Who holds an office now: of statements on its holders at different times the newest comes first."""

import re
from dataclasses import replace

from corpus import fold
from rag.evidence import Evidence, Quote
from rag.search.glossary import Glossary

#: A statement on a holder may be so much behind the first quote: the words for an office vary.
BEHIND = 0.15

_ASKS_WHO_NOW = re.compile(
    r"^\W*(?:who (?:is|are|now|currently|(?!was|has|does)\w+s)\b"
    r"|кто\b(?!(?:\s+\w+)?\s+(?:автор|был|\w+(?:ал|ил|ел|ял|ул)(?:а|и|ся)?\b)))",
    re.I,
)
_THEN = re.compile(r"\b(?:(?:19|20)\d\d|first|former|previous|author|перв\w+|бывш\w+|прежн\w+)\b", re.I)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_PERSON = re.compile(r"\b[A-ZА-ЯЁ][a-zа-яё'’-]+ (?:[A-ZА-ЯЁ]\. )?[A-ZА-ЯЁ][a-zа-яё'’-]+\b")


def newest_first(question: str, glossary: Glossary, evidence: Evidence) -> Evidence:
    """The evidence with the newest statement on a holder in front, one a language, where a question asks for one.

    How new one is tells the earliest year in it, since a list of holders begins with an older one and a term ends in
    years to come; one without a year or a person says nothing of that. It has to stand in the document of the best
    quote in its language, or to meet as many of the question's names as that.
    """
    if not _ASKS_WHO_NOW.search(question) or _THEN.search(question):
        return evidence
    first: list[Quote] = []
    for language in dict.fromkeys(quote.passage.language for quote in evidence.quotes):
        own = [quote for quote in evidence.quotes if quote.passage.language == language]
        dated = [quote for quote in own if _is_rival(quote, own[0]) and _names_a_person(quote, glossary)]
        if dated:
            newest = max(dated, key=_year)
            first.append(replace(newest, score=own[0].score))
    ahead = {(quote.passage.row, quote.start) for quote in first}
    rest = [quote for quote in evidence.quotes if (quote.passage.row, quote.start) not in ahead]
    return replace(evidence, quotes=tuple(sorted([*first, *rest], key=lambda quote: -quote.score)))


def _is_rival(quote: Quote, best: Quote) -> bool:
    near = quote.score >= best.score - BEHIND
    same = quote.passage.document.id == best.passage.document.id
    return near and (same or quote.names >= best.names) and _year(quote) > 0


def _year(quote: Quote) -> int:
    """The earliest year that a quote gives, 0 where it gives none."""
    return min((int(year) for year in _YEAR.findall(quote.text)), default=0)


def _names_a_person(quote: Quote, glossary: Glossary) -> bool:
    """Whether two capitalised words stand together that are no other name of the glossary."""
    text = fold(quote.text)
    others = [(m.start, m.end) for m in glossary.mentions(text) if m.entry.topic != "person"]
    return any(not any(a < name.end() and name.start() < b for a, b in others) for name in _PERSON.finditer(text))
