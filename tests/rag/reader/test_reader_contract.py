"""One body for every reader: what `rag.reader.reading.Reader` promises."""

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rag.reader.opening import open_reader
from rag.reader.reading import Reader, Window
from tests.fakes import WordReader
from tests.rag.reader.made_reader import needs_packaged_reader

QUESTION = "Where does the Court of the Union sit?"
TEXT = "The budget is adopted each year. The Court of the Union sits in Minsk. Lorries no longer wait."
RUSSIAN = "Бюджет принимают каждый год. Суд Союза находится в Минске. Грузовики больше не ждут."
WINDOWS = [Window("", TEXT), Window("О суде. Статья 5. ", RUSSIAN), Window("Tea. ", "Tea is grown in the south.")]
#: Readers that nobody taught anything.
UNTRAINED = ("made", "extractive", "cross-encoder")


@pytest.fixture(scope="module")
def folders(model_directory: Path, tmp_path_factory: pytest.TempPathFactory, request) -> Callable[[str], Reader]:
    """Opens the reader of this name anew."""
    graphs = tmp_path_factory.mktemp("graphs")

    def opened(name: str) -> Reader:
        if name == "words":
            return WordReader()
        if name == "packaged":
            return open_reader(None, model_directory)
        folder = request.getfixturevalue(f"{name.replace('-', '_')}_folder")
        return open_reader(str(folder), graphs)

    return opened


@pytest.fixture(scope="module", params=["words", pytest.param("packaged", marks=needs_packaged_reader), *UNTRAINED])
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def reader(name: str, folders: Callable[[str], Reader]) -> Reader:
    return folders(name)


def read(reader: Reader, *windows: Window, question: str = QUESTION):
    return reader.read([question] * len(windows), windows)


def test_every_question_has_its_reading_in_order(reader):
    among = read(reader, *WINDOWS)
    assert len(among) == len(WINDOWS)
    for window, reading in zip(WINDOWS, among, strict=True):
        (alone,) = read(reader, window)
        assert alone.answers == pytest.approx(reading.answers, abs=1e-4)
        assert (alone.start, alone.end) == (reading.start, reading.end)


def test_each_question_is_read_with_the_window_beside_it(reader):
    questions = [QUESTION, "Where is tea grown?", "How is the budget adopted?"]
    together = reader.read(questions, WINDOWS)
    alone = [reader.read([question], [window])[0] for question, window in zip(questions, WINDOWS, strict=True)]
    assert [one.answers for one in together] == pytest.approx([one.answers for one in alone], abs=1e-4)


def test_no_questions_give_no_readings(reader):
    assert reader.read([], []) == []


def test_a_reading_points_at_words_of_the_text_and_not_of_the_head(reader):
    for window, reading in zip(WINDOWS, read(reader, *WINDOWS), strict=True):
        assert 0 <= reading.start < reading.end <= len(window.text)
        assert window.text[reading.start : reading.end].strip()
        assert not window.text[reading.start].isspace()


def test_the_span_is_a_log_probability_and_the_log_odds_are_finite(reader):
    for reading in read(reader, *WINDOWS):
        assert reading.span <= 1e-6
        assert math.isfinite(reading.answers)


def test_the_same_question_and_window_give_the_same_reading(reader):
    assert read(reader, *WINDOWS) == read(reader, *WINDOWS)


def test_the_question_matters(reader):
    one, other = (read(reader, WINDOWS[0], question=question)[0] for question in (QUESTION, "nine judges serve years"))
    assert one.answers != other.answers


def test_the_head_is_read_too(reader):
    question = "What does the court say of judges?"
    bare, headed = read(reader, Window("", TEXT), Window("The judges. ", TEXT), question=question)
    assert bare.answers != headed.answers


@pytest.mark.parametrize("text", ["", " ", "\n\n"])
def test_a_window_without_words_has_no_answer_in_it(reader, text):
    (reading,) = read(reader, Window("The court. ", text))
    assert 0 <= reading.start <= reading.end <= len(text)
    assert not text[reading.start : reading.end].strip()


def test_code_points_are_counted_not_bytes_or_halves_of_pairs(reader):
    text = f"😀𐍈🚂 é\u0301 {TEXT}"
    (reading,) = read(reader, Window("", text))
    assert 0 <= reading.start < reading.end <= len(text)


@pytest.mark.parametrize("odd", ["court\0sits", "\0", "court\x1b[2J"], ids=ascii)
def test_odd_characters_in_question_or_window_do_no_harm(reader, odd):
    for question, text in ((odd, TEXT), (QUESTION, f"{odd} {TEXT}")):
        (reading,) = read(reader, Window("", text), question=question)
        assert 0 <= reading.start < reading.end <= len(text)


@pytest.mark.parametrize("question", ["court \ud800 sits", "\udce4"], ids=ascii)
def test_lone_surrogates_in_a_question_do_no_harm(reader, question):
    (reading,) = read(reader, Window("", TEXT), question=question)
    assert 0 <= reading.start < reading.end <= len(TEXT)


@pytest.mark.parametrize(
    ("question", "window"),
    [
        (QUESTION, Window("", "The Court sits. " * 300)),
        (QUESTION, Window("Title of it. " * 200, TEXT)),
        ("court sits " * 300, Window("", TEXT)),
        ("", Window("", TEXT)),
    ],
    ids=["text", "head", "question", "no question"],
)
def test_what_is_too_long_is_cut_and_what_is_empty_is_read(reader, question, window):
    (reading,) = read(reader, window, question=question)
    assert 0 <= reading.start <= reading.end <= len(window.text)
    assert math.isfinite(reading.answers)


def test_whether_a_claim_is_borne_out_is_told_of_each_or_not_at_all(reader):
    told = reader.supports(["The Court sits in Minsk."] * len(WINDOWS), WINDOWS)
    if told is None:
        pytest.skip("this reader cannot tell")
    assert len(told) == len(WINDOWS)
    assert all(math.isfinite(odds) for odds in told)


def test_several_threads_get_what_one_gets(reader):
    expected = read(reader, *WINDOWS)
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: read(reader, *WINDOWS), range(24)))
    assert found == [expected] * 24


def test_the_id_is_the_same_for_the_same_reader_and_tells_it_from_others(reader, name, folders):
    assert reader.id
    assert folders(name).id == reader.id
    assert name == "words" or reader.id != WordReader.id


def test_the_window_that_answers_is_surer_and_its_words_are_pointed_at(reader, name):
    if name in UNTRAINED:
        pytest.skip("this reader was taught nothing")
    english, russian, tea = read(reader, *WINDOWS)
    assert min(english.answers, russian.answers) > tea.answers
    assert "Minsk" in TEXT[english.start : english.end]
    if name != "words":  # it knows the court in both languages, and no words around it
        assert "Минск" in RUSSIAN[russian.start : russian.end]


def test_a_claim_that_stands_there_is_surer_than_one_that_does_not(reader, name):
    if name in UNTRAINED:
        pytest.skip("this reader was taught nothing")
    told = reader.supports(["The Court of the Union sits in Minsk.", "The Court sells tea in Osaka."], WINDOWS[:1] * 2)
    assert told[0] > told[1]
