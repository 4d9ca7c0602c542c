import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from corpus.harvest import Pace
from tests.corpus.harvest.repository import Repository, served


@dataclass
class Clock:
    """Time that passes only by sleeping, from today on."""

    now: float = field(default_factory=lambda: float(round(time.time())))
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def said() -> list[str]:
    """What the pace gave notice of."""
    return []


@pytest.fixture
def pace(clock: Clock, said: list[str]) -> Pace:
    """Waits for nothing, and leaves nothing to chance."""
    return Pace(sleep=clock.sleep, clock=clock, chance=lambda: 1.0, notice=said.append)


@pytest.fixture
def repository() -> Iterator[Repository]:
    with served() as repository:
        yield repository
