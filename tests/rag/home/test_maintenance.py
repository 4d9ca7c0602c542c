import fcntl
from dataclasses import replace

import pytest

from corpus import CorpusError, Library
from corpus.errors import DiskFull
from embeddings import BuildInProgress, NoIndex
from embeddings.generation import current_generation, read_manifest
from rag import Rebuild, Settings, rebuild
from rag.home import maintenance as maintenance_module
from rag.home.catalogue import add_to_library
from rag.home.maintenance import encoder_name, list_generations, plan, roll_back_to, verify
from tests.corpus.made_files import zipped
from tests.fakes import FakeEncoder
from tests.rag.conftest import TEXTS


@pytest.fixture
def opened(monkeypatch):
    """The names under which an encoder was asked for; each is a fake one."""
    names = []

    def open_fake(name, model_directory):
        names.append(name)
        return FakeEncoder()

    monkeypatch.setattr(maintenance_module, "open_encoder", open_fake)
    return names


@pytest.fixture
def filled(tmp_path, fill_home):
    fill_home(tmp_path / "home", TEXTS)
    return Settings(tmp_path / "home")


def build(settings):
    return rebuild(settings, Rebuild(), print)


def indexed_encoder(home):
    return read_manifest(current_generation(home)).encoder


@pytest.mark.parametrize(("flag", "expected"), [(None, "fake"), ("another-model", "another-model")])
def test_a_build_keeps_the_indexs_encoder_unless_one_is_named(filled, opened, flag, expected):
    build(Settings(filled.home, flag))
    assert opened == [expected]
    assert indexed_encoder(filled.home) == expected


def test_the_first_build_uses_the_packaged_model(tmp_path):
    assert encoder_name(Settings(tmp_path / "home")) == "e5-small"


def test_a_folder_is_remembered_by_its_full_path(filled, opened, tmp_path, monkeypatch):
    (tmp_path / "model").mkdir()
    monkeypatch.chdir(tmp_path)
    build(Settings(filled.home, "model"))
    assert indexed_encoder(filled.home) == str((tmp_path / "model").resolve())


def test_a_folder_of_the_packaged_models_name_does_not_stand_in_for_it(filled, opened, tmp_path, monkeypatch):
    (tmp_path / "e5-small").mkdir()
    monkeypatch.chdir(tmp_path)
    build(Settings(filled.home, "e5-small"))
    assert opened == ["e5-small"]


def test_pruning_never_touches_a_collection_of_another_folder(filled, opened, tmp_path):
    other = tmp_path / "other" / "texts"
    other.mkdir(parents=True)
    (other / "new.txt").write_text("Tea grows on the hills.", "utf-8")
    with pytest.raises(CorpusError, match="another folder"):
        rebuild(filled, Rebuild(source=other, prune=True), print)
    with Library(filled.library) as library:
        assert len(library.ids()) == len(TEXTS)


def test_an_empty_folder_prunes_nothing(filled, opened):
    folder = filled.home / "texts"
    for path in folder.iterdir():
        path.unlink()
    with pytest.raises(CorpusError, match="nothing is pruned"):
        rebuild(filled, Rebuild(source=folder, prune=True), print)
    with Library(filled.library) as library:
        assert len(library.ids()) == len(TEXTS)


def test_an_archive_that_cannot_be_read_keeps_its_documents_when_pruning(filled, opened):
    archive = filled.home / "texts" / "a.zip"
    archive.write_bytes(zipped({"tea.txt": "Tea grows on the hills.", "rye.txt": "Rye grows in the north."}))
    rebuild(filled, Rebuild(source=archive.parent, prune=True), print)
    archive.write_bytes(archive.read_bytes()[:-20])
    rebuild(filled, Rebuild(source=archive.parent, prune=True), print)
    with Library(filled.library) as library:
        assert {entry.source for entry in library.entries()} > {"a.zip/tea.txt", "a.zip/rye.txt"}
    archive.write_bytes(zipped({"rye.txt": "Rye grows in the north."}))
    rebuild(filled, Rebuild(source=archive.parent, prune=True), print)
    with Library(filled.library) as library:
        assert {entry.source for entry in library.entries() if "/" in entry.source} == {"a.zip/rye.txt"}


@pytest.fixture
def changed(filled):
    """The folder that filled the home, with a text added, one edited, one gone and one that is none."""
    folder = filled.home / "texts"
    (folder / "tea.md").write_text("Tea is grown on the hills.", "utf-8")
    (folder / "court.md").write_text("The court has moved.", "utf-8")
    (folder / "sud.md").unlink()
    (folder / "odd.pdf").write_bytes(b"no text")
    return folder


@pytest.mark.parametrize(("prune", "pruned"), [(False, 0), (True, 1)])
def test_a_plan_says_what_the_rebuild_then_does(filled, opened, changed, prune, pruned):
    notices, options = [], Rebuild(source=changed, prune=prune)
    planned = plan(filled, options, notices.append)
    assert (planned.added, planned.updated, planned.pruned) == (1, 1, pruned)
    assert [notice[:18] for notice in notices] == ["rejected 'odd.pdf'"]
    done = rebuild(filled, options, print)
    assert (planned.embedded, planned.kept, planned.removed) == (done.embedded, done.kept, done.removed)
    assert (done.embedded, done.passages) == (2, len(TEXTS) + 1 - pruned)


def test_a_plan_leaves_library_and_index_as_they_are(filled, opened, changed):
    with Library(filled.library) as library:
        before = library.fingerprints()
    plan(filled, Rebuild(source=changed, prune=True), print)
    with Library(filled.library) as library:
        assert library.fingerprints() == before
    assert len(list_generations(filled)) == 1


def test_a_folder_is_not_taken_in_while_another_process_writes(filled, opened, changed):
    with Library(filled.library) as library:
        before = library.fingerprints()
    with (filled.home / "build.lock").open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(BuildInProgress):
            rebuild(filled, Rebuild(source=changed), print)
    with Library(filled.library) as library:
        assert library.fingerprints() == before


@pytest.fixture
def pointless(filled, opened, fill_home):
    """A home with two generations and no pointer to either."""
    fill_home(filled.home, {**TEXTS, "tea.md": "Tea is grown."})
    (filled.home / "index" / "CURRENT").unlink()
    return filled


def test_verify_names_a_missing_pointer_and_what_is_served(pointless):
    problems = verify(pointless)
    assert len(problems) == 1
    assert "CURRENT is missing" in problems[0]
    assert "answering from g000002" in problems[0]
    assert "eurag rollback g000002" in problems[0]


def test_rollback_without_a_pointer_restores_it_and_says_so(pointless):
    notices = []
    assert roll_back_to(pointless, None, notices.append) == "g000002"
    assert "CURRENT is missing" in notices[0]
    assert verify(pointless) == []


def test_the_encoder_is_that_of_the_newest_generation_where_the_pointer_is_missing(pointless):
    assert encoder_name(pointless) == "fake"


def test_verify_names_a_missing_library(filled, opened):
    for path in filled.home.glob("library.db*"):
        path.unlink()
    assert any("library.db is missing" in problem for problem in verify(filled))


@pytest.mark.parametrize("start", [0, 4096])
def test_verify_names_a_damaged_cache(filled, opened, start):
    build(filled)
    cache = filled.home / "vectors.db"
    content = cache.read_bytes()
    cache.write_bytes(content[:start] + b"\xff" * (len(content) - start))
    assert any("vector cache" in problem for problem in verify(filled))


def test_verify_without_any_generation_is_a_known_error(tmp_path):
    with pytest.raises(NoIndex):
        verify(Settings(tmp_path))


def test_nothing_is_added_or_built_where_too_little_of_the_disk_would_be_left(tmp_path, write_texts, opened):
    settings = Settings(tmp_path / "home", "fake", least_free_bytes=10**18)
    texts = write_texts(tmp_path / "texts", {"a.md": "The Court sits in Minsk."})
    with pytest.raises(DiskFull, match="must stay so: make room, or set least_free_bytes lower"):
        add_to_library(settings, [texts], None, with_builtin=False)
    add_to_library(replace(settings, least_free_bytes=0), [texts], None, with_builtin=False)
    with pytest.raises(DiskFull):
        rebuild(settings, Rebuild(), print)
    assert rebuild(replace(settings, least_free_bytes=0), Rebuild(), print).published
