"""The JSON contract for programs, key by key; a key may be added here, none may be renamed."""

import json

import pytest

from corpus import Library, add_paths, squash
from embeddings import build_index, open_index
from rag.answer.answer import Answer
from rag.answer.quotes import Group, Quote, Sentence
from rag.output.contract import answer_json, answer_lines, answer_text, document_json, search_json
from rag.search.glossary import load_glossary
from rag.search.retrieval import Retriever
from tests.corpus.made_pdf import pdf_of
from tests.fakes import FakeEncoder

SEARCH = {"query", "language", "snapshot", "results"}
RESULT = set("rank score document source title kind part language section page start end text".split())
RESULT_ADDED = {"collection", "passage"}
ANSWER = set("question language snapshot answerable confidence answer sentences citations passages".split())
CITATION = set("n document source title language section page start end quote reference".split())
ANSWER_ADDED = {"reason", "groups", "notes", "short_answer"}
SENTENCE, SENTENCE_ADDED = {"text", "citations"}, {"role"}
CITATION_ADDED = {"part", "also_in", "collection", "passage", "date"}
QUESTIONS = ["Where does the Court of the Union sit?", "Когда подписано соглашение о пенсиях?"]


@pytest.fixture(params=QUESTIONS)
def answered(request, retriever, ask):
    """The JSON of an answer."""
    return answer_json(ask(retriever, request.param))


@pytest.fixture
def refused(retriever, ask):
    return answer_json(ask(retriever, "Кто написал оперу о китах?"))


@pytest.fixture(params=QUESTIONS)
def found(request, retriever):
    query = retriever.query(request.param)
    return search_json(request.param, query.language, "abc", retriever.search(query, 5))


def test_a_style_adds_the_references_and_nothing_else(retriever, ask):
    data = answer_json(ask(retriever, QUESTIONS[0]), "bibtex")
    assert set(data) == ANSWER | ANSWER_ADDED | {"references"}
    assert all(citation["reference"].startswith("@misc{") for citation in data["citations"])
    sources = {citation["source"] for citation in data["citations"]}
    assert data["references"].count("@misc{") == len(sources)


def test_search_has_exactly_the_promised_keys(found):
    assert set(found) == SEARCH
    assert all(set(result) == RESULT | RESULT_ADDED for result in found["results"])


def test_results_are_ranked_from_one(found):
    assert [result["rank"] for result in found["results"]] == [1, 2, 3, 4, 5]
    scores = [result["score"] for result in found["results"]]
    assert scores == sorted(scores, reverse=True)


def test_the_text_of_a_result_is_the_documents_own(found, retriever):
    for result in found["results"]:
        assert result["text"] == retriever.index.document(result["document"]).text[result["start"] : result["end"]]


def test_parts_are_named_as_promised(found):
    assert {result["part"] for result in found["results"]} <= {"body", "reference", "front matter"}


def test_a_citation_names_the_page_of_its_quote_and_a_passage_all_of_its_own(tmp_path, ask):
    pages = [["The Assembly meets in Brest each spring."], ["The Court of the Union sits in Minsk all year."]]
    (tmp_path / "a.pdf").write_bytes(pdf_of(pages))
    with Library(tmp_path / "library.db") as library:
        add_paths(library, [tmp_path / "a.pdf"])
        build_index(tmp_path, library, FakeEncoder(), "fake")
    retriever = Retriever(open_index(tmp_path), FakeEncoder(), load_glossary())
    data = answer_json(ask(retriever, QUESTIONS[0]))
    [citation] = [citation for citation in data["citations"] if "Minsk" in citation["quote"]]
    assert (citation["page"], "p. 2" in citation["reference"]) == ("2", True)
    query = retriever.query(QUESTIONS[0])
    assert [r["page"] for r in search_json("?", "en", "abc", retriever.search(query, 5))["results"]] == ["1–2"]
    retriever.index.close()


def test_what_is_not_known_is_null(found):
    assert all(result["page"] is None and result["section"] is None for result in found["results"])


def test_an_answer_has_exactly_the_promised_keys(answered):
    assert set(answered) == ANSWER | ANSWER_ADDED
    assert all(set(sentence) == SENTENCE | SENTENCE_ADDED for sentence in answered["sentences"])
    assert all(set(citation) == CITATION | CITATION_ADDED for citation in answered["citations"])
    assert all(set(passage) == RESULT | RESULT_ADDED for passage in answered["passages"])


def test_a_quote_is_the_documents_own(answered, retriever):
    for citation in answered["citations"]:
        text = retriever.index.document(citation["document"]).text
        assert citation["quote"] == text[citation["start"] : citation["end"]] != ""


def test_a_sentence_equals_its_first_quote_up_to_white_space(answered):
    quotes = {citation["n"]: citation["quote"] for citation in answered["citations"]}
    for sentence in answered["sentences"]:
        assert squash(sentence["text"]) == squash(quotes[sentence["citations"][0]])


def test_citations_are_numbered_from_one_and_all_used(answered):
    numbers = [citation["n"] for citation in answered["citations"]]
    assert numbers == list(range(1, len(numbers) + 1))
    assert {n for sentence in answered["sentences"] for n in sentence["citations"]} == set(numbers)


def test_the_answer_is_its_sentences_with_their_numbers(answered):
    lines = answered["answer"].splitlines()
    for line, sentence in zip(lines, answered["sentences"], strict=True):
        assert line.startswith(sentence["text"] + "".join(f" [{n}]" for n in sentence["citations"][:1]))


def test_a_refused_answer_has_no_sentences_but_what_is_near(refused):
    assert refused["answerable"] is False
    assert refused["sentences"] == refused["citations"] == []
    assert refused["answer"].startswith("В собранных текстах ответа на этот вопрос нет.")
    assert len(refused["passages"]) == 7
    assert 0 <= refused["confidence"] <= 1
    assert set(refused) == ANSWER | ANSWER_ADDED


def test_the_short_answer_are_the_words_of_the_first_quote_that_answer(answered, retriever):
    short, citation = answered["short_answer"], answered["citations"][0]
    text = retriever.index.document(citation["document"]).text
    assert set(short) == {"text", "start", "end", "citation"}
    assert (short["text"], short["citation"]) == (squash(text[short["start"] : short["end"]]), 1)
    assert citation["start"] <= short["start"] < short["end"] <= citation["end"]


def test_a_refusal_has_no_short_answer(refused):
    assert refused["short_answer"] is None


@pytest.mark.parametrize(
    ("answer", "wording", "expected"),
    [
        ((10, 25), None, {"text": "sits in Minsk", "start": 10, "end": 25, "citation": 1}),
        (None, None, None),
        ((10, 25), "It sits in Minsk.", None),
    ],
)
def test_only_what_a_reader_pointed_at_in_a_quote_is_a_short_answer(make_passage, answer, wording, expected):
    passage = make_passage("The court sits  in\n\nMinsk.")
    sentence = Sentence((Quote(passage, 0, passage.end),), answer=answer, wording=wording)
    assert answer_json(Answer("Where?", "en", "abc", (sentence,), 0.9, ()))["short_answer"] == expected


@pytest.mark.parametrize(
    ("language", "date", "line"),
    [
        ("en", "2001-02", "Differs (2001-02): It was six. [2]"),
        ("en", None, "Differs: It was six. [2]"),
        ("ru", "2001-02", "Иначе (2001-02): It was six. [2] (en)"),
    ],
)
def test_a_sentence_that_differs_says_so_and_of_when_its_document_is(make_passage, language, date, line):
    lead, other = make_passage("It is nine.", row=0), make_passage("It was six.", row=1, date=date)
    sentences = (Sentence((Quote(lead, 0, lead.end),)), Sentence((Quote(other, 0, other.end),), "differs"))
    data = answer_json(Answer("?", language, "abc", sentences, 0.9, ()))
    assert data["answer"].splitlines()[1] == line
    assert [(sentence["text"], sentence["role"]) for sentence in data["sentences"]] == [
        ("It is nine.", "lead"),
        ("It was six.", "differs"),
    ]


def test_a_refusal_says_why_where_that_is_known():
    assert answer_text(Answer("Who?", "en", "abc", (), 0.1, (), reason="No passage mentions it.")) == (
        "The texts in the library do not hold an answer to this question. No passage mentions it."
    )


def test_one_stretch_cited_by_two_sentences_has_one_number(make_passage):
    passage = make_passage("The court sits in Minsk.")
    quote = Quote(passage, 0, passage.end)
    data = answer_json(Answer("Where?", "en", "abc", (Sentence((quote,)), Sentence((quote,))), 0.9, ()))
    assert [sentence["citations"] for sentence in data["sentences"]] == [[1], [1]]
    assert len(data["citations"]) == 1


@pytest.fixture
def grouped(make_passage):
    """An answer of three sentences in two groups, with a note."""
    passages = [make_passage(f"Sentence {n}.", row=n, date=f"201{n}") for n in range(3)]
    one, two, three = (Sentence((Quote(p, 0, p.end),)) for p in passages)
    groups = (Group("First", (one, two)), Group("Second", (three,)))
    return Answer("What?", "en", "abc", (one, two, three), 0.9, (), groups=groups, notes=("Mind this.",))


def test_groups_name_the_places_of_their_sentences(grouped):
    data = answer_json(grouped)
    assert data["groups"] == [
        {"heading": "First", "sentences": [0, 1]},
        {"heading": "Second", "sentences": [2]},
    ]
    assert data["notes"] == ["Mind this."]
    assert [citation["date"] for citation in data["citations"]] == ["2010", "2011", "2012"]


def test_the_text_of_an_answer_has_headings_and_notes(grouped):
    assert answer_text(grouped).splitlines() == [
        "First:",
        "Sentence 0. [1]",
        "Sentence 1. [2]",
        "Second:",
        "Sentence 2. [3]",
        "Mind this.",
    ]


def test_only_lines_that_show_a_sentence_name_one(grouped):
    shown = [line.sentence for line in answer_lines(grouped)]
    assert shown == [None, *grouped.sentences[:2], None, grouped.sentences[2], None]


def test_everything_is_plain_json(answered, refused, found):
    for data in (answered, refused, found):
        assert json.loads(json.dumps(data)) == data


def test_a_document_in_full_carries_its_record(fake_home):
    from corpus import Library

    with Library(fake_home / "library.db") as library:
        document = library.find("court.md")
    short, full = document_json(document, full=False), document_json(document, full=True)
    assert set(full) - set(short) == {"record"}
    assert (short["title"], short["kind"], short["year"], short["languages"]) == ("The Court", "article", 2016, ["en"])
    assert full["record"]["date"] == "2016-05-01"
    assert json.loads(json.dumps(full, ensure_ascii=False))["record"]["origins"]["title"] == "front matter"
