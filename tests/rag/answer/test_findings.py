import math
from dataclasses import replace

import pytest

from rag.answer import findings as findings_module
from rag.answer.findings import LEAST_SPAN, calibration_of, findings, load_calibration, usual
from rag.answer.windows import Stretch
from rag.reader.reading import Reading, Window
from tests.fakes import WordReader

TEXT = "Chapter one. The Court sits in Minsk. Its judges serve nine years. It was founded in 2012."
SENTENCES = ((13, 37), (38, 66), (67, 90))


class ToldReader:
    """Gives the readings that it was told, one a window, whatever is asked; notes what it was given."""

    id = "told"

    def __init__(self, *readings):
        self.readings, self.asked = readings, []

    def read(self, questions, windows):
        self.asked += zip(questions, windows, strict=True)
        return list(self.readings)


@pytest.fixture
def stretch(make_passage):
    """The last three sentences of `TEXT`; a section and a place of its own where told."""

    def make(row=0, nearness=0.5, names=1.0, **record):
        return Stretch(make_passage(TEXT, row=row, **record), SENTENCES, nearness, names)

    return make


@pytest.fixture
def place(stretch):
    """The finding of a reading in that stretch."""

    def make(start, end):
        (found,) = findings(ToldReader(Reading(0.0, start, end, -0.1)), usual("told"), "?", [stretch()])
        return found

    return make


def at(words):
    """Where words begin and end in the window."""
    start = TEXT.index(words) - SENTENCES[0][0]
    return start, start + len(words)


def test_the_words_that_a_reader_points_at_are_found_in_the_document(place):
    found = place(*at("nine years"))
    assert (found.words, found.quote.text) == ("nine years", "Its judges serve nine years.")
    assert TEXT[slice(*found.answer)] == "nine years"
    assert (found.language, found.passage) == ("en", found.quote.passage)


def test_an_answer_over_two_sentences_is_quoted_with_both(place):
    found = place(*at("Minsk. Its judges"))
    assert found.quote.text == "The Court sits in Minsk. Its judges serve nine years."
    assert found.words == "Minsk. Its judges"


@pytest.mark.parametrize(("start", "end"), [(0, 0), (30, 30), (30, 12)])
def test_a_reader_that_points_at_nothing_is_taken_for_the_first_sentence(place, start, end):
    found = place(start, end)
    assert found.words == found.quote.text == "The Court sits in Minsk."


def test_every_stretch_is_read_for_the_question_under_its_head_and_the_surest_comes_first(stretch):
    read = [stretch(row, title=f"Title {row}") for row in range(3)]
    reader = ToldReader(*(Reading(odds, 0, 9, -0.1) for odds in (-1.0, 3.0, 0.0)))
    found = findings(reader, usual("told"), "Where?", read)
    assert [one.passage.row for one in found] == [1, 2, 0]
    assert [one.reading.answers for one in found] == [3.0, 0.0, -1.0]
    assert [one.stretch for one in found] == [read[1], read[2], read[0]]
    assert reader.asked == [("Where?", Window(f"Title {row}. ", TEXT[13:])) for row in range(3)]


def test_findings_that_are_as_sure_keep_the_order_of_their_stretches(stretch):
    reader = ToldReader(*[Reading(1.0, 0, 9, -0.1)] * 3)
    assert [one.passage.row for one in findings(reader, usual("told"), "?", [stretch(row) for row in (2, 0, 1)])] == [
        2, 0, 1,
    ]  # fmt: skip


def test_nothing_to_read_gives_no_findings():
    assert findings(WordReader(), usual("words"), "Where?", []) == []


@pytest.mark.parametrize(("odds", "expected"), [(0.0, 0.5), (2.0, 1 / (1 + math.exp(-2))), (-4.0, 1 / (1 + math.exp(4)))])
def test_the_usual_calibration_believes_the_log_odds_alone(stretch, odds, expected):
    for span, nearness, names in ((-0.1, 0.5, 1.0), (-9.0, -0.2, 0.0)):
        found = usual("x").probability(Reading(odds, 0, 9, span), stretch(nearness=nearness, names=names))
        assert found == pytest.approx(expected)


def test_a_fitted_calibration_weighs_span_nearness_and_names(stretch):
    fitted = replace(usual("x"), answers=0.5, span=0.25, nearness=2.0, names=1.5, intercept=-1.0)
    odds = -1.0 + 0.5 * 3.0 + 0.25 * -2.0 + 2.0 * 0.5 + 1.5 * 0.5
    found = fitted.probability(Reading(3.0, 0, 9, -2.0), stretch(nearness=0.5, names=0.5))
    assert found == pytest.approx(1 / (1 + math.exp(-odds)))


def test_a_span_that_is_hardly_likely_counts_as_one_that_is_impossible(stretch):
    fitted = replace(usual("x"), span=1.0)
    least, hardly, impossible = (
        fitted.probability(Reading(20.0, 0, 9, span), stretch()) for span in (LEAST_SPAN, -50.0, float("-inf"))
    )
    assert least == hardly == impossible == pytest.approx(0.5)


@pytest.mark.parametrize(("odds", "expected"), [(1e9, 1.0), (-1e9, 0.0)])
def test_odds_without_bounds_are_probabilities_all_the_same(stretch, odds, expected):
    assert usual("x").probability(Reading(odds, 0, 9, -0.1), stretch()) == pytest.approx(expected)


def test_the_packaged_calibration_is_for_the_reader_that_it_was_fitted_to(monkeypatch):
    fitted = replace(usual("mine"), threshold=0.3)
    monkeypatch.setattr(findings_module, "load_calibration", lambda: fitted)
    mine, other = ToldReader(), ToldReader()
    mine.id = "mine"
    assert calibration_of(mine) is fitted
    assert calibration_of(other) == usual("told")
    assert calibration_of(None) == usual("none")


def test_the_packaged_calibration_can_be_used():
    packaged = load_calibration()
    assert packaged.answers > 0
    for share in (packaged.threshold, packaged.agrees, packaged.adds, packaged.own_language):
        assert 0 <= share <= 1
