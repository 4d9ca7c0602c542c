import pytest

from rag.comparison import sides
from rag.glossary import load_glossary


def split(question):
    return [(side.words, side.question) for side in sides(question, load_glossary())]


@pytest.mark.parametrize(
    ("question", "first", "second"),
    [
        (
            "How do the EAEU and the CIS differ in their budgets?",
            ("the EAEU", "How do the EAEU differ in their budgets?"),
            ("the CIS", "How do the CIS differ in their budgets?"),
        ),
        (
            "What notice does the Treaty on the EAEU require, and what notice the GUAM agreement?",
            ("the Treaty on the EAEU", "What notice does the Treaty on the EAEU require?"),
            ("notice the GUAM agreement", "What notice does notice the GUAM agreement?"),
        ),
        (
            "Compare the seat of the SCO with that of the CSTO.",
            ("the SCO", "Compare the seat of the SCO."),
            ("that of the CSTO", "Compare the seat of that of the CSTO."),
        ),
        (
            "Чем отличается ЕАЭС от СНГ?",
            ("ЕАЭС", "Чем отличается ЕАЭС?"),
            ("СНГ", "Чем отличается СНГ?"),
        ),
        (
            "Какие пошлины отменяют соглашения Армении с Грузией и с Украиной?",
            ("с Грузией", "Какие пошлины отменяют соглашения Армении с Грузией?"),
            ("с Украиной", "Какие пошлины отменяют соглашения Армении с Украиной?"),
        ),
        (
            "Сравните соглашение Армении с Грузией (1995) и Договор о ЕАЭС 2014 года.",
            ("соглашение Армении с Грузией (1995)", "Сравните соглашение Армении с Грузией (1995)."),
            ("Договор о ЕАЭС 2014 года", "Сравните Договор о ЕАЭС 2014 года."),
        ),
    ],
)
def test_each_side_becomes_a_question_without_the_other(question, first, second):
    assert split(question) == [first, second]


@pytest.mark.parametrize(
    "question",
    [
        "Who signed the agreement between Russia and Belarus?",
        "How long does the agreement between Russia and Belarus run?",
        "Is the agreement between Russia and Belarus different?",
        "Which institution sits in Minsk rather than in Moscow?",
        "What is the capital of Armenia and when was it founded?",
        "Когда Армения и Киргизия вступили в ЕАЭС?",
        "Чем занимается Союзное государство России и Беларуси?",
        "How does it differ?",
        "Compare and contrast.",
        "",
    ],
)
def test_a_question_of_one_thing_has_no_sides(question):
    assert split(question) == []


def test_a_joint_inside_a_name_parts_nothing():
    assert split("Чем различаются главы Договора о Таможенном союзе и Едином экономическом пространстве?") == []
    assert split("How do the members of the Organization for Security and Co-operation in Europe differ?") == []


def test_two_agreements_are_parted_where_one_names_its_parties_with_and():
    found = split("How do the agreements between Armenia and Ukraine and between Armenia and Kazakhstan differ?")
    assert [words for words, _ in found] == ["between Armenia and Ukraine", "between Armenia and Kazakhstan"]
