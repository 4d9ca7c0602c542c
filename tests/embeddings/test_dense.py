import numpy as np
import pytest

from embeddings import IndexUnusable
from embeddings.dense import DenseIndex, write_dense

VECTORS = np.array([[1, 0], [0.6, 0.8], [0, 1]], np.float32)
ALL = np.ones(3, bool)


@pytest.fixture
def index(tmp_path):
    write_dense(tmp_path / "passages.faiss", VECTORS)
    return DenseIndex(tmp_path / "passages.faiss")


def test_the_nearest_come_first(index):
    rows, scores = index.search(np.array([0, 1], np.float32), 3, ALL)
    assert rows.tolist() == [2, 1, 0]
    np.testing.assert_allclose(scores, [1, 0.8, 0], atol=1e-6)


@pytest.mark.parametrize("allowed", [[0, 1, 1], [1, 0, 1], [0, 0, 1], [0, 0, 0]])
def test_only_allowed_rows_are_found(index, allowed):
    rows, scores = index.search(np.array([1, 0], np.float32), 3, np.array(allowed, bool))
    assert sorted(rows.tolist()) == np.flatnonzero(allowed).tolist()
    assert len(scores) == len(rows)


def test_a_selection_among_many_rows_finds_what_sorting_finds(tmp_path):
    drawn = np.random.default_rng(0)
    vectors, allowed = drawn.standard_normal((1001, 8)).astype(np.float32), drawn.random(1001) < 0.3
    write_dense(tmp_path / "many.faiss", vectors)
    rows, _ = DenseIndex(tmp_path / "many.faiss").search(vectors[0], 20, allowed)
    expected = np.flatnonzero(allowed)[np.argsort(-(vectors[allowed] @ vectors[0]))[:20]]
    assert rows.tolist() == expected.tolist()


def test_more_than_there_are_gives_all(index):
    assert len(index.search(np.array([1, 0], np.float32), 50, ALL)[0]) == index.ntotal == 3


def test_stored_vectors_come_back_in_the_order_asked_for(index):
    np.testing.assert_array_equal(index.vectors(np.array([2, 0])), VECTORS[[2, 0]])


def test_vectors_stay_in_the_file(index):
    import faiss

    assert not faiss.downcast_index(index._index).codes.is_owned


@pytest.mark.parametrize("content", [b"", b"not faiss at all"])
def test_a_file_that_is_no_index_is_refused(tmp_path, content):
    path = tmp_path / "broken.faiss"
    path.write_bytes(content)
    with pytest.raises(IndexUnusable, match=r"broken\.faiss"):
        DenseIndex(path)
