"""Books in EPUB 2 and 3 (IDPF/W3C): the chapters of the spine in reading order, read with lxml from the zip."""

import posixpath
from typing import Any
from urllib.parse import unquote

from corpus.archives import Archive
from corpus.errors import UnreadableFile
from corpus.readers.draft import Draft
from corpus.readers.hypertext import write_hypertext
from corpus.readers.markup import attribute, children, descendants, inner_text, parse_xml
from corpus.readers.statements import doi_in, free_licence, iso_date, persons, stated
from corpus.records import Extraction, Field

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_PAGES = ("application/xhtml+xml", "text/html")


def read(data: bytes, name: str) -> Extraction:
    """All chapters as one text, without the table of contents. Raises `UnreadableFile`."""
    archive = Archive(data)
    package = _package_name(archive)
    root = parse_xml(archive.read(package))
    encrypted = _encrypted(archive)
    draft = Draft()
    for chapter in _chapters(root, posixpath.dirname(package)):
        if chapter in encrypted:
            raise UnreadableFile("protected against copying (DRM)")
        body = _body(archive.read(chapter))
        if body is not None:
            write_hypertext(draft, body)
    return draft.extraction(_statements(root))


def _package_name(archive: Archive) -> str:
    rootfile = next(descendants(parse_xml(archive.read(_CONTAINER)), "rootfile"), None)
    name = None if rootfile is None else attribute(rootfile, "full-path")
    if not name:
        raise UnreadableFile("no book: its container names no package")
    return name


def _encrypted(archive: Archive) -> set[str]:
    if _ENCRYPTION not in archive:
        return set()
    references = descendants(parse_xml(archive.read(_ENCRYPTION)), "CipherReference")
    return {unquote(attribute(reference, "URI") or "") for reference in references}


def _chapters(package: Any, folder: str) -> list[str]:
    """Names of the spine's pages, each once, but for the page of navigation."""
    items = {
        attribute(item, "id"): posixpath.normpath(posixpath.join(folder, unquote(attribute(item, "href") or "")))
        for item in descendants(package, "item")
        if attribute(item, "media-type") in _PAGES and "nav" not in (attribute(item, "properties") or "").split()
    }
    spine = (attribute(reference, "idref") for reference in descendants(package, "itemref"))
    return list(dict.fromkeys(items[reference] for reference in spine if reference in items))


def _body(data: bytes) -> Any:
    """The body of a page: as XML, as it should be, or as a browser would mend it."""
    from lxml import etree

    try:
        root = parse_xml(data)
    except UnreadableFile:
        parser = etree.HTMLParser(no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
        root = etree.fromstring(data, parser) if data.strip() else None
    return None if root is None else next(descendants(root, "body"), None)


def _statements(package: Any) -> list[Field]:
    metadata = next(children(package, "metadata"), None)
    if metadata is None:
        return []
    said: dict[str, list[str]] = {}
    for element in metadata.iter():
        text = inner_text(element)
        if text and str(element.tag).startswith("{http://purl.org/dc/elements/1.1/}"):
            said.setdefault(_meaning(metadata, element), []).append(text)
    first = {name: texts[0] for name, texts in said.items()}
    values = {
        "title": first.get("title"),
        "authors": persons(said.get("creator", [])),
        "editors": said.get("edt"),
        "publisher": first.get("publisher"),
        "date": iso_date(first.get("date")),
        "keywords": said.get("subject"),
        "abstract": first.get("description"),
        "doi": doi_in(said.get("identifier", [])),
        "licence": free_licence(said.get("rights", [])),
    }
    languages = stated({"languages": said.get("language")}, "properties")  # some programs always write "en"
    return [*stated(values, "metadata"), *languages, Field("kind", "book", "guess")]


def _meaning(metadata: Any, element: Any) -> str:
    """The name of an element of Dublin Core; of a creator who is none ("edt", "trl"), the role."""
    name = str(element.tag).rpartition("}")[2]
    if name not in ("creator", "contributor"):
        return name
    own = f"#{attribute(element, 'id')}"
    refined = (
        inner_text(meta)
        for meta in children(metadata, "meta")
        if attribute(meta, "refines") == own and attribute(meta, "property") == "role"
    )
    role = attribute(element, "role") or next(refined, "aut" if name == "creator" else name)
    return "creator" if role == "aut" else role
