"""What office programs say of a document in its properties: of weak origin, since they write much of it themselves."""

import re
from typing import Any

from corpus.archives import Archive
from corpus.readers.markup import children, inner_text, local_name, parse_xml
from corpus.readers.statements import persons, stated
from corpus.records import Field

_FIELDS = {"title": "title", "creator": "authors", "initial-creator": "authors", "keywords": "keywords"}
_UNTITLED = re.compile(r"(microsoft )?word( document)?|document\d*|документ\d*|untitled.*|без названия.*", re.I)


def core_properties(archive: Archive, part: str | None) -> list[Field]:
    """The statements of a Word document's core properties."""
    root = parse_xml(archive.read(part)) if part and part in archive else None
    return [] if root is None else properties(root)


def properties(root: Any) -> list[Field]:
    """The statements of an element with one child a property (Dublin Core's names); the first of a name counts."""
    values: dict[str, Any] = {}
    for child in root:
        field, text = _FIELDS.get(local_name(child), ""), inner_text(child)
        if field == "authors":
            values.setdefault("authors", persons(text.split(";")))
        elif field and not (field == "title" and _UNTITLED.fullmatch(text)):
            values.setdefault(field, text)
    keywords = [inner_text(word) for word in children(root, "keyword")]
    return stated(values | ({"keywords": keywords} if keywords else {}), "properties")
