import pytest

from corpus.errors import UnreadableFile
from corpus.readers import read_file
from corpus.records import Record, build_record
from corpus.structure import blocks_of
from tests.corpus.made_up import treaty_xml

_OPENING = (
    "AGREEMENT\nBETWEEN THE GOVERNMENT OF UKRAINE\nAND THE GOVERNMENT OF MOLDOVA ON FREE TRADE\n\n"
    "The Government of Ukraine and the Government of Moldova agree as follows:"
)


def _record(data: bytes) -> Record:
    return build_record(read_file(data, "a.xml").statements)


def test_metadata_alone_gives_the_record():
    record = _record(treaty_xml(preamble="The Parties agree:"))
    assert (record.title, record.date) == ("Ruritania - Belarus (Free Trade Agreement)", "1993-05-20")
    assert (record.parties, record.date_in_force) == (("Belarus", "Ukraine"), "1994-01-02")
    assert (record.kind, record.languages, record.url) == ("treaty", ("en",), "http://example.org/treaty")
    assert record.licence == "CC BY-NC 4.0 (ToTA)"


def test_the_heading_wins_over_metadata_and_both_are_kept():
    record = _record(treaty_xml(preamble=_OPENING))
    assert record.title == "Agreement between the Government of Ukraine and the Government of Moldova on Free Trade"
    assert (record.parties, record.origins["parties"]) == (("Ukraine", "Moldova"), "heading")
    assert record.also == {"title": "Ruritania - Belarus", "parties": ("Belarus", "Ukraine")}


@pytest.mark.parametrize(
    "closing", ["Done in Minsk on 6 January 1995 in two copies.", "Signed this 6th day of January, 1995."]
)
def test_the_day_in_the_closing_words_wins_over_metadata(closing):
    record = _record(treaty_xml(closing=closing))
    assert (record.date, record.also["date"]) == ("1995-01-06", "1993-05-20")


def test_the_text_opens_with_the_facts_as_front_matter():
    extraction = read_file(treaty_xml(preamble=_OPENING, closing="Done on 6 January 1995."), "a.xml")
    facts = extraction.text[extraction.spans[0].start : extraction.spans[0].end]
    assert extraction.spans[0].part == "front matter"
    assert "Ruritania - Belarus: signed on 6 January 1995 (the treaty database: 20 May 1993)." in facts
    assert "entered into force" not in facts  # the metadata's 1994 is of an act before this one
    assert "the parties are Ukraine, Moldova (the treaty database: Belarus, Ukraine)." in facts
    assert "type of agreement: Free Trade Agreement; status: In Force." in facts


def test_every_article_is_a_section():
    articles = (
        '<article number="ARTICLE 1" name="Duties">No duties.</article>'
        '<article number="Article 2bis">No quotas.</article><article number="ARTICLE IV"> </article>'
    )
    extraction = read_file(treaty_xml(articles, preamble="We agree:", closing="Done in Minsk."), "a.xml")
    sections = [(block.section, extraction.text[block.start : block.end]) for block in blocks_of(extraction)]
    assert sections[1:] == [
        ("Preamble", "Preamble"),
        ("Preamble", "We agree:"),
        ("Article 1. Duties (Chapter I. Trade)", "Article 1. Duties"),
        ("Article 1. Duties (Chapter I. Trade)", "No duties."),
        ("Article 2BIS (Chapter I. Trade)", "Article 2BIS"),
        ("Article 2BIS (Chapter I. Trade)", "No quotas."),
        ("Conclusion", "Conclusion"),
        ("Conclusion", "Done in Minsk."),
    ]


def test_wrapped_lines_are_joined_and_list_items_stay_on_their_lines():
    article = '<article number="Article 1">The parties\nshall:\n\n(a) pay;\n\n(b) agree.\n\nThey sign.</article>'
    text = read_file(treaty_xml(article), "a.xml").text
    assert text.endswith("The parties shall:\n(a) pay;\n(b) agree.\n\nThey sign.")


@pytest.mark.parametrize("signed", ["", "unknown", "1993-13-45", "0000-00-00", "20.05.1993"])
def test_a_date_that_is_none_is_left_out(signed):
    record = _record(treaty_xml(signed=signed))
    assert (record.date, record.year) == (None, None)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"<treaty><meta>", "malformed XML"),
        (b"not xml", "malformed XML"),
        (b"<rss><channel/></rss>", "no treaty .* found the root <rss>"),
        (b"<treaty><meta/></treaty>", "expected <meta> and <body> in the root <treaty>"),
        (b"<treaty><meta/><body><article> </article></body></treaty>", "no articles with text"),
        (b'<?xml version="1.0" encoding="x-none"?><treaty/>', "malformed XML"),
        (b"<a>" * 1000, "malformed XML"),
        (treaty_xml("<article>\x01</article>"), "malformed XML"),
    ],
)
def test_other_xml_is_refused(data, reason):
    with pytest.raises(UnreadableFile, match=reason):
        read_file(data, "a.xml")


def _with_entities(entities: str, article: str) -> bytes:
    body = treaty_xml(f'<article number="Article 1">{article}</article>').decode()
    return body.replace("<treaty>", f"<!DOCTYPE treaty [{entities}]><treaty>", 1).encode()


def test_entities_are_not_expanded():
    assert "ha" not in read_file(_with_entities('<!ENTITY a "ha">', "Rule &a;"), "a.xml").text.split()


def test_entities_that_expand_without_end_are_refused():
    bomb = '<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {name} "{f"&{inner};" * 10}">' for inner, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    with pytest.raises(UnreadableFile, match=r"malformed XML: .*Maximum entity amplification"):
        read_file(_with_entities(bomb, "Rule &i;"), "a.xml")


def test_no_other_file_is_read(tmp_path):
    (tmp_path / "secret.txt").write_text("a secret", "utf-8")
    entity = f'<!ENTITY x SYSTEM "{(tmp_path / "secret.txt").as_uri()}">'
    assert "a secret" not in read_file(_with_entities(entity, "Rule &x;"), "a.xml").text


def test_comments_are_no_text():
    text = read_file(treaty_xml("<article>No <!-- hidden -->duties<?pi hidden?>.</article>"), "a.xml").text
    assert text.endswith("No duties.")
