import pytest

from corpus.harvest.days import day_before, first_day, last_day


@pytest.mark.parametrize(
    ("date", "first", "last"),
    [
        ("2020", "2020-01-01", "2020-12-31"),
        ("2020-02", "2020-02-01", "2020-02-29"),
        ("2023-12", "2023-12-01", "2023-12-31"),
        ("2020-05-12", "2020-05-12", "2020-05-12"),
    ],
)
def test_a_date_spans_its_first_to_its_last_day(date, first, last):
    assert (first_day(date), last_day(date)) == (first, last)


def test_the_day_before_the_first_of_march_is_a_leap_day():
    assert day_before("2020-03-01") == "2020-02-29"
    assert day_before(None) is None
