"""XML: the root element says whose it is."""

from importlib import import_module

from corpus.errors import UnreadableFile
from corpus.readers.markup import local_name, parse_xml
from corpus.records import Extraction

#: Root element -> module of this package whose `extraction` takes it.
_ROOTS = {"treaty": "tota", "article": "jats"}


def read(data: bytes, name: str) -> Extraction:
    """What the reader of the root's format makes of it. Raises `UnreadableFile` on any other XML."""
    root = parse_xml(data)
    module = _ROOTS.get(local_name(root))
    if module is None:
        raise UnreadableFile(f"no treaty (ToTA) and no article (JATS): found the root <{local_name(root)}>")
    extraction: Extraction = import_module(f"corpus.readers.{module}").extraction(root)
    return extraction
