"""Statements of a web page's `meta` elements: Highwire Press tags (`citation_title`), Dublin Core, PRISM.

Of the names for one field the first that the page has counts.
"""

import re
from typing import Any

from corpus.languages import language_code, language_of
from corpus.readers.markup import attribute
from corpus.readers.statements import doi_in, free_licence, iso_date, page_range, stated
from corpus.records import Field

_TITLE = ("citation_title", "dc.title", "dcterms.title", "eprints.title")
_AUTHORS = ("citation_author", "citation_authors", "dc.creator.personalname", "dc.creator", "dcterms.creator")
_DATE = (
    *("citation_publication_date", "citation_date", "citation_online_date", "dc.date.issued", "dcterms.issued"),
    *("prism.publicationdate", "dc.date.created", "dc.date", "dcterms.date"),
)
_NAMES = {
    "journal": (
        "citation_journal_title",
        "citation_conference_title",
        "citation_inbook_title",
        "prism.publicationname",
    ),
    "volume": ("citation_volume", "prism.volume", "dc.source.volume"),
    "issue": ("citation_issue", "prism.number", "dc.source.issue"),
    "publisher": ("citation_publisher", "citation_dissertation_institution", "dc.publisher", "dcterms.publisher"),
    "url": ("citation_abstract_html_url", "citation_public_url", "dc.identifier.uri"),
}
_DOI = ("citation_doi", "prism.doi", "dc.identifier.doi", "dc.identifier", "dcterms.identifier")
_LANGUAGE = ("citation_language", "dc.language", "dcterms.language")
_KEYWORDS = ("citation_keywords", "citation_keyword", "dc.subject", "dcterms.subject")
_ABSTRACT = ("citation_abstract", "dc.description", "dcterms.abstract")
_PAGES = ("dc.identifier.pagenumber",)
_LICENCE = ("dc.rights", "dcterms.license", "dcterms.rights")
_KINDS = {
    "citation_journal_title": "article",
    "citation_conference_title": "conference paper",
    "citation_inbook_title": "chapter",
    "citation_dissertation_institution": "thesis",
}


class _Metas:
    """The contents of a page's `meta` elements by their names, with the language where one is stated."""

    def __init__(self, tree: Any) -> None:
        self._found: dict[str, list[tuple[str | None, str]]] = {}
        for meta in tree.iter("meta"):
            name = (meta.get("name") or meta.get("property") or "").strip().lower()
            content = " ".join((meta.get("content") or "").split())
            if name and content:
                self._found.setdefault(name, []).append((attribute(meta, "lang"), content))

    def __contains__(self, name: str) -> bool:
        return name in self._found

    def texts(self, names: tuple[str, ...]) -> list[str]:
        """The contents under the first of the names that there is, without repetitions."""
        contents = next((self._found[name] for name in names if name in self._found), [])
        return list(dict.fromkeys(content for _, content in contents))

    def first(self, names: tuple[str, ...]) -> str | None:
        """The first of `texts`, or None."""
        return next(iter(self.texts(names)), None)

    def by_language(self, names: tuple[str, ...]) -> dict[str, str]:
        """Language, stated or that of the text -> the first content in it, under any of the names."""
        found: dict[str, str] = {}
        for language, content in (pair for name in names for pair in self._found.get(name, [])):
            found.setdefault(language_code(language or "") or language_of(content) or "und", content)
        return found


def page_statements(tree: Any) -> list[Field]:
    """What the `meta` elements of a page (lxml) state about the article on it."""
    metas = _Metas(tree)
    title = metas.first(_TITLE)
    journal = metas.first(("dc.source",)) if "dc.source.volume" in metas or "dc.source.issue" in metas else None
    values: dict[str, Any] = {name: metas.first(names) for name, names in _NAMES.items()}
    values |= {
        "title": title,
        "titles": {
            code: other
            for code, other in metas.by_language((*_TITLE, "dc.title.alternative")).items()
            if other != title and code != language_of(title or "")
        },
        "journal": values["journal"] or journal,
        "authors": [name for text in metas.texts(_AUTHORS) for name in _listed(text, ";")],
        "date": next(filter(None, map(iso_date, metas.texts(_DATE))), None),
        "pages": page_range(metas.first(("citation_firstpage",)), metas.first(("citation_lastpage",)))
        or metas.first(_PAGES),
        "doi": doi_in(text for name in _DOI for text in metas.texts((name,))),
        "languages": [code for text in metas.texts(_LANGUAGE) if (code := language_code(text))],
        "keywords": [word for text in metas.texts(_KEYWORDS) for word in _listed(text, "[;,]")],
        "abstracts": metas.by_language(_ABSTRACT),
        "licence": free_licence(metas.texts(_LICENCE)),
        "kind": next((kind for name, kind in _KINDS.items() if name in metas), None),
    }
    return stated(values, "metadata")


def _listed(text: str, separators: str) -> list[str]:
    """The parts of a list in one line that are not blank."""
    return [part.strip() for part in re.split(separators, text) if part.strip()]
