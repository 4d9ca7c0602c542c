import pytest

from corpus import Document, Record
from corpus.records import Block
from rag.bibliography.sections import find_section
from rag.errors import UnknownSection

TREATY = ("Preamble", "Article 1 (Chapter I)", "Article 2. Definitions", "Article 10. Final Provisions")


@pytest.fixture
def document():
    """Makes a document of these sections."""

    def make(*sections):
        blocks = tuple(Block(n, n + 1, "body", name, "en") for n, name in enumerate(sections))
        return Document("id", "texts", "treaty.xml", "hash", "x" * len(sections), Record(kind="treaty"), blocks)

    return make


@pytest.mark.parametrize(
    "name", ["Article 2", "article 2", " ARTICLE 2. Scope ", "art. 2", "Статья 2", "статьи 2", "ст 2"]
)
def test_an_article_is_found_by_its_number_in_either_language_and_any_case(document, name):
    assert find_section(document(*TREATY), name) == "Article 2. Definitions"


def test_a_section_is_found_by_its_name_in_any_case(document):
    assert find_section(document(*TREATY), "preamble") == "Preamble"
    assert find_section(document("Введение"), "введение") == "Введение"


def test_the_number_is_met_whole(document):
    assert find_section(document("Article 10", "Article 1"), "Article 1") == "Article 1"


@pytest.mark.parametrize(
    ("sections", "name", "near"),
    [
        (TREATY, "Article 999", "the nearest are Article 2. Definitions; Article 10. Final Provisions"),
        (TREATY, "статья 5", "the nearest are Article 1 (Chapter I); Article 2. Definitions; Article 10"),
        (TREATY, "Article 0", "the nearest are Article 1"),
        (
            ("Article 1.1", "Article 1.2", "Article 1.10", "Article 2.1"),
            "Article 1.3",
            "the nearest are Article 1.1; Article 1.2; Article 1.10",
        ),
        (("Introduction", "Results", "Methods"), "Result", "the nearest are Results"),
        (
            ("Introduction", "Results", "Methods", "Thanks"),
            "Article 5",
            "the nearest are Introduction; Results; Methods",
        ),
        ((), "Article 5", "it has none"),
    ],
    ids=["beyond", "between", "before", "in parts", "a likely slip", "no articles", "no sections"],
)
def test_a_section_that_is_not_there_is_refused_with_the_nearest(document, sections, name, near):
    with pytest.raises(UnknownSection) as raised:
        find_section(document(*sections), name)
    assert str(raised.value).startswith(f"treaty.xml has no section '{name}'; ")
    assert near in str(raised.value)
