from dataclasses import replace

import pytest

from corpus import Library, add_paths
from embeddings import DEFAULT_ENCODER, Filters, build_index, open_index
from rag.answers import answer
from rag.bibliography_questions import STATED, with_bibliography
from rag.evidence import Evidence
from rag.search.glossary import load_glossary
from rag.search.retrieval import Retriever

ARTICLE = """O. V. Orlova, A. N. Belov. Border Trade between Neighbouring Provinces and its Statistics

UDC 339.5

DOI: 10.1000/border.2022.1

Introduction. The article measures border trade of neighbouring provinces by customs statistics. Trade grew fast.

Keywords: border trade, provinces, customs statistics

For citation: Orlova O.V., Belov A.N. Border Trade between Neighbouring Provinces and its Statistics. Regional \
Papers = Regional Studies. 2022; 30(1):10-30. doi: https://doi.org/10.1000/border.2022.1

References

1. Zonova T.V. From Towns to Provinces. Polis = Political Studies. 1999; (5):155-164. (In Russ.)

2. Marples D. Is the Border Obsolete? Problems of Trade. 2008; 55(1):25-35. doi: https://doi.org/10.2753/PPC1

3. Zonova T.V. Diplomacy of Provinces. Moscow: Nauka; 2003. 334 p. (In Russ.)

Submitted 07.06.2021; accepted for publication 27.08.2021.

About the authors:

Olga V. Orlova, Professor, Department of Trade, Northern State University, orlova@northern.example

Andrei N. Belov, Researcher, Southern State University, belov@southern.example
"""
ESSAY = """---
title: Rivers and Their Users
language: en
kind: essay
---
Rivers have many users. Farmers take the water of rivers in spring.
"""
NOTE = """---
title: Ports
language: en
kind: note
---
Ports serve ships. The article on ports was written by sailors.
"""


@pytest.fixture(scope="module")
def retriever(tmp_path_factory, write_texts, e5):
    home = tmp_path_factory.mktemp("home")
    texts = write_texts(home / "texts", {"border.txt": ARTICLE, "rivers.md": ESSAY, "ports.md": NOTE})
    with Library(home / "library.db") as library:
        add_paths(library, [texts])
        build_index(home, library, e5, DEFAULT_ENCODER)
    return Retriever(open_index(home), e5, load_glossary())


NOTHING = Evidence((), {}, 0.1)


def asked(retriever, question, filters=None):
    query = retriever.query(question)
    return with_bibliography(retriever, query, retriever.search(query, 60, filters), NOTHING)


@pytest.mark.parametrize(
    ("question", "lines"),
    [
        ("What is the DOI of the article by Orlova and Belov?", ["DOI: 10.1000/border.2022.1"]),
        ("Когда статья Орловой и Белова поступила в редакцию?", ["Submitted 07.06.2021"]),
        ("В каком журнале опубликована статья Орловой?", ["For citation: Orlova O.V."]),
        ("Что написала Орлова?", ["O. V. Orlova, A. N. Belov. Border Trade"]),
        ("Where does Belov work?", ["Andrei N. Belov, Researcher, Southern"]),
        ("Which university are the authors Orlova and Belov from?", ["Olga V. Orlova, Prof", "Andrei N. Belov, Res"]),
        ("Keywords of the article on border trade of neighbouring provinces", ["Keywords: border trade"]),
        ("What works of Zonova are cited?", ["1. Zonova T.V.", "3. Zonova T.V."]),
        ("Какие работы Зоновой есть в списке литературы?", ["1. Zonova T.V.", "3. Zonova T.V."]),
        ("What is the DOI of the cited paper by Marples?", ["2. Marples D."]),
        ("В каком журнале вышла работа Марплса?", ["2. Marples D."]),
    ],
)
def test_a_question_is_answered_by_the_line_or_entry_that_states_it(retriever, question, lines):
    found = asked(retriever, question)
    assert found.confidence == STATED
    assert len(found.quotes) == len(lines)
    for line in lines:
        assert any(quote.text.startswith(line) for quote in found.quotes), [quote.text for quote in found.quotes]


def test_a_quote_is_the_text_of_its_document_at_its_offsets(retriever):
    (quote,) = asked(retriever, "What is the DOI of the article by Orlova?").quotes
    assert ARTICLE[quote.start : quote.end] == quote.text == "DOI: 10.1000/border.2022.1"


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("Who funded the study by Orlova?", "The record of “Border Trade between Neighbouring Provinces"),
        ("Кто финансировал исследование Орловой?", "В описании работы «Border Trade between Neighbouring Provinces"),
        (
            "Who wrote the essay about rivers and their users?",
            "The record of “Rivers and Their Users” gives no author.",
        ),
        ("What is the DOI of the cited paper by Zonova, Diplomacy of Provinces?", "The entry “3. Zonova T.V. Dip"),
    ],
)
def test_what_a_work_does_not_give_is_refused_with_its_name(retriever, question, reason):
    found = asked(retriever, question)
    assert found.reason is not None and found.reason.startswith(reason)
    assert (found.quotes, found.confidence) == ((), 0.0)
    assert answer(retriever, question).reason == found.reason


@pytest.mark.parametrize(
    "question",
    [
        "When did trade grow?",
        "What is the DOI of the article by Petrov on border trade of neighbouring provinces?",
        "What is the DOI of the article “Trade of Border Towns” on border trade of neighbouring provinces?",
        "What is the DOI of the article on the pensions of sailors?",
        "What works of Petrov are cited?",
        "What is cited on diplomacy?",
        "Who wrote the article about ports and ships?",
        "Who wrote Article 5 of the treaty with Orlova?",
        "Who wrote about border trade?",
    ],
)
def test_a_question_for_no_field_or_for_a_work_that_cannot_be_told_keeps_its_evidence(retriever, question):
    assert asked(retriever, question) is NOTHING


def test_this_article_is_the_only_one_found(retriever):
    question = "What is the UDC of this article?"
    assert asked(retriever, question) is NOTHING
    (quote,) = asked(retriever, question, Filters(author="Orlova")).quotes
    assert quote.text == "UDC 339.5"


def test_no_line_is_in_a_language_that_was_filtered_out(retriever):
    query = retriever.query("What is the DOI of the article by Orlova?")
    hits = retriever.search(query, 60)
    foreign = [replace(hit, passage=replace(hit.passage, language="ru")) for hit in hits]
    assert with_bibliography(retriever, query, foreign, NOTHING) is NOTHING


def test_the_lines_stand_before_all_other_quotes(retriever):
    query = retriever.query("What is the DOI of the article by Orlova?")
    hits = retriever.search(query, 60)
    before = asked(retriever, "What works of Zonova are cited?")
    found = with_bibliography(retriever, query, hits, before)
    assert found.quotes[0].text == "DOI: 10.1000/border.2022.1"
    assert found.quotes[1:] == before.quotes


def test_notes_of_the_library_are_no_works_whose_author_could_be_asked_for(library_retriever):
    query = library_retriever.query("Кто автор текста о Содружестве Независимых Государств?")
    assert with_bibliography(library_retriever, query, library_retriever.search(query, 60), NOTHING) is NOTHING
