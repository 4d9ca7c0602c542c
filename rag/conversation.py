"""A follow-up question made to stand on its own, by rules on its words; no model is asked.

A question that names what it is about is left as it is. One that does not is completed in the
way it leaves open:

- a fragment ("А в Армении?", "And with Iran?") takes the place of its counterpart in the earlier
  question: country for country, document for document, year for year;
- behind a pronoun ("Когда он вступил в силу?") what the earlier question named is put in brackets;
- a question that names nothing ("Why?", "А где подписано?") gets that at its end.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from corpus import fold
from corpus.languages import language_of
from rag.glossary import Entry, Glossary
from rag.phrases import DOCUMENT_NOUNS, Phrase, Unit, content, kinds, naming_phrases, read_units

#: So many earlier questions are looked at.
DEPTH = 6
#: A question that names nothing and has no more words than this depends on what was asked before.
FEW_WORDS = 3
#: A fragment has no more units than this; without "And" or "А" it is a single word or name.
SHORT = 6
#: Of a long earlier message only so many phrases are carried over, the last ones.
MOST = 6

_OPENING = re.compile(
    r"(?:(?:thanks?(?: you)?|ok(?:ay)?|great|i see|got it|спасибо|понятно|ясно|хорошо)\b[\s,.!]*)*"
    r"(?P<link>(?:(?:and|but|so|also|а|и|но|ну|тогда)\b[\s,]*)*)"
    r"(?P<about>(?:what|how) about\b|as for\b|(?:что|как) насч[её]т\b|(?:что|как) с(?:о)?\b|что касается\b)?\s*",
    re.I,
)
_DEFINITION = re.compile(r"(?:what|who) (?:is|are|was|were) (?!the\b)|что такое|кто так(?:ой|ая|ие)", re.I)
_PERSON = re.compile(r"he|him|his|she|her|hers", re.I)
_PLURAL = re.compile(r"they|them|their|theirs|они|их|ими|них|ними", re.I)
_POSSESSIVE = re.compile(r"its|their|theirs|his|her|hers|е[её]|его|их", re.I)
_POINTING = re.compile(r"this|that|these|those|эт\w+", re.I)
_WHICH_HAS = re.compile(r"\b(?:which|what|whose) (?!is|are|was|were|do|does|did)\w+.* (?:its|their|his|her)$", re.I)
_BOUNDARY = re.compile(r"[,.;:!?]|\b(?:and|but|why|when|if|because|whether|и|а|но)\b", re.I)
_AND = re.compile(r"\b(?:and|и)\b", re.I)
_THE = re.compile(r"\bthe\b", re.I)
_END = re.compile(r"[\s?!.…]*$")
_MORE = re.compile(
    r"(?:(?:tell me|explain|say) )?(?:a bit |some )?more(?: details?| about it)?|in more detail|go on|continue"
    r"|(?:расскажи(?:те)?|объясни(?:те)?|скажи(?:те)?)? ?(?:по)?подробнее|ещ[её]|дальше|продолжай(?:те)?",
    re.I,
)
_COUNTERPARTS = ("country", "body", "organisation", "place", "person")

Slot = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Standalone:
    """A question that can be searched without the ones before it.

    `asked` is the question as it came; `text` is what to search and answer, the same string when
    it stood on its own; `carried` are the words taken over from earlier questions.
    """

    asked: str
    text: str
    carried: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether anything was taken over, so that the answer should say how it was understood."""
        return self.text != self.asked


@dataclass(frozen=True, slots=True)
class _Question:
    """A question read into units. `core` is where it begins after "And", "Спасибо" and the like."""

    text: str
    units: tuple[Unit, ...]
    core: int
    linked: bool

    @property
    def own(self) -> tuple[Unit, ...]:
        return tuple(unit for unit in self.units if unit.start >= self.core)

    @property
    def names(self) -> list[Phrase]:
        return naming_phrases(self.own, self.text)


def standalone(questions: Sequence[str], glossary: Glossary) -> Standalone:
    """The last of a conversation's questions, completed from the earlier ones where it leans on them.

    `questions` are the user's messages as plain text, oldest first; answers and system messages
    are left out. Call `answer(retriever, result.text, filters)` with the result. When
    `result.changed`, tell the user that the question was understood as `result.text`. A fragment
    takes the language of the question that it completes, so word messages of the service in the
    language of `result.asked`. Takes about a quarter of a millisecond a question, raises nothing; no
    questions give an empty one.
    """
    earlier: _Question | None = None
    result = Standalone("", "")
    for asked in questions[-DEPTH - 1 :]:
        question = _read(asked, glossary)
        text, carried = _complete(question, earlier) if earlier and question.own else (question.text, ())
        new = bool(carried) and text != question.text
        result = Standalone(asked, text, carried) if new else Standalone(asked, asked)
        if question.own:
            earlier = _read(result.text, glossary) if new else question
    return result


def _read(text: str, glossary: Glossary) -> _Question:
    folded = fold(text)
    opening = _OPENING.match(folded)
    start, linked = (opening.end(), bool(opening["link"] or opening["about"])) if opening else (0, False)
    return _Question(folded, read_units(folded, glossary), start, linked)


def _complete(question: _Question, earlier: _Question) -> tuple[str, tuple[str, ...]]:
    """The text of a question completed, and what was carried over: nothing if it stands alone."""
    if _MORE.fullmatch(_END.sub("", question.text[question.core :])):
        return earlier.text, (earlier.text,)
    if _is_fragment(question):
        return _substituted(question, earlier)
    pronoun = _open_pronoun(question)
    if pronoun:
        return _explained(question, pronoun, earlier)
    if _leans(question, earlier):
        return _extended(question, earlier)
    return question.text, ()


def _is_fragment(question: _Question) -> bool:
    """Whether it is a mere part of a sentence: no verb, no pronoun, no question word but at its end."""
    found = kinds(question.own)
    if question.linked and re.fullmatch("S*N[NS]*Q+", found):
        return True
    if re.search("[QPV]", found):
        return False
    return 0 < len(found) <= SHORT if question.linked else len(found.replace("S", "")) == 1


def _open_pronoun(question: _Question) -> Unit | None:
    """The first pronoun that nothing in its own question explains."""
    for n, unit in enumerate(question.own):
        if unit.kind == "P" and not _is_explained(question.own[:n], unit, question.text):
            return unit
    return None


def _is_explained(before: Sequence[Unit], pronoun: Unit, text: str) -> bool:
    """Whether a pronoun means what its own question has said: in another clause, or "the EAEU and its court"."""
    names = [unit for unit in before if unit.kind in "NA"]
    if (names and _POSSESSIVE.fullmatch(pronoun.text)) or _WHICH_HAS.search(text[: pronoun.end]):
        return True
    said = names or [unit for unit in before if unit.kind in "ORCD"]
    boundary = _BOUNDARY if names else _AND
    return bool(said) and bool(boundary.search(text[said[0].end : pronoun.start]))


def _leans(question: _Question, earlier: _Question) -> bool:
    """Whether a question without pronouns names too little to be understood alone."""
    words = _words(question.own)
    found = kinds(words)
    if re.search("[NA]", found):
        short = len(words) <= FEW_WORDS and bool(question.linked or re.search("[RV]", found))
        return short and all(_is_country(name) for name in question.names)
    if _DEFINITION.match(question.text[question.core :]):
        return False
    if question.linked or len(words) <= 1:
        return True
    if "C" in found:
        return len(words) <= FEW_WORDS and any(re.search("[DA]", name.kinds) for name in earlier.names)
    few = FEW_WORDS if re.search("[VRD]", found) else FEW_WORDS - 1
    return len(words) <= few and bool(re.search("[VRD]", found) or _THE.search(question.text))


def _words(units: Sequence[Unit]) -> list[Unit]:
    return [unit for unit in units if unit.kind in "ORCDNAV"]


def _explained(question: _Question, pronoun: Unit, earlier: _Question) -> tuple[str, tuple[str, ...]]:
    if _PLURAL.fullmatch(pronoun.text):
        phrases = _in_language(content(earlier.own, earlier.text), question)
    else:
        phrases = _carried(question, earlier, wanted=_is_person if _PERSON.fullmatch(pronoun.text) else None)
    return _bracketed(question, _end_of_meant(question, pronoun), phrases)


def _end_of_meant(question: _Question, pronoun: Unit) -> int:
    """Where a pronoun ends, or the noun that it points with: "this agreement"."""
    following = next((unit for unit in question.own if unit.start > pronoun.start), None)
    points = _POINTING.fullmatch(pronoun.text) and following and following.kind in "ORCD"
    return following.end if following and points else pronoun.end


def _extended(question: _Question, earlier: _Question) -> tuple[str, tuple[str, ...]]:
    words = _words(question.own)
    whole = len(words) <= 1 and not any(unit.kind in "VNR" for unit in words)
    phrases = _in_language(content(earlier.own, earlier.text), question) if whole else _carried(question, earlier)
    return _bracketed(question, len(question.text), phrases)


def _bracketed(question: _Question, position: int, phrases: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """The question with what it leans on in brackets at `position`, and without its "And" or "А"."""
    if not phrases:
        return question.text, ()
    position = min(position, len(_END.sub("", question.text)))
    before, after = question.text[question.core : position], question.text[position:]
    return f"{before[:1].upper()}{before[1:]} ({', '.join(phrases)}){after}", phrases


def _carried(
    question: _Question, earlier: _Question, wanted: Callable[[Phrase], bool] | None = None
) -> tuple[str, ...]:
    """What the earlier question named and this one does not: its names, else all its words."""
    phrases = earlier.names
    if all(_is_country(phrase) for phrase in phrases):
        phrases = content(earlier.own, earlier.text)
    own = [unit.entry for unit in question.own if unit.entry]
    country = any(entry.topic == "country" for entry in own)
    new = [p for p in phrases if not _repeats(p, own) and not (country and _is_country(p))]
    chosen = [phrase for phrase in new if wanted(phrase)] if wanted else []
    return _in_language(chosen or new, question)


def _repeats(phrase: Phrase, own: Sequence[Entry]) -> bool:
    entries = [unit.entry for unit in phrase.units if unit.kind in "NAC"]
    return bool(entries) and all(entry in own for entry in entries)


def _is_country(phrase: Phrase) -> bool:
    return not set(phrase.kinds) - set("NS") and all(
        unit.entry and unit.entry.topic == "country" for unit in phrase.units if unit.kind == "N"
    )


def _is_person(phrase: Phrase) -> bool:
    return any(unit.kind == "N" and (not unit.entry or unit.entry.topic == "person") for unit in phrase.units)


def _in_language(phrases: Sequence[Phrase], question: _Question) -> tuple[str, ...]:
    """The phrases in the question's language: as they stand, else the glossary's names for what they name."""
    language = language_of(question.text) or "en"
    texts: list[str] = []
    for phrase in phrases[-MOST:]:
        if language_of(phrase.text) in (language, None):
            texts.append(phrase.text)
        else:
            texts += [_translated(unit, language) for unit in phrase.units if unit.kind in "NADYC"]
    return tuple(dict.fromkeys(texts))


def _translated(unit: Unit, language: str) -> str:
    if unit.entry and language in unit.entry.names:
        return unit.entry.names[language][0]
    for russian, russian_forms, english, english_forms in DOCUMENT_NOUNS:
        if language == "ru" and re.fullmatch(english_forms, unit.text, re.I):
            return russian
        if language == "en" and re.fullmatch(russian_forms, unit.text, re.I):
            return english
    return unit.text


def _substituted(question: _Question, earlier: _Question) -> tuple[str, tuple[str, ...]]:
    """The earlier question with the fragment in the place of its counterpart."""
    units = tuple(unit for unit in question.own if unit.kind != "Q")
    slot, filling = _counterpart(units, question, earlier)
    if slot is None:
        return _headed(question, earlier)
    text = f"{earlier.text[: slot[0]]}{filling}{earlier.text[slot[1] :]}"
    kept = (earlier.text[: slot[0]].strip(), _END.sub("", earlier.text[slot[1] :]).strip())
    return text, tuple(part for part in kept if part)


def _counterpart(units: Sequence[Unit], question: _Question, earlier: _Question) -> tuple[Slot | None, str]:
    """Where in the earlier question the fragment belongs, and its words to put there."""
    language = language_of(earlier.text)
    documents = [p for p in naming_phrases(units, question.text) if "D" in p.kinds or "A" in p.kinds]
    old_documents = [p for p in earlier.names if "D" in p.kinds or "A" in p.kinds]
    if documents and old_documents:
        return (old_documents[0].start, old_documents[0].end), documents[0].text
    for topic in _COUNTERPARTS:
        new = [unit for unit in units if unit.entry and unit.entry.topic == topic]
        old = [unit for unit in earlier.own if unit.entry and unit.entry.topic == topic]
        if new and old:
            return _place(new, old, earlier.text), _filling(new, question.text, language)
    for kind in "YC":
        new = [unit for unit in units if unit.kind == kind]
        old = [unit for unit in earlier.own if unit.kind == kind]
        if new and old:
            return (old[-1].start, old[-1].end), _filling(new, question.text, language)
    return _after_same_preposition(units, question.text, earlier), question.text[units[0].start : units[-1].end]


def _filling(units: Sequence[Unit], text: str, language: str | None) -> str:
    words = text[units[0].start : units[-1].end]
    return words if language_of(words) in (language, None) else _translated(units[0], language or "en")


def _place(new: Sequence[Unit], old: Sequence[Unit], text: str) -> Slot:
    """Two names take the place of two; one that of the last in the first row of names."""
    row = [old[0]]
    for unit in old[1:]:
        if not re.fullmatch(r"\s*(?:[-–—,]|and|и|с|with)\s*", text[row[-1].end : unit.start]):
            break
        row.append(unit)
    replaced = row[-1:] if len(new) == 1 else row
    return replaced[0].start, replaced[-1].end


def _after_same_preposition(units: Sequence[Unit], text: str, earlier: _Question) -> Slot | None:
    """The words in the earlier question that follow the preposition which the fragment begins with."""
    own = earlier.own
    for n, unit in enumerate(own[:-1]):
        if unit.kind == "S" and units[0].kind == "S" and unit.text.lower() == units[0].text.lower():
            end = next((m for m in range(n + 1, len(own)) if own[m].kind not in "ORC"), len(own))
            return (unit.start, own[end - 1].end) if end > n + 1 else None
    return None


def _headed(question: _Question, earlier: _Question) -> tuple[str, tuple[str, ...]]:
    """A fragment without a counterpart, under the earlier question's first words and with its names."""
    phrases = _carried(question, earlier)
    head = ""
    if phrases and language_of(earlier.text) == language_of(question.text):
        first = next((unit for unit in earlier.own if unit.kind not in "QP"), None)
        head = earlier.text[earlier.core : first.start] if first else ""
    text, carried = _bracketed(question, len(question.text), phrases)
    return (f"{head}{text[:1].lower()}{text[1:]}", carried) if head else (text, carried)
