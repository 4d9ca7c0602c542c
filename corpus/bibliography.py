"""Statements about a document that its own text makes: its first page, a date, the licence, or a guess."""

import re
from collections.abc import Sequence

from corpus.dates import find_date
from corpus.first_page.statements import statements_from_first_page
from corpus.normalisation import fold
from corpus.records import Block, Extraction, Field
from corpus.sentences import sentence_spans

_INITIALS_FIRST = re.compile(
    r"((?:(?:[A-ZА-ЯЁ][a-zа-яё]?\.[\s-]?){1,3}[A-ZА-ЯЁ][\w’'-]+(?:,\s*(?=[A-ZА-ЯЁ]\.)|\.\s+))+)"
)
_ONE_INITIALS_FIRST = re.compile(r"(?:[A-ZА-ЯЁ][a-zа-яё]?\.[\s-]?){1,3}[A-ZА-ЯЁ][\w’'-]+")
_LEADING_DATE = re.compile(r"(?<!\s)\s*+(?:date|дата)\s*+:?\s*+(\d{4}-\d\d-\d\d|\d{1,2}\.\d{1,2}\.\d{4})\s*", re.I)
_LICENCE = re.compile(
    r"creative commons\s*+[«\"“]?\s*+attribution(?![\s-]*+(?:non|no-?deriv|share))\s*+[»\"”]?(?:\s*+(\d\.\d))?"
    r"|\bCC BY (\d\.\d)",
    re.I,
)
_THESIS = re.compile(r"(?:цель|задачи|актуальность)[^.]{0,40}научной работы|диссертац|thesis", re.I)
_ABSTRACT = re.compile(r"(?<!\s)\s*+(?:аннотация|abstract|резюме)\s*+:", re.I)
_FIRST_PERSON = re.compile(r"\b(?:we|our|I believe|мы|наш\w*|я считаю)\b", re.I)
_SECTION_NAME = re.compile(
    r"(?:abstract|introduction|references|contents|preamble|аннотация|введение|резюме|актуальность|цель|содержание)\b",
    re.I,
)
_TITLE_LENGTH = 160


def statements_from_text(extraction: Extraction, blocks: Sequence[Block]) -> list[Field]:
    """What a text says of itself; of what it only suggests (title, kind), a guess so marked."""
    text = extraction.text
    shown = [block for block in blocks if block.part in ("body", "front matter")]
    statements = statements_from_first_page(text, extraction.headings)
    known = {statement.name for statement in statements}
    statements += [opening for opening in _opening(fold(text[:600]), shown, text) if opening.name not in known]
    licence = _LICENCE.search(fold(text[-1500:]))
    if licence:
        statements.append(Field("licence", f"CC BY {licence.group(1) or licence.group(2) or ''}".strip(), "text"))
    statements.append(Field("kind", _kind(text, statements), "text" if _is_in_a_journal(statements) else "guess"))
    statements.append(Field("title", _title_line(text, blocks), "guess"))
    statements.append(Field("title", _first_sentence(text, shown), "guess"))
    return statements


def _opening(opening: str, shown: Sequence[Block], text: str) -> list[Field]:
    """A date line or "A. B. Author, C. D. Author. Title" at the very start."""
    statements = []
    dated = _LEADING_DATE.match(opening)
    if dated:
        statements.append(Field("date", find_date(dated.group(1)), "text"))
    first = fold(text[shown[0].start : shown[0].end]) if shown else ""
    authors = _INITIALS_FIRST.match(first)
    if authors and len(first) < 500:
        names = tuple(_ONE_INITIALS_FIRST.findall(authors.group(1)))
        statements.append(Field("authors", names, "text"))
        statements.append(Field("title", first[authors.end() :].strip(" ."), "text"))
    return statements


def _is_in_a_journal(statements: Sequence[Field]) -> bool:
    """Whether a text names its journal and its place there, as nothing but an article does."""
    known = {statement.name for statement in statements}
    return "journal" in known and not known.isdisjoint({"volume", "issue", "pages"})


def _kind(text: str, statements: Sequence[Field]) -> str:
    known = {statement.name for statement in statements}
    if "journal" in known or "doi" in known:
        return "article"
    if _ABSTRACT.match(text):
        return "abstract"
    if _THESIS.search(text[:3000]):
        return "thesis summary"
    if "authors" in known and "title" in known:
        return "abstract" if len(text) < 6000 else "article"
    return "essay" if _FIRST_PERSON.search(text) else "text"


def _title_line(text: str, blocks: Sequence[Block]) -> str | None:
    """The heading that opens a plain text, unless it is the name of a section."""
    first = next((block for block in blocks if block.part != "boilerplate"), None)
    if first is None or first.part != "heading":
        return None
    line = fold(text[first.start : first.end])
    return None if _SECTION_NAME.match(line) else line.strip("#* ")


def _first_sentence(text: str, shown: Sequence[Block]) -> str:
    """The first sentence of the body, shortened at a word: a stand-in for a title."""
    body = next((block for block in shown if block.part == "body"), None)
    if body is None:
        return ""
    content = _ABSTRACT.sub("", _LEADING_DATE.sub("", fold(text[body.start : body.end]), count=1), count=1)
    spans = sentence_spans(content, body.language)
    sentence = content[slice(*spans[0])].rstrip(" .") if spans else ""
    if len(sentence) <= _TITLE_LENGTH:
        return sentence
    return sentence[:_TITLE_LENGTH].rsplit(" ", 1)[0].rstrip(",;:") + " …"
