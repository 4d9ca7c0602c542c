import json

import pytest

from corpus import CorpusError, DocumentNotFound
from corpus.sandbox import PROTECTIONS
from rag import Settings
from rag.errors import QuestionFileError
from rag.home.catalogue import documents, edit, find, read_questions, status
from tests.rag.conftest import TEXTS


@pytest.fixture
def questions(tmp_path):
    def read(text):
        path = tmp_path / "questions.jsonl"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return list(read_questions(path))

    return read


def test_questions_come_in_order_with_their_ids(questions):
    lines = '{"id": "b", "question": "Где?"}\n\n{"id": 1, "question": "Where?"}\n'
    assert questions(lines) == [({"id": "b"}, "Где?"), ({"id": 1}, "Where?")]


def test_a_line_without_an_id_has_none(questions):
    assert questions('{"question": "Where?"}') == [({"id": None}, "Where?")]


@pytest.mark.parametrize(
    "line",
    ["not JSON", "[]", "3", "null", '"text"', '{"id": 1}', '{"id": 1, "question": 3}', '{"id": 1, "question": " "}'],
)
def test_a_bad_line_is_named_by_its_number(questions, line):
    with pytest.raises(QuestionFileError, match="line 3"):
        questions('{"id": 1, "question": "Where?"}\n\n' + line)


@pytest.mark.parametrize("character", ["\u2028", "\u0085"])
def test_only_line_feeds_end_a_line(questions, character):
    """JSON allows U+2028 and U+0085 inside strings; `json.dumps(..., ensure_ascii=False)` writes them."""
    question = f"Where{character}is it?"
    assert questions(json.dumps({"id": 1, "question": question}, ensure_ascii=False)) == [({"id": 1}, question)]


def test_a_file_that_starts_with_a_byte_order_mark_is_read(questions):
    assert questions('\ufeff{"id": 1, "question": "Where?"}') == [({"id": 1}, "Where?")]


def test_windows_line_ends_are_read(questions):
    assert len(questions('{"id": 1, "question": "a"}\r\n{"id": 2, "question": "b"}\r\n')) == 2


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", None])
def test_a_file_that_cannot_be_read_is_a_known_error(tmp_path, content):
    path = tmp_path / "questions.jsonl"
    if content:
        path.write_bytes(content)
    with pytest.raises(QuestionFileError, match=r"questions\.jsonl cannot be read"):
        list(read_questions(path))


def test_the_status_tells_whether_the_index_is_up_to_date(tmp_path, fill_home):
    from corpus import Library, add_paths

    home = tmp_path / "home"
    fill_home(home, {"court.txt": "The court."})
    assert status(Settings(home))["up_to_date"] is True
    (home / "texts" / "court.txt").write_text("The court moved.", "utf-8")
    with Library(home / "library.db") as library:
        add_paths(library, [home / "texts"])
    assert status(Settings(home))["up_to_date"] is False


def test_the_status_of_an_empty_home(tmp_path):
    data = status(Settings(tmp_path))
    assert (data["documents"], data["generation"], data["up_to_date"]) == (0, None, True)


def test_the_status_says_that_an_older_generation_is_read_and_why(tmp_path, fill_home):
    home = tmp_path / "home"
    fill_home(home, {"court.txt": "The court."})
    assert status(Settings(home))["fallback"] is None
    (home / "index" / "CURRENT").unlink()
    data = status(Settings(home))
    assert data["generation"] == "g000001"
    assert "CURRENT is missing" in data["fallback"]


def test_reading_commands_make_no_home(tmp_path):
    settings = Settings(tmp_path / "none")
    assert status(settings)["documents"] == 0
    assert documents(settings) == []
    with pytest.raises(DocumentNotFound):
        find(settings, "court.txt")
    assert not settings.home.exists()


def test_an_edit_of_what_stands_before_every_passage_embeds_anew(fill_home, tmp_path):
    fill_home(tmp_path, TEXTS)
    settings = Settings(home=tmp_path)
    assert edit(settings, "court.md", ["title=The Court of the Union"]).embeds
    report = edit(settings, "court.md", ["doi=10.5555/x", "publisher="])
    assert not report.embeds
    assert report.changes == {"doi": (None, "10.5555/x"), "publisher": (None, None)}
    assert (report.document.record.title, find(settings, "court.md").record.doi) == (
        "The Court of the Union",
        "10.5555/x",
    )


@pytest.mark.parametrize(
    ("name", "assignment"), [("no.md", "title=A"), ("court.md", "mood=good"), ("court.md", "date=x")]
)
def test_a_wrong_edit_changes_nothing(fill_home, tmp_path, name, assignment):
    fill_home(tmp_path, TEXTS)
    settings = Settings(home=tmp_path)
    before = documents(settings)
    with pytest.raises(CorpusError):
        edit(settings, name, ["kind=essay", assignment])
    assert documents(settings) == before


def test_the_status_tells_what_holds_where_files_are_read_and_what_does_not(tmp_path, monkeypatch):
    monkeypatch.setattr("rag.home.catalogue.protections", lambda: PROTECTIONS)
    assert status(Settings(tmp_path))["sandbox"] == ", ".join(("an empty environment", *PROTECTIONS))
    monkeypatch.setattr("rag.home.catalogue.protections", lambda: PROTECTIONS[:2])
    lacking = ", ".join(PROTECTIONS[2:])
    assert status(Settings(tmp_path))["sandbox"].endswith(f"{PROTECTIONS[1]}; not on this machine: {lacking}")
