"""The title and the authors that a page prints in one script: they stand side by side before the abstract."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, takewhile

from corpus.first_page.paragraphs import INSTITUTION, LONG, Paragraph, is_affiliation, is_prose
from corpus.imprint import imprint
from corpus.normalisation import without_note_mark
from corpus.person_names import AuthorLine, author_line, same_person

#: What the names of journals and volumes have.
OUTLET = re.compile(
    r"(?:вестник|известия|журнал|труды|уч[её]ные записки|материалы|сборник|серия|бюллетень|том|выпуск|№"
    r"|vol(?:ume)?\b|issue"
    r"|journal|bulletin|proceedings|vestnik|herald|transactions|working papers?|papers? series|министерство"
    r"|федеральное|научный журнал|научно-|issn|international (?:scientific )?conference|international journal"
    r"|международн\w+ (?:научн|журнал))",
    re.I,
)
_DIVISION = re.compile(r"секция\b|(?:раздел|глава|часть|section|chapter|session|part) (?:\d|[ivx]+\b)", re.I)
_LOWER_END = re.compile(
    r"[:,—–-]$|\b(?:and|of|in|the|for|on|to|a|with|between|и|в|на|с|по|для|о|об|к|из|от|за"
    r"|при|как)$",
    re.I,
)
_NAMES_AND_TITLE = re.compile(r"(?:[A-ZА-ЯЁ]\.\s?){1,3}[A-ZА-ЯЁ][\w-]+(?:,\s|\.\s)")
_SIGNED_WITHIN = 4
_STEM = 4
_RUBRIC_WORDS = 3
_SURNAME = re.compile(
    r"(?:[оеё]ва?|[иы]на?|[сц]к(?:ий|ая|ой)|[ую]к|енко|янц?|дзе|швили|ич|ova?|eva?|sk(?:i|y|a|aya|iy|yi)|enko|yan|dze"
    r"|shvili|vich)$|[a-zа-яё]-[A-ZА-ЯЁ]"
)
_FOOTNOTE = re.compile(r"[\d¹²³*†]")
_MARKED = re.compile(r"[¹²³*†✉@]|[^\W\d_]\d\b|orcid", re.I)


@dataclass(frozen=True, slots=True)
class Byline:
    """The title and authors that the page prints in one script."""

    title: str = ""
    authors: tuple[str, ...] = ()


def byline_of(page: Sequence[Paragraph], script: str) -> Byline:
    """The title and the authors in a script: the names nearest to a text that can be a title."""
    front = list(_front(page, script))
    named = [(n, found) for n, p in enumerate(front) if (found := author_line(p.raw))]
    lines = [(n, found) for n, found in named if _may_be_authors(front, n, found)]
    if not lines and has_byline(front):
        lines = named[:1]
    if not lines:
        return Byline(_first_title(front))
    lines = max(_groups(front, lines), key=lambda group: _is_certain(front, group))
    around = [*front[: lines[0][0]], *front[lines[-1][0] + 1 :]]
    if len(lines) > 1 and not _is_certain(front, lines[:1]) and not any(map(_is_title, around)):
        lines = lines[1:]
    authors: list[str] = []
    for name in chain.from_iterable(found.names for _, found in lines):
        if not any(same_person(name, author) for author in authors):
            authors.append(name)
    first, last = lines[0][0], lines[-1][0]
    before = [p for p in front[:first] if _can_be_title(p)]
    after = [p for p in front[last + 1 :] if _is_title(p)]
    return Byline(_chosen(before, after), tuple(authors))


def _groups(front: Sequence[Paragraph], lines: Sequence[tuple[int, AuthorLine]]) -> list[list[tuple[int, AuthorLine]]]:
    """The lines of names, those together between which nothing stands but what goes with authors."""
    groups = [[lines[0]]]
    for number, found in lines[1:]:
        if all(_stands_among_authors(paragraph) for paragraph in front[groups[-1][-1][0] + 1 : number]):
            groups[-1].append((number, found))
        else:
            groups.append([(number, found)])
    return groups


def _is_certain(front: Sequence[Paragraph], group: Sequence[tuple[int, AuthorLine]]) -> bool:
    """Whether lines of names have the form of names, marks, or an affiliation below them."""
    below = group[-1][0] + 1
    return any(found.sure or _MARKED.search(front[n].raw) for n, found in group) or (
        below < len(front) and is_affiliation(front[below])
    )


def has_byline(page: Sequence[Paragraph]) -> bool:
    """Whether a page begins with names alone and what can be a title."""
    found = author_line(page[0].raw) if len(page) > 1 and page[0].kind == "text" else None
    return found is not None and not found.rest and _can_be_title(page[1])


def signs_text(page: Sequence[Paragraph]) -> bool:
    """Whether a title, then surnames stand at the top and running text below, which does not speak of these."""
    short = list(takewhile(lambda paragraph: len(paragraph.text) <= LONG, page[:_SIGNED_WITHIN]))
    if len(short) < 2 or len(page) == len(short) or not _can_be_title(short[-2]):
        return False
    found = author_line(short[-1].raw)
    if found is None or found.rest or len(page[len(short)].text) <= LONG:
        return False
    if not all(found.sure or any(map(_SURNAME.search, name.split())) for name in found.names):
        return False
    stems = {word[:_STEM].casefold() for word in re.findall(r"[^\W\d_]{3,}", " ".join(found.names))}
    others = " ".join(paragraph.text for paragraph in page if paragraph is not short[-1])
    return not any(word[:_STEM].casefold() in stems for word in re.findall(r"[^\W\d_]+", others))


def _front(page: Sequence[Paragraph], script: str) -> Iterator[Paragraph]:
    """What stands before the abstract of this script, or before the running text."""
    seen = False
    for paragraph in page:
        if paragraph.script != script:
            continue
        ends = (
            paragraph.kind in ("abstract", "keywords", "heading")
            or len(paragraph.text) > LONG
            or is_prose(paragraph.text)
        )
        if ends and paragraph.kind not in ("citation", "rights", "thanks", "contact", "code", "date") and seen:
            return
        if paragraph.kind == "text":
            seen = True
        if not ends:
            yield paragraph


def _stands_among_authors(paragraph: Paragraph) -> bool:
    return paragraph.kind != "text" or len(paragraph.text.split()) == 1 or is_affiliation(paragraph)


def _may_be_authors(front: Sequence[Paragraph], number: int, found: AuthorLine) -> bool:
    """Whether names are the authors': words that may be anything are, with marks or beside what goes with authors."""
    paragraph = front[number]
    if paragraph.kind != "text" or len(paragraph.text) > LONG or len(set(imprint(paragraph.text)) - {"journal"}) > 1:
        return False
    above = front[number - 1] if number else paragraph
    if above.kind == "credit" and above.text[1:].islower():
        return False
    marked = _MARKED.search(paragraph.raw) is not None
    if found.rest:
        return (marked or is_affiliation(paragraph)) and not _FOOTNOTE.match(paragraph.text)
    if found.sure:
        return True
    if marked or any(_can_be_title(p) for p in front[:number]) or number + 1 == len(front):
        return True
    following = front[number + 1]
    beside = is_affiliation(following) or following.kind != "text" or author_line(following.raw) is not None
    return beside or (len(found.names) > 1 and _can_be_title(following))


def _can_be_title(paragraph: Paragraph) -> bool:
    text = paragraph.text
    if paragraph.kind != "text" or len(text.split()) < 2 or len(text) > LONG or not re.search(r"[^\W\d_]{3}", text):
        return False
    if is_prose(text) or (_FOOTNOTE.match(text) and is_affiliation(paragraph)):
        return False
    found = imprint(text)
    if _NAMES_AND_TITLE.match(text) or _DIVISION.match(text):
        return False
    if len(set(found) - {"journal"}) > 1 or (OUTLET.search(text) and re.search(r"(?:19|20)\d\d\W*$", text)):
        return False
    return not (OUTLET.match(text) and (found or text.isupper() or len(text) < 80))


def _is_title(paragraph: Paragraph) -> bool:
    return _can_be_title(paragraph) and not is_affiliation(paragraph)


def _first_title(front: Sequence[Paragraph]) -> str:
    candidates = [p for p in front if _is_title(p)]
    titles = [p for p in candidates if not p.text.endswith((".", ";", ",")) and not _is_rubric(p.text)]
    return _chosen(titles, [])


def _is_rubric(text: str) -> bool:
    """Whether a line in capitals is as short as the names of sections are."""
    return text.isupper() and len(text.split()) <= _RUBRIC_WORDS


def _chosen(before: Sequence[Paragraph], after: Sequence[Paragraph]) -> str:
    """The likelier of the text just before the authors and the one just behind; lines of one title joined."""
    ending = [before[-1]] if before else []
    while ending and len(ending) < len(before) and _goes_on(before[-len(ending) - 1].text, ending[0].text):
        ending.insert(0, before[-len(ending) - 1])
    opening = [after[0]] if after else []
    while opening and len(opening) < len(after) and _goes_on(opening[-1].text, after[len(opening)].text):
        opening.append(after[len(opening)])
    first, second = (" ".join(p.text for p in part) for part in (ending, opening))
    return without_note_mark(second if _likelihood(second) > _likelihood(first) + 1 else first)


def _goes_on(line: str, following: str) -> bool:
    """Whether a title goes on in the next paragraph."""
    return bool(_LOWER_END.search(line)) or following[:1].islower() or following.startswith("(")


def _likelihood(title: str) -> float:
    words = title.split()
    score = min(len(words), 6) - 2.0 * (len(words) <= 3) if words else -10.0
    return score - 3 * bool(re.search(r"[.;,]$", title)) - 2 * bool(INSTITUTION.search(title) or OUTLET.match(title))
