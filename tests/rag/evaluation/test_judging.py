"""What is counted for one question, by hand, and the same through the product's own search and answers."""

from dataclasses import replace

import pytest

from rag.answers import Answer, Sentence
from rag.evaluation.judging import citation_values, direction, holds, judge, refusal_values, snippet_values
from rag.evaluation.questions import Question
from rag.evidence import Quote
from rag.search.retrieval import Hit


def ask(text, *groups, language="en", id_="q", snippets=(), answerable=True):
    sets = tuple(frozenset(group.split()) for group in groups)
    return Question(id_, language, text, "fact", sets, frozenset().union(*sets), tuple(snippets), answerable)


@pytest.fixture
def answered(make_passage):
    """An answer that quotes passages of documents 0.txt, 1.txt ... by number, over some related passages."""

    def make(*quoted, related=()):
        passages = {row: make_passage(f"Sentence {row}. More.", row=row) for row in quoted}
        quotes = [Quote(passages[row], 0, len(f"Sentence {row}.")) for row in quoted]
        hits = [Hit(make_passage(text, row=row), 0.0, 0.0, 0.0, None) for row, text in enumerate(related)]
        return Answer("?", "en", "snapshot", tuple(Sentence((quote,)) for quote in quotes), 0.5, tuple(hits))

    return make


def test_citations_count_right_quotes_and_cited_groups(answered):
    # Three quotes of documents 0, 1 and 2; right are 0 and 3 (one group) and 4 (another): 1 of 3 quotes, 1 of 2 groups.
    values = citation_values(ask("?", "0.txt 3.txt", "4.txt"), answered(0, 1, 2))
    assert values == {"quotes": 3, "right_quotes": 1, "needed": 2, "cited": 1}


def test_a_refused_question_cites_nothing_of_what_is_needed(answered):
    values = citation_values(ask("?", "0.txt"), answered())
    assert values == {"quotes": 0, "right_quotes": 0, "needed": 1, "cited": 0}


def test_without_right_documents_citations_are_not_counted(answered):
    assert citation_values(ask("?", answerable=False), answered(0)) == {}


def test_a_quote_from_the_fuller_copy_of_a_right_document_is_right(answered, make_passage):
    passage = make_passage("Sentence.", row=7)
    passage = replace(passage, document=replace(passage.document, also_in=("short.txt",)))
    answer = Answer("?", "en", "snapshot", (Sentence((Quote(passage, 0, 9),)),), 0.5, ())
    assert citation_values(ask("?", "short.txt"), answer)["right_quotes"] == 1


def test_snippets_are_looked_for_in_three_and_ten_passages_and_in_the_quotes(answered):
    related = ["one", "two", "three", "four holds it"]
    question = ask("?", "0.txt", snippets=["holds it", "nowhere"])
    assert snippet_values(question, answered(1, related=related)) == {
        "snippet_top3": 0,
        "snippet_top10": 1,
        "snippet_quotes": 0,
    }
    assert snippet_values(ask("?", "0.txt", snippets=["Sentence 1."]), answered(1))["snippet_quotes"] == 1


def test_a_snippet_is_not_found_across_two_passages():
    assert not holds(["the first half", "of it"], ["half of"])


def test_snippets_match_whatever_the_white_space_and_the_hyphens_at_line_ends():
    assert holds(["goods cleared for free circu-\nlation  in\u00a0the Union"], ["circulation in the Union"])
    assert holds(["It sits in Minsk."], ["sits  in\nMinsk"])


@pytest.mark.parametrize(
    ("answerable", "quoted", "counted"),
    [
        (True, [0], set()),
        (True, [], {"refused", "refused_answerable"}),
        (False, [], {"refused", "refused_unanswerable"}),
    ],
)
def test_a_refusal_is_counted_with_its_kind(answered, answerable, quoted, counted):
    values = refusal_values(ask("?", answerable=answerable), answered(*quoted))
    truth = "answerable" if answerable else "unanswerable"
    assert {name for name, value in values.items() if value} == counted | {truth}


@pytest.mark.parametrize(
    ("groups", "language", "expected"),
    [
        (["court.md"], "en", "same language"),
        (["court.md"], "ru", "cross-lingual"),
        (["court.md sud.md"], "ru", "same language"),
        (["court.md", "sud.md"], "ru", "cross-lingual"),
        ([], "en", None),
        (["elsewhere.md"], "en", None),
    ],
    ids=str,
)
def test_a_direction_compares_the_question_with_the_right_documents(retriever, groups, language, expected):
    assert direction(retriever.index, ask("?", *groups, language=language)) == expected


def test_questions_go_through_search_and_answer(retriever, set_threshold):
    set_threshold(0.0)
    court = ask("Where does the Court of the Union sit?", "court.md", snippets=["sits in Minsk"])
    both = ask("Court and budget of the Union", "court.md", "elsewhere.md", id_="both")
    found, half = judge(retriever, [court, both])
    assert found.documents[0] == "court.md"
    assert {name: found.values[name] for name in ("hit@1", "hit@5", "hit@10", "snippet_top3", "snippet_quotes")} == {
        "hit@1": 1,
        "hit@5": 1,
        "hit@10": 1,
        "snippet_top3": 1,
        "snippet_quotes": 1,
    }
    assert "court.md" in found.cited
    assert found.values["refused"] == 0
    assert (half.values["hit@10"], half.values["needed"], half.values["cited"]) == (0, 2, 1)


def test_an_unanswerable_question_gets_no_hits(retriever, set_threshold):
    set_threshold(1.1)
    (result,) = judge(retriever, [ask("How is bread baked?", answerable=False)])
    assert result.values["refused_unanswerable"] == 1
    assert not any(name.startswith(("hit", "snippet", "quotes")) for name in result.values)
    assert result.direction is None


def test_a_document_counts_once_in_the_ranking(retriever):
    (result,) = judge(retriever, [ask("Court of the Union", "court.md")])
    assert len(set(result.documents)) == len(result.documents)
