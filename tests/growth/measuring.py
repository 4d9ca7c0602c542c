"""How a function's time grows with its input: processor time at n and at 4 n characters."""

import functools
import gc
import importlib
import pkgutil
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.growth.units import Make

#: So many characters the longer text has; the shorter one a quarter of them.
LONG = 16_000
#: Time at 4 n over that at n. A linear function has 4, one that sorts 4.7, a quadratic one 16.
MOST = 5.0
#: What takes less is not told from noise, and a quadratic function takes longer over `LONG` characters.
FLOOR_S = 0.004
#: What takes longer is stopped.
CAP_S = 3.0
_REPEATS = 4
_PACKAGES = ("corpus", "embeddings", "rag")


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
        return 0.0 if self.long_s < FLOOR_S else self.long_s / max(self.short_s, 1e-9)

    @property
    def linear(self) -> bool:
        """Whether the time grows with the length of the text."""
        return self.ratio <= MOST


def growth(run: Callable[[Any], object], repeats: str, make: Callable[[int], Any], size: int = LONG) -> Growth:
    """How the time of `run` grows over texts that `make` makes; measured again where it looks too steep."""
    texts = make(size // 4), make(size)
    long_s = seconds(run, texts[1])
    if long_s < FLOOR_S:
        return Growth(repeats, 0.0, long_s)
    found = Growth(repeats, seconds(run, texts[0]), long_s)
    for _ in range(_REPEATS):
        if found.linear or found.long_s == float("inf"):
            return found
        short_s, long_s = (seconds(run, text) for text in texts)
        found = Growth(repeats, min(found.short_s, short_s), min(found.long_s, long_s))
    if found.linear or size < LONG or found.long_s > CAP_S / 20:
        return found
    return Growth(repeats, found.long_s, seconds(run, make(4 * size)))  # what was noise is none over longer texts


def steepest(run: Callable[[Any], object], texts: Mapping[str, Make], size: int = LONG) -> Growth:
    """The steepest growth over some texts; that over the first that is not linear."""
    worst = Growth("nothing", 0.0, 0.0)
    for repeats, make in texts.items():
        found = growth(run, repeats, make, size)
        worst = max(worst, found, key=lambda one: (one.ratio, one.long_s))
        if not found.linear:
            break
    return worst


def seconds(run: Callable[[Any], object], text: Any) -> float:
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


def modules() -> Iterator[Any]:
    """Every module of the three packages."""
    for package in _PACKAGES:
        root = importlib.import_module(package)
        yield root
        for found in pkgutil.walk_packages(root.__path__, f"{package}."):
            yield importlib.import_module(found.name)


@functools.cache
def _caches() -> list[Callable[[], None]]:
    """What empties each cache that holds only so many words."""
    found = {}
    for module in modules():
        for value in vars(module).values():
            if hasattr(value, "cache_info") and value.cache_info().maxsize is not None:
                found[id(value)] = value.cache_clear
    return list(found.values())
