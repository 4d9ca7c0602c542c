"""On the real texts beside the repository; skipped where they are not."""

import pytest

from corpus import Library, SplitterSettings, add_paths, split
from tests.corpus.made_up import count_words


@pytest.fixture(scope="module")
def texts(shared_corpus, tmp_path_factory: pytest.TempPathFactory):
    """(documents by the number of the seed or the name of the treaty, the intake's reports)."""
    with Library(tmp_path_factory.mktemp("home") / "library.db") as library:
        reports = add_paths(library, [shared_corpus / "seeds", shared_corpus / "treaties"])
        made = list(library.documents())
    return {d.source[:3] if d.collection == "seeds" else d.source.removesuffix(".xml"): d for d in made}, reports


@pytest.fixture(scope="module")
def documents(texts):
    """The documents alone."""
    return texts[0]


@pytest.fixture(scope="module")
def passages(documents):
    """The passages of each document."""
    return {
        name: split(document, SplitterSettings(), lambda text: len(text) // 3) for name, document in documents.items()
    }


def test_every_file_is_added_and_exactly_one_is_a_duplicate(texts):
    documents, reports = texts
    assert len(documents) == len(reports) == 40
    (duplicate,) = [report for report in reports if report.status != "added"]
    assert (duplicate.status, duplicate.source[:3], duplicate.detail[:3]) == ("duplicate", "004", "001")
    assert {name: made.duplicate_of for name, made in documents.items() if made.duplicate_of} == {
        "004": documents["001"].id
    }


def test_every_offset_is_exact(documents, passages):
    assert sum(map(len, passages.values())) > 1000
    for name, made in documents.items():
        for passage in passages[name]:
            assert made.text[passage.start : passage.end] == passage.text


def test_plain_text_is_the_file_s_own(documents, shared_corpus):
    for path in (shared_corpus / "seeds").iterdir():
        with path.open(encoding="utf-8", newline="") as file:
            assert documents[path.name[:3]].text == file.read()


def test_the_article_has_its_record(documents):
    record = documents["001"].record
    assert record.title.startswith("Interregional Cooperation and Integration within the Framework of the Union State")
    assert record.title.endswith("Specifics of Integration and Information Support")
    assert record.authors == ("Bakhlova O.V.", "Slugina A.N.")
    assert record.journal.startswith("Regionology")
    assert (record.year, record.volume, record.issue, record.pages) == (2022, "30", "1", "10-30")
    assert record.doi == "10.15507/2413-1407.118.030.202201.010-030"
    assert (record.licence, record.kind) == ("CC BY 4.0", "article")


def test_the_essay_has_its_date(documents):
    assert (documents["002"].record.date, documents["002"].record.origins["date"]) == ("2025-09-19", "text")


@pytest.mark.parametrize(("name", "kind"), [("000", "abstract"), ("002", "essay"), ("003", "thesis summary")])
def test_what_is_guessed_is_marked(documents, name, kind):
    record = documents[name].record
    assert record.kind == kind
    assert {"kind", "title"} <= set(record.guessed)


def test_the_bilingual_abstract_has_a_whole_passage_for_each_language(documents):
    whole = split(documents["000"], SplitterSettings(), count_words)
    assert [(passage.language, passage.section) for passage in whole] == [("ru", "Аннотация"), ("en", "Abstract")]
    assert whole[0].text.startswith("В данной статье анализируется")
    assert whole[0].text.endswith("отпугивают возможных участников.")
    assert whole[1].text.startswith("This article examines")
    assert whole[1].text.endswith("in the Post-Soviet space.")
    assert set(documents["000"].record.languages) == {"ru", "en"}


def test_every_reference_is_a_passage(passages):
    references = [passage.text for passage in passages["001"] if passage.part == "reference"]
    assert [int(text.split(".")[0]) for text in references] == list(range(1, 22))
    assert not [
        passage for name in ("000", "002", "003", "004") for passage in passages[name] if passage.part == "reference"
    ]


@pytest.mark.parametrize(
    "line", ["Share", "Continue:", "To download article", "Лицензия Creative Commons", "REGIONOLOGY"]
)
def test_boilerplate_is_in_no_passage(documents, passages, line):
    assert any(line in document.text for document in documents.values())
    assert not [p for name in ("001", "002", "004") for p in passages[name] if line in p.text]


@pytest.mark.parametrize(
    "words", ["Submitted 07.06.2021", "RFBR and EISR, project number 21-011-31086", "Saransk 430005"]
)
def test_dates_of_submission_funding_and_affiliations_stay_findable(passages, words):
    assert {passage.part for passage in passages["001"] if words in passage.text} == {"front matter"}


def test_letters_of_the_other_script_are_folded_for_the_encoder_only(passages):
    (passage,) = [passage for passage in passages["001"] if "The\u00a0Сhanging Role" in passage.text]
    assert "The Changing Role" in passage.embedded


def test_sections_of_the_article_are_named(passages):
    sections = [passage.section for passage in passages["001"] if passage.part == "body"]
    assert sections == ["Introduction", "Materials and Methods", "Results", "Discussion and Conclusion"]


@pytest.mark.parametrize(
    ("name", "title", "date", "parties"),
    [
        ("pta_440", "Treaty on the Eurasian Economic Union", "2014-05-29", 5),
        ("pta_413", "Treaty on a Free-Trade Area", "2011-10-18", 8),
        ("pta_90", "Agreement on the Creation of a Free-Trade Area", "1994-04-15", 4),
        ("pta_447", "Free Trade Agreement between the Eurasian Economic Union", "2015-05-29", 6),
        ("pta_370", "GUAM (Free Trade Agreement", "2002-07-20", 4),
        ("pta_44", "Agreement between the Government of Republic of Armenia", "1993-12-24", 2),
    ],
)
def test_treaties_have_their_names_dates_and_parties(documents, name, title, date, parties):
    record = documents[name].record
    assert record.title.startswith(title)
    assert (record.date, len(record.parties), record.kind) == (date, parties, "treaty")


def test_every_treaty_has_a_name_a_day_and_a_date_in_force(documents):
    treaties = [made.record for name, made in documents.items() if name.startswith("pta")]
    assert len(treaties) == 35
    assert all(record.title and record.parties and len(record.date) == 10 for record in treaties)


def test_where_heading_and_metadata_disagree_the_heading_wins_and_both_are_kept(documents):
    eurasec, union = documents["pta_97"].record, documents["pta_429"].record
    assert (eurasec.date, eurasec.origins["date"], eurasec.also["date"]) == ("1999-02-26", "heading", "1996-03-29")
    assert (union.date, union.also["date"]) == ("1995-01-06", "1995-01-20")
    assert union.parties == ("Russian Federation", "Belarus")
    assert union.also["parties"] == ("Belarus", "Kazakhstan", "Russian Federation")
    assert union.title == "Agreement on Customs Union between the Russian Federation and the Republic of Belarus"
    assert union.also["title"] == "Russian Federation - Belarus - Kazakhstan"


@pytest.mark.parametrize(
    ("name", "section", "words"),
    [
        ("pta_440", "Article 1.", "Parties shall establish the Eurasian Economic Union"),
        ("pta_440", "Article 19.", "Court of the EAEU shall be an institutional judicial body"),
        ("pta_429", "Article 1. The Aims And Principles", "The Contracting Parties shall declare the following aims"),
    ],
)
def test_an_article_is_found_under_its_number(passages, name, section, words):
    found = [p.text for p in passages[name] if (p.section or "").startswith(section)]
    assert any(words in " ".join(text.split()) for text in found)
