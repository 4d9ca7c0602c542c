import threading

import pytest

from corpus import Library
from embeddings.generation import generations
from rag import Rebuild, Settings, rebuild
from rag.errors import AuditUnusable
from rag.home import maintenance as maintenance_module
from rag.home.audit import Actor, acting, changes, record
from rag.home.catalogue import add_to_library, edit, remove
from rag.home.maintenance import roll_back_to
from tests.fakes import FakeEncoder

OLGA = Actor("key 12345678 (olga)", "198.51.100.7")


@pytest.fixture
def settings(tmp_path, monkeypatch):
    monkeypatch.setattr(maintenance_module, "open_encoder", lambda name, directory: FakeEncoder())
    (tmp_path / "home").mkdir()
    return Settings(tmp_path / "home")


def told(settings):
    return [(change.action, change.detail) for change in changes(settings)]


def test_every_change_of_a_home_is_recorded_in_order(settings, tmp_path):
    for name, text in (("court.md", "The court sits in Minsk."), ("tea.md", "Tea is grown on the hills.")):
        (tmp_path / name).write_text(text, "utf-8")
    add_to_library(settings, [tmp_path / "court.md", tmp_path / "tea.md"], None, with_builtin=False)
    rebuild(settings, Rebuild(), print)
    edit(settings, "court.md", ["title=The Court"])
    with acting(OLGA):
        remove(settings, "tea.md")
    rebuild(settings, Rebuild(), print)
    roll_back_to(settings, None)
    remove(settings, "court.md", purge=True)
    assert told(settings) == [
        ("add", "court.md, tea.md"),
        ("build", "g000001"),
        ("edit", "title"),
        ("remove", "tea.md"),
        ("build", "g000002"),
        ("rollback", "g000001"),
        ("purge", None),
    ]
    by_key = [change for change in changes(settings) if change.who == OLGA.name]
    assert [(change.action, change.where) for change in by_key] == [("remove", OLGA.where)]


def test_what_a_build_takes_from_a_folder_and_prunes_is_recorded(settings, tmp_path):
    folder = tmp_path / "texts"
    folder.mkdir()
    for name in ("court.md", "tea.md"):
        (folder / name).write_text(f"The {name} is described here.", "utf-8")
    rebuild(settings, Rebuild(source=folder), print)
    (folder / "tea.md").unlink()
    for _ in range(2):
        rebuild(settings, Rebuild(source=folder, prune=True), print)
    found = list(changes(settings))
    assert [(change.action, len(change.documents)) for change in found] == [
        ("add", 2),
        ("build", 0),
        ("remove", 1),
        ("build", 0),
    ]


def test_what_changed_nothing_is_not_recorded(settings, tmp_path):
    (tmp_path / "court.md").write_text("The court sits in Minsk.", "utf-8")
    for _ in range(2):
        add_to_library(settings, [tmp_path / "court.md"], None, with_builtin=False)
        rebuild(settings, Rebuild(), print)
    assert [action for action, _ in told(settings)] == ["add", "build"]
    assert len(generations(settings.home)) == 1


def test_a_document_is_named_by_its_id(settings, tmp_path):
    (tmp_path / "court.md").write_text("The court sits in Minsk.", "utf-8")
    add_to_library(settings, [tmp_path / "court.md"], None, with_builtin=False)
    with Library(settings.library, read_only=True) as library:
        assert [change.documents for change in changes(settings)] == [tuple(library.ids())]


def test_only_the_owner_may_read_it(settings):
    record(settings, "build")
    assert (settings.home / "audit.jsonl").stat().st_mode & 0o077 == 0


def test_lines_of_many_writers_do_not_mix(settings):
    threads = [
        threading.Thread(target=lambda n=n: [record(settings, f"a{n}" * 50) for _ in range(20)]) for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list(changes(settings))) == 160


def test_a_torn_line_is_passed_over_and_the_rest_read(settings):
    record(settings, "build")
    with (settings.home / "audit.jsonl").open("ab") as file:
        file.write(b'{"at": "2026\n[]\n{}\n\xff\n')
    record(settings, "rollback")
    assert [action for action, _ in told(settings)] == ["build", "rollback"]


def test_a_line_holds_what_json_can_say_of_any_name(settings):
    record(settings, "add", detail="a\nb \u2028 \ud800")
    assert told(settings) == [("add", "a\nb \u2028 ?")]


def test_a_record_that_cannot_be_written_says_what_was_done(settings):
    (settings.home / "audit.jsonl").mkdir()
    with pytest.raises(AuditUnusable, match=r"rollback was done, but .* cannot be written"):
        record(settings, "rollback")
