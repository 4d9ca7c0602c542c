import pytest

from corpus.readers.statements import doi_in, free_licence, iso_date, page_range, persons, stated
from corpus.records import Field


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2020/5/12", "2020-05-12"),
        ("2020-05-12T10:00:00Z", "2020-05-12"),
        (" 2020-05", "2020-05"),
        ("2020", "2020"),
        ("2020-13-40", "2020"),
        ("2020-02-31", "2020-02"),
        ("20201231", None),
        ("0000-00-00", None),
        ("May 2020", None),
        (None, None),
    ],
)
def test_a_date_is_as_exact_as_it_can_be(text, date):
    assert iso_date(text) == date


def test_what_its_field_cannot_hold_is_passed_over():
    values = {"title": "T", "doi": "none", "date": "soon", "languages": ["??"], "authors": [], "journal": None}
    assert stated(values, "metadata") == [Field("title", "T", "metadata")]


@pytest.mark.parametrize("name", ["Microsoft Office User", "Unknown Author", "Пользователь Windows", "admin1", " "])
def test_a_name_that_a_program_made_up_is_nobody(name):
    assert persons([name, " Anna Ivanova "]) == ["Anna Ivanova"]


@pytest.mark.parametrize(("text", "doi"), [("https://doi.org/10.1000/182.", "10.1000/182"), ("ISSN 1234", None)])
def test_a_doi_is_found_in_any_text(text, doi):
    assert doi_in(["", text]) == doi


def test_pages_may_be_one_or_none():
    assert [page_range("10", "20"), page_range("10", "10"), page_range(None, None)] == ["10-20", "10", None]


def test_only_a_licence_of_creative_commons_is_one():
    assert free_licence(["All rights reserved", "CC BY 4.0"]) == "CC BY 4.0"
    assert free_licence(["(c) 2020"]) is None
