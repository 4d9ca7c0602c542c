"""Which number or date goes with which country where a sentence names several of each."""

import re
from collections.abc import Sequence
from itertools import pairwise

from rag.language.numbers import Mentioned
from rag.llm.facts import Facts

_BREAK = re.compile(r"[,;:](?!\d)|\s[—–]\s|\b(?:and|while|but|whereas|и|а|но)\b", re.I)
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")


def mismatched(stated: Facts, source: Facts) -> bool:
    """Whether a number or date stands beside a country, and in the source beside others only."""
    of_time = [*_times(stated)], [*_times(source)]
    amounts = ([m for m in facts.counted if m not in of_time[n]] for n, facts in enumerate((stated, source)))
    return _mismatched(stated, source, *of_time) or _mismatched(stated, source, *amounts)


def _times(facts: Facts) -> list[Mentioned]:
    """Dates and years."""
    return [*facts.dated, *(m for m in facts.counted if _YEAR.fullmatch(str(m.value)))]


def _mismatched(stated: Facts, source: Facts, here: Sequence[Mentioned], there: Sequence[Mentioned]) -> bool:
    if len({m.value for m in there}) < 2:
        return False
    pairs, known = _pairs(stated, here, near=False), _pairs(source, there, near=True)
    return any(beside and known.get(value) and beside.isdisjoint(known[value]) for value, beside in pairs.items())


def _pairs(facts: Facts, values: Sequence[Mentioned], *, near: bool) -> dict[object, set[int]]:
    """{number or date: countries of the same part of the sentence}; with `near` those of parts beside it too.

    Parts end at commas and conjunctions. A part beside it counts only where it holds none of the `values`.
    """
    cuts = [0, *(found.start() for found in _BREAK.finditer(facts.text)), len(facts.text)]
    parts = [range(start, end) for start, end in pairwise(cuts)]
    found = [[one.value for one in values if one.start in part] for part in parts]
    named = [(m.start, id(m.entry)) for m in facts.named if m.entry.topic == "country"]
    countries = [{entry for start, entry in named if start in part} for part in parts]
    pairs: dict[object, set[int]] = {}
    for n, own in enumerate(found):
        beside = set(countries[n])
        for step in (-1, 1) if near else ():
            at = n + step
            while 0 <= at < len(parts) and not found[at]:
                beside |= countries[at]
                at += step
        for value in own:
            pairs.setdefault(value, set()).update(beside)
    return pairs
