from math import log

import numpy as np
import pytest

from embeddings import IndexUnusable, terms
from embeddings.lexical import K1, B, LexicalIndex, write_lexical

TEXTS = ["court union", "court court court budget", "budget energy border duty", "суд союза"]
LANGUAGES = ["en", "en", "en", "ru"]


@pytest.fixture
def index(tmp_path):
    write_lexical(tmp_path / "lexical", TEXTS, LANGUAGES)
    return LexicalIndex(tmp_path / "lexical")


def bm25(frequency, length, holding):
    """Lucene's BM25 of one term in four documents of 12 terms together."""
    idf = log(1 + (4 - holding + 0.5) / (holding + 0.5))
    return idf * frequency / (frequency + K1 * (1 - B + B * length / 3))


def test_scores_are_those_worked_out_by_hand(index):
    expected = [bm25(1, 2, 2), bm25(3, 4, 2), 0, 0]
    np.testing.assert_allclose(index.scores(["court"], 4), expected, rtol=1e-5)


def test_terms_add_up(index):
    both = index.scores(["court", "budget"], 4)
    np.testing.assert_allclose(both, index.scores(["court"], 4) + index.scores(["budget"], 4), rtol=1e-5)
    assert np.argsort(-both).tolist()[0] == 1


def test_scores_are_those_that_bm25s_gives(index, tmp_path):
    import bm25s

    engine = bm25s.BM25.load(str(tmp_path / "lexical"), show_progress=False)
    for asked in (["court"], ["court", "court"], ["budget", "union", "border"]):
        np.testing.assert_allclose(index.scores(asked, 4), engine.get_scores(asked), rtol=1e-6)


def test_russian_is_found_by_its_stem(index):
    assert index.scores(terms("судами союзов"), 4).argmax() == 3


@pytest.mark.parametrize("asked", [[], ["unknown"]])
def test_without_a_known_term_every_score_is_zero(index, asked):
    np.testing.assert_array_equal(index.scores(asked, 4), np.zeros(4, np.float32))


def test_texts_without_any_term_are_indexed(tmp_path):
    write_lexical(tmp_path / "lexical", ["the of", "—"], ["en", "en"])
    np.testing.assert_array_equal(LexicalIndex(tmp_path / "lexical").scores(["court"], 2), [0, 0])


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(IndexUnusable, match="lexical index"):
        LexicalIndex(tmp_path / "nothing")


@pytest.mark.parametrize("name", ["vocab.index.json", "data.csc.index.npy", "indptr.csc.index.npy"])
def test_a_damaged_file_is_refused(tmp_path, name):
    write_lexical(tmp_path / "lexical", TEXTS, LANGUAGES)
    (tmp_path / "lexical" / name).write_bytes(b"damaged")
    with pytest.raises(IndexUnusable, match="lexical index"):
        LexicalIndex(tmp_path / "lexical")
