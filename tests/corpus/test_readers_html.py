import pytest

from corpus import squash
from corpus.errors import UnreadableFile
from corpus.readers import html, read_file
from corpus.records import build_record
from corpus.structure import blocks_of

_PAGE = """<!DOCTYPE html><html lang="en"><head><title>Talks on the Union State</title>
<meta name="author" content="Anna Ivanova"><meta property="article:published_time" content="2021-03-04">
<meta charset="{charset}"></head><body><nav><a href="/">Home</a> <a href="/all">All news</a></nav><article>
<h1>Talks on the Union State</h1>
<p>The ministers met in Minsk, and the <b>U</b>nion State was on their agenda all day.<br>They spoke of 2015, too.</p>
<blockquote><p>We agreed on it.</p><p>We shall sign it.</p></blockquote>
<ul><li>gas prices<ul><li>for households</li></ul></li><li>a common market</li></ul>
<table><tr><th>Year</th><th>Price</th></tr><tr><td>2014</td><td>5</td></tr></table>
<p>{filler}</p>
<h2>Energy</h2><p>Цены на газ министры обсуждали отдельно, и договорились встретиться ещё раз через месяц.</p>
</article><footer>Share Subscribe</footer></body></html>"""


#: A page of little text is read otherwise.
_FILLER = "The ministers spoke of the budget, and then they spoke of the price of gas for a long time. " * 10


_NEWS = "Prices rose in spring, when the ministers could not agree on a formula for them."

#: Links that no tag marks as a menu.
_SIDEBAR = "".join(f'<div class="sidebar"><a href="/{n}">Section {n} of the site</a></div>' for n in range(60))


def _page(charset: str = "utf-8", beside: str = "") -> bytes:
    return _PAGE.replace("<article>", f"{beside}<article>").format(charset=charset, filler=_FILLER).encode(charset)


def _read(charset: str = "utf-8"):
    return read_file(_page(charset), "a.html")


@pytest.mark.parametrize("charset", ["utf-8", "windows-1251"])
def test_the_main_text_is_read_in_the_page_s_own_encoding(charset):
    assert "Цены на газ министры обсуждали отдельно" in _read(charset).text


def test_menus_and_footers_are_left_out():
    assert not {"Home", "Subscribe"} & set(_read().text.split())


@pytest.mark.parametrize(
    "words", ["the Union State was", "all day. They", "agreed on it. We shall", "gas prices for households"]
)
@pytest.mark.parametrize("beside", ["", _SIDEBAR])
def test_words_are_apart_where_the_page_shows_them_apart(words, beside):
    assert words in squash(read_file(_page(beside=beside), "a.html").text)


def test_a_page_with_much_beside_it_gives_its_main_text():
    text = read_file(_page(beside=_SIDEBAR), "a.html").text
    assert "Section" not in text
    assert "The ministers met in Minsk" in text
    assert "2014 | 5" in text


@pytest.mark.parametrize("filler", ["", _FILLER])
@pytest.mark.parametrize(
    "beside",
    [
        '<div id="cookie-bar"><span>{}</span></div>',
        '<div role="dialog"><p>{}</p></div>',
        "<p hidden>{}</p>",
        '<div class="sharing share-buttons"><h3>{}</h3><ul><li>VK</li></ul></div>',
        '<div class="related-posts"><strong>{}</strong> <a href="/a">Gas</a></div>',
        '<div id="comments"><p>{}</p><ol class="comment-list"><li><p>I think so too, as many do.</p></li></ol></div>',
        '<header><div class="logo">{}</div></header>',
        "<form><label>{}</label></form>",
    ],
)
def test_notices_sharing_and_comments_are_left_out(beside, filler):
    page = f"<body>{beside.format('Beside the text')}<div><h1>Gas</h1><p>{_NEWS}</p><p>{filler}</p></div>"
    text = read_file(page.encode(), "a.html").text
    assert text.startswith(f"Gas\n\n{_NEWS}")
    assert "Beside" not in text


def test_further_reading_after_the_text_is_left_out_though_nothing_names_it():
    further = '<div><p>Further reading</p><ul><li><a href="/1">Oil</a></li><li><a href="/2">Coal</a></li></ul></div>'
    page = f"<body><div><h1>Gas</h1><p>{_FILLER}</p><ul><li>for households</li></ul></div>{further}"
    assert read_file(page.encode(), "a.html").text == f"Gas\n\n{_FILLER.strip()}\n\nfor households"


@pytest.mark.parametrize(
    "frame", ["<form id=page>{}</form>", '<div class="wide no-sidebar">{}</div>', "<main><header>{}</header></main>"]
)
def test_what_holds_the_text_is_no_frame_whatever_it_is_called(frame):
    page = f"<body>{frame.format('<h1>Gas</h1><p>Prices rose in spring.</p>')}</body>"
    assert read_file(page.encode(), "a.html").text == "Gas\n\nPrices rose in spring."


def test_authors_are_read_though_they_stand_beside_the_text():
    page = f'<body><div class="item authors">Anna Ivanova</div><div><h1>Gas</h1><p>{_FILLER}</p></div>'
    assert read_file(page.encode(), "a.html").text.startswith("Anna Ivanova\n\nGas")


def test_headings_are_exact_and_name_the_sections():
    extraction = _read()
    assert [extraction.text[h.start : h.end] for h in extraction.headings] == ["Talks on the Union State", "Energy"]
    assert [h.level for h in extraction.headings] == [1, 2]
    last = blocks_of(extraction)[-1]
    assert (last.part, last.section, last.language) == ("body", "Energy", "ru")


def test_the_page_s_metadata_gives_the_record():
    record = build_record(_read().statements)
    assert (record.title, record.authors) == ("Talks on the Union State", ("Anna Ivanova",))
    assert (record.date, record.origins["date"]) == ("2021-03-04", "properties")


def test_a_year_in_the_text_is_not_the_page_s_date():
    page = _page().replace(b"article:published_time", b"other")
    assert build_record(read_file(page, "a.html").statements).date is None


def test_the_rows_of_a_table_are_lines():
    assert "Year | Price\n2014 | 5" in _read().text


def test_a_page_of_little_text_is_read_in_full():
    flowing = "Prices rose.<br>They fell.<br><br>Then<div>they <b>ro</b>se.</div>"
    extraction = read_file(f"<h1>Gas</h1>{flowing}<ul><li>gas<ul><li>oil</ul></ul>".encode(), "a.html")
    assert extraction.text.split("\n\n") == ["Gas", "Prices rose.\nThey fell.", "Then", "they rose.", "gas", "oil"]
    assert [heading.label for heading in extraction.headings] == ["Gas"]


@pytest.mark.parametrize("data", [b"plain words", b"<p>plain words", "<p>plain words".encode("utf-16")])
def test_words_without_a_page_around_them_are_read(data):
    assert read_file(data, "a.html").text == "plain words"


@pytest.mark.parametrize("filler", ["", _FILLER])
def test_raised_digits_do_not_become_part_of_a_number(filler):
    page = "<p>Signed in 2014<sup><a href='#n5'>5</a></sup> over 9 km<sup>2</sup>, the 5<sup>th</sup> time.</p><p>"
    text = read_file((page + filler).encode(), "a.html").text
    assert text.startswith("Signed in 2014⁵ over 9 km², the 5th time.")


def test_a_table_that_lays_out_the_page_is_no_table():
    cells = "<td><p>Menu</p><p>Home</p></td><td><h2>News</h2><p>Prices rose.</p></td>"
    assert (
        read_file(f"<table><tr>{cells}</tr></table>".encode(), "a.html").text == "Menu\n\nHome\n\nNews\n\nPrices rose."
    )


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"<html></html>", "no text"),
        (b"<html><body><nav>Home</nav><script>words()</script></body></html>", "no text"),
        (b"\x00\x01\x02\xff\xfe", "not UTF-8"),
        (b"<" * 5000, "no text"),
        (b"<div>" * 20_000 + b"text", "no text"),
    ],
)
def test_what_has_no_text_is_refused(data, reason):
    with pytest.raises(UnreadableFile, match=reason):
        read_file(data, "a.html")


def test_nothing_is_logged(caplog):
    html.read(b"<p>words", "a.html")
    assert caplog.records == []


def test_a_page_of_too_many_levels_is_refused_with_the_reason():
    data = b"<html><body>" + b"<div>" * 600 + b"A sentence within." + b"</div>" * 600 + b"</body></html>"
    with pytest.raises(UnreadableFile, match="nest too deeply"):
        read_file(data, "deep.html")
