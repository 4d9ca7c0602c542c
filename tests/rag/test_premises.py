import pytest

from rag.evidence import Quote
from rag.glossary import load_glossary
from rag.groups import Sentence
from rag.premises import presupposes, unmentioned


@pytest.fixture
def sentences(make_passage):
    """The middle sentence of an English text on Minsk and Kyiv."""
    passage = make_passage("It met in Kyiv once. The court sits in Minsk. Nothing else is known.", date="2014")
    return [Sentence((Quote(passage, 21, 45),))]


@pytest.mark.parametrize("question", ["Why did it move?", "почему так", "Благодаря чему выросла торговля?"])
def test_a_question_for_reasons_takes_something_for_granted(question):
    assert presupposes(question)


@pytest.mark.parametrize("question", ["When did it move?", "Who knows why?", "Где суд?"])
def test_any_other_question_does_not(question):
    assert not presupposes(question)


@pytest.mark.parametrize(
    ("question", "note"),
    [
        ("Why does the court sit in Chisinau?", "The texts quoted do not mention: “Chisinau”."),
        ("Why does the court of Zollverein sit in Minsk?", "The texts quoted do not mention: “Zollverein”."),
        ("Why did the court move in 2016?", "The texts quoted do not mention: “2016”."),
        ("Why did the court meet in Kyiv?", None),
        ("Why did the court move in 2014?", None),
        ("Why has the court 12 judges?", None),
        ("Where in Chisinau does the court sit?", None),
    ],
)
def test_a_name_or_year_taken_for_granted_is_looked_for_in_the_whole_documents(sentences, question, note):
    assert unmentioned(question, "en", load_glossary(), sentences) == note


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("Armenia signed in 2015.", " The first sentence quoted gives the year 2015."),
        ("Armenia signed in 2015, not in 2014.", ""),
        ("Armenia signed.", ""),
    ],
)
def test_the_one_year_that_the_first_sentence_gives_is_told_against_that_of_the_question(make_passage, text, more):
    passage = make_passage(text)
    sentences = [Sentence((Quote(passage, 0, passage.end),))]
    note = unmentioned("Why did Armenia sign in 2016?", "en", load_glossary(), sentences)
    assert note == "The texts quoted do not mention: “2016”." + more


def test_a_name_unknown_to_the_glossary_is_not_missed_in_texts_of_another_language(sentences):
    assert unmentioned("Почему суд Цольферейна переехал?", "ru", load_glossary(), sentences) is None
    assert unmentioned("Почему суд в Кишинёве?", "ru", load_glossary(), sentences) == (
        "В процитированных текстах не упоминается: «Кишинёв»."
    )
