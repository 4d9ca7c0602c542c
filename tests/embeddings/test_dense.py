import numpy as np
import pytest

from embeddings import IndexUnusable
from embeddings.dense import DenseIndex, write_dense

IDS = np.array([11, 2**62, 33], np.int64)
VECTORS = np.array([[1, 0], [0.6, 0.8], [0, 1]], np.float32)


@pytest.fixture
def index(tmp_path):
    write_dense(tmp_path / "passages.faiss", IDS, VECTORS)
    return DenseIndex(tmp_path / "passages.faiss")


def test_the_nearest_come_first_under_their_own_ids(index):
    ids, scores = index.search(np.array([1, 0], np.float32), 3)
    assert ids.tolist() == [11, 2**62, 33]
    np.testing.assert_allclose(scores, [1, 0.6, 0], atol=1e-6)


def test_only_allowed_ids_are_found(index):
    ids, _ = index.search(np.array([1, 0], np.float32), 3, IDS[1:])
    assert ids.tolist() == [2**62, 33]


def test_no_allowed_ids_find_nothing(index):
    ids, scores = index.search(np.array([1, 0], np.float32), 3, IDS[:0])
    assert len(ids) == len(scores) == 0


def test_more_than_there_are_gives_all(index):
    assert len(index.search(np.array([1, 0], np.float32), 50)[0]) == index.ntotal == 3


def test_stored_vectors_come_back_in_the_order_asked_for(index):
    np.testing.assert_array_equal(index.vectors(IDS[[2, 0]]), VECTORS[[2, 0]])


def test_vectors_stay_in_the_file(index):
    import faiss

    assert not faiss.downcast_index(index._index.index).codes.is_owned


@pytest.mark.parametrize("content", [b"", b"not faiss at all"])
def test_a_file_that_is_no_index_is_refused(tmp_path, content):
    path = tmp_path / "broken.faiss"
    path.write_bytes(content)
    with pytest.raises(IndexUnusable, match=r"broken\.faiss"):
        DenseIndex(path)
