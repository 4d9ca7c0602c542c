"""PDF with a text layer, by PDFium: text in reading order, headings by size, pages as they are numbered in print.

Running headers and footers go, words cut at line ends are mended. A scan without text is refused.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from corpus.errors import UnreadableFile
from corpus.layout.columns import columns_of
from corpus.layout.paragraphs import Paragraph, pages_in, paragraphs_of, vocabulary
from corpus.layout.running import without_running_rows
from corpus.layout.words import Word, lines_of, row_text
from corpus.normalisation import squash
from corpus.readers.pdf_words import words_of
from corpus.records import Extraction, Field, Heading, Page, Span

MAX_PAGES = 3000

_PASSWORD_ERROR = 4  # FPDF_ERR_PASSWORD
_HEADER_WITHIN = 1024
_MOST_UNKNOWN = 0.2
_MISREAD = re.compile(r"[À-ÿ¼-¿œЁ]+")
#: Codes of TeX's T2A that have another meaning in Windows' encoding, which has the letters at the same places.
_OF_T2A = str.maketrans("¼½¾¿œ", "ё„«»Ё")
_MISREAD_LENGTH, _FEWEST_MISREAD = 4, 5
_MADE_BY_PROGRAM = re.compile(
    r"^microsoft (?:word|powerpoint)\b|\.(?:docx?|odt|rtf|indd|qxd|p65|tex|dvi|pdf|pptx?)$|^untitled|^без имени", re.I
)
_NO_LETTER = re.compile(r"[\W\d_]+")
_BETWEEN_AUTHORS = re.compile(r";|\\and\b|\s(?:and|и)\s")


def read(data: bytes, name: str) -> Extraction:
    """The text of all pages, paragraphs separated by blank lines.

    Raises `UnreadableFile` when it is no PDF, needs a password, has no text layer, or its fonts do not say which
    characters they draw.
    """
    with _opened(data) as pdf:
        pages = _mended([words_of(pdf, index) for index in range(len(pdf))])
        scanned = _scanned(pdf, pages)
        _refuse_without_text(pages, scanned)
        labels = [pdf.get_page_label(index) for index in range(len(pdf))]
        metadata = pdf.get_metadata_dict(skip_empty=True)
    kept, running, numbers = without_running_rows(pages)
    columns = [lines_of(column, index) for index, words in enumerate(kept) for column in columns_of(words)]
    front = [row_text(row) for row in running]
    extraction = _assembled(front, paragraphs_of(columns), _labels(labels, numbers))
    notes = (f"{scanned} of {len(pages)} pages are images without text: run OCR to have them",) if scanned else ()
    return replace(extraction, statements=tuple(_statements(metadata)), notes=notes)


@contextmanager
def _opened(data: bytes) -> Iterator[Any]:
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(data) as pdf:
            if not 0 < len(pdf) <= MAX_PAGES:
                raise UnreadableFile(f"the PDF has {len(pdf)} pages, the limit is {MAX_PAGES}: split it")
            yield pdf
    except pypdfium2.PdfiumError as exc:
        if exc.err_code == _PASSWORD_ERROR:
            raise UnreadableFile("the PDF needs a password: save it without one") from exc
        begins = b"%PDF-" in data[:_HEADER_WITHIN]
        raise UnreadableFile("the PDF is damaged or cut short" if begins else "not a PDF") from exc


def _scanned(pdf: Any, pages: Sequence[Sequence[Word]]) -> int:
    """How many pages hold images and no text."""
    from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE

    return sum(any(pdf[index].get_objects([FPDF_PAGEOBJ_IMAGE])) for index, words in enumerate(pages) if not words)


def _refuse_without_text(pages: Sequence[Sequence[Word]], scanned: int) -> None:
    text = "".join(word.text for page in pages for word in page)
    if not text:
        of_images = f"no text layer: {scanned} {'page' if scanned == 1 else 'pages'} of images; run OCR first"
        raise UnreadableFile(of_images if scanned else "the PDF holds no text")
    share = text.count("\ufffd") / len(text)
    if share > _MOST_UNKNOWN:
        raise UnreadableFile(
            f"its fonts do not say which characters they draw ({share:.0%} are unknown): run OCR first, or find "
            "another copy"
        )


def _mended(pages: list[list[Word]]) -> list[list[Word]]:
    """The pages with Cyrillic where fonts of TeX say they draw "Òîðãîâëÿ": no word of a Latin script is all accents."""
    bare = [_NO_LETTER.sub("", word.text) for page in pages for word in page]
    if sum(len(word) >= _MISREAD_LENGTH and _MISREAD.fullmatch(word) is not None for word in bare) < _FEWEST_MISREAD:
        return pages
    return [[_in_cyrillic(word) for word in page] for page in pages]


def _in_cyrillic(word: Word) -> Word:
    if not _MISREAD.fullmatch(_NO_LETTER.sub("", word.text)):
        return word
    letters = re.sub("[À-ÿ]+", lambda found: found.group().encode("latin-1").decode("cp1251"), word.text)
    return replace(word, text=letters.translate(_OF_T2A))


def _labels(labels: Sequence[str], numbers: Sequence[int | None]) -> list[str]:
    """What each page is called: its own label, else the number printed on it, else its place in the file."""
    own = any(labels)
    return [
        (label if own else "") or str(number or index)
        for index, (label, number) in enumerate(zip(labels, numbers, strict=True), start=1)
    ]


def _assembled(front: Sequence[str], paragraphs: Sequence[Paragraph], labels: Sequence[str]) -> Extraction:
    """Running rows of the first page as front matter, then the paragraphs, blank lines between all."""
    known = vocabulary(paragraphs)
    text, spans, headings, changes = "\n\n".join(front), [], [], [(0, [(0, 0)])]
    if front:
        spans.append(Span(0, len(text), "front matter"))
    parts = [text] if front else []
    length = len(text)
    for paragraph in paragraphs:
        content, pages = paragraph.text(known)
        start = length + 2 if parts else 0
        if paragraph.level is not None:
            headings.append(Heading(start, start + len(content), squash(content), paragraph.level))
            spans.append(Span(start, start + len(content), "heading"))
        changes.append((start, pages))
        parts.append(content)
        length = start + len(content)
    last = dict(pages_in(changes))  # an empty first page and the next one begin at one place
    places = tuple(Page(offset, labels[page]) for offset, page in last.items())
    return Extraction("\n\n".join(parts), (), tuple(headings), tuple(spans), places)


def _statements(metadata: dict[str, str]) -> Iterator[Field]:
    """Title and authors, weaker than what the page shows: programs fill in the name of a file or account.

    The day of printing is no date of publication.
    """
    title, author = squash(metadata.get("Title", "")), squash(metadata.get("Author", ""))
    if title and not _MADE_BY_PROGRAM.search(title):
        yield Field("title", title, "properties")
    if author:
        yield Field("authors", tuple(filter(None, map(str.strip, _BETWEEN_AUTHORS.split(author)))), "properties")
