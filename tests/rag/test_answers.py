import pytest

from rag import answers as answers_module
from rag.answers import MAX_LISTED, MAX_SENTENCES, MAX_SOURCES_A_POINT, answer, asks_for_list, choose
from rag.contract import answer_text
from rag.evidence import Evidence, Quote

SENTENCES = [
    "The court sits in Minsk.",
    "Its budget was agreed upon by ministers.",
    "Lorries wait at borders no more.",
    "Tariffs were lowered on imported tea.",
    "Pensions are exported between members.",
    "Railways joined forces a decade ago.",
    "Observers may attend summits.",
    "Electricity trade starts later.",
    "Fishing remains a national matter.",
    "Doctors' diplomas are recognised everywhere.",
    "Wine producers objected loudly.",
    "Students travel without visas.",
]


@pytest.fixture
def quotes(make_passage):
    """A quote of each sentence, each from a document of its own, best first."""
    passages = [make_passage(text, row=n) for n, text in enumerate(SENTENCES)]
    return [Quote(p, p.start, p.end, 0.9 - n / 1000) for n, p in enumerate(passages)]


@pytest.fixture
def answered(retriever, monkeypatch, set_threshold):
    """What `answer` makes of given quotes and confidence, with a threshold of one half."""

    def run(question, quotes, confidence):
        set_threshold(0.5)
        monkeypatch.setattr(answers_module, "select_evidence", lambda *_: Evidence(tuple(quotes), {}, confidence))
        return answer(retriever, question)

    return run


def texts(sentences):
    return [sentence.text for sentence in sentences]


def test_sentences_are_quoted_verbatim_best_first(quotes):
    assert texts(choose(Evidence(tuple(quotes[:2]), {}, 1), 5)) == SENTENCES[:2]


def test_white_space_in_a_sentence_becomes_single_spaces(make_passage):
    passage = make_passage("The court\n   sits\u00a0in Minsk.")
    (sentence,) = choose(Evidence((Quote(passage, passage.start, passage.end, 0.9),), {}, 1), 5)
    assert sentence.text == "The court sits in Minsk."
    assert sentence.quotes[0].text == passage.text


def test_there_are_never_more_sentences_than_asked_for(quotes):
    assert texts(choose(Evidence(tuple(quotes), {}, 1), 3)) == SENTENCES[:3]


def test_sentences_far_below_the_best_are_left_out(make_passage):
    good, bad = make_passage(SENTENCES[0]), make_passage(SENTENCES[1], row=1)
    evidence = Evidence((Quote(good, 0, good.end, 0.9), Quote(bad, 0, bad.end, 0.1)), {}, 1)
    assert texts(choose(evidence, 5)) == SENTENCES[:1]


def test_near_identical_sentences_become_one_with_a_citation_for_each_source(make_passage):
    texts_of = ["The court sits in Minsk.", "The Court sits in Minsk", "Lorries wait no more."]
    passages = [make_passage(text, row=n) for n, text in enumerate(texts_of)]
    evidence = Evidence(tuple(Quote(p, 0, p.end, 0.9 - n / 100) for n, p in enumerate(passages)), {}, 1)
    first, second = choose(evidence, 5)
    assert [quote.passage for quote in first.quotes] == passages[:2]
    assert [quote.passage for quote in second.quotes] == passages[2:]


def test_a_document_that_repeats_itself_is_cited_once(make_passage):
    passage = make_passage("The court sits in Minsk. The court sits in Minsk.")
    evidence = Evidence((Quote(passage, 0, 24, 0.9), Quote(passage, 25, 49, 0.9)), {}, 1)
    (sentence,) = choose(evidence, 5)
    assert len(sentence.quotes) == 1


def test_few_of_many_sources_are_cited_for_one_sentence(make_passage):
    passages = [make_passage("The court sits in Minsk.", row=n) for n in range(MAX_SOURCES_A_POINT + 3)]
    (sentence,) = choose(Evidence(tuple(Quote(p, 0, p.end, 0.9) for p in passages), {}, 1), 5)
    assert len(sentence.quotes) == MAX_SOURCES_A_POINT


def test_the_best_sentence_stands_first(make_passage):
    passage = make_passage("The court sits in Minsk. It has twelve judges.")
    evidence = Evidence((Quote(passage, 25, 46, 0.9), Quote(passage, 0, 24, 0.89)), {}, 1)
    assert texts(choose(evidence, 5)) == ["It has twelve judges.", "The court sits in Minsk."]


def test_nothing_to_quote_gives_no_sentences():
    assert choose(Evidence((), {}, 0), 5) == ()


def test_an_answer_has_at_most_five_sentences(answered, quotes):
    assert len(answered("Where does the court sit?", quotes, 0.9).sentences) == MAX_SENTENCES == 5


@pytest.mark.parametrize("question", ["List the decisions.", "Перечислите решения.", "Which countries are members?"])
def test_more_are_given_when_a_list_is_asked_for(answered, quotes, question):
    assert asks_for_list(question)
    assert MAX_SENTENCES < len(answered(question, quotes, 0.9).sentences) <= MAX_LISTED


def test_a_plain_question_asks_for_no_list():
    assert not asks_for_list("When was the court founded?")
    assert not asks_for_list("Когда основан суд?")


@pytest.mark.parametrize(("confidence", "answerable"), [(0.51, True), (0.5, True), (0.49, False)])
def test_below_the_threshold_it_is_refused(answered, quotes, confidence, answerable):
    result = answered("Where?", quotes, confidence)
    assert result.answerable is answerable
    assert result.confidence == confidence
    assert bool(result.sentences) is answerable


@pytest.mark.parametrize(
    ("question", "words"),
    [("Кто написал оперу о китах?", "ответа на этот вопрос нет"), ("Who wrote the opera?", "do not hold an answer")],
)
def test_a_refusal_is_in_the_language_of_the_question_and_keeps_what_is_near(answered, quotes, question, words):
    result = answered(question, quotes, 0.0)
    assert words in answer_text(result)
    assert len(result.related) == 7


def test_a_source_in_the_other_language_is_marked(answered, make_passage):
    passages = [make_passage("The court sits in Minsk."), make_passage("Суд находится в Минске.", "ru", row=1)]
    result = answered("Где суд?", [Quote(p, 0, p.end, 0.9) for p in passages], 1.0)
    assert answer_text(result) == "The court sits in Minsk. [1] (en)\nСуд находится в Минске. [2]"


def test_an_answer_names_the_snapshot_it_was_given_from(answered, quotes, retriever):
    assert answered("Where?", quotes, 1.0).snapshot == retriever.index.manifest.snapshot
