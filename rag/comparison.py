"""The two sides of a question that compares: each becomes a question of its own."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus import fold
from rag.phrases import DOCUMENT_NOUNS, Phrase, Unit, naming_phrases, read_units
from rag.search.glossary import Glossary

#: So many words may stand between what joins the sides and the name of the second.
NEAR = 6

_COMPARES = re.compile(
    r"\b(?:compar\w+|contrast\w*|differ\w*|distinguish\w*|both|in common|similar\w*|alike|longer|shorter|stricter"
    r"|сравн\w+|сопостав\w+|отлич\w+|различ\w+|разниц\w+|общего|оба|обе|обоих|обеих|сход\w+|схож\w+|похож\w*"
    r"|раньше|раннего|позже|позднее|больше|меньше|дольше|короче|длиннее|чаще|реже|строже)\b",
    re.I,
)
#: What can stand between two sides: what only ever compares, a preposition behind a verb, "and" and the like.
_COMPARING = re.compile(
    r"[\s,]+(?:(?:when |as )?compared (?:with|to)|in comparison (?:with|to)|versus|vs\.?|as opposed to"
    r"|по сравнению со?|в сравнении со?|в отличие от)\s+",
    re.I,
)
_GOVERNED = (
    (re.compile(r"\b(?:compare|contrast|сравни\w*|сопостав\w+)\b", re.I), re.compile(r"\s(?:with|to|со?)\s+", re.I)),
    (re.compile(r"\b(?:differ\w*|отлич\w+)\b", re.I), re.compile(r"\s(?:from|от)\s+", re.I)),
)
_JOINING = re.compile(r"[\s,]+(?:and(?! not)|or|(?<!rather )than|и|или|чем|а(?! не\b))\s+", re.I)
_OPENING = re.compile(r"[:;.?!]\s+|\b(?:compare|contrast|сравни\w*|сопостав\w+)\s+", re.I)
_BETWEEN = re.compile(r"\b(?:between|между)\b", re.I)
_ENDING = re.compile(r"\)?(?:\s+(?:год[ау]?|г\.|ones?)(?!\w))?")
_DOCUMENT = re.compile("|".join(forms for row in DOCUMENT_NOUNS for forms in (row[1], row[3])), re.I)
_NOUN_BEHIND = re.compile(rf"\s+(?:{_DOCUMENT.pattern})\b", re.I)
_ARTICLES = ("a", "an", "the")
_PARTIES = ("country", "organisation")
#: What ties two parties into one side; "and" does so only where the question says that it compares.
_TIE = re.compile(r"\s*[-–—]\s*|(?:['’]s)?(?:\s+\w+){0,4}?\s+(?:with|со?)\s+", re.I)
_AND = re.compile(r"\s+(?:and|и)\s+", re.I)
_WITH = re.compile(r"\b(?:with|со?)\s+$", re.I)
_LEADING = re.compile(r"(?:(?:the|of|between|между|with|со?)\s+)*", re.I)
_ARTICLE_BEFORE = re.compile(r"\b(?:an?|the)\s+$", re.I)


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison: its words in the question, and the question without the other side."""

    words: str
    question: str


@dataclass(frozen=True, slots=True)
class _Joint:
    """What stands between two sides, `start` to `end`; `compares` where it joins nothing else."""

    start: int
    end: int
    compares: bool


@dataclass(frozen=True, slots=True)
class _Parting:
    """A joint with what it joins: the names next to it, and where the first side and the second begin."""

    joint: _Joint
    first: Phrase
    second: Phrase
    start: int
    begin: int
    strength: int


def sides(question: str, glossary: Glossary) -> tuple[Side, ...]:
    """The two sides of a question that compares or asks of two things at once; () for any other.

    What joins them ("compared with", «от», "and") has to stand between two names. A mere "and" parts a question
    only where that says that it compares, asks anew ("and what under"), repeats its preposition («с Арменией и с
    Украиной»), or joins two named documents. Two parties tied to one another ("Armenia–Georgia") stay on one side,
    and one that is shared ("Armenia's agreements with Georgia and with Ukraine") stands on both.
    """
    text = fold(question)
    units = read_units(text, glossary)
    if pairs := _pairs(text, units):
        return pairs
    found = [parting for joint in _joints(text, units) if (parting := _parting(text, units, joint))]
    best = max(found, key=lambda parting: parting.strength, default=None)
    return _sides(text, best) if best and best.strength else ()


def _pairs(text: str, units: Sequence[Unit]) -> tuple[Side, ...]:
    """The sides of a question that compares what two pairs of parties have between them; () for any other."""
    parties = [unit for unit in units if unit.entry and unit.entry.topic in _PARTIES]
    joints = list(_joints(text, units))
    for n, (first, second) in enumerate(pairwise(parties)):
        if not any(first.end == j.start and _LEADING.fullmatch(text, j.end, second.start) for j in joints):
            continue
        before, behind = parties[max(n - 1, 0) : n], parties[n + 2 : n + 3]
        if before and behind and _tied(text, before[0], first) and _tied(text, second, behind[0]):
            return _both(text, before[0].start, (before[0].start, first.end), (second.start, behind[0].end))
        if before and _shares(text, before[0], first, second):
            return _both(text, before[0].start, (first.start, first.end), (second.start, second.end))
    return ()


def _tied(text: str, first: Unit, second: Unit) -> bool:
    """Whether two neighbouring parties are parties to one thing."""
    tie = _TIE.fullmatch(text, first.end, second.start)
    if tie:
        return not _COMPARES.search(tie.group())
    return bool(_COMPARES.search(text) and _AND.fullmatch(text, first.end, second.start))


def _shares(text: str, shared: Unit, first: Unit, second: Unit) -> bool:
    """Whether a party has documents with one and with another: «соглашения Армении с Грузией и с Украиной»."""
    together = _WITH.search(text, shared.end, first.start) and _tied(text, shared, first)
    told = _COMPARES.search(text) or _WITH.search(text, first.end, second.start)
    return bool(together and told and _DOCUMENT.search(text, 0, first.start))


def _both(text: str, begin: int, first: tuple[int, int], second: tuple[int, int]) -> tuple[Side, Side]:
    """Two sides, each the question without the other's stretch; the words of both begin at `begin`."""
    own = text[: first[0]] + text[second[0] :]
    words = own[begin : first[0]] + text[slice(*second)]
    return Side(text[begin : first[1]], text[: first[1]] + text[second[1] :]), Side(words, own)


def _joints(text: str, units: Sequence[Unit]) -> Iterator[_Joint]:
    """Where the question may be parted; never inside a name."""
    found = [(match, True) for match in _COMPARING.finditer(text)]
    for verb, preposition in _GOVERNED:
        if said := verb.search(text):
            found += [(match, True) for match in preposition.finditer(text, said.end())]
    found += [(match, False) for match in _JOINING.finditer(text)]
    for match, compares in found:
        if not any(unit.start <= match.start() and match.end() <= unit.end for unit in units):
            yield _Joint(match.start(), match.end(), compares)


def _parting(text: str, units: Sequence[Unit], joint: _Joint) -> _Parting | None:
    """The names on both sides of a joint; None where one side has none, or both the same."""
    before = [unit for unit in units if unit.end <= joint.start]
    after = [unit for unit in units if unit.start >= joint.end]
    first = next(reversed(naming_phrases(before, text)), None)
    second = next(iter(naming_phrases(after, text)), None)
    if not (first and second) or _named(first) == _named(second) or _holds_two(second):
        return None
    if sum(unit.start < second.start for unit in after) > NEAR:
        return None
    asked = after[0].kind == "Q"
    rest = next(unit for unit in after if unit.kind != "Q")
    repeated = _last(rest, text[: first.end])
    strength = _strength(text, joint, first, second, parallel=asked or repeated is not None)
    opening = max((m.end() for m in _OPENING.finditer(text, 0, joint.start)), default=0)
    start = _beginning(text, first, second) if repeated is None else repeated
    return _Parting(joint, first, second, max(start, opening), rest.start, strength)


def _beginning(text: str, first: Phrase, second: Phrase) -> int:
    """Where the first side begins: at its article, and behind "the budgets of" if the second has no such head."""
    unit = first.units[0]
    if unit.kind == "C" and second.units[0].kind != "C":
        unit = next(unit for unit in first.units if unit.kind not in "CS")
    article = _ARTICLE_BEFORE.search(text[: unit.start])
    return article.start() if article else unit.start


def _strength(text: str, joint: _Joint, first: Phrase, second: Phrase, *, parallel: bool) -> int:
    """How surely a joint parts the question, from 0 for not at all."""
    documents = _is_document(first) and _is_document(second)
    if joint.compares or parallel or documents:
        return 2 + 2 * documents + joint.compares
    document = _DOCUMENT.search(first.text)
    joins_parties = document and _BETWEEN.search(first.text, document.end())
    return int(bool(_COMPARES.search(text)) and not joins_parties)


def _sides(text: str, parting: _Parting) -> tuple[Side, Side]:
    joint, start, begin = parting.joint, parting.start, parting.begin
    end = _ending(text, parting.second)
    named = _ending(text, parting.first)
    noun = _NOUN_BEHIND.match(text, named)
    words = text[start : noun.end() if noun else named] if named > start else text[start : joint.start]
    return Side(words, text[: joint.start] + text[end:]), Side(text[begin:end], text[:start] + text[begin:])


def _ending(text: str, phrase: Phrase) -> int:
    """Where a phrase ends, with a closing bracket and «года»."""
    ending = _ENDING.match(text, phrase.end)
    return ending.end() if ending else phrase.end


def _named(phrase: Phrase) -> set[str]:
    """What tells one phrase from another: its names and numbers."""
    return {unit.text.casefold() for unit in phrase.units if unit.kind in "NAY"}


def _is_document(phrase: Phrase) -> bool:
    return bool(_named(phrase) and _DOCUMENT.search(phrase.text))


def _holds_two(phrase: Phrase) -> bool:
    """Whether a phrase runs on from a name over an "and" to a document."""
    joint = _JOINING.search(phrase.text)
    return bool(joint and _DOCUMENT.search(phrase.text, joint.end()))


def _last(word: Unit, text: str) -> int | None:
    """Where a preposition stands last in a text; None for any other word."""
    if word.kind != "S" or word.text in _ARTICLES:
        return None
    found = [match.start() for match in re.finditer(rf"\b{re.escape(word.text)}\b", text, re.I)]
    return found[-1] if found else None
