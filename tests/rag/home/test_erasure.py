import fcntl
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from corpus import DocumentNotFound, Library, add_paths
from embeddings import BuildInProgress, EmbeddingsError, NoIndex, open_index
from embeddings.generation import current_generation, generations
from embeddings.lock import writing
from embeddings.vector_cache import VectorCache
from rag import Rebuild, Settings, rebuild
from rag.home import erasure as erasure_module
from rag.home import maintenance as maintenance_module
from rag.home.erasure import erase_document
from rag.home.maintenance import roll_back_to
from tests.fakes import FakeEncoder
from tests.rag.conftest import TEXTS

WORDS = b"Its judges serve"


@pytest.fixture
def settings(tmp_path, fill_home, monkeypatch):
    """A home with two generations, both of which hold court.md."""
    monkeypatch.setattr(maintenance_module, "open_encoder", lambda name, directory: FakeEncoder())
    home = tmp_path / "home"
    fill_home(home, TEXTS)
    fill_home(home, {**TEXTS, "tea.md": "Tea is grown on the hills."})
    return Settings(home)


def traces(home):
    """The files of a home, its sources aside, that hold words of court.md."""
    files = [path for path in home.rglob("*") if path.is_file() and path.parent.name != "texts"]
    return [path for path in files if WORDS in path.read_bytes()]


def embedded_of(settings, source):
    index = open_index(settings.home)
    with Library(settings.library) as library:
        texts = index.texts.embedded_of(library.find(source).id)
    index.close()
    return texts


def vectors_kept(settings, texts):
    cache = VectorCache(settings.home / "vectors.db", read_only=True)
    kept = len(texts) - len(cache.missing(FakeEncoder(), texts))
    cache.close()
    return kept


def test_no_word_and_no_vector_is_left(settings):
    texts = embedded_of(settings, "court.md")
    assert vectors_kept(settings, texts) == len(texts) > 0
    erase_document(settings, "court.md")
    assert traces(settings.home) == []
    assert vectors_kept(settings, texts) == 0
    assert len(open_index(settings.home).document_ids()) == len(TEXTS)


@pytest.mark.parametrize("built", [0, 1])
def test_a_document_that_was_removed_before_is_found_in_the_generations(settings, built):
    with Library(settings.library) as library:
        removed = library.find("court.md").id
        library.remove(removed)
    for _ in range(built):
        rebuild(settings, Rebuild(), print)
    assert erase_document(settings, removed[:8]).source == "court.md"
    assert traces(settings.home) == []
    with pytest.raises(DocumentNotFound):
        erase_document(settings, removed[:8])


STEPS = [
    "erase of an unreadable generation",
    "VectorCache.forget",
    "Library.remove",
    "Library.scrub",
    "build_index",
    "the first erase",
    "the second erase",
]


@pytest.mark.parametrize("step", range(7), ids=STEPS)
def test_stopped_at_any_step_it_is_finished_by_repeating_it(settings, monkeypatch, fill_home, step):
    fill_home(settings.home, {**TEXTS, "tea.md": "Coffee is grown on the hills."})
    (generations(settings.home)[1] / "texts.db").write_bytes(WORDS)
    calls = iter(range(7))

    def stop_in(owner, name):
        original = getattr(owner, name)

        def stopping(*arguments, **options):
            if next(calls, None) == step:
                raise KeyboardInterrupt
            return original(*arguments, **options)

        monkeypatch.setattr(owner, name, stopping)

    stop_in(erasure_module.VectorCache, "forget")
    for name in ("remove", "scrub"):
        stop_in(Library, name)
    for name in ("build_index", "erase"):
        stop_in(erasure_module, name)
    with pytest.raises(KeyboardInterrupt):
        erase_document(settings, "court.md")
    monkeypatch.undo()
    monkeypatch.setattr(maintenance_module, "open_encoder", lambda name, directory: FakeEncoder())
    erase_document(settings, "court.md")
    assert traces(settings.home) == []
    assert len(open_index(settings.home).document_ids()) == len(TEXTS)


def test_generations_that_cannot_be_read_and_leftovers_are_deleted(settings):
    first = generations(settings.home)[-1]
    (first / "texts.db").write_bytes(WORDS)
    leftover = settings.home / "index" / "g000009.tmp"
    leftover.mkdir()
    (leftover / "texts.db").write_bytes(WORDS)
    erase_document(settings, "court.md")
    assert traces(settings.home) == []
    assert not first.exists()
    assert not leftover.exists()


def test_a_document_that_was_never_built_leaves_no_vector_of_a_killed_build(settings, monkeypatch, fill_home):
    monkeypatch.setattr("embeddings.build.write_texts", lambda *_: 1 / 0)
    encoder = FakeEncoder()
    with pytest.raises(ZeroDivisionError):
        fill_home(settings.home, {"new.md": "A wholly new text about coffee."}, encoder)
    assert vectors_kept(settings, encoder.seen) == 1
    before = current_generation(settings.home)
    erase_document(settings, "new.md")
    assert vectors_kept(settings, encoder.seen) == 0
    assert current_generation(settings.home) == before


def test_erasing_the_last_document_leaves_an_empty_home(tmp_path, fill_home, settings):
    home = tmp_path / "one"
    fill_home(home, {"tea.md": "Tea is grown."})
    erase_document(Settings(home), "tea.md")
    assert generations(home) == []
    with pytest.raises(NoIndex):
        current_generation(home)


def test_nothing_is_removed_while_another_process_writes(settings):
    with (settings.home / "build.lock").open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(BuildInProgress):
            erase_document(settings, "court.md")
    with Library(settings.library) as library:
        assert library.find("court.md")


def test_what_stops_it_half_way_is_a_known_error_that_says_to_repeat_it(settings, monkeypatch):
    def full(*_, **__):
        with writing(settings.home):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(erasure_module, "build_index", full)
    with pytest.raises(EmbeddingsError, match=r"not erased everywhere yet, remove it again.*the disk is full"):
        erase_document(settings, "court.md")


def test_a_rollback_to_a_generation_without_the_document_stays(settings):
    with Library(settings.library) as library:
        tea = library.find("tea.md").id
    before = roll_back_to(settings, None)
    erase_document(settings, tea)
    assert current_generation(settings.home).name == before
    assert [folder.name for folder in generations(settings.home)] == [before]


@pytest.mark.parametrize("file", ["library.db", "vectors.db"])
def test_a_purge_that_a_long_reader_keeps_from_its_end_fails_and_is_finished_when_the_reader_is_gone(
    settings, monkeypatch, file
):
    for module in ("corpus.store", "embeddings.vector_cache"):
        monkeypatch.setattr(f"{module}.BUSY_TIMEOUT_S", 0.05)
    with closing(sqlite3.connect(settings.home / file, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM sqlite_master").fetchone()
        with pytest.raises(EmbeddingsError, match=r"'court\.md' is not erased everywhere yet, remove it again"):
            erase_document(settings, "court.md")
    erase_document(settings, "court.md")
    assert traces(settings.home) == []


def test_an_unfinished_purge_of_what_was_never_built_is_finished_though_it_is_found_no_more(
    tmp_path, settings, monkeypatch
):
    (tmp_path / "new.md").write_text("Its judges serve tea to all who wait. " * 40, "utf-8")
    erase_document(settings, "court.md")
    with Library(settings.library) as library:
        add_paths(library, [tmp_path / "new.md"])
    monkeypatch.setattr("corpus.store.BUSY_TIMEOUT_S", 0.05)
    with closing(sqlite3.connect(settings.library, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM sqlite_master").fetchone()
        with pytest.raises(EmbeddingsError, match="remove it again"):
            erase_document(settings, "new.md")
        assert traces(settings.home) != []
    with pytest.raises(DocumentNotFound):
        erase_document(settings, "new.md")
    assert traces(settings.home) == []


def test_how_much_of_the_disk_is_free_is_not_asked(settings):
    erase_document(replace(settings, least_free_bytes=10**18), "court.md")
    assert traces(settings.home) == []
