import pytest

from rag.evaluation.doubts import doubts
from rag.evaluation.questions import read_questions
from tests.rag.evaluation.conftest import BAKING, COURT

MISQUOTED = "questions with gold snippets that none of their documents holds"


@pytest.fixture
def doubted(retriever, write_lines):
    """What is doubtful about questions, held against the fake home."""
    return lambda *records: doubts(retriever.index, read_questions(write_lines(*records)))


def test_gold_that_is_in_the_texts_is_not_doubted(doubted):
    assert doubted(COURT, BAKING) == []


def test_documents_that_the_index_does_not_hold_are_named_once_and_the_first_of_many(doubted):
    lost = [f"{letter}.md" for letter in "gfedcba"]
    asked = [COURT | {"id": str(n), "gold_docs": ["court.md", *lost]} for n in range(2)]
    assert doubted(*asked) == ["right documents that the index does not hold: a.md, b.md, c.md, d.md, e.md and 2 more"]


def test_a_snippet_that_is_in_no_gold_document_is_doubted_whatever_others_there_are(doubted):
    asked = COURT | {"gold_snippets": ["sits in Minsk", "The budget of the Union"]}
    assert doubted(asked) == [f"{MISQUOTED}: court"]
    assert doubted(asked | {"gold_docs": ["court.md", "budget.md"]}) == []


def test_a_snippet_may_be_in_a_document_that_the_index_does_not_hold(doubted):
    asked = COURT | {"gold_docs": ["court.md", "lost.md"], "gold_snippets": ["sits in Moscow"]}
    assert doubted(asked) == ["right documents that the index does not hold: lost.md"]


@pytest.mark.parametrize("gold", [{"gold_docs": ["court.md"]}, {"gold_snippets": ["Minsk"]}], ids=str)
def test_gold_of_an_unanswerable_question_is_doubted(doubted, gold):
    assert doubted(BAKING | gold) == ["unanswerable questions whose gold is not counted: baking"]
