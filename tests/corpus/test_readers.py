from contextlib import suppress
from functools import cache

import pytest

from corpus.errors import UnreadableFile
from corpus.readers import ARCHIVES, READERS, read_file
from corpus.records import build_record
from corpus.structure import blocks_of
from tests.corpus import made_files
from tests.corpus.made_files import AUTHOR, HEADING, ITEMS, MAKERS, PARAGRAPHS, TITLE

#: One line a format: its file, and what the format can say.
_FORMATS = {
    "a.txt": set(),
    "a.md": {"headings", "record"},
    "a.html": {"headings", "record", "tables"},
    "a.xml": {"headings", "record", "tables"},
    "a.docx": {"headings", "record", "tables"},
    "a.odt": {"headings", "record", "tables"},
    "a.epub": {"headings", "record", "tables"},
    "a.eml": {"record"},
    "a.pdf": {"headings", "record"},
}
_SAYING = {
    ability: [name for name, abilities in _FORMATS.items() if ability in abilities]
    for ability in ("headings", "record", "tables")
}


@cache
def _read(name: str):
    return read_file(MAKERS[name](), name)


@pytest.mark.parametrize("name", _FORMATS)
def test_everything_is_read_in_order(name):
    text = _read(name).text
    found = [text.find(content) for content in (TITLE, PARAGRAPHS[0], HEADING, PARAGRAPHS[1], *ITEMS)]
    assert -1 not in found
    assert found == sorted(found)


@pytest.mark.parametrize("name", _FORMATS)
def test_blocks_hold_every_character_of_the_text_once(name):
    extraction = _read(name)
    blocks = blocks_of(extraction)
    joined = "".join("".join(extraction.text[block.start : block.end].split()) for block in blocks)
    assert joined == "".join(extraction.text.split())


@pytest.mark.parametrize("name", _SAYING["headings"])
def test_headings_are_at_their_offsets_and_name_the_sections(name):
    extraction = _read(name)
    assert [extraction.text[h.start : h.end].strip("# ") for h in extraction.headings] == [TITLE, HEADING]
    assert [h.level for h in extraction.headings] == sorted({h.level for h in extraction.headings})
    body = [block for block in blocks_of(extraction) if PARAGRAPHS[1] in extraction.text[block.start : block.end]]
    assert [(block.part, block.section, block.language) for block in body] == [("body", HEADING, "ru")]


@pytest.mark.parametrize("name", _SAYING["record"])
def test_the_format_s_own_metadata_gives_title_and_author(name):
    record = build_record(_read(name).statements)
    assert (record.title, record.authors) == (TITLE, (AUTHOR,))


@pytest.mark.parametrize("name", _SAYING["tables"])
def test_a_table_has_a_line_for_each_row(name):
    assert "Region | Trade\nSmolensk | 12" in _read(name).text


@pytest.mark.parametrize("name", MAKERS)
def test_a_truncated_file_is_refused_or_read_as_far_as_it_goes(name):
    data = MAKERS[name]()
    whole = read_file(data, name).text
    for share in (0.1, 0.5, 0.9, 0.99):
        with suppress(UnreadableFile):
            assert len(read_file(data[: int(len(data) * share)], name).text) <= len(whole)


@pytest.mark.parametrize("name", MAKERS)
def test_a_file_of_no_bytes_is_refused(name):
    with pytest.raises(UnreadableFile, match="the file is empty"):
        read_file(b"", name)


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"%PDF-1.7", "a.docx", "not what '.docx' says: it looks like a PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.docx", "an old Word file, or one with a password"),
        (b"{\\rtf1 text}", "a.txt", "it looks like RTF: save it as .docx"),
        (b'<?xml version="1.0"?><article/>', "a.txt", "it looks like XML"),
        (b"\x89PNG\r\n\x1a\n", "a.html", "it looks like an image"),
        (made_files.docx(), "a.odt", "it looks like a '.docx' file"),
        (made_files.odt(), "a.epub", "it looks like a '.odt' file"),
        (made_files.epub(), "a.txt", "it looks like a '.epub' file"),
        (made_files.zipped({"xl/workbook.xml": "", "[Content_Types].xml": ""}), "a.docx", "looks like a '.xlsx' file"),
        (made_files.zipped({"a.txt": "text"}), "a.docx", "it looks like a '.zip' file"),
        (made_files.plain(), "a.docx", "damaged"),
        (made_files.plain(), "a.xml", "malformed XML"),
    ],
)  # fmt: skip
def test_a_file_of_another_format_than_its_suffix_says_is_refused(data, name, reason):
    with pytest.raises(UnreadableFile, match=reason):
        read_file(data, name)


@pytest.mark.parametrize(
    "data",
    [
        made_files.html(),
        b"\xef\xbb\xbf\n" + made_files.html(),
        made_files.html().decode().replace("utf-8", "utf-16").encode("utf-16"),
        b'<?xml version="1.0"?>\n<!-- saved -->\n' + made_files.html(),
    ],
)
def test_html_that_is_called_plain_text_is_read_as_html(data):
    extraction = read_file(data, "a.txt")
    assert extraction.text == read_file(made_files.html(), "a.html").text
    assert extraction.notes == ("read as HTML",)


@pytest.mark.parametrize("text", ["<...> the text goes on", "< 5 tonnes", "<Без названия>\nТекст", "p <p> p"])
def test_plain_text_with_angle_brackets_stays_what_it_is(text):
    assert read_file(text.encode(), "a.txt").text == text


@pytest.mark.parametrize(("name", "suffix"), [("a.doc", ".doc"), ("README", "no suffix"), (".txt", "no suffix")])
def test_an_unknown_suffix_is_refused(name, suffix):
    with pytest.raises(UnreadableFile, match=f"no reader for '{suffix}' files"):
        read_file(b"text", name)


def test_every_format_has_its_line_here():
    modules = {READERS[f".{name.rpartition('.')[2]}"] for name in _FORMATS}
    assert modules == set(READERS.values())
    assert not set(ARCHIVES) & set(READERS)
