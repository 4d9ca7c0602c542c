import pytest

from corpus import Record
from embeddings import StoredDocument
from rag.bibliography.references import reference

ARTICLE = Record(
    title="On courts.",
    authors=("O. V. Ivanova", "P. Petrov"),
    date="2022",
    kind="article",
    journal="Bulletin",
    volume="30",
    issue="1",
    pages="10-30",
    doi="10.1000/xyz",
    url="https://example.org/1",
)


def stored(record, source="a.txt", also_in=()):
    return StoredDocument("id", "texts", source, "text", record, tuple(also_in))


def test_an_article_has_authors_title_place_doi_and_source():
    assert reference(stored(ARTICLE)) == (
        "O. V. Ivanova, P. Petrov. On courts. Bulletin. 2022; 30(1): 10-30. https://doi.org/10.1000/xyz. (a.txt)"
    )


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (Record(), "a.txt. (a.txt)"),
        (Record(title="On courts"), "On courts. (a.txt)"),
        (Record(title="On courts", url="https://example.org/1"), "On courts. https://example.org/1. (a.txt)"),
        (Record(title="On courts", journal="Bulletin", date="2022"), "On courts. Bulletin. 2022. (a.txt)"),
        (Record(title="On courts", date="2022"), "On courts. 2022. (a.txt)"),
        (Record(title="On courts", authors=("Li, Yu", "Smith, J.")), "Li, Yu; Smith, J. On courts. (a.txt)"),
    ],
)
def test_what_is_not_known_leaves_no_gap(record, expected):
    assert reference(stored(record)) == expected


def test_a_treaty_names_its_signing_and_article():
    line = reference(stored(Record(title="Treaty of X and Y", kind="treaty", date="1996-03-29")), "Article 12")
    assert line.startswith("Treaty of X and Y. signed ")
    assert "1996" in line
    assert "Article 12" in line


def test_a_section_is_named_for_treaties_only():
    assert "Introduction" not in reference(stored(ARTICLE), "Introduction")


def test_a_page_is_named():
    assert ". p. 7." in reference(stored(ARTICLE), page="7")
    assert ". pp. 7–9." in reference(stored(ARTICLE), page="7–9")


def test_a_page_of_a_russian_text_is_named_in_russian():
    record = Record(title="О судах", languages=("ru", "en"))
    assert ". с. 7–9." in reference(stored(record), page="7–9")


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("gost", "Ivanova O. V., Petrov P. On courts // Bulletin. 2022. Vol. 30, No. 1. P. 15. DOI: 10.1000/xyz."),
        (
            "apa",
            "Ivanova, O. V., & Petrov, P. (2022). On courts. Bulletin, 30(1), 10–30. "
            "https://doi.org/10.1000/xyz (p. 15).",
        ),
    ],
)
def test_a_style_words_the_reference_alone(style, expected):
    assert reference(stored(ARTICLE, also_in=("b.txt",)), page="15", style=style) == expected


def test_an_entry_of_a_list_of_references_is_marked_in_a_style_too():
    line = reference(stored(ARTICLE), part="reference", style="gost")
    assert line.startswith("In the references of: Ivanova O. V.")


def test_shorter_copies_are_mentioned():
    assert reference(stored(ARTICLE, also_in=("b.txt", "c.txt"))).endswith("(a.txt) [also in b.txt, c.txt]")
