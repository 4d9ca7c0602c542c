import pytest

from corpus import Library
from corpus import disk as disk_module
from corpus.disk import make_folder, require_space
from corpus.errors import DiskFull
from tests.corpus.made_up import document

FREE = 1_000_000


@pytest.fixture
def small_disk(monkeypatch):
    """Every disk has a million bytes free."""

    class Disk:
        f_bavail, f_frsize = FREE // 1000, 1000

    monkeypatch.setattr(disk_module.os, "statvfs", lambda _: Disk)


@pytest.mark.parametrize(("least", "needed"), [(FREE, 0), (FREE - 10, 10), (0, 10 * FREE)])
def test_what_leaves_enough_free_may_be_written(small_disk, tmp_path, least, needed):
    require_space(tmp_path, least, needed)


@pytest.mark.parametrize(("least", "needed"), [(FREE + 1, 0), (FREE, 1)])
def test_what_leaves_too_little_is_refused_with_advice(small_disk, tmp_path, least, needed):
    with pytest.raises(DiskFull, match=r"1 MB free.*1 MB must stay so: make room, or set least_free_bytes lower"):
        require_space(tmp_path / "not" / "made" / "yet", least, needed)


def test_a_library_takes_documents_only_while_there_is_room_and_gives_them_up_all_the_same(small_disk, tmp_path):
    with Library(tmp_path / "library.db", least_free_bytes=0) as library:
        library.put(document("a"))
    with Library(tmp_path / "library.db", least_free_bytes=2 * FREE) as library:
        with pytest.raises(DiskFull):
            library.put(document("b"))
        library.remove(document("a").id)
        assert not library.ids()


def test_every_folder_that_is_made_is_synced_into_the_one_above(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(disk_module, "sync", synced.append)
    make_folder(tmp_path / "a" / "b", 0o700)
    make_folder(tmp_path / "a" / "b", 0o700)
    assert synced == [tmp_path, tmp_path / "a"]
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700
