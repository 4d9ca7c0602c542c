"""Statements from what a format's own metadata says, without what no field of a record can hold."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from corpus.dates import is_date
from corpus.errors import UnreadableFile
from corpus.metadata import statements_from_mapping
from corpus.records import Field

_DATE = re.compile(r"(?P<year>[0-9]{4})(?:\W(?P<month>[0-9]{1,2})(?:\W(?P<day>[0-9]{1,2}))?)?(?![0-9])")
_NOBODY = re.compile(
    r"python-docx|(microsoft|windows)( office)?( user)?|user|admin\w*|(unknown )?author|unknown|anonymous|pc"
    r"|пользователь( \w+)?|админ\w*|автор|неизвест\w*( автор)?",
    re.I,
)
_DOI = re.compile(r"10\.\d{4,9}/\S+")
_FREE_LICENCE = re.compile(r"creativecommons\.org|\bCC[ -]BY|Creative Commons", re.I)


def stated(values: Mapping[str, Any], origin: str) -> list[Field]:
    """A statement for each value that its field can hold; the others are passed over."""
    found = []
    for name, value in values.items():
        try:
            found += statements_from_mapping({name: value}, origin) if value else []
        except UnreadableFile:
            continue
    return found


def persons(names: Iterable[str]) -> list[str]:
    """The names without those that programs write where nobody gave one."""
    return [name for name in map(str.strip, names) if name and not _NOBODY.fullmatch(name)]


def iso_date(text: str | None) -> str | None:
    """The date that a text begins with, year first ("2020/5/12", "2020-05-12T10:00Z", "2020"), in ISO 8601, or None."""
    found = _DATE.match((text or "").strip())
    if not found:
        return None
    parts = [found["year"], *(part.zfill(2) for part in (found["month"], found["day"]) if part)]
    shorter = ("-".join(parts[:count]) for count in range(len(parts), 0, -1))
    return next((date for date in shorter if is_date(date)), None)


def doi_in(texts: Iterable[str]) -> str | None:
    """The first DOI in texts, or None."""
    return next((found.group().rstrip(".,;)") for text in texts if (found := _DOI.search(text))), None)


def free_licence(texts: Iterable[str]) -> str | None:
    """The first text that names a licence of Creative Commons, or None."""
    return next((text for text in texts if _FREE_LICENCE.search(text)), None)


def page_range(first: str | None, last: str | None) -> str | None:
    """Pages as in "10-20", "10", or None."""
    return "-".join(dict.fromkeys(page for page in (first, last) if page)) or None
