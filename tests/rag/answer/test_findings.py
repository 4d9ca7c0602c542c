import math
from dataclasses import replace

import pytest

from rag.answer import findings as findings_module
from rag.answer.findings import LEAST_SPAN, calibration_of, findings, load_calibration, usual
from rag.answer.windows import Stretch
from rag.reader.artefact import read_manifest
from rag.reader.packaged import packaged_folder
from rag.reader.reading import Reading, Window
from tests.fakes import WordReader
from tests.rag.reader.made_reader import needs_packaged_reader

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


def test_every_stretch_is_read_for_the_question_under_its_head_and_the_best_comes_first(stretch):
    read = [stretch(row, title=f"Title {row}") for row in range(3)]
    reader = ToldReader(*(Reading(odds, 0, 9, -0.1) for odds in (-1.0, 3.0, 0.0)))
    found = findings(reader, usual("told"), "Where?", read)
    assert [one.passage.row for one in found] == [1, 2, 0]
    assert [one.reading.answers for one in found] == [3.0, 0.0, -1.0]
    assert [one.stretch for one in found] == [read[1], read[2], read[0]]
    assert reader.asked == [("Where?", Window(f"Title {row}. ", TEXT[13:])) for row in range(3)]


def test_findings_that_are_as_good_keep_the_order_of_their_stretches(stretch):
    reader = ToldReader(*[Reading(1.0, 0, 9, -0.1)] * 3)
    assert [one.passage.row for one in findings(reader, usual("told"), "?", [stretch(row) for row in (2, 0, 1)])] == [
        2, 0, 1,
    ]  # fmt: skip


def test_nothing_to_read_gives_no_findings():
    assert findings(WordReader(), usual("words"), "Where?", []) == []


def score(calibration, stretch, odds=0.0, span=-0.1):
    return calibration.score(Reading(odds, 0, 9, span), stretch)


def test_a_score_adds_up_what_reader_and_search_say_by_their_weights(stretch):
    fitted = replace(usual("x"), answers=0.5, span=0.25, nearness=2.0, names=1.5)
    expected = 0.5 * 3.0 + 0.25 * -2.0 + 2.0 * 0.4 + 1.5 * 0.5
    assert score(fitted, stretch(nearness=0.4, names=0.5), 3.0, -2.0) == pytest.approx(expected)


def test_with_the_usual_weights_more_of_anything_is_better(stretch):
    worse = score(usual("x"), stretch(nearness=0.4, names=0.5), 1.0, -2.0)
    assert score(usual("x"), stretch(nearness=0.4, names=0.5), 1.1, -2.0) > worse
    assert score(usual("x"), stretch(nearness=0.4, names=0.5), 1.0, -1.9) > worse
    assert score(usual("x"), stretch(nearness=0.5, names=0.5), 1.0, -2.0) > worse
    assert score(usual("x"), stretch(nearness=0.4, names=0.6), 1.0, -2.0) > worse


def test_a_span_that_is_hardly_likely_counts_as_one_that_is_impossible(stretch):
    least, hardly, impossible = (score(usual("x"), stretch(), span=span) for span in (LEAST_SPAN, -50.0, float("-inf")))
    assert least == hardly == impossible
    assert math.isfinite(least)


@pytest.fixture
def found(stretch):
    """Findings of these (log-odds, nearness), in this order."""

    def make(*told):
        reader = ToldReader(*(Reading(odds, 0, 9, -0.1) for odds, _ in told))
        plain = replace(usual("told"), nearness=0.0)
        return findings(reader, plain, "?", [stretch(row, nearness) for row, (_, nearness) in enumerate(told)])

    return make


@pytest.mark.parametrize(
    ("odds", "expected"), [(0.0, 0.5), (2.0, 1 / (1 + math.exp(-2))), (-4.0, 1 / (1 + math.exp(4)))]
)
def test_the_usual_confidence_is_the_readers_own_of_the_best_finding(found, odds, expected):
    assert usual("x").confidence(found((odds, 0.2), (odds - 1, 0.9))) == pytest.approx(expected)


def test_a_fitted_confidence_reads_the_best_finding_and_the_one_that_search_has_nearest(found):
    fitted = replace(usual("x"), lead=0.5, nearest=0.25, intercept=-1.0)
    odds = -1.0 + 0.5 * 3.0 + 0.25 * -2.0
    told = found((-2.0, 0.9), (3.0, 0.2), (1.0, 0.5))
    assert fitted.confidence(told) == pytest.approx(1 / (1 + math.exp(-odds)))


def test_of_nothing_that_was_read_nothing_is_sure():
    assert usual("x").confidence([]) == 0


@pytest.mark.parametrize(("odds", "expected"), [(1e9, 1.0), (-1e9, 0.0)])
def test_odds_without_bounds_are_probabilities_all_the_same(found, odds, expected):
    assert usual("x").confidence(found((odds, 0.5))) == pytest.approx(expected)


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
    assert packaged.answers > 0 and packaged.lead > 0
    assert 0 < packaged.threshold < 1
    assert min(packaged.agrees, packaged.differs, packaged.adds, packaged.own_language) >= 0


@needs_packaged_reader
def test_the_packaged_calibration_was_fitted_to_the_packaged_reader_and_encoder(e5):
    packaged = load_calibration()
    assert (packaged.reader, packaged.encoder) == (read_manifest(packaged_folder()).id, e5.id)
