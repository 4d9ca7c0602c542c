import pytest

from corpus.errors import UnreadableFile
from corpus.readers import read_file
from corpus.records import build_record
from tests.corpus.made_files import odt, zipped


def test_notes_comments_and_spaces_read_as_on_the_page():
    note = "<text:note-citation>1</text:note-citation><text:note-body><text:p>Of 2020.</text:p></text:note-body>"
    body = (
        f"<text:p>Trade<text:s/>grew<text:note>{note}</text:note>, <text:span>they</text:span> say"
        "<office:annotation><text:p>Really?</text:p></office:annotation>.<text:line-break/>So it did.</text:p>"
    )
    extraction = read_file(odt(body), "a.odt")
    assert extraction.text == "Trade grew, they say.\nSo it did.\n\n[1] Of 2020."
    assert [heading.label for heading in extraction.headings] == ["Notes"]


@pytest.mark.parametrize(
    ("position", "text"), [("super 58%", "⁵"), ("33% 80%", "⁵"), ("sub 58%", "5"), ("-8% 80%", "5")]
)
def test_raised_digits_do_not_become_part_of_a_number(position, text):
    styles = f'<style:style style:name="T1"><style:text-properties style:text-position="{position}"/></style:style>'
    body = '<text:p>in 2014<text:span text:style-name="T1">5</text:span></text:p>'
    assert read_file(odt(body, styles=styles), "a.odt").text == f"in 2014{text}"


def test_deleted_text_and_tables_of_contents_are_left_out():
    body = (
        "<text:tracked-changes><text:p>deleted</text:p></text:tracked-changes>"
        "<text:table-of-content><text:p>Trade 12</text:p></text:table-of-content>"
        "<text:section><text:p>Kept.</text:p></text:section>"
    )
    assert read_file(odt(body), "a.odt").text == "Kept."


def test_a_table_in_a_table_is_read_once():
    def table(*cells: str) -> str:
        inside = "".join(f"<table:table-cell>{cell}</table:table-cell>" for cell in cells)
        row = f"<table:table-row>{inside}</table:table-row>"
        return f"<table:table><table:table-header-rows>{row}</table:table-header-rows></table:table>"

    outer = table("<text:p>a</text:p>", table("<text:p>in</text:p>"))
    assert read_file(odt(outer), "a.odt").text == "a | in"


def test_properties_give_the_record():
    meta = "<dc:title>Trade</dc:title><dc:creator>Anna Ivanova</dc:creator><office:keyword>trade</office:keyword>"
    record = build_record(
        read_file(odt(meta=meta.replace("<dc:title>Trade", "<dc:title>Untitled 1")), "a.odt").statements
    )
    assert (record.title, record.authors) == ("Regions of the Union State", ("Anna Ivanova",))
    assert record.keywords == {"en": ("trade",)}
    assert record.origins["authors"] == "properties"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (zipped({"content.xml": "<a/>"}), "no body of text"),
        (
            zipped({"content.xml": "<a/>", "META-INF/manifest.xml": "<m><encryption-data/></m>"}),
            "encrypted with a password",
        ),
        (zipped({"content.xml": "<a>"}), "malformed XML"),
    ],
)
def test_what_is_no_text_is_refused(data, reason):
    with pytest.raises(UnreadableFile, match=reason):
        read_file(data, "a.odt")
