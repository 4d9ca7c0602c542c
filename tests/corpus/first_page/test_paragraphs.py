import pytest

from corpus.first_page.paragraphs import is_affiliation, paragraphs_of
from corpus.records import Heading

_BODY = "Governments agree on trade more readily than on politics, and they have done so for a long time. " * 4


def _kinds(text: str) -> list[str]:
    return [paragraph.kind for paragraph in paragraphs_of(text)]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("УДК 339.5", "code"),
        ("https://doi.org/10.5555/x", "code"),
        ("Received 3 March 2018", "date"),
        ("Research article", "type"),
        ("© Ivanov I. I., 2022", "rights"),
        ("Funding. None.", "thanks"),
        ("E-mail: a@example.org", "contact"),
        ("1. Introduction", "heading"),
        ("Научный руководитель: Иванов И. И.", "credit"),
        ("Edited by: Ann Lee", "credit"),
        ("Research on articles of treaties", "text"),
        ("Introduction to the law of the Union", "text"),
    ],
)
def test_a_paragraph_s_kind_shows_in_how_it_begins(line, kind):
    assert _kinds(line) == [kind]


def test_the_highest_headings_are_displayed():
    headings = [Heading(0, 8, "The Road", 1), Heading(10, 19, "A Section", 2)]
    assert [paragraph.displayed for paragraph in paragraphs_of("The Road\n\nA Section", headings)] == [True, False]


def test_a_label_may_be_spaced():
    assert _kinds("A B S T R A C T\n\nK E Y W O R D S") == ["abstract", "keywords"]


def test_an_abstract_ends_where_the_text_begins():
    assert _kinds(f"Abstract\n\n{_BODY}\n\n{_BODY}") == ["abstract", "more abstract", "text"]
    assert _kinds(f"Abstract. On roads.\n\n{_BODY}") == ["abstract", "text"]


def test_an_abstract_of_several_paragraphs_ends_at_the_keywords():
    kinds = _kinds(f"Abstract. On roads.\n\n{_BODY}\n\nKeywords: roads, oil\n\n{_BODY}")
    assert kinds == ["abstract", "more abstract", "keywords", "text"]


def test_labels_inside_a_paragraph_begin_one():
    assert _kinds("Abstract. On roads. Keywords: roads, oil For citation: Smith J. Roads. 2020.") == [
        "abstract",
        "keywords",
        "citation",
    ]


def test_lines_of_a_wrapped_title_are_one_paragraph_and_names_stay_apart():
    page = paragraphs_of("The Road and\nthe Railway\nJ. A. Smith\n\nAbstract. On roads.")
    assert [paragraph.text for paragraph in page] == ["The Road and the Railway", "J. A. Smith", "On roads."]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Institute of Law, Minsk, Belarus", True),
        ("кандидат исторических наук", True),
        ("smith@example.org", True),
        ("1Университет Сарыарка, Казахстан, г. Караганда", True),
        ("Lodz, Poland", True),
        ("Г. Ф. Орлов", False),
        ("Қазақстан Республикасы, Қазақстан", True),
        ("В 2016 г. Показано, что рынок вырос", False),
        ("Trade in the world, Europe", False),
        ("The institutions of the Union", False),
        ("Рынок труда в Беларуси", False),
    ],
)
def test_an_affiliation_is_told_from_a_title(line, expected):
    (paragraph,) = paragraphs_of(line)
    assert is_affiliation(paragraph) is expected
