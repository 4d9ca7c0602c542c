import pytest

from rag.comparison import sides
from rag.search.glossary import load_glossary


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
            ("Армении с Грузией", "Какие пошлины отменяют соглашения Армении с Грузией?"),
            ("Армении с Украиной", "Какие пошлины отменяют соглашения Армении с Украиной?"),
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


@pytest.mark.parametrize(
    ("question", "first", "second"),
    [
        (
            "How do the Armenia-Kazakhstan and the Armenia-Kyrgyzstan agreements differ on re-export?",
            ("Armenia-Kazakhstan", "How do the Armenia-Kazakhstan agreements differ on re-export?"),
            ("Armenia-Kyrgyzstan", "How do the Armenia-Kyrgyzstan agreements differ on re-export?"),
        ),
        (
            "Что в соглашениях Россия–Армения и Россия – Грузия сказано о реэкспорте?",
            ("Россия–Армения", "Что в соглашениях Россия–Армения сказано о реэкспорте?"),
            ("Россия – Грузия", "Что в соглашениях Россия – Грузия сказано о реэкспорте?"),
        ),
        (
            "Сравните сроки в соглашениях Украины с Таджикистаном и Украины с Узбекистаном",
            ("Украины с Таджикистаном", "Сравните сроки в соглашениях Украины с Таджикистаном"),
            ("Украины с Узбекистаном", "Сравните сроки в соглашениях Украины с Узбекистаном"),
        ),
        (
            "How do the agreements between Armenia and Ukraine and between Armenia and Georgia differ?",
            ("Armenia and Ukraine", "How do the agreements between Armenia and Ukraine differ?"),
            ("Armenia and Georgia", "How do the agreements between Armenia and Georgia differ?"),
        ),
        (
            "Compare Armenia's agreement with Georgia with Russia's agreement with Ukraine.",
            ("Armenia's agreement with Georgia", "Compare Armenia's agreement with Georgia."),
            ("Russia's agreement with Ukraine", "Compare Russia's agreement with Ukraine."),
        ),
    ],
)
def test_two_parties_tied_to_one_another_stay_on_one_side(question, first, second):
    assert split(question) == [first, second]


@pytest.mark.parametrize(
    "question",
    [
        "What notice is due under Ukraine's agreements with Tajikistan and with Uzbekistan?",
        "Do Ukraine's agreements with Tajikistan and Uzbekistan differ?",
    ],
)
def test_a_party_shared_before_both_sides_belongs_to_both(question):
    sides = split(question)
    assert [words for words, _ in sides] == [
        "Ukraine's agreements with Tajikistan",
        "Ukraine's agreements with Uzbekistan",
    ]
    assert all(words in asked for words, asked in sides)


def test_parties_of_one_agreement_are_not_taken_for_two_pairs():
    assert split("What does the agreement of Armenia with Georgia and Ukraine say?") == []
    assert split("How does Russia compare with Armenia and Belarus?")[0][0] == "Russia"
