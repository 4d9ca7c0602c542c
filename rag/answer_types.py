"""What kind of thing a question asks for, and whether a quote holds one: a date, a number, a DOI."""

import re
from dataclasses import dataclass

_NUMBER = (
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fourteen|fifteen|eighteen|twenty|thirty|forty"
    r"|forty[ -]five|fifty|sixty|ninety|hundred|half|third)\b"
    r"|\b(?:од(?:ин|на|но|ного)|дв(?:а|е|ух|ое)|тр(?:и|ёх|ех|ое)|четыр\w+|пят[ьи]\w*|шест[ьи]|сем[ьи]|восем\w*|девят[ьи]"
    r"|десят[ьи]|двенадцат\w+|пятнадцат\w+|двадцат\w+|тридцат\w+|сорок\w*|пятидесят\w+|шестидесят\w+"
    r"|девяност\w+|сто|ста|половин\w+|треть\w*)\b"
)
_MONTH = (
    r"\b(?:january|february|march|april|may|june|july|august|september|october|november|december)\b"
    r"|\b(?:январ|феврал|март|апрел|июн|июл|август|сентябр|октябр|ноябр|декабр)\w*|\bмая\b"
)

_ENUMERATED = re.compile(r"^\W*\d+(?:\.\d+)*[.)]+\s+|\b(?:article|annex|стать\w+)\s+\d+(?:\.\d+)?", re.I)


@dataclass(frozen=True, slots=True)
class AnswerType:
    """`asked` recognises the question, `given` a quote that can answer it.

    When `needed`, a quote without it is no answer at all.
    """

    name: str
    asked: re.Pattern[str]
    given: re.Pattern[str]
    needed: bool = True


def _type(name: str, asked: str, given: str, *, needed: bool = True) -> AnswerType:
    return AnswerType(name, re.compile(asked, re.I), re.compile(given, re.I), needed)


#: The first that recognises a question counts.
ANSWER_TYPES = (
    _type("doi", r"\bdoi\b", r"\b10\.\d{4,}/"),
    _type("classification", r"\b(?:udk|udc|удк|ббк)\b", r"\b(?:ud[kкc]|удк|ббк)\b"),
    _type("orcid", r"\borcid\b", r"orcid"),
    _type("e-mail", r"\be-?mail\b|электронн\w+ (?:почт|адрес)", r"\S@\S"),
    _type(
        "percentage",
        r"per ?cent|what (?:\w+ )?(?:share|proportion)|процент|как(?:ая|ова|ую) (?:\w+ ){0,2}дол[яю]",
        r"%|per ?cent|процент",
    ),
    _type(
        "money",
        r"how much money|(?:how (?:much|many)|what (?:sum|amount|budget)).*(?:roubles|rubles|dollars|euros)"
        r"|сколько (?:денег|рублей|долларов|средств)|в какую сумму|какова сумма",
        r"\d.*(?:rouble|ruble|dollar|euro|\$|€|руб|долл|евро)|(?:\$|€)\s?\d",
    ),
    _type(
        "duration",
        r"how long|how much notice|how many (?:days|weeks|months|years)|what (?:period|term|notice)"
        r"|на какой срок|в какой срок|в течение какого|за сколько (?:дней|месяцев)"
        r"|сколько (?:дней|месяцев|лет)|каков срок",
        r"(?:"
        + _NUMBER
        + r").{0,30}(?:day|week|month|year|дн|недел|месяц|год|лет)|indefinite|бессрочн|неопредел[её]нн",
    ),
    _type(
        "date",
        r"^when\b|\bwhen (?:was|were|did|does|do|is|will|has)\b|what (?:date|year|day)|which (?:date|year|day)|^date of"
        r"|\bкогда\b|какого числа|в каком году|с какого года|как(?:ая|ова) дата|какой датой",
        r"\b(?:1[89]|20)\d\d\b|" + _MONTH,
    ),
    _type(
        "frequency",
        r"how often|how many times an? (?:day|week|month|year)|как часто|сколько раз в (?:день|недел|месяц|год)",
        r"\b(?:once|twice|times|every|annual\w*|yearly|quarter\w*|monthly|weekly)\b|\bраза?\b|кажд\w+|ежегод|ежеквартал"
        r"|ежемесяч|еженедел",
        needed=False,
    ),
    _type("number", r"how many|how much|what number|сколько|скольк[ио]|каково (?:число|количество)", _NUMBER),
    _type(
        "size",
        r"\b(?:what|which) (?:[\w-]+ ){0,3}(?:rate|threshold|volume|quota|quantity|ceiling|size)s?\b"
        r"|\bкак(?:ой|ая|ую|ов|ова|ие|овы|ого) (?:[\w-]+ ){0,3}"
        r"(?:объ[её]м|размер|порог|ставк|квот|лимит|численност|количеств)",
        _NUMBER,
        needed=False,
    ),
    _type(
        "author",
        r"who (?:wrote|is the author|are the authors|authored)|кто (?:автор|написал|является автором)|кому принадлежит",
        r"(?:[A-ZА-ЯЁ]\.\s?){1,3}\s?[A-ZА-ЯЁ]\w+|[A-ZА-ЯЁ]\w+,? [A-ZА-ЯЁ]\.|\b(?:by|written|автор)\b",
        needed=False,
    ),
)


def answer_type(question: str) -> AnswerType | None:
    """What the question asks for, or None when any sentence may answer it."""
    return next((kind for kind in ANSWER_TYPES if kind.asked.search(question)), None)


def holds_answer(kind: AnswerType | None, quote: str) -> bool:
    """Whether a quote holds something of the kind; True when nothing particular is asked for.

    The number of a paragraph or an article is no answer.
    """
    return kind is None or bool(kind.given.search(_ENUMERATED.sub("", quote)))
