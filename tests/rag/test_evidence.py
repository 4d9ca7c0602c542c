import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import sentence_spans
from embeddings import Filters
from embeddings.centring import centre
from embeddings.token_index import Matches
from rag.evidence import (
    MAX_QUOTE,
    Quote,
    confidence,
    load_weights,
    nearly_same,
    select_evidence,
    words_of,
)
from rag.search.retrieval import Hit, Retriever
from tests.fakes import FakeEncoder


def evidence_for(retriever, question, filters=None):
    query = retriever.query(question)
    return select_evidence(retriever, query, retriever.search(query, 10, filters))


def evidence_from(retriever, question, *passages):
    """The evidence when search has found these passages."""
    hits = [Hit(passage, 0.5, 0.5, 0.0, 0.5) for passage in passages]
    retriever = Retriever(IndexOf(retriever.index, passages), retriever.encoder, retriever.glossary)
    return select_evidence(retriever, retriever.query(question), hits)


class IndexOf:
    """An index that has the tokens of these passages, and all else of another index."""

    def __init__(self, index, passages):
        self._index = index
        self._passages = {passage.row: passage for passage in passages}

    def __getattr__(self, name):
        return getattr(self._index, name)

    def __len__(self):
        return len(self._index)

    def matches(self, query, rows, language):
        return [self._matches(query, self._passages[int(row)]) for row in rows]

    def _matches(self, query, passage):
        read = FakeEncoder().encode_passage_tokens([passage.text])[0]
        tokens = centre(read.tokens, [passage.language] * len(read.tokens), self._index.tokens.means)
        return Matches(query @ tokens.T, read.offsets[:, 0].astype(np.uint16))


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Where does the Court of the Union sit?", "The Court of the Union sits in Minsk."),
        ("Когда подписано соглашение о пенсиях?", "Соглашение о пенсиях подписано 20 декабря 2019 года."),
        ("Do lorries wait at the border?", "Lorries no longer wait there."),
    ],
)
def test_the_sentence_that_answers_comes_first(retriever, question, sentence):
    assert evidence_for(retriever, question).quotes[0].text == sentence


def test_quotes_are_whole_sentences_of_their_document(retriever):
    for quote in evidence_for(retriever, "court of the union").quotes:
        passage = quote.passage
        sentences = [(passage.start + a, passage.start + b) for a, b in sentence_spans(passage.text, passage.language)]
        assert (quote.start, quote.end) in sentences
        assert quote.text == passage.document.text[quote.start : quote.end]


def test_quotes_come_best_first_and_confidence_is_a_probability(retriever):
    evidence = evidence_for(retriever, "Where is the court?")
    scores = [quote.score for quote in evidence.quotes]
    assert scores == sorted(scores, reverse=True)
    assert 0 <= evidence.confidence <= 1


def test_confidence_is_higher_when_the_texts_hold_the_answer(retriever):
    held = evidence_for(retriever, "Where does the Court of the Union sit?").confidence
    assert held > evidence_for(retriever, "Who composed the opera about whales?").confidence


def test_no_passages_give_no_quotes_and_no_confidence(retriever):
    evidence = evidence_for(retriever, "court", Filters(language="de"))
    assert evidence.quotes == ()
    assert evidence.confidence == 0


@pytest.mark.parametrize(
    "text",
    ["The court and its judges, " * 100, "x" * 3 * MAX_QUOTE, "Суд; судьи; " * 150, "a\n" * 1000],
    ids=["clauses", "no spaces", "semicolons", "lines"],
)
def test_what_is_longer_than_a_quote_is_cut_into_exact_pieces(retriever, make_passage, text):
    quotes = evidence_from(retriever, "court", make_passage(text)).quotes
    assert quotes
    for quote in quotes:
        assert 0 < quote.end - quote.start <= MAX_QUOTE
        assert quote.text == text[quote.start : quote.end]


@given(st.text(st.sampled_from("aЖ .;,\n\u00a0!?«»1\u0301🙂"), max_size=2000))
@settings(max_examples=40, deadline=None)
def test_quotes_of_any_text_are_exact_and_short(retriever, make_passage, text):
    for quote in evidence_from(retriever, "court", make_passage(text)).quotes:
        assert quote.text == text[quote.start : quote.end] != ""
        assert len(quote.text) <= MAX_QUOTE
        assert quote.text.strip() == quote.text


def test_pieces_of_a_long_sentence_end_at_words(retriever, make_passage):
    text = "judges of the court decide disputes " * 40
    for quote in evidence_from(retriever, "court", make_passage(text)).quotes:
        assert set(quote.text.split()) <= set(text.split())


def test_a_reference_entry_is_quoted_whole(retriever, make_passage):
    entry = "Ivanov A. B. On courts. Moscow: Nauka, 2010. 300 p. doi: 10.1000/1."
    quotes = evidence_from(retriever, "Who cites Ivanov?", make_passage(entry, part="reference")).quotes
    assert [quote.text for quote in quotes] == [entry]


@pytest.mark.parametrize(
    ("question", "parts"),
    [("Where is the court of the union?", {"body"}), ("Which article on the court is cited?", {"body", "reference"})],
)
def test_a_reference_is_quoted_only_when_works_are_asked_for(retriever, make_passage, question, parts):
    text = "The court of the union stands in Minsk, an article."
    body, entry = make_passage(text), make_passage(text, part="reference", row=1)
    assert {quote.passage.part for quote in evidence_from(retriever, question, body, entry).quotes} == parts


@pytest.mark.parametrize(
    ("question", "quoted"),
    [("How many judges sit there?", ["Twelve judges sit there today."]), ("Who sits there?", 2)],
)
def test_where_a_number_is_asked_only_a_sentence_with_one_answers(retriever, make_passage, question, quoted):
    passage = make_passage("Twelve judges sit there today. The judges sit there in robes.")
    texts = [quote.text for quote in evidence_from(retriever, question, passage).quotes]
    assert texts == quoted if isinstance(quoted, list) else len(texts) == quoted


def test_nothing_is_quoted_where_no_sentence_holds_the_number_asked_for(retriever, make_passage):
    assert evidence_from(retriever, "How many judges sit there?", make_passage("The judges sit in robes.")).quotes == ()


def test_a_treaty_between_others_than_the_named_ranks_far_below(retriever, make_passage):
    text = "The parties shall not impose duties on goods."
    right = make_passage(text, kind="treaty", parties=("Armenia", "Moldova"), title="Armenia - Moldova")
    wrong = make_passage(text, kind="treaty", parties=("Armenia", "Ukraine"), title="Armenia - Ukraine", row=1)
    right_quote, wrong_quote = evidence_from(retriever, "duties between Armenia and Moldova", wrong, right).quotes
    assert right_quote.passage is right
    assert right_quote.score - wrong_quote.score > 0.5


def test_signature_lines_and_cut_off_phrases_are_not_quoted(retriever, make_passage):
    passage = make_passage("The court sits in Minsk today. For the Republic of. Signed thus.")
    texts = [quote.text for quote in evidence_from(retriever, "court", passage).quotes]
    assert texts == ["The court sits in Minsk today."]


def test_a_name_counts_in_the_other_language_too(retriever, make_passage):
    with_name = make_passage("The EAEU was founded in Astana.", "en")
    without = make_passage("The bridge was founded in Astana.", "en", row=1)
    quotes = evidence_from(retriever, "Где возник Евразийский экономический союз?", with_name, without).quotes
    assert quotes[0].passage is with_name


def test_the_number_asked_for_counts(retriever, make_passage):
    right, wrong = make_passage("The budget of 2014 grew."), make_passage("The budget of 2016 grew.", row=1)
    assert evidence_from(retriever, "budget in 2014", wrong, right).quotes[0].passage is right


def test_the_title_is_read_with_the_sentence(retriever, make_passage):
    text = "It entered into force in 1995."
    right = make_passage(text, title="Agreement between Moldova and Ukraine", kind="treaty")
    wrong = make_passage(text, title="Agreement between Armenia and Georgia", kind="treaty", row=1)
    quotes = evidence_from(
        retriever, "When did the agreement of Moldova and Ukraine enter into force?", wrong, right
    ).quotes
    assert quotes[0].passage is right


def test_confidence_is_the_logistic_function_of_the_weighted_features():
    weights = replace(load_weights(), features=("a", "b"), coefficients=(2.0, -1.0), intercept=0.5)
    assert confidence({"a": 1.0, "b": 3.0, "unused": 9.0}, weights) == pytest.approx(1 / (1 + math.exp(0.5)))


def test_the_shipped_weights_are_complete(retriever):
    weights = load_weights()
    assert len(weights.features) == len(weights.coefficients) > 0
    assert set(weights.features) <= set(evidence_for(retriever, "court").features)
    assert 0 < weights.threshold < 1


LONG = "Duties on goods that are carried across borders without stopping fall by half"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("The Court of the Union sits in Minsk.", "The court of the Union sits in Minsk", True),
        ("The Court of the Union sits in Minsk.", "The Court of the Union sits in Moscow.", False),
        ("The Court sits.", "The budget grows.", False),
        (f"{LONG} of committee 3 in the third year.", f"{LONG} of committee 4 in the third year.", False),
        (f"{LONG} with Armenia in the third year.", f"{LONG} with Moldova in the third year.", False),
        (f"{LONG} in the third year.", f"{LONG} in the year.", True),
        ("—", "—", False),
    ],
)
def test_quotes_are_nearly_the_same_by_their_terms(make_passage, one, other, same):
    quotes = [Quote(make_passage(text), 0, len(text)) for text in (one, other)]
    assert nearly_same(*(words_of(quote) for quote in quotes)) is same


@pytest.mark.parametrize(
    ("question", "late", "none"), [("who won?", 0.2, True), ("who won?", 0.5, False), ("EAEU", 0.2, False)]
)
def test_a_question_that_names_nothing_and_is_near_nothing_has_no_confidence(
    retriever, make_passage, question, late, none
):
    passage = make_passage("The court sits in Minsk.")
    given = Retriever(IndexOf(retriever.index, [passage]), retriever.encoder, retriever.glossary)
    found = select_evidence(given, given.query(question), [Hit(passage, 0.5, 0.5, 0.0, late)])
    assert (found.confidence == 0) is none
