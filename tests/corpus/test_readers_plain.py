import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import UnreadableFile
from corpus.readers import READERS, read_file


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])), st.sampled_from(["\n", "\r\n", "\r", "\t", "\f"]))
def test_the_text_is_the_file_s_own_characters(text, gap):
    content = f"a{gap}{text}{gap}"
    assert read_file(content.encode(), "a.txt").text == content


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \r\n\t", "empty"),
        ("\ufeff\u00a0\u200b — …".encode(), "no text"),
        ("текст".encode("cp1251"), r"not UTF-8 \(byte 0xf2 at offset 0\): save the file as UTF-8"),
        ("текст".encode("koi8-r"), "not UTF-8"),
        (b"good until \xff here", "at offset 11"),
        ("текст".encode("utf-16"), "UTF-16, expected UTF-8"),
        ("text".encode("utf-16-be"), "binary"),
        (b"GIF89a\x00\x01\x02", "binary"),
        (b"text \x01\x02\x03\x04", "binary"),
        (b"\xed\xa0\x80 lone surrogate", "not UTF-8"),
    ],
)
def test_what_is_no_utf8_text_is_refused(data, reason):
    with pytest.raises(UnreadableFile, match=reason):
        read_file(data, "a.txt")


def test_a_form_feed_or_one_stray_control_character_is_no_binary():
    text = "page one\f" + "page two " * 20 + "\x07"
    assert read_file(text.encode(), "a.TXT").text == text


@pytest.mark.parametrize(("name", "suffix"), [("a.docx", ".docx"), ("README", "no suffix"), (".txt", "no suffix")])
def test_an_unknown_suffix_is_refused_and_the_known_ones_named(name, suffix):
    with pytest.raises(UnreadableFile, match=f"no reader for '{suffix}' files .*{', '.join(sorted(READERS))}"):
        read_file(b"text", name)
