import struct
import warnings
import zipfile
from dataclasses import replace
from io import BytesIO

import pytest

from corpus import archives
from corpus.archives import Archive, Budget, Content, contents, unpack
from corpus.errors import UnreadableFile
from tests.corpus.made_files import zipped


@pytest.fixture
def unpacked(tmp_path):
    """Unpacks an archive; gives what was written and what was refused."""

    def unpacked(data: bytes, budget: Budget | None = None):
        budget = budget or Budget()
        told = replace(budget)
        refused = unpack(contents(Archive(data, told).members(), told), tmp_path, budget)
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        return {path.relative_to(tmp_path).as_posix(): path.read_bytes() for path in files}, {
            content.name: content.refusal for content in refused
        }

    return unpacked


def _with_entry(data: bytes, offset: int, value: bytes) -> bytes:
    """The archive, with a part of its one entry in the table of contents replaced."""
    at = data.index(b"PK\x01\x02") + offset
    return data[:at] + value + data[at + len(value) :]


def test_files_are_written_and_hidden_ones_and_folders_passed_over(unpacked):
    members = {"a.txt": "A", "b/c.txt": "C", "b/": "", ".hidden": "x", "d/.git/x": "x", "__MACOSX/._a.txt": "x"}
    assert unpacked(zipped(members)) == ({"a.txt": b"A", "b/c.txt": b"C"}, {})


@pytest.mark.parametrize("name", ["../a.txt", "/etc/a.txt", "b/../../a.txt", "C:/a.txt", "..\\a.txt"])
def test_a_name_that_leads_out_is_refused(unpacked, tmp_path, name):
    files, refused = unpacked(zipped({name: "bad", "good.txt": "good"}))
    assert files == {"good.txt": b"good"}
    assert list(refused.values()) == ["its name leads out of the archive"]
    assert not (tmp_path.parent / "a.txt").exists()


def test_a_link_is_refused(unpacked):
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        info = zipfile.ZipInfo("link")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    assert unpacked(file.getvalue()) == ({}, {"link": "a link, not a file"})


def test_a_second_file_of_a_name_is_refused(unpacked):
    file = BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(file, "w") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("a.txt", "one")
        archive.writestr("a.txt", "two")
    assert unpacked(file.getvalue()) == ({"a.txt": b"one"}, {"a.txt": "a second file of this name"})


def test_an_encrypted_member_is_refused(unpacked):
    data = _with_entry(zipped({"a.txt": "A"}), 8, b"\x01\x00")
    assert unpacked(data) == ({}, {"a.txt": "encrypted with a password"})


def test_a_rare_method_is_refused(unpacked):
    data = zipped({"a.txt": "A"}, zipfile.ZIP_LZMA)
    assert unpacked(data)[1] == {"a.txt": "compressed by a rare method: pack it again as an ordinary zip"}


def test_a_bomb_is_refused(unpacked):
    data = zipped({"bomb.txt": b"0" * 20_000_000, "a.txt": "A"})
    assert len(data) < 30_000
    files, refused = unpacked(data)
    assert files == {"a.txt": b"A"}
    assert "like a bomb" in refused["bomb.txt"]


def test_a_bomb_that_lies_about_its_size_is_refused(unpacked):
    data = _with_entry(zipped({"bomb.txt": b"0" * 20_000_000}), 24, struct.pack("<L", 100))
    assert "damaged" in unpacked(data)[1]["bomb.txt"]


def test_damage_is_refused_by_member(unpacked):
    data = zipped({"a.txt": "A" * 50, "b.txt": "B" * 50}, zipfile.ZIP_STORED)
    files, refused = unpacked(data.replace(b"AAAA", b"AxAA", 1))
    assert list(files) == ["b.txt"]
    assert refused["a.txt"].startswith("damaged: Bad CRC-32")


def test_what_one_budget_allows_is_shared(unpacked, monkeypatch):
    budget = Budget(unpacked_bytes=100, members=3)
    files, refused = unpacked(zipped({"a.txt": "A" * 60, "b.txt": "B" * 60, "c.txt": "C", "d.txt": "D"}), budget)
    assert list(files) == ["a.txt", "c.txt"] or set(files) == {"a.txt", "c.txt"}
    assert set(refused) == {"b.txt", "d.txt"}
    assert "MB when unpacked" in refused["b.txt"]
    assert "files: split it" in refused["d.txt"]


def test_a_table_of_contents_without_end_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr(archives, "MAX_ENTRIES", 30)
    with pytest.raises(UnreadableFile, match="more than 10000 files: split it"):
        Archive(zipped({f"{number}.txt": "" for number in range(31)}))


@pytest.mark.parametrize("encoding", ["utf-8", "cp866"])
def test_a_name_without_a_stated_encoding_is_utf8_or_that_of_russian_windows(unpacked, encoding):
    raw = "устав.txt".encode(encoding)
    data = zipped({"x" * len(raw): "A"}).replace(b"x" * len(raw), raw)
    assert list(unpacked(data)[0]) == ["устав.txt"]


@pytest.mark.parametrize("name", ["two\nlines.txt", "😀.txt", "a" * 200 + ".txt"])
def test_an_odd_name_is_a_name(unpacked, name):
    assert list(unpacked(zipped({name: "A"}))[0]) == [name]


def test_a_name_that_no_system_takes_is_refused_alone(unpacked):
    files, refused = unpacked(zipped({"a" * 300 + ".txt": "A", "b.txt": "B"}))
    assert list(files) == ["b.txt"]
    assert "File name too long" in next(iter(refused.values()))


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"PK\x05\x06" + bytes(10), zipped({"a": "A"})[:-10]])
def test_what_is_no_archive_is_refused(data):
    with pytest.raises(UnreadableFile, match="a damaged archive"):
        Archive(data)


def test_a_missing_part_is_named():
    with pytest.raises(UnreadableFile, match=r"its part word/document\.xml is missing"):
        Archive(zipped({"a": "A"})).read("word/document.xml")


@pytest.mark.parametrize("name", ["../a.txt", "/etc/a.txt", "", "a/../../b.txt"])
def test_a_forged_name_is_refused_again_where_it_is_written(tmp_path, name):
    (refused,) = unpack([Content(name, b"bad")], tmp_path / "in", Budget())
    assert refused.refusal == "its name leads out of the archive"
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("content", "times", "budget"),
    [
        (Content("a.txt", b"four"), 2, Budget(unpacked_bytes=7)),
        (Content("a.txt", b""), 2, Budget(members=1)),
        (Content("a.txt", refusal="bad"), archives.MAX_ENTRIES + 1, Budget()),
    ],
)
def test_more_than_the_budget_allows_is_no_archive(tmp_path, content, times, budget):
    with pytest.raises(UnreadableFile, match="or more than 400 MB in all"):
        unpack([content] * times, tmp_path, budget)
