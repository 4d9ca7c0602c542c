import pytest

from corpus.dates import find_date, in_words, is_date


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Done in Minsk on 29 May 2014 in one copy", "2014-05-29"),
        ("signed on May 29, 2014", "2014-05-29"),
        ("on this 1st day of June 1993", "1993-06-01"),
        ("of 3rd\nof  March, 2001", "2001-03-03"),
        ("29 мая 2014 года", "2014-05-29"),
        ("«8» декабря 1999 г.", "1999-12-08"),
        ("5 июля 2010", "2010-07-05"),
        ("2 марта 1998", "1998-03-02"),
        ("date 2025-09-19 The question", "2025-09-19"),
        ("Submitted 07.06.2021; approved", "2021-06-07"),
        ("21 МАРТА 1996", "1996-03-21"),
    ],
)
def test_a_date_is_found_in_either_language(text, date):
    assert find_date(text) == date


@pytest.mark.parametrize(
    "text",
    [
        "in May 2014",
        "2014",
        "31.02.2014",
        "32 May 2014",
        "2014-13-01",
        "131 May 2014",
        "12 машин 2014 года",
        "0.5.2014",
    ],
)
def test_what_is_no_full_date_is_not_taken_for_one(text):
    assert find_date(text) is None


def test_the_first_date_wins_whatever_its_form():
    assert find_date("подписан 01.02.2003, in force 4 May 2005") == "2003-02-01"
    assert find_date("in force 4 May 2005, подписан 01.02.2003") == "2005-05-04"


def test_an_impossible_date_does_not_hide_the_next_one():
    assert find_date("31.02.2014, 1 March 2014") == "2014-03-01"


@pytest.mark.parametrize("text", ["2014", "2014-05", "2014-05-29", "2024-02-29"])
def test_days_months_and_years_are_dates(text):
    assert is_date(text)


@pytest.mark.parametrize(
    "text", ["", "14", "2014-5-29", "2014-13", "2023-02-29", "0000-00-00", "29.05.2014", "2014-05-2"]
)
def test_other_texts_are_no_dates(text):
    assert not is_date(text)


@pytest.mark.parametrize(
    ("date", "words"), [("2014-05-29", "29 May 2014"), ("1999-12-08", "8 December 1999"), ("2014", "2014")]
)
def test_a_date_is_said_in_words(date, words):
    assert in_words(date) == words
