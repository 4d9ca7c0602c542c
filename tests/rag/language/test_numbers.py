import pytest

from corpus import fold
from rag.language.numbers import Mentioned, dates, is_month, numbers


def dated(text):
    return [found.value for found in dates(fold(text))]


def counted(text, language="en"):
    text = fold(text)
    return [found.value for found in numbers(text, language, list(dates(text)))]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("8,176 travellers and 1.90%", "en", ["8176", "1.9"]),
        ("1,234,567 of 1,5", "en", ["1234567", "1.5"]),
        ("45,6 млрд, 8 176 человек", "ru", ["45.6", "8176"]),
        ("1,000 человек", "ru", ["1"]),  # a comma is a decimal sign there
        ("2.500 and 10.0 and 100", "en", ["2.5", "10", "100"]),
        ("chapter 3.2.1", "en", ["3.2.1"]),
        ("Articles 96–98", "en", ["96", "98"]),
        ("no number", "en", []),
    ],
)
def test_figures_are_read_in_one_way_of_writing(text, language, expected):
    assert counted(text, language) == expected


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("the ninth participant, twelve states, twice", "en", ["9", "12", "2"]),
        ("девятый участник, двенадцать государств, вдвое", "ru", ["9", "12", "2"]),
        ("двух, трём, четырьмя, пятеро, шестого, семеро", "ru", ["2", "3", "4", "5", "6", "7"]),
        ("twentieth, thirty, forty, fifty, a hundred", "en", ["20", "30", "40", "50", "100"]),
        ("одиннадцати, тринадцати, пятнадцатый, сорока, ста", "ru", ["11", "13", "15", "40", "100"]),
        ("One of the first states", "en", []),
        ("один из первых", "ru", []),
        ("one judge from each state", "en", ["1"]),
        ("по одному от государства", "ru", ["1"]),
        ("tense, seventy, оффшор", "en", []),
    ],
)
def test_words_for_numbers_count_but_one_and_first(text, language, expected):
    assert counted(text, language) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("IX Форум, раздел XXVI", ["9", "26"]),
        ("Chapter XIV, part V, XXXIX", ["14", "5", "39"]),
        ("I am here; a MIX of VIX, IIII, XXXXX, VV", []),
    ],
)
def test_roman_figures_are_read_but_for_the_pronoun_and_what_is_none(text, expected):
    assert counted(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("on 29 May 2014", [(2014, 5, 29)]),
        ("May 29, 2014", [(2014, 5, 29)]),
        ("the 1st of March, 2015", [(2015, 3, 1)]),
        ("29 мая 2014 года", [(2014, 5, 29)]),
        ("29.05.2014 and 2014-05-30", [(2014, 5, 29), (2014, 5, 30)]),
        ("10–12 октября 2018 года", [(2018, 10, 10), (2018, 10, 12)]),
        ("in March 1994", [(1994, 3, None)]),
        ("в августе", [(None, 8, None)]),
        ("on 5 June", [(None, 6, 5)]),
        ("in 2014", []),
        ("it may march on", []),
    ],
)
def test_dates_are_read_as_far_as_they_are_given(text, expected):
    assert dated(text) == expected


MONTHS = [
    ("January", "января"), ("February", "феврале"), ("March", "марта"), ("April", "апреля"), ("May", "мая"),
    ("June", "июня"), ("July", "июле"), ("August", "августа"), ("September", "сентября"), ("October", "октября"),
    ("November", "ноябре"), ("December", "декабря"),
]  # fmt: skip


@pytest.mark.parametrize("number", range(1, 13))
def test_every_month_is_known_in_both_languages(number):
    for name in MONTHS[number - 1]:
        assert dated(f"7 {name} 2011") == [(2011, number, 7)]
        assert is_month(name)


def test_what_is_no_month_is_none():
    assert not any(map(is_month, ("Mayor", "Marching", "декабрист", "")))


def test_the_parts_of_a_date_are_no_numbers():
    assert counted("On 29 May 2014 five states signed 3 acts") == ["3", "5"]


def test_what_is_mentioned_stands_at_its_place():
    text = "On 29 May 2014 it had 8,176 members."
    (date,) = dates(text)
    assert (date.value, text[date.start : date.end]) == ((2014, 5, 29), "29 May 2014")
    assert list(numbers(text, "en", [date])) == [Mentioned("8176", 22, 27)]
    thousand = "Всего 8 176 человек"
    (found,) = numbers(thousand, "ru", [])
    assert (found.value, thousand[found.start : found.end]) == ("8176", "8 176")
