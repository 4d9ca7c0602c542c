import pytest

from rag.errors import EvaluationError
from rag.evaluation.questions import Question, read_questions
from tests.rag.evaluation.conftest import BAKING, COURT


def test_a_question_has_its_gold_and_unknown_fields_are_ignored(write_lines):
    assert read_questions(write_lines(COURT | {"remark": 7})) == [
        Question(
            id="court",
            language="en",
            text="Where does the Court of the Union sit?",
            kind="fact",
            groups=(frozenset({"court.md"}),),
            sources=frozenset({"court.md"}),
            snippets=("sits  in\nMinsk",),
            answerable=True,
        )
    ]


def test_gold_groups_say_what_is_needed_and_gold_docs_may_be_cited_too(write_lines):
    record = COURT | {"gold_docs": ["court.md", "sud.md"], "gold_groups": [["court.md", "a.md"], ["budget.md"]]}
    (question,) = read_questions(write_lines(record))
    assert question.groups == ({"court.md", "a.md"}, {"budget.md"})
    assert question.sources == {"court.md", "sud.md", "a.md", "budget.md"}


def test_an_unanswerable_question_has_no_gold_whatever_documents_it_names(write_lines):
    (question,) = read_questions(write_lines(BAKING | {"gold_docs": ["court.md"]}))
    assert (question.groups, question.sources, question.snippets) == ((), frozenset(), ())
    assert question.ignored_gold


def test_a_question_may_have_short_answers_and_a_style(write_lines):
    (question,) = read_questions(write_lines(COURT | {"short": ["Minsk", "in Minsk"], "style": "paraphrase"}))
    assert (question.short, question.style) == (("Minsk", "in Minsk"), "paraphrase")
    (plain,) = read_questions(write_lines(COURT))
    assert (plain.short, plain.style) == ((), None)


def test_an_unanswerable_question_has_no_short_answers(write_lines):
    (question,) = read_questions(write_lines(BAKING | {"short": ["in an oven"]}))
    assert question.short == ()


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"id": ""}, "'id' must be text that is not empty, found \"\""),
        ({"lang": None}, "'lang' must be text"),
        ({"lang": "english"}, "'lang' must be two letters of ISO 639-1, such as ru or en, found \"english\""),
        ({"gold_docs": []}, "an answerable question must name its documents in 'gold_docs' or 'gold_groups'"),
        ({"question": 5}, "'question' must be text that is not empty, found 5"),
        ({"answerable": "yes"}, "'answerable' must be true or false, found \"yes\""),
        ({"gold_docs": "court.md"}, "'gold_docs' must be a list of texts"),
        ({"gold_snippets": [""]}, "'gold_snippets' must be a list of texts"),
        ({"short": "Minsk"}, "'short' must be a list of texts"),
        ({"gold_groups": "court.md"}, "'gold_groups' must be a list of lists"),
        ({"gold_groups": ["court.md"]}, "'gold_groups' must be a list of texts"),
        ({"gold_groups": [["court.md"], []]}, "a list in 'gold_groups' is empty"),
        ({}, "the id 'court' is there already"),
    ],
    ids=str,
)
def test_what_is_wrong_is_said_with_file_line_and_reason(write_lines, wrong, reason):
    path = write_lines(COURT, COURT | wrong)
    with pytest.raises(EvaluationError) as raised:
        read_questions(path)
    assert str(raised.value).startswith(f"{path}, line 2: {reason}")


def test_a_missing_field_is_said_to_be_missing(write_lines):
    with pytest.raises(EvaluationError, match="line 1: 'answerable' must be true or false, found nothing"):
        read_questions(write_lines({"id": "court", "question": "Where?"}))


def test_no_question_left_is_an_error_that_names_the_choice(write_lines):
    with pytest.raises(EvaluationError, match="holds no question with split=test and kind=fact"):
        read_questions(write_lines(COURT, BAKING), [("split", "test"), ("kind", "fact")])
