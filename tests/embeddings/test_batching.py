"""Threads are held in an encoder that runs only when told to; nothing here waits for a time."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Queue
from threading import Semaphore
from typing import Any

import numpy as np
import pytest

from embeddings import TokenVectors, Vectors
from embeddings.batching import BatchingEncoder
from tests.fakes import FakeEncoder


class HeldEncoder(FakeEncoder):
    """Puts the texts of each run into `started`, then waits for a `release`; refuses "bad"."""

    def __init__(self, runs_at_once: int = 1) -> None:
        super().__init__()
        self.runs_at_once = runs_at_once
        self.started: Queue[list[str]] = Queue()
        self.release = Semaphore(0)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        self._hold(texts)
        return super().encode_queries(texts)

    def encode_query_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        self._hold(texts)
        return super().encode_query_tokens(texts)

    def _hold(self, texts: Sequence[str]) -> None:
        self.started.put(list(texts))
        self.release.acquire()
        if "bad" in texts:
            raise ValueError("bad text")


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as pool:
        yield pool


@pytest.fixture(params=["encode_queries", "encode_query_tokens"])
def method(request: pytest.FixtureRequest) -> str:
    return request.param


def queue_up(
    threads: ThreadPoolExecutor, encode: Callable[[Sequence[str]], Any], requests: Sequence[Sequence[str]]
) -> list[Future[Any]]:
    """Ask from threads of their own, one after the other, and return when all wait or run."""
    calls = []
    for texts in requests:
        before = len(encode._waiting)
        calls.append(threads.submit(encode, texts))
        while len(encode._waiting) == before:
            pass
    return calls


def vectors_of(found: Any) -> list[list[float]]:
    return [getattr(one, "pooled", one).tolist() for one in found]


def test_a_lone_question_is_encoded_in_its_callers_thread(method: str) -> None:
    held = HeldEncoder()
    held.release.release()
    found = getattr(BatchingEncoder(held), method)(["court"])
    assert vectors_of(found) == vectors_of(getattr(FakeEncoder(), method)(["court"]))


def test_what_queues_during_a_run_is_encoded_together_in_the_next(threads: ThreadPoolExecutor, method: str) -> None:
    held = HeldEncoder()
    encode = getattr(BatchingEncoder(held), method)
    first = threads.submit(encode, ["court"])
    assert held.started.get() == ["court"]
    others = queue_up(threads, encode, [["union", "budget"], [], ["border"]])
    held.release.release()
    assert held.started.get() == ["union", "budget", "border"]
    held.release.release()
    expected = [["court"], ["union", "budget"], [], ["border"]]
    for call, texts in zip([first, *others], expected, strict=True):
        assert vectors_of(call.result()) == vectors_of(getattr(FakeEncoder(), method)(texts))
    assert held.started.empty()


def test_as_many_runs_go_side_by_side_as_the_encoder_says(threads: ThreadPoolExecutor, method: str) -> None:
    held = HeldEncoder(runs_at_once=2)
    encode = getattr(BatchingEncoder(held), method)
    running = [threads.submit(encode, [text]) for text in ("court", "union")]
    assert sorted(held.started.get() + held.started.get()) == ["court", "union"]
    waiting = queue_up(threads, encode, [["budget"], ["border"]])
    held.release.release(3)
    assert held.started.get() == ["budget", "border"]
    assert all(len(call.result()) == 1 for call in [*running, *waiting])


def test_an_error_goes_to_its_own_caller_and_the_encoder_goes_on(threads: ThreadPoolExecutor, method: str) -> None:
    held = HeldEncoder()
    encode = getattr(BatchingEncoder(held), method)
    first = threads.submit(encode, ["court"])
    held.started.get()
    good, bad, other = queue_up(threads, encode, [["union"], ["bad"], ["border"]])
    held.release.release(6)
    with pytest.raises(ValueError, match="bad text"):
        bad.result()
    assert all(len(call.result()) == 1 for call in (first, good, other))
    assert len(encode(["budget"])) == 1


def test_passages_and_counts_are_the_encoders_own() -> None:
    inner = FakeEncoder()
    encoder = BatchingEncoder(inner)
    np.testing.assert_array_equal(encoder.encode_passages(["court"]), inner.encode_passages(["court"]))
    assert encoder.encode_passage_tokens(["court"])[0].offsets.tolist() == [[0, 5]]
    assert encoder.count_tokens("court union") == inner.count_tokens("court union")


def test_many_threads_get_their_own_vectors() -> None:
    encoder = BatchingEncoder(FakeEncoder())
    texts = [f"text {number}" for number in range(200)]
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda text: encoder.encode_queries([text])[0], texts))
    np.testing.assert_array_equal(np.array(found), FakeEncoder().encode_queries(texts))
