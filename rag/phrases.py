"""The units of a question by a few word classes, and the phrases in it that name something.

A unit is a word or a name of the glossary; its kind is one letter, so that phrases are found by
regular expressions over the string of kinds:

| kind | |
| --- | --- |
| N | a name: of the glossary, a capitalised word inside the question, words in «quotes» |
| A | an agreement or treaty named in full |
| D | a noun for a document: "agreement", «устав» |
| Y | a number, year or Roman numeral |
| C | a concept of the glossary |
| V | a verb of signing, joining, entering into force and the like |
| Q | a question word or auxiliary |
| P | a pronoun or demonstrative |
| S | a preposition, conjunction or article |
| R | a noun for a part or side of something: "member", «столица» |
| O | any other word |
| B | a border that no phrase crosses; none in a question as it was read, see `Words` |
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from embeddings import tokens
from rag.search.glossary import Entry, Glossary, Mention

#: Nouns for documents that a question may leave unnamed the second time, Russian and English.
DOCUMENT_NOUNS = (
    ("соглашение", r"соглашени\w+", "agreement", r"agreements?"),
    ("договор", r"договор\w*", "treaty", r"treat(?:y|ies)"),
    ("устав", r"устав\w{0,3}", "charter", r"charters?"),
    ("хартия", r"харти\w+", "charter", r"charters?"),
    ("протокол", r"протокол\w*", "protocol", r"protocols?"),
    ("конвенция", r"конвенци\w+", "convention", r"conventions?"),
    ("декларация", r"деклараци\w+", "declaration", r"declarations?"),
    ("заявление", r"заявлени\w+", "statement", r"statements?"),
    ("меморандум", r"меморандум\w*", "memorandum", r"memorand(?:um|a)"),
    ("решение", r"решени\w+", "decision", r"decisions?"),
)

_NAMED = ("organisation", "body", "country", "place", "person")
#: Patterns of whole words, without regard to case; the first kind that knows a word has it.
_WORDS = {
    "P": r"""it its they them their theirs he him his she her hers this these those there thereof
        он она оно они его её ее их ему ей им ею ими него неё нее них нему ней ним ними н[её]м
        эт(?:от|а|о|и|ой|ого|ому|им|ом|у|их|ими) там туда оттуда""",
    "Q": r"""what which who whom whose when where why how is are was were be been do does did has have had will would
        can could may must shall should much many long that now currently today exactly
        что чего чему чем ч[её]м кто кого кому кем ком чей чьей чья чь[её] когда где куда откуда зачем почему
        как сколько ли как(?:ой|ая|ое|ие|ого|ому|им|их|ими|ую|ом) каков\w? котор\w+
        так(?:ое|ой|ая|ие) был[аои]? есть это сейчас теперь сегодня именно""",
    "S": r"""the an? of on in at to for from by with between under about into after before among within since and or as
        и а или в во на о об обо по при из от до для за к ко с со у между после перед насчёт про под над без""",
    "V": r"""sign(?:s|ed|ing)? conclud\w+ adopt\w* ratif\w+ enter(?:s|ed)? forced? t(?:ake|akes|ook|aken) effect
        appl(?:y|ies|ied) expir\w+ terminat\w+ withdraw\w* withdrew join(?:s|ed)? sa(?:y|ys|id) sit heads?
        launched formed founded established created set made bec[ao]me
        подпис(?!к)\w+ заключ[её]?н\w* заключил\w* вступ(?:ил\w*|ает|ают) сил[ау] действу\w+ ратифиц\w+
        прин(?:ял\w*|ят\w*) создан\w* основан\w* учре[дж]\w+ образован\w* состав\w+ сказан\w* говорит\w* стал\w*
        возглав\w+ прош[её]л прошл\w+ наход\w+ предусм\w+ опублик\w+ выш(?:ел|ла|ли|ло) прекрат\w+""",
    "R": r"""members? participants? countr(?:y|ies) states? part(?:y|ies) judges? chair(?:man|person)? seat headquarters
        capital population budget aims? goals? tasks? structure articles? annex(?:es)? chapters? sections? history
        purpose language
        член\w* участник\w* стран\w* государств\w* сторон\w* судь\w+ судей председател\w* штаб столиц\w* населени\w+
        бюджет\w* цел[ьи]\w* задач\w* структур\w* стать\w+ приложени\w+ глав[аыу] раздел\w* истори\w+ язык\w*""",
    "D": " ".join(pattern for _, russian, _, english in DOCUMENT_NOUNS for pattern in (russian, english)),
}
_KIND = {kind: re.compile("|".join(words.split()), re.I) for kind, words in _WORDS.items()}
_NUMBER = re.compile(r"\d.*|[IVX]+")
_CAPITALISED = re.compile(r"[A-ZА-ЯЁ]")
#: Where a pronoun stands for nothing that was said before.
_EMPTY = re.compile(
    r"\b(?:is|are|was|were|be) there\b|\bthere (?:is|are|was|were|be)\b|\b(?:is it|it is|it was) \w+ (?:that|to|for)\b"
    r"|\bthis (?:year|month|century)\b|\bthose (?:who|which|that)\b|\bв эт(?:ом году|ом месяце|ом веке)\b",
    re.I,
)
_OPENING_QUOTES = ("«", "“")
_QUOTED = re.compile(r"«[^«»]+»|“[^“”]+”|\"[^\"]+\"")

_DOCUMENT = (
    r"(?:(?:NS*|Y)++|(?<![ORC]))[ORC]*+D(?:[SORCY]*[NAY])*"  # no word begins two runs that a document may end
    r"|(?:NS*|Y)*+A(?:S*[NY])*"
)
_NAME = r"(?:CS*)?[NY](?:S*[NY])*"
_PHRASE = re.compile(rf"{_DOCUMENT}|{_NAME}")
_REST = re.compile(r"[NADYCORVS]+")


@dataclass(frozen=True, slots=True)
class Unit:
    """A word, or a name of several words, with its kind and its place in the question."""

    text: str
    start: int
    end: int
    kind: str
    entry: Entry | None = None


@dataclass(frozen=True, slots=True)
class Phrase:
    """Neighbouring units of a question and its words for them."""

    text: str
    units: tuple[Unit, ...]

    @property
    def kinds(self) -> str:
        """The kinds of its units, a letter each."""
        return kinds(self.units)

    @property
    def start(self) -> int:
        """Where in the question it begins."""
        return self.units[0].start

    @property
    def end(self) -> int:
        """Where in the question it ends."""
        return self.units[-1].end


@dataclass(frozen=True, slots=True)
class Words:
    """A stretch of a conversation read into units, whose places count from its beginning.

    A completed question is put together from such stretches and never read again. Borders (kind "B") stand
    at brackets, and between what is carried over, so that no phrase runs from one stretch into another.
    `linked` says that "And", "А" or the like stood before it.
    """

    text: str
    units: tuple[Unit, ...] = ()
    linked: bool = False

    def __add__(self, other: "Words") -> "Words":
        return Words(self.text + other.text, self.units + _moved(other.units, len(self.text)))

    def cut(self, start: int, end: int | None = None) -> "Words":
        """The words from `start` to `end`, neither of which may lie inside a unit."""
        stop = len(self.text) if end is None else end
        inside = [unit for unit in self.units if start <= unit.start and unit.end <= stop]
        return Words(self.text[start:stop], _moved(inside, -start))

    @property
    def capitalised(self) -> "Words":
        """The same with a capital letter first."""
        return replace(self, text=self.text[:1].upper() + self.text[1:])

    @property
    def names(self) -> list[Phrase]:
        """What it names."""
        return naming_phrases(self.units, self.text)

    @property
    def content(self) -> list[Phrase]:
        """All that it says beside question words and pronouns."""
        return content(self.units, self.text)


def kinds(units: Sequence[Unit]) -> str:
    """The kinds of some units, a letter each."""
    return "".join(unit.kind for unit in units)


def read_units(text: str, glossary: Glossary) -> tuple[Unit, ...]:
    """The units of a folded question in order."""
    mentions = [
        Unit(text[m.start : m.end], m.start, m.end, _kind_of_mention(text, m), m.entry)
        for m in glossary.mentions(text)
        if m.entry.topic != "action" and not _KIND["V"].fullmatch(text[m.start : m.end].partition(" ")[0])
    ]
    quoted = [
        Unit(match.group(), match.start(), match.end(), "N")
        for match in _QUOTED.finditer(text)
        if not any(unit.start <= match.start() + 1 and match.end() - 1 <= unit.end for unit in mentions)
    ]
    named = quoted + [unit for unit in mentions if not any(q.start < unit.start < q.end for q in quoted)]
    taken = {position for unit in named for position in range(unit.start, unit.end)}
    empty = {position for match in _EMPTY.finditer(text) for position in range(match.start(), match.end())}
    words = (
        Unit(word, start, end, "Q" if start in empty else _kind_of_word(word, first=_opens_sentence(text, start)))
        for word, start, end in tokens(text)
        if start not in taken
    )
    units = sorted([*named, *words], key=lambda unit: unit.start)
    return tuple(
        replace(unit, kind="P") if unit.text.lower() == "that" and before and before.kind == "S" else unit
        for before, unit in zip([None, *units], units, strict=False)
    )


def naming_phrases(units: Sequence[Unit], text: str) -> list[Phrase]:
    """The phrases that name a document or something else; bare numbers and nouns do not count."""
    return [
        Phrase(text[run[0].start : run[-1].end], tuple(run))
        for run in _runs(_PHRASE, units)
        if any(unit.kind in "NA" for unit in run) or (kinds(run).strip("D") and "D" in kinds(run))
    ]


def content(units: Sequence[Unit], text: str) -> list[Phrase]:
    """All that a question says beside its question words and pronouns."""
    trimmed = (_trim(run) for run in _runs(_REST, units))
    return [Phrase(text[run[0].start : run[-1].end], tuple(run)) for run in trimmed if run]


def translated(unit: Unit, language: str) -> Words:
    """The glossary's or our usual name in `language` for what a unit names; its own words where there is none."""
    text = _name(unit, language)
    return Words(text, (replace(unit, text=text, start=0, end=len(text)),))


def _name(unit: Unit, language: str) -> str:
    if unit.entry and language in unit.entry.names:
        return unit.entry.names[language][0]
    for russian, russian_forms, english, english_forms in DOCUMENT_NOUNS:
        if language == "ru" and re.fullmatch(english_forms, unit.text, re.I):
            return russian
        if language == "en" and re.fullmatch(russian_forms, unit.text, re.I):
            return english
    return unit.text


def _moved(units: Sequence[Unit], by: int) -> tuple[Unit, ...]:
    return tuple(replace(unit, start=unit.start + by, end=unit.end + by) for unit in units)


def _runs(pattern: re.Pattern[str], units: Sequence[Unit]) -> Iterator[Sequence[Unit]]:
    return (units[match.start() : match.end()] for match in pattern.finditer(kinds(units)))


def _trim(units: Sequence[Unit]) -> Sequence[Unit]:
    inside = [n for n, unit in enumerate(units) if unit.kind != "S"]
    return units[inside[0] : inside[-1] + 1] if inside else []


def _kind_of_mention(text: str, mention: Mention) -> str:
    words = text[mention.start : mention.end]
    if mention.entry.topic == "agreement":
        return "A"
    if any(_KIND["D"].fullmatch(word) for word in words.split()):
        return "D"
    inside = words if not _opens_sentence(text, mention.start) else words[1:]
    if mention.entry.topic in _NAMED or _CAPITALISED.search(inside) or text[: mention.start].endswith(_OPENING_QUOTES):
        return "N"
    return "R" if _KIND["R"].fullmatch(words) else "C"


@lru_cache(maxsize=100_000)
def _kind_of_word(word: str, *, first: bool) -> str:
    if _NUMBER.fullmatch(word):
        return "Y"
    known = next((kind for kind, pattern in _KIND.items() if pattern.fullmatch(word)), None)
    if known and not (known in "DVS" and not first and _CAPITALISED.match(word)):
        return known
    return "N" if _CAPITALISED.match(word) and not first else known or "O"


def _opens_sentence(text: str, start: int) -> bool:
    before = text[:start].rstrip(' «"“(')
    return not before or before[-1] in ".!?"
