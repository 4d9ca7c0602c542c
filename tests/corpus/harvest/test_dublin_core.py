from typing import Any

import pytest
from lxml import etree

from corpus.harvest.dublin_core import DublinCore
from corpus.records import build_record
from tests.corpus.harvest.repository import dublin_core


def core(*elements: str) -> DublinCore:
    return DublinCore(etree.fromstring(dublin_core(*elements)))


def record(*elements: str) -> Any:
    return build_record(core(*elements).statements())


def test_a_record_of_a_journal_in_two_languages():
    found = record(
        "title@en-US On customs duties",
        "title@ru-RU О таможенных пошлинах",
        "creator@en-US Ivanov I. I.; Saransk University",
        "creator@en-US Petrova A. B.; Saransk University",
        "creator@ru-RU Иванов И. И.; Саранский университет",
        "creator@ru-RU Петрова А. Б.; Саранский университет",
        "subject@en-US customs union; duties",
        "subject@ru-RU таможенный союз;пошлины",
        "description@en-US Duties are shared.",
        "description@ru-RU Пошлины распределяются.",
        "publisher@ru-RU Издательство",
        "date 2020-03-31",
        "type info:eu-repo/semantics/article",
        "identifier https://journal.example.org/jour/article/view/12",
        "identifier 10.15507/2413-1407.110.028.202001.010-039",
        "source@en-US Regional Review; Том 28, № 1 (2020); 10-39",
        "source@ru-RU Обозрение регионов; Том 28, № 1 (2020); 10-39",
        "source 2587-8549",
        "language rus",
        "rights https://creativecommons.org/licenses/by/4.0",
    )
    assert (found.title, found.titles) == ("О таможенных пошлинах", {"en": "On customs duties"})
    assert found.authors == ("Иванов И. И.", "Петрова А. Б.")
    assert found.author_forms == {"Иванов И. И.": "Ivanov I. I.", "Петрова А. Б.": "Petrova A. B."}
    assert found.abstracts == {"en": "Duties are shared.", "ru": "Пошлины распределяются."}
    assert found.keywords == {"en": ("customs union", "duties"), "ru": ("таможенный союз", "пошлины")}
    assert (found.journal, found.volume, found.issue, found.pages) == ("Обозрение регионов", "28", "1", "10-39")
    assert (found.date, found.kind, found.languages) == ("2020-03-31", "article", ("ru",))
    assert found.doi == "10.15507/2413-1407.110.028.202001.010-039"
    assert found.url == "https://journal.example.org/jour/article/view/12"
    assert (found.publisher, found.licence) == ("Издательство", "https://creativecommons.org/licenses/by/4.0")
    assert set(found.origins.values()) == {"metadata"}
    assert found.also == {}


@pytest.mark.parametrize(
    ("source", "journal", "volume", "issue", "pages"),
    [
        ("Review; Vol. 12 No. 3 (2020): Theme; 45-67", "Review", "12", "3", "45-67"),
        ("Review; Vol 5, No 2 (2014); 123–131", "Review", "5", "2", "123-131"),
        ("Вестник; № 4 (55) (2017); С. 120-139", "Вестник", None, "4 (55)", "120-139"),
        ("Вестник; Т. 8 № 1-2 (2019)", "Вестник", "8", "1-2", None),
        ("Review; No. 3 (2019): Special issue: EAEU at 5", "Review", None, "3", None),
        ("2587-8549; Vol. 1", None, "1", None, None),
        ("Review of Eurasia, 2020", None, None, None, None),
        ("2587-8549", None, None, None, None),
    ],
)
def test_where_it_appeared_is_read_from_the_source(source, journal, volume, issue, pages):
    found = record("title On duties", f"source {source}")
    assert (found.journal, found.volume, found.issue, found.pages) == (journal, volume, issue, pages)


@pytest.mark.parametrize(
    ("creator", "authors"),
    [
        ("Ivanov, Ivan", ("Ivanov, Ivan",)),
        ("Иванов И. И.; Петров П. П.", ("Иванов И. И.", "Петров П. П.")),
        ("Smith, John; University of Minsk; Belarus", ("Smith, John",)),
        ("Евразийская экономическая комиссия", ("Евразийская экономическая комиссия",)),
    ],
)
def test_an_author_may_be_followed_by_an_affiliation_or_by_another_author(creator, authors):
    assert record("title On duties", f"creator {creator}").authors == authors


def test_of_several_dates_the_earliest_is_that_of_publication():
    elements = ("title A", "date 2021-06-01T10:00:00Z", "date 2019-05", "date info:eu-repo/date/embargoEnd/2018-01-01")
    assert record(*elements).date == "2019-05"


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("Peer-reviewed Article", "article"),
        ("info:eu-repo/semantics/conferenceObject", "conference paper"),
        ("info:eu-repo/semantics/bookPart", "chapter"),
        ("info:eu-repo/semantics/doctoralThesis", "thesis"),
        ("Book", "book"),
        ("Working Paper", "report"),
        ("Рецензированная статья", "article"),
        ("Image", "text"),
    ],
)
def test_the_kind_is_that_of_the_usual_vocabularies(said, kind):
    assert record("title On duties", f"type {said}").kind == kind


def test_notes_of_a_repository_are_not_taken_for_the_abstract():
    abstract = "This thesis explores how Kazakhstan entered the union."
    found = record("title T", "description Submitted by A.", f"description {abstract}", "description 120 pages")
    assert found.abstracts == {"en": abstract}


def test_html_in_an_abstract_becomes_plain_paragraphs():
    found = record(
        "title T", "description <p><b>Aim.</b> To learn &amp; tell.</p><p>Results: <i>good</i>.</p><script>x()</script>"
    )
    assert found.abstracts == {"en": "Aim. To learn & tell.\n\nResults: good."}


def test_signs_of_comparison_are_no_html():
    assert record("title T", "description Growth was < 5 and > 2.").abstracts == {"en": "Growth was < 5 and > 2."}


def test_the_page_of_the_work_is_preferred_to_the_resolver_of_its_doi():
    doi, page = "identifier https://doi.org/10.5555/1", "identifier http://hdl.example.org/1/2"
    assert record("title T", doi, page).url == "http://hdl.example.org/1/2"
    assert record("title T", doi).url == "https://doi.org/10.5555/1"
    assert record("title T", doi).doi == "10.5555/1"


def test_links_are_addresses_of_the_web_only():
    found = core(
        "identifier https://a.org/1", "identifier ISBN 1", "relation https://a.org/1/2", "relation file:///etc/x"
    )
    assert found.links() == ["https://a.org/1/2", "https://a.org/1"]


def test_an_empty_record_states_nothing():
    assert core().statements() == []
    assert core("title  ", "date soon", "language Elvish", "identifier x").statements() == []


def test_what_stands_in_a_journal_is_an_article_though_its_type_says_only_text():
    assert record("title Salt", "type Text", "source Salt and steppe; Vol. 3, No. 2 (2019); 10-19").kind == "article"
    assert record("title Salt", "type Text").kind != "article"
