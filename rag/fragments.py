"""Questions that are a mere part of one ("А в Армении?"), and the earlier question whose part they replace."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.languages import language_of
from rag.phrases import Phrase, Unit, Words, kinds, naming_phrases, translated

#: A fragment has no more units than this; without "And" or "А" it is a single word or name.
SHORT = 6
POSSESSIVE = re.compile(r"its|their|theirs|his|her|hers|е[её]|его|их", re.I)
#: What may stand behind the last word of a question.
SENTENCE_END = re.compile(r"(?<![\s?!.…])[\s?!.…]++$")

_THERE = re.compile(r"there|там|туда|оттуда", re.I)
_JOINING = re.compile(r"and|or|as|the|an?|и|или|а", re.I)
#: What can be exchanged: documents, names by the topics of the glossary, years and concepts (letters of `rag.phrases`).
_COUNTERPARTS = ("document", "country", "body", "organisation", "place", "person", "Y", "C")
_TELLING = "NADYCR"

#: A question completed, and the words that were carried over: none if it stands alone.
Completed = tuple[Words, tuple[str, ...]]
Slot = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Exchange:
    """A place in the earlier question, the words to put there, and the units of the fragment that they say."""

    slot: Slot
    filling: Words
    used: tuple[Unit, ...]


def is_fragment(question: Words) -> bool:
    """Whether it is a mere part of a sentence: no verb, no pronoun, no question word but at its end."""
    found = kinds(question.units)
    if question.linked and re.fullmatch("S*N[NS]*Q+", found):
        return True
    if re.search("[BQPV]", found):
        return False
    return 0 < len(found) <= SHORT if question.linked else len(found.replace("S", "")) == 1


def substituted(question: Words, earlier: Words) -> Completed | None:
    """The earlier question with the fragment in the place of its counterpart, None where words of it find none."""
    units = [unit for unit in question.units if unit.kind != "Q"]
    completed, rest = earlier, units
    for kind in _COUNTERPARTS:
        if exchange := _exchange(kind, rest, question, completed):
            completed = _with(exchange, completed)
            rest = [unit for unit in rest if unit not in exchange.used]
    if rest == units:
        exchange = _only_name(units, question, earlier) or _after_same_preposition(units, question, earlier)
        completed, rest = (_with(exchange, earlier), []) if exchange else (earlier, units)
    if completed is earlier or any(unit.kind in _TELLING for unit in rest):
        return None
    return completed.capitalised, (SENTENCE_END.sub("", earlier.text),)


def _exchange(kind: str, units: Sequence[Unit], question: Words, earlier: Words) -> _Exchange | None:
    """What of one kind the fragment says and where in the earlier question it belongs."""
    if kind == "document":
        documents, old_documents = _documents(units, question.text), _documents(earlier.units, earlier.text)
        if documents and old_documents:
            return _document_placed(documents[0], old_documents[0], question, earlier)
        return None
    new, old = _of_kind(kind, units), _of_kind(kind, earlier.units)
    if not (new and old):
        return None
    row = _row(new, question.text)
    if kind in "YC":
        return _Exchange((old[-1].start, old[-1].end), _filling(row, question, earlier), tuple(row))
    return _name_placed(row, old, question, earlier)


def _only_name(units: Sequence[Unit], question: Words, earlier: Words) -> _Exchange | None:
    """One name for another of whatever topic: "What is the area of the EAEU?" – "And of Kazakhstan?"."""
    new, old = _of_kind("N", units), _of_kind("N", earlier.units)
    telling = [unit for unit in units if unit.kind in _TELLING]
    return _name_placed(new, old, question, earlier) if len(old) == 1 and new == telling and len(new) == 1 else None


def _with(exchange: _Exchange, words: Words) -> Words:
    return words.cut(0, exchange.slot[0]) + exchange.filling + words.cut(exchange.slot[1])


def _documents(units: Sequence[Unit], text: str) -> list[Phrase]:
    return [phrase for phrase in naming_phrases(units, text) if re.search("[DA]", phrase.kinds)]


def _of_kind(kind: str, units: Sequence[Unit]) -> list[Unit]:
    return [unit for unit in units if unit.kind == kind or (unit.entry and unit.entry.topic == kind)]


def _filling(units: Sequence[Unit], question: Words, earlier: Words) -> Words:
    language = language_of(earlier.text)
    words = question.cut(units[0].start, units[-1].end)
    if language_of(words.text) in (language, None):
        return words
    first, *others = [translated(unit, language or "en") for unit in units]
    return sum((Words(", ") + other for other in others), first)


def _document_placed(new: Phrase, old: Phrase, question: Words, earlier: Words) -> _Exchange:
    """The place of a document with the pronoun whose it is, "its (Union State) treaty", and the new one."""
    owner = re.search(r"(?:^|\s)(\w+) \([^()]*\)\s*$", earlier.text[: old.start])
    if not owner or not POSSESSIVE.fullmatch(owner[1]):
        return _Exchange((old.start, old.end), question.cut(new.start, new.end), new.units)
    filling = question.cut(_article_or(new.start, question), new.end)
    return _Exchange((owner.start(1), old.end), filling, new.units)


def _name_placed(new: Sequence[Unit], old: Sequence[Unit], question: Words, earlier: Words) -> _Exchange:
    """The place of a name's counterpart and the name, each with its article and, where both have one, preposition.

    A pronoun with the counterpart in brackets gives way as a whole: "Кто туда (ШОС) входит?" – "А в ОДКБ?"
    """
    begin = _article_or(new[0].start, question)
    mine = _preposition(begin, question)
    alike = [unit for unit in old if mine and _same(_preposition(_article_or(unit.start, earlier), earlier), mine)]
    row = _row(alike if alike and len(new) == 1 else old, earlier.text)
    start, end = _article_or(row[-1].start if len(new) == 1 else row[0].start, earlier), row[-1].end
    pronoun = _explained_by(start, end, earlier)
    if pronoun and not POSSESSIVE.fullmatch(pronoun.text):
        start, end = pronoun.start, end + 1
    filling = _filling(new, question, earlier)
    if filling.text in question.text:
        theirs = _preposition(start, earlier)
        if mine and (theirs or (pronoun and _THERE.fullmatch(pronoun.text))):
            start, begin = theirs.start if theirs else start, mine.start
        filling = question.cut(begin, new[-1].end)
    return _Exchange((start, end), filling, tuple(new))


def _row(names: Sequence[Unit], text: str) -> list[Unit]:
    """The first of some names with those that are joined to it; two take the place of two, one that of the last."""
    row = [names[0]]
    for unit in names[1:]:
        if not re.fullmatch(r"\s*(?:[-–—,]|and|и|с|with)\s*", text[row[-1].end : unit.start]):
            break
        row.append(unit)
    return row


def _explained_by(start: int, end: int, words: Words) -> Unit | None:
    """The pronoun behind which these words alone stand in brackets."""
    before = [unit for unit in words.units if unit.end <= start][-2:]
    alone = words.text[start - 1 : start] + words.text[end : end + 1] == "()"
    return before[0] if alone and len(before) == 2 and before[0].kind == "P" else None


def _article_or(position: int, words: Words) -> int:
    """Where the article before a name begins, or the name itself."""
    article = re.search(r"\b(?:the|an?) $", words.text[:position], re.I)
    return article.start() if article else position


def _preposition(position: int, words: Words) -> Unit | None:
    before = next((unit for unit in reversed(words.units) if unit.end <= position), None)
    return before if before and before.kind == "S" and not _JOINING.fullmatch(before.text) else None


def _same(one: Unit | None, other: Unit) -> bool:
    return one is not None and one.text.lower() == other.text.lower()


def _after_same_preposition(units: Sequence[Unit], question: Words, earlier: Words) -> _Exchange | None:
    """The fragment for what follows in the earlier question the preposition that it begins with."""
    own, filling = earlier.units, question.cut(units[0].start, units[-1].end)
    for n, unit in enumerate(own[:-1]):
        if unit.kind == "S" and units[0].kind == "S" and _same(unit, units[0]):
            end = next((m for m in range(n + 1, len(own)) if own[m].kind not in "ORC"), len(own))
            return _Exchange((unit.start, own[end - 1].end), filling, tuple(units)) if end > n + 1 else None
    return None
