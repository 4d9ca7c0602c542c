"""Time at 4 n is at most 5 times that at n, whatever a stranger's text repeats."""

import pytest

from tests.growth.cases import Case
from tests.growth.corpus_functions import corpus_cases
from tests.growth.measuring import MOST, growth
from tests.growth.rag_functions import rag_cases
from tests.growth.units import texts

CASES = [*corpus_cases(), *rag_cases()]


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(one, id=f"{n}-{one.name}", marks=() if one.quick else pytest.mark.slow)
        for n, one in enumerate(CASES)
    ],
)
def test_takes_at_most_five_times_as_long_for_a_text_of_four_times_the_length(case: Case) -> None:
    steep = []
    for repeats, make in texts(case.heads).items():
        found = growth(case.run, repeats, make)
        if found.ratio > MOST:
            steep.append(f"{found.repeats}: {found.ratio:.1f} times, {found.long_s:.3f} s")
        if len(steep) == 3:
            break
    assert steep == []


def test_a_quadratic_function_is_told_from_a_linear_one() -> None:
    def linear(text: str) -> int:
        return sum(1 for character in text * 10 if character == "b")

    def quadratic(text: str) -> int:
        return sum(1 for character in text * (len(text) // 100) if character == "b")

    for repeats, make in list(texts().items())[:3]:
        assert growth(linear, repeats, make).ratio <= MOST < growth(quadratic, repeats, make).ratio
