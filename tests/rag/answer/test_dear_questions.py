"""A question costs what it says: no 4,000 characters cost much more than an ordinary question."""

import time
from random import Random

import pytest

from rag.answer.answer import Answerer
from rag.reader.opening import open_reader

ORDINARY = "What is the Eurasian Economic Commission and how many members does its Board have?"
LENGTH = 4_000
#: Times the ordinary question; a comparison is three questions, itself and its two sides.
MOST = 5.0
_chance = Random(1)


def _words(count: int) -> str:
    return " ".join("".join(_chance.choices("etaoinshrdlu", k=4)) for _ in range(count))


@pytest.fixture(scope="module")
def answerer(model_directory) -> Answerer:
    return Answerer(open_reader(None, model_directory))


def _every_name(library_retriever) -> str:
    entries = library_retriever.glossary.entries
    return " and ".join(name for entry in entries for names in entry.names.values() for name in names)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("ЕАЭС " * LENGTH, id="one name"),
        pytest.param("Compare Armenia and Belarus: " + "Armenia and Belarus " * LENGTH, id="comparison"),
        pytest.param("Compare {every_name}", id="every name"),
        pytest.param("1" * LENGTH, id="digits"),
        pytest.param("1 " * LENGTH, id="numbers"),
        pytest.param(_words(2_000), id="words"),
        pytest.param("".join(chr(0x4E00 + n) for n in range(LENGTH)), id="Chinese"),
        pytest.param("\U0001f600" * LENGTH, id="emoji"),
        pytest.param('"' * LENGTH, id="quotes"),
        pytest.param("«a» " * LENGTH, id="quoted letters"),
        pytest.param("(" * LENGTH, id="brackets"),
        pytest.param("А. Б. В. " * LENGTH, id="initials"),
    ],
)
def test_no_long_question_costs_five_ordinary_ones(text: str, answerer: Answerer, library_retriever) -> None:
    question = text.format(every_name=_every_name(library_retriever))[:LENGTH]

    def seconds(asked: str) -> float:
        started = time.process_time()
        answerer(library_retriever, asked)
        return time.process_time() - started

    dear, ordinary = seconds(question), seconds(ORDINARY)
    for _ in range(3):  # what the first calls prepare, and what else the machine does
        if dear > MOST * ordinary:
            dear, ordinary = min(dear, seconds(question)), min(ordinary, seconds(ORDINARY))
    assert dear <= MOST * ordinary
