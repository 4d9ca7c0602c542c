"""What the first page of an article says of the article, in each of its languages.

The title is the text that stands next to the authors, and what a reference "For citation" says decides between several.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, pairwise, takewhile

from corpus.first_page.bylines import OUTLET, Byline, byline_of, is_signed
from corpus.first_page.paragraphs import LONG, Paragraph, is_affiliation, is_prose, letters_of, paragraphs_of, script_of
from corpus.imprint import Reference, citation, find_doi, imprint
from corpus.languages import language_of
from corpus.person_names import author_line, forms_of
from corpus.records import Field, Heading

_OPENING = 15
_ABSTRACT_LENGTH = 5000
_REFERENCES = re.compile(r"references|литератур", re.I)
_ENTRY = re.compile(r"\[?\d{1,3}[.)\]]\s")
_OWN_FOOTNOTE = re.compile(r"\bissn\b|©|corresponding author|e-mail", re.I)
_RIGHTS_YEAR = re.compile(r"(?:©|\(c\)|copyright).{0,200}?(?P<year>(?:19|20)\d\d)\b", re.I)
_DATELINE = re.compile(
    r"(?:(?P<journal>[^|•]{5,80}?)\s*[|•]\s*|.{0,150}?[\s(–—-])?(?:january|february|march|april|may|june|july|august|september|october"
    r"|november|december|winter|spring|summer|autumn|fall|январь|февраль|март|апрель|май|июнь|июль|август"
    r"|сентябрь|октябрь"
    r"|ноябрь|декабрь|зима|весна|лето|осень|(?:январ|феврал|март|апрел|ма|июн|июл|август|сентябр|октябр|ноябр|декабр)[яа])"
    r"\s+(?P<year>(?:19|20)\d\d)(?:\s*г(?:ода|\.)?)?\)?$",
    re.I,
)
_PUBLISHED = re.compile(
    r".{0,200}?(?:posted|published(?: online)?|available online|online first|опубликован[ао]?(?: онлайн)?)\b\D{0,20}"
    r"(?:[\d.]{0,6}|\d{1,2}[a-zа-я ]{0,15}\s?)(?P<year>(?:19|20)\d\d)",
    re.I,
)


def statements_from_first_page(text: str, headings: Sequence[Heading] = ()) -> list[Field]:
    """Statements about titles, authors, abstracts, keywords, imprint, DOI and languages, all of origin "text".

    Nothing is said of a text whose opening has nothing that articles have: it is none.
    """
    page = paragraphs_of(text, headings)
    if not _is_article(page):
        return []
    main = _mainscript_of(page)
    found = {script: byline_of(page, script) for script in (main, "latin" if main == "cyrillic" else "cyrillic")}
    references = [reference for p in page if p.kind == "citation" and (reference := _reference(p, found))]
    return [Field(name, value, "text") for name, value in _values(page, main, found, references) if value]


def _is_article(page: Sequence[Paragraph]) -> bool:
    """Whether the opening has what articles have: labels, codes, a line of names; or names and a title, then text."""
    if {"abstract", "keywords", "citation", "code"} & {paragraph.kind for paragraph in page[: 2 * _OPENING]}:
        return True
    lines = [(p, found) for p in page[:_OPENING] if len(p.text) < LONG and (found := author_line(p.raw))]
    if any(found.sure and (not found.rest or is_affiliation(p)) for p, found in lines):
        return True
    return is_signed(page)


def _mainscript_of(page: Sequence[Paragraph]) -> str:
    """The script of most of the running text; without any, that of the first abstract."""
    body = [p for p in page if p.kind == "text" and len(p.text) > LONG]
    shown = body or [p for p in page if p.kind.endswith("abstract") and p.text] or [p for p in page if p.kind == "text"]
    cyrillic = sum(len(p.text) if p.script == "cyrillic" else -len(p.text) for p in (shown if body else shown[:1]))
    return "cyrillic" if cyrillic > 0 else "latin"


def _reference(paragraph: Paragraph, found: dict[str, Byline]) -> Reference | None:
    return citation(paragraph.text, [description.title for description in found.values() if description.title])


def _values(
    page: Sequence[Paragraph], main: str, found: dict[str, Byline], references: Sequence[Reference]
) -> Iterator[tuple[str, object]]:
    """(name, value) of every statement."""
    own, other = found.values()
    ours = [reference for reference in references if script_of(reference.title) == main]
    theirs = [reference for reference in references if script_of(reference.title) != main]
    title = _better_title(own.title, ours) or _better_title("", theirs)
    authors = _better_authors(own.authors, ours or theirs)
    yield "title", title
    yield "authors", authors
    fields: dict[str, str] = {}
    for source in (*(r.fields for r in ours), *_imprints(page, main, [r.fields for r in theirs])):
        fields = {**source, **fields}
    yield "date", fields.pop("year", None)
    doi = _doi(page, references)
    yield "doi", doi
    yield from ((name, value) for name, value in fields.items() if name != "doi")
    other_title = _better_title(other.title, theirs)
    if other_title not in ("", title):
        yield f"titles.{language_of(other_title) or 'und'}", other_title
    for author, form in forms_of(authors, other.authors or tuple(n for r in theirs for n in r.authors)).items():
        yield f"author_forms.{author}", form
    for paragraph_kind, name in (("abstract", "abstracts"), ("keywords", "keywords")):
        for language, value in _by_language(page, paragraph_kind):
            yield f"{name}.{language}", value
    yield "languages", _languages(page, main, own)


def _better_title(printed: str, references: Sequence[Reference]) -> str:
    """The printed title; in the case of letters of the reference where it is in capitals, or the reference's own."""
    for reference in references:
        same = letters_of(reference.title) == letters_of(printed)
        if reference.title and (printed.isupper() if same else _is_other(reference.title, printed)):
            return reference.title
    return printed


def _is_other(referred: str, printed: str) -> bool:
    """Whether what is printed is not the title referred to, with or without more."""
    one, other = letters_of(referred), letters_of(printed)
    return one not in other and not (other and one.endswith(other))


def _better_authors(printed: tuple[str, ...], references: Sequence[Reference]) -> tuple[str, ...]:
    """The authors of the reference, unless it leaves some out or the page prints as many and fuller names."""
    if not references or (printed and references[0].more_authors):
        return printed
    referred = references[0].authors
    same_script = printed and script_of(" ".join(printed)) == script_of(" ".join(referred))
    fuller = len("".join(printed)) > len("".join(referred))
    return printed if printed and (len(printed) == len(referred) and (fuller or not same_script)) else referred


def _imprints(
    page: Sequence[Paragraph], main: str, referred: Sequence[Mapping[str, str]]
) -> Iterator[Mapping[str, str]]:
    """What the lines of the journal say, those that say most first; then what references in the other script say."""
    own = takewhile(lambda p: not (p.kind == "heading" and _REFERENCES.search(p.text)), page)
    short = (p for p in own if len(p.text) < LONG and not is_prose(p.text) and not _ENTRY.match(p.text))
    lines = [p for p in short if p.kind == "text" or "ISSN" in p.text]
    imprints = [(p, imprint(p.text)) for p in lines]
    for (above, _), (_, fields) in pairwise(imprints):
        if fields and "journal" not in fields and OUTLET.search(above.text) and len(above.text) < 100:
            fields["journal"] = above.text
    full = [(p, f) for p, f in imprints if len(set(f) - {"journal"}) > 1 or ("year" in f and OUTLET.search(p.text))]
    ranked = sorted(full, key=lambda item: -len(item[1]))
    yield from (fields for paragraph, fields in ranked if paragraph.script == main)
    yield from referred
    yield from (fields for paragraph, fields in ranked if paragraph.script != main)
    for form in (_DATELINE, _PUBLISHED, _RIGHTS_YEAR):
        yield from (found.groupdict("") for p in page if len(p.text) < LONG and (found := form.match(p.text)))
    for paragraph, fields in imprints:
        if set(fields) - {"journal"} and (_ends_in_year(paragraph.text, fields) or OUTLET.search(paragraph.text)):
            yield fields if " " in fields.get("journal", "") else {"year": fields.get("year", "")}


def _ends_in_year(line: str, fields: Mapping[str, str]) -> bool:
    """Whether a line is a name and a year, and no part of a sentence: "Salt and Steppe, 2021"."""
    return "journal" in fields and re.search(r"[^\W\d_]{3}\W{0,4}(?:19|20)\d\d\W*$", line) is not None


def _doi(page: Sequence[Paragraph], references: Sequence[Reference]) -> str | None:
    """The DOI on a line of codes, in the reference, or on a line of the journal."""
    sources = [p.text for p in page if p.kind == "code"]
    sources += [reference.fields.get("doi", "") for reference in references]
    opening = takewhile(lambda p: p.kind != "text" or len(p.text) <= LONG, page)
    lines = (p for p in page if p.kind in ("citation", "rights"))
    sources += [p.text for p in chain(lines, opening) if not _ENTRY.match(p.text)]
    sources += [p.text for p in page if len(p.text) < LONG and _OWN_FOOTNOTE.search(p.text)]
    return next((doi for source in sources if (doi := find_doi(source))), None)


def _by_language(page: Sequence[Paragraph], kind: str) -> Iterator[tuple[str, object]]:
    """(language, text) of the abstracts, or (language, words) of the keywords; the first of each language."""
    texts: list[str] = []
    for paragraph in page:
        if paragraph.kind == kind:
            texts.append(paragraph.text)
        elif paragraph.kind == f"more {kind}" and len(texts[-1]) < _ABSTRACT_LENGTH:
            texts[-1] = f"{texts[-1]}{' ' if kind == 'abstract' else '; '}{paragraph.text}".strip(" ;")
    seen: set[str | None] = set()
    for text in texts:
        language = language_of(text)
        if text and language and language not in seen:
            seen.add(language)
            yield language, text if kind == "abstract" else _words(text)


def _words(text: str) -> tuple[str, ...]:
    separator = ";" if ";" in text else r"[,·•|]|\s[—–]\s"
    return tuple(word for part in re.split(separator, text) if (word := part.strip(" .")))


def _languages(page: Sequence[Paragraph], main: str, own: Byline) -> tuple[str, ...]:
    """The language of the running text first, then those of the abstracts."""
    texts = [p.text for p in page if p.kind in ("text", "abstract", "more abstract") and p.script == main]
    language = language_of(" ".join(text for text in texts if len(text) > LONG) or own.title)
    others = [code for code, _ in _by_language(page, "abstract")]
    return tuple(dict.fromkeys(code for code in (language, *others) if code))
