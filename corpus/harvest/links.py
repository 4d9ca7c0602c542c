"""Which of the addresses that a record names are files: full texts, not pages about them."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from urllib.parse import urlsplit

_FILES = (".pdf", ".xml", ".html", ".htm")
#: OJS and Elpub name the page that shows a file; the file itself is at the same address under "download".
_SHOWN = re.compile(r"/article/view/([^/?#]+)/([^/?#]+)/?\Z")
_MOST_LINKS = 3


def file_links(links: Sequence[str]) -> list[str]:
    """The addresses of files among those that a record names; landing pages are none."""
    files = [_SHOWN.sub(r"/article/download/\1/\2", link) for link in links]
    return list(dict.fromkeys(link for link in files if _is_file(link)))[:_MOST_LINKS]


def _is_file(link: str) -> bool:
    path = urlsplit(link).path
    return "/article/download/" in path or PurePosixPath(path).suffix.lower() in _FILES
