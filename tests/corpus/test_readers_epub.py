import pytest

from corpus.errors import UnreadableFile
from corpus.readers import read_file
from corpus.records import build_record
from tests.corpus.made_files import epub, zipped


def test_chapters_are_read_in_the_order_of_the_spine():
    book = epub({"b.xhtml": "<h1>First</h1><p>Words.</p>", "a b.xhtml": "<h1>Second</h1><p>More.</p>"})
    assert read_file(book, "a.epub").text == "First\n\nWords.\n\nSecond\n\nMore."


def test_a_page_that_is_no_xml_is_read_as_a_browser_would():
    assert read_file(epub({"a.xhtml": "<p>One<p>two &nbsp; three<br>four"}), "a.epub").text == "One\n\ntwo three\nfour"


def test_an_entity_of_html_is_its_character():
    assert read_file(epub({"a.xhtml": "<p>Minsk&#160;&amp; Moscow</p>"}), "a.epub").text == "Minsk & Moscow"


def test_the_package_gives_the_record():
    metadata = (
        "<dc:title>Integration</dc:title><dc:creator opf:role='aut'>Anna Ivanova</dc:creator>"
        "<dc:creator opf:role='edt'>Boris Petrov</dc:creator><dc:contributor>A Scanner</dc:contributor>"
        "<dc:language>ru-RU</dc:language><dc:date>2019-05-01T00:00:00Z</dc:date><dc:publisher>Nauka</dc:publisher>"
        "<dc:identifier>urn:doi:10.1000/182</dc:identifier><dc:subject>trade</dc:subject>"
    )
    record = build_record(read_file(epub(metadata=metadata), "a.epub").statements)
    assert (record.title, record.authors, record.editors) == ("Integration", ("Anna Ivanova",), ("Boris Petrov",))
    assert (record.languages, record.date, record.publisher) == (("ru",), "2019-05-01", "Nauka")
    assert (record.doi, record.keywords, record.kind) == ("10.1000/182", {"en": ("trade",)}, "book")


def test_raised_digits_do_not_become_part_of_a_number():
    assert read_file(epub({"a.xhtml": "<p>In 2014<sup>5</sup>.</p>"}), "a.epub").text == "In 2014⁵."


def test_a_role_may_be_stated_apart():
    role = "<meta refines='#e' property='role'>edt</meta>"
    metadata = f"<dc:title>T</dc:title><dc:creator id='e'>Boris Petrov</dc:creator>{role}"
    record = build_record(read_file(epub(metadata=metadata), "a.epub").statements)
    assert (record.authors, record.editors) == ((), ("Boris Petrov",))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (zipped({"META-INF/container.xml": "<container/>"}), "names no package"),
        (zipped({"META-INF/container.xml": "<c><rootfile full-path='x'/></c>"}), "its part x is missing"),
        (
            epub(**{"META-INF/encryption.xml": "<e><CipherReference URI='OPS/one.xhtml'/></e>"}),
            "protected against copying",
        ),
        (epub({"a.xhtml": "<img/>"}), "no text"),
    ],
)
def test_what_is_no_readable_book_is_refused(data, reason):
    with pytest.raises(UnreadableFile, match=reason):
        read_file(data, "a.epub")


def test_fonts_may_be_encrypted():
    fonts = {"META-INF/encryption.xml": "<e><CipherReference URI='OPS/font.otf'/></e>"}
    assert "Forum" in read_file(epub(**fonts), "a.epub").text
