"""The measures of the library against values worked out by hand."""

from math import log2

import pytest

from rag.evaluation.rankings import completing_rank, hits, measure


def of(names, judgements, ranking):
    return measure(names, {"q": judgements}, {"q": ranking})["q"]


def test_ndcg_discounts_grades_by_the_logarithm_of_the_rank():
    # Found: grade 2 at rank 1, nothing at 2, grade 1 at 3. Ideal: 2 at rank 1, 1 at rank 2.
    expected = (2 / log2(2) + 1 / log2(4)) / (2 / log2(2) + 1 / log2(3))
    assert of(["nDCG@10"], {"a": 2, "b": 1}, ["a", "x", "b"]) == {"nDCG@10": pytest.approx(expected)}


def test_ndcg_at_ten_does_not_see_the_eleventh():
    ranking = [*(f"x{n}" for n in range(10)), "a"]
    assert of(["nDCG@10", "RR@10"], {"a": 1}, ranking) == {"nDCG@10": 0, "RR@10": 0}


def test_average_precision_is_the_mean_precision_at_each_relevant_document():
    # Relevant at ranks 1 and 4, a third never found: (1/1 + 2/4 + 0) / 3.
    judgements = {"a": 1, "b": 1, "c": 1}
    assert of(["AP@100"], judgements, ["a", "x", "y", "b"])["AP@100"] == pytest.approx(0.5)


def test_recall_is_the_share_of_the_relevant_that_is_found():
    assert of(["R@100"], {"a": 1, "b": 1, "c": 1, "d": 0}, ["d", "a", "x"])["R@100"] == pytest.approx(1 / 3)


def test_reciprocal_rank_is_one_over_the_rank_of_the_first_relevant():
    assert of(["RR@10"], {"a": 1, "b": 1}, ["x", "y", "b", "a"])["RR@10"] == pytest.approx(1 / 3)


def test_a_query_that_found_nothing_counts_as_zero():
    names = ["nDCG@10", "R@100", "RR@10", "AP@100"]
    assert measure(names, {"q": {"a": 1}}, {"q": []}) == {"q": dict.fromkeys(names, 0)}


def test_the_order_of_a_ranking_is_kept_whatever_the_names():
    assert of(["RR@10"], {"a": 1}, ["z", "m", "a"])["RR@10"] == pytest.approx(1 / 3)


def test_any_document_of_the_only_group_completes_it():
    ranked = [frozenset({"x"}), frozenset({"b"}), frozenset({"a"})]
    assert completing_rank([frozenset({"a", "b"})], ranked) == 2


def test_several_groups_are_complete_at_the_rank_of_the_last():
    ranked = [frozenset({"b"}), frozenset({"x"}), frozenset({"a"})]
    assert completing_rank([frozenset({"a"}), frozenset({"b"})], ranked) == 3
    assert completing_rank([frozenset({"a"}), frozenset({"c"})], ranked) is None


def test_hits_count_the_document_that_completes_the_gold():
    found = hits(["Success@1", "Success@5", "Success@10"], {"first": 1, "fifth": 5, "sixth": 6, "never": None})
    assert {query: tuple(values.values()) for query, values in found.items()} == {
        "first": (1, 1, 1),
        "fifth": (0, 1, 1),
        "sixth": (0, 0, 1),
        "never": (0, 0, 0),
    }
