"""Made-up texts: documents, a treaty in ToTA's XML, and a strategy for texts of any characters."""

from typing import Any

from hypothesis import strategies as st

from corpus import Document, Record
from corpus.records import Extraction, document_id
from corpus.store import content_hash_of
from corpus.structure import blocks_of

#: What this field's texts are made of, and what offsets are lost on.
_PIECES = (
    *(" ", "  ", "\u00a0", "\n", "\n\n", "\r\n", "\r\n\r\n", "\r", "\t", "\u2028", "\u00ad", "\ufeff", "- ", "-\n"),
    *(". ", "! ", "? ", ".", ":", "; ", "…", "«", "»", "1. ", "[2] ", "(a) ", "# ", "Art. 5 ", "т.е. ", "2014 г. "),
    *("Союзное государство", "интеграция", "О. В. Бахлова", "UDК 323", "Сhanging", "union ", "The Court rules. "),
    *("Share\n", "Continue:\n\n", "References\n\n", "Введение.", "Keywords: trade\n", "For citation: "),
    *("Иванов И. И. Союз // Вестник. 2020. № 1. С. 10-20.\n", "doi: 10.1000/1 2019\n", "𝒜", "😀", "e\u0301", "中文。"),
)

#: Half made of the pieces above, half of any characters at all, astral ones too.
texts = st.lists(
    st.one_of(st.sampled_from(_PIECES), st.text(st.characters(exclude_categories=["Cs"]), max_size=12)), max_size=60
).map("".join)


def document(text: str, source: str = "text.txt", **record: Any) -> Document:
    """A document of this text, cut into blocks as the intake does."""
    blocks = tuple(blocks_of(Extraction(text)))
    return Document(
        id=document_id("texts", source),
        collection="texts",
        source=source,
        content_hash=content_hash_of(text, blocks),
        text=text,
        record=Record(**record),
        blocks=blocks,
    )


def count_words(text: str) -> int:
    """A token counter that anyone can check: words between white space."""
    return len(text.split())


def treaty_xml(
    articles: str = '<article number="ARTICLE 1" name="Duties">No duties are levied.</article>',
    preamble: str = "",
    name: str = "Ruritania - Belarus",
    signed: str = "1993-05-20",
    closing: str = "",
) -> bytes:
    """A treaty in ToTA's XML."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<treaty>
  <meta>
    <name>{name}</name><type>Free Trade Agreement</type><status>In Force</status>
    <date_signed>{signed}</date_signed><date_into_force>1994-01-02</date_into_force>
    <parties><partyisocode n="1">BLR</partyisocode><partyisocode n="2">UKR</partyisocode></parties>
    <source lang="en">http://example.org/treaty</source>
  </meta>
  <body>
    <chapter name="Preamble"><article>{preamble}</article></chapter>
    <chapter number="CHAPTER I" name="Trade">{articles}</chapter>
    <chapter><article>{closing}</article></chapter>
  </body>
</treaty>""".encode()
