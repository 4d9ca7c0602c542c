"""Names of persons as a page prints them, in lines of authors and in two scripts.

The words of a name have kinds, each a letter, and the forms of names are regular expressions over these letters:
"J. A. van der Berg" is `IIppC`.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from corpus.normalisation import fold
from corpus.transliteration import romanised

_MARKS = re.compile("[\u00aa\u00b2\u00b3\u00b9\u00ba\u02b0-\u02b8\u1d2c-\u1d6a\u2070-\u209c*†‡§✉✱∗⁎#]")
_NUMBERS = re.compile(
    r"(?<=[^\W\d_])\d{1,2}\b|(?<=\.)\s?\d{1,2}\b|(?<=[^\W\d_])\s\d{1,2}(?=\s*(?:[,;·&|]|and\b|и\b|$))|\[\d+\]|\s?\b\d{1,2}\)"
)
_CONTACTS = re.compile(
    r"\(?\b(?:https?://)?orcid(?:\.org)?(?:\s*id)?\s*[:/]?\s*|\(?\b\d{4}-\d{4}-\d{4}-\d{3}[\dXХ]\b\)?"
    r"|\(?(?:e-?mail|эл\.\s?почта|электронная почта)\s*:?|(?<![\w.+-])[\w.+-]++\s?@\s?[\w-]++(?:\.[\w-]++)++\)?"
    r"|\bSPIN(?:-код)?\s*:?\s*[\d-]*|\b(?:Researcher|Author|Scopus\s?)ID\s*:?\s*[A-Z\d-]*|(?-i:\biD\b)",
    re.I,
)
_HONOURS = re.compile(
    r"(?:(?:(?:assoc|asst|prof|dr|mr|mrs|ms|проф|доц|акад|д-р)\.?|professor|профессор|доцент|академик"
    r"|(?:аспирант|магистрант|студент)(?:ка)?)\s+)+(?=[^\W\d_])|\s(?:Ph\.?\s?D\.?|D\.?Sc\.?|D\.?Phil\.?|LL\.?M\.?)$",
    re.I,
)
_SEPARATOR = re.compile(
    r"(?:(?<!\s)\s++)?[,;·|&•/]\s*+(?:(?:and|и|und|et|&)\s++)?"
    r"|(?<!\s)\s++(?:and|и|und(?!\s+zu\b)|et|және|жана|і|та|with|при участии)\s++"
)
_LABEL = re.compile(
    r"[\s;]*+(?:by|authors?(?:\(s\))?|автор(?:ы|ов)?|под авторством|©|\(c\))(?:\s*+:)?\s++(?=[^\W\d_])", re.I
)
_INITIALS = re.compile(r"(?:[^\W\d_][a-zа-яё]{0,2}\.-?){1,4}|[^\W\d_][a-zа-яё]{0,2}\.")
_BARE_INITIALS = re.compile(r"[A-Z]{1,3}|[А-ЯЁ]{1,2}")
_PATRONYMIC = re.compile(
    r"(?:[оеё]вич|[оеёи]?нична|[оеё]вна|ьич|мич|кич|[оеёyj]?vich|[oe]vna|ichna|ilyich|[ұуy]лы|uly|ulı|[кқ]ызы|[qk][yı]zy"
    r"|оглы|ogly|oğlu|уулу|uulu)",
    re.I,
)
_DEGREE = re.compile(
    r"(?:(?:канд(?:идат)?|доктор$|д-р|[кд])\.?\s?)?[а-яё-]+\.?\s?(?:наук|н\.)|Ph\.?\s?D\.?|(?:MSc|DSc|MPhil|DPhil|LLM|MBA)\.?"
)
_POST = re.compile(
    r"\s(?:[—–-]\s|(?:доцент|проф|канд|докт|д-р|[кд]\.|аспирант|магистр|студент|стар|ст\.|главн|ведущ|научн|зав|дирек"
    r"|препод|сотрудн|professor|assistant|associate|senior|lecturer|research|ph\.?d))",
    re.I,
)
_REMARK = re.compile(r"\(\s*\)|\((?=[^()\d]*+\))[^()\d]*?[^\W\d_]{3}[^()\d]*+\)|\s[|•]\s[^|•]*\b(?:19|20)\d\d$")
_CHILD_OF = set("оглы кызы қызы улы ұлы уулу ogly oglu oğlu kyzy qizi uly uulu".split())
_PARTICLES = set(
    "al el bin ibn da de del della den der di dos du la le ten ter und van von zu аль эль бен ибн ван де ден дер ди дю"
    " ла ле заде фон оол".split()
)
_NO_NAME = re.compile(
    r"(?:academy|abstract|and|article|asia\b|belarus|borders?$|center|central|centre|college|commonwealth|conference"
    r"|cooperation|crisis|customs|department|development|digital|doctor|eaeu|east(?:ern)?$|econom|eurasi|europe\b|european|faculty"
    r"|foreign|global|governance|great|higher|history|identity|institut|integration|international|introduction|journal"
    r"|labou?r|law\b|market|member|candidate|phd|independent|migration|national|neighbou?r|new\b|order$|original|paper|partnership|policy|politic"
    r"|powers?$|press$|professor|public|received|region|relations|research|review|russia|school$|science|security|social"
    r"|society|states?$|studies|system|the$|theor(?:y|ies)$|trade$|treaty|union|universi|vestnik|world$"
    r"|академ|аннотац|беларус|вестник|внешн|вопрос|высш|глобальн|государ|доктор$|доцент|евраз|европ|единое|журнал"
    r"|институ|интеграц|исслед|истор|казахстан$|кандидат|кафедр|кризис|литератур|международн|миграц|мир$|миров(?:ая|ое|ой|ые|ых)$|народ"
    r"|научн|национальн|новая|новый|обзор|област|общест|организац|политик|политич|политолог|право|правов|проблем"
    r"|профессор|развити|регион|росси[яий]|рынок|серия|систем|совет|содруж|сотруднич|социал|союз|стат[ьи]|страт|студент(?:ка)?$"
    r"|таможен|теори|торгов|университет|факультет|федерац|философ|центр|цифров|школ(?:а|ы)$|эконом|энергет|юридич|язык"
    r"|edit(?:or|ed)|review|supervis|advis|translat|compil|редактор|рецензент|руководител|переводчик|составител"
    r"|(?:about|after|as|at|before|between|beyond|by|for|from|how|in|into|letters|notes|on|over|through|to|towards?"
    r"|under|what|when|where|why|with|without|без|в|для|из|как|на|о|об|от|по|под|при|про|с|у|что)$)",
    re.I,
)
_STRICT = re.compile(r"p?[Ii]{1,3}p*[CP]{1,2}|p*[CP]{1,2}p?[Ii]{1,3}p?|p*[CP],[Ii]{1,3}|C{2,3}Pp?|CPp?|CCp|PCP|CPC")
_LOOSE = re.compile(r"p?[CP][CPIip]{0,3}[CP]|p*[CP],[CIP]{1,3}")
_ALIKE = 0.75
_SIGNS = dict.fromkeys(map(ord, "’”"))  # the soft and the hard sign


@dataclass(frozen=True, slots=True)
class AuthorLine:
    """The persons a line names; `sure` when their form is that of names only, `rest` when other words follow."""

    names: tuple[str, ...]
    sure: bool
    rest: bool


def author_line(text: str) -> AuthorLine | None:
    """The persons that a line begins with, without marks, numbers, contacts; None when it begins otherwise."""
    line = _NUMBERS.sub(" ; ", _CONTACTS.sub(" ; ", fold(_MARKS.sub(" ; ", text))))
    line = _REMARK.sub(" ; ", line)
    label = _LABEL.match(line)
    parts = map(_segment, _SEPARATOR.split(line[label.end() :] if label else line))
    segments = [part for part in parts if re.search(r"[^\W\d_]{2}|\w\.", part) and not _DEGREE.fullmatch(part)]
    names, kinds, rest = [], [], False
    while segments:
        taken, name, kind = _first_name(segments)
        rest = rest or (taken == 1 and name != segments[0])
        if taken and (not rest or _STRICT.fullmatch(kind)):
            names.append(_cased(name))
            kinds.append(kind)
        elif not names:
            return None
        else:
            rest = True
        segments = segments[taken or 1 :]
    sure = label is not None or all(map(_STRICT.fullmatch, kinds))
    return AuthorLine(tuple(names), sure, rest) if names else None


def same_person(one: str, other: str) -> bool:
    """Whether two names in one script are of one person, with initials or in full."""
    sounds = [_sound(name) for name in (one, other)]
    fewer, more = sorted(({word for word in sound if len(word) > 2} for sound in sounds), key=len)
    initials = [Counter(word[0] for word in sound) for sound in sounds]
    return bool(fewer) and fewer <= more and (initials[0] <= initials[1] or initials[1] <= initials[0])


def forms_of(authors: Sequence[str], others: Sequence[str]) -> dict[str, str]:
    """For each author the one of `others` that is the same name in another script, where there is one."""
    left, forms = list(others), {}
    for author in authors:
        likest = max(left, key=lambda other: _likeness(author, other), default=None)
        if likest and _likeness(author, likest)[0] >= _ALIKE:
            forms[author] = likest
            left.remove(likest)
    return forms


def _likeness(one: str, other: str) -> tuple[float, float]:
    """How alike the full words of two names sound, the worst counting; then how alike their initials are."""
    sounds = [_sound(name) for name in (one, other)]
    fewer, more = sorted(([word for word in sound if len(word) > 2] or sound for sound in sounds), key=len)
    initials = ("".join(word[0] for word in sound) for sound in sounds)
    return min((max(_ratio(word, of) for of in more) for word in fewer), default=0.0), _ratio(*initials)


def _ratio(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _sound(name: str) -> list[str]:
    """The words of a name in Latin letters, in an order that does not depend on its form."""
    words = re.findall(r"[^\W\d_]+", romanised(name).lower().translate(_SIGNS))
    return sorted(word.replace("y", "i").replace("kh", "h").replace("j", "i") for word in words)


def _segment(part: str) -> str:
    """What stands between two separators, without brackets, the letter of an affiliation, and a sentence's stop."""
    part = _HONOURS.sub("", re.sub(r"(?<=[^\W\d_]{2})\s[a-zа-г]$", "", part.strip(" ()[]–—-:")))
    return part if re.search(r"(?<![^\W\d_])[^\W\d_][a-zа-яё]?\.$", part) else part.rstrip(" .")


def _first_name(segments: Sequence[str]) -> tuple[int, str, str]:
    """(how many segments the first name takes, the name, its kinds); 0 when the first segment is no name."""
    kind = _kinds(segments[0])
    if len(segments) > 1 and re.fullmatch("p*[CP]{1,2}", kind) and re.fullmatch("[Ii]{1,3}", _kinds(segments[1])):
        return 2, f"{segments[0]} {segments[1]}", f"{kind}I"
    if len(segments) > 1 and kind in ("C", "P") and re.fullmatch("[CP][CIiP]?", _kinds(segments[1])):
        return 2, f"{segments[0]}, {segments[1]}", f"C,{_kinds(segments[1])}"
    if _STRICT.fullmatch(kind) or _LOOSE.fullmatch(kind):
        return 1, segments[0], kind
    post = _POST.search(segments[0])
    if post and _STRICT.fullmatch(kind := _kinds(segments[0][: post.start()])):
        return 1, segments[0][: post.start()], kind
    return 0, "", ""


def _kinds(segment: str) -> str:
    spaced = re.sub(r"(?<=\.)(?=[^\W\d_]{2,}\b(?!\.))", " ", segment)
    in_capitals = segment.isupper()
    return "".join(_kind(word, in_capitals) for word in spaced.split())


def _kind(word: str, in_capitals: bool) -> str:
    if word.lower() in _PARTICLES:
        return "p"
    if word.lower() in _CHILD_OF:
        return "P"
    if not word[0].isupper():
        return "x"
    if _INITIALS.fullmatch(word):
        return "I"
    if _BARE_INITIALS.fullmatch(word) and not in_capitals:
        return "i"
    if not re.fullmatch(r"[^\W\d_]+(?:['’`-][^\W\d_]+)*", word) or _NO_NAME.match(word):
        return "x"
    return "P" if _PATRONYMIC.search(word) and re.search(rf"(?:{_PATRONYMIC.pattern})$", word, re.I) else "C"


def _cased(name: str) -> str:
    """A name in capitals as it is written in a sentence."""
    words = [word.title() if word.isupper() and len(word) > 2 and "." not in word else word for word in name.split()]
    return " ".join(words)
