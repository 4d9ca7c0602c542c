"""Names of authors as records give them, in parts."""

import re

from corpus import squash

_CAPITAL = "[A-ZА-ЯЁІЇЄҐЎ]"
_INITIAL = rf"(?![JS]r\.){_CAPITAL}[a-zа-яё]?\."
_INITIALS = re.compile(rf"{_INITIAL}(?:-{_INITIAL})*")
_GLUED = re.compile(rf"(?<![^\s.])({_INITIAL})(?=[^\s\-,])")
_PATRONYMIC = re.compile(r"(?:[оеё]вна|ич|ична|[oe]vna|ich|ichna)$", re.I)
_FAMILY_ENDING = re.compile(r"(?:[оеё]ва?|[иы]на?|[сц]кий|[сц]кая|ич|ко|[юу]к|ян|швили|дзе|[иы]х)$", re.I)
_GIVEN_LIKE_FAMILY = set(
    "алина ангелина арина валентин валентина галина екатерина ирина карина кристина константин лев марина мартин "
    "марко нина полина ян".split()
)
_PARTICLES = set("al bin da de del den der di dos du ibn la le van von ван де дер фон".split())
_BODIES = re.compile(
    r"\b(?:academy|agency|assembly|association|bank|cent(?:er|re)|chamber|committee|commission|corporation|council|court"
    r"|department|duma|foundation|fund|government|group|institute|ministry|organi[sz]ation|parliament|secretariat"
    r"|society|union|university|академия|агентство|ассоциация|банк|ведомство|департамент|дума|институт|комиссия"
    r"|комитет|министерство|общество|организация|палата|парламент|правительство|секретариат|совет|содружество|союз"
    r"|суд|университет|фонд|центр)\b",
    re.I,
)


def parse_name(text: str) -> dict[str, str]:
    """A person as `family` and `given`, anything else as `literal` (the names of CSL-JSON).

    Initials, a comma, a patronymic or the ending of a Russian family name tell which part is which; without any
    of them the last word is the family name. Initials come out apart: "О. В.".
    """
    name = squash(text).strip(" ,;")
    words = _GLUED.sub(r"\1 ", name).split()
    if len(words) < 2 or _is_body(name, words):
        return {"literal": name}
    if "," in name:
        family, given = _GLUED.sub(r"\1 ", name).split(",", 1)
        return _person(family.split(), given.split())
    return _person(*_split(words))


def initials(given: str) -> str:
    """Given names as initials: "О. В." for "Ольга Владимировна"; what is abbreviated already stays ("Дж.")."""
    return " ".join("-".join(map(_initial, filter(None, word.split("-")))) for word in given.split())


def _initial(word: str) -> str:
    return word if word.endswith(".") or word.islower() else f"{word[0]}."


def _person(family: list[str], given: list[str]) -> dict[str, str]:
    return {"family": " ".join(family), "given": " ".join(given)}


def _is_body(name: str, words: list[str]) -> bool:
    """Whether a name is that of an organisation: it has a noun for one, or words that no person's name has."""
    lower = [word for word in words if word.islower() and word not in _PARTICLES]
    return bool(_BODIES.search(name) or lower or re.search(r"[\d«»\"&()]", name))


def _split(words: list[str]) -> tuple[list[str], list[str]]:
    """(family, given) of a name without a comma."""
    marks = [number for number, word in enumerate(words) if _INITIALS.fullmatch(word)]
    if marks:
        last = marks[-1] + 1
        return (words[last:], words[:last]) if last < len(words) else (words[: marks[0]] or words, words[marks[0] :])
    if _family_first(words):
        return words[:1], words[1:]
    particle = next((n for n, word in enumerate(words) if n and word in _PARTICLES), len(words) - 1)
    return words[particle:], words[:particle]


def _family_first(words: list[str]) -> bool:
    if len(words) > 2:
        return bool(_PATRONYMIC.search(words[2])) and not _PATRONYMIC.search(words[1])
    return _is_family(words[0]) and not _is_family(words[1])


def _is_family(word: str) -> bool:
    return bool(_FAMILY_ENDING.search(word)) and word.lower() not in _GIVEN_LIKE_FAMILY
