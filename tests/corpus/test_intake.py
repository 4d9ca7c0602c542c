import os
import sqlite3
from pathlib import Path

import pytest

from corpus import CorpusError, add_paths
from corpus import intake as intake_module
from corpus.isolation import Session
from corpus.reading import read_document
from tests.corpus.made_files import mail, zipped
from tests.corpus.made_up import treaty_xml

_GOOD = "The union was founded by three states."
_FRONT = f"---\ntitle: The Union\ndate: 2014-05-29\n---\n\nText of the note. {_GOOD}\n"


def _statuses(reports) -> dict[str, str]:
    return {report.source: report.status for report in reports}


@pytest.fixture
def add(library, folder):
    """Writes one file between two good ones, adds the folder, and returns the report on it."""

    def add(name: str, data: bytes | None = None):
        for good in ("0.txt", "я.txt"):
            (folder / good).write_text(f"In {good}: {_GOOD}", "utf-8")
        if data is not None:
            (folder / name).write_bytes(data)
        reports = {report.source: report for report in add_paths(library, [folder])}
        assert {"added"} == {reports.pop("0.txt").status, reports.pop("я.txt").status}
        (report,) = reports.values()
        stored = {made.source for made in library.documents()}
        assert (name in stored) == (report.status == "added")
        return report

    return add


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.txt", b"", "the file is empty"),
        ("a.txt", b"\n \n", "the file is empty"),
        ("a.txt", b"\x7fELF\x00\x01", "looks like a program"),
        ("a.txt", "Союз".encode("cp1251"), "not UTF-8"),
        ("a.txt", "Союз".encode("utf-16")[:-1], "UTF-16"),
        ("a.md", b"---\ntitle: [\n---\nText", "front matter"),
        ("a.md", b"---\ndate: 2014-13-45\n---\nText", "front matter"),
        ("a.md", b'---\ntitle: "\\uD800"\n---\nText', "not Unicode"),
        ("a.xml", b"<treaty><meta>", "malformed XML"),
        ("a.xml", b"<rss/>", "no treaty"),
        ("a.html", b"<html></html>", "no text"),
        ("a.doc", b"text", "no reader for '.doc' files (readers: .bib, .docx, .eml, .epub, .htm,"),
        ("a.docx", b"%PDF-1.7", "looks like a PDF"),
        ("a.zip", b"PK", "damaged archive"),
        ("README", b"text", "no reader for 'no suffix'"),
    ],
)
def test_a_bad_file_is_rejected_with_the_reason_and_the_rest_goes_on(add, name, data, reason):
    report = add(name, data)
    assert (report.status, report.document) == ("rejected", None)
    assert reason in report.detail
    assert "\n" not in report.detail


def test_a_link_to_a_folder_is_reported_and_not_followed(library, tmp_path):
    inside, outside = tmp_path / "texts", tmp_path / "elsewhere"
    for folder in (inside, outside):
        folder.mkdir()
        (folder / "a.txt").write_text("Text.")
    (inside / "more").symlink_to(outside)
    reports = add_paths(library, [inside])
    assert [(report.source, report.status) for report in reports] == [("a.txt", "added"), ("more", "rejected")]
    assert reports[1].detail == "a link to a folder, which is not followed: add that folder by itself"


def test_an_entity_bomb_is_rejected(add):
    entities = '<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {name} "{f"&{inner};" * 10}">' for inner, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    article = '<article number="Article 1">Rule &i;</article>'
    data = treaty_xml(article).replace(b"<treaty>", f"<!DOCTYPE treaty [{entities}]><treaty>".encode(), 1)
    assert add("a.xml", data).status == "rejected"


def test_a_file_over_the_limit_is_rejected_unread(add, monkeypatch):
    monkeypatch.setattr(intake_module, "MAX_FILE_BYTES", 2**20)
    report = add("a.txt", b"x" * (2**20 + 1))
    assert report.detail == "1 MB, the limit is 1 MB: split it"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_without_permission_is_rejected(add, folder):
    (folder / "a.txt").write_text(_GOOD, "utf-8")
    (folder / "a.txt").chmod(0)
    assert add("a.txt").detail == "cannot be read: Permission denied"


def test_a_file_that_fails_while_it_is_read_is_rejected(add, monkeypatch):
    read_bytes = Path.read_bytes

    def fail(path: Path) -> bytes:
        if path.name == "a.txt":
            raise PermissionError(13, "Permission denied")
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", fail)
    assert add("a.txt", b"text").detail == "cannot be read: Permission denied"


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("../outside.txt", "leads out of the folder"),
        ("missing.txt", "not a regular file"),
        ("a.txt", "leads back to itself"),
        (".", "not a regular file"),
        (f"{'x' * 300}.txt", "cannot be read: File name too long"),
    ],
)
def test_a_link_to_no_file_of_the_folder_is_rejected(add, folder, target, reason):
    (folder.parent / "outside.txt").write_text("Outside.", "utf-8")
    if target == ".":
        os.mkfifo(folder / "a.txt")
    else:
        (folder / "a.txt").symlink_to(target)
    report = add("a.txt")
    assert report.status == "rejected"
    assert reason in report.detail


def test_a_link_inside_the_folder_is_added(add, folder):
    (folder / "a.txt").symlink_to(".hidden.txt")
    (folder / ".hidden.txt").write_text("Linked.", "utf-8")
    assert add("a.txt").status == "added"


def test_a_sidecar_linked_from_outside_is_rejected(add, folder):
    (folder.parent / "secret.yaml").write_text("title: Secret", "utf-8")
    (folder / "a.txt.meta.yaml").symlink_to("../secret.yaml")
    assert "leads out of the folder" in add("a.txt", b"text").detail


@pytest.mark.parametrize("name", ["two\nlines.txt", "ю" * 120 + ".txt", "a" * 250 + ".txt", "quote'; --.txt", "😀.txt"])
def test_an_odd_name_is_a_name(add, name):
    assert add(name, b"Text.").source == name


@pytest.mark.skipif(os.sys.platform != "linux", reason="only Linux has names that are not Unicode")
def test_a_name_that_is_not_unicode_is_rejected(add, folder):
    name = os.fsdecode(b"\xff.txt")
    report = add(name, b"Text.")
    assert (report.status, "not Unicode" in report.detail) == ("rejected", True)


def test_a_folder_may_be_named_like_a_file(library, folder):
    (folder / "x.txt").mkdir()
    (folder / "x.txt" / "b.txt").write_text(_GOOD, "utf-8")
    assert _statuses(add_paths(library, [folder])) == {"x.txt/b.txt": "added"}


def test_hidden_files_folders_and_sidecars_are_passed_over(library, folder):
    (folder / ".git").mkdir()
    for name in (".git/a.txt", ".hidden.txt", "b.txt", "b.txt.meta.yaml", "b.txt.meta.json"):
        (folder / name).write_text("{}", "utf-8")
    (folder / "b.txt").write_text("Text.", "utf-8")
    assert _statuses(add_paths(library, [folder])) == {"b.txt": "added"}


def test_a_path_that_does_not_exist_stops_before_anything_is_added(library, folder):
    (folder / "a.txt").write_text(_GOOD, "utf-8")
    with pytest.raises(CorpusError, match=r"missing: no such file or folder"):
        add_paths(library, [folder, folder / "missing"])
    assert library.ids() == frozenset()


@pytest.mark.parametrize(
    ("suffix", "data"), [("yaml", "title: Mine\nyear: 2001\n"), ("json", '{"title": "Mine", "year": 2001}')]
)
def test_a_sidecar_overrides_front_matter_and_both_are_kept(add, library, folder, suffix, data):
    (folder / f"a.md.meta.{suffix}").write_text(data, "utf-8")
    add("a.md", _FRONT.encode())
    record = library.find("a.md").record
    assert (record.title, record.date, record.origins["title"]) == ("Mine", "2001", "sidecar")
    assert record.also == {"title": "The Union", "date": "2014-05-29"}


@pytest.mark.parametrize("data", [b"title: [", b"- a", b"\xff", b"date: soon", b""])
def test_a_broken_sidecar_rejects_its_file_only(add, folder, data):
    (folder / "a.txt.meta.yaml").write_bytes(data)
    report = add("a.txt", b"Text.")
    assert report.status == "rejected"
    assert report.detail.startswith("its sidecar a.txt.meta.yaml")


def test_adding_again_reports_what_changed(library, folder):
    for name in ("same.txt", "text.txt", "record.txt", "broken.txt"):
        (folder / name).write_text(f"{_GOOD} {name}", "utf-8")
    assert set(_statuses(add_paths(library, [folder])).values()) == {"added"}
    (folder / "text.txt").write_text("Another text.", "utf-8")
    (folder / "record.txt.meta.yaml").write_text("title: New", "utf-8")
    (folder / "broken.txt").write_bytes(b"\xff")
    assert _statuses(add_paths(library, [folder])) == {
        "same.txt": "unchanged",
        "text.txt": "updated",
        "record.txt": "updated",
        "broken.txt": "rejected",
    }
    assert library.find("broken.txt").text.endswith("broken.txt")


def test_a_contained_text_is_reported_with_the_fuller_one(library, folder):
    (folder / "a.md").write_text(_FRONT, "utf-8")
    (folder / "b.md").write_text(_FRONT + "\nAnd more of it.\n", "utf-8")
    reports = add_paths(library, [folder])
    assert [(report.status, report.detail) for report in reports] == [("duplicate", "b.md"), ("added", None)]
    assert _statuses(add_paths(library, [folder])) == {"a.md": "unchanged", "b.md": "unchanged"}


def test_files_and_folders_give_collections_and_relative_sources(library, folder):
    (folder / "sub").mkdir()
    (folder / "sub" / "a.txt").write_text(_GOOD, "utf-8")
    add_paths(library, [folder, folder / "sub" / "a.txt"])
    add_paths(library, [folder / "sub"], "named")
    assert {(made.collection, made.source) for made in library.documents()} == {
        ("texts", "sub/a.txt"),
        ("sub", "a.txt"),
        ("named", "a.txt"),
    }


def test_no_absolute_path_is_ever_stored(library, folder, monkeypatch):
    (folder / "a.md").write_text(_FRONT, "utf-8")
    monkeypatch.chdir(folder)
    add_paths(library, [folder, Path("a.md"), Path()])
    with sqlite3.connect(library.path) as connection:
        dump = "\n".join(connection.iterdump())
    assert "Text of the note" in dump
    assert str(folder.parent) not in dump
    assert {(made.collection, made.source) for made in library.documents()} == {("texts", "a.md")}


def test_a_folder_of_the_same_name_replaces_nothing_unasked(library, folder):
    other = folder.parent / "other" / folder.name
    other.mkdir(parents=True)
    for place, text in ((folder, _GOOD), (other, f"{_GOOD} Another text.")):
        (place / "a.txt").write_text(text, "utf-8")
    (other / "b.txt").write_text(_GOOD, "utf-8")
    add_paths(library, [folder])
    reports = {report.source: report for report in add_paths(library, [other])}
    assert reports["a.txt"].status == "rejected"
    assert f"--collection {folder.name}" in reports["a.txt"].detail
    assert reports["b.txt"].status in ("added", "duplicate")
    assert library.find("a.txt").text == _GOOD
    assert add_paths(library, [other], folder.name)[0].status == "updated"


def test_progress_counts_every_file(library, folder):
    for name in ("a.txt", "b.pdf"):
        (folder / name).write_text(_GOOD, "utf-8")
    seen = []
    add_paths(library, [folder], progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 2), (2, 2)]


@pytest.mark.parametrize(
    ("sidecar", "title", "origin"), [("title: Mine", "Mine", "sidecar"), ("kind: note", "notes-2014", "guess")]
)
def test_a_file_s_name_is_the_last_guess_of_a_title(add, library, folder, sidecar, title, origin):
    (folder / "notes-2014.txt.meta.yaml").write_text(sidecar, "utf-8")
    add("notes-2014.txt", b"Keywords: union")
    record = library.find("notes-2014.txt").record
    assert (record.title, record.origins["title"]) == (title, origin)


def test_the_files_of_an_archive_become_documents(library, folder):
    inner = zipped({"deep.txt": "Deep.", "a.txt.meta.yaml": "title: Mine", "a.txt": _GOOD})
    members = {"b/b.md": _FRONT, "x.zip": inner, "../out.txt": "bad", "c.pdf": "bad", ".hidden.txt": "x"}
    (folder / "a.zip").write_bytes(zipped(members))
    assert _statuses(add_paths(library, [folder])) == {
        "a.zip/b/b.md": "added",
        "a.zip/x.zip/a.txt": "added",
        "a.zip/x.zip/deep.txt": "added",
        "a.zip/../out.txt": "rejected",
        "a.zip/c.pdf": "rejected",
    }
    assert library.find("a.zip/x.zip/a.txt").record.title == "Mine"
    assert set(_statuses(add_paths(library, [folder])).values()) == {"unchanged", "rejected"}


def test_archives_are_opened_to_a_depth(library, folder):
    data = zipped({"a.txt": _GOOD})
    for _ in range(3):
        data = zipped({"a.zip": data})
    (folder / "a.zip").write_bytes(data)
    (report,) = add_paths(library, [folder])
    assert (report.source, report.status) == ("a.zip/a.zip/a.zip", "rejected")
    assert "more than 2 levels deep: unpack it" in report.detail


@pytest.mark.parametrize("members", [{}, {"folder/": ""}, {".hidden": "x"}])
def test_an_archive_without_files_is_rejected(add, members):
    assert add("a.zip", zipped(members)).detail == "the archive holds no files"


def test_the_attachments_of_a_message_become_documents(library, folder):
    (folder / "a.eml").write_bytes(mail(attached={"b.txt": _GOOD.encode(), "c.txt": b"\xff"}))
    assert _statuses(add_paths(library, [folder])) == {
        "a.eml": "added",
        "a.eml/b.txt": "added",
        "a.eml/c.txt": "rejected",
    }


def test_what_a_reader_had_to_decide_is_reported(add):
    report = add("a.txt", "Смоленск и Витебск торгуют друг с другом давно.".encode("cp1251"))
    assert (report.status, report.detail) == ("added", "read as CP1251")


def test_nothing_of_an_archive_stays_on_disk(library, folder, monkeypatch):
    places = folder.parent / "temporary"
    places.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(places))
    (folder / "a.zip").write_bytes(zipped({"a.txt": _GOOD, "b.txt": b"\xff"}))
    add_paths(library, [folder])
    assert list(places.iterdir()) == []


_EXPORT = """TY  - JOUR
TI  - The Joined One
ID  - joined
L1  - files/1/a.txt
ER  -
TY  - JOUR
TI  - Only an Abstract
AB  - The union has a budget of its own.
ID  - abstract
L1  - files/2/gone.pdf
ER  -
TY  - JOUR
TI  - Nothing at All
ID  - nothing
ER  -
"""


def test_an_export_folder_comes_in_whole(library, folder):
    (folder / "files" / "1").mkdir(parents=True)
    (folder / "files" / "1" / "a.txt").write_text(_GOOD, "utf-8")
    (folder / "refs.ris").write_text(_EXPORT, "utf-8")
    reports = {report.source: report for report in add_paths(library, [folder])}
    assert {source: report.status for source, report in reports.items()} == {
        "refs.ris/abstract": "added",
        "refs.ris/nothing": "rejected",
        "files/1/a.txt": "added",
    }
    assert reports["refs.ris/abstract"].detail.startswith("its file 'files/2/gone.pdf' is not among")
    assert reports["refs.ris/nothing"].detail == "it names no file, and it has no abstract"
    record = library.find("files/1/a.txt").record
    assert (record.title, record.origins["title"], record.kind) == ("The Joined One", "sidecar", "article")
    assert "The union has a budget of its own." in library.find("refs.ris/abstract").text


def test_an_export_folder_in_an_archive_is_joined_too(library, folder):
    (folder / "zotero.zip").write_bytes(zipped({"refs.ris": _EXPORT.encode(), "files/1/a.txt": _GOOD.encode()}))
    add_paths(library, [folder])
    assert library.find("zotero.zip/files/1/a.txt").record.title == "The Joined One"


def test_a_sidecar_is_stronger_than_an_export(library, folder):
    (folder / "a.txt").write_text(_GOOD, "utf-8")
    (folder / "a.bib").write_text("@article{a, title = {Exported}, volume = {5}}", "utf-8")
    (folder / "a.txt.meta.yaml").write_text("title: Mine", "utf-8")
    assert _statuses(add_paths(library, [folder])) == {"a.txt": "added"}
    record = library.find("a.txt").record
    assert (record.title, record.volume) == ("Mine", "5")


def test_a_file_that_only_looks_like_an_export_is_rejected_alone(library, folder):
    (folder / "a.txt").write_text(_GOOD, "utf-8")
    (folder / "data.json").write_text('{"rows": [1, 2]}', "utf-8")
    reports = add_paths(library, [folder])
    assert _statuses(reports) == {"data.json": "rejected", "a.txt": "added"}
    assert "no bibliographic export" in reports[0].detail


def test_an_export_reaches_no_file_outside_what_is_added(library, folder, tmp_path):
    (tmp_path / "outside.txt").write_text("Not to be read.", "utf-8")
    (folder / "refs.bib").write_text("@misc{a, title = {A}, file = {../outside.txt}}", "utf-8")
    (report,) = add_paths(library, [folder])
    assert (report.status, library.ids()) == ("rejected", frozenset())


def test_nothing_of_a_file_is_parsed_or_worked_out_in_this_process(library, folder, monkeypatch):
    (folder / "a.zip").write_bytes(zipped({"a.md": _FRONT, "b.eml": mail(attached={"c.txt": _GOOD.encode()})}))
    (folder / "refs.ris").write_text(_EXPORT, "utf-8")
    (folder / "d.txt").write_text(_GOOD, "utf-8")
    (folder / "d.txt.meta.yaml").write_text("title: Mine", "utf-8")
    add_paths(library, [])

    def fail(*_):
        raise AssertionError("worked on here")

    parsers = (
        "read_file blocks_of statements_from_text languages_of read_sidecar attachments contents Archive abstract_of"
    )
    for place in (*(f"corpus.reading.{name}" for name in parsers.split()), "corpus.exports.decode"):
        monkeypatch.setattr(place, fail)
    statuses = _statuses(add_paths(library, [folder]))
    assert {source for source, status in statuses.items() if status == "rejected"} == {
        "refs.ris/joined",
        "refs.ris/nothing",
    }
    assert {"a.zip/a.md", "a.zip/b.eml", "a.zip/b.eml/c.txt", "refs.ris/abstract", "d.txt"} <= set(statuses)


def _sessions(monkeypatch):
    """Which processes read which files, by the name of each."""
    seen = {}
    call = Session.call

    def note(session, function, *arguments):
        if function is read_document:
            seen[arguments[1]] = session
        return call(session, function, *arguments)

    monkeypatch.setattr(Session, "call", note)
    return seen


def test_each_file_and_archive_has_a_process_of_its_own_and_plain_texts_share_one(library, folder, monkeypatch):
    seen = _sessions(monkeypatch)
    page = f"<html><body><p>{_GOOD}</p></body></html>"
    (folder / "z.zip").write_bytes(zipped({"in.txt": _GOOD, "in.html": page}))
    for name, text in {"a.txt": _GOOD, "b.md": _FRONT, "c.html": page, "d.html": page, "page.txt": page}.items():
        (folder / name).write_text(text, "utf-8")
    add_paths(library, [folder])
    assert seen["a.txt"] is seen["b.md"]
    assert seen["in.txt"] is seen["in.html"]
    assert len({id(seen[name]) for name in ("a.txt", "c.html", "d.html", "page.txt", "in.html")}) == 5
