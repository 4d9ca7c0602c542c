"""From a text to its blocks: paragraphs, reference entries and boilerplate, each with its section
and language. Rules speak Russian and English and are shared by every format.
"""

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace

from corpus.languages import language_of
from corpus.normalisation import fold
from corpus.records import Block, Extraction, Part, Span

_OPENING = 400
_WRAPPED_LINE = 110
_LINE_BREAK = re.compile(r"[\r\n]\s*")
_PARAGRAPH_BREAK = re.compile(r"\r?\n[^\S\n]*(?:\r?\n[^\S\n]*)+")
_BOILERPLATE = re.compile(
    r"(?:share(?: this| on)?|continue|tweet|print|read more|subscribe|download(?: (?:pdf|article))?"
    r"|to download article|(?:leave|add|post) a (?:comment|reply)|(?:оставить|добавить) комментарий"
    r"|поделиться(?:(?: в |:).{0,40})?|далее|читать (?:далее|дальше|полностью)|скачать(?: статью)?|печать"
    r"|подписаться|наверх|лицензия creative commons|creative commons license|©.*|all rights reserved"
    r"|все права защищены)[\s:.…!>»]*"
    r"|(?:read also|читайте (?:также|ещё)|смотрите также)\b.{0,150}"
    r"|(?:we|this (?:web)?site|мы|(?:этот |наш )?сайт|на (?:этом |нашем )?сайте) (?:uses?|использу\w+) .{0,80}"
    r"\bcookies?\b.{0,300}"
    r"|(?:all )?(?:the )?(?:materials|articles) (?:of|in) the .{0,80} (?:are|is) (?:available|licensed) under .*"
    r"|(?:this|the) (?:article|work|material) is (?:available|licensed|distributed) under .*licen[cs]e.*"
    r"|(?:все )?материалы (?:журнала|сайта) .{0,80}(?:доступны|распространяются) .*",
    re.I | re.S,
)
_FRONT = re.compile(
    r"(?:for citation|for citing|to cite|для цитирования|образец цитирования|doi\b|udk|udc|удк|ббк|issn|orcid"
    r"|keywords|key words|ключевые слова|funding|финансирование|acknowledge?ments?|благодарности"
    r"|submitted|received|accepted|поступила|статья поступила|принята|о?добрена"
    r"|about the authors?|информация об авторах|об авторах|сведения об авторах?"
    r"|contribution of the authors|authors.? contributions?|заявленный вклад|вклад авторов"
    r"|the authors? (?:declares?|have|has) |conflict of interest|конфликт интересов|авторы? (?:заявля|прочита)"
    r"|available at|date \d{4}-\d\d-\d\d\s*$)",
    re.I,
)
_REFERENCES_HEADING = re.compile(
    r"(?:references|bibliography|works cited|literature|список (?:использованн\w+ )?(?:литературы|источников)"
    r"|литература|библиографический список|примечания)[\s:.]*",
    re.I,
)
_ENTRY = re.compile(r"\[?\d{1,3}[.\])]\s+\S")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_PLACE = re.compile(r"\d\s*[-–]\s*\d|doi|https?:|\bp\.|с\.|//", re.I)
_LINK = re.compile(r"doi|https?:", re.I)
_ACCESS = re.compile(r"available at|in russ|режим доступа", re.I)
_ENTRY_LENGTH = 600
_AFFILIATION = re.compile(r"ORCID|[^\s@]@[^\s@]+\.\w|\b(?:Dr\. Sci|Cand\. Sci|канд\.|д-р)\b", re.I)
_RUN_IN = re.compile(
    r"(introduction|materials? and methods?|methods?|results?(?: and discussion)?|discussion(?: and conclusions?)?"
    r"|conclusions?|abstract|aim|purpose|relevance|введение|материалы и методы|методы|результаты(?: исследования)?"
    r"|обсуждение(?: и заключение)?|заключение|выводы|аннотация|резюме|актуальность|цель)\s*[.:]\s*(?=\S)?",
    re.I,
)
_LABEL = re.compile(rf"(?-i:(?=[A-ZА-ЯЁ]))(?:{_RUN_IN.pattern})(?<=:)", re.I)
_HEADING_LINE = re.compile(r"[^\n.!?;]{3,100}")
_CONTRIBUTION = re.compile(r"(?:[A-ZА-ЯЁ]\.\s?){1,2}[A-ZА-ЯЁ][\w-]+\s*[–—-]\s", re.U)
_AUTHORS_AND_TITLE = re.compile(r"(?:[A-ZА-ЯЁ]\.\s?){1,3}[A-ZА-ЯЁ][\w-]+(?:,\s|\.\s)")


def blocks_of(extraction: Extraction) -> list[Block]:
    """The blocks of a text, in order; what a reader marked as known keeps its part.

    Every character that is not white space lies in exactly one block.
    """
    return _with_languages(extraction.text, list(_with_sections(extraction)))


def _with_sections(extraction: Extraction) -> Iterator[Block]:
    """Blocks with sections, before languages are known."""
    text, headings = extraction.text, deque(extraction.headings)
    marked = bool(headings)
    section: str | None = None
    for start, end, known in _pieces(text, extraction.spans):
        while headings and headings[0].start <= start:
            section = fold(headings.popleft().label)
        content = fold(text[start:end])
        part = known or _part_of(content, text, start, end, section, marked=marked)
        run_in = _RUN_IN.match(content) if part == "body" and not marked else None
        if part == "heading" and not marked:
            section = content.rstrip(" :.")
        elif run_in:
            section = run_in.group(1)
        sectioned = part in ("body", "heading") or (part == "front matter" and _FRONT.match(section or ""))
        yield Block(start, end, part, section if sectioned else None, "und")


def _part_of(content: str, text: str, start: int, end: int, section: str | None, *, marked: bool) -> Part:
    """The part of a paragraph that no reader knows; `marked` when the format marks headings."""
    cited = _is_cited(content)
    if _BOILERPLATE.fullmatch(content):
        return "boilerplate"
    if cited and (_ENTRY.match(content) or _REFERENCES_HEADING.fullmatch(section or "")):
        return "reference"
    if not marked and _is_heading(text, end, content):
        return "heading"
    if _FRONT.match(content) or _AFFILIATION.search(content) or _CONTRIBUTION.match(content):
        return "front matter"
    opening = start < _OPENING and not marked
    return "front matter" if opening and _AUTHORS_AND_TITLE.match(content) and len(content) < 400 else "body"


def _pieces(text: str, spans: Sequence[Span]) -> Iterator[tuple[int, int, Part | None]]:
    """Paragraphs outside the known spans and the known spans themselves, stripped, in order."""
    wrapped = _is_hard_wrapped(text)
    position = 0
    for span in [*sorted(spans, key=lambda s: s.start), Span(len(text), len(text), "body")]:
        yield from ((a, b, None) for a, b in _paragraphs(text, position, span.start, wrapped=wrapped))
        yield from ((a, b, span.part) for a, b in _stripped(text, span.start, span.end))
        position = span.end


def _is_hard_wrapped(text: str) -> bool:
    """Whether line ends inside paragraphs mean nothing: no line much longer than a terminal's."""
    lengths = sorted(len(line) for line in text.splitlines() if line.strip())
    return bool(lengths) and lengths[len(lengths) * 19 // 20] <= _WRAPPED_LINE


def _paragraphs(text: str, start: int, end: int, *, wrapped: bool) -> Iterator[tuple[int, int]]:
    """Paragraphs on blank lines; on every line end where the text is not hard-wrapped."""
    boundary = _PARAGRAPH_BREAK if wrapped else _LINE_BREAK
    breaks = [(found.start(), found.end()) for found in boundary.finditer(text, start, end)]
    for stop, resume in [*breaks, (end, end)]:
        for a, b in _stripped(text, start, stop):
            yield from _lines_apart(text, a, b)
        start = resume


def _lines_apart(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A paragraph in one piece, but boilerplate, labels ("Abstract:") and reference entries on their own."""
    kept: tuple[int, int] | None = None
    for found in re.finditer(r"[^\r\n]+", text[start:end]):
        for a, b in _stripped(text, start + found.start(), start + found.end()):
            content = fold(text[a:b])
            entry = _ENTRY.match(content) and _is_cited(text[a : min(end, a + _ENTRY_LENGTH)])
            alone = _BOILERPLATE.fullmatch(content) or _LABEL.fullmatch(content)
            if kept and (alone or entry):
                yield kept
                kept = None
            if alone:
                yield a, b
            else:
                kept = (kept[0] if kept else a, b)
    if kept:
        yield kept


def _stripped(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    content = text[start:end]
    left, right = len(content) - len(content.lstrip()), len(content.rstrip())
    if left < right:
        yield start + left, start + right


def _is_cited(content: str) -> bool:
    """Whether a text holds what a reference holds: a year and then pages or a link, or a note of access."""
    if _ACCESS.search(content):
        return True
    year, link = _YEAR.search(content), _LINK.search(content)
    if year and _PLACE.search(content, year.end()):
        return True
    return link is not None and _YEAR.search(content, link.end()) is not None


def _is_heading(text: str, end: int, content: str) -> bool:
    """A short line without closing punctuation, on its own before something longer; or a label."""
    if _REFERENCES_HEADING.fullmatch(content):
        return True
    if not _HEADING_LINE.fullmatch(content) or not content[0].isupper() or len(content.split()) > 14:
        return False
    if content.endswith(":"):
        return bool(_RUN_IN.fullmatch(content) or (_FRONT.match(content) and len(content) < 60))
    following = text[end : end + 400].lstrip()
    alone = text[end : end + 1] in ("\r", "\n")
    return alone and not content.endswith(",") and not _FRONT.match(content) and len(following) > len(content)


def _with_languages(text: str, blocks: list[Block]) -> list[Block]:
    """Every block with its language; one without letters takes that of the block before it."""
    found = [language_of(fold(text[block.start : block.end])) for block in blocks]
    current = next((code for code in found if code), "und")
    result = []
    for block, code in zip(blocks, found, strict=True):
        current = code or current
        result.append(replace(block, language=current))
    return result


def languages_of(text: str, blocks: Sequence[Block]) -> tuple[str, ...]:
    """Languages of the body by share of characters, the largest first; under 2% does not count."""
    shares: dict[str, int] = {}
    for block in blocks:
        if block.part == "body":
            shares[block.language] = shares.get(block.language, 0) + block.end - block.start
    total = sum(shares.values())
    ranked = sorted(shares, key=lambda code: -shares[code])
    return tuple(code for code in ranked if shares[code] >= total * 0.02)
