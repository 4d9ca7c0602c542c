"""Whether sources that speak of the same thing give the same date or number for it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from corpus import squash
from rag.answer_types import answer_type
from rag.evidence import Quote
from rag.groups import Sentence
from rag.language.interface import ui_language
from rag.llm.facts import Date, Facts, Mentioned
from rag.search.glossary import Glossary

#: A sentence speaks of what is asked if it meets so much of the question's words.
SAME_WORDS = 0.8
COMPARED = ("date", "number", "percentage", "money", "duration")

_DIFFER = {"ru": "Источники расходятся: {}.", "en": "The sources differ: {}."}
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")


@dataclass(frozen=True, slots=True)
class _Claim:
    """The one value of the kind asked for that a sentence gives, and of what: names, and years of other things."""

    quote: Quote
    value: str | Date
    words: str
    names: frozenset[str]
    years: frozenset[str]


def disagreement(question: str, language: str, glossary: Glossary, sentences: Sequence[Sentence]) -> str | None:
    """That two sources give different values for what is asked, with both and the years of the sources; else None.

    Silent unless it is plain that both speak of the same: each sentence gives one value of the kind asked for, is in
    the question's language, has nearly all of its words and all of its names, and the two name the same things and
    years. Two treaties are never compared, since each is right about itself.
    """
    kind = answer_type(question)
    if kind is None or kind.name not in COMPARED:
        return None
    asked = _names(Facts(question, language, glossary))
    quotes = [s.quotes[0] for s in sentences if s.language == language and s.quotes[0].words >= SAME_WORDS]
    claims = [claim for quote in quotes if (claim := _claim(quote, glossary, dated=kind.name == "date"))]
    about = [claim for claim in claims if asked <= claim.names]
    pair = next((pair for pair in combinations(about, 2) if _differ(*pair)), None)
    return _DIFFER[ui_language(language)].format("; ".join(map(_worded, pair))) if pair else None


def _claim(quote: Quote, glossary: Glossary, *, dated: bool) -> _Claim | None:
    """What a sentence gives, where that is one value."""
    facts = Facts(quote.text, quote.passage.language, glossary)
    years = [found for found in facts.counted if _YEAR.fullmatch(str(found.value))]
    given = (facts.dated or years) if dated else [found for found in facts.counted if found not in years]
    if len({found.value for found in given}) != 1:
        return None
    others: Iterable[Mentioned] = () if dated else [*years, *facts.dated]
    return _Claim(
        quote,
        given[0].value,
        facts.text[given[0].start : given[0].end],
        _names(facts),
        frozenset(str(found.value) for found in others),
    )


def _names(facts: Facts) -> frozenset[str]:
    known = {mention.entry.names["en"][0] for mention in facts.named}
    return frozenset(known | set(facts.names))


def _differ(one: _Claim, other: _Claim) -> bool:
    documents = [claim.quote.passage.document for claim in (one, other)]
    return (
        documents[0].id != documents[1].id
        and any(document.record.kind != "treaty" for document in documents)
        and one.names == other.names
        and one.years == other.years
        and _contradict(one.value, other.value)
    )


def _contradict(one: str | Date, other: str | Date) -> bool:
    """Whether two values cannot both hold; a date without day or year agrees with any that has it."""
    if isinstance(one, str) or isinstance(other, str):
        years = [value if isinstance(value, str) else str(value[0]) for value in (one, other)]
        return years[0] != years[1] and "None" not in years
    return any(a != b for a, b in zip(one, other, strict=True) if a is not None and b is not None)


def _worded(claim: _Claim) -> str:
    record = claim.quote.passage.document.record
    source = squash(record.title) or claim.quote.passage.document.source
    return f"{squash(claim.words)} ({source}, {record.year})" if record.year else f"{squash(claim.words)} ({source})"
