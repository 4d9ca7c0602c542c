import pytest

from rag import answers as answers_module
from rag.answers import ELSEWHERE, MARGIN, MAX_LISTED, MAX_SENTENCES, MAX_SOURCES_A_POINT, answer, asks_for_list, choose
from rag.evidence import Evidence, Quote
from rag.output.contract import answer_lines, answer_text
from rag.search.retrieval import Hit

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


def test_a_sentence_of_the_same_document_may_be_further_behind_than_one_of_another(make_passage):
    one, other = make_passage(" ".join(SENTENCES[:2])), make_passage(SENTENCES[2], row=1)
    end, behind = len(SENTENCES[0]), 0.9 - (MARGIN + ELSEWHERE) / 2
    quotes = (Quote(one, 0, end, 0.9), Quote(other, 0, other.end, behind), Quote(one, end + 1, one.end, behind))
    assert texts(choose(Evidence(quotes, {}, 1), 5)) == SENTENCES[:2]


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


def test_a_source_that_speaks_far_worse_of_the_question_is_not_cited_for_a_sentence_it_repeats(make_passage):
    passages = [make_passage("The court sits in Minsk.", row=n) for n in range(2)]
    (sentence,) = choose(Evidence((Quote(passages[0], 0, 24, 0.9), Quote(passages[1], 0, 24, 0.4)), {}, 1), 5)
    assert [quote.passage for quote in sentence.quotes] == passages[:1]


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


def test_with_nothing_to_quote_it_is_refused_however_confident(answered):
    assert not answered("Where?", [], 0.9).answerable


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
    assert [line.text for line in answer_lines(result) if line.sentence] == [
        "Суд находится в Минске. [1]",
        "The court sits in Minsk. [2] (en)",
    ]


def test_an_answer_names_the_snapshot_it_was_given_from(answered, quotes, retriever):
    assert answered("Where?", quotes, 1.0).snapshot == retriever.index.manifest.snapshot


@pytest.fixture
def compared(retriever, monkeypatch, set_threshold):
    """What `answer` makes of a comparison when these quotes are found for each question, by words that it holds."""

    def run(question, found, without=()):
        def select(_, query, hits):
            words = next((words for words in found if words in query.text and len(query.text) < len(question)), None)
            return Evidence(tuple(found[words]) if words else (), {}, 0.2 if words in without else 0.9)

        set_threshold(0.5)
        monkeypatch.setattr(answers_module, "select_evidence", select)
        return answer(retriever, question)

    return run


@pytest.fixture
def two(make_passage):
    """A quote from a document on the Union and one from a document on the Commonwealth."""
    union = make_passage("The Union decides by consensus.", row=0, title="The Union", date="2014-05-29")
    commonwealth = make_passage("The Commonwealth lets members opt out.", row=1, title="The Commonwealth")
    return {"EAEU": [Quote(union, 0, union.end, 0.9)], "CIS": [Quote(commonwealth, 0, commonwealth.end, 0.8)]}


COMPARISON = "How do the EAEU and the CIS differ in making decisions?"


def test_a_comparison_is_answered_from_both_sides_each_under_its_document(compared, two):
    result = compared(COMPARISON, two)
    assert [(group.heading, texts(group.sentences)) for group in result.groups] == [
        ("The Union (2014)", ["The Union decides by consensus."]),
        ("The Commonwealth", ["The Commonwealth lets members opt out."]),
    ]
    assert result.sentences == tuple(s for group in result.groups for s in group.sentences)
    assert result.notes == ()


def test_the_side_of_a_comparison_that_has_no_answer_is_named(compared, two):
    result = compared(COMPARISON, two, without=["CIS"])
    assert texts(result.sentences) == ["The Union decides by consensus."]
    assert result.notes == ("On one side of the comparison the texts hold no answer: “the CIS”.",)


def test_a_side_does_not_quote_the_document_of_the_other(compared, two):
    two["CIS"] += [Quote(two["EAEU"][0].passage, 0, 31, 0.79)]
    assert len(compared(COMPARISON, two).sentences) == 2


def test_a_comparison_of_which_neither_side_is_found_is_answered_as_a_whole_or_refused(compared, two):
    assert not compared(COMPARISON, two, without=["EAEU", "CIS"]).answerable


PAIRS = "How do the Armenia-Kazakhstan and the Armenia-Kyrgyzstan agreements differ on duties?"


@pytest.fixture
def compared_treaties(retriever, monkeypatch, set_threshold, make_passage):
    """What `answer` makes of `PAIRS` where treaties between these parties are found, and quoted if they may be."""

    def run(*treaties):
        passages = [
            make_passage(f"{' and '.join(parties)} levy no duties.", row=n, kind="treaty", parties=parties)
            for n, parties in enumerate(treaties)
        ]
        hits = [Hit(passage, 0.5, 0.5, 0.0, 0.5) for passage in passages]
        monkeypatch.setattr(retriever, "search", lambda *_: hits)
        monkeypatch.setattr(answers_module, "select_evidence", lambda _, __, own: quoted(hit.passage for hit in own))
        set_threshold(0.5)
        return answer(retriever, PAIRS)

    def quoted(passages):
        quotes = tuple(Quote(passage, 0, passage.end, 0.9) for passage in passages)
        return Evidence(quotes, {}, 0.9 if quotes else 0.0)

    return run


KAZAKHSTAN, KYRGYZSTAN, NEITHER = ("Armenia", "Kazakhstan"), ("Armenia", "Kyrgyzstan"), ("Kazakhstan", "Kyrgyzstan")


def test_each_pair_of_parties_is_quoted_from_the_treaty_between_them(compared_treaties):
    result = compared_treaties(NEITHER, KYRGYZSTAN, KAZAKHSTAN)
    assert [texts(group.sentences) for group in result.groups] == [
        ["Armenia and Kazakhstan levy no duties."],
        ["Armenia and Kyrgyzstan levy no duties."],
    ]


def test_a_pair_without_a_treaty_is_named_and_not_answered_from_a_third(compared_treaties):
    result = compared_treaties(NEITHER, KAZAKHSTAN)
    assert texts(result.sentences) == ["Armenia and Kazakhstan levy no duties."]
    assert result.notes == ("On one side of the comparison the texts hold no answer: “Armenia-Kyrgyzstan”.",)


def test_two_pairs_without_a_treaty_are_refused_pair_by_pair(compared_treaties):
    result = compared_treaties(NEITHER, ("Armenia", "Georgia"))
    together = "None of the passages found mentions together: “Armenia”, “{}”."
    assert not result.answerable
    assert result.reason == " ".join(together.format(other) for other in ("Kazakhstan", "Kyrgyzstan"))


@pytest.mark.parametrize(
    ("question", "answerable"),
    [("What did Armenia sign in 1999?", True), ("What did Armenia sign in 2007?", False), ("Why 2007, Armenia?", True)],
)
def test_a_year_that_no_text_on_the_parties_mentions_is_refused_unless_it_is_taken_for_granted(
    answered, retriever, monkeypatch, make_passage, question, answerable
):
    passage = make_passage("Armenia signed it in spring.", date="1999-09-02")
    monkeypatch.setattr(retriever, "search", lambda *_: [Hit(passage, 0.5, 0.5, 0.0, 0.5)])
    result = answered(question, [Quote(passage, 0, passage.end, 0.9)], 0.9)
    assert result.answerable is answerable
    assert answerable or result.reason == "The texts found on “Armenia” do not mention 2007."


def test_sources_in_two_languages_are_grouped_the_readers_first(answered, make_passage):
    found = [
        make_passage("Суд находится в Минске.", "ru", row=1, date="2019-03"),
        make_passage("The court sits in Minsk.", row=0, date="2016"),
        make_passage("Судьи заседают в Минске.", "ru", row=2, date="2021"),
    ]
    result = answered("Where does the court sit?", [Quote(p, 0, p.end, 0.9 - n / 100) for n, p in enumerate(found)], 1)
    assert [(group.heading, len(group.sentences)) for group in result.groups] == [
        ("English-language sources (2016)", 1),
        ("Russian-language sources (2019, 2021)", 2),
    ]
    assert result.sentences == tuple(s for group in result.groups for s in group.sentences)


@pytest.mark.parametrize(("behind", "shown"), [(0.2, ["en", "ru"]), (0.3, ["ru"])])
def test_a_near_sentence_in_the_readers_language_is_shown_beside_others(answered, make_passage, behind, shown):
    russian, english = make_passage("Суд находится в Минске.", "ru", row=1), make_passage("The court sits in Minsk.")
    quotes = [Quote(russian, 0, russian.end, 0.9), Quote(english, 0, english.end, 0.9 - behind)]
    assert [s.language for s in answered("Where does the court sit?", quotes, 1).sentences] == shown


def test_sources_in_one_language_are_not_grouped(answered, quotes):
    assert answered("Where does the court sit?", quotes, 1).groups == ()


def test_what_a_question_takes_for_granted_and_the_texts_quoted_do_not_mention_is_noted(answered, quotes):
    assert answered("Why does the court sit in Chisinau?", quotes[:1], 1).notes == (
        "The texts quoted do not mention: “Chisinau”.",
    )
    assert answered("Why does the court sit in Minsk?", quotes[:1], 1).notes == ()
