from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest

from embeddings import open_index
from rag.answers import answer
from rag.search.glossary import load_glossary
from rag.search.retrieval import Retriever
from rag.wanted import USUAL_FOCUS, Wanted, mentions_year
from tests.fakes import FakeEncoder


@pytest.fixture(scope="module")
def home_on_brazil(tmp_path_factory, fill_home):
    home = tmp_path_factory.mktemp("brazil")
    fill_home(home, {"trade.txt": "Russia sells fertilisers to Brazil.", "sud.txt": "Суд находится в Минске."})
    with closing(open_index(home)) as index:
        yield Retriever(index, FakeEncoder(), load_glossary())


def focus_words(retriever, question):
    """The words of a question whose tokens decide what `focus_met` gives."""
    query = retriever.query(question)
    wanted, words = Wanted(retriever, query), []
    for n, start in enumerate(query.own.starts):
        best = np.ones(len(query.own.starts), np.float32)
        best[n] = 0
        if wanted.focus_met(query.own, best) < min(1, USUAL_FOCUS):
            words.append(question[start:].split()[0].strip("?"))
    return words


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("How many judges sit in the Court of the Union?", ["judges", "sit"]),
        ("Какой штраф платит сторона?", ["штраф", "платит"]),
        ("Каким указом в 2016 году это решено?", ["указом", "году"]),
        ("When was it signed?", []),
    ],
)
def test_what_is_asked_for_stands_behind_the_question_word(retriever, question, words):
    assert focus_words(retriever, question) == words


def test_a_name_is_not_what_is_asked_for(retriever):
    assert "Belarus" not in focus_words(retriever, "What does Belarus export by rail?")


def test_a_year_that_the_document_lacks_is_noticed(retriever, make_passage):
    document = make_passage("The agreement was signed in 2019.").document
    assert mentions_year(document, "2019")
    assert not mentions_year(document, "2007")
    for year, lacks in (("2019", False), ("2007", True)):
        wanted = Wanted(retriever, retriever.query(f"What did the agreement of {year} change?"))
        assert wanted.lacks_year(document) is lacks


def test_a_question_without_a_year_lacks_none(retriever, make_passage):
    wanted = Wanted(retriever, retriever.query("What did the agreement change?"))
    assert not wanted.lacks_year(make_passage("It was signed in 2019.").document)


def test_the_authors_of_a_document_are_met_by_its_sentences(retriever, make_passage):
    passage = make_passage("It has 30 pages.")
    record = replace(passage.document.record, authors=("Court A. P.",))
    authored = replace(passage, document=replace(passage.document, record=record))
    wanted = Wanted(retriever, retriever.query("How many pages did the court write?"))
    assert wanted.met(authored, passage.text)[1] > wanted.met(passage, passage.text)[1]


@pytest.mark.parametrize(
    ("question", "sentence", "defined"),
    [
        ("What is the EAEU?", "The Eurasian Economic Union (EAEU) is an organisation of five states.", True),
        ("Что такое ЕАЭС?", "Евразийский экономический союз (ЕАЭС) — организация пяти государств.", True),
        ("Что такое ЕАЭС?", "The Eurasian Economic Union is an organisation of five states.", True),
        ("What is re-export?", "For the purposes of this Article, re-export shall mean a removal.", True),
        ("Что такое реэкспорт?", 'The term "re-export" refers to a removal of goods.', True),
        ("Что такое реэкспорт?", "Под реэкспортом понимается вывоз товаров.", True),
        ("What is re-export?", "Each Party shall permit the re-export of goods.", False),
        ("What is the EAEU?", "The digital agenda of the EAEU is a programme.", False),
        ("What is the EAEU?", "The EAEU is divided.", False),
        ("What is the seat of the EAEU?", "The EAEU is an organisation of five states.", False),
        ("Where is the EAEU?", "The EAEU is an organisation of five states.", False),
    ],
)
def test_a_sentence_that_says_what_a_name_is_defines_it(retriever, question, sentence, defined):
    wanted = Wanted(retriever, retriever.query(question))
    assert wanted.is_defined_by(sentence) is defined


@pytest.mark.parametrize(
    ("question", "nothing"),
    [
        ("Who won the world cup?", True),
        ("Who won the world cup in 2018?", False),
        ("What did Smith write?", False),
        ("Who joined the EAEU?", False),
    ],
)
def test_a_question_may_name_nothing(retriever, question, nothing):
    assert Wanted(retriever, retriever.query(question)).names_nothing is nothing


@pytest.mark.parametrize(
    ("question", "sentence", "typed"),
    [
        ("Which countries are members of the EAEU?", "Its members are Armenia, Belarus and Kazakhstan.", True),
        ("Which countries are members of the EAEU?", "The EAEU and its five members lower duties.", False),
        ("Which countries does Armenia trade with?", "Armenia trades with Georgia.", False),
        ("Какие страны входят в ЕАЭС?", "В ЕАЭС входят Армения, Беларусь и Россия.", True),
        ("Какие страны входят в ЕАЭС?", "В ЕАЭС входят пять стран.", False),
        ("Why did Armenia join?", "The door was open.", True),
        ("When did Armenia join?", "The door was open.", False),
    ],
)
def test_what_asks_which_countries_is_answered_by_several_of_them(retriever, question, sentence, typed):
    assert Wanted(retriever, retriever.query(question)).is_typed(sentence) is typed


def test_a_sentence_need_not_repeat_the_word_for_what_it_names(retriever, make_passage):
    wanted = Wanted(retriever, retriever.query("Which countries are members of the EAEU?"))
    sentence = make_passage("The members of the EAEU are Armenia and Belarus.")
    assert wanted.met(sentence, sentence.text)[1] == pytest.approx(1)


@pytest.mark.parametrize(
    ("question", "unmentioned"),
    [
        ("What is the trade of the EAEU with Brazil?", True),
        ("Какова торговля ЕАЭС с Аргентиной?", True),
        ("Where does the court of the union sit?", False),
        ("Does the court sit in Gomel?", False),
    ],
)
def test_a_country_that_no_text_mentions_is_noticed_a_place_is_not(retriever, question, unmentioned):
    assert Wanted(retriever, retriever.query(question)).names_the_unmentioned is unmentioned


def test_a_country_that_a_text_of_the_other_language_mentions_is_mentioned(home_on_brazil):
    for question in ("What does Brazil buy?", "Что покупает Бразилия?"):
        assert not Wanted(home_on_brazil, home_on_brazil.query(question)).names_the_unmentioned


def test_a_question_on_what_no_text_mentions_is_refused_with_the_reason(retriever):
    refused = answer(retriever, "What is the budget of Brazil?")
    assert not refused.answerable
    assert refused.confidence == 0
    assert refused.reason and "Brazil" in refused.reason
