import pytest

from rag.conversation import standalone
from rag.search.glossary import load_glossary


def resolve(*questions):
    return standalone(questions, load_glossary())


@pytest.mark.parametrize(
    ("turns", "text"),
    [
        (["Какова ставка НДС в Казахстане?", "а в Армении?"], "Какова ставка НДС в Армении?"),
        (["Сколько судей в Суде ЕАЭС?", "А в Суде ЕврАзЭС?"], "Сколько судей в Суде ЕврАзЭС?"),
        (["Что такое ГУАМ?", "А ОДКБ?"], "Что такое ОДКБ?"),
        (["What did Putin say in 2015?", "And in 2016?"], "What did Putin say in 2016?"),
        (["What did Putin say in 2015?", "And Lukashenko?"], "What did Lukashenko say in 2015?"),
        (["When did Georgia leave the CIS?", "What about Moldova?"], "When did Moldova leave the CIS?"),
        (
            ["What does the agreement of Russia with Serbia say about transit?", "What about re-export?"],
            "What does the agreement of Russia with Serbia say about re-export?",
        ),
        (
            ["What does the agreement of Russia with Serbia allow?", "And the Ukraine - Moldova agreement?"],
            "What does the Ukraine - Moldova agreement allow?",
        ),
        (["Сколько человек занято в строительстве?", "А в торговле?"], "Сколько человек занято в торговле?"),
    ],
)
def test_a_fragment_takes_the_place_of_its_counterpart(turns, text):
    assert resolve(*turns).text == text


@pytest.mark.parametrize(
    ("fragment", "text"),
    [
        ("And with Turkmenistan?", "When was the agreement between Ukraine and Turkmenistan signed?"),
        ("And the one with Turkmenistan?", "When was the agreement between Ukraine and Turkmenistan signed?"),
        ("And between Russia and Serbia?", "When was the agreement between Russia and Serbia signed?"),
    ],
)
def test_one_party_replaces_the_second_and_two_replace_both(fragment, text):
    assert resolve("When was the agreement between Ukraine and Azerbaijan signed?", fragment).text == text


def test_a_fragment_takes_the_language_of_the_question_that_it_completes():
    assert resolve("Когда Молдова стала наблюдателем?", "And Cuba?").text == "Когда Куба стала наблюдателем?"


@pytest.mark.parametrize(
    ("turns", "text"),
    [
        (["Какова ставка НДС в Армении?", "а у Казахстана?"], "Какова ставка НДС у Казахстана?"),
        (["What goes from Iran to Serbia?", "And from Cuba?"], "What goes from Cuba to Serbia?"),
        (["Where is the SCO?", "And Cuba?", "And the CIS?"], "Where is the CIS?"),
    ],
)
def test_a_name_brings_its_preposition_and_article_along(turns, text):
    assert resolve(*turns).text == text


@pytest.mark.parametrize(
    ("turns", "text"),
    [
        (["What did Putin say in 2015?", "And Lukashenko in 2016?"], "What did Lukashenko say in 2016?"),
        (["Когда Молдова вошла в СНГ?", "And Cuba and Iran?"], "Когда Куба, Иран вошла в СНГ?"),
        (["Когда Молдова вошла в СНГ?", "А Куба в ЕАЭС?"], "Когда Куба вошла в ЕАЭС?"),
        (["What is the area of the EAEU?", "And of Kazakhstan?"], "What is the area of Kazakhstan?"),
    ],
)
def test_each_name_of_a_fragment_takes_the_place_of_its_own_counterpart(turns, text):
    assert resolve(*turns).text == text


@pytest.mark.parametrize("fragment", ["А соглашение с Кубой?", "А Куба в 2015 году?"])
def test_a_fragment_that_says_more_than_it_could_replace_is_kept_whole(fragment):
    assert fragment[2:-1] in resolve("Когда Молдова вошла в СНГ?", fragment).text


@pytest.mark.parametrize(
    ("turns", "text"),
    [
        (["Что такое ШОС?", "Кто туда входит?", "А в ОДКБ?"], "Кто в ОДКБ входит?"),
        (["When was the SCO founded?", "When did Iran join it?", "And the CSTO?"], "When did Iran join the CSTO?"),
        (["Что такое ШОС?", "Где её штаб-квартира?", "А ОДКБ?"], "Где её (ОДКБ) штаб-квартира?"),
    ],
)
def test_a_pronoun_gives_way_to_a_name_with_what_stood_behind_it_in_brackets(turns, text):
    assert resolve(*turns).text == text


def test_a_document_takes_the_place_of_another_with_the_pronoun_whose_it_was():
    turns = ["What is the Union State?", "When was its founding treaty signed?", "OK, and the EAEU Treaty?"]
    assert resolve(*turns).text == "When was the EAEU Treaty signed?"


def test_a_fragment_without_a_counterpart_is_asked_under_the_same_question_word():
    assert resolve("Какие страны входят в ЕАЭС?", "а наблюдатели?").text == "Какие наблюдатели (ЕАЭС)?"
    assert resolve("Когда начался мир?", "А ОДКБ?").text == "Когда ОДКБ (начался мир)?"
