import numpy as np
import pytest

from embeddings import IndexUnusable
from embeddings.vector_cache import BATCH, VectorCache
from tests.fakes import FakeEncoder


@pytest.fixture
def cache(tmp_path):
    opened = VectorCache(tmp_path / "vectors.db")
    yield opened
    opened.close()


def test_nothing_is_embedded_twice(cache):
    encoder = FakeEncoder()
    assert cache.embed(encoder, ["court", "union"]) == 2
    assert cache.embed(encoder, ["union", "court", "budget"]) == 1
    assert sorted(encoder.seen) == ["budget", "court", "union"]


def test_identical_strings_are_embedded_once_and_come_back_for_each(cache):
    encoder = FakeEncoder()
    assert cache.embed(encoder, ["court"] * 3) == 1
    vectors = cache.get(encoder, ["court"] * 3)
    np.testing.assert_array_equal(vectors, encoder.encode_queries(["court"] * 3))


def test_vectors_come_back_in_the_order_of_the_texts(cache):
    encoder, texts = FakeEncoder(), ["суд", "a longer text on the budget", "union"]
    cache.embed(encoder, texts)
    np.testing.assert_array_equal(cache.get(encoder, texts), FakeEncoder().encode_passages(texts))


def test_each_encoder_has_vectors_of_its_own(cache):
    one, other = FakeEncoder(), FakeEncoder(name="other")
    cache.embed(one, ["court"])
    assert cache.missing(other, ["court"]) == ["court"]
    assert cache.missing(one, ["court"]) == []


def test_they_are_still_there_after_closing(tmp_path):
    encoder = FakeEncoder()
    for expected in (1, 0):
        cache = VectorCache(tmp_path / "vectors.db")
        assert cache.embed(encoder, ["court"]) == expected
        cache.close()


def test_killed_between_batches_it_keeps_those_done(tmp_path):
    class Killed(FakeEncoder):
        def encode_passages(self, texts):
            if self.seen:
                raise KeyboardInterrupt
            return super().encode_passages(texts)

    encoder, texts = Killed(), [f"text {n}" for n in range(BATCH + 5)]
    cache = VectorCache(tmp_path / "vectors.db")
    with pytest.raises(KeyboardInterrupt):
        cache.embed(encoder, texts)
    cache.close()
    again = VectorCache(tmp_path / "vectors.db")
    assert again.embed(FakeEncoder(), texts) == 5
    again.close()


def test_progress_is_told_after_each_batch_and_ends_with_all(cache):
    told = []
    cache.embed(FakeEncoder(), [f"text {n}" for n in range(BATCH + 5)], lambda done, total: told.append((done, total)))
    assert told == [(BATCH, BATCH + 5), (BATCH + 5, BATCH + 5)]


def test_a_file_that_is_no_cache_is_refused_with_advice(tmp_path):
    (tmp_path / "vectors.db").write_bytes(b"not SQLite" * 200)
    with pytest.raises(IndexUnusable, match="delete it"):
        VectorCache(tmp_path / "vectors.db")
