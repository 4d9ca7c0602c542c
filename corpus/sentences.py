"""Sentence boundaries in Russian and English, with exact offsets.

`sentencex` (Wikimedia) finds the boundaries; where this field's texts need it, neighbours are
joined again: after list markers ("2."), article and statute abbreviations ("Art.", "ст."),
initials ("О. В.") and units ("млн.", "чел.").
"""

import re
from collections.abc import Iterator

_LIST_MARKER = re.compile(r"[\(\[]?(?:\d{1,3}(?:\.\d+)*|[ivxIVX]{1,5}|[a-zа-яё])[.\)\]]+")
_OPEN_ABBREVIATION = re.compile(
    r"(?:^|[\s(«\"])(?:Art|Arts|para|paras|subpara|sec|No|Nos|pp?|vol|cf|e\.g|i\.e|ст|Ст|п|пп|ч|см|См"
    r"|т\.\s?е|т\.\s?н|напр|г|гг|в|вв|им|стр|с|кв|№|млн|млрд|трлн|тыс|чел|руб|долл|акад|проф|доц|канд|др"
    r"|Dr|Mr|Mrs|Prof|St|[A-ZА-ЯЁ])\.\s*$"
)
_CLOSED_AFTER = re.compile(r"(?:г|гг|в|вв|руб|долл|чел|млн|млрд|тыс|др|с|п)\.\s*$")
_ENDING = 60  # so much of a sentence shows whether it ends in an abbreviation, or is a list marker
_LONGEST = 4000  # so much is given to sentencex at a time: its time grows with the square of the marks of quotation
_ENDED = re.compile(r"[.!?…][\"'»”)\]]{0,5}\s*$")
_SENTENCE_END = re.compile(r"[.!?…][\"'»”)\]]{0,5}\s+(?=[\"'«“(\[]{0,5}[^\W\d_a-zа-яё])")
_BRACKET = re.compile(r"\((?=(?:\d{1,3}|[ivxIVX]{1,5}|[a-zа-яё])\))")
_PARAGRAPH = re.compile(r"\n[^\S\n]*\n\s*")


def sentence_spans(text: str, language: str) -> list[tuple[int, int]]:
    """(start, end) of every sentence of `text`, in order, without surrounding white space.

    Together the spans cover everything but white space; a paragraph break always separates.
    """
    spans: list[tuple[int, int]] = []
    position = 0
    for gap in [*_PARAGRAPH.finditer(text), None]:
        end = gap.start() if gap else len(text)
        spans += _paragraph_spans(text, position, end, language)
        position = gap.end() if gap else end
    return spans


def _paragraph_spans(text: str, start: int, end: int, language: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    for first, last in _parts(text, start, end):
        cut = first > start and not _ENDED.search(text, max(start, first - _ENDING), first)
        for piece in _pieces(text, first, last, language):
            if spans and (cut or _belongs_to_next(text, spans[-1], piece)):
                spans[-1] = (spans[-1][0], piece[1])
            else:
                spans.append(piece)
            cut = False
    return spans


def _parts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Stretches of at most `_LONGEST`, cut where sentences look ended, failing that at spaces."""
    while end - start > _LONGEST:
        limit = start + _LONGEST
        ends = [found.end() for found in _SENTENCE_END.finditer(text, limit - _LONGEST // 2, limit)]
        cut = ends[-1] if ends else text.rfind(" ", start, limit) + 1
        cut = cut if cut > start else limit
        yield start, cut
        start = cut
    yield start, end


def _pieces(text: str, start: int, end: int, language: str) -> Iterator[tuple[int, int]]:
    """What sentencex takes for sentences, without white space around them."""
    from sentencex import get_sentence_boundaries

    # sentencex splits nothing between a sentence that opens with a bracket, "(a) ...", and the next bracket.
    unbracketed = _BRACKET.sub("{", text[start:end])
    for boundary in get_sentence_boundaries(language if language != "und" else "en", unbracketed):
        first, last = _strip(text, start + boundary["start_index"], start + boundary["end_index"])
        if first < last:
            yield first, last


def _belongs_to_next(text: str, sentence: tuple[int, int], following: tuple[int, int]) -> bool:
    """Whether a boundary between the two is none: an abbreviation or a bare list marker."""
    start, end = sentence
    if end - start <= _ENDING and _LIST_MARKER.fullmatch(text, start, end):
        return True
    if text[following[0]].islower():
        return text[end - 1] == "."
    ending = text[max(start, end - _ENDING) : end]
    if not _OPEN_ABBREVIATION.search(ending):
        return False
    word = text[slice(*following)].split(maxsplit=1)[0]
    return not (word[0].isupper() and len(word) > 2 and _CLOSED_AFTER.search(ending))


def _strip(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
