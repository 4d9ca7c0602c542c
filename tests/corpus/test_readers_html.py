import pytest

from corpus.errors import UnreadableFile
from corpus.readers import read_file
from corpus.records import build_record
from corpus.structure import blocks_of

_PAGE = """<!DOCTYPE html><html lang="en"><head><title>Talks on the Union State</title>
<meta name="author" content="Anna Ivanova"><meta property="article:published_time" content="2021-03-04">
<meta charset="{charset}"></head><body><nav><a href="/">Home</a> <a href="/all">All news</a></nav><article>
<h1>Talks on the Union State</h1>
<p>The ministers met in Minsk, and the <b>U</b>nion State was on their agenda all day.<br>They spoke of 2015, too.</p>
<blockquote><p>We agreed on it.</p><p>We shall sign it.</p></blockquote>
<ul><li>gas prices<ul><li>for households</li></ul></li><li>a common market</li></ul>
<h2>Energy</h2><p>Цены на газ министры обсуждали отдельно, и договорились встретиться ещё раз через месяц.</p>
</article><footer>Share Subscribe</footer></body></html>"""


def _read(charset: str = "utf-8"):
    return read_file(_PAGE.format(charset=charset).encode(charset), "a.html")


@pytest.mark.parametrize("charset", ["utf-8", "windows-1251"])
def test_the_main_text_is_read_in_the_page_s_own_encoding(charset):
    assert "Цены на газ министры обсуждали отдельно" in _read(charset).text


def test_menus_and_footers_are_left_out():
    assert not {"Home", "Subscribe"} & set(_read().text.split())


@pytest.mark.parametrize(
    "words", ["the Union State was", "all day. They", "agreed on it. We shall", "gas prices for households"]
)
def test_words_are_apart_where_the_page_shows_them_apart(words):
    assert words in _read().text


def test_headings_are_exact_and_name_the_sections():
    extraction = _read()
    assert [extraction.text[h.start : h.end] for h in extraction.headings] == ["Talks on the Union State", "Energy"]
    assert [h.level for h in extraction.headings] == [1, 2]
    last = blocks_of(extraction)[-1]
    assert (last.part, last.section, last.language) == ("body", "Energy", "ru")


def test_the_page_s_metadata_gives_the_record():
    record = build_record(_read().statements)
    assert (record.title, record.authors) == ("Talks on the Union State", ("Anna Ivanova",))
    assert (record.date, record.origins["date"]) == ("2021-03-04", "metadata")


def test_a_year_in_the_text_is_not_the_page_s_date():
    page = _PAGE.replace("article:published_time", "other").format(charset="utf-8")
    assert build_record(read_file(page.encode(), "a.html").statements).date is None


@pytest.mark.parametrize(
    "data",
    [
        b"<html></html>",
        b"<html><body><nav>Home</nav></body></html>",
        b"\x00\x01\x02\xff\xfe",
        b"<" * 5000,
        b"plain words",
    ],
)
def test_what_has_no_main_text_is_refused(data):
    with pytest.raises(UnreadableFile, match=r"no (main )?text"):
        read_file(data, "a.html")


def test_a_page_nested_too_deep_is_refused():
    with pytest.raises(UnreadableFile, match="no main text"):
        read_file(b"<div>" * 20_000 + b"text", "a.html")
