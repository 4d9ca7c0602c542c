import errno
import fcntl
import json
import os
from pathlib import Path

import pytest

from embeddings import IndexUnusable, NoIndex
from embeddings import generation as generation_module
from embeddings.generation import (
    FORMAT_VERSION,
    KEPT_GENERATIONS,
    Manifest,
    checksums,
    current_generation,
    drop_old,
    erase,
    generations,
    in_use,
    new_generation,
    publish,
    read_manifest,
    roll_back,
    verify_files,
)


def publish_one(home, content="texts"):
    with new_generation(home) as (name, folder):
        (folder / "texts.db").write_text(content, "utf-8")
        files = checksums(folder)
        manifest = Manifest(name, "snapshot", "id", "fake", 2, {"version": 1}, 1, 1, "2026-01-01", None, files)
        return publish(home, folder, manifest)


def edit_manifest(folder, text):
    (folder / "manifest.json").write_text(text, "utf-8")


def test_a_home_without_an_index_says_what_to_do(tmp_path):
    with pytest.raises(NoIndex, match="eurag build"):
        current_generation(tmp_path)


def test_what_is_published_is_current(tmp_path):
    folder = publish_one(tmp_path)
    assert current_generation(tmp_path) == folder
    assert read_manifest(folder).generation == folder.name


def test_the_next_one_has_a_name_that_sorts_behind_and_is_current(tmp_path):
    names = [publish_one(tmp_path).name for _ in range(3)]
    assert names == sorted(set(names))
    assert current_generation(tmp_path).name == names[-1]


def test_the_manifest_names_every_file_with_its_checksum(tmp_path):
    one, other = publish_one(tmp_path, "one"), publish_one(tmp_path, "other")
    assert set(read_manifest(one).files) == {"texts.db"}
    assert read_manifest(one).files == checksums(one) != checksums(other)


def test_only_the_last_generations_are_kept(tmp_path):
    names = [publish_one(tmp_path).name for _ in range(KEPT_GENERATIONS + 2)]
    drop_old(tmp_path, names[-1], KEPT_GENERATIONS)
    kept = sorted(path.name for path in (tmp_path / "index").glob("g*"))
    assert kept == names[-KEPT_GENERATIONS:]


def test_until_it_is_published_the_one_before_is_current(tmp_path):
    folder = publish_one(tmp_path)
    with new_generation(tmp_path) as (_, started):
        (started / "texts.db").write_text("half", "utf-8")
        assert current_generation(tmp_path) == folder


def test_what_a_killed_build_left_is_removed_by_the_next(tmp_path):
    left = tmp_path / "index" / "g000007.tmp"
    left.mkdir(parents=True)
    (left / "texts.db").write_text("half", "utf-8")
    pointer = tmp_path / "index" / "CURRENT.tmp"
    pointer.write_text("half", "utf-8")
    publish_one(tmp_path)
    assert not left.exists()
    assert not pointer.exists()


@pytest.mark.parametrize("step", ["sync", "point_to"])
def test_a_failure_while_publishing_leaves_the_one_before_current(tmp_path, monkeypatch, step):
    folder = publish_one(tmp_path)

    def fail(*_):
        raise OSError("no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(generation_module, step, fail)
        with pytest.raises(OSError, match="no space"):
            publish_one(tmp_path)
    assert current_generation(tmp_path) == folder
    assert current_generation(tmp_path) != publish_one(tmp_path) == current_generation(tmp_path)


def test_the_pointer_moves_by_one_rename_after_the_folder_has_its_name(tmp_path, monkeypatch):
    publish_one(tmp_path)
    moves, replace = [], os.replace

    def watched(source, target):
        moves.append(target.name)
        assert (tmp_path / "index" / source.read_text("utf-8").strip() / "manifest.json").is_file()
        replace(source, target)

    monkeypatch.setattr(os, "replace", watched)
    publish_one(tmp_path)
    assert moves == ["CURRENT"]


def test_another_format_is_refused_with_both_versions_and_advice(tmp_path):
    folder = publish_one(tmp_path)
    data = json.loads((folder / "manifest.json").read_text("utf-8"))
    edit_manifest(folder, json.dumps(data | {"format_version": FORMAT_VERSION + 7}))
    with pytest.raises(IndexUnusable, match=rf"{FORMAT_VERSION + 7}.* {FORMAT_VERSION}.*eurag build"):
        read_manifest(folder)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"format_version": 1}', '{"format_version": 1, "odd": 2}'])
def test_a_manifest_that_is_none_is_refused_with_advice(tmp_path, text):
    folder = publish_one(tmp_path)
    edit_manifest(folder, text)
    with pytest.raises(IndexUnusable, match="eurag build"):
        read_manifest(folder)


@pytest.mark.parametrize("pointed", ["", "g999999", "\n", "../index/g000001", "g000001.tmp", "."])
def test_a_pointer_to_nothing_is_refused_with_advice(tmp_path, pointed):
    publish_one(tmp_path)
    (tmp_path / "index" / "CURRENT").write_text(pointed, "utf-8")
    with pytest.raises(IndexUnusable, match="eurag build"):
        current_generation(tmp_path)


def test_every_file_and_folder_is_synced_before_the_rename_that_shows_it(tmp_path, monkeypatch):
    events, sync, rename, replace = [], generation_module.sync, Path.rename, os.replace

    def synced(path):
        sync(path)
        events.append(("sync", path.name))

    def renamed(path, target):
        events.append(("rename", target.name))
        return rename(path, target)

    def replaced(source, target):
        events.append(("rename", target.name))
        replace(source, target)

    monkeypatch.setattr(generation_module, "sync", synced)
    monkeypatch.setattr(Path, "rename", renamed)
    monkeypatch.setattr(os, "replace", replaced)
    name = publish_one(tmp_path).name
    shown = events.index(("rename", name))
    assert {("sync", "texts.db"), ("sync", "manifest.json"), ("sync", f"{name}.tmp")} <= set(events[:shown])
    pointed = events.index(("rename", "CURRENT"))
    assert events.index(("sync", "index")) in range(shown, pointed)
    assert ("sync", "CURRENT.tmp") in events[shown:pointed]
    assert events[-1] == ("sync", "index")


def test_a_pointer_that_is_no_text_is_refused_with_advice(tmp_path):
    publish_one(tmp_path)
    (tmp_path / "index" / "CURRENT").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(IndexUnusable, match="eurag build"):
        current_generation(tmp_path)


def test_a_missing_pointer_is_named_with_what_restores_it(tmp_path):
    publish_one(tmp_path)
    (tmp_path / "index" / "CURRENT").unlink()
    with pytest.raises(IndexUnusable, match=r"CURRENT is missing.*eurag rollback g000001"):
        current_generation(tmp_path)


def test_rolling_back_without_a_name_goes_to_the_one_before(tmp_path):
    first, _, third = (publish_one(tmp_path, str(number)) for number in range(3))
    assert roll_back(tmp_path).generation == "g000002"
    assert roll_back(tmp_path).generation == current_generation(tmp_path).name == first.name
    with pytest.raises(NoIndex, match="earliest generation"):
        roll_back(tmp_path)
    assert roll_back(tmp_path, third.name).generation == current_generation(tmp_path).name == third.name


def test_rolling_back_without_a_pointer_goes_to_the_newest_that_is_sound(tmp_path):
    _, second, third = (publish_one(tmp_path, str(number)) for number in range(3))
    (third / "texts.db").write_text("damaged", "utf-8")
    (tmp_path / "index" / "CURRENT").unlink()
    assert roll_back(tmp_path).generation == current_generation(tmp_path).name == second.name


def test_a_generation_that_fails_to_be_written_leaves_no_file(tmp_path):
    def write():
        with new_generation(tmp_path) as (_, folder):
            (folder / "texts.db").write_text("half", "utf-8")
            raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space"):
        write()
    assert list((tmp_path / "index").iterdir()) == []


def test_a_generation_that_is_being_deleted_makes_no_reader_wait(tmp_path):
    folder = publish_one(tmp_path)
    with (folder / "manifest.json").open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(IndexUnusable, match="being deleted"), in_use(folder):
            pass


def test_a_pointer_that_cannot_be_written_leaves_no_file(tmp_path, monkeypatch):
    publish_one(tmp_path, "one")
    current = publish_one(tmp_path, "other")

    def refuse(*_):
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OSError, match="no space"):
        roll_back(tmp_path)
    assert list((tmp_path / "index").glob("*.tmp")) == []
    assert current_generation(tmp_path) == current


@pytest.mark.parametrize("code", [errno.EIO, errno.EACCES])
def test_a_home_that_cannot_be_read_is_none_without_an_index(tmp_path, monkeypatch, code):
    """`glob` and `rglob` pass over folders that may not be read."""
    publish_one(tmp_path)

    def refuse(path):
        raise OSError(code, "refused", str(path))

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(IndexUnusable, match="cannot be listed"):
        generations(tmp_path)
    folder = tmp_path / "index" / "g000001"
    manifest = read_manifest(folder)
    with pytest.raises(IndexUnusable, match="cannot be read"):
        verify_files(folder, manifest)


def test_what_is_deleted_stays_so_when_the_power_goes(tmp_path, monkeypatch):
    publish_one(tmp_path)
    synced = []
    monkeypatch.setattr(generation_module, "sync", synced.append)
    erase(tmp_path / "index" / "g000001")
    assert synced[-1] == tmp_path / "index"
