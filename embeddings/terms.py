"""Terms of the lexical index: words folded, lower-cased and stemmed by their own script.

A word in Cyrillic goes through the Russian Snowball stemmer, one in Latin letters through the
English one, whatever the passage's main language; so names and acronyms of the other language
inside a passage are found too. Passages in a further language that Snowball knows use its stemmer.
"""

import re
from functools import cache, lru_cache
from typing import Any

from corpus import fold
from corpus.languages import LANGUAGES

_TOKEN = re.compile(r"\d+(?:[.,/-]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)?")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_STOP_WORDS = frozenset(
    """a an the of in on at to for from by with and or is are was were be been has have had do does did that this
    these those it its as which who whom whose what when where why how than then there their them they he she his
    her we our you your i not no nor so if into about between any all can could may shall will would should
    и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по только ее мне было вот от меня
    еще нет о из ему теперь когда даже ну ли если уже или ни быть был него до вас нибудь уж вам ведь там потом себя
    ничего ей может они тут где есть надо ней для мы тебя их чем была сам чтоб без будто чего раз тоже себе под
    будет ж тогда кто этот того потому этого какой какая какие какое каких каким ним здесь этом почти мой тем чтобы
    нее были куда зачем всех при об это этой эти этих был является являются который которая которые которых
    каков какова каковы сколько""".split()
)
_MOST_ROUNDS = 4
#: Snowball takes «Беларусь» for a participle and cuts more from it than from its other cases.
_SAME_STEM = {"белар": "беларус"}


def tokens(text: str) -> list[tuple[str, int, int]]:
    """(word, start, end) of every word and number of `text` as it stands."""
    return [(match.group(), match.start(), match.end()) for match in _TOKEN.finditer(text)]


def terms(text: str, language: str | None = None) -> list[str]:
    """The terms of a passage or query in order; stop words are left out."""
    words = (match.group().lower().replace("ё", "е") for match in _TOKEN.finditer(fold(text)))
    return [term(word, language) for word in words if word not in _STOP_WORDS]


@lru_cache(maxsize=200_000)
def term(word: str, language: str | None = None) -> str:
    """The stem of one lower-case word.

    The stemmer runs until nothing changes: a single pass leaves «Казахстан» and «Казахстану»
    with different stems.
    """
    if word[0].isdigit():
        return word
    stem: Any = _stemmer(_stemmer_name(word, language))
    for _ in range(_MOST_ROUNDS):
        shorter = stem(word)
        if shorter == word or len(shorter) < 3:
            break
        word = shorter
    return _SAME_STEM.get(word, word)


def _stemmer_name(word: str, language: str | None) -> str:
    if _CYRILLIC.search(word):
        return "russian"
    own = LANGUAGES.get(language or "")
    return (own.stemmer if own else "") or "english"


@cache
def _stemmer(name: str) -> Any:
    import Stemmer

    return Stemmer.Stemmer(name).stemWord
