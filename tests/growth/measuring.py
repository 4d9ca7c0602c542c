"""How a function's time grows with its input: processor time at n and at 4 n characters."""

import functools
import gc
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

#: So many characters the longer text has; the shorter one a quarter of them.
LONG = 16_000
#: Time at 4 n over that at n. A linear function has 4, one that sorts 4.7, a quadratic one 16.
MOST = 5.0
#: What takes less is not told from noise, and a quadratic function takes longer over `LONG` characters.
FLOOR_S = 0.004
#: What is this short and looks steep is measured over longer texts.
SHORT_S = 0.03
#: What takes longer is stopped.
CAP_S = 3.0
_REPEATS = 6


class Stopped(BaseException):
    """The processor time is over; no `except Exception` of what is measured holds it up."""


@dataclass(frozen=True, slots=True)
class Growth:
    """The processor time over a text and over one of four times its length; `long_s` is infinite where it was stopped.

    `repeats` is what the texts repeat.
    """

    repeats: str
    short_s: float
    long_s: float

    @property
    def ratio(self) -> float:
        """Time over the longer text by that over the shorter; 0 where both are too short to tell."""
        if self.long_s == float("inf"):
            return self.long_s
        return 0.0 if self.long_s < FLOOR_S else self.long_s / max(self.short_s, 1e-9)


def growth(run: Callable[[str], object], repeats: str, make: Callable[[int], str], length: int = LONG) -> Growth:
    """How the time of `run` grows over texts that `make` makes; measured again where it looks too steep."""
    short, long = make(length // 4), make(length)
    found = Growth(repeats, 0.0, _seconds(run, long))
    if found.long_s < FLOOR_S:
        return found
    for _ in range(_REPEATS):
        before = found.short_s or float("inf")
        found = Growth(repeats, min(before, _seconds(run, short)), found.long_s)
        if found.ratio <= MOST or found.long_s == float("inf"):
            return found
        found = Growth(repeats, found.short_s, min(found.long_s, _seconds(run, long)))
    if length == LONG and found.long_s < SHORT_S:  # what is noise here is none over longer texts
        return growth(run, repeats, make, 4 * LONG)
    return found


def _seconds(run: Callable[[str], object], text: str) -> float:
    """Processor seconds of one run, infinite where it was stopped; caches of words are emptied before."""
    for forget in _caches():
        forget()
    gc.collect(0)
    gc.disable()
    try:
        with _capped():
            started = time.thread_time()
            run(text)
            return time.thread_time() - started
    except Stopped:
        return float("inf")
    finally:
        gc.enable()


@contextmanager
def _capped() -> Iterator[None]:
    """Stops the block after `CAP_S` of processor time; expressions look for signals, too."""

    def stop(*_: object) -> None:
        raise Stopped

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, CAP_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


@functools.cache
def _caches() -> list[Callable[[], None]]:
    """What empties each cache of the packages that holds only so many words."""
    own = [
        vars(module) for name, module in sys.modules.items() if name.split(".")[0] in ("corpus", "embeddings", "rag")
    ]
    values = {id(value): value for names in own for value in names.values()}.values()
    return [
        value.cache_clear for value in values if hasattr(value, "cache_info") and value.cache_info().maxsize is not None
    ]
