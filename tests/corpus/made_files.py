"""One made-up article in every format that is read: the same words, so that one test holds for all."""

import io
import zipfile
from email.message import EmailMessage

from tests.corpus.made_pdf import MadePdf
from tests.corpus.made_up import treaty_xml

TITLE = "Regions of the Union State"
AUTHOR = "Anna Ivanova"
HEADING = "Border regions"
PARAGRAPHS = (
    "The Forum of Regions meets every year, and its decisions are published by both parliaments.",
    "Смоленск и Витебск торгуют друг с другом дольше, чем существует Союзное государство.",
)
ITEMS = ("joint fairs", "a common labour market")
ROWS = (("Region", "Trade"), ("Smolensk", "12"))
NOTE = "Figures of the customs service."

_PAGE = f"""<h1>{TITLE}</h1><p>{PARAGRAPHS[0]}</p><h2>{HEADING}</h2><p>{PARAGRAPHS[1]}</p>
<ul><li>{ITEMS[0]}</li><li>{ITEMS[1]}</li></ul>
<table><tr><th>Region</th><th>Trade</th></tr><tr><td>Smolensk</td><td>12</td></tr></table>"""


def zipped(members: dict[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive of these members, always the same bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = method
            archive.writestr(info, data)
    return file.getvalue()


def plain() -> bytes:
    """Plain text."""
    return "\n\n".join((TITLE, PARAGRAPHS[0], HEADING, PARAGRAPHS[1], *ITEMS)).encode()


def markdown() -> bytes:
    """Markdown with front matter."""
    front = f"---\ntitle: {TITLE}\nauthors: [{AUTHOR}]\n---\n\n"
    return (front + "\n\n".join((f"# {TITLE}", PARAGRAPHS[0], f"## {HEADING}", PARAGRAPHS[1], *ITEMS))).encode()


def html() -> bytes:
    """A page of a journal."""
    metas = f'<meta name="citation_title" content="{TITLE}"><meta name="citation_author" content="{AUTHOR}">'
    return f'<!DOCTYPE html><html><head><meta charset="utf-8">{metas}</head><body>{_PAGE}</body></html>'.encode()


def jats() -> bytes:
    """An article in JATS."""
    return f"""<?xml version="1.0"?><!DOCTYPE article PUBLIC "-//NLM//DTD JATS v1.2//EN" "JATS-1-2.dtd">
<article xml:lang="en"><front><journal-meta><journal-title-group><journal-title>Regions</journal-title>
</journal-title-group></journal-meta><article-meta><title-group><article-title>{TITLE}</article-title></title-group>
<contrib-group><contrib contrib-type="author"><string-name>{AUTHOR}</string-name></contrib></contrib-group>
</article-meta></front><body><p>{PARAGRAPHS[0]}</p><sec><title>{HEADING}</title><p>{PARAGRAPHS[1]}</p>
<list><list-item><p>{ITEMS[0]}</p></list-item><list-item><p>{ITEMS[1]}</p></list-item></list>
<table-wrap><table><tr><td>Region</td><td>Trade</td></tr><tr><td>Smolensk</td><td>12</td></tr></table></table-wrap>
</sec></body></article>""".encode()


def treaty() -> bytes:
    """A treaty in ToTA's XML, which has another content."""
    return treaty_xml()


def docx() -> bytes:
    """A Word document, made by python-docx."""
    from docx import Document

    document = Document()
    document.core_properties.author = AUTHOR
    document.add_heading(TITLE, 0)
    document.add_paragraph(PARAGRAPHS[0])
    document.add_heading(HEADING, 2)
    document.add_paragraph(PARAGRAPHS[1])
    for item in ITEMS:
        document.add_paragraph(item, style="List Bullet")
    table = document.add_table(2, 2)
    for row, texts in zip(table.rows, ROWS, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def word(body: str, **parts: str) -> bytes:
    """A Word document with this XML as its body, and other parts (`styles`, `footnotes`) with theirs."""
    name = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = "".join(f'<Relationship Id="{p}" Type="{kind}/{p}" Target="{p}.xml"/>' for p in parts)
    members = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": f'<R><Relationship Id="1" Type="{kind}/officeDocument" Target="word/document.xml"/></R>',
        "word/_rels/document.xml.rels": f"<R>{relations}</R>",
        "word/document.xml": f"<w:document {name}><w:body>{body}</w:body></w:document>",
    }
    return zipped(members | {f"word/{p}.xml": f"<w:{p} {name}>{xml}</w:{p}>" for p, xml in parts.items()})


def odt(body: str | None = None, meta: str | None = None, styles: str = "") -> bytes:
    """An OpenDocument text, with this XML as its body and as its own styles."""
    names = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0"'
        for prefix in ("office", "text", "table", "style")
    )
    items = "".join(f"<text:list-item><text:p>{item}</text:p></text:list-item>" for item in ITEMS)
    rows = "".join(
        "<table:table-row>" + "".join(f"<table:table-cell><text:p>{cell}</text:p></table:table-cell>" for cell in row)
        + "</table:table-row>"
        for row in ROWS
    )  # fmt: skip
    body = body or (
        f'<text:p text:style-name="Title">{TITLE}</text:p><text:p>{PARAGRAPHS[0]}</text:p>'
        f'<text:h text:outline-level="2">{HEADING}</text:h><text:p>{PARAGRAPHS[1]}</text:p>'
        f"<text:list>{items}</text:list><table:table>{rows}</table:table>"
    )
    content = f"{styles}<office:body><office:text>{body}</office:text></office:body>"
    meta = meta or f"<dc:creator>{AUTHOR}</dc:creator>"
    dc = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": f"<office:document-content {names}>{content}</office:document-content>",
            "meta.xml": f"<office:document-meta {names} {dc}><office:meta>{meta}</office:meta></office:document-meta>",
        }
    )


def epub(chapters: dict[str, str] | None = None, metadata: str | None = None, **extra: str) -> bytes:
    """A book of these chapters (file name -> XHTML of the body), in their order."""
    chapters = chapters or {"one.xhtml": _PAGE}
    metadata = metadata or f"<dc:title>{TITLE}</dc:title><dc:creator>{AUTHOR}</dc:creator>"
    items = "".join(
        f'<item id="i{n}" href="{name}" media-type="application/xhtml+xml"/>' for n, name in enumerate(chapters)
    )
    spine = "".join(f'<itemref idref="i{n}"/>' for n in range(len(chapters)))
    pages = {
        f"OPS/{name}": f'<html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head><body>{b}</body></html>'
        for name, b in chapters.items()
    }
    dc = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:opf="http://www.idpf.org/2007/opf"'
    package = f"<metadata {dc}>{metadata}</metadata><manifest>{items}</manifest><spine>{spine}</spine>"
    members = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container><rootfiles><rootfile full-path="OPS/p.opf"/></rootfiles></container>',
        "OPS/p.opf": f'<package xmlns="http://www.idpf.org/2007/opf">{package}</package>',
    }
    return zipped(members | pages | extra)


def mail(text: str | None = None, attached: dict[str, bytes] | None = None, html: str | None = None) -> bytes:
    """A message, with files attached."""
    message = EmailMessage()
    message["Subject"] = TITLE
    message["From"] = f"{AUTHOR} <anna@example.org>"
    message["Date"] = "Thu, 04 Mar 2021 10:00:00 +0300"
    message.set_content(text or "\n\n".join((PARAGRAPHS[0], HEADING, PARAGRAPHS[1], *ITEMS)))
    if html:
        message.add_alternative(html, subtype="html")
    for name, data in (attached or {}).items():
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def pdf() -> bytes:
    """A page of PDF."""
    made = MadePdf()
    made.set_title(TITLE)
    made.set_author(AUTHOR)
    made.add_page()
    top = made.lines(60, 60, [TITLE], 18, "B")
    top = made.paragraph(60, top + 10, 300, PARAGRAPHS[0])
    top = made.lines(60, top + 10, [HEADING], 14, "B")
    top = made.paragraph(60, top + 10, 300, PARAGRAPHS[1])
    for item in ITEMS:
        top = made.lines(60, top + 10, [item])
    return bytes(made.output())


#: Name of a file -> what makes it, for every format.
MAKERS = {
    "a.txt": plain,
    "a.md": markdown,
    "a.html": html,
    "a.xml": jats,
    "treaty.xml": treaty,
    "a.docx": docx,
    "a.odt": odt,
    "a.epub": epub,
    "a.eml": mail,
    "a.pdf": pdf,
}
