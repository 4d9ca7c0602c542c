import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.readers import read_file


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])), st.sampled_from(["\n", "\r\n", "\r", "\t", "\f"]))
def test_the_text_is_the_file_s_own_characters(text, gap):
    content = f"a{gap}{text}{gap}"
    assert read_file(content.encode(), "a.txt").text == content


def test_a_form_feed_or_one_stray_control_character_is_no_binary():
    text = "page one\f" + "page two " * 20 + "\x07"
    assert read_file(text.encode(), "a.TXT").text == text


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_how_the_encoding_was_found_is_said(name):
    data = "Смоленск и Витебск торгуют друг с другом давно.".encode("koi8-r")
    assert read_file(data, name).notes == ("read as KOI8-R",)
