import sqlite3
from contextlib import closing

import pytest

from corpus import Library, LibraryUnusable
from embeddings import IndexUnusable, NoIndex, open_index
from embeddings.lock import writing
from rag import Settings, open_answerer, open_retriever
from rag.answer.findings import usual
from rag.home import maintenance as maintenance_module
from rag.home import open as open_module
from rag.home.catalogue import documents
from rag.home.erasure import erase_document
from rag.home.maintenance import verify
from rag.home.open import LiveRetriever, add_library_if_empty
from tests.fakes import FakeEncoder, WordReader
from tests.rag.conftest import TEXTS


@pytest.fixture
def opened(monkeypatch):
    """The names under which an encoder was asked for; each is a fake one."""
    names = []

    def open_fake(name, model_directory):
        names.append(name)
        return FakeEncoder()

    for module in (open_module, maintenance_module):
        monkeypatch.setattr(module, "open_encoder", open_fake)
    return names


@pytest.fixture
def settings(tmp_path):
    return Settings(tmp_path / "home")


@pytest.fixture
def filled(settings, fill_home):
    fill_home(settings.home, TEXTS)
    return settings


def test_an_empty_home_gets_the_built_in_library_an_index_and_a_notice(settings, opened):
    notices = []
    add_library_if_empty(settings, notices.append)
    assert len(open_index(settings.home).document_ids()) >= 12
    assert len(notices) == 1
    assert "built-in library" in notices[0]


def test_a_home_with_texts_but_no_index_is_left_alone(settings, opened, write_texts, tmp_path):
    from corpus import add_paths

    with Library(settings.library) as library:
        add_paths(library, [write_texts(tmp_path / "texts", {"court.txt": "The court."})])
    notices = []
    add_library_if_empty(settings, notices.append)
    assert notices == []
    with pytest.raises(NoIndex, match="eurag build"):
        open_retriever(settings)


def test_a_home_whose_texts_were_all_removed_stays_empty(filled, opened):
    with Library(filled.library) as library:
        for document in list(library.ids()):
            library.remove(document)
    notices = []
    add_library_if_empty(filled, notices.append)
    assert notices == []
    retriever = open_retriever(filled)
    assert retriever.search(retriever.query("court"), 5) == []


def test_another_encoder_than_the_indexs_is_refused_with_both_ids_and_advice(filled):
    with pytest.raises(IndexUnusable, match=r"fake-2\.0.*other-2\.0.*eurag build"):
        open_retriever(filled, encoder=FakeEncoder(name="other"))


def test_the_encoder_of_the_index_is_opened_for_questions(filled, opened):
    open_retriever(filled)
    assert opened == ["fake"]


@pytest.mark.parametrize("reader", [None, "none", "some/model"])
def test_the_reader_of_the_settings_is_opened_for_answers_its_graph_kept_in_the_home(tmp_path, monkeypatch, reader):
    asked, words = [], WordReader()
    monkeypatch.setattr(open_module, "open_reader", lambda *named: asked.append(named) or words)
    answerer = open_answerer(Settings(tmp_path, reader=reader))
    assert asked == [(reader, tmp_path / "model")]
    assert answerer.reader is words
    assert answerer.calibration == usual("words")


def test_a_removed_document_is_hidden_before_the_next_build(filled, opened):
    with Library(filled.library) as library:
        removed = library.find("court.md").id
        library.remove(removed)
    retriever = open_retriever(filled)
    found = {hit.passage.document.id for hit in retriever.search(retriever.query("Where is the court?"), 10)}
    assert removed not in found
    assert len(found) == len(TEXTS) - 1


def test_a_document_removed_while_a_reader_runs_is_hidden_at_its_next_question(filled, opened):
    retriever = open_retriever(filled)
    query = retriever.query("Where is the court?")
    assert "court.md" in {hit.passage.document.source for hit in retriever.search(query, 10)}
    with Library(filled.library) as library:
        library.remove(library.find("court.md").id)
    assert "court.md" not in {hit.passage.document.source for hit in retriever.search(query, 10)}


@pytest.mark.parametrize("damage", ["missing", "truncated", "overwritten"])
def test_a_process_that_finds_no_library_it_can_read_does_not_answer(filled, opened, damage):
    damage_library(filled, damage)
    for use in (open_retriever, documents):
        with pytest.raises(LibraryUnusable, match=r"the library .*library\.db"):
            use(filled)
    assert any("library.db" in problem for problem in verify(filled))


@pytest.mark.parametrize("damage", ["missing", "truncated", "overwritten"])
def test_a_process_that_runs_goes_on_with_what_it_saw_of_the_library_last(filled, opened, damage):
    with Library(filled.library) as library:
        library.remove(library.find("court.md").id)
    retriever = open_retriever(filled)
    damage_library(filled, damage)
    found = {hit.passage.document.source for hit in retriever.search(retriever.query("Where is the court?"), 10)}
    assert found == set(TEXTS) - {"court.md"}


def damage_library(settings, damage):
    content = settings.library.read_bytes()
    for path in settings.home.glob("library.db*"):
        path.unlink()
    if damage != "missing":
        settings.library.write_bytes(content[:5000] if damage == "truncated" else b"x" * len(content))


def test_a_running_process_switches_to_the_new_generation_and_a_request_keeps_its_own(filled, opened, fill_home):
    live = LiveRetriever(filled)
    held = live.current()
    assert live.current() is held
    fill_home(filled.home, {**TEXTS, "tea.txt": "Tea is grown on the hills."})
    assert live.current().index.manifest.generation > held.index.manifest.generation
    sources = {hit.passage.document.source for hit in held.search(held.query("tea hills"), 10)}
    assert sources
    assert "tea.txt" not in sources
    query = live.current().query("tea hills")
    assert "tea.txt" in {hit.passage.document.source for hit in live.current().search(query, 3)}


def test_a_reader_opens_and_searches_while_a_writer_holds_the_lock_and_the_library(filled, opened):
    with writing(filled.home), closing(sqlite3.connect(filled.library)) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        writer.execute("DELETE FROM document")
        retriever = open_retriever(filled)
        assert len(retriever.search(retriever.query("Where is the court?"), 10)) == len(TEXTS)


def test_after_the_last_document_was_erased_the_library_is_added_as_to_an_empty_home(settings, opened, fill_home):
    fill_home(settings.home, {"tea.md": "Tea is grown."})
    erase_document(settings, "tea.md")
    notices = []
    add_library_if_empty(settings, notices.append)
    assert len(notices) == 1
    assert len(open_index(settings.home).document_ids()) >= 12
