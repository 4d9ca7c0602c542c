import datetime
import json
import re
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path

import pytest
import yaml

from corpus import Library, add_builtin, add_paths, fold
from corpus.builtin import COLLECTION, SampleQuestion, builtin_folder, has_builtin, sample_questions
from corpus.dates import find_date
from corpus.languages import language_of
from corpus.readers import read_file
from corpus.records import build_record

_NOTES = sorted(builtin_folder().glob("*.md"))
_QUESTIONS = builtin_folder().with_name("library_questions.jsonl")
_DATA = Path(__file__).parents[1] / "data"
_LINK = re.compile(r"https?://\S+|(?:doi:\s*)?10\.\d{4,9}/\S+")
_RUN = 10
_LETTERS = re.compile(r"[^\W_]+")
_FRONT_MATTER = re.compile(r"\A---\n.*?^---\n", re.S | re.M)
_TAG = re.compile(r"<[^>]+>")

_AGREEING = yaml.safe_load((_DATA / "agreeing_facts.yaml").read_text("utf-8"))
_NUMERALS = {"two": 2, "два": 2, "двое": 2, "nine": 9, "девять": 9, "ten": 10, "десять": 10}
_VALUE = rf"\b(\d{{1,2}} [a-zа-я]+ \d{{4}}|\d+(?:[.,]\d+)?|(?:{'|'.join(_NUMERALS)})\b)"
_WITHIN_THE_SENTENCE = r"[^.;]{0,90}?"


@pytest.fixture(scope="module")
def notes(tmp_path_factory: pytest.TempPathFactory):
    """The built-in notes, by source, as they stand in a library."""
    with Library(tmp_path_factory.mktemp("home") / "library.db") as library:
        assert {report.status for report in add_builtin(library)} == {"added"}
        assert {report.status for report in add_builtin(library)} == {"unchanged"}
        return {made.source: made for made in library.documents()}


@pytest.fixture(scope="module")
def runs():
    """The runs of ten words of each note, by its name."""
    return {path.stem: set(_runs(_body(path))) for path in _NOTES}


def _record(path: Path):
    return build_record(read_file(path.read_bytes(), path.name).statements)


def _body(path: Path) -> str:
    return _FRONT_MATTER.sub("", path.read_text("utf-8"), count=1)


def _words(text: str) -> list[str]:
    return [word.replace("ё", "е") for word in _LETTERS.findall(text.lower())]


def _official_names() -> re.Pattern[str]:
    lines = (_DATA / "official_names.txt").read_text("utf-8").splitlines()
    names = [" ".join(_words(line)) for line in lines if line and not line.startswith("#")]
    return re.compile(rf"\b(?:{'|'.join(sorted(names, key=len, reverse=True))})\b")


_NAMES = _official_names()


def _runs(text: str) -> Iterator[str]:
    """Every ten words in a row that no official name interrupts."""
    for stretch in _NAMES.split(" ".join(_words(text))):
        words = stretch.split()
        for start in range(len(words) - _RUN + 1):
            yield " ".join(words[start : start + _RUN])


def _stated(pattern: str, text: str) -> Iterator[str]:
    """The values that a text gives for a fact: dates in ISO 8601, numbers in digits."""
    regex = pattern.replace("…", _WITHIN_THE_SENTENCE).replace("{value}", _VALUE)
    for found in re.finditer(regex, fold(text).lower().replace("ё", "е")):
        value = next(filter(None, found.groups()))
        yield find_date(value) or f"{float(_NUMERALS.get(value, value.replace(',', '.'))):g}"


def _permitted(value: datetime.date | float) -> str:
    return value.isoformat() if isinstance(value, datetime.date) else f"{value:g}"


def _disagreements(fact: dict, texts: Sequence[tuple[str, str, str]]) -> list[tuple[str, str]]:
    """(name, value) of each of the texts (name, language, text) that gives another value for the fact."""
    return [
        (name, value)
        for name, language, text in texts
        for value in _stated(fact.get(language, "(?!)"), text)
        if value != _permitted(fact["value"])
    ]


def test_half_of_the_forty_to_sixty_notes_are_russian_and_half_english(notes):
    languages = [made.language for made in notes.values()]
    assert 40 <= len(notes) == len(_NOTES) <= 60
    assert languages.count("ru") == languages.count("en") == len(notes) / 2


def test_every_file_of_the_folder_is_a_note():
    assert sorted(path.name for path in builtin_folder().iterdir()) == [path.name for path in _NOTES]


@pytest.fixture(scope="module")
def questions():
    """The lines of the file of sample questions."""
    return [json.loads(line) for line in _QUESTIONS.read_text("utf-8").splitlines()]


def test_half_of_the_sixty_sample_questions_are_russian_and_half_english(questions):
    assert [made["id"] for made in questions] == [f"sample-{n:03}" for n in range(1, 61)]
    assert len({made["question"] for made in questions}) == 60
    assert [made["lang"] for made in questions].count("ru") == 30
    assert [made["lang"] for made in questions].count("en") == 30


def test_a_third_of_the_sample_questions_are_asked_in_the_other_language_than_they_are_answered_in(questions):
    crossing = [made for made in questions if all(name[:2] != made["lang"] for name in made["gold_docs"])]
    assert len(crossing) == 20
    assert {made["id"] for made in crossing} == {made["id"] for made in questions if made["kind"] == "cross-lingual"}


def test_every_note_answers_a_sample_question(questions):
    assert {name for made in questions for name in made["gold_docs"]} == {path.name for path in _NOTES}


def test_the_sample_questions_come_in_halves(questions):
    assert [made["split"] for made in questions] == ["tune", "test"] * 30


@pytest.mark.parametrize("path", [_QUESTIONS, _DATA / "questions_library.jsonl"], ids=lambda path: path.stem)
def test_every_snippet_is_short_and_stands_in_a_right_note_and_every_right_note_holds_one(path):
    bodies = {note.name: _body(note) for note in _NOTES}
    for made in map(json.loads, path.read_text("utf-8").splitlines()):
        right, snippets = made["gold_docs"], made["gold_snippets"]
        assert made["answerable"] == bool(right) == bool(snippets), made["id"]
        assert max(map(len, snippets), default=0) <= 120, made["id"]
        assert all(any(snippet in bodies[name] for name in right) for snippet in snippets), made["id"]
        assert all(any(snippet in bodies[name] for snippet in snippets) for name in right), made["id"]


def test_sample_questions_are_given_in_one_language_or_all(questions):
    assert sample_questions() == tuple(SampleQuestion(made["question"], made["lang"]) for made in questions)
    assert {sample.language for sample in sample_questions("ru")} == {"ru"}
    assert len(sample_questions("ru") + sample_questions("en")) == len(sample_questions())
    assert sample_questions("de") == ()


def test_a_library_is_told_to_hold_the_notes_once_one_is_in_it(tmp_path):
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / _NOTES[0].name).write_bytes(_NOTES[0].read_bytes())
    with Library(tmp_path / "library.db") as library:
        add_paths(library, [tmp_path / "library" / _NOTES[0].name], "others")
        assert not has_builtin(library)
        add_paths(library, [tmp_path / "library"], COLLECTION)
        assert has_builtin(library)


@pytest.mark.parametrize("path", _NOTES, ids=lambda path: path.stem)
def test_the_front_matter_says_what_the_note_is(path):
    record = _record(path)
    assert record.kind == "note"
    assert {record.origins[field] for field in ("title", "languages", "date", "topics")} == {"front matter"}
    assert datetime.date.fromisoformat(record.date) <= datetime.datetime.now(tz=datetime.UTC).date()
    assert record.topics
    assert len(record.title) > 10


@pytest.mark.parametrize("path", _NOTES, ids=lambda path: path.stem)
def test_every_source_has_a_title_a_link_and_facts(path):
    sources = _record(path).sources
    assert len(sources) >= 3
    for source in sources:
        assert source.get("title"), source
        assert _LINK.fullmatch(source.get("url") or source.get("doi", "")), source
        assert source.get("facts"), source
        assert all(isinstance(fact, str) and fact for fact in source["facts"]), source


@pytest.mark.parametrize("path", _NOTES, ids=lambda path: path.stem)
def test_no_source_is_named_twice(path):
    links = [source.get("url") or source.get("doi") for source in _record(path).sources]
    assert len(set(links)) == len(links)


@pytest.mark.parametrize("path", _NOTES, ids=lambda path: path.stem)
def test_the_language_is_the_one_declared_named_and_written(path, notes):
    made = notes[path.name]
    assert made.record.languages == (path.stem[:2],)
    body = [block for block in made.blocks if block.part == "body"]
    assert {language_of(made.text[block.start : block.end]) for block in body} == {path.stem[:2]}


@pytest.mark.parametrize("path", _NOTES, ids=lambda path: path.stem)
def test_a_note_is_long_enough_to_answer_and_short_enough_to_read(path, notes):
    made = notes[path.name]
    words = sum(len(made.text[b.start : b.end].split()) for b in made.blocks if b.part == "body")
    assert 400 <= words <= 900


def test_no_note_is_taken_for_another(notes):
    assert {made.duplicate_of for made in notes.values()} == {None}
    assert len({made.record.title for made in notes.values()}) == len(notes)


def test_no_ten_words_in_a_row_stand_in_two_notes(runs):
    shared = {(a, b): runs[a] & runs[b] for a, b in combinations(runs, 2)}
    assert {pair: found for pair, found in shared.items() if found} == {}


def test_no_ten_words_in_a_row_stand_in_a_text_that_others_wrote(runs, shared_corpus):
    theirs = [*shared_corpus.glob("seeds/*.txt"), *shared_corpus.glob("treaties/*.xml")]
    assert len(theirs) == 40
    texts = {path.name: set(_runs(_TAG.sub(" ", path.read_text("utf-8", "replace")))) for path in theirs}
    shared = {(note, other): runs[note] & texts[other] for note in runs for other in texts}
    assert {pair: found for pair, found in shared.items() if found} == {}


def test_official_names_interrupt_a_run_of_words():
    text = "One two three four Treaty on the Eurasian Economic Union five six seven eight nine"
    assert list(_runs(text)) == []
    assert list(_runs(f"{text} ten eleven")) == []
    assert list(_runs(f"{text} ten eleven twelve thirteen fourteen")) == [
        "five six seven eight nine ten eleven twelve thirteen fourteen"
    ]


def test_there_are_key_facts_enough():
    assert len({fact["fact"] for fact in _AGREEING}) == len(_AGREEING)
    assert sum({"ru", "en"} <= fact.keys() for fact in _AGREEING) >= 60
    assert all({"fact", "value"} < fact.keys() <= {"fact", "value", "ru", "en"} for fact in _AGREEING)


@pytest.mark.parametrize("fact", _AGREEING, ids=lambda fact: fact["fact"])
def test_a_key_fact_is_stated_and_has_one_value_in_all_notes(fact):
    texts = [(path.stem, path.stem[:2], _body(path)) for path in _NOTES]
    assert _disagreements(fact, texts) == []
    for language in {"ru", "en"} & fact.keys():
        assert any(list(_stated(fact[language], text)) for _, code, text in texts if code == language), language


def test_a_note_that_gives_another_value_disagrees():
    fact = {"value": datetime.date(2014, 5, 29), "en": "treaty…signed…on {value}", "ru": "договор…{value}"}
    texts = [
        ("right", "en", "The Treaty was signed in Astana on 29 May 2014."),
        ("wrong", "en", "The Treaty was signed on 30 May 2014, not on 29 May 2014."),
        ("elsewhere", "en", "The Treaty was signed. On 1 January 2015 it entered into force."),
        ("неверно", "ru", "Договор подписан 29 июня 2014 года."),
    ]
    assert _disagreements(fact, texts) == [("wrong", "2014-05-30"), ("неверно", "2014-06-29")]


@pytest.mark.parametrize(
    ("text", "value"),
    [("two judges", "2"), ("по 1,90%", "1.9"), ("85.065%", "85.065"), ("с 6 июля 2010 года", "2010-07-06")],
)
def test_values_are_compared_in_one_form(text, value):
    assert list(_stated("{value}", text)) == [value]
