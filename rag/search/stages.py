"""Where the time of a question goes: stages report their seconds to whoever listens in this context."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import perf_counter
from typing import Literal

Stage = Literal["encode", "dense", "lexical", "fuse", "answer"]
Listener = Callable[[Stage, float], None]

_listener: ContextVar[Listener | None] = ContextVar("stage_listener", default=None)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Within the block, `listener(stage, seconds)` is called at the end of each stage of this context."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


@contextmanager
def stage(name: Stage) -> Iterator[None]:
    """Time the block as one stage; a stage may be entered several times in one question."""
    listener = _listener.get()
    if listener is None:
        yield
        return
    started = perf_counter()
    try:
        yield
    finally:
        listener(name, perf_counter() - started)
