import pytest

from rag.answer.sides import Side, sides
from rag.search.glossary import load_glossary


def words(question):
    return [side.words for side in sides(question, load_glossary())]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            "How do the EAEU and the SCO take decisions?",
            (
                Side("EAEU", "How do the EAEU take decisions?"),
                Side("SCO", "How do the SCO take decisions?"),
            ),
        ),
        (
            "Чем бюджет 2015 года отличается от бюджета 2019 года?",
            (
                Side("2015", "Чем бюджет 2015 года?"),
                Side("2019", "Чем бюджет 2019 года?"),
            ),
        ),
        (
            "Is the port of Brinmor larger than that of Osk Valley?",
            (
                Side("Brinmor", "Is the port of Brinmor?"),
                Side("Osk Valley", "Is the port of Osk Valley?"),
            ),
        ),
    ],
)
def test_each_side_becomes_the_question_without_the_other(question, expected):
    assert sides(question, load_glossary()) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Compare Armenia and Belarus in the EAEU", ["Armenia", "Belarus"]),
        ("Which grew more from 2010: Armenia or Belarus?", ["Armenia", "Belarus"]),
        ("Did trade of Armenia in 2010 exceed that of 2012?", ["2010", "2012"]),
        ("Сравните Армению, а потом, если можно, ещё и Беларусь с Россией", ["Беларусь", "Россией"]),
    ],
)
def test_two_of_a_kind_are_compared_and_of_several_the_nearest(question, expected):
    assert words(question) == expected


@pytest.mark.parametrize(
    "question",
    [
        "What is the difference?",
        "How does the EAEU differ from what was planned?",
        "Чем ЕАЭС отличается от Евразийского экономического союза?",
        "Did the EAEU in 2015 pay more?",
        "Compare 2015 with 2015",
    ],
    ids=str,
)
def test_without_two_different_things_of_a_kind_there_are_no_sides(question):
    assert sides(question, load_glossary()) == ()


def test_the_first_word_of_a_question_is_no_name():
    assert words("Compare the port of Brinmor and its market") == []
