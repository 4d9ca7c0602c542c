import pytest

from rag.llm.facts import Facts, lacking
from rag.search.glossary import load_glossary


def facts(text, language="en"):
    return Facts(text, language, load_glossary())


@pytest.mark.parametrize(
    ("text", "language", "numbers"),
    [
        ("8,176 travellers and 1.90%", "en", {"8176", "1.9"}),
        ("45,6 млрд, 8 176 человек", "ru", {"45.6", "8176"}),
        ("the ninth participant, twelve states", "en", {"9", "12"}),
        ("девятый участник, двенадцать государств", "ru", {"9", "12"}),
        ("IX Форум, раздел XXVI", "ru", {"9", "26"}),
        ("One of the first states", "en", set()),
        ("one judge from each state", "en", {"1"}),
        ("по одному от государства", "ru", {"1"}),
        ("Articles 96–98", "en", {"96", "98"}),
    ],
)
def test_numbers_are_read_in_one_way_of_writing(text, language, numbers):
    assert facts(text, language).numbers == numbers


@pytest.mark.parametrize(
    ("text", "language", "dates"),
    [
        ("on 29 May 2014", "en", {(2014, 5, 29)}),
        ("May 29, 2014", "en", {(2014, 5, 29)}),
        ("29 мая 2014 года", "ru", {(2014, 5, 29)}),
        ("29.05.2014 and 2014-05-30", "en", {(2014, 5, 29), (2014, 5, 30)}),
        ("10–12 октября 2018 года", "ru", {(2018, 10, 10), (2018, 10, 12)}),
        ("in March 1994", "en", {(1994, 3, None)}),
        ("Georgia may march", "en", set()),
    ],
)
def test_dates_are_read_in_both_languages(text, language, dates):
    assert facts(text, language).dates == dates


@pytest.mark.parametrize(
    ("stated", "ground"),
    [
        (("Signed on 29 May 2014.", "en"), ("Подписан 29 мая 2014 года.", "ru")),
        (("Signed in May 2014.", "en"), ("Signed on 29 May 2014.", "en")),
        (("Казахстану досталось 7,33%.", "ru"), ("Kazakhstan received 7.33%.", "en")),
        (("Как пишет Пакулин.", "ru"), ("Thus V. Pakulin writes.", "en")),
        (("He called it “a fair deal”.", "en"), ("It was a fair deal.", "en")),
        (("По два судьи от государства.", "ru"), ("Each state has two judges.", "en")),
    ],
)
def test_what_stands_in_the_ground_is_not_lacking(stated, ground):
    assert lacking(facts(*stated), facts(*ground)) == []


@pytest.mark.parametrize(
    ("stated", "ground", "missing"),
    [
        ("Signed on 28 May 2014.", "Signed on 29 May 2014.", "date"),
        ("It has 9 judges.", "It has ten judges.", "number 9"),
        ("Armenia joined.", "Georgia joined.", "Armenia"),
        ("As Pakulin says.", "As Skriba says.", "Pakulin"),
        ("He said “this is a bad deal”.", "He said that it was a deal.", "quotation"),
        ("See https://evil.example.", "See there.", "link"),
    ],
)
def test_what_does_not_is_named(stated, ground, missing):
    assert missing in " ".join(lacking(facts(stated), facts(ground)))


def test_a_word_of_a_title_that_was_translated_counts():
    stated, ground = facts("The Parliamentary Assembly"), facts("Парламентское Собрание", "ru")
    assert lacking(stated, ground, ["Parliamentary", "Assembly"]) == []
