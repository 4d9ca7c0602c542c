"""The full text of a harvested record: the first of the files it links to that the readers can read."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from corpus.errors import HarvestFailed, UnreadableFile
from corpus.harvest.client import PoliteClient, Response
from corpus.readers import read_file
from corpus.records import Extraction

#: Media types of full texts -> the suffix that names their reader.
_SUFFIXES = {
    "application/pdf": ".pdf",
    "application/xml": ".xml",
    "text/xml": ".xml",
    "application/jats+xml": ".xml",
    "text/html": ".html",
    "application/xhtml+xml": ".html",
}
_FILES = (".pdf", ".xml", ".html", ".htm")
#: OJS and Elpub name the page that shows a file; the file itself is at the same address under "download".
_SHOWN = re.compile(r"/article/view/([^/?#]+)/([^/?#]+)/?\Z")
_MOST_LINKS = 3
_TRIES = 2


def file_links(links: Sequence[str]) -> list[str]:
    """The addresses of files among those that a record names; landing pages are none."""
    files = [_SHOWN.sub(r"/article/download/\1/\2", link) for link in links]
    return list(dict.fromkeys(link for link in files if _is_file(link)))[:_MOST_LINKS]


def full_text(links: Sequence[str], client: PoliteClient) -> Extraction:
    """What the first readable one of some files holds. Raises `UnreadableFile`, saying what was wrong with each."""
    problems = []
    for link in links:
        try:
            return _read(client.get(link, tries=_TRIES))
        except (HarvestFailed, UnreadableFile) as exc:
            problems.append(str(exc) if link in str(exc) else f"{link}: {exc}")
    raise UnreadableFile("; ".join(problems) or "the record links to no file")


def _is_file(link: str) -> bool:
    path = urlsplit(link).path
    return "/article/download/" in path or PurePosixPath(path).suffix.lower() in _FILES


def _read(response: Response) -> Extraction:
    suffix = _SUFFIXES.get(response.media_type)
    if suffix is None:
        raise UnreadableFile(f"its type is '{response.media_type}', expected PDF, HTML or XML")
    return read_file(response.data, f"fulltext{suffix}")
