"""The title and the authors that a page prints in one script, chosen together.

Every paragraph before the abstract may be a title, every line of names may be that of the authors. Cues speak for and
against each, as how large it is printed or what stands below it; the pair with most in its favour is taken.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, takewhile

from corpus.first_page.paragraphs import (
    INSTITUTION,
    LONG,
    Paragraph,
    in_a_country,
    is_address,
    is_affiliation,
    is_prose,
    letters_of,
)
from corpus.imprint import imprint
from corpus.normalisation import without_note_mark
from corpus.person_names import AuthorLine, author_line, same_person

#: What the names of journals and volumes have.
OUTLET = re.compile(
    r"\b(?:вестн(?:ик|\.)|известия|журнал|труды|уч[её]ные записки|материалы|сборник|серия|бюллетень|том|выпуск|№|no\d"
    r"|vol(?:ume)?\b|issue|journal|bulletin|proceedings|vestnik|herald|transactions"
    r"|(?:working|discussion|research) papers?|papers? series|policy brief|quarterly"
    r"|министерство|федеральное|научно-|issn|electronic copy"
    r"|international (?:scientific )?conference|международн\w+ (?:научн|журнал))",
    re.I,
)
_DIVISION = re.compile(
    r"секция\b|(?:раздел|глава|часть|section|chapter|session|part) (?:\d|[ivx]+\b)|(?:special|theme) issue\b", re.I
)
_LOWER_END = re.compile(
    r"[:,—–-]$|\b(?:and|of|in|the|for|on|to|a|with|between|и|в|на|с|по|для|о|об|к|из|от|за|при|как)$", re.I
)
_NAMES_AND_TITLE = re.compile(r"(?:[A-ZА-ЯЁ]\.\s?){1,3}[A-ZА-ЯЁ][\w-]+(?:,\s|\.\s)")
_DATED = re.compile(r"(?:19|20)\d\d\W*(?:г\W*)?$")
_FOOTNOTE = re.compile(r"[\d¹²³*†‡✉]")
_MARKED = re.compile(r"[¹²³*†‡✉@]|[^\W\d_]\d\b|\borcid\b|[^\W\d_] \d(?:,|$)|\bauthors?\b|\bby\b|автор", re.I)
_COPYRIGHT = re.compile(r"(?:©|\(c\))\s*(?:\d{4}\s*(?:г\.)?,?\s*)?", re.I)
_LABEL = re.compile(r"(?:title|название(?: статьи)?|тема)\s*:\s*", re.I)
_RUBRIC_WORDS = 3
_SHORT_WORDS = 6
_WORD = re.compile(r"[^\W\d_]{2,}")
#: How much a title and authors must have in their favour on a page that has nothing else of an article.
_CONVINCING = 3.0
_SIGNED_WITHIN = 8
_MOST_LINES = 40


@dataclass(frozen=True, slots=True)
class Byline:
    """The title and authors that the page prints in one script; `weight` is larger the more speaks for them."""

    title: str = ""
    authors: tuple[str, ...] = ()
    weight: float = field(default=0.0, compare=False)


@dataclass(frozen=True, slots=True)
class _Title:
    """Paragraphs of the front that can be one title."""

    first: int
    last: int
    weight: float


@dataclass(frozen=True, slots=True)
class _Authors:
    """Lines of names in the front with nothing between them but what goes with authors."""

    first: int
    last: int
    weight: float
    names: tuple[str, ...]


def byline_of(page: Sequence[Paragraph], script: str) -> Byline:
    """The title and the authors in a script; empty what nothing speaks for."""
    return _Front(page, script).best()


def is_signed(page: Sequence[Paragraph]) -> bool:
    """Whether a title and names open running text, so that they can be nothing else."""
    body = next((n for n, paragraph in enumerate(page) if _is_body(paragraph)), 0)
    if not 2 <= body <= _SIGNED_WITHIN:
        return False
    byline = byline_of(page, page[body].script)
    return bool(byline.title and byline.authors) and byline.weight >= _CONVINCING


class _Front:
    """What stands before the abstract or the running text in one script."""

    def __init__(self, page: Sequence[Paragraph], script: str) -> None:
        self._lines = list(islice(_opening(page, script), _MOST_LINES))
        self._references = [p for p in page if p.kind == "citation" and p.script == script]
        self._signatures = " ".join(p.text.casefold() for p in page if p.kind in ("citation", "rights", "contact"))
        self._words = {word for p in page if p.script == script for word in _WORD.findall(_without_addresses(p.text))}
        self._body = " ".join(p.text for p in page if _is_body(p))
        self._openings = [p.text.lstrip("*†‡ ") for p in page]

    def best(self) -> Byline:
        """The title and the authors with most in their favour, or one of them alone."""
        titles, groups = list(self._titles()), list(self._groups())
        found: list[tuple[float, _Title | None, _Authors | None]] = [
            (title.weight + group.weight + self._nearness(title, group), title, group)
            for title in titles
            for group in groups
            if title.last < group.first or group.last < title.first
        ]
        found += [(title.weight, title, None) for title in titles]
        found += [(group.weight, None, group) for group in groups]
        weight, title, group = max(found, key=lambda choice: choice[0], default=(0.0, None, None))
        if weight <= 0:
            return Byline()
        return Byline(self._printed(title, group), group.names if group else (), weight)

    def _titles(self) -> Iterator[_Title]:
        candidates: list[tuple[int, int, str]] = []
        first = 0
        while first < len(self._lines):
            last = first
            while last + 1 < len(self._lines) and _goes_on(self._lines[last], self._lines[last + 1]):
                last += 1
            if all(_can_be_title(line) for line in self._lines[first : last + 1]):
                candidates.append((first, last, letters_of("".join(p.text for p in self._lines[first : last + 1]))))
            first = last + 1
        places = {letters: place for *_, letters in candidates if (place := self._place_in_reference(letters)) >= 0}
        referred = min(places, key=lambda letters: places[letters], default=None)
        for first, last, letters in candidates:
            weight = _title_weight(self._lines[first : last + 1])
            yield _Title(first, last, weight + 5.0 * (letters == referred) - 1.0 * (first == 0))

    def _place_in_reference(self, letters: str) -> int:
        return max((letters_of(reference.text).find(letters) for reference in self._references), default=-1)

    def _groups(self) -> Iterator[_Authors]:
        """Every sequence of lines of names, without a running head that shortens the names of another line."""
        named = [(n, found) for n in range(len(self._lines)) if (found := self._names(n))]
        if named and named[0][0] == 0 and any(_shortens(named[0][1].names, more.names) for _, more in named):
            del named[0]
        for start in range(len(named)):
            for end in range(start + 1, len(named) + 1):
                group = named[start:end]
                if all(map(_goes_with_authors, self._lines[group[-2][0] + 1 : group[-1][0]] if len(group) > 1 else [])):
                    yield self._authors(group)
                else:
                    break

    def _names(self, number: int) -> AuthorLine | None:
        """The names on a line, unless it cannot be that of the authors."""
        line = self._lines[number]
        if line.kind == "rights":
            holder = author_line(_COPYRIGHT.sub("", line.text))
            return holder if holder and holder.sure and not holder.rest else None
        if line.kind != "text" or len(set(imprint(line.text)) - {"journal"}) > 1:
            return None
        above = self._lines[number - 1] if number else line
        if above.kind == "credit" and above.text[1:].islower():
            return None
        found = author_line(line.raw)
        if found and not found.sure and not found.rest and in_a_country(line.text):
            return None
        followed = _MARKED.search(line.raw) or is_affiliation(line) or (found and found.sure and len(found.names) > 1)
        return None if found and found.rest and (_FOOTNOTE.match(line.text) or not followed) else found

    def _authors(self, group: Sequence[tuple[int, AuthorLine]]) -> _Authors:
        authors: list[str] = []
        for _, found in group:
            authors += [name for name in found.names if not any(same_person(name, author) for author in authors)]
        first, last = group[0][0], group[-1][0]
        lines = [self._lines[number] for number, _ in group]
        weight = sum(self._line_weight(line, found) for line, (_, found) in zip(lines, group, strict=True))
        weight += 2.0 * any(found.sure for _, found in group)
        weight += 2.0 * any(_MARKED.search(line.raw) for line in lines)
        weight += 2.0 * any(map(is_affiliation, self._lines[first : last + 2]))
        weight -= 3.0 * any(line.kind == "rights" for line in lines)
        weight -= 3.0 * (len({line.text.isupper() for line in lines}) > 1)
        return _Authors(first, last, weight, tuple(authors))

    def _line_weight(self, line: Paragraph, found: AuthorLine) -> float:
        """How likely a line holds authors: names are signed elsewhere, and are no words of the text."""
        words = [word for name in found.names for word in _WORD.findall(name)]
        signed = any(word.casefold() in self._signatures for word in words)
        signed = signed or sum(opening.startswith(found.names) for opening in self._openings) > 1
        weight = 2.0 if signed else -1.0 if self._references else 0.0
        if found.sure:
            return weight + 1.0
        common = sum(word.casefold() in self._words for word in words if word[0].isupper())
        mentioned = not signed and any(re.search(rf"\b{word}\b", self._body) for word in words)
        return weight + (-4.0 if 2 * common >= len(words) else 0.5) - 1.5 * mentioned

    def _nearness(self, title: _Title, group: _Authors) -> float:
        """Authors stand right below the title, or above it with what goes with them between."""
        above = title.last < group.first
        between = self._lines[title.last + 1 : group.first] if above else self._lines[group.last + 1 : title.first]
        strange = [p for p in between if p.kind == "text" and (above or not _goes_with_authors(p))]
        return (3.0 if above else 2.5) - 1.5 * len(strange)

    def _printed(self, title: _Title | None, group: _Authors | None) -> str:
        """The title with the subtitle that stands between a title in large letters and the authors or the text."""
        if title is None:
            return ""
        lines = self._lines[title.first : title.last + 1]
        if lines[0].displayed or (group and group.last < title.first):
            end = group.first if group and group.first > title.last else len(self._lines)
            below = self._lines[title.last + 1 : end]
            lines += takewhile(_can_be_subtitle, below)
        return without_note_mark(_LABEL.sub("", " ".join(line.text for line in lines)))


def _opening(page: Sequence[Paragraph], script: str) -> Iterator[Paragraph]:
    """What stands before the abstract of this script, or before the running text."""
    seen = False
    for paragraph in page:
        if paragraph.script != script:
            continue
        ends = paragraph.kind in ("abstract", "keywords", "heading") or _is_body(paragraph)
        if ends and paragraph.kind not in ("citation", "rights", "thanks", "contact", "code", "date") and seen:
            return
        seen = seen or paragraph.kind == "text"
        if not ends:
            yield paragraph


def _is_body(paragraph: Paragraph) -> bool:
    return len(paragraph.text) > LONG or (is_prose(paragraph.text) and "©" not in paragraph.text)


def _without_addresses(text: str) -> str:
    return " ".join(word for word in text.split() if not _is_address(word))


def _is_address(word: str) -> bool:
    """Whether a word is an address of mail, or of a page."""
    return "@" in word[1:-1] or 0 < word.find(".", 1) < word.rfind("/") - 1


def _shortens(names: Sequence[str], others: Sequence[str]) -> bool:
    """Whether names are those of the same persons with fewer letters, as in a running head."""
    return (
        len(names) == len(others)
        and len("".join(names)) < len("".join(others))
        and all(map(same_person, names, others))
    )


def _goes_with_authors(paragraph: Paragraph) -> bool:
    return paragraph.kind != "text" or len(paragraph.text.split()) == 1 or is_affiliation(paragraph)


def _can_be_title(paragraph: Paragraph) -> bool:
    text = paragraph.text
    if paragraph.kind != "text" or len(text.split()) < 2 or not re.search(r"[^\W\d_]{3}", text):
        return False
    if _NAMES_AND_TITLE.match(text) or _DIVISION.match(text) or len(set(imprint(text)) - {"journal"}) > 1:
        return False
    return not (OUTLET.search(text) and _DATED.search(text))


def _can_be_subtitle(paragraph: Paragraph) -> bool:
    other = is_affiliation(paragraph) or author_line(paragraph.raw)
    return _can_be_title(paragraph) and not other and _title_weight([paragraph]) > 0


def _title_weight(lines: Sequence[Paragraph]) -> float:
    """What speaks for a title in the lines themselves: their size, length and words."""
    text = " ".join(line.text for line in lines)
    words = len(text.split())
    weight = 5.0 * lines[0].displayed + min(words, 6) / 2 - 1.0
    weight -= 1.0 * (text.isupper() and words <= _RUBRIC_WORDS)
    weight -= 3.0 * text.endswith((".", ";", ","))
    if INSTITUTION.search(text):
        weight -= 3.0 if words <= _SHORT_WORDS else 1.0
    weight -= 4.0 * any(map(is_address, lines)) + 2.0 * text[0].islower()
    weight -= 4.0 * bool(OUTLET.match(text)) + 1.0 * bool(OUTLET.search(text))
    names = author_line(text)
    return weight - (0.0 if names is None or names.rest else 5.0 if names.sure else 1.0)


def _goes_on(line: Paragraph, following: Paragraph) -> bool:
    """Whether a title goes on in the next paragraph."""
    if line.kind != "text" or following.kind != "text":
        return False
    if not (_LOWER_END.search(line.text) or following.text[:1].islower() or following.text.startswith("(")):
        return False
    return not any(author_line(paragraph.raw) or is_affiliation(paragraph) for paragraph in (line, following))
