"""Why the texts do not answer, as far as that can be told: what they do not mention, and what they have instead."""

import re
from collections.abc import Sequence

from corpus import fold
from embeddings import terms
from rag.answer.findings import Finding
from rag.language.interface import ui_language
from rag.language.quotation import quoted
from rag.messages import NOT_MENTIONED, ONLY_YEARS
from rag.search.glossary import WORDS, Entry, Glossary
from rag.search.query import MOST_NAMES
from rag.search.retrieval import Hit

_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")


def unmentioned(question: str, language: str, glossary: Glossary, hits: Sequence[Hit]) -> str | None:
    """That none of the passages found mentions a name of the glossary that the question has; None where all do."""
    text = fold(question)
    mentions = (mention for mention in glossary.mentions(text) if mention.entry.topic not in WORDS)
    named = list({text[mention.start : mention.end]: mention.entry for mention in mentions}.items())[:MOST_NAMES]
    if not named:
        return None
    read = [_stems(hit) for hit in hits]
    missing = [words for words, entry in named if not any(_stands_in(entry, stems) for stems in read)]
    spoken = ui_language(language)
    return NOT_MENTIONED[spoken].format(quoted(missing, spoken)) if missing else None


def without_year(question: str) -> tuple[str, str] | None:
    """The question without its year, and the year; None where it names none or several."""
    years = list(_YEAR.finditer(question))
    if len(years) != 1:
        return None
    start, end = years[0].span()
    return f"{question[:start]}{question[end:]}", years[0].group()


def only_years(found: Sequence[Finding], year: str, language: str) -> str | None:
    """That the texts answer for other years than the one asked for; None where they name none, or that one."""
    years = sorted({int(y) for finding in found for y in _YEAR.findall(finding.quote.text)})
    if not years or int(year) in years:
        return None
    return ONLY_YEARS[ui_language(language)].format(_runs(years, ui_language(language)), year)


def _runs(years: Sequence[int], spoken: str) -> str:
    """Years in words: "2018, 2020 to 2022"."""
    runs: list[list[int]] = []
    for year in years:
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    to = {"ru": "{}–{}", "en": "{} to {}"}[spoken]
    return ", ".join(str(run[0]) if len(run) == 1 else to.format(run[0], run[-1]) for run in runs)


def _stems(hit: Hit) -> str:
    record = hit.passage.document.record
    told = f"{record.title or ''} {hit.passage.section or ''} {hit.passage.text}"
    return f" {' '.join(terms(told, hit.passage.language))} "


def _stands_in(entry: Entry, stems: str) -> bool:
    return any(f" {' '.join(terms(name))} " in stems for names in entry.names.values() for name in names)
