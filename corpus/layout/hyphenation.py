"""Words that a line end has cut in two."""

import re
from collections import Counter
from collections.abc import Iterable

HYPHENS = "-\u2010\u00ad"

_SOFT = "\u00ad"
_WORD = re.compile(r"[^\W\d_]+(?:[-\u2010][^\W\d_]+)*")
_OPEN_RANGE = re.compile(r"\d[–—]\Z")
_LAST = re.compile(r"(?<![^\W_])([^\W_]++)[-\u2010]\Z")
_FIRST = re.compile(r"\A([^\W_]+)")
#: First parts of words that a second one of some length always follows with a hyphen, but for `_CLOSED`.
_WITH_HYPHEN = frozenset(
    "self non well vice quasi cross вице кое премьер штаб пресс генерал социально общественно военно торгово научно "
    "культурно нормативно финансово организационно информационно глобально политико экономико историко советско "
    "российско украинско белорусско казахстанско армяно кыргызско китайско монголо".split()
)
_CLOSED = ("служащ", "пленн", "обязанн", "начальник", "язычн", "демократ")
_POINT = re.compile(r"(?:северо|юго)\Z", re.I)
_LEAST_SECOND = 5
_PRONOUN = re.compile(
    r"(?:кто|ко(?:го|му|м)|кем|что|че(?:го|му|м)|как\w*|где|куда|откуда|когда|почему|сколько)\Z", re.I
)


def words_in(lines: Iterable[str]) -> Counter[str]:
    """How often each word stands whole in the lines, in lower case; compounds with their hyphens."""
    return Counter(word.casefold() for line in lines for word in _WORD.findall(line.rstrip(HYPHENS)))


def joined(line: str, following: str, known: Counter[str]) -> str:
    """A line and the next as one text; a hyphen between them goes, like a space after the dash of a range.

    The hyphen stays where it is the word's own: before a capital or digit, in the compounds that Russian and English
    always write so, and where the text elsewhere (`known`) writes the word so more often than as one.
    """
    if line.endswith(_SOFT):
        return line.rstrip(_SOFT) + following
    if not line.endswith(tuple(HYPHENS)):
        return line + following if _OPEN_RANGE.search(line) and following[0].isdigit() else f"{line} {following}"
    last, first = _LAST.search(line), _FIRST.match(following)
    if not last or not first:
        return line + following
    return line + following if _is_own(last.group(1), first.group(1), known) else line[:-1] + following


def _is_own(last: str, first: str, known: Counter[str]) -> bool:
    whole, compound = known[(last + first).casefold()], known[f"{last}-{first}".casefold()]
    if whole != compound:
        return compound > whole
    in_capitals = last.isupper() and first.isupper() and len(first) >= _LEAST_SECOND
    if (
        not (first[0].islower() or in_capitals)
        or last[-1].isdigit()
        or (first in ("то", "либо", "нибудь") and _PRONOUN.match(last))
    ):
        return True
    if _POINT.match(last) and first.startswith(("запад", "восто")):
        return True
    return last.casefold() in _WITH_HYPHEN and len(first) >= _LEAST_SECOND and not first.startswith(_CLOSED)
