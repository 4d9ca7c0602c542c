import pytest

from rag.evidence import Evidence, Quote
from rag.incumbents import BEHIND, newest_first
from rag.search.glossary import load_glossary

FIRST = "The Board was first chaired by Viktor Khristenko until 2016."
NOW = "Bakytzhan Sagintayev has led the Board since 2024."
RULE = "The chairman of the Board is appointed for four years."


@pytest.fixture
def evidence(make_passage):
    """Evidence of sentences of one document, by default a little behind one another."""

    def make(*texts, step=0.01, names=1.0):
        passage = make_passage(" ".join(texts))
        starts = [passage.text.index(text) for text in texts]
        quotes = (
            Quote(passage, start, start + len(text), 0.9 - n * step, names=names)
            for n, (start, text) in enumerate(zip(starts, texts, strict=True))
        )
        return Evidence(tuple(quotes), {}, 1.0)

    return make


def ordered(question, evidence):
    return [quote.text for quote in newest_first(question, load_glossary(), evidence).quotes]


@pytest.mark.parametrize(
    "question",
    ["Who chairs the Board?", "Who is the chairman of the Board?", "Кто возглавляет Коллегию?", "Кто председатель?"],
)
def test_who_holds_an_office_is_answered_by_the_newest_statement(evidence, question):
    assert ordered(question, evidence(FIRST, RULE, NOW)) == [NOW, FIRST, RULE]


@pytest.mark.parametrize(
    "question",
    [
        "Who chaired the Board?",
        "Who was the chairman of the Board?",
        "Who chairs the Board in 2013?",
        "Who is the first chairman?",
        "Who is the author of the article?",
        "Кто возглавил Коллегию?",
        "Кто был председателем?",
        "Кто впервые предложил союз?",
        "Which body chairs it?",
    ],
)
def test_any_other_question_keeps_the_order(evidence, question):
    assert ordered(question, evidence(FIRST, RULE, NOW)) == [FIRST, RULE, NOW]


def test_the_newest_is_as_good_as_the_first_so_that_it_is_chosen(evidence):
    newest = newest_first("Who chairs the Board?", load_glossary(), evidence(FIRST, NOW)).quotes[0]
    assert newest.score == pytest.approx(0.9)


def test_a_list_of_holders_is_as_old_as_its_first(evidence):
    holders = "Tigran Sargsyan led it from 2016, and Bakytzhan Sagintayev in 2024 for a term ending in 2028."
    assert ordered("Who chairs the Board?", evidence(FIRST, holders, NOW)) == [NOW, FIRST, holders]


def test_a_statement_far_behind_the_first_stays_there(evidence):
    assert ordered("Who chairs the Board?", evidence(FIRST, NOW, step=BEHIND * 1.1)) == [FIRST, NOW]


def test_a_sentence_that_names_no_person_is_no_newer_holder(evidence):
    event = "The Eurasian Economic Union moved it in 2025."
    assert ordered("Who chairs the Board?", evidence(FIRST, event)) == [FIRST, event]


@pytest.mark.parametrize(("names", "moves"), [(1.0, True), (0.0, False)])
def test_another_document_counts_if_it_meets_as_many_names(make_passage, evidence, names, moves):
    other = make_passage(NOW, row=1)
    quotes = (*evidence(FIRST).quotes, Quote(other, 0, other.end, 0.89, names=names))
    assert (ordered("Who chairs the Board?", Evidence(quotes, {}, 1.0))[0] == NOW) is moves


def test_each_language_has_its_newest_in_front(make_passage, evidence):
    now = "С 2024 года Коллегию возглавляет Бакытжан Сагинтаев."
    russian = make_passage(now, language="ru", row=1)
    quotes = (*evidence(FIRST, NOW).quotes, Quote(russian, 0, russian.end, 0.85, names=1.0))
    assert ordered("Who chairs the Board?", Evidence(quotes, {}, 1.0)) == [NOW, FIRST, now]
