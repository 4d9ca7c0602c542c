"""What strangers' texts repeat: units whose repetition once cost a function more than its length."""

import random
from collections.abc import Callable, Iterable

Make = Callable[[int], str]

#: What `make test` repeats.
COMMON = (
    *'. @ ( ) 1 a Я _ - — | ; , : " « » “ [ \\ * # < & 中 😀'.split(),
    *("\n", " ", "\t", "\u00ad", "\ufeff"),
    *("A. ", "И. ", "a@", "a.", "a-", "-\n", " \n", "1 ", "1.", "(a", "«a» ", "[1]", "a b\n\n", "Ab Cd ", "2014 "),
    *("Иванов И. И., ", "Ivan Petrov\n", "say ", "system: ", "ЕАЭС ", "What is the EAEU? "),
)
#: What `make test-all` repeats beside it, alone and in pairs.
FURTHER = (
    *"A я / ' { } ~ $ % = № © ² \u0301 \u200b İ a/ 1- a» 1, <a <a> <!-- a&amp; &a; <p>a</p> \\' \\a{ $a 2014 V".split(),
    *("http://", "https://a.b/", "10.1000/a", "Ivanov I."),
    *("\r\n", "\u00a0", "\n ", "1.1 ", "a) ", "«a", "[1] ", "1. ", "- ", "* ", "# ", "| ", "a | ", "; ", ", ", ": "),
    *("ab\n", "Ab ", "AB ", "№ ", "№ 1 ", "ст. ", "и ", "and ", "the ", "не ", "doi ", "IV ", "two ", "by ", "it "),
    *("1 мая ", "1 May 2014 ", "29.05.2014 ", "1 000 ", "---\n", "```\n", "a: b\n", "- a\n", "references\n"),
    *("prof. ", "Аннотация. ", "Abstract: ", "Keywords: ", "EAEU, ", "University ", "republic ", "For citation: "),
    *("vol. ", "// ", "Армения и ", "its ", "Сколько стран в ЕАЭС? ", "договор ", "Treaty of ", "2014 2015 "),
)
_PAIRS = 60


def common_texts(heads: Iterable[str]) -> dict[str, Make]:
    """{what a text repeats: what makes one of about n characters}, under each of some beginnings."""
    return {f"{head}{unit!r}": _repeated(unit, head) for head in heads for unit in COMMON}


def all_texts(heads: Iterable[str]) -> dict[str, Make]:
    """The same of every unit, and of pairs drawn by lot, but always the same, before an end that nothing expects."""
    chance = random.Random(1)
    units = (*COMMON, *FURTHER)
    pairs = ["".join(chance.choices(units, k=2)) for _ in range(_PAIRS)]
    further = {f"{head}{unit!r}": _repeated(unit, head) for head in heads for unit in FURTHER}
    return common_texts(heads) | further | {f"{unit!r} and an end": _repeated(unit, tail="\x01z") for unit in pairs}


def _repeated(unit: str, head: str = "", tail: str = "") -> Make:
    return lambda n: f"{head}{unit * (max(n - len(head), 0) // len(unit) + 1)}{tail}"
