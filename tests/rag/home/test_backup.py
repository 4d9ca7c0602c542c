import errno
import json
import os
import signal
import subprocess
import sys
import tarfile
import time
from dataclasses import replace
from pathlib import Path

import pytest

from corpus import Library
from corpus.errors import DiskFull
from embeddings import EmbeddingsError
from embeddings.generation import current_generation, generations
from rag import Rebuild, Settings, rebuild
from rag.errors import BackupUnusable
from rag.home import backup as backup_module
from rag.home import maintenance as maintenance_module
from rag.home.backup import back_up, restore
from rag.home.erasure import erase_document
from rag.home.maintenance import verify
from rag.service.gate.keys import add_key, find_key
from rag.service.gate.shared import open_shared
from tests.fakes import FakeEncoder
from tests.rag.conftest import TEXTS

ROOT = Path(__file__).parents[3]


@pytest.fixture
def settings(tmp_path, fill_home, monkeypatch):
    """A home with two generations, a key and settings."""
    monkeypatch.setattr(maintenance_module, "open_encoder", lambda name, directory: FakeEncoder())
    home = tmp_path / "home"
    fill_home(home, {"court.md": TEXTS["court.md"]})
    fill_home(home, TEXTS)
    (home / "settings.toml").write_text("keep = 7\n", "utf-8")
    return Settings(home)


@pytest.fixture
def file(settings, tmp_path):
    """A backup of it."""
    back_up(settings, tmp_path / "home.tar")
    return tmp_path / "home.tar"


def same(one, other):
    """Whether two homes hold the same library and serve the same index."""
    return held(one) == held(other)


def held(settings):
    """What a home's library holds, and the manifest of the index that it serves."""
    with Library(settings.library, read_only=True) as library:
        return library.fingerprints(), (current_generation(settings.home) / "manifest.json").read_bytes()


def rewritten(file, out, change):
    """The backup with its members' bytes as `change(name, bytes)` gives them; None leaves one out."""
    with tarfile.open(file) as old, tarfile.open(out, "w") as new:
        for member in old:
            data = change(member.name, old.extractfile(member).read())
            if data is not None:
                path = out.parent / "member"
                path.write_bytes(data)
                new.add(path, member.name)
    return out


def test_a_home_comes_back_whole_with_its_keys_and_settings(settings, tmp_path):
    shared = open_shared(settings)
    key = add_key(shared, "reader", "read")
    shared.close()
    report = back_up(settings, tmp_path / "home.tar")
    assert (report.documents, report.generation) == (len(TEXTS), current_generation(settings.home).name)
    assert report.bytes == (tmp_path / "home.tar").stat().st_size
    again = Settings(tmp_path / "again")
    assert restore(again, tmp_path / "home.tar").documents == len(TEXTS)
    assert same(settings, again)
    assert verify(again) == []
    assert (again.home / "settings.toml").read_text("utf-8") == "keep = 7\n"
    shared = open_shared(again)
    assert find_key(shared, key).name == "reader"
    shared.close()
    assert sorted(p.name for p in again.home.iterdir() if "tmp" in p.name) == []


def test_a_build_of_what_was_restored_embeds_nothing_anew(settings, file, tmp_path):
    again = Settings(tmp_path / "again")
    restore(again, file)
    assert rebuild(again, Rebuild(full=False), print).embedded == 0


def test_a_home_without_an_index_comes_back_too(settings, tmp_path):
    with Library(tmp_path / "bare" / "library.db"):
        pass
    report = back_up(Settings(tmp_path / "bare"), tmp_path / "bare.tar")
    assert (report.documents, report.generation) == (0, None)
    assert restore(Settings(tmp_path / "again"), tmp_path / "bare.tar").generation is None


def test_what_stands_there_is_not_written_over(settings, file):
    before = file.read_bytes()
    with pytest.raises(BackupUnusable, match="is there already: name another file"):
        back_up(settings, file)
    assert file.read_bytes() == before
    with pytest.raises(BackupUnusable, match="holds a library or an index"):
        restore(settings, file)


def test_without_a_library_there_is_nothing_to_back_up(tmp_path):
    with pytest.raises(BackupUnusable, match="has no library to back up"):
        back_up(Settings(tmp_path / "none"), tmp_path / "home.tar")
    assert not (tmp_path / "home.tar").exists()


@pytest.mark.parametrize("damaged", ["library.db", "generation"])
def test_damage_is_not_backed_up(settings, tmp_path, damaged):
    path = settings.library if damaged == "library.db" else current_generation(settings.home) / "texts.db"
    data = bytearray(path.read_bytes())
    data[len(data) // 2 :] = os.urandom(len(data) - len(data) // 2)
    path.write_bytes(data)
    with pytest.raises(BackupUnusable):
        back_up(settings, tmp_path / "home.tar")
    assert [p.name for p in tmp_path.iterdir() if "tar" in p.name] == []


def change_contents(**changes):
    def change(name, data):
        return json.dumps(json.loads(data) | changes).encode() if name == "eurag-backup.json" else data

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda name, data: data[:-1] + b"x" if name == "library.db" else data, r"is damaged: library\.db has"),
        (lambda name, data: None if name == "library.db" else data, "is no whole backup"),
        (lambda name, data: None if name == "eurag-backup.json" else data, "is no backup that 'eurag backup' wrote"),
        (lambda name, data: b"{" if name == "eurag-backup.json" else data, "is no backup that 'eurag backup' wrote"),
        (change_contents(format_version=9), "has format 9, this eurag reads 1"),
        (change_contents(files={"../out": "0"}), "names files that no home has"),
        (change_contents(files={"index/../../out": "0"}), "names files that no home has"),
        (change_contents(files={"": "0"}), "names files that no home has"),
        (change_contents(generation="g000099"), "names files that no home has"),
    ],
)
def test_what_is_no_whole_backup_is_refused_and_leaves_an_empty_home(file, tmp_path, change, message):
    again = Settings(tmp_path / "again")
    with pytest.raises(BackupUnusable, match=message):
        restore(again, rewritten(file, tmp_path / "changed.tar", change))
    assert not again.library.exists()
    assert generations(again.home) == []
    assert restore(again, file).documents == len(TEXTS)


@pytest.mark.parametrize("content", [b"", b"no tar at all" * 100])
def test_another_file_is_refused(tmp_path, content):
    (tmp_path / "any").write_bytes(content)
    with pytest.raises(BackupUnusable):
        restore(Settings(tmp_path / "again"), tmp_path / "any")
    with pytest.raises(BackupUnusable, match="cannot be unpacked"):
        restore(Settings(tmp_path / "again"), tmp_path / "none")


def test_a_log_of_an_earlier_database_is_not_replayed_over_what_is_restored(settings, file, tmp_path):
    again = Settings(tmp_path / "again")
    again.home.mkdir()
    (again.home / "library.db-wal").write_bytes((settings.home / "vectors.db").read_bytes())
    restore(again, file)
    assert same(settings, again)


def test_what_is_purged_while_a_backup_runs_is_in_it_whole_or_not_at_all(settings, tmp_path, monkeypatch):
    """The database is copied before the purge, the generation after it: each is of one moment."""
    copied = []

    def purging(source, copy, real=sys.modules["rag.home.backup"].copy_of):
        real(source, copy)
        if source.name == "library.db" and not copied:
            copied.append(source)
            erase_document(settings, "court.md")

    monkeypatch.setattr("rag.home.backup.copy_of", purging)
    back_up(settings, tmp_path / "home.tar")
    again = Settings(tmp_path / "again")
    restore(again, tmp_path / "home.tar")
    assert verify(again) == []


RUN = """
import sys
from pathlib import Path
from rag import Settings
from rag.home.backup import back_up, restore
print("ready", flush=True)
{"backup": back_up, "restore": restore}[sys.argv[1]](Settings(Path(sys.argv[2])), Path(sys.argv[3]))
"""


@pytest.mark.parametrize("what", ["backup", "restore"])
def test_killed_at_any_moment_it_is_done_by_doing_it_again(settings, file, tmp_path, what):
    """Kills come later and later behind the beginning, until one comes too late."""
    for number in range(40):
        out, again = tmp_path / f"{number}.tar", Settings(tmp_path / f"again{number}")
        home, path = (settings.home, out) if what == "backup" else (again.home, file)
        process = subprocess.Popen(
            [sys.executable, "-c", RUN, what, str(home), str(path)], cwd=ROOT, stdout=subprocess.PIPE
        )
        assert process.stdout.readline() == b"ready\n"
        time.sleep(0.006 * number)
        process.send_signal(signal.SIGKILL)
        process.stdout.close()
        finished = process.wait() == 0
        if what == "backup":
            if not out.exists():
                back_up(settings, out)
            restore(again, out)
        elif not again.library.exists():
            restore(again, file)
        assert same(settings, again)
        assert verify(settings) == []
        if finished:
            return


def test_a_backup_that_cannot_be_named_for_good_is_none(settings, tmp_path, monkeypatch):
    def refuse(path):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(backup_module, "sync", refuse)
    before = set(tmp_path.iterdir())
    with pytest.raises(BackupUnusable, match="cannot be written"):
        back_up(settings, tmp_path / "other.tar")
    assert set(tmp_path.iterdir()) == before


def test_what_a_killed_backup_left_is_gone_after_the_next(settings, tmp_path):
    left = tmp_path / "home.tar.parts.tmp"
    left.mkdir()
    (left / "library.db").write_text("half")
    (tmp_path / "home.tar.tmp").write_text("half")
    back_up(settings, tmp_path / "home.tar")
    assert {path.name for path in tmp_path.iterdir() if "home.tar" in path.name} == {"home.tar"}


def test_a_restore_whose_end_failed_is_finished_by_doing_it_again(file, tmp_path, monkeypatch):
    home, rmdir = tmp_path / "restored", Path.rmdir

    def refuse(path):
        if path.name == "restore.tmp":
            raise OSError(errno.EIO, "Input/output error")
        rmdir(path)

    monkeypatch.setattr(Path, "rmdir", refuse)
    with pytest.raises(EmbeddingsError, match="Input/output error"):
        restore(Settings(home), file)
    monkeypatch.setattr(Path, "rmdir", rmdir)
    assert restore(Settings(home), file).documents == len(TEXTS)
    assert not (home / "restore.tmp").exists()


@pytest.mark.parametrize("action", [back_up, restore])
def test_neither_begins_where_too_little_room_would_be_left(settings, file, tmp_path, action):
    other = replace(settings, least_free_bytes=10**18)
    if action is restore:
        other = replace(other, home=tmp_path / "restored")
    with pytest.raises(DiskFull, match="must stay so"):
        action(other, tmp_path / "other.tar" if action is back_up else file)
    assert not (tmp_path / "other.tar").exists()
    assert not (tmp_path / "restored" / "library.db").exists()
