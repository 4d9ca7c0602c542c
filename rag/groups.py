"""Sentences of an answer under headings: by the side of a comparison, or by the language of the sources."""

from collections.abc import Sequence
from dataclasses import dataclass

from corpus import squash
from rag.evidence import Quote
from rag.language.interface import ui_language
from rag.messages import SOURCES_IN, SOURCES_IN_ANOTHER


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer: the first quote's words; `quotes` say the same, one a source.

    `wording` is what a model made of them.
    """

    quotes: tuple[Quote, ...]
    wording: str | None = None

    @property
    def text(self) -> str:
        """The wording, else the first quote with runs of white space as one space."""
        return self.wording or squash(self.quotes[0].text)

    @property
    def language(self) -> str:
        """The language of what is quoted first."""
        return self.quotes[0].passage.language


@dataclass(frozen=True, slots=True)
class Group:
    """Sentences that stand together under a heading."""

    heading: str
    sentences: tuple[Sentence, ...]


def by_language(sentences: Sequence[Sentence], language: str) -> tuple[Group, ...]:
    """A group for each language of the sources, the reader's first; () where there is only one.

    Headings have the years of the sources where these differ from language to language.
    """
    ui = ui_language(language)
    codes = sorted(dict.fromkeys(sentence.language for sentence in sentences), key=lambda code: code != language)
    if len(codes) < 2:
        return ()
    groups = {code: tuple(s for s in sentences if s.language == code) for code in codes}
    years = {code: _years(own) for code, own in groups.items()}
    headings = {code: SOURCES_IN[ui].get(code) or SOURCES_IN_ANOTHER[ui].format(code) for code in codes}
    if len(set(years.values())) > 1:
        headings = {code: _with_years(heading, years[code]) for code, heading in headings.items()}
    return tuple(Group(headings[code], own) for code, own in groups.items())


def of_side(words: str, sentences: Sequence[Sentence]) -> Group:
    """The sentences on one side of a comparison, under the title of their document, else the question's words."""
    documents = {s.quotes[0].passage.document.id: s.quotes[0].passage.document for s in sentences}
    record = next(iter(documents.values())).record
    known = len(documents) == 1 and record.title and "title" not in record.guessed
    return Group(_with_years(squash(record.title) if known else words, _years(sentences)), tuple(sentences))


def _years(sentences: Sequence[Sentence]) -> tuple[int, ...]:
    """The years of the documents quoted first, as far as they are known, in order."""
    records = [sentence.quotes[0].passage.document.record for sentence in sentences]
    return tuple(sorted({record.year for record in records if record.year}))


def _with_years(heading: str, years: Sequence[int]) -> str:
    return f"{heading} ({', '.join(map(str, years))})" if years else heading
