import pytest

from corpus.first_page.bylines import Byline, byline_of
from corpus.first_page.paragraphs import paragraphs_of

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
    ],
)
def test_title_and_authors_stand_side_by_side(page, byline):
    assert byline_of(paragraphs_of(page), "latin") == byline


def test_what_is_in_the_other_script_is_passed_over():
    page = paragraphs_of("Граница\n\nИ. И. Иванов\n\nThe Border of States\n\nIvan Ivanov\n\nAbstract. A.")
    assert byline_of(page, "latin") == Byline("The Border of States", ("Ivan Ivanov",))
