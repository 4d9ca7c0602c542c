"""What a reader finds in the stretches: the sentences that answer, the answering words, and how sure that is."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from embeddings import StoredPassage
from rag.answer.quotes import Quote
from rag.answer.windows import Span, Stretch
from rag.reader.reading import Reader, Reading

#: A span is hardly ever less likely than this, and then it does not matter how much.
LEAST_SPAN = -20.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """From a reading to a probability, and from which on what is shown; fitted by `scripts/reader/calibrate.py`.

    `reader` and `encoder` are the ids of those that it was fitted to. A reader without a calibration of its own is
    used with `usual()`, which believes its log-odds.
    """

    reader: str
    encoder: str
    answers: float
    span: float
    nearness: float
    names: float
    intercept: float
    threshold: float
    agrees: float
    adds: float
    own_language: float

    def probability(self, reading: Reading, stretch: Stretch) -> float:
        """That the window answers, in [0, 1]."""
        odds = self.intercept + self.answers * reading.answers + self.span * max(reading.span, LEAST_SPAN)
        odds += self.nearness * stretch.nearness + self.names * stretch.names
        return 1 / (1 + math.exp(-max(-60.0, min(60.0, odds))))


@cache
def load_calibration() -> Calibration:
    """The calibration that comes with the packaged reader."""
    data: dict[str, Any] = json.loads((files("rag.answer") / "calibration.json").read_text("utf-8"))
    return Calibration(**data)


def calibration_of(reader: Reader | None) -> Calibration:
    """The packaged calibration where it was fitted to this reader, else the usual one."""
    packaged = load_calibration()
    return packaged if reader and reader.id == packaged.reader else usual(reader.id if reader else "none")


def usual(reader: str) -> Calibration:
    """For a reader that nothing was fitted to: its own log-odds, shown from one half on."""
    return Calibration(reader, "", 1.0, 0.0, 0.0, 0.0, 0.0, 0.5, 0.5, 0.5, 0.1)


@dataclass(frozen=True, slots=True)
class Finding:
    """A reading placed in its document: the sentences around the answer (`quote`), the answer's words, how sure."""

    quote: Quote
    answer: Span
    probability: float
    reading: Reading
    stretch: Stretch

    @property
    def passage(self) -> StoredPassage:
        """The passage that it stands in."""
        return self.quote.passage

    @property
    def language(self) -> str:
        """The language of the passage."""
        return self.quote.passage.language

    @property
    def words(self) -> str:
        """The answer's own words."""
        return self.passage.document.text[slice(*self.answer)]


def findings(reader: Reader, calibration: Calibration, question: str, read: Sequence[Stretch]) -> list[Finding]:
    """The finding of every stretch, surest first."""
    readings = reader.read([question] * len(read), [stretch.window for stretch in read])
    found = [_placed(stretch, reading, calibration) for stretch, reading in zip(read, readings, strict=True)]
    return sorted(found, key=lambda one: -one.probability)


def _placed(stretch: Stretch, reading: Reading, calibration: Calibration) -> Finding:
    start, end = stretch.start + reading.start, stretch.start + max(reading.end, reading.start)
    start, end = (start, end) if start < end else (stretch.start, stretch.sentences[0][1])
    touched = [span for span in stretch.sentences if span[0] < end and start < span[1]] or [stretch.sentences[0]]
    quote = Quote(stretch.passage, touched[0][0], touched[-1][1])
    return Finding(quote, (start, end), calibration.probability(reading, stretch), reading, stretch)
