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
    """How findings are ranked, how sure the first is, and what is shown beside it.

    Fitted by `scripts/reader/calibrate.py` to the reader and the encoder of these ids. A finding's score adds up the
    reader's log-odds and the log-probability of the span, the nearness of the window and the share of names that it
    mentions, by these weights. The confidence is a logistic function of the log-odds of the first finding (`lead`)
    and of the window that search finds nearest. Other findings are shown whose scores are so much behind the first's:
    `agrees` for the same value, `differs` for another, `adds` for what says more; `own_language` is how far behind
    one in the reader's language may lead.
    """

    reader: str
    encoder: str
    answers: float
    span: float
    nearness: float
    names: float
    lead: float
    nearest: float
    intercept: float
    threshold: float
    agrees: float
    differs: float
    adds: float
    own_language: float

    def score(self, reading: Reading, stretch: Stretch) -> float:
        """Of a finding; larger is better, only differences mean something."""
        read = self.answers * reading.answers + self.span * max(reading.span, LEAST_SPAN)
        return read + self.nearness * stretch.nearness + self.names * stretch.names

    def confidence(self, found: Sequence["Finding"]) -> float:
        """That the texts answer, in [0, 1], by findings with the best one first; 0 of none."""
        if not found:
            return 0.0
        nearest = max(found, key=lambda one: one.stretch.nearness)
        odds = self.intercept + self.lead * found[0].reading.answers + self.nearest * nearest.reading.answers
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
    ranked = {"answers": 1.0, "span": 0.3, "nearness": 7.0, "names": 3.0}
    sure = {"lead": 1.0, "nearest": 0.0, "intercept": 0.0, "threshold": 0.5}
    return Calibration(reader, "", **ranked, **sure, agrees=2.0, differs=0.5, adds=1.0, own_language=1.0)


@dataclass(frozen=True, slots=True)
class Finding:
    """A reading placed in its document: the sentences around the answer (`quote`), the answer's words, its score."""

    quote: Quote
    answer: Span
    score: float
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
    """The finding of every stretch, best first."""
    readings = reader.read([question] * len(read), [stretch.window for stretch in read])
    found = [_placed(stretch, reading, calibration) for stretch, reading in zip(read, readings, strict=True)]
    return sorted(found, key=lambda one: -one.score)


def _placed(stretch: Stretch, reading: Reading, calibration: Calibration) -> Finding:
    start, end = stretch.start + reading.start, stretch.start + max(reading.end, reading.start)
    start, end = (start, end) if start < end else (stretch.start, stretch.sentences[0][1])
    touched = [span for span in stretch.sentences if span[0] < end and start < span[1]] or [stretch.sentences[0]]
    quote = Quote(stretch.passage, touched[0][0], touched[-1][1])
    return Finding(quote, (start, end), calibration.score(reading, stretch), reading, stretch)
