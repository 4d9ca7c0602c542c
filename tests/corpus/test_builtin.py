import re

import pytest

from corpus import Library, add_builtin
from corpus.builtin import builtin_folder
from corpus.languages import language_of
from corpus.readers import read_file
from corpus.records import build_record

_NOTES = sorted(builtin_folder().glob("*.md"))
_LINK = re.compile(r"https?://\S+|(?:doi:\s*)?10\.\d{4,9}/\S+")


@pytest.fixture(scope="module")
def notes(tmp_path_factory: pytest.TempPathFactory):
    """The built-in notes, by source, as they stand in a library."""
    with Library(tmp_path_factory.mktemp("home") / "library.db") as library:
        assert {report.status for report in add_builtin(library)} == {"added"}
        assert {report.status for report in add_builtin(library)} == {"unchanged"}
        return {made.source: made for made in library.documents()}


def test_there_are_notes_enough_in_both_languages(notes):
    languages = [made.language for made in notes.values()]
    assert len(notes) == len(_NOTES) >= 12
    assert min(languages.count("ru"), languages.count("en")) >= 5


def test_every_file_of_the_folder_is_a_note():
    assert sorted(path.name for path in builtin_folder().iterdir()) == [path.name for path in _NOTES]


@pytest.mark.parametrize("path", _NOTES, ids=lambda path: path.stem)
def test_the_front_matter_says_what_the_note_is(path):
    record = build_record(read_file(path.read_bytes(), path.name).statements)
    assert (record.kind, record.origins["title"], record.origins["date"]) == ("note", "front matter", "front matter")
    assert record.topics
    assert len(record.title) > 10


@pytest.mark.parametrize("path", _NOTES, ids=lambda path: path.stem)
def test_every_source_has_a_link_and_facts(path):
    sources = build_record(read_file(path.read_bytes(), path.name).statements).sources
    assert len(sources) >= 3
    for source in sources:
        assert _LINK.fullmatch(source.get("url") or source.get("doi", "")), source
        assert source.get("facts"), source


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
    assert 300 <= words <= 2000


def test_no_note_is_taken_for_another(notes):
    assert {made.duplicate_of for made in notes.values()} == {None}
    assert len({made.record.title for made in notes.values()}) == len(notes)
