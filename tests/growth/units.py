"""What strangers' texts repeat: units whose repetition once cost a function more than its length."""

import random
from collections.abc import Callable, Iterable

Make = Callable[[int], str]

#: Each alone, and some of all pairs of them.
UNITS = (
    *(".", "@", "(", ")", "\n", " ", "\t", "\r\n", "1", "a", "A", "Я", "я", "_", "/", "-", "—", "|", ";", ",", ":"),
    *('"', "'", "«", "»", "“", "{", "}", "[", "\\", "*", "#", "~", "$", "%", "<", "&", "=", "№", "©", "²"),
    *("\u00ad", "\u0301", "\u200b", "\u00a0", "\ufeff", "\u4e2d", "\U0001f600", "\u0130"),
    *("A. ", "И. ", "a@", "a.", "a/", "a-", "-\n", " \n", "\n ", "1 ", "1.", "1-", "1.1 ", "(a", "a) ", "«a", "a» "),
    *(
        "[1]",
        "[1] ",
        "1. ",
        "- ",
        "* ",
        "# ",
        "| ",
        "a | ",
        "; ",
        ", ",
        ": ",
        "a b\n\n",
        "ab\n",
        "Ab ",
        "Ab Cd ",
        "AB ",
    ),
    *(
        "№ ",
        "№ 1 ",
        "ст. ",
        "и ",
        "and ",
        "the ",
        "не ",
        "doi ",
        "http://",
        "https://a.b/",
        "10.1000/a",
        "2014 ",
        "2014",
    ),
    *("1 мая ", "1 May 2014 ", "29.05.2014 ", "1 000 ", "1,", "IV ", "V", "two "),
    *("&amp;", "&a;", "<a", "<a>", "<p>a</p>", "<!--", "---\n", "```\n", "a: b\n", "- a\n", "\\'", "\\a{", "$a"),
    *(
        "Иванов И. И., ",
        "Ivanov I.",
        "Ivan Petrov\n",
        "prof. ",
        "Аннотация. ",
        "Abstract: ",
        "Keywords: ",
        "ЕАЭС ",
        "EAEU, ",
    ),
    *("University ", "republic ", "For citation: ", "vol. ", "// ", "references\n", "say ", "system: ", "by ", "it "),
    *("Армения и ", "What is the EAEU? ", "its ", "Сколько стран в ЕАЭС? ", "договор ", "Treaty of "),
)
_MIXES = 60


def repeated(unit: str, head: str = "", tail: str = "") -> Make:
    """What makes a text of about n characters of a unit."""
    return lambda n: f"{head}{unit * (max(n - len(head), 0) // len(unit) + 1)}{tail}"


def mixes(seed: int = 1) -> list[str]:
    """Units of two units each, drawn by lot but always the same."""
    chance = random.Random(seed)
    return ["".join(chance.choices(UNITS, k=2)) for _ in range(_MIXES)]


def texts(heads: Iterable[str] = ("",)) -> dict[str, Make]:
    """{what a text repeats: what makes one of about n characters}, under each of some beginnings."""
    made = {f"{head}{unit!r}": repeated(unit, head) for head in heads for unit in UNITS}
    return made | {f"{unit!r} and an end": repeated(unit, tail="\x01z") for unit in mixes()}
