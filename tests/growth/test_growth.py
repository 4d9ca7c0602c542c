"""Time at 4 n is at most 5 times that at n, whatever a stranger's text repeats."""

from collections.abc import Mapping

import pytest

from tests.growth.cases import Case
from tests.growth.corpus_functions import corpus_cases
from tests.growth.measuring import MOST, Growth, growth
from tests.growth.rag_functions import rag_cases
from tests.growth.units import COMMON, Make, all_texts, common_texts

CASES = {f"{n} {case.name}": case for n, case in enumerate([*corpus_cases(), *rag_cases()])}
QUICK = [name for name, case in CASES.items() if case.quick]


def steep(case: Case, texts: Mapping[str, Make]) -> list[str]:
    """What the first texts repeat whose time grows more than that."""
    found = (growth(case.run, repeats, make) for repeats, make in texts.items())
    grown = (f"{one.repeats}: {one.ratio:.1f} times, {one.long_s:.3f} s" for one in found if one.ratio > MOST)
    return [one for one, _ in zip(grown, range(3), strict=False)]


@pytest.mark.parametrize("name", QUICK)
def test_a_text_of_four_times_the_length_takes_at_most_five_times_as_long(name: str) -> None:
    assert steep(CASES[name], common_texts(CASES[name].heads)) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_so_it_does_whatever_it_repeats(name: str) -> None:
    assert steep(CASES[name], all_texts(CASES[name].heads)) == []


def test_there_are_more_than_forty_units() -> None:
    assert len(set(COMMON)) > 40


def test_a_quadratic_function_is_told_from_a_linear_one() -> None:
    def linear(text: str) -> int:
        return sum(character == "b" for character in text * 20)

    def quadratic(text: str) -> int:
        return sum(character == "b" for character in text * (len(text) // 100))

    measured = {function: growth(function, "'a'", lambda n: "a" * n).ratio for function in (linear, quadratic)}
    assert measured[linear] <= MOST < measured[quadratic]


@pytest.mark.parametrize("short_s", [0.1, float("inf")])
def test_what_was_stopped_is_too_steep(short_s: float) -> None:
    assert Growth("", short_s, float("inf")).ratio > MOST
