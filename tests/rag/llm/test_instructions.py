import json
from pathlib import Path

import pytest

from rag.llm.instructions import instructs

DATA = Path(__file__).parents[2] / "data"
INJECTIONS = [json.loads(line) for line in (DATA / "llm_injections.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize("record", INJECTIONS, ids=lambda record: record["id"])
def test_an_order_to_a_model_is_recognised(record):
    assert instructs(record["passage"])


@pytest.mark.parametrize(
    "text",
    [
        "The Council shall instruct the Commission to answer within 30 days.",
        "The State with which the agreement is concluded shall act as depositary.",
        "Система состоит из трёх ступеней, ответы которых различаются.",
        "Совет ответил, что правила не отменены.",
    ],
)
def test_ordinary_sentences_are_none(text):
    assert not instructs(text)
