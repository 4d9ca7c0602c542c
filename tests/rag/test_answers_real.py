"""The real encoder over a few made-up texts: questions find their answers across the languages."""

import pytest

from corpus import Library, add_paths
from embeddings import DEFAULT_ENCODER, build_index, open_index
from rag.answers import answer
from rag.search.glossary import load_glossary
from rag.search.retrieval import Retriever

TEXTS = {
    "velmark.txt": (
        "The Customs League of Velmark and Tarnia was founded in the city of Orsk in March 1998. Its secretariat moved "
        "to Port Hadar five years later. The League lowered duties on timber and on wool."
    ),
    "wool.txt": (
        "Sheep farmers of Tarnia opposed the common tariff on wool. Prices fell by a third, and two thousand farms "
        "closed before the subsidies came."
    ),
    "rail.txt": (
        "Trains from Velmark run on a broad gauge, while those of Tarnia use the narrow one. Goods are reloaded at the "
        "border station of Selno, which takes nine hours."
    ),
    "students.txt": (
        "Students of both countries may enrol at any university without an entrance examination. Diplomas are "
        "recognised after a check of the curriculum."
    ),
    "bank.txt": (
        "Банк развития Таволги выдал первый кредит в 2003 году. Он построил мост через реку Сырня. Уставный капитал "
        "банка составляет сорок миллионов крон."
    ),
    "yazyk.txt": (
        "Рабочим языком комиссии остаётся таволжский. Переводчики обслуживают все заседания. Документы хранятся в "
        "архиве города Лунь."
    ),
    "rynok.txt": (
        "Общий рынок зерна открыли осенью. Крестьяне получили право продавать пшеницу без лицензии. Цена хлеба в "
        "городах почти не изменилась."
    ),
    "granitsa.txt": (
        "Пограничный контроль на участке Лунь — Ветров отменён. Автобусы теперь проходят без остановки. Водители "
        "показывают только страховой полис."
    ),
}


@pytest.fixture(scope="module")
def retriever(tmp_path_factory, write_texts, e5):
    home = tmp_path_factory.mktemp("home")
    with Library(home / "library.db") as library:
        add_paths(library, [write_texts(home / "texts", TEXTS)])
        build_index(home, library, e5, DEFAULT_ENCODER)
    return Retriever(open_index(home), e5, load_glossary())


@pytest.mark.parametrize(
    ("question", "source", "words"),
    [
        ("Where was the Customs League of Velmark founded?", "velmark.txt", "city of Orsk"),
        ("Сколько времени занимает перегрузка товаров на станции Сельно?", "rail.txt", "nine hours"),
        ("Кто выступал против общего тарифа на шерсть?", "wool.txt", "Sheep farmers"),
        ("На каком языке работает комиссия?", "yazyk.txt", "таволжский"),
        ("What did the development bank build across the river?", "bank.txt", "мост через реку"),
        ("May peasants sell wheat without a licence?", "rynok.txt", "без лицензии"),
    ],
)
def test_a_question_in_either_language_finds_the_sentence(retriever, question, source, words):
    result = answer(retriever, question)
    assert result.answerable, result.confidence
    quotes = [quote for sentence in result.sentences for quote in sentence.quotes]
    assert any(quote.passage.document.source == source and words in quote.text for quote in quotes)


@pytest.mark.parametrize(
    "question",
    [
        "Who composed the opera about whales?",
        "Какая температура плавления вольфрама?",
        "How many members does the African Union have?",
        "Кто выиграл чемпионат мира по футболу?",
    ],
)
def test_a_question_that_the_library_does_not_answer_is_refused(library_retriever, question):
    result = answer(library_retriever, question)
    assert not result.answerable, result.confidence
    assert result.related


@pytest.mark.parametrize("question", ["Who opposed the tariff on wool?", "Кто был против тарифа на шерсть?"])
def test_the_right_passage_is_found_first_in_both_languages(retriever, question):
    hits = retriever.search(retriever.query(question), 1)
    assert hits[0].passage.document.source == "wool.txt"


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Когда принята Ялтинская хартия ГУУАМ?", "7 June 2001"),
        ("What part of the foreign trade of Bryansk region falls on Belarus?", "60% внешней торговли"),
        ("Сколько судей от каждого государства в Суде ЕАЭС?", "two judges"),
    ],
)
def test_the_library_answers_in_both_directions(library_retriever, question, words):
    result = answer(library_retriever, question)
    assert any(words in quote.text for sentence in result.sentences for quote in sentence.quotes)
