import sqlite3

import numpy as np
import pytest

from embeddings import IndexUnusable
from embeddings.priors import token_codec
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
        def encode_passage_tokens(self, texts):
            if self.seen:
                raise KeyboardInterrupt
            return super().encode_passage_tokens(texts)

    encoder, texts = Killed(), [f"text {n}" for n in range(BATCH + 5)]
    cache = VectorCache(tmp_path / "vectors.db")
    with pytest.raises(KeyboardInterrupt):
        cache.embed(encoder, texts)
    cache.close()
    again = VectorCache(tmp_path / "vectors.db")
    assert again.embed(FakeEncoder(), texts) == 5
    again.close()


def test_progress_is_told_in_tokens_after_each_batch_and_ends_with_all(cache):
    told, encoder = [], FakeEncoder()
    texts = [f"text {n}" for n in range(BATCH + 5)]
    cache.embed(encoder, texts, lambda done, total: told.append((done, total)))
    each = encoder.count_tokens(texts[0])
    assert told == [(BATCH * each, len(texts) * each), (len(texts) * each, len(texts) * each)]


def test_a_file_that_is_no_cache_is_refused_with_advice(tmp_path):
    (tmp_path / "vectors.db").write_bytes(b"not SQLite" * 200)
    with pytest.raises(IndexUnusable, match="delete it"):
        VectorCache(tmp_path / "vectors.db")


def test_read_only_a_missing_file_holds_nothing_and_is_not_made(tmp_path):
    cache = VectorCache(tmp_path / "vectors.db", read_only=True)
    assert cache.missing(FakeEncoder(), ["one", "two"]) == ["one", "two"]
    cache.close()
    assert list(tmp_path.iterdir()) == []


def test_read_only_it_knows_what_was_embedded_and_takes_no_more(tmp_path):
    cache = VectorCache(tmp_path / "vectors.db")
    cache.embed(FakeEncoder(), ["one"])
    cache.close()
    reader = VectorCache(tmp_path / "vectors.db", read_only=True)
    assert reader.missing(FakeEncoder(), ["one", "two"]) == ["two"]
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.embed(FakeEncoder(), ["two"])
    reader.close()


def test_read_only_a_file_of_an_older_form_holds_nothing_and_stays(tmp_path):
    older = sqlite3.connect(tmp_path / "vectors.db")
    older.execute("CREATE TABLE vector (key BLOB)")
    older.close()
    reader = VectorCache(tmp_path / "vectors.db", read_only=True)
    assert reader.missing(FakeEncoder(), ["one"]) == ["one"]
    reader.close()


def test_forgotten_texts_have_no_vector_of_any_encoder(cache):
    first, second = FakeEncoder(), FakeEncoder(name="other")
    for encoder in (first, second):
        cache.embed(encoder, ["one", "two"])
    cache.forget(["one", "unknown"])
    assert [cache.missing(encoder, ["one", "two"]) for encoder in (first, second)] == [["one"], ["one"]]


def test_tokens_come_back_as_codes_with_where_each_begins(cache):
    encoder, text = FakeEncoder(), "The court sits in Minsk."
    cache.embed(encoder, [text])
    codes, starts = cache.tokens(encoder, text)
    read = encoder.encode_passage_tokens([text])[0]
    np.testing.assert_array_equal(codes, token_codec(encoder).encode(read.tokens))
    assert starts.tolist() == read.offsets[:, 0].tolist()


def test_codes_do_not_depend_on_what_was_embedded_before(tmp_path):
    codes = []
    for earlier in ([], ["Пенсия трудящегося.", "A budget."]):
        cache = VectorCache(tmp_path / f"{len(earlier)}.db")
        for text in [*earlier, "The court sits in Minsk."]:
            cache.embed(FakeEncoder(), [text])
        codes.append(cache.tokens(FakeEncoder(), "The court sits in Minsk.")[0])
        cache.close()
    np.testing.assert_array_equal(*codes)
