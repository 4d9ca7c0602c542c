"""Measure how exactly records are read from first pages of articles, rendered as PDF, DOCX and HTML.

    python scripts/eval_extraction.py tests/data/first_pages.jsonl --errors

Exact match per field, letter for letter but for case; of names also but for their order and the spaces of initials.
A field that the page does not show counts as right when nothing is found. tests/data/README.md describes the files.
"""

import argparse
import html
import io
import json
import re
import sys
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from corpus.errors import UnreadableFile
from corpus.normalisation import fold
from corpus.reading import read_document
from corpus.records import Record

BARS = {"title": 0.95, "authors": 0.90, "year": 0.95, "doi": 0.99, "language": 0.99}
FIELDS = (*BARS, "journal", "volume", "issue", "pages", "abstract", "keywords")
SIZES = {
    "title": 16,
    "title_other": 13,
    "heading": 12,
    "journal": 8,
    "udc": 8,
    "doi": 8,
    "footnote": 8,
    "affiliation": 9,
}

Page = dict[str, Any]


def read_pages(path: Path) -> list[Page]:
    """The pages of a file; neighbouring blocks of one role that are lines of a title become one block of two lines."""
    pages = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    for page in pages:
        blocks: list[dict[str, Any]] = []
        for block in page["blocks"]:
            if blocks and block["role"] == blocks[-1]["role"] and block["role"].startswith("title"):
                blocks[-1] = blocks[-1] | {"text": f"{blocks[-1]['text']}\n{block['text']}"}
            else:
                blocks.append(block)
        page["blocks"] = blocks
    return pages


def as_html(page: Page) -> bytes:
    """A saved page: a paragraph a block, the title as a heading where sizes show."""
    layout = page["layout"]
    lines = [f"<p>{html.escape(layout['header'])}</p>"] if layout["header"] else []
    for block in page["blocks"]:
        tag = "h1" if block["role"] == "title" and layout["font_sizes"] else "p"
        tag = "h2" if block["role"] == "heading" else tag
        lines.append(f"<{tag}>{html.escape(block['text']).replace(chr(10), '<br>')}</{tag}>")
    lines += [f"<p>{html.escape(layout['footer'])}</p>"] if layout["footer"] else []
    return (
        f"<!DOCTYPE html><html><meta charset='utf-8'><body><article>{''.join(lines)}</article></body></html>".encode()
    )


def as_docx(page: Page) -> bytes:
    """A manuscript: sizes and bold letters, headings by style, running lines in header and footer."""
    from docx import Document
    from docx.shared import Pt

    document = Document()
    layout = page["layout"]
    for part, place in (("header", document.sections[0].header), ("footer", document.sections[0].footer)):
        if layout[part]:
            place.paragraphs[0].text = layout[part]
    for block in page["blocks"]:
        if block["role"] == "heading":
            document.add_heading(block["text"], level=1)
            continue
        run = document.add_paragraph().add_run(block["text"])
        if layout["font_sizes"]:
            run.font.size = Pt(SIZES.get(block["role"], 11))
            run.bold = block["role"] in ("title", "authors")
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def as_pdf(page: Page) -> bytes:
    """A printed page: what precedes the body over the whole width, the body in one column or two."""
    from font_roboto import Roboto, RobotoBold
    from fpdf import FPDF

    pdf = FPDF(format="A4")
    pdf.set_auto_page_break(auto=True, margin=20)
    pdf.add_font("Roboto", "", Roboto)
    pdf.add_font("Roboto", "B", RobotoBold)
    pdf.add_page()
    layout = page["layout"]
    if layout["header"]:
        _written(pdf, layout["header"], 8)
    for is_body, blocks in groupby(page["blocks"], key=lambda block: block["role"] == "body"):
        if is_body:
            _in_columns(pdf, [block["text"] for block in blocks], layout["columns"])
            continue
        for block in blocks:
            size = SIZES.get(block["role"], 10) if layout["font_sizes"] else 10
            _written(pdf, block["text"], size, bold=layout["font_sizes"] and block["role"] in ("title", "heading"))
    if layout["footer"]:
        pdf.set_y(-18)
        _written(pdf, layout["footer"], 8)
    return bytes(pdf.output())


def _in_columns(pdf: Any, texts: list[str], count: int) -> None:
    pdf.set_font("Roboto", "", 10)
    with pdf.text_columns(ncols=count, gutter=8, text_align="JUSTIFY") as columns:
        for text in texts:
            with columns.paragraph(bottom_margin=2) as paragraph:
                paragraph.write(text)
    pdf.ln(4)


def _written(pdf: Any, text: str, size: int, *, bold: bool = False) -> None:
    pdf.set_font("Roboto", "B" if bold else "", size)
    pdf.multi_cell(0, size * 0.5, text, new_x="LMARGIN", new_y="NEXT")
    pdf.ln(2)


FORMATS: dict[str, Callable[[Page], bytes]] = {"html": as_html, "docx": as_docx, "pdf": as_pdf}


def record_of(data: bytes, name: str) -> Record:
    """The record that `eurag add` would store, but for the file's name as a title."""
    return read_document(data, name, "").record


def found_in(record: Record) -> dict[str, Any]:
    """What a record says in the terms of the gold fields; a year that is only a property of the file is none."""
    year = record.year if record.origins.get("date") not in ("properties", "guess") else None
    language = record.languages[0] if record.languages else None
    return {
        "title": record.title or None,
        "authors": list(record.authors) or None,
        "year": str(year) if year else None,
        "doi": record.doi,
        "language": language,
        **{name: getattr(record, name) for name in ("journal", "volume", "issue", "pages")},
        "abstract": record.abstracts.get(language or ""),
        "keywords": list(record.keywords.get(language or "", ())) or None,
    }


def alike(field: str, gold: Any, found: Any) -> bool:
    """Whether a found value is the gold one."""
    if not gold or not found:
        return not gold and not found
    if field == "authors":
        return [_name(name) for name in gold] == [_name(name) for name in found]
    if field == "keywords":
        return [_plain(word) for word in gold] == [_plain(word) for word in found]
    return _plain(gold) == _plain(found)


def _plain(value: Any) -> str:
    text = re.sub(r"\s*[-–—−]\s*", "-", fold(str(value))).casefold()
    return text.strip(" .")


def _name(name: str) -> tuple[str, ...]:
    """The words of a name in an order that does not depend on its form."""
    return tuple(sorted(re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", fold(name).casefold())))


def evaluate(pages: list[Page], format_: str, errors: bool) -> dict[str, float]:
    """The share of pages of which each field is right."""
    right = dict.fromkeys(FIELDS, 0)
    for page in pages:
        try:
            found = found_in(record_of(FORMATS[format_](page), f"page.{format_}"))
        except UnreadableFile as exc:
            found = {}
            print(f"{page['id']} {format_}: {exc}", file=sys.stderr)
        for field in FIELDS:
            gold = page["gold"].get(field)
            if alike(field, gold, found.get(field)):
                right[field] += 1
            elif errors:
                print(f"{page['id']} {format_} {field}\n  gold  {gold}\n  found {found.get(field)}")
    return {field: round(count / len(pages), 3) for field, count in right.items()}


def main() -> int:
    """Print a table a file; exit code 1 when a bar is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path, help="files of first pages (JSON Lines)")
    parser.add_argument("--formats", default="pdf,docx,html", help="of pdf, docx, html")
    parser.add_argument("--errors", action="store_true", help="print what was wrong")
    options = parser.parse_args()
    missed = False
    for path in options.files:
        pages = read_pages(path)
        print(f"{path.name}: {len(pages)} pages")
        print("format", *FIELDS, sep="\t")
        for format_ in options.formats.split(","):
            figures = evaluate(pages, format_, options.errors)
            print(format_, *(f"{figures[field]:.3f}" for field in FIELDS), sep="\t")
            missed = missed or any(figures[field] < bar for field, bar in BARS.items())
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
