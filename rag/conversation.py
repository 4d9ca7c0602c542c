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
from dataclasses import dataclass, replace

from corpus import fold
from corpus.languages import language_of
from rag.fragments import POSSESSIVE, SENTENCE_END, Completed, is_fragment, substituted
from rag.phrases import Phrase, Unit, Words, kinds, read_units, translated
from rag.search.glossary import Entry, Glossary

#: One courtesy, which may open a question.
_COURTESY = (
    r"(?:thanks?(?: you)?(?: (?:very|so) much| a lot)?(?: for (?:the|your) (?:answer|help))?|ok(?:ay)?|great|i see"
    r"|got it|hello|hi|good (?:morning|afternoon|evening|day)|goodbye|bye"
    r"|(?:большое )?спасибо(?: большое| вам)?(?: за (?:ответ|помощь))?|благодарю(?: вас)?|вс[её] понятно|понятно|ясно"
    r"|хорошо|отлично|ок(?:ей)?|здравствуй(?:те)?|привет|добр(?:ый день|ый вечер|ое утро)|до свидания)\b"
)

#: A question that is longer names what it is about; of an earlier one so many characters are read.
MOST_READ = 1_000
#: So many earlier questions are looked at.
DEPTH = 6
#: A question that names nothing and has no more words than this depends on what was asked before.
FEW_WORDS = 3
#: Of a long earlier message only so many phrases are carried over, the last ones.
MOST = 6

_OPENING = re.compile(
    rf"(?:{_COURTESY}[\s,.!]*)*"
    r"(?P<link>(?:(?:and|but|so|also|then|а|и|но|ну|тогда|кстати)\b[\s,]*)*)"
    r"(?P<about>(?:what|how) about\b|as for\b|(?:что|как) насч[её]т\b|(?:что|как) с(?:о)?\b|что касается\b)?\s*",
    re.I,
)
_DEFINITION = re.compile(r"(?:what|who) (?:is|are|was|were) (?!the\b)|что такое|кто так(?:ой|ая|ие)", re.I)
_PERSON = re.compile(r"he|him|his|she|her|hers", re.I)
_PLURAL = re.compile(r"they|them|their|theirs|они|их|ими|них|ними", re.I)
_POINTING = re.compile(r"this|that|these|those|эт\w+", re.I)
_WHICH = re.compile(r"\b(?:which|what|whose) (?!is|are|was|were|do|does|did)\w+", re.I)
_HAS = re.compile(r" (?:its|their|his|her)$", re.I)
#: What a state has and an organisation has not.
_OF_A_STATE = re.compile(r"capital|president|population|столиц\w*|президент\w*|населени\w*", re.I)
_BOUNDARY = re.compile(r"[,.;:!?]|\b(?:and|but|why|when|if|because|whether|и|а|но)\b", re.I)
_AND = re.compile(r"\b(?:and|и)\b", re.I)
_THE = re.compile(r"\bthe\b", re.I)
_ON = re.compile(r"on|об?", re.I)
#: Behind these "о транзите" is what is said, not what the document is on.
_SAYS = re.compile(r"\b(?:говор|сказан|предусм|says?\b|said)", re.I)
_BRACKET = re.compile(r"[()\[\]{}]")
_MORE = re.compile(
    r"(?:(?:tell me|explain|say) )?(?:a bit |some )?more(?: details?| about it)?|in more detail|go on|continue"
    r"|(?:расскажи(?:те)?|объясни(?:те)?|скажи(?:те)?)? ?(?:по)?подробнее|ещ[её]|дальше|продолжай(?:те)?",
    re.I,
)
#: A question that only asks for time, place or reason.
_CIRCUMSTANCE = re.compile(
    r"(when|where|why|когда|где|куда|откуда|почему|зачем)\b"
    r"(?: was (?:it|that|this)| это (?:было|произошло|случилось))?",
    re.I,
)


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


_OPEN = Words(" (", (Unit("(", 1, 2, "B"),))
_CLOSE = Words(")", (Unit(")", 0, 1, "B"),))
_COMMA = Words(", ", (Unit(",", 0, 1, "B"),))


def standalone(questions: Sequence[str], glossary: Glossary) -> Standalone:
    """The last of a conversation's questions, completed from the earlier ones where it leans on them.

    `questions` are the user's messages as plain text, oldest first; answers and system messages
    are left out. Ask `result.text`. When
    `result.changed`, tell the user that the question was understood as `result.text`. A fragment
    takes the language of the question that it completes, so word messages of the service in the
    language of `result.asked`. Takes about a third of a millisecond, raises nothing; no
    questions give an empty one.
    """
    earlier: Words | None = None
    result = Standalone("", "")
    for asked in questions[-DEPTH - 1 :]:
        text = fold(asked)
        question = _read(text[:MOST_READ], glossary)
        leans = earlier and question.units and len(text) <= MOST_READ
        completed, carried = _complete(question, earlier) if earlier and leans else (question, ())
        new = bool(carried) and completed.text != asked
        result = Standalone(asked, completed.text, carried) if new else Standalone(asked, asked)
        earlier = completed if question.units else earlier
    return result


def _read(text: str, glossary: Glossary) -> Words:
    """A folded question from where it begins after "And", "Спасибо" and the like."""
    opening = _OPENING.match(text)
    start, linked = (opening.end(), bool(opening["link"] or opening["about"])) if opening else (0, False)
    units = [unit for unit in read_units(text, glossary) if not _BRACKET.search(unit.text)]
    borders = [Unit(match.group(), match.start(), match.end(), "B") for match in _BRACKET.finditer(text)]
    words = Words(text, tuple(sorted([*units, *borders], key=lambda unit: unit.start))).cut(start)
    return replace(words, linked=linked)


def _complete(question: Words, earlier: Words) -> Completed:
    """The question completed, and what was carried over: nothing if it stands alone."""
    text = SENTENCE_END.sub("", question.text)
    if _MORE.fullmatch(text):
        return earlier, (earlier.text,)
    if circumstance := _CIRCUMSTANCE.fullmatch(text):
        return _asked_anew(question, circumstance.end(1), earlier)
    if start := _where_it_differs(question, earlier):
        return substituted(question.cut(start), earlier) or (question, ())
    if is_fragment(question):
        return substituted(question, earlier) or _headed(question, earlier)
    pronoun = _open_pronoun(question)
    if pronoun:
        return _explained(question, pronoun, earlier)
    if _leans(question, earlier):
        return _extended(question, earlier)
    return question, ()


def _where_it_differs(question: Words, earlier: Words) -> int:
    """Where the country begins that alone differs from the earlier question, "Since when is Moldova?", else 0."""
    countries = [unit for unit in question.units if unit.entry and unit.entry.topic == "country"]
    if len(countries) != 1 or SENTENCE_END.sub("", question.text[countries[0].end :]):
        return 0
    start = countries[0].start
    follows = next((unit for unit in earlier.units if unit.start == start), None)
    same_head = question.text[:start].lower() == earlier.text[:start].lower()
    return start if same_head and follows and follows.entry and follows.entry.topic == "country" else 0


def _asked_anew(question: Words, end: int, earlier: Words) -> Completed:
    """The earlier question with another question word at its head: "Why did Georgia leave the CIS?"."""
    head = _CIRCUMSTANCE.match(earlier.text)
    if not head or language_of(earlier.text) != language_of(question.text):
        return _explained(question, question.units[-1], earlier)
    rest = earlier.cut(head.end(1))
    carried = SENTENCE_END.sub("", rest.text).strip()
    return question.cut(0, end).capitalised + rest, (carried,) if carried else ()


def _open_pronoun(question: Words) -> Unit | None:
    """The first pronoun that nothing in its own question explains."""
    for n, unit in enumerate(question.units):
        if unit.kind == "P" and not _is_explained(question.units[:n], unit, question.text):
            return unit
    return None


def _is_explained(before: Sequence[Unit], pronoun: Unit, text: str) -> bool:
    """Whether a pronoun means what its own question has said: in another clause, or "the EAEU and its court"."""
    names = [unit for unit in before if unit.kind in "NA"]
    asked, owns = _WHICH.search(text, 0, pronoun.end), _HAS.search(text, 0, pronoun.end)
    if (names and POSSESSIVE.fullmatch(pronoun.text)) or (asked and owns and asked.end() <= owns.start()):
        return True
    said = names or [unit for unit in before if unit.kind in "ORCD"]
    boundary = _BOUNDARY if names else _AND
    return bool(said) and bool(boundary.search(text[said[0].end : pronoun.start]))


def _leans(question: Words, earlier: Words) -> bool:
    """Whether a question without pronouns names too little to be understood alone."""
    words = _speaking(question)
    found = kinds(words)
    if re.search("[NA]", found):
        of_a_state = any(_OF_A_STATE.fullmatch(unit.text) for unit in words)
        short = len(words) <= FEW_WORDS and not of_a_state and bool(question.linked or re.search("[RV]", found))
        return short and all(_is_country(name) for name in question.names)
    if _DEFINITION.match(question.text):
        return False
    if question.linked or len(words) <= 1:
        return True
    if "C" in found:
        return len(words) <= FEW_WORDS and any(re.search("[DA]", name.kinds) for name in earlier.names)
    few = FEW_WORDS if re.search("[VRD]", found) else FEW_WORDS - 1
    return len(words) <= few and bool(re.search("[VRD]", found) or _THE.search(question.text))


def _speaking(question: Words) -> list[Unit]:
    return [unit for unit in question.units if unit.kind in "ORCDNAV"]


def _explained(question: Words, pronoun: Unit, earlier: Words) -> Completed:
    if not _speaking(question) or _PLURAL.fullmatch(pronoun.text):
        phrases = _in_language(earlier, earlier.content, question)
    else:
        phrases = _carried(question, earlier, _is_person if _PERSON.fullmatch(pronoun.text) else None)
    return _bracketed(question, _end_of_meant(question, pronoun), phrases)


def _end_of_meant(question: Words, pronoun: Unit) -> int:
    """Where a pronoun ends, or the noun that it points with: "this agreement"."""
    following = next((unit for unit in question.units if unit.start > pronoun.start), None)
    points = _POINTING.fullmatch(pronoun.text) and following and following.kind in "ORCD"
    return following.end if following and points else pronoun.end


def _extended(question: Words, earlier: Words) -> Completed:
    words = _speaking(question)
    whole = len(words) <= 1 and not any(unit.kind in "VNR" for unit in words)
    phrases = _in_language(earlier, earlier.content, question) if whole else _carried(question, earlier)
    return _bracketed(question, len(question.text), phrases)


def _bracketed(question: Words, position: int, phrases: Sequence[Words]) -> Completed:
    """The question with what it leans on in brackets at `position`."""
    if not phrases:
        return question, ()
    position = min(position, len(SENTENCE_END.sub("", question.text)))
    inside = phrases[0]
    for phrase in phrases[1:]:
        inside += _COMMA + phrase
    completed = question.cut(0, position) + _OPEN + inside + _CLOSE + question.cut(position)
    return completed.capitalised, tuple(phrase.text for phrase in phrases)


def _carried(question: Words, earlier: Words, wanted: Callable[[Phrase], bool] | None = None) -> list[Words]:
    """What the earlier question named and this one does not: its names, else all its words."""
    phrases = [_with_subject(phrase, earlier) for phrase in earlier.names]
    owned = any(POSSESSIVE.fullmatch(unit.text) for unit in question.units)
    if not phrases or (not owned and all(_is_country(phrase) for phrase in phrases)):
        phrases = earlier.content
    own = [unit.entry for unit in question.units if unit.entry]
    country = any(entry.topic == "country" for entry in own)
    new = [p for p in phrases if not _repeats(p, own) and not (country and _is_country(p))]
    if any(_OF_A_STATE.fullmatch(unit.text) for unit in question.units):
        wanted = _is_country
    chosen = [phrase for phrase in new if wanted(phrase)] if wanted else []
    return _in_language(earlier, chosen or new, question)


def _with_subject(phrase: Phrase, words: Words) -> Phrase:
    """A document with what it is on: "соглашение Украины и Беларуси о свободной торговле"."""
    behind = [unit for unit in words.units if unit.start >= phrase.end]
    subject = re.match("S[ORC]+", kinds(behind))
    if "D" not in phrase.kinds or not subject or not _ON.fullmatch(behind[0].text) or _SAYS.search(words.text):
        return phrase
    units = (*phrase.units, *behind[: subject.end()])
    return Phrase(words.text[phrase.start : units[-1].end], units)


def _repeats(phrase: Phrase, own: Sequence[Entry]) -> bool:
    entries = [unit.entry for unit in phrase.units if unit.kind in "NAC"]
    return bool(entries) and all(entry in own for entry in entries)


def _is_country(phrase: Phrase) -> bool:
    return not set(phrase.kinds) - set("NS") and all(
        unit.entry and unit.entry.topic == "country" for unit in phrase.units if unit.kind == "N"
    )


def _is_person(phrase: Phrase) -> bool:
    return any(unit.kind == "N" and (not unit.entry or unit.entry.topic == "person") for unit in phrase.units)


def _in_language(earlier: Words, phrases: Sequence[Phrase], question: Words) -> list[Words]:
    """The phrases in the question's language: as they stand, else the glossary's names for what they name."""
    language = language_of(question.text) or "en"
    found: dict[str, Words] = {}
    for phrase in phrases[-MOST:]:
        if language_of(phrase.text) in (language, None):
            found.setdefault(phrase.text, earlier.cut(phrase.start, phrase.end))
        else:
            for unit in phrase.units:
                if unit.kind in "NADYC":
                    found.setdefault(translated(unit, language).text, translated(unit, language))
    return list(found.values())


def _headed(question: Words, earlier: Words) -> Completed:
    """A fragment without a counterpart, under the earlier question's first words and with its names."""
    completed, carried = _bracketed(question, len(question.text), _carried(question, earlier))
    first = next((unit for unit in earlier.units if unit.kind != "Q"), None)
    if not (carried and first and first.start) or language_of(earlier.text) != language_of(question.text):
        return completed, carried
    return earlier.cut(0, first.start) + replace(completed, text=question.text[0] + completed.text[1:]), carried
