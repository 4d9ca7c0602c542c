"""Journal articles in JATS XML (NISO Z39.96, also the NLM DTDs before it)."""

import re
from collections.abc import Iterator
from typing import Any

from corpus.errors import UnreadableFile
from corpus.languages import language_code, language_of, script_of
from corpus.readers.draft import Draft
from corpus.readers.markup import attribute, children, descendants, inner_text, local_name, raise_digits, set_apart
from corpus.readers.statements import doi_in, free_licence, iso_date, page_range, stated
from corpus.records import Extraction, Field

_DATES = ("pub", "epub", "ppub", "collection", "epub-ppub")
_GROUPS = {"body", "sec", "boxed-text", "app-group", "app", "ack", "fn-group", "glossary", "abstract", "trans-abstract"}
_SILENT = {"title", "label", "sec-meta", "ref-list", "object-id", "graphic", "media", "alternatives", "notes", "bio"}
_APART = {"p", "title", "label", "list", "list-item", "sec", "caption", "disp-quote", "disp-formula", "break", "kwd"}
_ABSTRACTS = ("abstract", "trans-abstract")
_ABSTRACT_TITLES = {"ru": "Аннотация", "en": "Abstract"}

_INITIALS = re.compile(r"(?:\w\w?\.[ -]?)+")


def extraction(article: Any) -> Extraction:
    """Titles, authors, abstracts and keywords, then the sections, notes and references, from the root <article>.

    Raises `UnreadableFile` when it has no metadata of an article.
    """
    set_apart(article, _APART)
    raise_digits(article)
    front = next(children(article, "front", "front-stub"), None)
    meta = None if front is None else next(descendants(front, "article-meta", "front-stub"), None)
    if front is None or meta is None:
        raise UnreadableFile("no journal article: it has no <article-meta>")
    head = _Head(front, meta, language_code(attribute(article, "lang") or ""))
    draft = Draft()
    head.write(draft)
    for part in children(article, "body", "back"):
        _write(draft, part, level=2)
    for entry in descendants(article, "ref"):
        draft.paragraph(_reference(entry), "reference")
    return draft.extraction(head.statements())


class _Head:
    """What stands before the text of an article, from its <front>."""

    def __init__(self, front: Any, meta: Any, language: str | None) -> None:
        self.front, self.meta = front, meta
        title = next(descendants(meta, "article-title"), None)
        self.title = "" if title is None else inner_text(title)
        self.language = language or language_of(self.title)
        self.titles = {
            self._language(group, title): inner_text(title)
            for group in descendants(meta, "trans-title-group")
            for title in children(group, "trans-title")
        }
        self.abstracts = [
            (self._language(abstract), abstract)
            for abstract in children(meta, *_ABSTRACTS)
            if attribute(abstract, "abstract-type") in (None, "summary", "abstract")
        ]
        self.keywords = {
            self._language(group): [text for word in descendants(group, "kwd") if (text := inner_text(word))]
            for group in children(meta, "kwd-group")
        }
        self.authors = list(_authors(meta, self.language))

    def _language(self, *elements: Any) -> str:
        """The language that an element or what is in it states, else that of its text, else the article's."""
        stated = (attribute(element, "lang") for element in elements)
        codes = (language_code(code) for code in stated if code)
        return next(filter(None, codes), None) or language_of(inner_text(elements[-1])) or self.language or "und"

    def write(self, draft: Draft) -> None:
        """Add titles, authors, abstracts and keywords."""
        draft.heading(self.title, 1)
        for title in self.titles.values():
            draft.paragraph(title, "front matter")
        draft.paragraph(", ".join(name for name, _ in self.authors), "front matter")
        for language, abstract in self.abstracts:
            label = " ".join(map(inner_text, children(abstract, "title")))
            draft.heading(label or _ABSTRACT_TITLES.get(language, "Abstract"), 2)
            _write(draft, abstract, level=3)
        for words in self.keywords.values():
            draft.paragraph(", ".join(words), "front matter")

    def statements(self) -> list[Field]:
        """The record, as far as the front states it."""
        journal = next(descendants(self.front, "journal-title"), None)
        values: dict[str, Any] = {
            "title": self.title,
            "authors": [name for name, _ in self.authors],
            "author_forms": {name: other for name, other in self.authors if other},
            "languages": [self.language] if self.language else None,
            "journal": "" if journal is None else inner_text(journal),
            "publisher": _said(self.front, "publisher-name"),
            "date": _date(self.meta),
            "volume": _said(self.meta, "volume"),
            "issue": _said(self.meta, "issue"),
            "pages": page_range(_said(self.meta, "fpage"), _said(self.meta, "lpage"))
            or _said(self.meta, "elocation-id"),
            "doi": doi_in(
                inner_text(i) for i in children(self.meta, "article-id") if attribute(i, "pub-id-type") == "doi"
            ),
            "licence": free_licence(_licences(self.meta)),
            "titles": self.titles,
            "abstracts": {code: _abstract_text(abstract) for code, abstract in reversed(self.abstracts)},
            "keywords": {code: words for code, words in self.keywords.items() if words},
        }
        return [*stated(values, "metadata"), Field("kind", "article", "metadata")]


def _said(parent: Any, name: str) -> str | None:
    """The text of the first element of a name below `parent` (a child, of the article's own), or None."""
    found = next(children(parent, name), None)
    if found is None and name == "publisher-name":
        found = next(descendants(parent, name), None)
    return None if found is None else inner_text(found)


def _authors(meta: Any, language: str | None) -> Iterator[tuple[str, str | None]]:
    """(name in the article's language, name in the other script or None) of every author, in order."""
    for group in children(meta, "contrib-group"):
        for author in children(group, "contrib"):
            if attribute(author, "contrib-type") not in (None, "author"):
                continue
            elements = list(_names(author))
            elements.sort(key=lambda name: (language_code(attribute(name, "lang") or "") or language) != language)
            forms = list(dict.fromkeys(filter(None, map(_name, elements))))
            if forms:
                script = script_of(forms[0])
                yield forms[0], next((form for form in forms[1:] if script_of(form) != script), None)


def _names(author: Any) -> Iterator[Any]:
    for child in author:
        if local_name(child) == "name-alternatives":
            yield from _names(child)
        elif local_name(child) in ("name", "string-name", "collab"):
            yield child


def _name(element: Any) -> str:
    """A name in parts as "Family I. O." or "Family, Given", any other as it stands."""
    surname, given = _said(element, "surname"), _said(element, "given-names")
    between = " " if _INITIALS.fullmatch(given or "") else ", "
    return between.join(part for part in (surname, given) if part) or inner_text(element)


def _date(meta: Any) -> str | None:
    """The day or year of publication; of several dates the journal's own before that of the volume."""
    dates = {attribute(date, "date-type") or attribute(date, "pub-type"): date for date in children(meta, "pub-date")}
    ranked = [dates[kind] for kind in _DATES if kind in dates] + list(dates.values())
    if not ranked:
        return None
    parts = (_said(ranked[0], name) for name in ("year", "month", "day"))
    given = [part for part in parts if part]
    return iso_date("-".join(given)) or iso_date(given[0] if given else None)


def _licences(meta: Any) -> Iterator[str]:
    for licence in descendants(meta, "license", "license_ref"):
        yield attribute(licence, "href") or ""
        yield inner_text(licence)


def _abstract_text(abstract: Any) -> str:
    own_title = next(children(abstract, "title"), None)
    parts = (inner_text(child) for child in abstract if child is not own_title)
    return "\n".join(part for part in parts if part)


def _write(draft: Draft, parent: Any, level: int) -> None:
    """Add the blocks of a body or section; `level` is that of the headings in it."""
    for child in parent:
        name = local_name(child)
        if name in _GROUPS:
            title = next(children(child, "title"), None)
            draft.heading("" if title is None else " ".join(map(inner_text, children(child, "label", "title"))), level)
            _write(draft, child, level + 1)
        elif name == "list":
            draft.paragraph("\n".join(inner_text(item) for item in children(child, "list-item")))
        elif name in ("table-wrap", "table-wrap-group", "fig", "fig-group"):
            _write_table(draft, child)
        elif name and name not in _SILENT:
            draft.paragraph(inner_text(child))


def _write_table(draft: Draft, wrap: Any) -> None:
    draft.paragraph(" ".join(inner_text(part) for part in children(wrap, "label", "caption")))
    rows = descendants(wrap, "tr")
    draft.table([[inner_text(cell) for cell in children(row, "td", "th")] for row in rows])


def _reference(entry: Any) -> str:
    parts = [_citation(child) for child in entry if local_name(child) != "label"]
    label = " ".join(map(inner_text, children(entry, "label"))).strip("[].)( ")
    return " ".join([f"[{label}]", *parts] if label else parts)


def _citation(element: Any) -> str:
    """A citation as it is printed; one that is only its elements, with commas."""
    if local_name(element) != "element-citation":
        return inner_text(element)
    return ", ".join(filter(None, (" ".join(piece.split()) for piece in element.itertext())))
