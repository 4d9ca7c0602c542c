"""The seam between questions and what reads texts for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of a text, and the title and section (`head`) that it is read under."""

    head: str
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader makes of a question and a window.

    `answers` is the log-odds that the window answers, larger is better; `start` and `end` are the code points of the
    window's text that answer best, and `span` the log-probability that just these do, at most 0.
    """

    answers: float
    start: int
    end: int
    span: float


class Reader(Protocol):
    """Reads windows for questions; may be called from several threads."""

    @property
    def id(self) -> str:
        """What tells this reader from others: the weights that calibrations are fitted to."""

    def read(self, questions: Sequence[str], windows: Sequence[Window]) -> list[Reading]:
        """The reading of each question in the window beside it; as many as there are questions."""

    def supports(self, claims: Sequence[str], windows: Sequence[Window]) -> list[float] | None:
        """For each claim the log-odds that the window beside it bears it out; None where a reader cannot tell."""
