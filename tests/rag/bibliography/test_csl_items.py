import pytest

from corpus import Record
from rag.bibliography.csl_items import csl_item

ARTICLE = Record(
    title="О судах.",
    authors=("Иванова А. Б.", "Евразийская экономическая комиссия"),
    date="2021-03-15",
    languages=("ru",),
    kind="article",
    journal="Вестник",
    volume="3",
    issue="2",
    pages="10-30",
    doi="https://doi.org/10.1000/xyz",
    url="https://example.org/О судах",
    accessed="2022-01",
)


def test_an_article_has_the_variables_of_csl():
    assert csl_item(ARTICLE) == {
        "id": "ivanova2021sudakh",
        "type": "article-journal",
        "title": "О судах",
        "language": "ru",
        "author": [{"family": "Иванова", "given": "А. Б."}, {"literal": "Евразийская экономическая комиссия"}],
        "issued": {"date-parts": [[2021, 3, 15]]},
        "container-title": "Вестник",
        "volume": "3",
        "issue": "2",
        "page": "10-30",
        "DOI": "10.1000/xyz",
        "URL": "https://example.org/%D0%9E%20%D1%81%D1%83%D0%B4%D0%B0%D1%85",
        "accessed": {"date-parts": [[2022, 1]]},
    }


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (Record(kind="article", journal="Bulletin"), "article-journal"),
        (Record(kind="article"), "document"),
        (Record(kind="abstract", url="https://example.org"), "webpage"),
        (Record(kind="chapter", journal="Handbook"), "chapter"),
        (Record(kind="conference paper", journal="Proceedings"), "paper-conference"),
        (Record(kind="conference paper"), "speech"),
        (Record(kind="book", url="https://example.org"), "book"),
        (Record(kind="treaty"), "treaty"),
        (Record(kind="essay"), "document"),
    ],
)
def test_the_type_follows_kind_and_place_of_publication(record, expected):
    assert csl_item(record)["type"] == expected


@pytest.mark.parametrize(
    ("section", "number"),
    [
        ("Article 5", "5"),
        ("Article 1.2. Establishment Of Free Trade Area (Chapter 1. General Provisions)", "1.2"),
        ("Статья 12. Суд Союза", "12"),
        ("ст. 7-1", "7-1"),
    ],
)
def test_of_a_treatys_section_the_number_of_the_article_is_kept(section, number):
    assert csl_item(Record(kind="treaty"), section)["section"] == number


@pytest.mark.parametrize("section", ["Preamble", "Annex 3 to Article 5", None])
def test_what_is_no_article_is_left_out(section):
    assert "section" not in csl_item(Record(kind="treaty"), section)


def test_only_a_treaty_has_sections():
    assert "section" not in csl_item(ARTICLE, "Article 5")


@pytest.mark.parametrize("kind", ["book", "report", "thesis"])
def test_the_pages_of_a_whole_work_are_their_number(kind):
    item = csl_item(Record(title="On courts", kind=kind, pages="320"))
    assert item["number-of-pages"] == "320"
    assert "page" not in item


def test_a_report_may_stand_on_pages_of_another():
    assert csl_item(Record(title="On courts", kind="report", pages="5-17"))["page"] == "5-17"


def test_parties_are_noted():
    assert csl_item(Record(kind="treaty", parties=("Armenia", "Belarus")))["note"] == "Parties: Armenia, Belarus"


@pytest.mark.parametrize(("language", "title"), [("ru", "[Без названия]"), ("en", "[Untitled]")])
def test_what_has_no_title_says_so(language, title):
    assert csl_item(Record(languages=(language,)))["title"] == title


def test_line_ends_in_a_field_are_spaces():
    item = csl_item(Record(title="On\ncourts", journal="The\r\nBulletin", kind="article"))
    assert (item["title"], item["container-title"]) == ("On courts", "The Bulletin")


@pytest.mark.parametrize(
    ("record", "key"),
    [
        (Record(title="The uniting of Europe", authors=("Ernst B. Haas",), date="1958"), "haas1958uniting"),
        (Record(title="Статистика", authors=("Евразийская экономическая комиссия",)), "yevraziyskayandstatistika"),
        (Record(title="Treaty on the Union", date="2014-05-29"), "treaty2014union"),
        (Record(title="Объём", authors=("Щёголь Й. К.",), date="2001"), "shchegol2001obyem"),
        (Record(), "untitlednd"),
    ],
)
def test_the_id_is_a_key_of_ascii_letters_and_digits(record, key):
    assert csl_item(record)["id"] == key


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "ftp://a.org/x"])
def test_only_addresses_of_the_web_are_given(url):
    record = Record(title="A", languages=("en",), url=url)
    assert "URL" not in csl_item(record)


def test_of_a_field_without_end_the_beginning_is_printed():
    item = csl_item(Record(title="Bread and salt " * 1_000, authors=("Anna " * 1_000,)))
    assert len(item["title"]) <= 2_000
    assert all(len(part) <= 2_000 for name in item["author"] for part in name.values())
