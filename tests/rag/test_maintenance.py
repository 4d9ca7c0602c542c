import pytest

from corpus import CorpusError, Library
from embeddings.generation import current_generation, read_manifest
from rag import Rebuild, Settings, rebuild
from rag import maintenance as maintenance_module
from rag.maintenance import encoder_name
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
