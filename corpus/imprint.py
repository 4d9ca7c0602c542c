"""Where and when a text was published: the lines of journals, and references "For citation"."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from corpus.person_names import author_line

#: No title is longer, nor a reference.
_LONGEST_TITLE, _LONGEST_REFERENCE = 500, 3000
_YEAR = r"(?<![\d/.–-])(?:19|20)\d\d(?![\d/–-])"
_PAGES = r"(?P<pages>[eE]?\d+\s*[-–—−]\s*[eE]?\d+)"
_ISSUE = r"(?P<issue>\d+(?:\s?[-–/]\s?\d+)?)(?:\s?\((?!(?:19|20)\d\d\))\d+\))?"
_VOLUME = r"(?P<volume>\d+|[IVXLC]+)"
#: Tried in order; the first that finds a field decides it.
_PARTS = tuple(
    re.compile(form, re.I)
    for form in (
        r"(?<![\d/])(?P<issue>\d{1,2})\s?/\s?(?P<year>(?:19|20)\d\d)(?![\d/])",
        r"(?<![\d/])(?P<year>(?:19|20)\d\d)\s?/\s?(?P<issue>\d{1,2})(?![\d/])",
        rf"(?P<year>{_YEAR})\s*[;,.]\s*{_VOLUME}\s?\({_ISSUE}\)\s*[:.,]\s*(?:[СCPp]{{1,2}}\.\s*)?{_PAGES}",
        rf"(?P<year>{_YEAR})\s*;\s*\({_ISSUE}\)\s*:\s*{_PAGES}",
        rf"(?P<year>{_YEAR})\s*[;,]\s*{_VOLUME}\s*:\s*{_PAGES}",
        rf"\b{_VOLUME}\s?\((?P<year>{_YEAR})\),?\s*{_PAGES}",
        rf"\((?P<year>{_YEAR})\)\s*{_VOLUME}\s*[:,]\s*{_PAGES}",
        rf"\b{_VOLUME}\s\((?P<year>{_YEAR})\)\s(?P<pages>\d{{3,6}})\b",
        rf",\s{_VOLUME},\s{_PAGES}",
        rf"\b{_VOLUME}:\s?{_ISSUE},\s*{_PAGES}",
        rf"(?P<year>{_YEAR}),\s{_VOLUME},\s(?P<pages>\d{{3,6}})\b",
        rf"(?:№№?|\bNo?s?\.|\bNo(?=\b|\d)|\bNr\.?|\bIssue|\bIss\.|\bВып(?:уск\b|\.)|\bis\.)\s*{_ISSUE}",
        rf"\b{_VOLUME}\s?\((?!{_YEAR}){_ISSUE}\)(?:(?:\s*+[,:.])?\s++(?:[СCPp]{{1,2}}\.\s*+)?{_PAGES})?(?!\))",
        rf"\b(?:Т\.|Том|Vol(?:ume\b|\.)?|V\.)\s*{_VOLUME}\b",
        rf"(?:\b[СC]\.|\bстр\.|\bPp?\.|\bpages?)\s*{_PAGES}",
        rf"[,:.]\s+(?!(?:19|20)\d\d\s?[-–]\s?(?:19|20)\d\d\b){_PAGES}(?=\s*(?:[.,;|]|doi|https?:|$))",
    )
)
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>«»|]*[^\s\"<>«»|.,;)]")
_LINKS = re.compile(
    r"(?:(?:(?<!\s)\s++)?(?:[.,;|]\s*+)?(?:doi\b:?|https?://|www\.|EDN\b|ISSN\b|\(?e-?ISSN|e?library"
    r"|url\b).*)$",
    re.I | re.S,
)
_ISSN = re.compile(
    r"\(?\b(?:[pe]-?)?ISSN(?:-?L)?\b(?:\s*\((?:print"
    r"|online)\))?[\s:]*[\d]{4}-[\d]{3}[\dXХ]\s*\)?(?:\s*\((?:print|online)\))?",
    re.I,
)
_CITATION = re.compile(
    r"(?:for citations?|for citing|to cite(?: this \w+)?|(?:please )?cite (?:this \w+ )?as|how to cite(?: this \w+)?"
    r"|(?:suggested |recommended )?citation|для цитирования|библиографическое описание|образец цитирования"
    r"|ссылка для цитирования"
    r"|цитирова(?:ть|ние)(?: статьи)?|правильная ссылка на статью|для цытавання|дәйексөз үшін|сілтеме жасау үшін)"
    r"\s*[:.—–-]?\s*(?P<line>.{20,})",
    re.I | re.S,
)
_QUOTED = re.compile(
    rf"\s*[“\"«](?P<title>[^”\"]{{10,{_LONGEST_TITLE}}}?)[.,]?[”\"»]\.?\s*+(?P<rest>(?:[^”«»]++|«(?:[^»]*+»)?+)++)$"
)
_EARLY_YEAR = re.compile(rf"[\s.,]*(?:\((?P<year>{_YEAR})(?:,\s\w+(?:\s\d+)?)?\)[.,:]?|(?P<bare>{_YEAR})[.,])\s*")
_YEAR_AT_END = re.compile(rf"(?:(?<![\s,])[\s,]++)?\(?{_YEAR}(?:,\s\w+(?:\s\d+)?)?\)?[.,:\s]*$")
_OTHERS = re.compile(r"[\s,]*(?:et al\b|и др\b|и соавт\b)[.,\s]*", re.I)
_CITY = re.compile(r"\.\s*+[^\W\d_]++[\s,]*+$")
_PROCEEDINGS = re.compile(r"материал|сборник|конференц|proceedings|conference", re.I)
_SOURCE = re.compile(r"(?:source|journal|журнал|источник|in)\s*:\s*", re.I)
_SERIES = re.compile(r"Сер(?:ия\b|\.)|Series\b|Ser\.|Part\b")
_WORD_FOLLOWS = re.compile(r"\s*\w")
_SENTENCE_END = re.compile(r"(?<=[^\W\d_]{2})[.?!]\s+|(?<=[?!»”\d)])\s*[.]\s+")


@dataclass(frozen=True, slots=True)
class Reference:
    """What a reference to a text says of it; a field that it does not show is empty.

    `more_authors` when it does not name all of them ("et al.").
    """

    authors: tuple[str, ...] = ()
    title: str = ""
    more_authors: bool = False
    fields: Mapping[str, str] = field(default_factory=dict)


def find_doi(text: str) -> str | None:
    """The first DOI in a text, or None."""
    found = _DOI.search(text)
    return found.group().rstrip(")") if found and "(" not in found.group() else found.group() if found else None


def imprint(line: str) -> dict[str, str]:
    """journal, year, volume, issue and pages, as far as a line of folded text shows them."""
    line = _LINKS.sub("", _ISSN.sub(" ", line))
    found: dict[str, str] = {}
    starts = []
    for form in _PARTS:
        match = form.search(line)
        if match and not set(match.groupdict()) & set(found):
            found |= {name: value for name, value in match.groupdict().items() if value}
            starts.append(match.start())
    year = re.search(_YEAR, line)
    if year and "year" not in found:
        found["year"] = year.group()
    starts += [year.start()] if year else []
    if "pages" in found:
        found["pages"] = "-".join(map(str.strip, re.split("[-–—−]", found["pages"])))
    journal = _trimmed(_without_city(line[: min(starts)])) if starts else ""
    return found | ({"journal": journal} if re.search(r"[^\W\d_]{3}", journal) else {})


def _without_city(journal: str) -> str:
    """The name of a volume of papers without the town behind it."""
    city = _CITY.search(journal)
    return journal[: city.start()] if city and _PROCEEDINGS.search(journal, 0, city.start()) else journal


def citation(paragraph: str, titles: Sequence[str] = ()) -> Reference | None:
    """What a paragraph "For citation: ..." says; None when it is none, or names neither authors nor a place.

    `titles` are those on the page: where one of them opens the rest of the line, the journal begins behind it.
    """
    marked = _CITATION.match(paragraph[:_LONGEST_REFERENCE])
    if not marked:
        return None
    authors, rest = _names_before_title(marked.group("line"), titles) or _authors(marked.group("line"))
    others = _OTHERS.match(rest)
    rest = rest[others.end() :] if others else rest
    early = _EARLY_YEAR.match(rest)
    authors, rest = _with_stated_authors(authors, rest[early.end() :] if early else rest)
    title, tail = _title_and_tail(rest, titles)
    found = imprint(tail) | ({"year": early.group("year") or early.group("bare")} if early else {})
    doi = find_doi(marked.group("line"))
    if not authors or not {"year", "pages", "volume"} & set(found):
        return None
    return Reference(authors, title, others is not None, found | ({"doi": doi} if doi else {}))


def _names_before_title(line: str, titles: Sequence[str]) -> tuple[tuple[str, ...], str] | None:
    """The names that stand before one of the titles in a reference, and the rest of it, an early year included."""
    for title in titles:
        place = _place_of(title, line)
        head = _YEAR_AT_END.sub("", line[:place]) if place else ""
        found = author_line(head)
        if found and not found.rest:
            return found.names, line[len(head) :]
    return None


def _place_of(title: str, line: str) -> int:
    """Where a title stands in a line, but for case and marks; 0 at its beginning or nowhere."""
    letters = [(letter, at) for at, character in enumerate(line) for letter in _letters(character)]
    found = "".join(letter for letter, _ in letters).find("".join(map(_letters, title)))
    return letters[found][1] if found > 0 else 0


def _letters(character: str) -> str:
    return character.casefold() if character.isalnum() else ""


def _authors(line: str) -> tuple[tuple[str, ...], str]:
    """The names that open a reference, and what follows them."""
    words = line.split(" ")
    best: tuple[tuple[str, ...], str] = ((), line)
    for end in range(1, min(len(words), 60)):
        head = " ".join(words[:end])
        if not re.search(r"[.,;]$|[^\W\d_]{2}$", head):
            continue
        found = author_line(head)
        more = found is not None and len(found.names) > len(best[0])
        if found and not found.rest and (found.sure or (more and _may_end(words, end))):
            best = (found.names, " ".join(words[end:]))
    return best


def _with_stated_authors(authors: tuple[str, ...], rest: str) -> tuple[tuple[str, ...], str]:
    """All authors, where a reference by GOST R 7.0.100 states them as "title / A. Author, B. Author // journal"."""
    head, slashes, place = rest.rpartition(" // ")
    title, _, names = _LINKS.sub("", head).partition(" / ")
    stated = author_line(names)
    if stated and len(stated.names) > len(authors):
        authors = stated.names
    return authors, f"{title}{slashes}{_LINKS.sub('', place)}".strip(" .,–")


def _may_end(words: Sequence[str], end: int) -> bool:
    """Whether full names can be over before a word: what follows is a year or a quoted title, or a stop came."""
    return bool(re.match(r"[(«“\"]|(?:19|20)\d\d", words[end])) or bool(re.search(r"[^\W\d_]{2}[.]$", words[end - 1]))


def _title_and_tail(rest: str, titles: Sequence[str]) -> tuple[str, str]:
    for title in titles:
        end = _end_of(title, rest)
        if end:
            mark = title[-1] if title[-1] in "?!" else ""
            return _trimmed(rest[:end]) + mark, rest[end:].lstrip(' ?!./»”"—–-:[]')
    quoted = _QUOTED.match(rest)
    if quoted:
        return quoted.group("title").strip(" .,"), quoted.group("rest")
    if "//" in rest:
        title, _, tail = rest.partition("//")
        return _trimmed(title), tail.strip()
    place = _place_of_imprint(rest)
    ends = _SENTENCE_END.finditer(rest, 0, place)
    inner = [match for match in ends if match.end() < place and rest[match.end() : place].strip(" .,;—–-(")]
    if not inner:
        return _trimmed(rest[:place]), rest[place:]
    if len(inner) > 1 and _SERIES.match(rest, inner[-1].end()):
        inner.pop()
    mark = rest[inner[-1].start()] if rest[inner[-1].start()] in "?!" else ""
    return _trimmed(rest[: inner[-1].start()]) + mark, rest[inner[-1].end() :]


def _place_of_imprint(rest: str) -> int:
    starts = [match.start() for form in (*_PARTS, re.compile(_YEAR)) if (match := form.search(rest, 5))]
    return min(starts, default=len(rest))


def _end_of(title: str, rest: str) -> int:
    """Where a title that opens `rest`, but for case and marks, ends in it; 0 when it does not."""
    letters = [character for character in title if character.isalnum()]
    read = 0
    for position, character in enumerate(rest):
        if read == len(letters) or (character.isalnum() and _letters(character) != _letters(letters[read])):
            return 0
        read += character.isalnum()
        if read == len(letters):
            return 0 if _WORD_FOLLOWS.match(rest, position + 1) else position + 1
    return 0


def _trimmed(text: str) -> str:
    return _SOURCE.sub("", text.strip(" .,;:/|•·—–-(["))
