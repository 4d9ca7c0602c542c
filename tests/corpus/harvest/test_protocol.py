from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from corpus.errors import HarvestFailed, UnreadableFile
from corpus.harvest.client import PoliteClient, Response
from corpus.harvest.descriptions import describe
from corpus.harvest.protocol import MetadataFormat, Repository, TokenRefused
from tests.corpus.harvest.repository import Item, Reply, article, deleted, dublin_core, now

FIRST = {"metadataPrefix": "oai_dc"}
PAGE = """<?xml version="1.0"?>
<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2024-05-06T07:08:09Z</responseDate>
<request verb="ListRecords"/>{}</OAI-PMH>"""


@pytest.fixture
def asked(repository, pace):
    """The repository as the harvester sees it."""
    with PoliteClient(repository.url, pace) as client:
        yield Repository(repository.url, client)


def changes(old: bytes, new: bytes, times: int = -1):
    """A fault: bytes of the reply become others."""

    def change(reply):
        assert old in reply.data
        return replace(reply, data=reply.data.replace(old, new, times))

    return change


def cuts(at: bytes):
    """A fault: the reply ends before some bytes."""
    return lambda reply: replace(reply, data=reply.data[: reply.data.index(at)])


def says(xml: str):
    """A fault: another response altogether."""
    return lambda _: Reply(PAGE.format(xml).encode())


def test_the_formats_are_what_the_repository_offers(asked, repository):
    repository.formats = ["oai_dc", "jats"]
    found = asked.formats()
    assert [offered.prefix for offered in found] == ["oai_dc", "jats"]
    assert found[0] == MetadataFormat(
        "oai_dc", "http://www.openarchives.org/OAI/2.0/oai_dc.xsd", "http://www.openarchives.org/OAI/2.0/oai_dc/"
    )


def test_a_list_comes_in_parts_by_tokens(asked, repository):
    repository.items = [article(number) for number in range(1, 6)]
    part, found = asked.records(FIRST), []
    assert part.responded == now()
    while part.token:
        found += part.identifiers
        part = asked.records({"resumptionToken": part.token})
    assert [*found, *part.identifiers] == [item.identifier for item in repository.items]


def test_records_have_datestamp_and_metadata_unless_deleted(asked, repository):
    repository.items = [article(1, "2024-03-01T05:06:07"), deleted(2, "2024-03-02")]
    kept, gone = asked.records(FIRST).records
    assert (kept.datestamp, kept.deleted, etree.fromstring(kept.metadata).tag.endswith("}dc")) == (
        "2024-03-01T05:06:07Z",
        False,
        True,
    )
    assert (gone.datestamp, gone.deleted, gone.metadata) == ("2024-03-02T00:00:00Z", True, None)


def test_nothing_that_matches_is_an_empty_last_part(asked):
    part = asked.records(FIRST)
    assert (part.records, part.token, part.cut, part.responded) == ((), None, False, now())


def test_the_length_of_the_list_is_told_where_it_is_stated(asked, repository):
    token = '<ListRecords><resumptionToken completeListSize="{}"> t&amp;1 </resumptionToken></ListRecords>'
    repository.breaks(1, says(token.format("120")), says(token.format("many")))
    parts = [asked.records(FIRST), asked.records(FIRST)]
    assert [(part.token, part.total) for part in parts] == [("t&1", 120), ("t&1", None)]


def test_a_response_without_a_date_has_none(asked, repository):
    repository.breaks(1, changes(b"<responseDate>2", b"<responseDate>the year 2"))
    assert asked.records(FIRST).responded == ""


def test_a_token_that_is_no_longer_valid_is_an_error_of_its_own(asked):
    with pytest.raises(TokenRefused, match="badResumptionToken"):
        asked.records({"resumptionToken": "expired"})


@pytest.mark.parametrize(
    ("arguments", "code"),
    [({}, "badArgument"), ({"metadataPrefix": "marc21"}, "cannotDisseminateFormat"), ({**FIRST, "from": "x"}, "bad")],
)
def test_an_error_of_the_protocol_is_named(asked, arguments, code):
    with pytest.raises(HarvestFailed, match=f"refuses: {code}"):
        asked.records(arguments)


def test_an_error_of_the_protocol_may_come_with_a_status_of_http(asked, repository):
    repository.breaks(1, *[lambda reply: replace(reply, status=422)] * 2)
    assert asked.records(FIRST).records == ()
    with pytest.raises(TokenRefused):
        asked.records({"resumptionToken": "expired"})


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"<!DOCTYPE html><html><body><p>Journal</body></html>", "a web page"),
        (b"<html xmlns='http://www.w3.org/1999/xhtml'><body/></html>", "a web page"),
        (b"<rss/>", "its root is <rss>"),
        (b"plain words", "malformed XML"),
        (b"", "malformed XML"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><OAI-PMH>&b;</OAI-PMH>", "no list of records"),
    ],
)
def test_what_is_no_oai_pmh_is_named(asked, repository, data, what):
    repository.breaks(1, *[lambda _: Reply(data)] * 2)
    with pytest.raises(HarvestFailed, match=what):
        asked.records(FIRST)


def test_control_characters_pasted_into_an_abstract_do_no_harm(asked, repository):
    repository.items = [article(1)]
    repository.breaks(1, changes(b"Article 1 shows", b"Article\x0b 1\x00 shows"))
    (record,) = asked.records(FIRST).records
    assert "Article 1 shows" in "".join(etree.fromstring(record.metadata).itertext())


def test_of_a_broken_response_the_whole_records_are_used_and_the_list_goes_on(asked, repository):
    repository.items = [article(number) for number in range(1, 5)]
    repository.breaks(1, changes(b"Article 2 shows", b"Article 2 <shows & tells"))
    part = asked.records(FIRST)
    assert [record.identifier for record in part.records] == ["oai:example.org:article/1"]
    assert part.broken == ("oai:example.org:article/2",)
    assert etree.fromstring(part.records[0].metadata).tag.endswith("}dc")
    assert (part.cut, part.responded) == (False, now())
    assert asked.records({"resumptionToken": part.token}).identifiers == (
        "oai:example.org:article/3",
        "oai:example.org:article/4",
    )


def test_a_response_that_breaks_off_is_asked_for_once_more(asked, repository):
    repository.items = [article(1), article(2)]
    repository.breaks(1, cuts(b"Article 2 shows"))
    part = asked.records(FIRST)
    assert (len(part.records), part.broken, part.cut) == (2, (), False)


def test_a_response_that_breaks_off_again_gives_its_whole_records(asked, repository):
    repository.items = [article(1), article(2)]
    repository.breaks(1, *[cuts(b"Article 2 shows")] * 2)
    part = asked.records(FIRST)
    assert [record.identifier for record in part.records] == ["oai:example.org:article/1"]
    assert (part.broken, part.token, part.cut) == (("oai:example.org:article/2",), None, True)


def test_a_broken_record_without_identifier_is_still_told_of(asked, repository):
    repository.items = [Item("oai:x", metadata={"oai_dc": dublin_core("title One")})]
    repository.breaks(1, *[cuts(b"<identifier>")] * 2)
    assert asked.records(FIRST).broken == ("a record without an identifier",)


def test_entities_are_not_expanded(asked, repository):
    bomb = b'<!DOCTYPE OAI-PMH [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><OAI-PMH '
    repository.items = [article(1)]

    def expand(reply):
        start = reply.data.index(b"<OAI-PMH ")
        data = bomb + reply.data[start + len(b"<OAI-PMH ") :].replace(b"Article 1 shows", b"&b;")
        return replace(reply, data=data)

    repository.breaks(1, expand)
    (record,) = asked.records(FIRST).records
    assert "that duty 1 was shared" in etree.fromstring(record.metadata).xpath("string()")
    assert "aaaa" not in "".join(etree.fromstring(record.metadata).itertext())


class _Canned:
    """A client that always gets the same bytes."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def get(self, url, arguments):
        return Response(url, "text/xml", self.data)


_SOUND = (
    PAGE.format(
        "<ListRecords><record><header><identifier>oai:1</identifier><datestamp>2024-01-01</datestamp></header><metadata>"
        + dublin_core("title One", "description <p>Text</p>", "identifier http://a.org/1", "source J; 1; 2-3")
        + "</metadata></record><resumptionToken completeListSize='9'>t</resumptionToken></ListRecords>"
    )
    .replace("'", '"')
    .encode()
)


@given(st.lists(st.tuples(st.integers(0, len(_SOUND)), st.integers(0, 90), st.binary(max_size=12)), max_size=6))
def test_damage_of_any_kind_is_a_known_error_or_known_records(damages):
    data = _SOUND
    for start, length, inserted in damages:
        data = data[:start] + inserted + data[start + length :]
    try:
        part = Repository("http://a.org/oai", _Canned(data)).records(FIRST)
    except HarvestFailed:
        return
    described = []
    for record in part.records:
        with suppress(UnreadableFile):
            described += [describe(etree.fromstring(record.metadata))] if record.metadata is not None else []
    assert len(described) <= len(part.records) <= 1
