"""Sentence boundaries in Russian and English, with exact offsets.

`sentencex` (Wikimedia) finds the boundaries; where this field's texts need it, neighbours are
joined again: after list markers ("2."), article and statute abbreviations ("Art.", "ст."),
initials ("О. В.") and units ("млн.", "чел.").
"""

import re

_LIST_MARKER = re.compile(r"[\(\[]?(?:\d{1,3}(?:\.\d+)*|[ivxIVX]{1,5}|[a-zа-яё])[.\)\]]+")
_OPEN_ABBREVIATION = re.compile(
    r"(?:^|[\s(«\"])(?:Art|Arts|para|paras|subpara|sec|No|Nos|pp?|vol|cf|e\.g|i\.e|ст|Ст|п|пп|ч|см|См"
    r"|т\.\s?е|т\.\s?н|напр|г|гг|в|вв|им|стр|с|кв|№|млн|млрд|трлн|тыс|чел|руб|долл|акад|проф|доц|канд|др"
    r"|Dr|Mr|Mrs|Prof|St|[A-ZА-ЯЁ])\.\s*$"
)
_CLOSED_AFTER = re.compile(r"(?:г|гг|в|вв|руб|долл|чел|млн|млрд|тыс|др|с|п)\.\s*$")
_ENDING = 60  # so much of a sentence shows whether it ends in an abbreviation
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
    from sentencex import get_sentence_boundaries

    paragraph = text[start:end]
    if not paragraph.strip():
        return []
    # sentencex splits nothing between a sentence that opens with a bracket, "(a) ...", and the next bracket.
    unbracketed = _BRACKET.sub("{", paragraph)
    pieces: list[tuple[int, int]] = []
    for boundary in get_sentence_boundaries(language if language != "und" else "en", unbracketed):
        piece = (boundary["start_index"], boundary["end_index"])
        if pieces and _belongs_to_next(paragraph[slice(*pieces[-1])], paragraph[slice(*piece)]):
            pieces[-1] = (pieces[-1][0], piece[1])
        else:
            pieces.append(piece)
    stripped = [_strip(text, start + a, start + b) for a, b in pieces]
    return [span for span in stripped if span[0] < span[1]]


def _belongs_to_next(sentence: str, following: str) -> bool:
    """Whether a boundary between the two is none: an abbreviation or a bare list marker."""
    if not following.strip() or not sentence.strip():
        return True
    if _LIST_MARKER.fullmatch(sentence.strip()):
        return True
    if following.lstrip()[0].islower():
        return sentence.rstrip().endswith(".")
    ending = sentence[-_ENDING:]
    if not _OPEN_ABBREVIATION.search(ending):
        return False
    starts_new = following.lstrip()[0].isupper() and len(following.split(maxsplit=1)[0]) > 2
    return not (starts_new and _CLOSED_AFTER.search(ending))


def _strip(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
