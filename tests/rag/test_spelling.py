from contextlib import closing

import pytest

from embeddings import open_index
from rag.answers import answer
from rag.search.glossary import load_glossary
from rag.search.retrieval import Retriever
from rag.spelling import Respelt, respelt
from tests.fakes import FakeEncoder


@pytest.fixture(scope="module")
def home_of_two(tmp_path_factory, fill_home):
    """A retriever over texts that mention Kazakhstan and the Eurasian Economic Union, and a surname."""
    home = tmp_path_factory.mktemp("two")
    text = "Kazakhstan trades within the Eurasian Economic Union. Sapargaliyeva wrote of it."
    fill_home(home, {"trade.txt": text})
    with closing(open_index(home)) as index:
        yield Retriever(index, FakeEncoder(), load_glossary())


@pytest.mark.parametrize(
    ("question", "searched", "note"),
    [
        (
            "What does Kazakstan sell?",
            "What does Kazakhstan sell?",
            "Searched for “Kazakhstan” instead of “Kazakstan”.",
        ),
        (
            "Is Kazakstan in the Eurasion Economic Union?",
            "Is Kazakhstan in the Eurasian Economic Union?",
            "Searched for “Kazakhstan”, “Eurasian” instead of “Kazakstan”, “Eurasion”.",
        ),
        (
            "Чем торгует Казакстан?",
            "Чем торгует Казахстан?",
            "Вместо «Казакстан» искали «Казахстан».",
        ),
    ],
)
def test_a_misspelt_name_is_put_right_and_told(home_of_two, question, searched, note):
    assert respelt(question, home_of_two) == Respelt(searched, note)


@pytest.mark.parametrize(
    "question",
    [
        "What does Kazakhstan sell?",
        "What does the Kazakh side sell?",
        "What did Sapargaliyeva write?",
        "What does Zollverein mean?",
        "What does Uzbekstan sell?",
        "what does kazakstan sell?",
    ],
    ids=["right", "adjective", "in the texts", "near nothing", "near what no text mentions", "small letters"],
)
def test_other_words_stay_as_they_are(home_of_two, question):
    assert respelt(question, home_of_two) == Respelt(question)


def test_an_answer_keeps_the_question_as_asked_and_has_the_note_first(home_of_two, set_threshold):
    set_threshold(0.0)
    answered = answer(home_of_two, "What does Kazakstan trade?")
    assert answered.question == "What does Kazakstan trade?"
    assert answered.notes[0] == "Searched for “Kazakhstan” instead of “Kazakstan”."


def test_a_refusal_says_what_was_searched_for(home_of_two, set_threshold):
    set_threshold(1.1)
    refused = answer(home_of_two, "What does Kazakstan trade?")
    assert not refused.answerable
    assert (refused.reason or "").startswith("Searched for “Kazakhstan” instead of “Kazakstan”.")
