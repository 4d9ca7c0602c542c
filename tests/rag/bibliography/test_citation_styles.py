import json
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import Record
from corpus.exports import read_export
from rag.answer.answer import Answer
from rag.answer.quotes import Quote, Sentence
from rag.bibliography.citation_styles import STYLES, cite, cite_all
from rag.errors import UnknownStyle

HAAS = Record(title="The uniting of Europe", authors=("Ernst B. Haas",), date="1958", kind="book", place="Stanford")
TREATY = Record(title="Treaty on X", kind="treaty", date="2014-05-29")


@pytest.fixture
def answered(make_passage):
    """An answer from three documents, one quoted twice and two with the same key."""
    passages = [
        make_passage("One. Two.", row=0, title="On courts", authors=("A. Lee",), date="2001", kind="essay"),
        make_passage("Three.", row=1, title="On courts", authors=("A. Lee",), date="2001", kind="essay"),
        make_passage("Four.", row=2, title="О судах", authors=("Иванова А. Б.",), date="2002", kind="essay"),
    ]
    first, second, third = (Quote(passage, 0, 4) for passage in passages)
    sentences = (Sentence((first, third)), Sentence((Quote(passages[0], 5, 9),)), Sentence((second,)))
    return Answer("Which courts?", "en", "abc", sentences, 0.9, ())


def test_the_styles_are_these():
    assert list(STYLES) == ["gost", "apa", "chicago", "bibtex", "ris", "csl-json"]


@pytest.mark.parametrize(
    ("style", "beginning"),
    [
        ("gost", "Haas E. B. The uniting of Europe. Stanford, 1958."),
        ("apa", "Haas, E. B. (1958). The uniting of Europe."),
        ("chicago", "Haas, Ernst B. The Uniting of Europe. Stanford, 1958."),
        ("bibtex", "@book{haas1958uniting,\n  author = {Haas, Ernst B.}"),
        ("ris", "TY  - BOOK\nID  - haas1958uniting\nAU  - Haas, Ernst B.\n"),
        ("csl-json", '[\n  {\n    "id": "haas1958uniting",\n    "type": "book"'),
    ],
)
def test_a_record_is_cited_in_each_style(style, beginning):
    assert cite(HAAS, style).startswith(beginning)


def test_a_list_in_csl_json_holds_the_item():
    (item,) = json.loads(cite(TREATY, "csl-json", section="Article 5"))
    assert (item["type"], item["section"], item["issued"]) == ("treaty", "5", {"date-parts": [[2014, 5, 29]]})


def test_a_page_is_for_reading_only():
    assert cite(HAAS, "gost", page="7").endswith("1958. P. 7.")
    assert cite(HAAS, "bibtex", page="7") == cite(HAAS, "bibtex")


def test_an_unknown_style_is_refused_with_those_there_are():
    with pytest.raises(UnknownStyle, match="'mla'; there are gost, apa, chicago, bibtex, ris, csl-json"):
        cite(HAAS, "mla")


def test_the_documents_of_an_answer_are_listed_once_in_order_of_citation(answered):
    assert cite_all(answered, "gost").split("\n") == [
        "Lee A. On courts. 2001.",
        "Иванова А. Б. О судах. 2002.",
        "Lee A. On courts. 2001.",
    ]


def test_entries_of_one_file_have_keys_of_their_own(answered):
    ids = [item["id"] for item in json.loads(cite_all(answered, "csl-json"))]
    assert ids == ["lee2001courts", "ivanova2002sudakh", "lee2001courts-2"]
    assert cite_all(answered, "bibtex").count("\n\n@misc{") == 2
    assert cite_all(answered, "ris").count("\nER  - ") == 3


@pytest.mark.parametrize(("style", "suffix"), [("bibtex", ".bib"), ("ris", ".ris"), ("csl-json", ".json")])
def test_the_references_of_an_answer_are_read_back_from_every_format_for_programs(make_passage, style, suffix):
    records = [
        {"title": "On R&D: 5% {of} it", "kind": "article", "journal": "Bulletin", "volume": "3", "pages": "5-17"},
        {"title": "Договор о Союзе", "kind": "treaty", "date": "2014-05-29", "url": "https://example.org/a_b"},
        {"title": "Статистика", "kind": "web page", "url": "https://example.org/stat", "accessed": "2026-11-02"},
        {"title": "О судах", "authors": ("Иванова А. Б.", "Суд Союза"), "date": "2010", "kind": "thesis"},
    ]
    quotes = [Quote(make_passage("One.", row=n, **record), 0, 4) for n, record in enumerate(records)]
    answer = Answer("Which?", "en", "abc", (Sentence(tuple(quotes)),), 0.9, ())
    export = read_export(cite_all(answer, style).encode(), f"references{suffix}")
    assert export.problems == ()
    read = [{field.name: field.value for field in entry.statements} for entry in export.entries]
    assert [values["title"] for values in read] == [record["title"] for record in records]
    assert (read[0]["kind"], read[0]["journal"], read[0]["pages"]) == ("article", "Bulletin", "5-17")
    assert read[1]["url"] == "https://example.org/a_b"
    assert (read[2]["kind"], read[2]["accessed"]) == ("web page", "2026-11-02")
    assert (read[3]["kind"], read[3]["date"]) == ("thesis", "2010")


def test_a_refusal_has_no_references():
    assert cite_all(Answer("Who?", "en", "abc", (), 0.1, ()), "gost") == ""


TEXT = st.text(max_size=20) | st.sampled_from(["А. Б. Иванов", "10-20", "a & b", "<i>{x", "Who?", "«т»", "10–", "1/2"])
NAMES = st.lists(TEXT, max_size=5).map(tuple)
DATE = st.none() | st.sampled_from(["2014", "2014-05", "2014-05-29"])


@settings(max_examples=30, deadline=None)
@given(
    st.builds(
        Record,
        title=TEXT,
        authors=NAMES,
        date=DATE,
        kind=st.sampled_from([*"article book chapter treaty essay report thesis".split(), "conference paper"]),
        journal=st.none() | TEXT,
        editors=NAMES,
        publisher=st.none() | TEXT,
        place=st.none() | TEXT,
        volume=st.none() | TEXT,
        issue=st.none() | TEXT,
        pages=st.none() | TEXT,
        doi=st.none() | TEXT,
        url=st.none() | TEXT,
        accessed=DATE,
    )
)
def test_any_record_has_a_reference_of_one_line_in_styles_for_reading(record):
    for name, style in STYLES.items():
        line = cite(record, name, section="Article 5", page="7")
        assert line.strip()
        assert not style.text or "\n" not in line


def test_citeproc_is_imported_for_the_first_reference_only():
    code = (
        "import sys; import rag.cli, rag.output.display, rag.output.contract\n"
        "from corpus import Record; from rag.bibliography.citation_styles import cite\n"
        "print('citeproc' in sys.modules); cite(Record(), 'gost'); print('citeproc' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]
