import pytest

from corpus.first_page.bylines import Byline, byline_of, is_signed
from corpus.first_page.paragraphs import paragraphs_of
from corpus.records import Heading

_BODY = "Governments agree on trade more readily than on politics, and they have done so for a long time. " * 4


@pytest.mark.parametrize(
    ("page", "byline"),
    [
        ("The Road*\n\nJ. A. Smith\n\nAbstract. A.", Byline("The Road", ("J. A. Smith",))),
        (
            "POLITICS\n\nThe Road to the Union\n\nJ. A. Smith\n\nAbstract. A.",
            Byline("The Road to the Union", ("J. A. Smith",)),
        ),
        (
            "Roads of Eurasia:\n\na history\n\nJ. A. Smith\n\nAbstract. A.",
            Byline("Roads of Eurasia: a history", ("J. A. Smith",)),
        ),
        (
            "The Road to the Union\n\nAnn Lee\n\nand\n\nBo Ek\n\nAbstract. A.",
            Byline("The Road to the Union", ("Ann Lee", "Bo Ek")),
        ),
        ("Vestnik. 2019. No. 4\n\nThe Road to the Union\n\nAbstract. A.", Byline("The Road to the Union")),
        (f"Ann Lee\n\nA Union of Roads\n\n{_BODY}", Byline("A Union of Roads", ("Ann Lee",))),
        ("Abstract. A.", Byline()),
        (
            "Ann Lee\nUniversity of Lodz\n\nBo Ek\n\nLund\n\nThe Road to the Union\n\nAbstract. A.",
            Byline("The Road to the Union", ("Ann Lee", "Bo Ek")),
        ),
        (
            "Green Corridor\n\nThe Road to the Union\n\nAnn Lee\nUniversity of Lodz\n\nAbstract. A.",
            Byline("The Road to the Union", ("Ann Lee",)),
        ),
        ("GREEN CORRIDORS\n\nAnn Lee\nUniversity of Lodz\n\nAbstract. A.", Byline("GREEN CORRIDORS", ("Ann Lee",))),
        (
            "The Road to the Union\n\nJ. A. Smith\n\nSupervisor:\n\nB. C. Doe\n\nAbstract. A.",
            Byline("The Road to the Union", ("J. A. Smith",)),
        ),
        (
            "EURASIA\n2021, VOL. 73, NO. 4, 600–622\n\nThe Road to the Union\n\nAnn Lee and Bo Ek\n\nAbstract. A.",
            Byline("The Road to the Union", ("Ann Lee", "Bo Ek")),
        ),
        ("INTERNATIONAL ROADS\n\nAbstract. A.", Byline()),
    ],
)
def test_title_and_authors_stand_side_by_side(page, byline):
    assert byline_of(paragraphs_of(page), "latin") == byline


def test_what_is_displayed_is_the_title_and_has_its_subtitle_below():
    text = "Union of Roads\n\nThe Road to the Union\n\nA history in maps\n\nAnn Lee\n\nAbstract. A."
    page = paragraphs_of(text, [Heading(16, 37, "The Road to the Union"), Heading(90, 99, "A Section", 2)])
    assert byline_of(page, "latin") == Byline("The Road to the Union A history in maps", ("Ann Lee",))


@pytest.mark.parametrize(
    ("page", "authors"),
    [
        (
            "A. Olsen and B. Lind\n\nThe Road to the Union\n\nAnn Olsen and Bo Lind\n\nAbstract. A.",
            ("Ann Olsen", "Bo Lind"),
        ),
        ("The Road to the Union\n\n© 2018 A. Lee\n\nAbstract. A.", ("A. Lee",)),
        ("The Road to the Union\n\nAnn Lee\n\nYerevan, Armenia\n\nAbstract. A.", ("Ann Lee",)),
        ("The Road to the Union\n\n© Meadow Press 2018\n\nAbstract. A.", ()),
        ("The Road to the Union\n\nLee A., PhD, Ek B., Li X. of Lodz\n\nAbstract. A.", ("Lee A.", "Ek B.")),
        ("The Road to the Union\n\nOpen Border\n\nAbstract. On an open border.", ()),
    ],
)
def test_authors_are_names_in_full_or_of_who_has_the_rights_and_no_words_of_the_text(page, authors):
    assert byline_of(paragraphs_of(page), "latin").authors == authors


def test_a_reference_tells_the_title_from_the_name_of_a_section():
    reference = "For citation: Lee A. The Road to the Union. Roads. 2020. No. 1. P. 5–9."
    page = f"The Economics of Unions and Roads\n\nThe Road to the Union\n\n{reference}\n\nAbstract. A."
    assert byline_of(paragraphs_of(page), "latin").title == "The Road to the Union"


def test_what_is_in_the_other_script_is_passed_over():
    page = paragraphs_of("Граница\n\nИ. И. Иванов\n\nThe Border of States\n\nIvan Ivanov\n\nAbstract. A.")
    assert byline_of(page, "latin") == Byline("The Border of States", ("Ivan Ivanov",))


@pytest.mark.parametrize(
    ("name", "body", "expected"),
    [
        ("Vsevolod Petrovsky", _BODY, True),
        ("Ann Threlkeld-Lee", _BODY, True),
        ("Ann Threlkeld-Lee", f"{_BODY} So says Threlkeld.", False),
        ("Share This", f"{_BODY} Whoever likes this may share it.", False),
    ],
)
def test_a_signature_is_a_surname_of_which_the_text_does_not_speak(name, body, expected):
    assert is_signed(paragraphs_of(f"In Praise of Dull Unions\n\n{name}\n\n{body}")) is expected
