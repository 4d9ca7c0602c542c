"""Questions of many threads: what queued while the encoder was busy is encoded together.

There is no timer: an idle encoder starts at once with whatever is there, so a lone question never
waits, and the busier the encoder the larger its batches.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import Condition
from typing import Any, Generic, TypeVar

from embeddings.encoder import Encoder, TokenVectors, Vectors

Result = TypeVar("Result")


class BatchingEncoder:
    """An encoder to be shared by many threads. Passages go straight through; queries are coalesced."""

    def __init__(self, encoder: Encoder) -> None:
        self.id, self.dimension, self.max_tokens = encoder.id, encoder.dimension, encoder.max_tokens
        self.runs_at_once = encoder.runs_at_once
        self.encode_passages, self.encode_passage_tokens = encoder.encode_passages, encoder.encode_passage_tokens
        self.count_tokens = encoder.count_tokens
        self.encode_queries = _Coalesced[Vectors](encoder.encode_queries, self.runs_at_once)
        self.encode_query_tokens = _Coalesced[list[TokenVectors]](encoder.encode_query_tokens, self.runs_at_once)


class _Request(Generic[Result]):
    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts
        self.result: Future[Result] = Future()


class _Coalesced(Generic[Result]):
    """A function of texts whose concurrent calls are joined, at most `runs` of them at a time.

    Whoever finds a run free takes all that wait, in its own thread; so no thread of ours has to be
    started or stopped.
    """

    def __init__(self, encode: Callable[[Sequence[str]], Result], runs: int) -> None:
        self._encode = encode
        self._free_runs = runs
        self._changed = Condition()
        self._waiting: list[_Request[Result]] = []

    def __call__(self, texts: Sequence[str]) -> Result:
        """The result for these texts alone. Raises what encoding them raises."""
        request = _Request[Result](texts)
        with self._changed:
            self._waiting.append(request)
            self._changed.wait_for(lambda: self._free_runs or request not in self._waiting)
            batch = self._take() if request in self._waiting else []
        if batch:
            self._run(batch)
        return request.result.result()

    def _take(self) -> list[_Request[Result]]:
        """All that wait, for a run that starts now; the caller holds the lock."""
        self._free_runs -= 1
        batch, self._waiting = self._waiting, []
        self._changed.notify_all()
        return batch

    def _run(self, batch: Sequence[_Request[Result]]) -> None:
        try:
            _answer(batch, self._encode)
        finally:
            with self._changed:
                self._free_runs += 1
                self._changed.notify_all()


def _answer(batch: Sequence[_Request[Any]], encode: Callable[[Sequence[str]], Any]) -> None:
    """Give each request its part of one run; when that fails, a run or an error of its own."""
    try:
        found = encode([text for request in batch for text in request.texts])
    except BaseException as exc:  # whatever ends the run, those who wait for it must hear of it
        if len(batch) == 1:
            batch[0].result.set_exception(exc)
        else:
            for request in batch:
                _answer([request], encode)
        return
    start = 0
    for request in batch:
        request.result.set_result(found[start : start + len(request.texts)])
        start += len(request.texts)
