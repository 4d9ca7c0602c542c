import json
import sys
from contextlib import closing
from functools import partial

import pytest

from corpus.archives import Budget
from corpus.errors import UnreadableFile
from corpus.exports import EXPORTS, read_export
from corpus.isolation import Isolated
from corpus.reading import Reading, prepare, read_abstract, read_contents, read_document
from corpus.records import Block, Field, Page, Record
from tests.corpus.made_files import mail, zipped
from tests.corpus.test_readers import MAKERS

_BLOCK = Block(0, 6, "body", None, "en")


@pytest.fixture(scope="module")
def isolated():
    with closing(Isolated()) as isolated:
        yield isolated


def _modules() -> tuple[str, ...]:
    return tuple(sys.modules)


@pytest.mark.parametrize("name", MAKERS)
def test_what_the_closed_process_reads_is_what_is_read_here(isolated, name):
    data = MAKERS[name]()
    with isolated.session(partial(prepare, f".{name.partition('.')[2]}")) as session:
        there = session.call(read_document, data, name, f"folder/{name}")
    here = read_document(data, name, f"folder/{name}")
    assert there.document("c", name) == here.document("c", name)
    assert there.notes == here.notes


@pytest.mark.parametrize("name", MAKERS)
def test_what_a_reader_needs_is_imported_before_the_process_is_closed(isolated, name):
    with closing(Isolated()) as isolated, isolated.session(partial(prepare, f".{name.partition('.')[2]}")) as session:
        before = set(session.call(_modules))
        session.call(read_document, MAKERS[name](), name, name)
        later = set(session.call(_modules)) - before
    assert {module for module in later if not module.startswith("encodings.")} == set()


@pytest.mark.parametrize("suffix", EXPORTS)
def test_what_an_export_needs_is_imported_before_the_process_is_closed(suffix):
    data = {
        ".bib": rb"@book{a, author = {A. B\"{u}sch}, title = {On {\em duty}}, abstract = {It is low, long ago.}}",
        ".ris": b"TY  - JOUR\nTI  - On duty\nAB  - It is low, and was so long ago.\nER  - \n",
        ".json": b'[{"type": "book", "title": "On duty", "abstract": "It is low, and was so long ago."}]',
    }[suffix]
    with closing(Isolated()) as isolated, isolated.session(partial(prepare, suffix)) as session:
        before = set(session.call(_modules))
        (entry,) = session.call(read_export, data, f"a{suffix}").entries
        session.call(read_abstract, entry.statements, "a")
        assert set(session.call(_modules)) - before == set()


def test_an_archive_is_prepared_for_every_format(isolated):
    with isolated.session(partial(prepare, ".zip")) as session:
        assert {"pypdfium2.raw", "rispy", "trafilatura", "lxml.etree", "yaml"} <= set(session.call(_modules))


def test_what_is_said_beside_a_file_comes_before_what_the_file_says():
    described, sidecar = [Field("title", "Exported", "sidecar"), Field("volume", "5", "sidecar")], b"title: Mine"
    record = read_document(b"# Own\n\nText.", "a.md", "a.md", described, (sidecar, "a.md.meta.yaml")).record
    assert (record.title, record.volume, record.also["title"]) == ("Mine", "5", "Exported")


def test_a_description_makes_a_text_of_its_own():
    reading = read_abstract([Field("title", "On duty", "sidecar"), Field("abstracts.en", "It is low.", "sidecar")], "a")
    assert "It is low." in reading.text and reading.record.title == "On duty"


def test_what_files_hold_comes_with_the_refusals():
    found = {
        content.name: content for content in read_contents(zipped({"a.txt": "A", "../b.txt": "B"}), ".zip", Budget())
    }
    assert (found["a.txt"].data, found["a.txt"].refusal) == (b"A", None)
    assert (found["../b.txt"].data, found["../b.txt"].refusal) == (b"", "its name leads out of the archive")
    (content,) = read_contents(mail(attached={"c.txt": b"C"}), ".eml", Budget())
    assert (content.name, content.data) == ("c.txt", b"C")


def test_a_name_that_is_not_unicode_makes_no_document():
    reading = Reading("Words.", Record(), (_BLOCK,))
    with pytest.raises(UnreadableFile, match="not Unicode"):
        reading.document("c", "\udcff.txt")


def test_a_reading_keeps_what_json_has_no_tuples_for():
    record = Record(title="T", authors=("A", "B"), origins={"title": "text"}, also={"authors": ["C", "D"]})
    made = Reading("Words.", record, (_BLOCK,), (Page(0, "1"),)).document("c", "a.txt")
    assert made.record.also == {"authors": ("C", "D")}
    assert json.loads(made.record.to_json())["also"] == {"authors": ["C", "D"]}
