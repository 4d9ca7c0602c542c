import pytest

from rag.conversation import Standalone
from rag.llm.follow_up import completed

QUESTIONS = ["How many judges does the Court of the EAEU have?", "and who appoints them?"]
RULED = Standalone(QUESTIONS[-1], "Who appoints them (judges)?", ("judges",))


def test_the_models_words_are_taken_where_they_add_nothing(model):
    model.script = lambda body, handler: "Who appoints the judges of the Court of the EAEU?"
    found = completed(model.settings(), QUESTIONS, RULED)
    assert (found.asked, found.text) == (QUESTIONS[-1], "Who appoints the judges of the Court of the EAEU?")
    assert found.changed
    assert "1. How many judges" in model.requests[0]["messages"][1]["content"]


@pytest.mark.parametrize(
    "written",
    [
        "",
        "Who appoints the judges of the Supreme Court of Brazil?",
        "Who appointed the judges in 2014?",
        "Кто назначает судей Суда ЕАЭС?",
        "The judges are appointed by the Supreme Council for nine years, and the rest is a matter of budget.",
        "Who appoints the judges? " * 40,
    ],
    ids=["nothing", "a strange name", "a strange number", "another language", "an answer", "no end"],
)
def test_what_nobody_asked_is_not_asked(model, written):
    model.script = lambda body, handler: written
    assert completed(model.settings(), QUESTIONS, RULED) is RULED


def test_a_question_that_stands_on_its_own_stays_as_it_was(model):
    asked = "Who appoints the judges of the Court of the EAEU?"
    model.script = lambda body, handler: asked
    assert not completed(model.settings(), [QUESTIONS[0], asked], Standalone(asked, asked)).changed


def test_a_first_question_is_not_shown_to_the_model(model):
    first = Standalone(QUESTIONS[0], QUESTIONS[0])
    assert completed(model.settings(), QUESTIONS[:1], first) is first
    assert model.requests == []


def test_a_model_that_is_down_leaves_it_to_the_rules(model):
    settings = model.settings()
    model.script = lambda body, handler: handler.send_error(503)
    assert completed(settings, QUESTIONS, RULED) is RULED
