import pytest

from rag.answers import answer
from rag.output.contract import answer_json
from rag.refusals import not_mentioned, reason, refusal
from rag.search.glossary import load_glossary
from rag.search.query import question_language
from rag.search.retrieval import Hit


@pytest.fixture
def hits(make_passage):
    """A Russian and an English passage, on the Commission in 2012 and on the duties of Kazakhstan."""
    passages = [
        make_passage("The duties of Kazakhstan rose in 2012.", title="Tariffs", date="2013"),
        make_passage("Евразийская экономическая комиссия снижает ставки для России.", "ru", row=1, title="О ставках"),
    ]
    return [Hit(passage, 0.5, 0.5, 0.0, 0.5) for passage in passages]


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("How many states are members of the African Union?", ["African Union"]),
        ("Сколько государств входит в Африканский союз?", ["Африканский союз"]),
        ("Что решил ЕЭК о пошлинах Казахстана?", []),
        ("What did the EEC decide in 2031 on Kazakhstan and Armenia?", ["Armenia", "2031"]),
        ("What was signed in 2013?", []),
        ("Who sits there?", []),
        ("Did the Zollverein of Prussia agree?", ["Zollverein", "Prussia"]),
        ("Что пишет Бахтин?", ["Бахтин"]),
        ("Who sits there? Contrast the two.", []),
    ],
)
def test_what_a_question_names_and_no_passage_mentions(hits, question, missing):
    assert not_mentioned(question, question_language(question), load_glossary(), hits) == missing


def test_nothing_found_mentions_nothing():
    assert not_mentioned("What does Belarus import?", "en", load_glossary(), []) == ["Belarus"]


@pytest.mark.parametrize(
    ("question", "language", "words"),
    [
        ("Кто возглавляет Африканский союз?", "ru", "не упоминается: «Африканский союз»."),
        ("Who heads the African Union?", "en", "None of the passages found mentions: “African Union”."),
        ("Торговля с Ираном", "ru", "не упоминается: «Иран»."),
        ("Does the EEC advise Kazakhstan?", "en", None),
        ("What of Kazakhstan and Russia?", "en", "mentions together: “Kazakhstan”, “Russia”."),
        ("What did Kazakhstan do in 2013?", "en", None),
        ("How much money did Kazakhstan pay?", "en", "found on “Kazakhstan” do not give what is asked for: a sum."),
        ("Сколько денег стоит это Казахстану?", "kk", "(«Казахстан») не называют, чего просит вопрос: сумму."),
        ("How much money is it?", "en", None),
        ("Пошлины Казахстана в 2012 году", "ru", None),
    ],
)
def test_the_reason_is_a_sentence_in_the_language_of_the_question(hits, question, language, words):
    given = reason(question, language, load_glossary(), hits)
    assert given is None if words is None else words in given


def test_there_is_no_reason_where_nothing_named_is_missing(hits):
    assert reason("When did the duties of Kazakhstan rise?", "en", load_glossary(), hits) is None


@pytest.mark.parametrize(("language", "like"), [("be", "ru"), ("kk", "ru"), ("de", "en"), ("und", "en")])
def test_other_languages_are_refused_in_the_nearer_of_the_two(language, like):
    assert refusal(language) == refusal(like)


def test_an_answer_that_is_refused_carries_its_reason_and_another_none(retriever, set_threshold):
    set_threshold(1.1)
    refused = answer_json(answer(retriever, "Who heads the African Union?"))
    assert refused["reason"] in refused["answer"]
    assert refused["reason"] != refused["answer"]
    set_threshold(0.0)
    assert answer_json(answer(retriever, "Where does the Court of the Union sit?"))["reason"] is None
