import pytest

from corpus.errors import UnreadableFile
from corpus.readers import read_file
from corpus.records import build_record
from tests.corpus import made_files
from tests.corpus.made_files import word, zipped


def _p(text: str, properties: str = "", run: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:rPr>{run}</w:rPr><w:t>{text}</w:t></w:r></w:p>"


def _text(body: str, **parts: str) -> str:
    return read_file(word(body, **parts), "a.docx").text


def test_notes_come_at_the_end_numbered_in_a_section_of_their_own():
    mark = "<w:r><w:footnoteReference w:id='7'/></w:r>"
    notes = f"<w:footnote w:id='0'>{_p('-')}</w:footnote><w:footnote w:id='7'>{_p('Figures of 2020.')}</w:footnote>"
    extraction = read_file(
        word(f"<w:p><w:r><w:t>Trade grew</w:t></w:r>{mark}<w:r><w:t>.</w:t></w:r></w:p>", footnotes=notes), "a.docx"
    )
    assert extraction.text == "Trade grew.\n\n[1] Figures of 2020."
    assert [heading.label for heading in extraction.headings] == ["Notes"]


@pytest.mark.parametrize("raised", ["<w:vertAlign w:val='superscript'/>", "<w:position w:val='8'/>"])
def test_raised_digits_do_not_become_part_of_a_number(raised):
    year = "<w:p><w:r><w:t>in 2014</w:t></w:r><w:r><w:rPr>{}</w:rPr><w:t>5</w:t></w:r></w:p>"
    assert _text(year.format(raised)) == "in 2014⁵"
    assert _text(year.format("<w:position w:val='-8'/>")) == "in 20145"


def test_what_is_inserted_is_read_and_what_is_deleted_or_hidden_is_not():
    body = (
        f"<w:ins>{_p('Inserted paragraph.')}</w:ins>"
        "<w:p><w:ins><w:r><w:t>new </w:t></w:r></w:ins><w:del><w:r><w:delText>old </w:delText></w:r></w:del>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>secret </w:t></w:r><w:r><w:t>text</w:t></w:r></w:p>"
    )
    assert _text(body) == "Inserted paragraph.\n\nnew text"


def test_links_fields_breaks_and_tabs_read_as_on_the_page():
    body = (
        "<w:p><w:hyperlink><w:r><w:t>the</w:t><w:tab/><w:t>treaty</w:t></w:r></w:hyperlink>"
        "<w:r><w:instrText> PAGE </w:instrText></w:r>"
        "<w:r><w:br/><w:t>next</w:t><w:noBreakHyphen/><w:t>line</w:t></w:r></w:p>"
    )
    assert _text(body) == "the treaty\nnext-line"


def test_a_text_box_follows_its_paragraph_and_is_read_once():
    box = f"<w:txbxContent>{_p('In the box.')}</w:txbxContent>"
    drawing = f"<w:r><AlternateContent><Choice>{box}</Choice><Fallback>{box}</Fallback></AlternateContent></w:r>"
    assert (
        _text(f"<w:p><w:r><w:t>Before.</w:t></w:r>{drawing}</w:p>{_p('After.')}") == "Before.\n\nIn the box.\n\nAfter."
    )


@pytest.mark.parametrize(
    "styles",
    [
        "<w:style w:styleId='X'><w:name w:val='heading 2'/></w:style>",
        "<w:style w:styleId='X'><w:pPr><w:outlineLvl w:val='1'/></w:pPr></w:style>",
        "<w:style w:styleId='X'><w:basedOn w:val='2'/></w:style>"
        "<w:style w:styleId='2'><w:name w:val='heading 2'/></w:style>",
    ],
)
def test_a_heading_is_known_by_its_style(styles):
    extraction = read_file(word(_p("Trade", "<w:pStyle w:val='X'/>") + _p("It grew."), styles=styles), "a.docx")
    assert [(heading.label, heading.level) for heading in extraction.headings] == [("Trade", 2)]


def test_styles_based_on_each_other_are_no_heading():
    styles = "<w:style w:styleId='X'><w:basedOn w:val='X'/></w:style>"
    assert read_file(word(_p("Trade", "<w:pStyle w:val='X'/>"), styles=styles), "a.docx").headings == ()


def test_a_table_of_contents_is_left_out():
    styles = "<w:style w:styleId='T'><w:name w:val='toc 1'/></w:style>"
    assert _text(_p("Trade 12", "<w:pStyle w:val='T'/>") + _p("Text."), styles=styles) == "Text."


def test_a_cell_alone_in_its_row_is_text_of_the_document():
    wide = f"<w:tr><w:tc>{_p('All about trade.')}</w:tc></w:tr>"
    pair = f"<w:tr><w:tc>{_p('Year')}</w:tc><w:tc>{_p('2014')}{_p('2015')}</w:tc></w:tr>"
    assert _text(f"<w:tbl>{pair}{wide}{pair}</w:tbl>") == "Year | 2014 2015\n\nAll about trade.\n\nYear | 2014 2015"


def test_what_the_program_wrote_as_author_is_nobody():
    from io import BytesIO

    from docx import Document

    document, file = Document(), BytesIO()
    document.add_paragraph("Text.")
    document.save(file)
    assert build_record(read_file(file.getvalue(), "a.docx").statements).authors == ()


def test_properties_are_weaker_than_a_title_in_the_text():
    record = build_record(read_file(made_files.docx(), "a.docx").statements)
    assert record.origins == {"title": "heading", "authors": "properties"}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (zipped({"[Content_Types].xml": "", "x": ""}), "its part word/document.xml is missing"),
        (zipped({"[Content_Types].xml": "", "word/document.xml": "<a/>"}), "it has no body"),
        (zipped({"[Content_Types].xml": "", "word/document.xml": "<a>"}), "malformed XML"),
        (zipped({"[Content_Types].xml": "", "word/document.xml": b"<a>" + b" " * 60_000_000}), "like a bomb"),
        (word("<w:sdt>" * 3000 + _p("deep") + "</w:sdt>" * 3000), "Excessive depth"),
    ],
)
def test_what_is_no_word_document_is_refused(data, reason):
    with pytest.raises(UnreadableFile, match=reason):
        read_file(data, "a.docx")
