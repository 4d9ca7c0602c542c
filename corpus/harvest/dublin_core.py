"""What a record in simple Dublin Core (oai_dc) says, as OJS, Elpub, DSpace and EPrints write it."""

import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from corpus.harvest.addresses import is_web_address
from corpus.languages import language_code, language_of
from corpus.person_names import author_line, forms_of
from corpus.readers.draft import Draft
from corpus.readers.hypertext import write_hypertext
from corpus.readers.markup import attribute, children, inner_text
from corpus.readers.statements import doi_in, free_licence, iso_date, stated
from corpus.records import Field

#: Parts of a type of OpenAIRE's, COAR's or a journal's vocabulary -> kind of document; the first that fits.
_KINDS = (
    ("conference", "conference paper"),
    ("bookpart", "chapter"),
    ("chapter", "chapter"),
    ("thesis", "thesis"),
    ("dissertation", "thesis"),
    ("диссертация", "thesis"),
    ("book", "book"),
    ("monograph", "book"),
    ("report", "report"),
    ("workingpaper", "report"),
    ("article", "article"),
    ("review", "article"),
    ("статья", "article"),
)
_RESOLVERS = ("doi.org", "dx.doi.org")
_VOLUME = re.compile(r"\b(?:Vol(?:ume)?|Том|Т)\b\.?\s*([\dIVXLC]+)", re.I)
_ISSUE = re.compile(r"(?:№|\b(?:No|Issue|Iss|Вып(?:уск)?)\b)\.?\s*(\d[\d\-–/]*(?:\s?\(\d{1,3}\))?)", re.I)
_PAGES = re.compile(r"(?:p{1,2}\.|[сc]\.)?\s*+([eе]?\d+)\s*+[-–—]\s*+([eе]?\d+)", re.I)
_ISSN = re.compile(r"\d{4}-\d{3}[\dXХ]")
_MARKUP = re.compile(r"<(?:p|br|div|span|em|i|b|strong|sup|sub|ul|ol|li|jats:p)\b", re.I)


class DublinCore:
    """The elements of a record's <dc>, with the language that each states."""

    def __init__(self, metadata: Any) -> None:
        self._metadata = metadata
        code = next(filter(None, map(language_code, self.texts("language"))), None)
        titles = self._in_languages("title")
        self.language = code or next((language for language, _ in titles), None)
        own = next((title for language, title in titles if language == self.language), None)
        self.title = own or next((title for _, title in titles), "")

    def texts(self, name: str) -> list[str]:
        """The contents of the elements of a name, without repetitions."""
        return list(dict.fromkeys(text for _, text in self._elements(name)))

    def statements(self) -> list[Field]:
        """The record, as far as the elements state it."""
        titles = {code: title for code, title in self._in_languages("title") if title != self.title}
        place = self._place()
        values: dict[str, Any] = {
            "title": self.title,
            "titles": {code: title for code, title in titles.items() if code != self.language},
            "languages": [self.language] if self.language else None,
            "date": min(filter(None, map(iso_date, self.texts("date"))), default=None),
            "kind": _kind(self.texts("type")) or ("article" if place.get("journal") else None),
            "doi": doi_in([*self.texts("identifier"), *self.texts("relation")]),
            "url": self._landing_page(),
            "publisher": next(iter(self.texts("publisher")), None),
            "licence": free_licence(self.texts("rights")),
            "abstracts": self._abstracts(),
            "keywords": self._keywords(),
        }
        return stated(values | self._authors() | place, "metadata")

    def links(self) -> list[str]:
        """The addresses of web pages and files that the record names, in order."""
        named = [*self.texts("relation"), *self.texts("identifier")]
        return [text for text in named if is_web_address(text)]

    def _elements(self, name: str) -> Iterator[tuple[str | None, str]]:
        """(stated language or None, content) of each element of a name that holds something."""
        for element in children(self._metadata, name):
            content = inner_text(element)
            if content:
                yield language_code(attribute(element, "lang") or ""), content

    def _in_languages(self, name: str) -> list[tuple[str, str]]:
        return [(code or language_of(content) or "und", content) for code, content in self._elements(name)]

    def _landing_page(self) -> str | None:
        """The page of the work: an address of the publisher's own rather than one that resolves a DOI."""
        pages = [text for text in self.texts("identifier") if is_web_address(text)]
        return min(pages, key=lambda page: urlsplit(page).hostname in _RESOLVERS, default=None)

    def _abstracts(self) -> dict[str, str]:
        """The longest description in each language: the others are notes about the file or the issue."""
        found: dict[str, str] = {}
        for code, content in self._elements("description"):
            abstract = _without_markup(content)
            language = code or language_of(abstract) or "und"
            if len(abstract) > len(found.get(language, "")):
                found[language] = abstract
        return found

    def _keywords(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for code, content in self._elements("subject"):
            for word in filter(None, map(str.strip, content.split(";"))):
                words = found.setdefault(code or language_of(word) or "und", [])
                if word not in words:
                    words.append(word)
        return found

    def _authors(self) -> dict[str, Any]:
        """Authors in the record's language, and their names in the other one where the record has both."""
        groups: dict[str | None, list[str]] = {}
        for code, content in self._elements("creator"):
            groups.setdefault(code, []).extend(_names(content))
        main = groups.get(self.language) or next(iter(groups.values()), [])
        others = [name for group in groups.values() if group is not main for name in group]
        return {"authors": main, "author_forms": forms_of(main, others)}

    def _place(self) -> dict[str, str]:
        """Journal, volume, issue and pages from "Journal; Vol. 5 No. 2 (2014): Theme; 12-31"."""
        sources = [text for code, text in self._elements("source") if code in (None, self.language)]
        line = next((text for text in sources or self.texts("source") if ";" in text), None)
        if line is None:
            return {}
        journal, *rest = [part.strip() for part in line.split(";")]
        found = {"journal": "" if _ISSN.fullmatch(journal) else journal}
        for name, form in (("volume", _VOLUME), ("issue", _ISSUE)):
            match = next(filter(None, map(form.search, rest)), None)
            found[name] = match.group(1) if match else ""
        pages = next(filter(None, map(_PAGES.fullmatch, rest)), None)
        return found | {"pages": f"{pages.group(1)}-{pages.group(2)}" if pages else ""}


def _names(creator: str) -> list[str]:
    """The names in an element: behind a semicolon OJS 2 and Elpub put an affiliation, others one more author."""
    first, *rest = [part.strip() for part in creator.split(";")]
    return [first, *(part for part in rest if (line := author_line(part)) and line.sure and not line.rest)]


def _kind(types: Sequence[str]) -> str | None:
    said = " ".join(types).lower().replace(" ", "").replace("-", "")
    return next((kind for part, kind in _KINDS if part in said), None)


def _without_markup(text: str) -> str:
    """An abstract whose HTML was escaped into the record, as paragraphs of plain text."""
    if not _MARKUP.search(text):
        return text
    from lxml.etree import ParserError
    from lxml.html import fromstring

    draft = Draft()
    try:
        write_hypertext(draft, fromstring(text))
    except (ParserError, RecursionError):
        return text
    return draft.text
