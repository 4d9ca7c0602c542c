"""One body for every encoder: what `embeddings.encoder.Encoder` promises."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from embeddings import DEFAULT_ENCODER, Encoder, open_encoder
from embeddings.batching import BatchingEncoder
from embeddings.e5_weights import weights_path
from tests.embeddings.packaged_weights import save_as_sentence_transformer
from tests.fakes import FakeEncoder

SAMPLES = [
    "The Court of the Eurasian Economic Union sits in Minsk.",
    "Суд Евразийского экономического союза находится в Минске.",
    "Pensions of workers are paid by the state in which they worked, under the agreement of 2019.",
    "Пенсии трудящихся выплачивает то государство, в котором они работали, по Соглашению 2019 года.",
    "№ 5 — «да», ½ tonne, ﬁsh",
]
slow = pytest.mark.slow


@pytest.fixture(scope="module")
def saved_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_as_sentence_transformer(weights_path(), tmp_path_factory.mktemp("model"))


@pytest.fixture(
    scope="module", params=["fake", "packaged", "batching", pytest.param("sentence-transformers", marks=slow)]
)
def open_again(request: pytest.FixtureRequest, model_directory: Path) -> Callable[[], Encoder]:
    """Opens the encoder anew."""
    if request.param == "fake":
        return FakeEncoder
    if request.param == "packaged":
        return lambda: open_encoder(DEFAULT_ENCODER, model_directory)
    if request.param == "batching":
        return lambda: BatchingEncoder(FakeEncoder())
    name = str(request.getfixturevalue("saved_model"))
    return lambda: open_encoder(name, model_directory)


@pytest.fixture(scope="module")
def encoder(open_again: Callable[[], Encoder]) -> Encoder:
    return open_again()


@pytest.fixture(params=["encode_queries", "encode_passages"])
def encode(request: pytest.FixtureRequest, encoder: Encoder):
    return getattr(encoder, request.param)


def test_vectors_are_float32_of_unit_length_one_for_each_text(encode, encoder):
    vectors = encode(SAMPLES)
    assert vectors.shape == (len(SAMPLES), encoder.dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_no_texts_give_no_vectors(encode, encoder):
    assert encode([]).shape == (0, encoder.dimension)
    assert encode([]).dtype == np.float32


def test_the_empty_string_has_a_unit_vector(encode):
    assert np.linalg.norm(encode([""])[0]) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("text", ["before\0after", "before\ud800after", "\0", "\udfff"])
def test_nul_and_lone_surrogates_do_no_harm(encode, encoder, text):
    assert np.isfinite(encode([text])).all()
    assert encoder.count_tokens(text) > 0


def test_what_stands_after_nul_counts(encode):
    one, other = encode(["union\0budget", "union\0court"])
    assert one @ other < 0.999


def test_the_same_text_gives_the_same_vector_alone_and_among_others(encode):
    among = encode(SAMPLES)
    alone = np.concatenate([encode([text]) for text in SAMPLES])
    np.testing.assert_allclose((among * alone).sum(axis=1), 1, atol=1e-4)
    np.testing.assert_array_equal(encode(SAMPLES), among)


def test_texts_longer_than_the_model_reads_are_encoded(encode, encoder):
    vector = encode(["union " * (encoder.max_tokens + 50)])[0]
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


@pytest.fixture(params=["query", "passage"])
def both_ways(request: pytest.FixtureRequest, encoder: Encoder):
    """(token vectors, pooled vectors) of texts in one form."""
    form = {
        "query": (encoder.encode_query_tokens, encoder.encode_queries),
        "passage": (encoder.encode_passage_tokens, encoder.encode_passages),
    }
    return form[request.param]


def test_one_pass_gives_the_pooled_vector_too(both_ways):
    encode_tokens, encode = both_ways
    pooled = np.array([found.pooled for found in encode_tokens(SAMPLES)])
    assert pooled.dtype == np.float32
    np.testing.assert_allclose(pooled, encode(SAMPLES), atol=1e-5)


def test_token_vectors_have_unit_length_and_one_span_each(both_ways):
    for found in both_ways[0](SAMPLES):
        assert found.tokens.dtype == np.float32 and found.offsets.dtype == np.int64
        assert len(found.tokens) > 0 and found.offsets.shape == (len(found.tokens), 2)
        np.testing.assert_allclose(np.linalg.norm(found.tokens, axis=1), 1, atol=1e-5)


def test_spans_of_tokens_cover_the_letters_of_the_text_in_order_and_no_prefix(both_ways):
    for text, found in zip(SAMPLES, both_ways[0](SAMPLES), strict=True):
        starts, ends = found.offsets.T
        assert (starts < ends).all() and (np.diff(starts) >= 0).all() and ends.max() <= len(text)
        covered = {place for start, end in found.offsets for place in range(start, end)}
        assert {place for place, character in enumerate(text) if character.isalnum()} <= covered
        assert not any(text[start].isspace() for start in starts)


@pytest.mark.parametrize("text", ["", "  "])
def test_a_text_without_words_has_a_vector_and_no_tokens(both_ways, text):
    found = both_ways[0]([text])[0]
    assert found.tokens.shape[0] == 0 and found.offsets.shape == (0, 2)
    assert np.linalg.norm(found.pooled) == pytest.approx(1, abs=1e-5)


def test_token_vectors_of_a_text_do_not_depend_on_its_neighbours(both_ways):
    alone = both_ways[0](SAMPLES[:1])[0]
    among = both_ways[0](SAMPLES)[0]
    np.testing.assert_array_equal(alone.offsets, among.offsets)
    np.testing.assert_allclose((alone.tokens * among.tokens).sum(axis=1), 1, atol=1e-4)


def test_the_same_word_has_nearly_the_same_vector_in_two_questions(encoder):
    one, other = encoder.encode_query_tokens(["Where is the court?", "The court of the union"])
    court = one.tokens[[tuple(span) for span in one.offsets.tolist()].index((13, 18))]
    assert int((other.tokens @ court).argmax()) == [tuple(span) for span in other.offsets.tolist()].index((4, 9))


def test_a_longer_text_has_no_fewer_tokens(encoder):
    words = " ".join(SAMPLES).split()
    counts = [encoder.count_tokens(" ".join(words[:n])) for n in range(len(words))]
    assert counts == sorted(counts)
    assert counts[0] > 0, "prefix and special tokens count"


def test_tokens_are_counted_beyond_the_limit(encoder):
    assert encoder.count_tokens("union " * 2 * encoder.max_tokens) > encoder.max_tokens


def test_a_question_is_nearest_to_its_answer(encoder):
    questions = encoder.encode_queries(["Where does the Court of the Eurasian Economic Union sit?"])
    assert (encoder.encode_passages(SAMPLES) @ questions[0]).argmax() == 0


def test_the_id_is_the_same_for_the_same_model(encoder, open_again):
    assert encoder.id == open_again().id


@slow
def test_the_packaged_weights_give_the_same_vectors_through_sentence_transformers(saved_model, e5, tmp_path):
    other = open_encoder(str(saved_model), tmp_path)
    assert other.dimension == e5.dimension == 384
    assert other.max_tokens == e5.max_tokens == 512
    for name in ("encode_queries", "encode_passages"):
        cosines = (getattr(e5, name)(SAMPLES) * getattr(other, name)(SAMPLES)).sum(axis=1)
        assert cosines.min() >= 0.97
    assert [other.count_tokens(text) for text in SAMPLES] == [e5.count_tokens(text) for text in SAMPLES]


@slow
def test_prompts_belong_to_the_id(saved_model, tmp_path):
    config = saved_model / "config_sentence_transformers.json"
    before, text = open_encoder(str(saved_model), tmp_path).id, config.read_text("utf-8")
    try:
        config.write_text(text.replace("passage: ", "text: "), "utf-8")
        assert open_encoder(str(saved_model), tmp_path).id != before
    finally:
        config.write_text(text, "utf-8")
