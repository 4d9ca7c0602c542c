"""XML from strangers: parsed without entities, without the network, and no larger than libxml2 thinks safe."""

import html
import re
from collections.abc import Container, Iterator
from typing import Any

from corpus.errors import UnreadableFile
from corpus.layout.words import superscript

#: What XML cannot hold and lxml takes back from no one, though its parser of HTML gives it.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ENTITY = re.compile(r"&\w+;")


def parse_xml(data: bytes) -> Any:
    """The root element (lxml). Raises `UnreadableFile` when the bytes are no well-formed XML."""
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as exc:
        reason = getattr(exc, "msg", None) or exc
        raise UnreadableFile(f"malformed XML: damaged, cut short, or no XML at all (libxml2: {reason})") from exc


def local_name(element: Any) -> str:
    """An element's name without its namespace; empty for what is no element."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(element: Any, name: str) -> str | None:
    """The value of an attribute of this name in any namespace, or None."""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), None)


def children(element: Any, *names: str) -> Iterator[Any]:
    """The child elements of these local names, in order."""
    return (child for child in element if local_name(child) in names)


def descendants(element: Any, *names: str) -> Iterator[Any]:
    """The elements below, or the element itself, of these local names, in document order."""
    return (found for found in element.iter() if local_name(found) in names)


def set_apart(root: Any, names: Container[str]) -> None:
    """Put white space before and after what is in elements of these names, as their look does."""
    for element in root.iter():
        if local_name(element) in names:
            element.text = " " + _FORBIDDEN.sub("", element.text or "")
            element.tail = " " + _FORBIDDEN.sub("", element.tail or "")


def raise_digits(root: Any) -> None:
    """Make digits in <sup> superscript ones, lest the mark of a note become part of a number."""
    for raised in descendants(root, "sup"):
        for element in raised.iter():
            element.text = superscript(element.text or "")
            if element is not raised:
                element.tail = superscript(element.tail or "")


def inner_text(element: Any) -> str:
    """All text inside an element, white space squeezed."""
    return " ".join("".join(map(_shown, element.itertext())).split())


def entity_text(element: Any) -> str:
    """What an entity that was left as it stands says: HTML's own are characters, others say nothing."""
    return "" if isinstance(element.tag, str) else _shown(element.text or "")


def _shown(piece: str) -> str:
    if not _ENTITY.fullmatch(piece):
        return piece
    return "" if (plain := html.unescape(piece)) == piece else plain
