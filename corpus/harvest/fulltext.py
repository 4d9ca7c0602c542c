"""The full text of a harvested record: the first of the files it links to that the readers can read."""

from collections.abc import Sequence
from functools import partial

from corpus.errors import HarvestFailed, UnreadableFile
from corpus.harvest.client import PoliteClient, Response
from corpus.isolation import isolated
from corpus.reading import Reading, prepare, read_document
from corpus.records import Field

#: Media types of full texts -> the suffix that names their reader.
_SUFFIXES = {
    "application/pdf": ".pdf",
    "application/xml": ".xml",
    "text/xml": ".xml",
    "application/jats+xml": ".xml",
    "text/html": ".html",
    "application/xhtml+xml": ".html",
}
_TRIES = 2


def full_text(links: Sequence[str], client: PoliteClient, source: str, described: Sequence[Field] = ()) -> Reading:
    """What the first readable one of some files holds, under what its record says, each read in a process of its own.

    Raises `UnreadableFile`, saying what was wrong with each.
    """
    problems = []
    for link in links:
        try:
            return _read(client.get(link, tries=_TRIES), source, described)
        except (HarvestFailed, UnreadableFile) as exc:
            problems.append(str(exc) if link in str(exc) else f"{link}: {exc}")
    raise UnreadableFile("; ".join(problems) or "the record links to no file")


def _read(response: Response, source: str, described: Sequence[Field]) -> Reading:
    suffix = _SUFFIXES.get(response.media_type)
    if suffix is None:
        raise UnreadableFile(f"its type is '{response.media_type}', expected PDF, HTML or XML")
    with isolated.session(partial(prepare, suffix)) as session:
        return session.call(read_document, response.data, f"fulltext{suffix}", source, described)
