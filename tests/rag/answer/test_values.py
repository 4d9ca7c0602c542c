import pytest

from rag.answer.values import Comparer
from rag.search.glossary import load_glossary
from tests.fakes import FakeEncoder


class CountingEncoder(FakeEncoder):
    """Knows no difference between scripts; `asked` lists what it was given, a list a call."""

    def __init__(self):
        super().__init__(offset=0.0)
        self.asked = []

    def encode_queries(self, texts):
        self.asked.append(list(texts))
        return super().encode_queries(texts)


@pytest.fixture
def encoder():
    return CountingEncoder()


@pytest.fixture
def comparer(encoder):
    return Comparer(encoder, load_glossary())


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (("nine years", "en"), ("девять лет", "ru"), True),
        (("9 years", "en"), ("nine years", "en"), True),
        (("nine years", "en"), ("six years", "en"), False),
        (("8,176 people", "en"), ("8 176 человек", "ru"), True),
        (("29 May 2014", "en"), ("29.05.2014", "ru"), True),
        (("29 May 2014", "en"), ("в 2014 году", "ru"), True),
        (("29 May 2014", "en"), ("28 мая 2014 года", "ru"), False),
        (("in 2014", "en"), ("in 2015", "en"), False),
        (("10 judges", "en"), ("10 of 12 judges", "en"), True),
    ],
    ids=str,
)
def test_numbers_and_dates_are_compared_by_value_in_any_language(comparer, encoder, one, other, expected):
    assert comparer.same(one, [other]) == comparer.same(other, [one]) == [expected]
    assert encoder.asked == []


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (("in Minsk", "en"), ("в Минске", "ru"), True),
        (("in Minsk", "en"), ("в Астане", "ru"), False),
        (("the EAEU", "en"), ("Евразийский экономический союз", "ru"), True),
        (("Armenia", "en"), ("Armenia and Belarus", "en"), True),
        (("Armenia and Russia", "en"), ("Армения и Беларусь", "ru"), False),
    ],
    ids=str,
)
def test_names_of_the_glossary_are_compared_by_what_they_name(comparer, encoder, one, other, expected):
    assert comparer.same(one, [other]) == comparer.same(other, [one]) == [expected]
    assert encoder.asked == []


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("lorries wait there", "There the lorries waited", True),
        ("lorries", "the waiting lorries", True),
        ("the lorries wait", "the drivers sleep", False),
        ("of the", "the lorries", False),  # without a stem there is nothing to compare
    ],
)
def test_words_of_one_language_are_compared_by_their_stems(comparer, encoder, one, other, expected):
    assert comparer.same((one, "en"), [(other, "en")]) == [expected]
    assert encoder.asked == []


def test_three_stems_of_five_are_enough_and_two_are_not(comparer):
    five = ("drivers sleep beside lorries nightly", "en")
    assert comparer.same(five, [("drivers sleep beside warm tents", "en")]) == [True]
    assert comparer.same(five, [("drivers sleep inside warm tents", "en")]) == [False]


def test_words_of_two_languages_are_compared_by_the_encoder_all_at_once(comparer, encoder):
    others = [("судья", "ru"), ("nine judges", "en"), ("граница", "ru"), ("the judges", "en")]
    assert comparer.same(("judge", "en"), others) == [True, True, False, True]
    assert encoder.asked == [["judge", "судья", "граница"]]


def test_nothing_is_like_nothing(comparer):
    assert comparer.same(("judge", "en"), []) == []


def test_the_day_of_a_date_is_no_number_that_agrees(comparer):
    assert comparer.same(("29 May 2014", "en"), [("five members", "en")]) == [False]
